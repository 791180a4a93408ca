"""The story of a spot, line after line, with what today's rules on places would have said of it, and to whom.

Reads only; ``grids.place_rules`` says what rings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

import psycopg

from gis.errors import GridwardenError
from grids.place_alarms import lines_of, rules_in_force
from grids.place_rules import Alarm, Line, PlaceRule, rings_in_turn

_NEAR_M: Final = 100.0
# The places about a site: of the one that most was said of, where several fit.
_ABOUT: Final = """
    SELECT t.name, array_agg(DISTINCT p.anchor_id), bool_or(t.synthetic)
    FROM sites t JOIN reports r ON r.geom && ST_Expand(t.geom, 0.002) AND metres_between(r.geom, t.geom) <= %(near)s
    JOIN place_reports p ON p.report_id = r.id
    WHERE %(spot)s IN (t.code, t.kind, t.name)
    GROUP BY t.code, t.name ORDER BY count(*) DESC, t.code LIMIT 1
"""
_ANCHOR: Final = "SELECT p.anchor_id FROM place_reports p WHERE p.report_id = %s"
# Who would have got it: the desk above the grid, and the nearest supervisor.
_TOLD: Final = """
    SELECT (desk_over((%(chain)s::text[])[:greatest(cardinality(%(chain)s::text[]) - 1, 1)], %(at)s)) ->> 'desk',
           (SELECT area_name(p.area_code, %(at)s) FROM postings p
            WHERE p.area_code = ANY ((%(chain)s::text[])[:greatest(cardinality(%(chain)s::text[]) - 1, 1)])
              AND p.role = 'supervisor' AND p.person_id IS NOT NULL AND p.during @> %(at)s::timestamptz
            ORDER BY array_position(%(chain)s::text[], p.area_code::text) DESC LIMIT 1)
"""


class NoStoryError(GridwardenError):
    """Nothing was reported at this spot, or there is no such spot."""

    code: ClassVar[str] = "no_story"


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened, or that would have rung; ``nth``: the how-manieth report of its place.

    ``desk`` and ``supervisor_of`` (an area) say who would have been told on that day, where a rule asks for them.
    """

    at: datetime
    place_id: int
    family: str
    line: Line | None = None
    nth: int = 0
    alarm: Alarm | None = None
    rule: PlaceRule | None = None
    desk: str | None = None
    supervisor_of: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """All of it in order; ``name`` of the site about which it plays, ``invented`` where that is of the demo."""

    name: str | None
    invented: bool
    told: tuple[Told, ...]

    def first_alarm(self) -> Told | None:
        """Answer the first alarm that takes a case one level up."""
        return next((one for one in self.told if one.rule and "up" in one.rule.deeds), None)

    def first_report(self, category: str, after: datetime) -> Told | None:
        """Answer the first report of a category after an instant."""
        found = (one for one in self.told if one.line and one.line.verb == "report" and one.at > after)
        return next((one for one in found if one.line and one.line.category == category), None)


def story_of(connection: psycopg.Connection[Any], spot: str, now: datetime) -> Story:
    """Answer the story of a place by its number, or of all places within 100 m of a site by its code, kind or name.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables.
    spot : str
        Which.
    now : datetime
        Aware; the rules in force then are asked.

    Raises
    ------
    NoStoryError
        ``no_story``.
    """
    name, places, invented = _places(connection, spot)
    rules = rules_in_force(connection, now)
    told: list[Told] = []
    for place_id, family, lines in lines_of(connection, places, rules):
        chains = {line.case_id: line.chain for line in lines if line.chain}
        told += _counted(place_id, family, lines)
        told += [
            _rang(connection, place_id, family, alarm, next(r for r in rules if r.id == alarm.rule_id), chains)
            for alarm in rings_in_turn(rules, family, lines)
        ]
    return Story(name, invented, tuple(sorted(told, key=lambda one: (one.at, one.alarm is not None))))


def _places(connection: psycopg.Connection[Any], spot: str) -> tuple[str | None, list[int], bool]:
    if spot.isascii() and spot.isdecimal() and len(spot) <= 18:
        row = connection.execute(_ANCHOR, (int(spot),)).fetchone()
        if row is not None:
            return None, [row[0]], False
    found = connection.execute(_ABOUT, {"spot": spot, "near": _NEAR_M}).fetchone()
    if found is None:
        raise NoStoryError(
            f"Nothing was reported within {_NEAR_M:g} m of {spot!r}: give the number of a place, or the code, the kind"
            " or the name of a site.",
            params={"spot": spot},
        )
    return found[0], found[1], found[2]


def _counted(place_id: int, family: str, lines: list[Line]) -> list[Told]:
    told, reports = [], 0
    for line in lines:
        reports += line.verb == "report"
        told.append(Told(line.at, place_id, family, line, reports if line.verb == "report" else 0))
    return told


def _rang(
    connection: psycopg.Connection[Any],
    place_id: int,
    family: str,
    alarm: Alarm,
    rule: PlaceRule,
    chains: dict[int, tuple[str, ...]],
) -> Told:
    asked = {"chain": list(chains.get(alarm.case_id, ())), "at": alarm.at}
    desk, supervisor_of = connection.execute(_TOLD, asked).fetchone() or (None, None)
    return Told(
        alarm.at,
        place_id,
        family,
        alarm=alarm,
        rule=rule,
        desk=desk if "up" in rule.deeds else None,
        supervisor_of=supervisor_of if "supervise" in rule.deeds else None,
    )
