"""Tells those who listen what is new: one reader of the outbox for a process, however many pages are open.

Owns who listens to which area.  Reads only while somebody listens, holds no connection between two looks, and outlives
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
    """One process feeds as many live pages as it may."""

    code = "too_many_listeners"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often what happens, in seconds; and how many may listen to one process."""

    look_s: float = 0.25
    heartbeat_s: float = 15
    rights_s: float = 60
    most: int = 400


@dataclass(slots=True, eq=False)
class Listener:
    """One who wants to know of one area and all below it."""

    area_code: str
    ended: bool = False
    _begun: bool = False
    _cases: set[int] = field(default_factory=set)
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

    def tell(self, cases: Iterable[int]) -> None:
        """Say that these cases are new."""
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
        self._count = 0
        self._closed = False
        self._horizon: Horizon | None = None
        self._reader: asyncio.Task[None] | None = None

    def check_room(self) -> None:
        """Do nothing while one more may listen.

        Raises
        ------
        TooManyListenersError
            ``too_many_listeners``.
        """
        if self._count >= self.pace.most:
            raise TooManyListenersError("Too many live pages are open; try again in a moment.")

    @asynccontextmanager
    async def listening(self, area_code: str) -> AsyncIterator[Listener]:
        """Lend a listener to an area; it is ready once the first look was taken."""
        listener = Listener(area_code)
        self._listeners.setdefault(area_code, set()).add(listener)
        self._count += 1
        if self._closed:
            listener.end()
        elif self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read())
        elif self._horizon is not None:
            listener.begin()
        try:
            yield listener
        finally:
            self._count -= 1
            self._listeners[area_code].discard(listener)
            if not self._listeners[area_code]:
                del self._listeners[area_code]

    def close(self) -> None:
        """End all listening, now and later, so that a server need not wait for open streams."""
        self._closed = True
        for listener in self._everybody():
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
            while self._count and not self._closed:
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
                for listener in self._everybody():
                    listener.begin()
            news = await read(connection, self._horizon)
        for listener, cases in self._whom(news).items():
            listener.tell(cases)

    def _whom(self, news: Iterable[News]) -> dict[Listener, set[int]]:
        told: dict[Listener, set[int]] = {}
        for each in news:
            for code in each.chain:
                for listener in self._listeners.get(code, ()):
                    told.setdefault(listener, set()).add(each.case_id)
        return told

    def _everybody(self) -> list[Listener]:
        return [listener for at_area in self._listeners.values() for listener in at_area]
