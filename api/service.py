"""What one running service holds: engine, keys, settings, clock.  Made once, handed in everywhere."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from api.admission import Admission
from api.boundary_uploads import BoundaryUploads
from api.news import Newsroom
from api.settings import ServiceSettings
from api.uploads import Uploads
from gis.database import RawConnections
from gis.errors import GridwardenError
from grids.receipts import Keys


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running service; ``clock`` answers aware instants."""

    engine: AsyncEngine
    connections: RawConnections
    keys: Keys
    settings: ServiceSettings
    clock: Callable[[], datetime]
    revival: "Revival"
    admission: Admission
    news: Newsroom
    uploads: Uploads
    boundary_uploads: BoundaryUploads


@dataclass(slots=True)
class Revival:
    """Starts a dead embedded server again: at most one attempt at a time, off the event loop.

    Parameters
    ----------
    start : callable
        Blocks until the server answers (``Store.revive``).
    """

    start: Callable[[], None]
    _attempt: asyncio.Task[None] | None = field(default=None, init=False)

    def ask(self) -> None:
        """Begin an attempt unless one is under way; does not wait for it."""
        if self._attempt is None or self._attempt.done():
            self._attempt = asyncio.create_task(self._try())

    async def _try(self) -> None:
        try:
            await asyncio.to_thread(self.start)
        except GridwardenError as error:
            logging.getLogger("gridwarden").error("the database does not come back: %s", error)
