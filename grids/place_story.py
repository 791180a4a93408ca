"""The story of a spot, line after line, with what today's rules on places would have said of it, and to whom.

Reads only; ``grids.place_rules`` says what rings, ``grids.place_recipients`` who is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final

import psycopg

from gis.errors import GridwardenError
from grids.order_steps import BY_ORDER_VERB
from grids.place_alarms import lines_of, rules_in_force
from grids.place_recipients import CASES, NAMES, OWNED, POSTED, Hands, Recipient, Worked
from grids.place_rules import Alarm, Line, PlaceRule, rings_in_turn

BEFORE: Final = "fire"
"""The category of report of which an alarm is to come ahead."""
NEAR_M: Final = 100.0
"""What is reported so near to a spot is a part of its story."""
# What changes nothing for a case, what another line tells (a merge stands with the case that goes), and what rang in
# its day: the story is what would ring today.
_UNTOLD: Final = frozenset(
    {"receive", "look", "photo", "note", "alarm", "merge_in", "release", "withhold", "withdraw", "recompute_due"}
) | frozenset({"order_late", *BY_ORDER_VERB})
# The places about a site: of the one that most was said of, where several fit.
_ABOUT: Final = """
    SELECT t.name, array_agg(DISTINCT p.anchor_id), bool_or(t.synthetic)
    FROM sites t JOIN reports r ON r.geom && ST_Expand(t.geom, 0.002) AND metres_between(r.geom, t.geom) <= %(near)s
    JOIN place_reports p ON p.report_id = r.id
    WHERE %(spot)s IN (t.code, t.kind, t.name)
    GROUP BY t.code, t.name ORDER BY count(*) DESC, t.code LIMIT 1
"""
_ANCHOR: Final = "SELECT p.anchor_id FROM place_reports p WHERE p.report_id = %s"
_CHANNELS: Final = """
    SELECT p.anchor_id, r.received_at, r.channel FROM place_reports p JOIN reports r ON r.id = p.report_id
    WHERE p.anchor_id = ANY (%s) ORDER BY r.received_at, r.id
"""
_BESIDE: Final = "SELECT * FROM reported_beside(%(place)s, %(before)s, %(near)s)"

Channels = dict[tuple[int, datetime], list[str]]
"""By place and instant, through which channels reports came: of those that may be told."""


class NoStoryError(GridwardenError):
    """Nothing was reported at this spot, or there is no such spot."""

    code: ClassVar[str] = "no_story"


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened, or that would have rung.

    Attributes
    ----------
    place_id : int or None
        None: it was reported beside the place.
    line : Line or None
        What happened.
    nth : int
        The how-manieth report of its place it is; 0: none, or beside it.
    channel : str or None
        Of a report.
    alarm, rule : Alarm, PlaceRule, or None
        What would have rung.
    after : int
        After how many reports of its place it would have rung.
    who : tuple of Recipient
        Who would have been told on that day.
    """

    at: datetime
    place_id: int | None
    family: str
    line: Line | None = None
    nth: int = 0
    channel: str | None = None
    alarm: Alarm | None = None
    rule: PlaceRule | None = None
    after: int = 0
    who: tuple[Recipient, ...] = ()

    def goes_up(self) -> bool:
        """Whether it is an alarm that takes its case up; not all are moved."""
        if self.who:
            return any(one.part == "takes" for one in self.who)
        return self.rule is not None and bool({"up", "township"} & {*self.rule.deeds})


@dataclass(frozen=True, slots=True)
class Story:
    """All of it in order; ``name`` of the site about which it plays, ``invented`` where it or a case is of the demo."""

    name: str | None
    invented: bool
    told: tuple[Told, ...]

    def first_alarm(self) -> Told | None:
        """Answer the first alarm."""
        return next((one for one in self.told if one.rule), None)

    def first_up(self) -> Told | None:
        """Answer the first alarm that takes a case up; where its case is not the reader's, by what its rule does."""
        return next((one for one in self.told if one.goes_up()), None)

    def first_report(self, category: str, after: datetime) -> Told | None:
        """Answer the first report of a category after an instant."""
        found = (one for one in self.told if one.line and one.line.verb == "report" and one.at > after)
        return next((one for one in found if one.line and one.line.category == category), None)


def story_of(connection: psycopg.Connection[Any], spot: str, now: datetime, before: str = BEFORE) -> Story:
    """Answer the story of a place by its number, or of all places within 100 m of a site by its code, kind or name.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables.
    spot : str
        Which.
    now : datetime
        Aware; the rules in force then are asked.
    before : str
        Reports of this category within 100 m of a place belong to its story, whatever their family.

    Raises
    ------
    NoStoryError
        ``no_story``.
    """
    name, places, invented = _places(connection, spot)
    rules = rules_in_force(connection, now)
    channels: Channels = {}
    for place_id, at, channel in connection.execute(_CHANNELS, (places,)):
        channels.setdefault((place_id, at), []).append(channel)
    told = [
        one
        for place_id, family, lines in lines_of(connection, places, rules)
        for one in play(place_id, family, lines, rules, channels)
    ]
    if name is None:
        asked = {"place": places[0], "near": NEAR_M, "before": before}
        told += [beside(*row) for row in connection.execute(_BESIDE, asked)]
    cases = [Worked(*row) for row in connection.execute(CASES, {"cases": sorted(cases_of(told))})]
    codes = sorted({code for case in cases for code in case.chain})
    hands = Hands(
        cases,
        connection.execute(OWNED, {"cases": [case.case_id for case in cases]}),
        connection.execute(POSTED, {"codes": codes}),
        dict(connection.execute(NAMES, {"codes": codes, "at": now}).fetchall()),
    )
    story = finished(name, told, cases, hands)
    return replace(story, invented=invented or story.invented)


def play(
    place_id: int, family: str, lines: list[Line], rules: Collection[PlaceRule], channels: Channels
) -> Iterator[Told]:
    """Answer what happened at a place and what today's rules would have rung; who is told, ``finished`` adds.

    Parameters
    ----------
    place_id, family, lines
        Of the place.
    rules : collection of PlaceRule
        Those in force.
    channels : Channels
        A report that is not among these is counted and not told.
    """
    by_id = {rule.id: rule for rule in rules}
    waiting = {key: list(found) for key, found in channels.items()}
    reports: list[datetime] = []
    for line in lines:
        if line.verb != "report":
            yield Told(line.at, place_id, family, line)
            continue
        reports.append(line.at)
        if came := waiting.get((place_id, line.at)):
            yield Told(line.at, place_id, family, line, nth=len(reports), channel=came.pop(0))
    for alarm in rings_in_turn(rules, family, lines):
        after = sum(at <= alarm.at for at in reports)
        yield Told(alarm.at, place_id, family, alarm=alarm, rule=by_id[alarm.rule_id], after=after)


def beside(at: datetime, case_id: int, category: str, channel: str | None, family: str) -> Told:
    """Answer a report that is of another place nearby."""
    return Told(at, None, family, Line(at, "report", case_id, category=category), channel=channel)


def cases_of(told: Iterable[Told]) -> set[int]:
    """Answer the numbers of the cases of which a story tells."""
    return {one.line.case_id for one in told if one.line} | {one.alarm.case_id for one in told if one.alarm}


def finished(name: str | None, told: Collection[Told], cases: Collection[Worked], hands: Hands) -> Story:
    """Answer a story in order, with who would have been told.

    Parameters
    ----------
    name : str or None
        Of the site about which it plays.
    told : collection of Told
        What ``play`` answered of each place, and what was reported beside it, which is told from then on.
    cases : collection of Worked
        Those that may be told; of others it is told that they rang, and no more.
    hands : Hands
        In which they were.
    """
    known = {case.case_id for case in cases}
    begins = min((one.at for one in told if one.place_id is not None), default=None)
    states: dict[int, str] = {}
    kept = []
    # Stable: a report rings after it came, and rules ring in their order.
    for one in sorted(told, key=lambda one: (one.at, one.alarm is not None)):
        if begins is None or one.at < begins:
            continue
        if one.line and one.line.state is not None:
            states[one.line.case_id] = one.line.state
        if one.alarm is not None and one.rule is not None and one.alarm.case_id in known:
            case_id = one.alarm.case_id
            kept.append(replace(one, who=hands.ring(one.rule, case_id, states.get(case_id), one.at)))
        elif (
            one.line is None
            or one.line.verb == "report"
            or (one.line.verb not in _UNTOLD and one.line.case_id in known)
        ):
            kept.append(one)
    return Story(name, any(case.invented for case in cases), tuple(kept))


def _places(connection: psycopg.Connection[Any], spot: str) -> tuple[str | None, list[int], bool]:
    if spot.isascii() and spot.isdecimal() and len(spot) <= 18:
        row = connection.execute(_ANCHOR, (int(spot),)).fetchone()
        if row is not None:
            return None, [row[0]], False
    found = connection.execute(_ABOUT, {"spot": spot, "near": NEAR_M}).fetchone()
    if found is None:
        raise NoStoryError(
            f"Nothing was reported within {NEAR_M:g} m of {spot!r}: give the number of a place, or the code, the kind"
            " or the name of a site.",
            params={"spot": spot},
        )
    return found[0], found[1], found[2]
