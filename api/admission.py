"""The door: whom a key or a session belongs to, and how often each may come.

What the database said of a key or a session is believed for a few seconds, so that a request costs no statement for it;
a key that was revoked works for as long as that.  Knows no request.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from api.quotas import Quotas
from gis.database import RawConnections
from grids.keys import ApiKey, UnknownKeyError, key_of
from grids.receipts import digest
from grids.sessions import staff_of

BELIEVED_S = 5
# Digests that are asked about; made-up ones too, so there is an end to them.
_MOST = 10_000

V = TypeVar("V")


@dataclass(slots=True)
class Believed(Generic[V]):
    """Answers of the database by digest, each for ``BELIEVED_S``; beyond ``_MOST`` the oldest go."""

    _answers: OrderedDict[bytes, tuple[float, V]] = field(default_factory=OrderedDict, init=False)

    async def ask(self, what: bytes, now: datetime, look_up: Callable[[], Awaitable[V]]) -> V:
        """Answer what is believed, or look it up."""
        at = now.timestamp()
        held = self._answers.get(what)
        # A clock that was set back makes nothing be believed for longer.
        if held is not None and 0 <= at - held[0] < BELIEVED_S:
            return held[1]
        answer = await look_up()
        self._answers.pop(what, None)
        self._answers[what] = (at, answer)
        if len(self._answers) > _MOST:
            self._answers.popitem(last=False)
        return answer


@dataclass(slots=True)
class Admission:
    """Knows keys and staff, and holds what each sender has left.

    Parameters
    ----------
    connections : RawConnections
        Of the web role.
    quotas : Quotas
        What each sender has left.
    """

    connections: RawConnections
    quotas: Quotas
    _keys: Believed[ApiKey | None] = field(default_factory=Believed, init=False)
    _staff: Believed[int | None] = field(default_factory=Believed, init=False)

    async def key(self, key: str, now: datetime) -> ApiKey:
        """Answer what a key may do.

        Raises
        ------
        UnknownKeyError
            ``unknown_key``.
        """

        async def look_up() -> ApiKey | None:
            async with self.connections.lend() as connection:
                return await key_of(connection, key, now)

        found = await self._keys.ask(digest(key), now, look_up)
        if found is None:
            raise UnknownKeyError("This key is not known, or it has ended.")
        return found

    async def person(self, token_digest: bytes, now: datetime) -> int | None:
        """Answer which member of staff holds a session; None for anybody else."""

        async def look_up() -> int | None:
            async with self.connections.lend() as connection:
                return await staff_of(connection, token_digest, now)

        return await self._staff.ask(token_digest, now, look_up)
