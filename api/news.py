"""Tells those who listen what is new: one reader of the outbox for a process, however many pages are open.

Owns who listens to what.  Reads only while somebody listens, holds no connection between two looks, and outlives
a lost database.  Knows no rights: whoever lets somebody listen has asked for them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gis.database import DatabaseGoneError, RawConnections
from gis.errors import GridwardenError
from grids.news import Horizon, News, begin, read

log = logging.getLogger("gridwarden")

# Waits between two tries while the database is lost, each twice as long as the one before.
_LONGEST_WAIT_S = 5.0
# A listener to whom more cases are new is told to look at everything.
_MOST_CASES = 200


class TooManyListenersError(GridwardenError):
    """One process feeds as many live pages as it may, or one log-in listens as often as it may."""

    code = "too_many_listeners"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often what happens, in seconds; and how many may listen to one process, and of them one log-in."""

    look_s: float = 0.25
    heartbeat_s: float = 15
    rights_s: float = 60
    most: int = 400
    most_each: int = 12


@dataclass(slots=True, eq=False)
class Listener:
    """One who wants to know what concerns some keys: areas with all below them, owners, desks."""

    keys: frozenset[str]
    whose: bytes | None = None
    ended: bool = False
    _begun: bool = False
    _cases: set[int] = field(default_factory=set)
    _changed: bool = False
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> None:
        """Wait until there is something to take, or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            pass

    def take(self) -> list[int] | None:
        """Answer the cases new since the last time: empty where they are too many to name, None without any."""
        self._woken.clear()
        taken, self._cases = self._cases, set()
        if not taken:
            return None
        return sorted(taken) if len(taken) <= _MOST_CASES else []

    def take_changed(self) -> bool:
        """Whether anything that concerns it changed since the last time, however much and whatever it was."""
        self._woken.clear()
        self._cases.clear()
        changed, self._changed = self._changed, False
        return changed

    def tell(self, cases: Iterable[int]) -> None:
        """Say that something changed: these cases, or none where it was something else."""
        self._changed = True
        if len(self._cases) <= _MOST_CASES:
            self._cases.update(cases)
        self._woken.set()

    def begin(self) -> None:
        """Say that from now on nothing is missed."""
        self._begun = True
        self._woken.set()

    def newly_begun(self) -> bool:
        """Whether it was said since the last time that from now on nothing is missed."""
        begun, self._begun = self._begun, False
        return begun

    def end(self) -> None:
        """Say that nothing more will come."""
        self.ended = True
        self._woken.set()


class Newsroom:
    """Reads the outbox for all listeners of one process.

    Parameters
    ----------
    connections : RawConnections
        Of the web role.
    lost : callable
        Called when the database does not answer, so that it may be started again.
    pace : Pace
        How often.
    """

    def __init__(self, connections: RawConnections, lost: Callable[[], None], pace: Pace) -> None:
        self.pace = pace
        self._connections = connections
        self._lost = lost
        self._listeners: dict[str, set[Listener]] = {}
        self._listening: set[Listener] = set()
        self._closed = False
        self._horizon: Horizon | None = None
        self._reader: asyncio.Task[None] | None = None

    def check_room(self, whose: bytes | None) -> None:
        """Do nothing while one more may listen, and one more of this log-in.

        Raises
        ------
        TooManyListenersError
            ``too_many_listeners``.
        """
        if len(self._listening) >= self.pace.most or self._of(whose) >= self.pace.most_each:
            raise TooManyListenersError("Too many live pages are open; try again in a moment.")

    def _of(self, whose: bytes | None) -> int:
        return sum(whose is not None and each.whose == whose for each in self._listening)

    @asynccontextmanager
    async def listening(self, keys: Iterable[str], whose: bytes | None) -> AsyncIterator[Listener]:
        """Lend a listener to some keys, of a log-in; it is ready once the first look was taken."""
        listener = Listener(frozenset(keys), whose)
        for key in listener.keys:
            self._listeners.setdefault(key, set()).add(listener)
        self._listening.add(listener)
        if self._closed:
            listener.end()
        elif self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        elif self._horizon is not None:
            listener.begin()
        try:
            yield listener
        finally:
            self._listening.discard(listener)
            for key in listener.keys:
                self._listeners[key].discard(listener)
                if not self._listeners[key]:
                    del self._listeners[key]

    def close(self) -> None:
        """End all listening, now and later, so that a server need not wait for open streams."""
        self._closed = True
        for listener in tuple(self._listening):
            listener.end()

    def leave(self, whose: bytes | None) -> None:
        """End all listening of a log-in that is over."""
        for listener in tuple(self._listening):
            if whose is not None and listener.whose == whose:
                listener.end()

    async def stop(self) -> None:
        """Close, and wait until nothing is read any more."""
        self.close()
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    async def _read(self) -> None:
        wait_s = self.pace.look_s
        try:
            while self._listening and not self._closed:
                try:
                    await self._look()
                    wait_s = self.pace.look_s
                except DatabaseGoneError as error:
                    wait_s = min(max(wait_s, self.pace.look_s) * 2, _LONGEST_WAIT_S)
                    log.warning("live pages wait for the database: %s", error)
                    # Where only our own connections are all lent out, nothing is dead.
                    if not isinstance(error.__cause__, PoolTimeoutError):
                        self._lost()
                except Exception:
                    # A mistake of ours must not silence every live page for good.
                    wait_s = _LONGEST_WAIT_S
                    log.exception("live pages could not be fed")
                await asyncio.sleep(wait_s)
        finally:
            # Whoever listens next begins anew.
            self._horizon = None

    async def _look(self) -> None:
        async with self._connections.lend() as connection:
            if self._horizon is None:
                self._horizon = await begin(connection)
                for listener in tuple(self._listening):
                    listener.begin()
            news = await read(connection, self._horizon)
        for listener, cases in self._whom(news).items():
            listener.tell(cases)

    def _whom(self, news: Iterable[News]) -> dict[Listener, set[int]]:
        told: dict[Listener, set[int]] = {}
        for each in news:
            for listener in {one for key in each.keys for one in self._listeners.get(key, ())}:
                cases = told.setdefault(listener, set())
                if each.case_id is not None:
                    cases.add(each.case_id)
        return told
