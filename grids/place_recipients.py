"""Who is told when a rule on places rings: whoever has the case then, who supervises it, who re-checks it.

The questions may be asked by any role, of what it sees; what follows is pure, and says of a day in the past what
``ring`` in the database would have done on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from grids.place_rules import PlaceRule

Part = Literal["keeps", "takes", "supervises", "rechecks"]
"""The case stays with him, becomes his, is watched over by him, or is re-checked by him alone."""

CASES: Final = "SELECT c.id, c.synthetic, c.urgency = 'emergency', c.chain FROM cases c WHERE c.id = ANY (%(cases)s)"
"""``Worked``, of the cases that whoever asks may see."""

OWNED: Final = """
    SELECT e.case_id, e.at, e.verb = 'alarm', e.data #>> '{owner,area_code}', e.data #>> '{owner,role}', p.desk
    FROM events e LEFT JOIN postings p ON p.id = CAST(e.data #>> '{owner,posting_id}' AS integer)
    WHERE e.case_id = ANY (%(cases)s) AND e.data #>> '{owner,role}' IS NOT NULL ORDER BY e.case_id, e.seq
"""
"""``Owned``, in order."""

POSTED: Final = """
    SELECT a.code, a.level, p.role, p.desk, lower(p.during), upper(p.during)
    FROM areas a LEFT JOIN postings p
         ON p.area_code = a.code AND (p.role = 'desk' OR p.role = 'supervisor' AND p.person_id IS NOT NULL)
    WHERE a.code = ANY (CAST(%(codes)s AS text[])) ORDER BY a.code, p.id
"""
"""``Posted`` for each desk and supervisor of areas, and one without a role for an area that has neither."""

NAMES: Final = "SELECT code, name FROM area_names(CAST(%(codes)s AS text[]), %(at)s)"
"""What areas are called at an instant."""


class Worked(NamedTuple):
    """A case: whether it is invented, whether no rule moves it, and in which areas it lies, the topmost one first."""

    case_id: int
    invented: bool
    emergency: bool
    chain: Sequence[str]


class Owned(NamedTuple):
    """From when on somebody had a case; ``rang``: because a rule on places rang."""

    case_id: int
    at: datetime
    rang: bool
    area_code: str
    role: str
    desk: str | None


class Posted(NamedTuple):
    """A desk or a supervisor of an area from a day on, up to another one."""

    area_code: str
    level: str
    role: str | None
    desk: str | None
    since: datetime | None
    until: datetime | None

    def stands(self, at: datetime) -> bool:
        """Whether somebody is posted there at an instant."""
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told; ``area`` by its name."""

    part: Part
    role: str
    area: str
    desk: str | None = None


class Hands:
    """In whose hands cases were, and who was posted along their areas.

    Parameters
    ----------
    cases : iterable of Worked
        Which.
    owned : iterable of Owned
        Of each case, in order.
    posted : iterable of Posted
        Along the areas of all of them.
    names : mapping
        Of areas by their codes.
    """

    def __init__(
        self,
        cases: Iterable[Worked],
        owned: Iterable[Sequence[Any]],
        posted: Iterable[Sequence[Any]],
        names: Mapping[str, str],
    ) -> None:
        self._cases = {case.case_id: case for case in cases}
        self._owned: defaultdict[int, list[Owned]] = defaultdict(list)
        for one in (Owned(*row) for row in owned):
            self._owned[one.case_id].append(one)
        self._posted = [Posted(*row) for row in posted]
        self._names = names

    def ring(self, rule: PlaceRule, case_id: int, state: str | None, at: datetime) -> tuple[Recipient, ...]:
        """Answer who is told when a rule rings for a case; to whom that moves it, has it until its history goes on.

        Parameters
        ----------
        rule : PlaceRule
            Which.
        case_id : int
            Of those given.
        state : str or None
            Of the case then.
        at : datetime
            Aware.
        """
        _, _, emergency, chain = self._cases[case_id]
        before = [one for one in self._owned[case_id] if (one.at, one.rang) <= (at, False)]
        owner = max(reversed(before), key=lambda one: one.at, default=None)
        depth = chain.index(owner.area_code) if owner and owner.area_code in chain else len(chain)
        moves = state != "claimed_solved" and not emergency
        taker = self._taker(rule, chain, depth, at) if moves and (not owner or owner.role != "department") else None
        found = []
        if taker is not None:
            depth = chain.index(taker.area_code)
            found.append(self._recipient("takes", taker))
            self._owned[case_id].append(Owned(case_id, at, False, taker.area_code, "desk", taker.desk))
        elif owner is not None:
            found.append(self._recipient("keeps", owner))
        if "supervise" in rule.deeds and (one := self._nearest("supervisor", chain[: depth + 1], at)):
            found.append(self._recipient("supervises", one))
        if "recheck_above" in rule.deeds and depth > 0 and (one := self._nearest("desk", chain[:depth], at)):
            found.append(self._recipient("rechecks", one))
        return tuple(found)

    def _taker(self, rule: PlaceRule, chain: Sequence[str], depth: int, at: datetime) -> Posted | None:
        """The desk to which a rule moves a case: up from where it is, never down."""
        reach = []
        if "up" in rule.deeds:
            reach.append(chain[:depth])
        if "township" in rule.deeds:
            townships = {one.area_code for one in self._posted if one.level == "township"}
            last = max((place for place, code in enumerate(chain) if code in townships), default=len(chain) - 1)
            reach.append(chain[: last + 1])
        desks = [desk for codes in reach if (desk := self._nearest("desk", codes, at))]
        above = [desk for desk in desks if chain.index(desk.area_code) < depth]
        return min(above, key=lambda desk: chain.index(desk.area_code), default=None)

    def _nearest(self, role: str, chain: Sequence[str], at: datetime) -> Posted | None:
        found = [one for one in self._posted if one.role == role and one.area_code in chain and one.stands(at)]
        return max(found, key=lambda one: chain.index(one.area_code), default=None)

    def _recipient(self, part: Part, one: Owned | Posted) -> Recipient:
        return Recipient(part, one.role or "desk", self._names.get(one.area_code, one.area_code), one.desk)
