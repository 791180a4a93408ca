"""What checks found, over HTTP: for administrators, as JSON, as a GeoPackage and as a page that needs no script."""

import re
from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest
import shapely
from fastapi.testclient import TestClient

from gis.store import Store
from grids.findings import check_edition
from tests import chains
from tests.api.conftest import Clock


def number(town: Store, name: str = "2025") -> int:
    with chains.owner(town) as owner:
        row = owner.execute("SELECT id FROM editions WHERE name = %s", (name,)).fetchone()
    assert row
    return int(row[0])


@pytest.fixture
def edition(town: Store) -> int:
    """The edition of 2025, not checked yet."""
    with chains.tampering(town) as superuser:
        superuser.execute("DELETE FROM findings")
        superuser.execute("DELETE FROM edition_checks")
    return number(town)


@pytest.mark.parametrize("path", ["findings", "findings/1", "findings.gpkg"])
def test_findings_are_for_administrators(
    client: TestClient, log_in: Callable[[str], None], edition: int, path: str
) -> None:
    address = f"/api/boundaries/{edition}/{path}"
    assert client.get(address).json()["code"] == "log_in_required"
    log_in("city")
    answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (403, "boundaries_for_administrators")
    assert client.post(f"/api/boundaries/{edition}/findings").status_code == 403
    assert client.get(f"/boundaries/{edition}/checks").status_code == 403


def test_an_edition_that_is_not_there(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    for answer in (client.get("/api/boundaries/999/findings"), client.post("/api/boundaries/999/findings")):
        assert (answer.status_code, answer.json()["code"]) == (404, "edition_not_found")


def test_before_the_first_check(client: TestClient, log_in: Callable[[str], None], edition: int) -> None:
    log_in("admin")
    said = client.get(f"/api/boundaries/{edition}/findings").json()
    assert (said["checked_at"], said["forbidden"], said["findings"]) == (None, "unchecked", [])
    assert "Not checked yet" in client.get(f"/boundaries/{edition}/checks").text


def test_checking_again_finds_what_is_wrong_with_the_town(
    client: TestClient, log_in: Callable[[str], None], edition: int, clock: Clock
) -> None:
    log_in("admin")
    said = client.post(f"/api/boundaries/{edition}/findings").json()
    # The town is drawn with a gap, ground that is nobody's, a village without grids, and a city around both villages.
    kinds = {(one["severity"], one["kind"]) for one in said["findings"]}
    assert {("warning", "gap"), ("warning", "childless"), ("warning", "unfilled")} <= kinds
    assert (said["against"], said["areas"], said["forbidden"]) == ("2019", 6, "warnings")
    assert said["checked_at"].startswith(f"{clock.now:%Y-%m-%dT%H:%M}")
    gap = next(one for one in said["findings"] if one["kind"] == "gap")
    assert gap["codes"] == ["9001002", "9001003"]
    assert "there is a gap that is nobody's" in gap["sentence"]
    shape = shapely.geometry.shape(gap["shape"])
    assert shape.contains(shapely.Point(gap["place"]["lon"], gap["place"]["lat"]))
    chinese = client.get(f"/api/boundaries/{edition}/findings?kind=gap", headers={"Accept-Language": "zh"}).json()
    assert [one["kind"] for one in chinese["findings"]] == ["gap"]
    assert "之间有一条缝隙没有归属" in chinese["findings"][0]["sentence"]
    # A form that leaves its filter open says so by an empty one; list and map mean the same by it.
    for open_, kind in (("kind=&severity=", ""), ("kind=gap&severity=", "gap")):
        shown = client.get(f"/boundaries/{edition}/checks?{open_}").text.count('class="finding ')
        drawn = client.get(f"/api/boundaries/{edition}/findings?{open_}").json()["findings"]
        assert (shown, {one["kind"] for one in drawn} >= {"gap"}) == (len(drawn), True), kind
    one = client.get(f"/api/boundaries/{edition}/findings/{gap['n']}").json()
    assert [area["code"] for area in one["areas"]] == gap["codes"]
    assert client.get(f"/api/boundaries/{edition}/findings/999").json()["code"] == "finding_not_found"


def test_the_page_is_a_list_without_script(client: TestClient, log_in: Callable[[str], None], edition: int) -> None:
    log_in("admin")
    again = client.post(f"/boundaries/{edition}/checks", follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, f"/boundaries/{edition}/checks")
    text = client.get(f"/boundaries/{edition}/checks").text
    assert "No errors; " in text
    assert "Between 东村第二网格 (9001002), 东村第三网格 (9001003) there is a gap" in text
    assert "compared with 2019" in text
    only = client.get(f"/boundaries/{edition}/checks?kind=childless").text
    assert len(re.findall(r'class="finding ', only)) == 1
    assert "Nothing of this kind" in client.get(f"/boundaries/{edition}/checks?severity=error").text
    assert "没有错误" in client.get(f"/boundaries/{edition}/checks?lang=zh").text


def test_a_name_from_outside_is_only_text(
    client: TestClient, log_in: Callable[[str], None], edition: int, town: Store
) -> None:
    with chains.tampering(town) as superuser:
        superuser.execute("UPDATE boundaries SET name = '<img src=x onerror=alert(1)>' WHERE code = '9002'")
    try:
        log_in("admin")
        client.post(f"/api/boundaries/{edition}/findings")
        assert "<img src=x" not in client.get(f"/boundaries/{edition}/checks").text
    finally:
        with chains.tampering(town) as superuser:
            superuser.execute("UPDATE boundaries SET name = '西村' WHERE code = '9002'")


def test_the_file_opens(client: TestClient, log_in: Callable[[str], None], edition: int, tmp_path: Path) -> None:
    log_in("admin")
    client.post(f"/api/boundaries/{edition}/findings")
    answer = client.get(f"/api/boundaries/{edition}/findings.gpkg")
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    path = tmp_path / "found.gpkg"
    path.write_bytes(answer.content)
    assert pyogrio.read_info(path, layer="areas")["features"] > 0


def test_what_is_counted_alone_is_in_the_totals_and_in_the_file_of_all(
    client: TestClient, log_in: Callable[[str], None], edition: int, town: Store, tmp_path: Path
) -> None:
    log_in("admin")
    plain = client.post(f"/api/boundaries/{edition}/findings").json()
    assert "Download GeoPackage" in client.get(f"/boundaries/{edition}/checks").text
    with chains.tampering(town) as superuser:
        superuser.execute(
            "INSERT INTO findings (edition_id, n, kind, severity, codes, params)"
            """ VALUES (%s, 900, 'more', 'warning', '{}', '{"of": "gap", "count": 41}')""",
            (edition,),
        )
        superuser.execute(
            "INSERT INTO findings (edition_id, n, kind, severity, codes, params)"
            """ VALUES (%s, 901, 'invalid_ring', 'warning', '{9001001}', '{"reason": "touches_itself"}')""",
            (edition,),
        )
    said = client.get(f"/api/boundaries/{edition}/findings").json()
    assert said["counts"]["warning"] == plain["counts"]["warning"] + 42
    page = client.get(f"/boundaries/{edition}/checks").text
    everything = sum(said["counts"].values())
    assert f"All <strong>{everything}</strong>" in page
    assert f'findings.gpkg?all=true" download>Download all {everything} as GeoPackage' in page
    assert "41 more are not listed" in page
    gaps = client.get(f"/api/boundaries/{edition}/findings?kind=gap").json()["findings"]
    assert [one["kind"] for one in gaps] == ["gap", "more"]
    # Found anew without a limit, beside what only the file could show.
    path = tmp_path / "all.gpkg"
    path.write_bytes(client.get(f"/api/boundaries/{edition}/findings.gpkg?all=true").content)
    kinds = sorted(pyogrio.read_dataframe(path, layer="findings", read_geometry=False)["kind"])
    assert kinds == sorted([*(one["kind"] for one in plain["findings"]), "invalid_ring"])


def test_the_owner_checks_the_same(town: Store, edition: int, clock: Clock) -> None:
    with chains.owner(town) as owner:
        found = check_edition(owner, edition, clock.now)
        rows = owner.execute("SELECT count(*) FROM findings WHERE edition_id = %s", (edition,)).fetchone()
        alone = check_edition(owner, number(town, "2019"), clock.now)
    assert rows == (len(found),)
    assert {one.kind for one in alone} == {one.kind for one in found}
