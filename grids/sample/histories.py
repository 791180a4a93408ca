"""A history of an invented case, and how the case stands after it.

Owns the replay: which state follows from which event is read from ``grids.workflow``, so that no history can be written
that the service would not allow.  Who did a step and who owned the case then is said here as a part played; the
database finds the posting when the history is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from grids.workflow import BY_VERB, CLOSED, State

Part = Literal["owner", "desk", "above", "recheck"]
"""Who does a step: whoever works for the owner; the lowest dispatcher of the case's areas; the dispatcher above its
owner; the supervisor of its county, who handles nothing.  Nobody: a reporter, or the service."""

ANSWERS = "answers"
"""To be dispatched to whoever answers for the area; any other name is a department of the county."""

_BESIDE_THE_TABLE: Final = frozenset({"receive", "merge_in"})
# They change the owner or a date, each by what the one before left; the database works them out in this order.
_TURNS: Final = frozenset(
    {"return", "deny", "reopen", "ask_extension", "approve_extension", "refuse_extension", "pause", "resume"}
)


class ImpossibleHistoryError(ValueError):
    """A step that the workflow does not allow from the state that the case is in."""


@dataclass(slots=True)
class SampleEvent:
    """One line of a case's history.

    Attributes
    ----------
    state
        Of the case after it; filled in by the replay.
    by
        The part played by whoever did it; None: a reporter or the service.
    to
        Of a dispatch to another owner: ``answers``, or the name of a department.
    words
        Free text of the step.
    hours
        For how long a pause is, or how much longer an extension is to be.
    other
        The other case of a merge: so many cases further on in the list.
    data
        What the event keeps besides: ``rating``, ``recheck``.
    """

    at: datetime
    verb: str
    by: Part | None = None
    to: str | None = None
    words: str | None = None
    hours: float | None = None
    other: int | None = None
    data: dict[str, Any] = field(default_factory=dict)
    state: str = ""

    @property
    def turns(self) -> bool:
        """Whether it changes the owner or a date."""
        return self.verb in _TURNS or self.to is not None


@dataclass(slots=True)
class Life:
    """A case's history up to some instant, and how the case stands after it; made by :func:`lived`."""

    events: list[SampleEvent]
    state: State = "received"
    stage_since: datetime | None = None
    confirmed: bool | None = None
    evaluation: str | None = None
    reopened: int = 0
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    recheck: list[str] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it is not closed in any way."""
        return self.state not in CLOSED

    @property
    def merged_into(self) -> int | None:
        """Of a case that was joined into another: where that one stands in the list, from this one on."""
        return self.events[-1].other if self.state == "merged" else None


def lived(events: list[SampleEvent]) -> Life:
    """Replay a history and answer how its case stands.

    Parameters
    ----------
    events
        In the order of time; the first is ``receive``.  Their states are filled in.

    Raises
    ------
    ImpossibleHistoryError
        A verb that is not allowed from the state before it.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 2, tzinfo=UTC)
    >>> lived([SampleEvent(at, "receive"), SampleEvent(at, "take", by="owner")]).state
    'in_progress'
    >>> lived([SampleEvent(at, "receive"), SampleEvent(at, "claim", by="owner")])
    Traceback (most recent call last):
    grids.sample.histories.ImpossibleHistoryError: no claim from received
    """
    life = Life(events)
    for event in events:
        before = life.state
        if event.verb not in _BESIDE_THE_TABLE:
            step = BY_VERB[event.verb]
            if before not in step.sources:
                message = f"no {event.verb} from {before}"
                raise ImpossibleHistoryError(message)
            life.state = step.target or before
            _CHANGES.get(event.verb, _nothing)(life, event)
        event.state = life.state
        if life.state != before or life.stage_since is None:
            life.stage_since = event.at
    return life


def _nothing(_life: Life, _event: SampleEvent) -> None:
    pass


def _claimed(life: Life, event: SampleEvent) -> None:
    life.claimed_at, life.recheck = event.at, event.data["recheck"]


def _failed(life: Life, _event: SampleEvent) -> None:
    life.claimed_at = None


def _closed(life: Life, event: SampleEvent) -> None:
    life.closed_at = event.at
    life.confirmed = {"confirm": True, "pass_recheck": True, "lapse": False}.get(event.verb)


def _confirmed(life: Life, event: SampleEvent) -> None:
    life.evaluation = "solved"
    if life.recheck:
        # The word of the reporter waits for the re-check.
        life.state = "claimed_solved"
    else:
        _closed(life, event)


def _again(life: Life, event: SampleEvent) -> None:
    life.reopened += 1
    life.evaluation = "not" if event.verb == "deny" else None
    life.claimed_at = life.closed_at = life.confirmed = None


def _rated(life: Life, event: SampleEvent) -> None:
    life.evaluation = event.data["rating"]
    life.confirmed = bool(life.confirmed) or life.evaluation == "solved"


_CHANGES: Final[Mapping[str, Callable[[Life, SampleEvent], None]]] = {
    "claim": _claimed,
    "fail_recheck": _failed,
    "confirm": _confirmed,
    "deny": _again,
    "reopen": _again,
    "evaluate": _rated,
    **dict.fromkeys(("pass_recheck", "lapse", "decline", "will_not_do", "merge"), _closed),
}
