"""A report about an official passes over that official: nobody below the county sees, counts or is told of it.

In the little town the topmost area stands for the county: everybody posted to the village and its grids is below.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import chains
from tests import little_town as town

WORDS = "反映某位工作人员办事拖拉。"
BELOW, ABOVE = ("head", "deputy", "member", "desk"), ("city", "clerk", "supervisor")
# 14/13517/6220 holds all of the village.
TILE = "14/13517/6220"


@pytest.fixture(scope="module", name="town")
def with_the_category(database: Store) -> Store:
    town.build(database)
    with chains.owner(database) as owner:
        owner.execute(
            "INSERT INTO categories VALUES ('conduct', '2018-12-31 16:00Z', 'officials', '干部作风', 'Conduct of officials', true,"
            """ 'normal', '{"solve": {"hours": 168}}', true)"""
        )
        owner.commit()
    return database


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """Is filled by the first test: the receipt of one report by pin in the headed grid."""
    return {}


@pytest.fixture(autouse=True)
def report(client: TestClient, key: Callable[[], dict[str, str]], told: dict[str, Any]) -> dict[str, Any]:
    if not told:
        lon, lat = town.IN_HEADED
        body = town.Told(lon, lat, category="conduct", text=WORDS).body(contact="13900000000", accuracy_m=40)
        answer = client.post("/api/reports", json=body, headers=key())
        assert answer.status_code == 201, answer.text
        told.update(answer.json(), key=answer.request.headers["Idempotency-Key"], body=body)
    return told


@pytest.fixture
def web(town: Store) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(town.dsn("web")) as connection:
        yield connection
        connection.rollback()


def kept(store: Store, query: str) -> Any:
    with chains.owner(store) as owner:
        return owner.execute(query).fetchone()


def test_the_answer_names_the_desk_and_not_the_head(report: dict[str, Any]) -> None:
    match = report["match"]
    assert (match["head"], match["area"]["code"]) == (None, "90")
    assert (match["owner"]["role"], match["owner"]["desk"]) == ("desk", "市网格中心")
    assert ([a["code"] for a in match["chain"]], match["candidates"], match["also"]) == (["90"], [], [])
    straight = "What is about an official is not handed to the place itself: it goes straight to 小城市."
    assert match["explanation"].startswith(straight)


def test_again_with_the_same_key_answers_the_same(client: TestClient, report: dict[str, Any]) -> None:
    again = client.post("/api/reports", json=report["body"], headers={"Idempotency-Key": report["key"]})
    assert (again.json()["match"], again.json()["number"]) == (report["match"], report["number"])


def test_what_is_kept_names_nobody_below(town: Store) -> None:
    row = kept(
        town,
        "SELECT to_jsonb(c), to_jsonb(r), to_jsonb(w), (SELECT jsonb_agg(o.payload) FROM outbox o), (SELECT jsonb_agg(e.data) FROM events e)"
        " FROM cases c JOIN reports r ON r.case_id = c.id JOIN report_words w ON w.report_id = r.id WHERE c.about_official",
    )
    assert row is not None
    case, report, words, outbox, events = row
    assert (case["chain"], case["area_code"], case["private"]) == (["90"], "90", True)
    assert (case["owner_area_code"], case["owner_role"]) == ("90", "desk")
    assert (report["chain"], report["area_code"], report["seen_head_posting_id"]) == (["90"], "90", None)
    assert words["chain"] == ["90"]
    assert outbox[0]["owner"]["area_code"] == "90"
    head = kept(town, "SELECT id FROM postings WHERE area_code = '9001001' AND role = 'head' AND upper_inf(during)")[0]
    for thing in (report["match"], outbox, events):
        text = json.dumps(thing)
        assert "9001" not in text
        assert f'"posting_id": {head},' not in text
        assert f'"posting_id": {head}}}' not in text


@pytest.mark.parametrize("table", ["cases", "reports", "report_words", "events"])
def test_the_database_shows_nobody_below_a_row(
    web: psycopg.Connection[Any],
    town: Store,
    log_in: Callable[[str], None],
    table: str,
) -> None:
    """Row-level security alone, as the web role."""
    seen = {}
    for login in (*BELOW, *ABOVE):
        log_in(login)
        token = kept(
            town,
            f"SELECT s.token_digest FROM sessions s JOIN people p ON p.id = s.person_id WHERE p.login = '{login}' ORDER BY s.created_at DESC LIMIT 1",
        )
        web.execute("SELECT act_as(%s, %s)", (token[0], datetime(2026, 3, 2, 1, 1, tzinfo=UTC)))
        columns = {"cases": "id", "reports": "id", "report_words": "words", "events": "id"}[table]
        seen[login] = len(web.execute(f"SELECT {columns} FROM {table}").fetchall())
        web.rollback()
    assert {login for login, rows in seen.items() if rows} == set(ABOVE)


@pytest.mark.parametrize("login", [*BELOW, None])
def test_nobody_below_sees_it_on_pages_maps_and_by_the_api(
    client: TestClient,
    town: Store,
    log_in: Callable[[str], None],
    login: str | None,
) -> None:
    if login:
        log_in(login)
    case = kept(town, "SELECT id FROM cases WHERE about_official")[0]
    assert client.get(f"/api/cases/{case}").status_code in (401, 404)
    for area in ("9001001", "9001", "90"):
        assert WORDS not in client.get(f"/areas/{area}").text
        assert client.get(f"/areas/{area}/cases/{case}").status_code in (401, 403, 404)
    for layer in ("received", "open"):
        for level in ("city", "village", "grid", "cell-7"):
            figures = client.get("/api/figures", params={"layer": layer, "level": level}).json()
            assert (figures["total"], sum(n or 0 for n in figures["counts"])) == (0, 0), (layer, level)
    assert client.get(f"/tiles/points/{TILE}.mvt", params={"layer": "received"}).content == b""


def test_the_county_sees_it_and_its_map_counts_it_nowhere_below(
    client: TestClient,
    town: Store,
    log_in: Callable[[str], None],
) -> None:
    log_in("city")
    case = kept(town, "SELECT id FROM cases WHERE about_official")[0]
    found = client.get(f"/api/cases/{case}")
    assert found.status_code == 200, found.text
    assert found.json()["reports"][0]["words"] == WORDS
    assert WORDS in client.get("/areas/90").text
    counts = {}
    for level in ("city", "village", "grid"):
        figures = client.get("/api/figures", params={"layer": "received", "level": level}).json()
        counts[level] = (figures["total"], sum(n or 0 for n in figures["counts"]))
    assert counts == {"city": (1, 1), "village": (1, 0), "grid": (1, 0)}


def test_the_receipt_alone_tells_no_more_than_the_county(client: TestClient, report: dict[str, Any]) -> None:
    said = client.get(f"/api/reports/{report['number']}").json()
    assert said["area"]["code"] == "90"
    page = client.get(report["link"], headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "东村第一网格长" not in page.text


def test_an_area_that_was_named_is_passed_over_too(
    client: TestClient,
    town: Store,
    key: Callable[[], dict[str, str]],
) -> None:
    body = {
        "area_code": "9001001",
        "place_words": "村委会",
        "category": "conduct",
        "text": "又一件。",
        "channel": "app",
    }
    answer = client.post("/api/reports", json=body, headers=key())
    assert (answer.status_code, answer.json()["match"]["area"]["code"]) == (201, "90")
    assert kept(town, "SELECT count(*) FROM cases WHERE about_official AND chain = '{90}'") == (2,)
