"""What came on another system's list is a case like any other: on its page, for its reporter, at the desk, in the figures."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.datums import Datum
from gis.store import Store
from grids.bulk.columns import Fields
from grids.bulk.importing import Asked, import_reports
from grids.receipts import Keys
from tests import little_town
from tests.api.conftest import Clock

KEYS = Keys(b"s" * 32)
_LIST = """id,lon,lat,category,text,received,closed
open,{0},{1},dumping,水沟边有垃圾,2026-02-27 09:00,
closed,{0},{1},dumping,水沟边倒过垃圾,2025-07-01 08:30,2025-07-09 10:00
"""


@pytest.fixture
def taken(town: Store, clock: Clock, tmp_path: Path) -> dict[str, Any]:
    """The cases and receipt numbers of an open and a closed row."""
    path = tmp_path / "list.csv"
    path.write_text(_LIST.format(*little_town.IN_HEADED), encoding="utf-8")
    names = ("id", "lon", "lat", "category", "text", "received", "closed")
    asked = Asked(path, "12345", Datum.WGS84, Fields(**{name: name for name in names}), "hotline")
    with psycopg.connect(town.dsn("migrate")) as owner, psycopg.connect(town.dsn("migrate")) as reader:
        import_reports(owner, reader, asked, KEYS, clock(), lambda *_: None, lambda _: None)
        rows = owner.execute(
            "SELECT o.external_id, r.case_id, r.number FROM report_origins o JOIN reports r ON r.id = o.report_id"
        ).fetchall()
    return {external_id: (case_id, number) for external_id, case_id, number in rows}


def test_the_page_of_a_closed_one_says_where_it_comes_from(
    client: TestClient, log_in: Callable[[str], None], taken: dict[str, Any]
) -> None:
    log_in("head")
    page = client.get(f"/cases/{taken['closed'][0]}")
    assert page.status_code == 200
    assert "Taken over from another system, closed there; not confirmed" in page.text
    assert "水沟边倒过垃圾" in page.text
    # As after any other closing without confirmation.
    assert client.get(f"/api/cases/{taken['closed'][0]}").json()["state"] == "closed"


def test_an_open_one_is_worked_like_any_other(
    client: TestClient, log_in: Callable[[str], None], taken: dict[str, Any]
) -> None:
    log_in("head")
    case = client.get(f"/api/cases/{taken['open'][0]}").json()
    sent = {"verb": "take", "version": case["version"]}
    answer = client.post(f"/api/cases/{taken['open'][0]}/steps", json=sent)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "in_progress"


def test_its_reporter_reads_it_by_the_link_and_may_reopen(client: TestClient, taken: dict[str, Any]) -> None:
    number = taken["closed"][1]
    page = client.get(f"/status/{number}?key={KEYS.key(number)}")
    assert page.status_code == 200
    assert "水沟边倒过垃圾" in page.text
    assert "reopen" in re.findall(r'name="verb" value="([a-z_]+)"', page.text)
    assert "水沟边倒过垃圾" not in client.get(f"/status/{number}").text
