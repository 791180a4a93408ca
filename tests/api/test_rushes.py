"""A rush of reports is seen by whoever meets one of its cases, and marks its place on the watch list."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from gis.store import Store
from grids.crowds import LATELY
from grids.place_keeping import settle_waiting
from grids.receipts import Keys
from tests import small_county
from tests.api.conftest import Clock

KEYS = Keys(b"s" * 32)
AT = Clock().now
MADE_UP, CROWD, QUIET = (117.0031, 39.703), (117.0069, 39.703), (117.0031, 39.708)
WORDS = ("沟边又倒了", "昨晚有车来", "臭得开不了窗", "烧过一次", "没人管", "小孩在玩", "苗圃旁边", "路口一大堆")


@dataclass(frozen=True)
class Said:
    """The newest case of each of three places, and what the places are called by."""

    cases: dict[str, int]
    places: dict[str, int]


@pytest.fixture(scope="module")
def said(town: Store) -> Said:
    """Of one spot a program tells, of another one a crowd, of the third one some people over weeks."""
    numbers = count(1)
    with psycopg.connect(town.dsn("web"), autocommit=True) as web:
        for n in range(30):
            at = AT - timedelta(hours=20) + timedelta(seconds=100 * n)
            small_county.send(web, KEYS, next(numbers), MADE_UP, words=f"这里有垃圾，第{n}次", at=at)
            off = (n % 6) * 0.00003, (n // 6) * 0.00003
            # Close together, then a pause: as people come who know nothing of each other.
            at = AT - timedelta(hours=30) + timedelta(seconds=20 * n + 600 * (n // 7))
            words = f"{WORDS[n % 8]}，{WORDS[(n // 8 + n) % 8]}，{WORDS[(n * 3 + 1) % 8]}"
            small_county.send(web, KEYS, next(numbers), (CROWD[0] + off[0], CROWD[1] + off[1]), words=words, at=at)
            if n < 24:
                small_county.send(web, KEYS, next(numbers), QUIET, at=AT - timedelta(days=40) + timedelta(days=n))
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        while settle_waiting(owner):
            pass
        cases, places = {}, {}
        for name, (lon, lat) in (("made_up", MADE_UP), ("crowd", CROWD), ("quiet", QUIET)):
            row = owner.execute(
                "SELECT p.anchor_id, max(r.case_id), min(r.case_id) FROM reports r JOIN place_reports p ON p.report_id = r.id"
                " WHERE ST_DWithin(r.geom, ST_SetSRID(ST_MakePoint(%s, %s), 4326), 0.0005) GROUP BY 1",
                (lon, lat),
            ).fetchall()
            ((places[name], cases[name], first),) = row
            # It was said to be solved before the others came, so that the place is on the watch list.
            owner.execute(
                "UPDATE cases SET state = 'closed', confirmed = false, closed_at = received_at + interval '1 s' WHERE id = %s",
                (first,),
            )
    return Said(cases, places)


@contextmanager
def asked(client: TestClient) -> Iterator[list[str]]:
    """Yield the statements that the database is asked meanwhile."""
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    engine = client.app.state.service.engine.sync_engine  # type: ignore[attr-defined]
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def of_rushes(statements: list[str]) -> int:
    return sum("rush_at" in one for one in statements)


def test_a_case_says_what_the_rush_at_its_place_looks_like(
    client: TestClient, log_in: Callable[[str], None], said: Said
) -> None:
    log_in("head")
    with asked(client) as statements:
        page = client.get(f"/cases/{said.cases['made_up']}").text
    assert of_rushes(statements) == 1
    (line,) = re.findall(r'<p class="message warning">.*</p>', page)
    for words in (
        "30 reports within an hour",
        "as if somebody made them up",
        "1 different wordings in 30 reports",
        "30 pins at 1 different spots",
        "evenly, as by a clock",
        f'href="/places/{said.places["made_up"]}"',
    ):
        assert words in line
    page = client.get(f"/cases/{said.cases['crowd']}").text
    assert "It looks like many people: send somebody" in page
    assert 'class="message warning"' not in page
    page = client.get(f"/cases/{said.cases['crowd']}", headers={"Accept-Language": "zh"}).text
    assert "看起来是许多人在说：派人到现场（" in page
    # The place says the same.
    assert "as if somebody made them up" in client.get(f"/places/{said.places['made_up']}").text


def test_many_reports_over_weeks_are_no_rush(client: TestClient, log_in: Callable[[str], None], said: Said) -> None:
    log_in("head")
    page = client.get(f"/cases/{said.cases['quiet']}").text
    assert f'href="/places/{said.places["quiet"]}"' in page
    assert "within an hour" not in page


def test_whoever_sees_no_case_of_it_sees_no_rush(client: TestClient, log_in: Callable[[str], None], said: Said) -> None:
    for who in ("deputy", "planner"):
        log_in(who)
        answer = client.get(f"/cases/{said.cases['made_up']}")
        assert answer.status_code in (403, 404)
        assert "within an hour" not in answer.text
    log_in("deputy")
    assert "within an hour" not in client.get("/watch").text


def test_the_watch_list_marks_them_and_asks_once(
    client: TestClient, clock: Clock, log_in: Callable[[str], None], said: Said
) -> None:
    log_in("desk")
    with asked(client) as statements:
        page = client.get("/watch").text
    assert of_rushes(statements) == 1
    rows = {int(row.split('"')[0]): row for row in page.split('<h2><a href="/places/')[1:]}
    assert set(rows) == set(said.places.values())
    assert "as if made up" in rows[said.places["made_up"]]
    assert "Many people within an hour" in rows[said.places["crowd"]]
    assert "within an hour" not in rows[said.places["quiet"]]
    # A week later it marks nothing.
    clock.now += LATELY
    log_in("desk")
    page = client.get("/watch").text
    assert f'href="/places/{said.places["made_up"]}"' in page
    assert "within an hour" not in page


def test_where_nothing_is_full_nothing_is_asked(
    client: TestClient, town: Store, log_in: Callable[[str], None], said: Said
) -> None:
    with psycopg.connect(town.dsn("web"), autocommit=True) as web:
        alone = small_county.send(web, KEYS, 900, (117.0095, 39.7095), at=AT)
    log_in("head")
    with asked(client) as statements:
        assert client.get(f"/cases/{alone.case_id}").status_code == 200
    assert of_rushes(statements) == 0
    with asked(client) as more:
        assert client.get(f"/cases/{said.cases['crowd']}").status_code == 200
    assert len(more) == len(statements) + 1
