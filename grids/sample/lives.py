"""What happens to one invented case: the steps of the loop as chance has them.

Owns the plausible lives of cases.  It knows no places and no people; chance comes in as numbers, and what a step does
to a case :mod:`grids.sample.histories` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from grids.sample.histories import ANSWERS, Life, Part, SampleEvent, lived
from grids.sample.words import reason

DECLINE_SHARE = 0.055
STUCK_SHARE = 0.04
CONFIRM_SHARE = 0.76
REOPEN_SHARE = 0.03
SAMPLED_SHARE = 0.1
"""Of the claims that need no re-check so many are drawn for one, as the service draws them."""
SILENCE = timedelta(days=7)
"""After so long without an answer a claimed solution is closed as not confirmed."""

_MOST_CLAIMS: Final = 3
_BEFORE_SILENCE_H: Final = 167.0
_RATINGS: Final = ("solved",) * 6 + ("partly",) * 3 + ("not",)


@dataclass(slots=True)
class Duplicate:
    """Another report of the same thing: it came as a case of its own, and was joined in later, if there was time."""

    received_at: datetime
    merged_at: datetime

    def life(self, until: datetime, place: int) -> Life:
        """Answer the life of its own case, which stands ``place`` cases after the one that it belongs to."""
        merged = SampleEvent(self.merged_at, "merge", by="desk", other=-place)
        return lived([SampleEvent(self.received_at, "receive"), *([merged] if self.merged_at < until else [])])


@dataclass(frozen=True, slots=True)
class Kind:
    """What decides how a case lives: the category's deadline in natural hours, who else could do it, and how it began.

    ``department`` of the county; None: there is none for this.
    """

    solve_hours: float
    department: str | None = None
    recurring: bool = False


def live(
    received_at: datetime, kind: Kind, reports: int, until: datetime, rng: np.random.Generator
) -> tuple[Life, list[Duplicate]]:
    """Let a case live until an instant; answer its life and the other reports that were joined into it.

    Parameters
    ----------
    received_at
        Of its first report.
    kind
        What it is about.
    reports
        How many reports are to come in altogether, if there is time for them.
    until
        Nothing happens at or after this instant.
    rng
        Source of chance.
    """
    line = _Line(received_at, kind, rng)
    line.tell()
    again = []
    if reports > 1 and line.closed and rng.random() < 5 * REOPEN_SHARE:
        again.append(line.reported_again())
    # Most neighbours speak within days; some keep coming as long as it is not solved.
    ends = line.first_closed_at or received_at + timedelta(days=90)
    span_s = (ends - received_at).total_seconds()
    early = [
        Duplicate(received_at + timedelta(seconds=span_s * share), received_at + timedelta(seconds=span_s * later))
        for share, later in (_within(rng) for _ in range(reports - 1 - len(again)))
    ]
    duplicates = sorted((d for d in [*early, *again] if d.received_at < until), key=lambda d: d.received_at)
    events = line.events + [
        SampleEvent(d.merged_at, "merge_in", by="desk", other=place) for place, d in enumerate(duplicates, 1)
    ]
    events.sort(key=lambda event: event.at)
    return lived([event for event in events if event.at < until]), duplicates


def _within(rng: np.random.Generator) -> tuple[float, float]:
    share = min(0.97, max(1e-4, float(rng.beta(0.8, 2.2))))
    return share, share + (0.99 - share) * min(1.0, float(rng.exponential(0.05)))


class _Line:
    """Tells the life of one case from its first report on, without an end."""

    def __init__(self, received_at: datetime, kind: Kind, rng: np.random.Generator) -> None:
        self.at = received_at
        self.kind = kind
        self.rng = rng
        self.events = [SampleEvent(received_at, "receive")]
        self.first_closed_at: datetime | None = None
        self.reopened = False
        self.closed = False
        self.claims_left = _MOST_CLAIMS
        # Deadlines are kept in five cases of six: half of the time allowed is the median.
        self.pace = float(rng.lognormal(-0.75, 0.8)) * kind.solve_hours

    def tell(self) -> None:
        """Let it be worked; stops where it gets stuck."""
        if self._reaches_work():
            self._is_claimed(self.pace * float(self.rng.uniform(0.3, 0.8)))
        if self.closed and self._happens(REOPEN_SHARE):
            self._add("reopen", float(self.rng.uniform(12, 24 * 28)), words=self._reason("reopen"))
            self._worked_again()

    def reported_again(self) -> Duplicate:
        """Let a new report, within thirty days of its closing, open it again."""
        received_at = self.at + timedelta(days=float(self.rng.uniform(0.5, 27)))
        self.at = received_at
        self._add("reopen", float(self.rng.uniform(0.3, 20)), "above", words=self._reason("reopen_by_desk"))
        merged_at = self.at + timedelta(minutes=2)
        self.at = merged_at
        self._worked_again()
        return Duplicate(received_at, merged_at)

    def _add(self, verb: str, after_h: float, by: Part | None = None, **more: Any) -> None:
        self.at += timedelta(hours=after_h)
        self.events.append(SampleEvent(self.at, verb, by, **more))

    def _happens(self, share: float) -> bool:
        return float(self.rng.random()) < share

    def _reason(self, verb: str) -> str:
        return reason(verb, float(self.rng.random()))

    def _ends(self) -> None:
        self.closed = True
        self.first_closed_at = self.first_closed_at or self.at

    def _reaches_work(self) -> bool:
        """Come to ``in_progress``; False where it ends or gets stuck before."""
        steps_h = np.diff(np.sort(self.rng.uniform(0.01, 0.3, 3)) * self.pace, prepend=0.0).tolist()
        stuck = int(self.rng.integers(0, 4)) if self._happens(STUCK_SHARE) else 4
        if stuck == 4 and self._happens(DECLINE_SHARE):
            self._add("decline", steps_h[0] + steps_h[1], "desk", words=self._reason("decline"))
            self._ends()
            return False
        if stuck == 4 and self._happens(0.22):
            self._add("take", sum(steps_h), "owner")
        else:
            for tell in (self._accepted, self._dispatched, self._started)[:stuck]:
                tell(steps_h.pop(0))
        return stuck == 4 and not self._will_not_be_done() and self._detours()

    def _accepted(self, hours: float) -> None:
        self._add("accept", hours, "desk")

    def _dispatched(self, hours: float) -> None:
        to = self.kind.department if self._happens(0.4) else None
        self._add("dispatch", hours, "desk", to=to)
        if self._happens(0.05):
            self._add("return", self.pace * 0.1 + 1, "owner", words=self._reason("return"))
            self._handed_on(self.pace * 0.05 + 1)

    def _handed_on(self, hours: float) -> None:
        department = self.kind.department if self._happens(0.6) else None
        self._add("dispatch", hours, "desk", to=department or ANSWERS)

    def _started(self, hours: float) -> None:
        self._add("start", hours, "owner")

    def _will_not_be_done(self) -> bool:
        if not self._happens(0.015):
            return False
        self._add("will_not_do", self.pace * 0.2, "desk", words=self._reason("will_not_do"))
        self._ends()
        return True

    def _detours(self) -> bool:
        """Ask for more time, or be paused; False where work stops for good."""
        if self._happens(0.04):
            self._add("ask_extension", self.pace * 0.15, "owner", words=self._reason("ask_extension"), hours=72.0)
            if self._happens(0.8):
                self._add("approve_extension", float(self.rng.uniform(0.5, 8)), "above")
            else:
                self._add(
                    "refuse_extension", float(self.rng.uniform(0.5, 8)), "above", words=self._reason("refuse_extension")
                )
        if self._happens(0.025):
            hours = float(self.rng.integers(3, 21)) * 24
            self._add("pause", self.pace * 0.1, "desk", words=self._reason("pause"), hours=hours)
            self._add("resume", hours)
            self._add("take", float(self.rng.uniform(0.2, 20)), "owner")
        return not self._happens(STUCK_SHARE / 3)

    def _worked_again(self) -> None:
        self.reopened, self.closed = True, False
        self._handed_on(float(self.rng.uniform(0.5, 12)))
        self._started(float(self.rng.uniform(0.5, 12)))
        self._is_claimed(float(self.rng.lognormal(-0.3, 0.7)) * self.kind.solve_hours)

    def _is_claimed(self, hours: float) -> None:
        self.claims_left -= 1
        sampled = self._happens(SAMPLED_SHARE)
        whys = {"recurring": self.kind.recurring, "reopened": self.reopened, "sampled": sampled}
        recheck = [why for why, holds in whys.items() if holds]
        self._add("claim", hours, "owner", words=self._reason("claim"), data={"recheck": recheck})
        if self.claims_left > 0 and self._happens(0.045):
            self._add("deny", min(_BEFORE_SILENCE_H, float(self.rng.gamma(1.5, 18))), words=self._reason("deny"))
            self._worked_again()
        elif recheck:
            self._is_rechecked()
        elif self._happens(CONFIRM_SHARE):
            self._add("confirm", min(_BEFORE_SILENCE_H, float(self.rng.gamma(1.5, 18))))
            self._ends()
        else:
            self._add("lapse", SILENCE.total_seconds() / 3600)
            self._ends()
            self._is_rated(0.12)

    def _is_rechecked(self) -> None:
        if self._happens(0.45):
            self._add("confirm", float(self.rng.gamma(1.5, 12)))
        hours = float(self.rng.uniform(6, 60))
        if self.claims_left > 0 and self._happens(0.15):
            self._add("fail_recheck", hours, "recheck", words=self._reason("fail_recheck"))
            self._is_claimed(0.4 * self.kind.solve_hours)
            return
        self._add("pass_recheck", hours, "recheck", words=self._reason("pass_recheck"))
        self._ends()
        self._is_rated(0.35)

    def _is_rated(self, share: float) -> None:
        if self._happens(share):
            rating = _RATINGS[int(self.rng.integers(len(_RATINGS)))]
            self._add("evaluate", float(self.rng.uniform(1, 96)), data={"rating": rating})
