"""What happens to one invented case: its events in their order, and where it stands in the end.

Owns the plausible lives of cases.  It knows no places and no words; chance comes in as numbers.
The verbs are those of the workflow; a case is open until it is closed or declined.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from grids.sample.words import declined_reason

DECLINE_SHARE = 0.055
STUCK_SHARE = 0.04
CONFIRM_SHARE = 0.80
REOPEN_SHARE = 0.05
SILENCE = timedelta(days=7)
"""After so long without an answer a claimed solution is closed as not confirmed."""

_STAGES = ("receive", "accept", "dispatch", "start")
_STATE = {
    "receive": "received",
    "accept": "accepted",
    "decline": "declined",
    "dispatch": "dispatched",
    "start": "in_progress",
    "claim_solved": "claimed_solved",
    "confirm": "claimed_solved",
    "close": "closed",
    "reopen": "in_progress",
}


@dataclass(slots=True)
class SampleEvent:
    """One line of a case's history.

    ``report`` is the position of a report among the case's own; ``staff`` says whether the owner did it.
    """

    at: datetime
    verb: str
    state: str
    report: int | None = None
    staff: bool = False
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Life:
    """A case's history up to some instant, and the times at which it was reported."""

    events: list[SampleEvent]

    @property
    def reported_at(self) -> list[datetime]:
        """When each of its reports came in, in their order."""
        return [event.at for event in self.events if event.report is not None]

    @property
    def state(self) -> str:
        """Where the case stands."""
        return self.events[-1].state

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed or declined, if that is how it stands."""
        return max(e.at for e in self.events if e.verb in ("close", "decline")) if not self.open else None

    @property
    def open(self) -> bool:
        """Whether it is neither closed nor declined."""
        return self.state not in ("closed", "declined")

    @property
    def confirmed(self) -> bool | None:
        """Of a closed case: whether its solution was confirmed."""
        if self.state != "closed":
            return None
        return bool([event for event in self.events if event.verb == "close"][-1].data["confirmed"])

    @property
    def reopened(self) -> int:
        """How often it was reopened."""
        return sum(event.verb == "reopen" for event in self.events)


def live(received_at: datetime, solve_hours: float, reports: int, until: datetime, rng: np.random.Generator) -> Life:
    """Let a case live until an instant.

    Parameters
    ----------
    received_at
        Of its first report.
    solve_hours
        The category's deadline.
    reports
        How many reports are to come in altogether, if there is time for them.
    until
        Nothing happens at or after this instant.
    rng
        Source of chance.
    """
    dice = rng.random(10)
    events = list(_main_line(received_at, solve_hours, dice, rng))
    left = reports - 1
    while left and events[-1].verb == "close" and dice[5] < REOPEN_SHARE * (1 + 4 * (reports > 1)):
        events += _again(events[-1].at, solve_hours, rng)
        left -= 1
        dice = rng.random(10)
    ends = events[-1].at if events[-1].verb in ("close", "decline") else events[0].at + timedelta(days=90)
    # Most neighbours speak within days; some keep coming as long as it is not solved.
    spans = (ends - received_at).total_seconds() * rng.beta(0.8, 2.2, left)
    for seconds in spans:
        at = received_at + timedelta(seconds=max(60.0, float(seconds)))
        events.append(SampleEvent(at, "join", "", report=0))
    events.sort(key=lambda event: event.at)
    return Life(_numbered([event for event in events if event.at < until]))


def _main_line(
    at: datetime, hours: float, dice: np.ndarray[tuple[int], np.dtype[np.float64]], rng: np.random.Generator
) -> Iterator[SampleEvent]:
    yield _event(at, "receive", report=0)
    # Deadlines are kept in five cases of six: half of the time allowed is the median.
    pace = float(rng.lognormal(-0.75, 0.8)) * hours
    steps = np.sort(rng.uniform(0.01, 0.3, 3)) * pace
    stuck = 1 + int(dice[1] * 3) if dice[0] < STUCK_SHARE else len(_STAGES)
    if dice[2] < DECLINE_SHARE and stuck == len(_STAGES):
        reason = {"reason": declined_reason(float(dice[3]))}
        yield _event(at + timedelta(hours=float(steps[1])), "decline", staff=True, data=reason)
        return
    for verb, hour in list(zip(_STAGES[1:], steps, strict=True))[: stuck - 1]:
        yield _event(at + timedelta(hours=float(hour)), verb, staff=True)
    if stuck < len(_STAGES) or dice[4] < STUCK_SHARE / 3:
        return
    yield from _finish(at + timedelta(hours=pace), rng)


def _finish(claimed_at: datetime, rng: np.random.Generator) -> Iterator[SampleEvent]:
    yield _event(claimed_at, "claim_solved", staff=True)
    if rng.random() < CONFIRM_SHARE:
        at = claimed_at + timedelta(hours=float(rng.gamma(1.5, 18)))
        yield _event(at, "confirm")
        yield _event(at + timedelta(minutes=5), "close", data={"confirmed": True})
    else:
        yield _event(claimed_at + SILENCE, "close", data={"confirmed": False})


def _again(closed_at: datetime, hours: float, rng: np.random.Generator) -> Iterator[SampleEvent]:
    at = closed_at + timedelta(days=float(rng.uniform(0.5, 28)))
    yield _event(at, "reopen", report=0)
    yield from _finish(at + timedelta(hours=float(rng.lognormal(-0.3, 0.7)) * hours), rng)


def _event(at: datetime, verb: str, **more: Any) -> SampleEvent:
    return SampleEvent(at, verb, _STATE[verb], **more)


def _numbered(events: list[SampleEvent]) -> list[SampleEvent]:
    """Give joining reports the state they found, and number the reports."""
    reports, state = 0, "received"
    for event in events:
        event.state = event.state or state
        state = event.state
        if event.report is not None:
            event.report = reports
            reports += 1
    return events
