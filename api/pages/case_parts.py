"""The parts of a joint case on its page: who has which, how far it is, and what the reader may do with it.

What is allowed, ``grids.part_workflow`` and the database decide.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.pages.case_history import Entry, Names
from api.pages.case_steps import Typed
from api.visits import Visit
from grids.cases import WholeCase
from grids.categories import categories
from grids.language import Words
from grids.part_workflow import OPEN, PART_VERBS, PartStep, may_ask, part_steps
from grids.parts import Part, PartToDo, parts_to_do


class PartTyped(Typed):
    """The fields of a part's form, as they came; ``nth`` is empty where somebody is asked anew."""

    nth: str = ""
    exact: str = ""

    def data(self, into: int | None = None) -> dict[str, Any]:
        """Answer what the step needs besides its words."""
        return super().data(into) | ({"exact": True} if self.exact else {})


@dataclass(frozen=True, slots=True)
class PartShown:
    """A part with its own history; ``task`` is None where the words are not the reader's or were erased."""

    part: Part
    who: str
    task: str | None
    late: bool
    story: tuple[Entry, ...]
    steps: tuple[PartStep, ...]


@dataclass(frozen=True, slots=True)
class Joint:
    """All parts of a case; ``ask`` is the step by which others are asked, None where it is not the reader's."""

    parts: tuple[PartShown, ...]
    ask: PartStep | None

    @property
    def open(self) -> int:
        """How many of them the case waits for."""
        return sum(each.part.state in OPEN for each in self.parts)

    @property
    def mine(self) -> tuple[PartShown, ...]:
        """Those that wait for the reader because he assists."""
        return tuple(each for each in self.parts if any(step.who == "assisting" for step in each.steps))

    @property
    def needs_owners(self) -> bool:
        """Whether one of its forms asks to whom."""
        return self.ask is not None or any("owner" in step.needs for each in self.parts for step in each.steps)

    def offers(self, typed: Typed) -> bool:
        """Whether the form that was filled in is still there."""
        if typed.verb == "part_ask":
            return self.ask is not None
        nth = typed.nth if isinstance(typed, PartTyped) else ""
        return any(str(each.part.nth) == nth and typed.verb in {s.verb for s in each.steps} for each in self.parts)


def joint(
    case: WholeCase,
    parts: Sequence[Part],
    held: Collection[str],
    story: Sequence[Entry],
    names: Names,
    words: Words,
    now: datetime,
) -> Joint:
    """Answer what the page shows of the parts of a case.

    Parameters
    ----------
    case, parts
        As the reader sees them.
    held : collection of str
        What the reader is to the case.
    story : sequence of Entry
        The case's history; each part shows its own lines.
    names, words, now
        How things are called, in which language, and when.
    """
    shown = []
    for part in parts:
        own = tuple(entry for entry in story if entry.part == part.nth)
        shown.append(
            PartShown(
                part=part,
                who=names.posting(part.posting_id, words),
                task=own[0].words if own else None,
                late=part.late(now),
                story=own,
                steps=part_steps(case.state, part.state, part.held),
            )
        )
    return Joint(tuple(shown), PART_VERBS["part_ask"] if may_ask(case.state, held) else None)


async def waiting_parts(visit: Visit) -> list[tuple[PartToDo, str]]:
    """Answer the parts that wait for the reader of a working list, each with what its category is called."""
    found = await parts_to_do(visit.connection, visit.now)
    if not found:
        return []
    kinds = {kind.code: kind.name(visit.lang) for kind in await categories(visit.connection, visit.now)}
    return [(part, kinds.get(part.category_code, part.category_code)) for part in found]
