"""What one running service holds: engine, keys, settings and clock.  Made once, handed in everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import ServiceSettings
from grids.receipts import Keys


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running service; ``clock`` answers aware instants."""

    engine: AsyncEngine
    keys: Keys
    settings: ServiceSettings
    clock: Callable[[], datetime]
