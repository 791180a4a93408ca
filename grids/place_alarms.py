"""Alarms: the rules on places in force, and what they ring for, as the worker finds and does it.

Whether a rule rings, ``grids.place_rules`` decides; what that does to a case, the database (``ring``).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from grids.place_rules import Alarm, Line, NearSite, PlaceRule, rings_now

_LOG = logging.getLogger("gridwarden.worker")
# Two that wanted the same case at once: the other one was first.
_AGAIN: Final = frozenset({"40001", "40P01", "55P03"})
BATCH: Final = 60
"""Places that are looked at in one transaction."""
JUDGED: Final = frozenset(
    f"case.{verb}"
    for verb in ("deny", "reopen", "lapse", "decline", "will_not_do", "petition_close", "take", "dispatch", "merge_in")
)
"""Topics of the outbox after which a place is looked at again."""


class Told(NamedTuple):
    """The lines of a place."""

    place_id: int
    family: str
    lines: list[Line]


def rules_in_force(connection: psycopg.Connection[Any], at: datetime) -> list[PlaceRule]:
    """Answer the rules on places in force at an instant.

    Parameters
    ----------
    connection : psycopg.Connection
        As any role of the service.
    at : datetime
        Aware.
    """
    with connection.cursor(row_factory=class_row(PlaceRule)) as cursor:
        return cursor.execute("SELECT * FROM place_rules_at(%s)", (at,)).fetchall()


def look_at_waiting(connection: psycopg.Connection[Any], now: datetime, limit: int = BATCH) -> int:
    """Open again and ring for the places that wait for a look; answer how many were looked at.

    Parameters
    ----------
    connection : psycopg.Connection
        As the worker's role, in no transaction.
    now : datetime
        Aware; rules in force then, and what happened until then.
    limit : int
        Places at most.
    """
    row = connection.execute("SELECT waiting_for_a_look(%s)", (limit,)).fetchone()
    waiting: list[int] = row[0] if row else []
    if not waiting:
        return 0
    again = [*_open_again(connection, now, waiting)]
    with connection.transaction():
        row = connection.execute("SELECT taken, places FROM places_to_look_at(%s)", (waiting,)).fetchone()
        taken, places = row or (0, [])
        rules = rules_in_force(connection, now) if places else []
        if rules:
            rung = set(connection.execute("SELECT rule_id, case_id FROM rung_at(%s)", (places,)).fetchall())
            found = [
                (alarm, told.place_id)
                for told in lines_of(connection, places, rules)
                for alarm in _alarms(rules, told, now, rung)
            ]
            # In the order of their numbers, as all who lock several cases do.
            for alarm, place_id in sorted(found, key=lambda one: (one[0].case_id, one[0].rule_id)):
                _ring(connection, alarm, place_id)
        for place_id in again:
            connection.execute("SELECT look_again(%s)", (place_id,))
    return int(taken)


def _open_again(connection: psycopg.Connection[Any], now: datetime, places: list[int]) -> Iterator[int]:
    """Let reports open again what was closed at their place within 30 days; answer places where that has to wait."""
    for case_id, into_id, report_id, place_id in connection.execute(
        "SELECT * FROM come_again(%s)", (places,)
    ).fetchall():
        try:
            with connection.transaction():
                connection.execute("SELECT opened_again(%s, %s, %s, %s)", (case_id, into_id, report_id, now))
        except psycopg.Error as error:
            if error.sqlstate is None:
                raise
            _LOG.error("case %d: report %d did not open it again (%s)", into_id, report_id, error.sqlstate)
            if error.sqlstate in _AGAIN:
                yield place_id


def lines_of(connection: psycopg.Connection[Any], places: list[int], rules: Iterable[PlaceRule]) -> Iterator[Told]:
    """Answer what happened at places, in order; sites only as far as a rule asks for them.

    Parameters
    ----------
    connection : psycopg.Connection
        As the worker's role, or as the owner of the tables.
    places : list of int
        Their numbers.
    rules : iterable of PlaceRule
        Those for which it is asked.
    """
    within_m = max((rule.within_m for rule in rules if rule.within_m is not None), default=None)
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT * FROM place_lines(%s, %s)", (places, within_m))
        for (place_id, family), rows in groupby(cursor, itemgetter("place_id", "family")):
            yield Told(place_id, family, [line_of(row) for row in rows])


def line_of(row: Mapping[str, Any]) -> Line:
    """Answer a row of ``place_lines`` as a line."""
    return Line(
        row["at"],
        row["verb"],
        row["case_id"],
        row["state"],
        row["head_area"],
        row["category"],
        tuple(row["chain"] or ()),
        tuple(NearSite(**site) for site in row["sites"] or ()),
    )


def _alarms(rules: list[PlaceRule], told: Told, now: datetime, rung: set[tuple[int, int]]) -> list[Alarm]:
    try:
        return list(rings_now(rules, told.family, told.lines, now, rung))
    except Exception as error:
        # Whatever its lines hold: it would come again at each look, and no other place would ever be looked at.
        _LOG.error("place %d could not be looked at: %s", told.place_id, type(error).__name__)
        return []


def _ring(connection: psycopg.Connection[Any], alarm: Alarm, place_id: int) -> None:
    try:
        with connection.transaction():
            connection.execute(
                "SELECT ring(%s, %s, %s, %s, %s)",
                (alarm.rule_id, alarm.case_id, place_id, alarm.at, Jsonb(alarm.facts)),
            )
    except psycopg.Error as error:
        if error.sqlstate is None:
            raise
        # One case for which a rule cannot ring must not hold up the others.
        _LOG.error("case %d: rule %d on places did not ring (%s)", alarm.case_id, alarm.rule_id, error.sqlstate)
        if error.sqlstate in _AGAIN:
            connection.execute("SELECT look_again(%s)", (place_id,))
