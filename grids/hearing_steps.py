"""Hearings (听证) and petition closure (信访终结) as one table: from which state, by which verb, who may, its needs.

Pure.  The database holds the same rows (``hearing_steps``, revision 0059; a test compares them) and enforces them under
the lock of the case.
"""

from dataclasses import dataclass
from typing import Final, Literal

HearingState = Literal["called", "held", "closed", "lifted", "cancelled"]
"""To come; held, its record stands; the petition was closed by it; a level above opened that again; did not take
place."""
HearingRelation = Literal["presider", "lead", "supervisor", "able"]
"""Presides over it; owns or directs the case or stands above who does; supervises in its chain; could preside: at the
county or above, and neither handled nor directed the case."""
Need = Literal[
    "petition",
    "no_danger",
    "called",
    "presider",
    "hearing_at",
    "hearing_place",
    "uninvolved",
    "hearing_begun",
    "came",
    "people",
    "record_digest",
    "proposal",
    "findings",
    "proposed",
    "since_heard",
    "settled",
    "words",
]
Proposal = Literal["close", "go_on"]
PROPOSALS: Final[tuple[Proposal, ...]] = ("close", "go_on")
AttendantRole = Literal["resident", "department", "lawyer", "outside"]


@dataclass(frozen=True, slots=True)
class HearingStep:
    """One row; without ``sources`` it calls another one; ``target`` None keeps the state."""

    verb: str
    sources: tuple[HearingState, ...]
    target: HearingState | None
    who: tuple[HearingRelation, ...]
    needs: tuple[Need, ...]


HEARING_STEPS: Final[tuple[HearingStep, ...]] = (
    # Of a case that was reopened again and again and is no danger; some days ahead, so that the resident can come.
    HearingStep(
        "hearing_call",
        (),
        "called",
        ("lead", "supervisor", "able"),
        ("petition", "no_danger", "called", "presider", "hearing_at", "hearing_place"),
    ),
    HearingStep("hearing_move", ("called",), None, ("presider",), ("hearing_at", "words")),
    # Its record: who came, what was said, what was found (``hearing_find`` in the history), what is proposed.
    HearingStep(
        "hearing_hold",
        ("called",),
        "held",
        ("presider",),
        ("uninvolved", "hearing_begun", "came", "people", "record_digest", "proposal", "words", "findings"),
    ),
    HearingStep("hearing_cancel", ("called",), "cancelled", ("presider", "lead", "supervisor"), ("words",)),
    # The case ends, unsolved in every figure; the resident reads the decision and which way is left.
    HearingStep(
        "petition_close",
        ("held",),
        "closed",
        ("presider",),
        ("uninvolved", "proposed", "petition", "no_danger", "since_heard", "settled", "words"),
    ),
)

BY_HEARING_VERB: Final = {step.verb: step for step in HEARING_STEPS}
HEARING_EVENTS: Final = (*BY_HEARING_VERB, "hearing_find")
"""Verbs of the history of a case."""
