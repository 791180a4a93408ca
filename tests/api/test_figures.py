"""The figures of the map layers: what each counts, for whom, and that none says more than it should."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import h3.api.basic_int as h3
import psycopg
import pytest
from fastapi.testclient import TestClient

from gis.cells import RESOLUTIONS, cells_of
from gis.store import Store
from tests import little_town as town

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
GRIDS = (town.HEADED, town.DEPUTISED, town.VACANT)
CHAINS: dict[str | None, list[str]] = {
    None: ["90"],
    "90": ["90"],
    "9001": ["90", "9001"],
    "9002": ["90", "9002"],
    **{g: ["90", "9001", g] for g in GRIDS},
}
CORNERS = {town.HEADED: 117.0, town.DEPUTISED: 117.01, town.VACANT: 117.0202}


def rows() -> list[dict[str, Any]]:
    """Some two hundred cases in every state, with and without a pin, over three months."""
    dice = random.Random(7)  # noqa: S311  not a secret
    made = []
    for n in range(1, 221):
        code = dice.choice([*GRIDS, *GRIDS, "9001", "9002", None])
        west = CORNERS.get(code or "") if dice.random() < 0.8 else None
        state, confirmed = dice.choice(
            [
                ("received", None),
                ("dispatched", None),
                ("closed", True),
                ("closed", False),
                ("closed", None),
                ("declined", None),
                ("will_not_do", None),
                ("paused", None),
                ("merged", None),
            ]
        )
        at = NOW - timedelta(days=dice.uniform(0.1, 90))
        lon = west + dice.uniform(0.001, 0.009) if west else None
        lat = dice.uniform(39.701, 39.709) if west else None
        made.append(
            {
                "id": n, "code": code, "chain": CHAINS[code], "state": state, "confirmed": confirmed, "at": at,
                "due": at + timedelta(days=dice.choice([1, 30, 100])), "reopened": dice.choice([0, 0, 0, 1, 2]),
                "closed": at + timedelta(hours=2) if state in ("closed", "declined", "will_not_do", "merged") else None,
                "category": dice.choice(["dumping", "dumping", "dispute"]), "channel": dice.choice(["app", "hotline", "patrol"]),
                "lon": lon, "lat": lat, "cells": cells_of(lon, lat) if lon and lat else None, "told": dice.choice([1, 1, 3]),
                # Some were late by then.
                "paused": at + timedelta(days=n % 2 * 2) if state == "paused" else None,
            }
        )  # fmt: skip
    return made


CASES = rows()
_CASE = """
INSERT INTO cases (id, category_code, private, urgency, state, confirmed, reopened, area_code, chain, owner_area_code, owner_role,
                   received_at, due_at, closed_at, paused_at, merged_into, geom, cells, channel)
OVERRIDING SYSTEM VALUE
SELECT %(id)s, %(category)s, %(category)s = 'dispute', 'normal', %(state)s, %(confirmed)s, %(reopened)s, %(code)s, %(chain)s, '90', 'desk',
       %(at)s, %(due)s, %(closed)s, %(paused)s, CASE %(state)s WHEN 'merged' THEN 1 END, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(cells)s::bigint[], %(channel)s
"""
_REPORT = """
INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, lon_given, lat_given, datum,
                     geom, area_code, chain, match, cells)
SELECT lpad((%(id)s * 10 + n)::text, 10, '0'), '', %(id)s, %(category)s, %(channel)s, %(at)s, %(at)s,
       CASE WHEN %(lon)s::float8 IS NULL THEN 'area' ELSE 'point' END, %(lon)s, %(lat)s, CASE WHEN %(lon)s::float8 IS NOT NULL THEN 'wgs84' END,
       ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(code)s, %(chain)s, '{}', %(cells)s::bigint[]
FROM generate_series(1, %(told)s) n
"""


@pytest.fixture(scope="module")
def told(town: Store) -> Store:
    with psycopg.connect(town.dsn("migrate")) as owner, psycopg.ClientCursor(owner) as cursor:
        cursor.execute("SET ROLE gridwarden_owner")
        for case in CASES:
            cursor.execute(_CASE, case)
            cursor.execute(_REPORT, case)
    return town


@pytest.fixture
def ask(told: Store, client: TestClient) -> Callable[..., Any]:
    assert told

    def asked(**question: Any) -> Any:
        named = {{"since": "from", "until": "to"}.get(name, name): value for name, value in question.items()}
        answer = client.get("/api/figures", params=named)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


def unsolved(case: dict[str, Any]) -> bool:
    if case["closed"] is None:
        return bool(case["due"] < NOW or case["reopened"] > 0)
    if case["state"] == "merged":
        # Into the first one, and so what that one is.
        return unsolved(CASES[0])
    return bool(case["confirmed"] is not True)


MEASURES: dict[str, Callable[[dict[str, Any]], int]] = {
    "received": lambda c: c["told"],
    "open": lambda c: c["closed"] is None,
    "overdue": lambda c: c["closed"] is None and c["due"] < (c["paused"] or NOW),
    "unsolved": unsolved,
    "reopened": lambda c: c["reopened"] > 0,
}
UNITS = {"city": ["90"], "village": ["9001", "9002"], "grid": list(GRIDS)}


def expected(layer: str, level: str, which: Callable[[dict[str, Any]], bool] = lambda _: True) -> tuple[list[int], int]:
    """The counts by unit and what fell on none, counted by hand."""
    counts: Counter[str | None] = Counter()
    for case in CASES:
        if which(case):
            home = next((code for code in case["chain"] if code in UNITS[level] and case["code"] is not None), None)
            counts[home] += int(MEASURES[layer](case))
    return [counts[code] for code in UNITS[level]], counts[None]


@pytest.mark.parametrize("level", UNITS)
@pytest.mark.parametrize("layer", MEASURES)
def test_a_planner_gets_what_a_count_by_hand_gives(
    ask: Callable[..., Any], log_in: Callable[[str], None], layer: str, level: str
) -> None:
    log_in("planner")
    got = ask(layer=layer, level=level)
    counts, unplaced = expected(layer, level)
    assert (got["counts"], got["unplaced"], got["total"]) == (counts, unplaced, sum(counts) + unplaced)
    assert (got["values"], got["hidden"]) == (counts, False)
    assert got["counts_what"] == ("reports" if layer == "received" else "cases")


def test_filters_and_a_period_cut_at_local_midnight(ask: Callable[..., Any], log_in: Callable[[str], None]) -> None:
    log_in("planner")
    since, until = datetime(2026, 1, 10, tzinfo=SHANGHAI), datetime(2026, 2, 10, tzinfo=SHANGHAI)
    counts, unplaced = expected(
        "received", "grid", lambda c: since <= c["at"] < until and c["channel"] == "app" and c["category"] == "dumping"
    )
    got = ask(layer="received", level="grid", since="2026-01-10", until="2026-02-10", channel="app", family="waste")
    assert (got["counts"], got["unplaced"]) == (counts, unplaced)
    assert 0 < sum(counts) < sum(expected("received", "grid")[0])


def test_this_period_against_another(ask: Callable[..., Any], log_in: Callable[[str], None]) -> None:
    log_in("planner")
    turn = datetime(2026, 2, 1, tzinfo=SHANGHAI)
    got = ask(layer="received", level="grid", since="2026-02-01", vs_to="2026-02-01")
    now, before = (
        expected("received", "grid", lambda c: c["at"] >= turn)[0],
        expected("received", "grid", lambda c: c["at"] < turn)[0],
    )
    assert (got["counts"], got["before"]) == (now, before)
    assert got["values"] == [a - b for a, b in zip(now, before, strict=True)]
    assert got["classes"]["kind"] == "diverging"
    assert sum(got["classes"]["sizes"]) + got["classes"]["zero"] == len(GRIDS)


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_cells_hold_what_lies_in_them(
    ask: Callable[..., Any], log_in: Callable[[str], None], told: Store, resolution: int
) -> None:
    log_in("planner")
    got = ask(layer="open", level=f"cell-{resolution}")
    counts: Counter[int] = Counter()
    for case in CASES:
        if case["closed"] is None and case["lon"]:
            counts[h3.latlng_to_cell(case["lat"], case["lon"], resolution)] += 1
    with psycopg.connect(told.dsn("web")) as web:
        cells = [
            row[0]
            for row in web.execute(
                "SELECT cell FROM units WHERE edition_id = %s AND kind = %s ORDER BY n",
                (got["edition_id"], f"cell-{resolution}"),
            )
        ]
    assert len(got["counts"]) == len(cells)
    assert dict(zip(cells, got["counts"], strict=True)) == {cell: counts[cell] for cell in cells}
    assert got["total"] == sum(case["closed"] is None for case in CASES)
    assert sum(got["counts"]) + got["unplaced"] == got["total"]


def test_rates_stand_on_households_and_area(ask: Callable[..., Any], log_in: Callable[[str], None]) -> None:
    log_in("planner")
    bare = ask(layer="open", level="grid")["counts"]
    assert ask(layer="open", level="grid", per="households")["values"] == [float(f"{n * 10:.4g}") for n in bare]
    by_km2 = ask(layer="open", level="grid", per="km2")["values"]
    # A hundredth of a degree each way; the third grid is two ten-thousandths narrower.
    assert by_km2 == pytest.approx(
        [n / (0.9526 * width) for n, width in zip(bare, (1, 1, 0.98), strict=True)], rel=2e-3
    )


def test_an_area_without_households_has_no_rate(
    told: Store, ask: Callable[..., Any], log_in: Callable[[str], None]
) -> None:
    log_in("planner")
    with psycopg.connect(told.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE editions SET name = '2025 b' WHERE name = '2025'")
        owner.execute("UPDATE units SET households = 0 WHERE key = %s", (town.HEADED,))
        owner.commit()
        try:
            got = ask(layer="open", level="grid", per="households")
        finally:
            owner.execute("SET ROLE gridwarden_owner")
            owner.execute("UPDATE units SET households = 100 WHERE key = %s", (town.HEADED,))
            owner.execute("UPDATE editions SET name = '2025' WHERE name = '2025 b'")
    assert got["values"][0] is None
    assert got["counts"][0] > 0
    assert got["classes"]["missing"] == 1


def test_vacancies_are_those_of_the_day(ask: Callable[..., Any]) -> None:
    assert ask(layer="vacancies", level="grid")["counts"] == [0, 1, 1]
    assert ask(layer="vacancies", level="city")["counts"] == [2]


def test_the_public_gets_no_private_category_and_no_small_number(ask: Callable[..., Any]) -> None:
    got = ask(layer="received", level="grid", channel="app", since="2026-02-20")
    counts, _ = expected(
        "received",
        "grid",
        lambda c: (
            c["channel"] == "app" and c["category"] != "dispute" and c["at"] >= datetime(2026, 2, 20, tzinfo=SHANGHAI)
        ),
    )
    assert got["hidden"]
    shown = [n for n, told in zip(counts, got["counts"], strict=True) if told is not None]
    hidden = [n for n, told in zip(counts, got["counts"], strict=True) if told is None]
    assert [told for told in got["counts"] if told is not None] == shown
    assert all(n == 0 or n >= 5 for n in shown)
    # No number can be reckoned from the total and the others.
    assert len(hidden) >= 2
    assert sum(hidden) >= 5 or not any(shown)
    whole = ask(layer="received", level="city")
    assert whole["total"] == sum(c["told"] for c in CASES if c["category"] != "dispute")


def test_private_ones_count_for_the_staff_of_their_areas_alone(
    ask: Callable[..., Any], log_in: Callable[[str], None]
) -> None:
    log_in("head")
    counts, _ = expected("received", "grid", lambda c: c["category"] != "dispute" or c["code"] == town.HEADED)
    assert ask(layer="received", level="grid")["counts"] == counts


def test_fine_cells_are_the_actors_own_alone(
    ask: Callable[..., Any], log_in: Callable[[str], None], client: TestClient
) -> None:
    refused = client.get("/api/figures", params={"layer": "open", "level": "cell-8"})
    assert (refused.status_code, refused.json()["code"]) == (403, "cells_too_fine")
    log_in("planner")
    everything = ask(layer="received", level="cell-9")
    client.cookies.clear()
    log_in("head")
    own = ask(layer="received", level="cell-9")
    assert None not in everything["counts"]
    inside = [n for n, count in enumerate(own["counts"]) if count is not None]
    assert 0 < len(inside) < len(own["counts"]) / 10
    assert sum(own["counts"][n] for n in inside) <= sum(c["told"] for c in CASES if c["code"] == town.HEADED)


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ({"level": "grid", "from": "2026-02-01", "to": "2026-02-01"}, 422, "empty_period"),
        ({"level": "grid", "from": "2026-02-02", "to": "2026-02-01"}, 422, "empty_period"),
        ({"level": "grid", "vs_from": "2026-02-02", "vs_to": "2026-02-01"}, 422, "empty_period"),
        ({"level": "ward"}, 422, "unknown_kind"),
        ({"level": "cell-"}, 422, "unknown_kind"),
        ({"level": "cell-12"}, 422, "unknown_kind"),
        ({"level": "cell-七"}, 422, "unknown_kind"),
        ({"level": "grid", "family": "no such"}, 422, "unknown_family"),
        ({"level": "grid", "channel": "pigeon"}, 422, "unknown_channel"),
        ({"level": "cell-6", "layer": "vacancies"}, 422, "not_by_cell"),
        ({"level": "grid", "layer": "received", "family": "people"}, 403, "private_family"),
        (
            {"level": "grid", "layer": "vacancies", "vs_from": "2026-01-01", "vs_to": "2026-02-01"},
            422,
            "vacancies_of_now",
        ),
        ({"level": "grid", "layer": "vacancies", "family": "waste"}, 422, "vacancies_of_now"),
        ({"level": "grid", "layer": "everything"}, 422, "invalid_request"),
        ({"level": "grid", "from": "0001-01-01"}, 422, "invalid_request"),
        ({"level": "grid", "from": "yesterday"}, 422, "invalid_request"),
        ({}, 422, "invalid_request"),
    ],
)
@pytest.mark.usefixtures("told")
def test_a_question_without_an_answer_is_refused_in_words(
    client: TestClient, question: dict[str, str], status: int, code: str
) -> None:
    answer = client.get("/api/figures", params={"layer": "open"} | question)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["detail"]


def test_nothing_counted_is_an_honest_empty_map(ask: Callable[..., Any]) -> None:
    got = ask(layer="received", level="grid", since="2031-01-01", until="2031-02-01")
    assert (got["counts"], got["total"], got["unplaced"]) == ([0, 0, 0], 0, 0)
    assert got["classes"] == {"kind": "sequential", "breaks": [], "sizes": [], "zero": 3, "missing": 0}
