"""One visit: who asks, in which language, when, and a connection that already knows it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, cast

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from api.languages import language_of, words_for
from api.service import Service
from api.settings import ServiceSettings
from grids.access import Actor, actor
from grids.language import Language, Words
from grids.receipts import digest

COOKIE = "gridwarden_session"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a route needs to answer: a transaction in which row-level security knows the actor, words, and the time."""

    connection: AsyncConnection
    actor: Actor | None
    words: Words
    now: datetime
    settings: ServiceSettings

    @property
    def lang(self) -> Language:
        """The language of the answer."""
        return self.words.lang


def service_of(request: Request) -> Service:
    """Answer the running service of a request."""
    return cast("Service", request.app.state.service)


def session_digest(request: Request) -> bytes | None:
    """Answer the digest of the session's token that a request carries."""
    token = request.cookies.get(COOKIE)
    return digest(token) if token else None


async def open_visit(request: Request, service: Annotated[Service, Depends(service_of)]) -> AsyncIterator[Visit]:
    """Lend a visit for one request; what it writes, the writer commits."""
    now = service.clock()
    async with service.engine.connect() as connection:
        who = await actor(connection, session_digest(request), now)
        yield Visit(connection, who, words_for(language_of(request)), now, service.settings)


# For a route that must not hold a connection while it does something else first.
visiting = asynccontextmanager(open_visit)

Visiting = Annotated[Visit, Depends(open_visit)]
