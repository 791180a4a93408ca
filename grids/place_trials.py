"""A rule on places tried on what has happened: how often it would have rung, where, and for which share of the cases.

Reads only.  A rule that would ring for most of what comes tells nobody anything; it is refused when it is to be made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

import psycopg

from gis.errors import GridwardenError
from grids.clock import ZONE
from grids.place_alarms import lines_of, rules_in_force
from grids.place_rules import DEEDS, Alarm, PlaceRule, rings_in_turn

SHARE_MOST: Final = 0.5
"""A rule that would have rung for so great a share of the cases within its reach is refused."""
CASES_LEAST: Final = 20
"""Of fewer cases a share says nothing."""
_AT_ONCE: Final = 2_000

# Places at which a rule could ring: with a report in its reach, and as full as it asks for.
_PLACES: Final = """
    SELECT p.anchor_id FROM place_reports p
    WHERE p.anchor_id IN (
        SELECT o.anchor_id FROM place_reports o JOIN reports r ON r.id = o.report_id
        WHERE (%(family)s::text IS NULL OR o.family = %(family)s)
          AND (%(area)s::text IS NULL OR r.chain @> ARRAY[%(area)s::text])
          AND (%(category)s::text IS NULL OR r.category_code = %(category)s)
          AND (%(within)s::double precision IS NULL OR EXISTS (
              SELECT FROM sites t WHERE t.kind = ANY (%(kinds)s) AND t.geom && box_around(r.geom, %(within)s)
                AND t.during @> r.received_at AND metres_between(r.geom, t.geom) <= %(within)s)))
    GROUP BY p.anchor_id
    HAVING count(*) >= %(reports)s
    ORDER BY p.anchor_id
"""
_CASES: Final = """
    SELECT count(DISTINCT r.case_id) FROM place_reports o JOIN reports r ON r.id = o.report_id
    WHERE r.received_at >= %(since)s AND r.received_at < %(until)s
      AND (%(family)s::text IS NULL OR o.family = %(family)s)
      AND (%(area)s::text IS NULL OR r.chain @> ARRAY[%(area)s::text])
      AND (%(category)s::text IS NULL OR r.category_code = %(category)s)
"""
_ADD: Final = """
    INSERT INTO place_rules (during, note, family, category_code, area_code, days, reports_from, reopened_from,
                             unconfirmed_from, handed_from, site_kinds, within_m, deeds, made_at)
    VALUES (tstzrange(%(since)s, NULL), %(note)s, %(family)s, %(category_code)s, %(area_code)s, %(days)s,
            %(reports_from)s, %(reopened_from)s, %(unconfirmed_from)s, %(handed_from)s, %(site_kinds)s, %(within_m)s,
            %(deeds)s, %(now)s) RETURNING id
"""


class PlaceRuleRefusedError(GridwardenError):
    """A rule on places that cannot be; ``params["reason"]`` says which of its parts is wrong."""

    code: ClassVar[str] = "place_rule_refused"


class PlaceRuleNotFoundError(GridwardenError):
    """No rule on places of this number that could still end."""

    code: ClassVar[str] = "place_rule_not_found"


@dataclass(frozen=True, slots=True)
class Rung:
    """An alarm that would have rung, at which place, and for a case that lies in which area."""

    place_id: int
    alarm: Alarm
    area_code: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done between two instants.

    Attributes
    ----------
    since, until : datetime
        [since, until).
    cases : int
        Received meanwhile within the reach of the rule: of its family, category and area, with a pin.
    rung : tuple of Rung
        In the order of their times.
    names : dict of str to str
        What the areas of these are called, by their codes.
    """

    since: datetime
    until: datetime
    cases: int
    rung: tuple[Rung, ...]
    names: dict[str, str]

    @property
    def share(self) -> float:
        """Of the cases within its reach, those for which it would have rung."""
        return len({one.alarm.case_id for one in self.rung}) / self.cases if self.cases else 0.0

    @property
    def too_few(self) -> bool:
        """Whether these are so few cases that nothing is refused because of them."""
        return self.cases < CASES_LEAST

    @property
    def everywhere(self) -> bool:
        """Whether it would ring for most of what comes."""
        return not self.too_few and self.share >= SHARE_MOST

    def by_month(self) -> dict[str, int]:
        """Answer how often it would have rung in each month, Asia/Shanghai."""
        return dict(sorted(Counter(f"{one.alarm.at.astimezone(ZONE):%Y-%m}" for one in self.rung).items()))

    def by_area(self) -> dict[str, int]:
        """Answer how often it would have rung in each area, by its code; where it rang most comes first."""
        counted = Counter(one.area_code for one in self.rung)
        return dict(sorted(counted.items(), key=lambda each: (-each[1], each[0])))


def try_rule(connection: psycopg.Connection[Any], rule: PlaceRule, since: datetime, until: datetime) -> Trial:
    """Answer what a rule would have done.  Stores nothing.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables.
    rule : PlaceRule
        Stored or not.
    since, until : datetime
        Aware; what came before is remembered, but rings nothing.
    """
    asked = {
        "family": rule.family,
        "area": rule.area_code,
        "category": rule.category_code,
        "within": rule.within_m,
        "kinds": list(rule.site_kinds),
        "reports": rule.reports_from or 1,
        "since": since,
        "until": until,
    }
    row = connection.execute(_CASES, asked).fetchone()
    places = [number for (number,) in connection.execute(_PLACES, asked).fetchall()]
    rung = sorted(_rung(connection, rule, places, since, until), key=lambda one: (one.alarm.at, one.alarm.case_id))
    codes = sorted({one.area_code for one in rung})
    names = connection.execute("SELECT c, area_name(c, %s) FROM unnest(%s::text[]) c", (until, codes)).fetchall()
    return Trial(since, until, row[0] if row else 0, tuple(rung), dict(names))


def _rung(
    connection: psycopg.Connection[Any], rule: PlaceRule, places: list[int], since: datetime, until: datetime
) -> Iterator[Rung]:
    for begin in range(0, len(places), _AT_ONCE):
        for told in lines_of(connection, places[begin : begin + _AT_ONCE], [rule]):
            areas = {line.case_id: line.chain[-1] for line in told.lines if line.chain}
            # What was split off has no report that began with it.
            newest = next(reversed(areas.values()), "")
            for alarm in rings_in_turn([rule], told.family, told.lines, since):
                if alarm.at < until:
                    yield Rung(told.place_id, alarm, areas.get(alarm.case_id, newest))


def add_rule(connection: psycopg.Connection[Any], rule: PlaceRule, trial: Trial, since: datetime, now: datetime) -> int:
    """Make a rule and answer its number; what it finds in open cases rings as soon as it is in force.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables; the caller commits.
    rule : PlaceRule
        What is to hold.
    trial : Trial
        What it would have done in the past year.
    since, now : datetime
        Aware; it begins at the later one.

    Raises
    ------
    PlaceRuleRefusedError
        ``place_rule_refused``: it asks for nothing or does nothing, names what there is not, says what another one
        says, or would ring for most of what comes.
    """
    begins = max(since, now)
    values = {
        "since": begins,
        "now": now,
        "note": rule.note,
        "family": rule.family,
        "category_code": rule.category_code,
        "area_code": rule.area_code,
        "days": rule.days,
        "reports_from": rule.reports_from,
        "reopened_from": rule.reopened_from,
        "unconfirmed_from": rule.unconfirmed_from,
        "handed_from": rule.handed_from,
        "site_kinds": list(rule.site_kinds) or None,
        "within_m": rule.within_m,
        "deeds": list(rule.deeds),
    }
    if reason := _wrong(connection, rule, trial, begins):
        raise _refused(reason, trial)
    try:
        with connection.transaction():
            (rule_id,) = connection.execute(_ADD, values).fetchall()[0]
    except psycopg.errors.IntegrityError as error:
        named = error.diag.column_name or error.diag.constraint_name or ""
        raise _refused(named.removeprefix("place_rules_").removesuffix("_check"), trial) from error
    connection.execute("SELECT all_places_touched()")
    return int(rule_id)


def end_rule(connection: psycopg.Connection[Any], rule_id: int, now: datetime) -> None:
    """End a rule now; one that has not begun never comes into force.  What it did stays done.

    Raises
    ------
    PlaceRuleNotFoundError
        ``place_rule_not_found``.
    """
    ended = connection.execute(
        "UPDATE place_rules SET during = CASE WHEN lower(during) >= %(now)s THEN 'empty'"
        " ELSE tstzrange(lower(during), %(now)s) END WHERE id = %(id)s AND during && tstzrange(%(now)s, NULL)",
        {"now": now, "id": rule_id},
    )
    if not ended.rowcount:
        raise PlaceRuleNotFoundError(
            f"There is no rule {rule_id} on places that could still end.", params={"id": rule_id}
        )


def _wrong(connection: psycopg.Connection[Any], rule: PlaceRule, trial: Trial, begins: datetime) -> str | None:
    if set(rule.deeds) - set(DEEDS) or not rule.deeds:
        return "deeds"
    known = connection.execute(
        "SELECT %(family)s::text IS NULL OR EXISTS (SELECT FROM categories k WHERE k.family = %(family)s),"
        " %(category)s::text IS NULL OR EXISTS (SELECT FROM categories k WHERE k.code = %(category)s"
        " AND (%(family)s::text IS NULL OR k.family = %(family)s)),"
        " %(area)s::text IS NULL OR EXISTS (SELECT FROM boundaries b WHERE b.edition_id = (edition_at(%(begins)s)).id"
        " AND b.code = %(area)s),"
        " NOT %(kinds)s::text[] <> '{}' OR EXISTS (SELECT FROM sites t WHERE t.kind = ANY (%(kinds)s))",
        {
            "family": rule.family,
            "category": rule.category_code,
            "area": rule.area_code,
            "begins": begins,
            "kinds": list(rule.site_kinds),
        },
    ).fetchone()
    for name, there in zip(("family", "category", "area", "site_kinds"), known or (), strict=True):
        if not there:
            return name
    if any(_same(rule, other) for other in rules_in_force(connection, begins)):
        return "said_already"
    return "everywhere" if trial.everywhere else None


def _same(one: PlaceRule, other: PlaceRule) -> bool:
    """Whether two rules ask for the same and do the same, whatever they are called."""
    asks = [name for name in PlaceRule.__slots__ if name not in ("id", "note", "deeds", "site_kinds")]
    return (
        all(getattr(one, name) == getattr(other, name) for name in asks)
        and set(one.site_kinds) == set(other.site_kinds)
        and set(one.deeds) <= set(other.deeds)
    )


def _refused(reason: str, trial: Trial) -> PlaceRuleRefusedError:
    share = round(100 * trial.share)
    said = {
        "everywhere": f"It would have rung for {share} of 100 cases within its reach: ask for more.",
        "said_already": "Another rule in force asks for the same and does as much.",
        "conditions": "Ask for something: reports, reopenings, closings without confirmation, hand-overs, or sites.",
        "sites": "Say both which kinds of sites, and within how many metres.",
        "deeds": f"Say what it does: {', '.join(DEEDS)}.",
    }
    message = said.get(reason, f"The rule is refused: its {reason} cannot be; see `gridwarden places add --help`.")
    return PlaceRuleRefusedError(message, params={"reason": reason, "share": share})
