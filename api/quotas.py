"""How often somebody may do something: at most so many at once or in a minute, and when to come again.

Counts in the memory of one process; several processes each count for themselves.  Knows senders as opaque names and
instants as seconds; nothing here is HTTP, and nothing is written down.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from gis.errors import GridwardenError
from grids.keys import ApiKey

_MINUTE_S = 60


class QuotaError(GridwardenError):
    """Too often; ``params["until"]`` says when to come again."""


class TooManyReportsError(QuotaError):
    """More reports than one sender may send."""

    code: ClassVar[str] = "too_many_reports"


class TooManyRequestsError(QuotaError):
    """More questions than one network may ask."""

    code: ClassVar[str] = "too_many_requests"


class Count(Protocol):
    """What is remembered of one sender."""

    def wait_s(self, now: float) -> float:
        """Answer for how many seconds the next one has to wait; 0: it may come."""

    def take(self, now: float) -> None:
        """Count one."""

    def is_idle(self, now: float) -> bool:
        """Whether forgetting this count changes nothing."""


@dataclass(slots=True)
class Bucket:
    """So many at once, then one every so many seconds.

    The generic cell rate algorithm (ITU-T I.371): one instant is kept, at which the bucket is full again.

    Examples
    --------
    >>> bucket = Bucket(at_once=2, every_s=10)
    >>> for at in (0, 0):
    ...     bucket.take(at)
    >>> bucket.wait_s(0), bucket.wait_s(4), bucket.wait_s(10)
    (10, 6, 0)
    """

    at_once: int
    every_s: float
    _full_at: float = field(default=float("-inf"), init=False)

    def wait_s(self, now: float) -> float:
        """Answer for how many seconds the next one has to wait."""
        # A clock that was set back makes nobody wait for longer than an empty bucket takes to fill.
        empty_for = min(self._full_at - now, self.at_once * self.every_s)
        return max(0, empty_for - (self.at_once - 1) * self.every_s)

    def take(self, now: float) -> None:
        """Count one."""
        self._full_at = min(max(self._full_at, now), now + self.at_once * self.every_s) + self.every_s

    def is_idle(self, now: float) -> bool:
        """Whether it is full."""
        return self._full_at <= now


@dataclass(slots=True)
class Minute:
    """At most so many in any sixty seconds.

    Counted by whole seconds, so that a large quota takes no more memory than a small one; a second counts until all of
    it is a minute ago.

    Examples
    --------
    >>> minute = Minute(most=2)
    >>> for at in (0.5, 30):
    ...     minute.take(at)
    >>> minute.wait_s(30), minute.wait_s(61)
    (31, 0)
    """

    most: int
    _taken: int = field(default=0, init=False)
    _seconds: deque[list[int]] = field(default_factory=deque, init=False)

    def wait_s(self, now: float) -> float:
        """Answer for how many seconds the next one has to wait."""
        self._forget(now)
        if self._taken < self.most:
            return 0
        return self._seconds[0][0] + _MINUTE_S + 1 - now

    def take(self, now: float) -> None:
        """Count one."""
        self._forget(now)
        if not self._seconds or self._seconds[-1][0] != int(now):
            self._seconds.append([int(now), 0])
        self._seconds[-1][1] += 1
        self._taken += 1

    def is_idle(self, now: float) -> bool:
        """Whether the last minute is empty."""
        self._forget(now)
        return not self._seconds

    def _forget(self, now: float) -> None:
        # What lies ahead was counted by a clock that has been set back since.
        while self._seconds and not now - _MINUTE_S - 1 < self._seconds[0][0] <= now:
            self._taken -= self._seconds.popleft()[1]


W = TypeVar("W", bound=Hashable)


class Counts(Generic[W]):
    """The counts of many senders, in bounded memory.

    Parameters
    ----------
    fresh : callable
        Makes the count of somebody new.
    most : int
        Senders at most; beyond it the one that was quiet for longest is forgotten.
    """

    def __init__(self, fresh: Callable[[W], Count], most: int = 50_000) -> None:
        self._fresh = fresh
        self._most = most
        self._counts: OrderedDict[W, Count] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def wait_s(self, who: W, now: float) -> float:
        """Answer for how many seconds somebody has to wait; counts nothing."""
        count = self._counts.get(who)
        return count.wait_s(now) if count else 0

    def take(self, who: W, now: float) -> None:
        """Count one, and forget some of those who have been quiet."""
        count = self._counts.get(who)
        if count is None:
            count = self._counts[who] = self._fresh(who)
        count.take(now)
        self._counts.move_to_end(who)
        # Two for one: the map shrinks as long as anybody comes.
        for _ in range(2):
            oldest = next(iter(self._counts.values()))
            if len(self._counts) > self._most or oldest.is_idle(now):
                self._counts.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose quota something counts against: a key's, else a member of staff's, else a device's and its network's."""

    network: str
    device: str
    person_id: int | None = None
    key: ApiKey | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers: of a device, of a network, of a member of staff; a key brings its own."""

    device_at_once: int = 10
    device_every_s: float = 10
    network_per_minute: int = 60
    staff_per_minute: int = 600
    look_ups_per_minute: int = 30
    wrong_log_ins_at_once: int = 20
    wrong_log_ins_every_s: float = 30


class Quotas:
    """What each sender has left, of reports and of questions after receipt numbers.

    Parameters
    ----------
    limits : Limits
        The numbers.
    """

    def __init__(self, limits: Limits) -> None:
        self._devices = Counts[str](lambda _: Bucket(limits.device_at_once, limits.device_every_s))
        self._networks = Counts[str](lambda _: Minute(limits.network_per_minute))
        self._people = Counts[int](lambda _: Minute(limits.staff_per_minute))
        self._keys = Counts[ApiKey](lambda key: Minute(key.per_minute))
        self._guessers = Counts[str](lambda _: Bucket(limits.wrong_log_ins_at_once, limits.wrong_log_ins_every_s))
        self._askers = Counts[str](lambda _: Minute(limits.look_ups_per_minute))

    def take_report(self, sender: Sender, now: datetime) -> None:
        """Count one report.

        Raises
        ------
        TooManyReportsError
            ``too_many_reports``; then nothing is counted: a device that is refused takes nothing from its network.
        """
        own = self._own(sender)
        held = [own] if own else [(self._devices, sender.device), (self._networks, sender.network)]
        _take(held, now, TooManyReportsError)

    def take_look_up(self, sender: Sender, now: datetime) -> None:
        """Count one question after a receipt number.

        Raises
        ------
        TooManyRequestsError
            ``too_many_requests``.
        """
        _take([self._own(sender) or (self._askers, sender.network)], now, TooManyRequestsError)

    def may_log_in(self, network: str, now: datetime) -> None:
        """Pass while a network has not sent too many wrong passwords.

        Raises
        ------
        TooManyRequestsError
            ``too_many_requests``.
        """
        _wait([(self._guessers, network)], now, TooManyRequestsError)

    def count_wrong_log_in(self, network: str, now: datetime) -> None:
        """Count one; who knows his password takes nothing from his office."""
        self._guessers.take(network, now.timestamp())

    def _own(self, sender: Sender) -> tuple[Counts[Any], Hashable] | None:
        if sender.key is not None:
            return self._keys, sender.key
        return (self._people, sender.person_id) if sender.person_id is not None else None


def _take(held: Sequence[tuple[Counts[Any], Hashable]], now: datetime, kind: type[QuotaError]) -> None:
    _wait(held, now, kind)
    for counts, who in held:
        counts.take(who, now.timestamp())


def _wait(held: Sequence[tuple[Counts[Any], Hashable]], now: datetime, kind: type[QuotaError]) -> None:
    at = now.timestamp()
    wait_s = max(counts.wait_s(who, at) for counts, who in held)
    if wait_s > 0:
        raise kind(
            "Too often; come again later.", params={"until": now + timedelta(seconds=wait_s), "seconds": ceil(wait_s)}
        )
