"""The loop of a case (案件) as one table: from which state, by which verb, to which state, who may, and what it needs.

Pure: no database, no clock.  The database holds the same rows (``steps``, revision 0006; a test compares them) and
enforces them under the lock of the case; pages and the API show from here what is allowed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

State = Literal[
    "received",
    "accepted",
    "declined",
    "dispatched",
    "in_progress",
    "paused",
    "claimed_solved",
    "closed",
    "will_not_do",
    "merged",
]
Relation = Literal[
    "reporter", "affected", "owner", "dispatcher", "above", "supervisor", "clerk", "uninvolved", "service"
]
"""What an actor is to a case: holds the key of one of its reports, or of another report at its place; is or works for
its owner; dispatches in its chain of areas, not below its owner unless nobody works for him; stands above its owner;
supervises or receives there; or directs there, has not handled or directed this case and does not work for its owner;
or is the worker."""

Need = Literal[
    "words",
    "higher",
    "owner",
    "until",
    "asked",
    "silence",
    "first_word",
    "rating",
    "body",
    "into",
    "report",
    "category",
    "urgency",
    "parts",
    "authority",
    "level",
    "loop",
]
"""What a step lacks, if it does; of those that are not plain: ``higher``, somebody stands above; ``parts``, no part is
open; ``authority``, the owner's level may handle it at all; ``level``, so may that of the new one; ``loop``, it did not
come up from there twice already."""

CLOSED: Final[frozenset[State]] = frozenset({"declined", "closed", "will_not_do", "merged"})


@dataclass(frozen=True, slots=True)
class Step:
    """One row: ``target`` None keeps the state; ``shown``: its words are for the reporters too."""

    verb: str
    sources: tuple[State, ...]
    target: State | None
    who: tuple[Relation, ...]
    needs: tuple[Need, ...] = ()
    shown: bool = False


_WORKED: Final[tuple[State, ...]] = ("accepted", "dispatched", "in_progress")

STEPS: Final[tuple[Step, ...]] = (
    Step("accept", ("received",), "accepted", ("owner", "dispatcher")),
    Step("decline", ("received", "accepted"), "declined", ("dispatcher", "above"), ("words", "parts"), shown=True),
    # By the service where a rule says so.
    Step(
        "dispatch", ("received", *_WORKED), "dispatched", ("dispatcher", "above", "service"), ("owner", "level", "loop")
    ),
    # A head who can solve it alone.
    Step("take", ("received", "accepted"), "in_progress", ("owner",), ("authority",)),
    Step("start", ("dispatched",), "in_progress", ("owner",), ("authority",)),
    # Goes to the next desk up, if there is one; from the third time on one level further.
    Step("return", _WORKED, "accepted", ("owner",), ("words", "higher", "parts")),
    # It is more than this level may do: to the level that may, else to the next one up.  By the service where a rule or
    # the clock says so; what nobody has accepted stays to be accepted then.
    Step(
        "escalate",
        _WORKED,
        "accepted",
        ("owner", "dispatcher", "above", "service"),
        ("words", "higher", "parts"),
        shown=True,
    ),
    Step("ask_extension", _WORKED, None, ("owner",), ("words", "until")),
    Step("approve_extension", _WORKED, None, ("above",), ("asked",), shown=True),
    Step("refuse_extension", _WORKED, None, ("above",), ("asked", "words")),
    Step("pause", _WORKED, "paused", ("dispatcher", "above"), ("words", "until"), shown=True),
    Step("resume", ("paused",), "accepted", ("owner", "dispatcher", "above", "service")),
    Step("claim", ("in_progress",), "claimed_solved", ("owner",), ("words", "parts", "authority"), shown=True),
    # Waits for the re-check where one is compulsory; each reporter says it once.
    Step("confirm", ("claimed_solved",), "closed", ("reporter",), ("first_word",)),
    # Counts as reopened: one level up.
    Step("deny", ("claimed_solved",), "accepted", ("reporter",), ("words",), shown=True),
    Step("pass_recheck", ("claimed_solved",), "closed", ("uninvolved",), ("words",), shown=True),
    Step("fail_recheck", ("claimed_solved",), "in_progress", ("uninvolved",), ("words",), shown=True),
    # Seven days of silence where no re-check is compulsory: closed, not confirmed.
    Step("lapse", ("claimed_solved",), "closed", ("service",), ("silence",)),
    # By the service where somebody reports it again at its place within 30 days of its closing: that is its reason.
    Step(
        "reopen",
        ("declined", "closed", "will_not_do"),
        "accepted",
        ("reporter", "affected", "above", "supervisor", "service"),
        ("words",),
        shown=True,
    ),
    Step("evaluate", ("closed",), None, ("reporter",), ("rating",), shown=True),
    Step(
        "will_not_do",
        (*_WORKED, "paused"),
        "will_not_do",
        ("dispatcher", "above"),
        ("words", "body", "parts"),
        shown=True,
    ),
    Step("merge", ("received", *_WORKED), "merged", ("dispatcher", "above"), ("into", "parts")),
    # By whoever reports, as he sends it: it is the same as that one, near by; by the service into what it opened again.
    Step("join", ("received",), "merged", ("reporter", "service"), ("into",)),
    Step("split", ("received", *_WORKED), None, ("dispatcher", "above"), ("report",)),
    # The deadlines of the new urgency run from then on; none moves to a later day.
    Step("set_urgency", ("received", *_WORKED), None, ("dispatcher", "above"), ("urgency", "words")),
    Step("recategorise", ("received", "accepted"), None, ("dispatcher", "above", "clerk"), ("category",), shown=True),
    Step(
        "note",
        ("received", *_WORKED, "paused", "claimed_solved", "closed"),
        None,
        ("owner", "dispatcher", "above", "supervisor"),
        ("words",),
    ),
)

BY_VERB: Final = {step.verb: step for step in STEPS}


def allowed(state: State, relations: Iterable[Relation]) -> tuple[Step, ...]:
    """Answer the steps that somebody may take from a state, in the order of the table.

    Parameters
    ----------
    state : str
        Of the case.
    relations : iterable of str
        What the actor is to the case.

    Examples
    --------
    >>> [step.verb for step in allowed("claimed_solved", {"reporter"})]
    ['confirm', 'deny']
    """
    held = frozenset(relations)
    return tuple(step for step in STEPS if state in step.sources and held.intersection(step.who))
