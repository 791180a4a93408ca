"""Random histories of postings and absences: at every instant exactly one owner, the one that a plain reading gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from psycopg.types.range import TimestamptzRange

from gis.store import Store
from tests import little_town as town

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
CHAIN = (town.CITY, town.VILLAGE, town.HEADED)
HOURS = 12
HISTORIES = 60


@dataclass(frozen=True)
class Posted:
    """A posting over whole hours since ``BEGIN``, and the hours in which it is away, with the number of its stand-in."""

    number: int
    area: str
    role: str
    since: int
    until: int | None
    away: tuple[tuple[int, int, int | None], ...] = ()

    def holds(self, at: int) -> bool:
        return self.since <= at and (self.until is None or at < self.until)

    def absence(self, at: int) -> tuple[int, int, int | None] | None:
        return next((one for one in self.away if one[0] <= at < one[1]), None)


@st.composite
def terms(draw: st.DrawFn) -> list[tuple[int, int | None]]:
    """Answer periods one after the other, with gaps between some."""
    cuts = sorted(draw(st.sets(st.integers(0, HOURS), max_size=6)))
    ends: list[int | None] = [*cuts[1:], None][: len(cuts)]
    return [(since, until) for since, until in zip(cuts, ends, strict=True) if draw(st.booleans())]


@st.composite
def histories(draw: st.DrawFn) -> list[Posted]:
    """Answer postings of a chain: heads, deputies and desks, some of them away."""
    made: list[Posted] = []
    for area, role in (
        (town.HEADED, "head"), (town.HEADED, "deputy"), (town.HEADED, "deputy"),
        (town.HEADED, "desk"), (town.VILLAGE, "desk"), (town.CITY, "desk"),
    ):  # fmt: skip
        made += [Posted(0, area, role, *term) for term in draw(terms())]
    numbered = [Posted(n, p.area, p.role, p.since, p.until) for n, p in enumerate(made, start=1)]
    deputies = [p.number for p in numbered if p.role == "deputy"]
    found = []
    for posted in numbered:
        away: tuple[tuple[int, int, int | None], ...] = ()
        if posted.role in ("head", "deputy"):
            spans = [(since, until) for since, until in draw(terms()) if until is not None]
            others = [number for number in deputies if number != posted.number]
            away = tuple((*span, draw(st.sampled_from([None, *others]))) for span in spans)
        found.append(Posted(posted.number, posted.area, posted.role, posted.since, posted.until, away))
    return found


def plain_reading(history: list[Posted], at: int) -> tuple[int | None, int | None]:
    """Answer the numbers of the head and of whoever acts; an owner of None is the topmost area itself."""
    held = [posted for posted in history if posted.holds(at)]
    head = next((p.number for p in held if p.role == "head"), None)
    acting = [acts(p, held, at) for role in ("head", "deputy") for p in held if p.role == role]
    desks = [p.number for area in reversed(CHAIN) for p in held if (p.role, p.area) == ("desk", area)]
    return head, next((number for number in [*acting, *desks] if number), None)


def acts(posted: Posted, held: list[Posted], at: int) -> int | None:
    """Answer who acts for a posting: who holds it, else the stand-in, if he is there."""
    absence = posted.absence(at)
    if absence is None:
        return posted.number
    return next((p.number for p in held if p.number == absence[2] and p.absence(at) is None), None)


def span(since: int, until: int | None) -> TimestamptzRange:
    return TimestamptzRange(
        BEGIN + timedelta(hours=since), None if until is None else BEGIN + timedelta(hours=until), "[)"
    )


@pytest.fixture(scope="module")
def owner(database: Store) -> Iterator[psycopg.Connection]:
    town.build(database)
    with psycopg.connect(database.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        connection.execute("CREATE TEMPORARY TABLE numbers (number integer, posting integer)")
        connection.execute("DELETE FROM postings")
        yield connection
        connection.rollback()


@settings(max_examples=HISTORIES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories())
def test_exactly_one_owner_at_every_instant(owner: psycopg.Connection, history: list[Posted]) -> None:
    with owner.transaction(force_rollback=True):
        for p in history:
            found = owner.execute(
                "INSERT INTO postings (area_code, role, person_id, desk, during) VALUES (%s, %s, %s, %s, %s) RETURNING id",
                (
                    p.area,
                    p.role,
                    None if p.role == "desk" else 1,
                    "台" if p.role == "desk" else None,
                    span(p.since, p.until),
                ),
            ).fetchone()
            assert found
            owner.execute("INSERT INTO numbers VALUES (%s, %s)", (p.number, found[0]))
        for p in history:
            for since, until, stand_in in p.away:
                owner.execute(
                    "INSERT INTO absences (posting_id, during, stand_in, reason, made_at) VALUES ("
                    "(SELECT posting FROM numbers WHERE number = %s), %s, (SELECT posting FROM numbers WHERE number = %s), 'leave', %s)",
                    (p.number, span(since, until), stand_in, BEGIN),
                )
        # Every hour, and the last moment before it.
        asked = [(hour, back) for hour in range(-1, HOURS + 2) for back in (0, 1)]
        answers = owner.execute(
            sql.SQL("""
                SELECT w.owner IS NOT NULL, h.number, o.number FROM unnest(%s::timestamptz[]) WITH ORDINALITY a (at, n)
                CROSS JOIN LATERAL who_answers(%s, (edition_at(a.at)).id, a.at) w
                LEFT JOIN numbers h ON h.posting = (w.head ->> 'posting_id')::integer
                LEFT JOIN numbers o ON o.posting = (w.owner ->> 'posting_id')::integer ORDER BY a.n"""),
            ([BEGIN + timedelta(hours=hour) - timedelta(microseconds=back) for hour, back in asked], list(CHAIN)),
        ).fetchall()
        expected = [(True, *plain_reading(history, hour - back)) for hour, back in asked]
        assert answers == expected
