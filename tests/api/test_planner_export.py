"""The table of the planner's page as a file: exactly what is shown, by the reader's rights, or the page that says what is wrong."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from maps import export
from tests.little_town import DEPUTISED, HEADED, IN_DEPUTISED, IN_HEADED, VACANT, Told

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
WORDS = "苗圃东边又有人倒垃圾。"


@pytest.fixture(scope="module")
def sent() -> dict[str, bool]:
    """Whether this module's reports have been sent."""
    return {}


@pytest.fixture(autouse=True)
def reports(client: TestClient, sent: dict[str, bool]) -> None:
    """Six reports in one grid, one in the next."""
    if not sent:
        for n, place in enumerate([IN_HEADED] * 6 + [IN_DEPUTISED]):
            body = Told(place[0] + n / 10_000, place[1], text=WORDS).body()
            answer = client.post("/api/reports", json=body, headers={"Idempotency-Key": f"a-report-to-export-{n}"})
            assert answer.status_code == 201, answer.text
        sent["yes"] = True


def got(client: TestClient, ending: str, **asked: str) -> Response:
    given = {"layer": "received", "level": "grid", "lang": "en", **asked}
    headers = {"Accept-Encoding": "identity"}
    return client.get(f"/planner/export.{ending}", params=given, headers=headers, follow_redirects=False)


def rows(answer: Response, ending: str, folder: Path) -> list[tuple[str, float | None]]:
    """Code and number of each row."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == TYPES[ending]
    assert int(answer.headers["content-length"]) == len(answer.content)
    path = folder / f"got.{ending}"
    path.write_bytes(answer.content)
    if ending == "csv":
        found: list[Any] = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        return [(row["Code"], float(row["Number"]) if row["Number"] else None) for row in found]
    if ending == "xlsx":
        header, *cells = openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)
        code, number = header.index("Code"), header.index("Number")
        return [(str(row[code]), row[number]) for row in cells]
    table = (
        pyarrow.parquet.read_table(path) if ending == "parquet" else pyogrio.read_arrow(path, read_geometry=False)[1]
    )
    assert isinstance(table, pa.Table)
    return list(zip(table.column("code").to_pylist(), table.column("count").to_pylist(), strict=True))


@pytest.mark.parametrize("ending", TYPES)
def test_the_file_is_the_table_for_whoever_asks(
    client: TestClient, log_in: Callable[[str], None], tmp_path: Path, ending: str
) -> None:
    # Six of the first grid would tell one of the second.
    told: list[float | None] = client.get("/api/figures", params={"layer": "received", "level": "grid"}).json()[
        "counts"
    ]
    assert sorted(rows(got(client, ending), ending, tmp_path)) == list(
        zip((HEADED, DEPUTISED, VACANT), told, strict=True)
    )
    assert None in told
    log_in("planner")
    assert rows(got(client, ending), ending, tmp_path) == [(HEADED, 6), (DEPUTISED, 1), (VACANT, 0)]
    upwards = got(client, ending, sort="count")
    assert rows(upwards, ending, tmp_path) == [(VACANT, 0), (DEPUTISED, 1), (HEADED, 6)]
    assert WORDS.encode() not in upwards.content


@pytest.mark.parametrize("ending", TYPES)
def test_it_is_saved_under_a_name_and_kept_by_nobody(client: TestClient, ending: str) -> None:
    answer = got(client, ending)
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''received-grid.{ending}"
    assert answer.headers["cache-control"] == "no-store"


def test_rates_and_a_comparison(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("planner")
    answer = got(client, "csv", per="households", period="30d", vs="before")
    first = next(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert (first["Number"], first["Number in the other period"], first["Per 1,000 households"]) == ("6", "0", "60")
    assert (first["Change"], first["Households"], first["Mark"]) == ("60", "100", "Demo data, Internal")


def test_hotspots_where_they_are_asked_for(client: TestClient) -> None:
    answer = got(client, "csv", hotspots="1")
    assert answer.headers["content-disposition"].endswith("received-hotspots.csv")
    header = answer.content.decode("utf-8-sig").splitlines()[0]
    assert '"Gi* z","p","q"' in header


def test_the_table_offers_what_it_shows(client: TestClient, log_in: Callable[[str], None], tmp_path: Path) -> None:
    log_in("planner")
    asked = {
        "layer": "received",
        "sort": "name",
        "family": "waste",
        "view": "table",
        "z": "14",
        "lon": "117",
        "lat": "39.7",
    }
    page = client.get("/planner", params=asked, headers={"Accept": "text/html"}).text
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/planner/export\.[^"]+)" download', page)]
    assert [re.findall(r"export\.(\w+)\?", link)[0] for link in links] == list(TYPES)
    for link in links:
        ending = link.partition("?")[0].rpartition(".")[2]
        assert "level=grid" in link
        answer = client.get(f"{link}&lang=en", headers={"Accept-Encoding": "identity"})
        assert rows(answer, ending, tmp_path) == [(HEADED, 6), (DEPUTISED, 1), (VACANT, 0)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"level": "street"}, "&#34;street&#34; in the link is not known"),
        ({"level": "cell-9"}, "Cells smaller than a grid are for staff"),
        ({"family": "nothing"}, "is not known"),
        ({"family": "people"}, "is not known"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "The end must come after the beginning"),
        ({"vs": "before", "period": "all"}, "there is no period before"),
    ],
)
def test_an_address_that_makes_no_sense_leads_to_the_page_that_says_so(
    client: TestClient, asked: dict[str, str], said: str
) -> None:
    answer = got(client, "csv", **asked)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"], headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert said in page.text


def test_another_ending_is_no_file(client: TestClient) -> None:
    assert got(client, "shp").status_code in (404, 422)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_more_than_a_file_holds_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 3)
    monkeypatch.setattr(export, "MOST_ROWS_EXCEL", 2)
    assert got(client, "csv", lang=lang).status_code == 200
    answer = got(client, "xlsx", lang=lang)
    assert answer.status_code == 413
    assert answer.json()["code"] == "export_too_large"
    assert "2" in answer.json()["detail"]
