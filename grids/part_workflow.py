"""The steps of a part of a joint case (联办) as one table: what it must be, what it becomes, who may, what is needed.

Pure: no database, no clock.  The database holds the same rows (``part_steps``, revision 0052; a test compares them) and
enforces them under the lock of the case; pages and the API show from here what is allowed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from grids.workflow import State

PartState = Literal["asked", "working", "done", "handed_back", "withdrawn"]
PartRelation = Literal["lead", "assisting"]
"""Leads the case, directs it or stands above who leads; or is of those who were asked."""

OPEN: Final[frozenset[PartState]] = frozenset({"asked", "working", "handed_back"})
"""What was handed back stays open until whoever leads gives it to others or takes it back."""

_WORKED: Final[frozenset[State]] = frozenset({"accepted", "dispatched", "in_progress"})


@dataclass(frozen=True, slots=True)
class PartStep:
    """One row: ``target`` None keeps the state; no sources: it makes a part."""

    verb: str
    sources: tuple[PartState, ...]
    target: PartState | None
    who: PartRelation
    needs: tuple[Literal["words", "owner", "until"], ...] = ()


PART_STEPS: Final[tuple[PartStep, ...]] = (
    PartStep("part_ask", (), "asked", "lead", ("words", "owner", "until")),
    PartStep("part_start", ("asked",), "working", "assisting"),
    PartStep("part_done", ("asked", "working"), "done", "assisting", ("words",)),
    # Not theirs, or not to be done: whoever leads has to say what now.
    PartStep("part_back", ("asked", "working"), "handed_back", "assisting", ("words",)),
    PartStep("part_move", ("asked", "working", "handed_back"), "asked", "lead", ("words", "owner", "until")),
    PartStep("part_until", ("asked", "working"), None, "lead", ("words", "until")),
    PartStep("part_redo", ("done",), "asked", "lead", ("words", "until")),
    PartStep("part_withdraw", ("asked", "working", "handed_back"), "withdrawn", "lead", ("words",)),
)
PART_VERBS: Final = {step.verb: step for step in PART_STEPS}
# While a case is paused nobody is asked anew.
_NOT_PAUSED: Final = frozenset({"part_ask", "part_move", "part_redo"})


def part_steps(case_state: State, state: PartState, held: Iterable[PartRelation]) -> tuple[PartStep, ...]:
    """Answer the steps of a part that somebody may take, in the order of the table.

    Parameters
    ----------
    case_state : str
        Of the case.
    state : str
        Of the part.
    held : iterable of str
        What the actor is to it.

    Examples
    --------
    >>> [step.verb for step in part_steps("in_progress", "asked", {"assisting"})]
    ['part_start', 'part_done', 'part_back']
    >>> part_steps("closed", "done", {"lead"})
    ()
    """
    held = frozenset(held)
    return tuple(
        step for step in PART_STEPS if state in step.sources and step.who in held and _timely(step, case_state)
    )


def may_ask(case_state: State, relations: Iterable[str]) -> bool:
    """Whether somebody may ask others for a part of a case.

    >>> may_ask("accepted", {"owner"}), may_ask("received", {"owner"}), may_ask("accepted", {"clerk"})
    (True, False, False)
    """
    return case_state in _WORKED and not {"owner", "dispatcher", "above"}.isdisjoint(relations)


def _timely(step: PartStep, case_state: State) -> bool:
    return case_state in _WORKED or (case_state == "paused" and step.verb not in _NOT_PAUSED)
