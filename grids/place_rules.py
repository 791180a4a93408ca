"""Rules on places: when the memory of a place rings, for which case, and why.

Pure: no database, no clock.  The same look at the lines of a place serves the worker (what rings now), the dry run of
a rule (what would have rung) and the replay of a story day by day.  A rule only ever adds: it makes a case more
urgent, moves it up, asks for more eyes; so no two rules can contradict each other, and their order does not matter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple, get_args

from grids.workflow import CLOSED

Deed = Literal["recurring", "hazard", "urgent", "up", "township", "supervise", "recheck_above"]
"""What a rule does to a case: it counts as coming back or as a hazard (either makes a re-check compulsory), is urgent,
goes one level up, goes to the township's desk, a supervisor is named, only the level above its owner re-checks it."""

DEEDS: Final[tuple[Deed, ...]] = get_args(Deed)
_COUNTED: Final = {
    **dict.fromkeys(("deny", "reopen"), "reopened"),
    **dict.fromkeys(("lapse", "decline", "will_not_do", "petition_close", "archive"), "unconfirmed"),
}
_CONFIRMED: Final = frozenset({"confirm", "pass_recheck", "confirmed"})


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """A rule; every condition that is named has to hold, and one is.

    Attributes
    ----------
    id : int
        0: not stored.
    note : str
        What it is called.
    deeds : tuple of str
        What it does.
    family, category_code, area_code : str or None
        Of which places, of which reports there, and of cases where; None: of all.
    days : int
        What is counted lies so many days back at most.
    reports_from, reopened_from : int or None
        So many reports, so many times not solved after all (sent back by a resident, reopened), or more.
    unconfirmed_from : int or None
        So often closed, declined or given up since somebody last confirmed a solution, or more.
    handed_from : int or None
        So often cases there were handed from the head of one grid to that of another, or came back to one who had
        handed the place away, or more.
    site_kinds, within_m : tuple of str, float or None
        A report of the case lies so near to a site of these kinds.
    """

    id: int
    note: str
    deeds: tuple[Deed, ...]
    family: str | None = None
    category_code: str | None = None
    area_code: str | None = None
    days: int = 90
    reports_from: int | None = None
    reopened_from: int | None = None
    unconfirmed_from: int | None = None
    handed_from: int | None = None
    site_kinds: tuple[str, ...] = ()
    within_m: float | None = None


class NearSite(NamedTuple):
    """A site in force near a report, and the metres to it."""

    code: str
    kind: str
    name: str
    metres: float


class Line(NamedTuple):
    """One thing that happened at a place: a report came (``verb`` "report"), or a step of one of its cases.

    ``state`` is that of the case after a step, ``head_area`` the grid whose head has it from then on, if one has;
    ``category``, ``chain`` and ``sites`` are those of a report.
    """

    at: datetime
    verb: str
    case_id: int
    state: str | None = None
    head_area: str | None = None
    category: str | None = None
    chain: tuple[str, ...] = ()
    sites: tuple[NearSite, ...] = ()


@dataclass(frozen=True, slots=True)
class Alarm:
    """A rule that rings for a case.

    ``facts`` hold what was found for each condition, as JSON: ``reports``, ``reopened``, ``unconfirmed``, ``handed``
    (how often within ``days``), ``site`` (``kind, name, metres``).
    """

    rule_id: int
    case_id: int
    at: datetime
    facts: dict[str, Any] = field(hash=False)


@dataclass(slots=True)
class _HandOver:
    """A place went from the head of one grid to that of another, with these of its cases.

    ``back`` are those that began later with the one who had handed it away.
    """

    at: datetime
    giver: str
    taker: str
    cases: set[int]
    back: set[int] = field(default_factory=set)


class _Memory:
    """What is known of a place after some of its lines.

    Hand-overs are those of the place, in whichever of its cases; the same one with another case that came before the
    first was over is no second one.  Where that is over, and a case begins with the grid that handed the place away
    last, the place came back, as if it had been handed: that counts as one more, as long as the hand-over that it
    undoes counts, and unless the case goes into another one.  A border of which each grid has the cases that lie on its
    own side counts nothing, however often they change sides: nobody said there that it is not his.
    """

    def __init__(self) -> None:
        self.open: dict[int, None] = {}
        self._kinds: defaultdict[int, set[str | None]] = defaultdict(set)
        self._chains: defaultdict[int, set[str]] = defaultdict(set)
        self._sites: defaultdict[int, list[NearSite]] = defaultdict(list)
        self._heads: dict[int, str] = {}
        self._handed: list[_HandOver] = []
        self._times: dict[str, list[datetime]] = {name: [] for name in ("reports", "reopened", "unconfirmed")}

    def add(self, line: Line) -> None:
        if line.verb == "report":
            self._times["reports"].append(line.at)
            self._kinds[line.case_id].add(line.category)
            self._chains[line.case_id].update(line.chain)
            self._sites[line.case_id] += line.sites
        else:
            self._add_step(line)

    def _add_step(self, line: Line) -> None:
        if line.verb in _COUNTED:
            self._times[_COUNTED[line.verb]].append(line.at)
        elif line.verb in _CONFIRMED and line.state == "closed":
            self._times["unconfirmed"].clear()
        if line.head_area is not None:
            self._add_head(line, line.head_area)
        if line.state == "merged":
            for one in self._handed:
                one.back.discard(line.case_id)
        if line.state in CLOSED:
            self.open.pop(line.case_id, None)
        elif line.state is not None:
            self.open[line.case_id] = None

    def _add_head(self, line: Line, head: str) -> None:
        case_id, last = line.case_id, self._handed[-1] if self._handed else None
        before = self._heads.get(case_id)
        self._heads[case_id] = head
        if before is None:
            if last is not None and last.giver == head and last.cases.isdisjoint(self.open):
                last.back.add(case_id)
        elif before != head:
            if last is not None and (last.giver, last.taker) == (before, head) and case_id not in last.back:
                last.at = line.at
                last.cases.add(case_id)
            else:
                self._handed.append(_HandOver(line.at, before, head, {case_id}))

    def _times_of(self, name: str) -> list[datetime]:
        if name == "handed":
            return [one.at for one in self._handed for _ in range(2 if one.back else 1)]
        return self._times[name]

    def counts(self, rule: PlaceRule, at: datetime) -> dict[str, Any] | None:
        """Answer what was found for each condition on the place; None: one of them does not hold."""
        found: dict[str, Any] = {}
        since = at - timedelta(days=rule.days)
        for name, wanted in (
            ("reports", rule.reports_from),
            ("reopened", rule.reopened_from),
            ("unconfirmed", rule.unconfirmed_from),
            ("handed", rule.handed_from),
        ):
            if wanted is not None:
                times = self._times_of(name)
                count = bisect_right(times, at) - bisect_right(times, since)
                if count < wanted:
                    return None
                found |= {name: count, "days": rule.days}
        return found

    def facts(self, rule: PlaceRule, case_id: int, counts: dict[str, Any]) -> dict[str, Any] | None:
        """Answer these with what was found for each condition on a case; None: one of them does not hold."""
        if rule.area_code is not None and rule.area_code not in self._chains[case_id]:
            return None
        if rule.category_code is not None and rule.category_code not in self._kinds[case_id]:
            return None
        found = dict(counts)
        if rule.within_m is not None:
            near = [s for s in self._sites[case_id] if s.kind in rule.site_kinds and s.metres <= rule.within_m]
            if not near:
                return None
            nearest = min(near, key=lambda site: (site.metres, site.code))
            found["site"] = {"kind": nearest.kind, "name": nearest.name, "metres": round(nearest.metres)}
        return found


def rings_now(
    rules: Iterable[PlaceRule],
    family: str,
    lines: Iterable[Line],
    at: datetime,
    rung: Collection[tuple[int, int]] = (),
) -> Iterator[Alarm]:
    """Answer what rings at an instant for the open cases of a place.

    Parameters
    ----------
    rules : iterable of PlaceRule
        Those in force.
    family : str
        Of the place.
    lines : iterable of Line
        All that happened there until ``at``, in order.
    at : datetime
        Aware.
    rung : collection of (int, int)
        Rule and case of alarms that rang before: a rule rings once for a case.
    """
    memory = _Memory()
    for line in lines:
        memory.add(line)
    yield from _rings(rules, family, memory, at, rung)


def rings_in_turn(
    rules: Collection[PlaceRule], family: str, lines: Iterable[Line], since: datetime | None = None
) -> Iterator[Alarm]:
    """Answer what would have rung, instant after instant, had these rules been in force all the time.

    Parameters
    ----------
    rules, family, lines
        As ``rings_now`` has them.
    since : datetime or None
        Lines before it are remembered, but ring nothing.

    Examples
    --------
    >>> from datetime import UTC
    >>> def came(day, case): return Line(datetime(2026, 5, day, tzinfo=UTC), "report", case)
    >>> def opened(day, case): return Line(datetime(2026, 5, day, tzinfo=UTC), "receive", case, "received")
    >>> story = [line for day in (1, 2, 9) for line in (came(day, day), opened(day, day))]
    >>> rule = PlaceRule(1, "third report", ("urgent",), reports_from=3)
    >>> [(one.at.day, one.case_id, one.facts["reports"]) for one in rings_in_turn([rule], "waste", story)]
    [(9, 1, 3), (9, 2, 3), (9, 9, 3)]
    """
    memory = _Memory()
    rung: set[tuple[int, int]] = set()
    for at, together in groupby(lines, attrgetter("at")):
        verbs = set()
        for line in together:
            memory.add(line)
            verbs.add(line.verb)
        # A report rings with the case that it begins.
        if verbs == {"report"} or (since is not None and at < since):
            continue
        for alarm in _rings(rules, family, memory, at, rung):
            rung.add((alarm.rule_id, alarm.case_id))
            yield alarm


def _rings(
    rules: Iterable[PlaceRule], family: str, memory: _Memory, at: datetime, rung: Collection[tuple[int, int]]
) -> Iterator[Alarm]:
    for rule in rules:
        if rule.family not in (None, family):
            continue
        counts = memory.counts(rule, at)
        if counts is None:
            continue
        for case_id in memory.open:
            if (rule.id, case_id) not in rung and (facts := memory.facts(rule, case_id, counts)) is not None:
                yield Alarm(rule.id, case_id, at, facts)
