"""Finished answers that never change, kept by the process: gzipped once, bounded in size, the oldest given up first.

For answers that are the same for everybody who may ask; of one that is not public, that is asked before.
"""

import gzip
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

_MOST_BYTES: Final = 64 * 2**20
PACKED: Final = 4
"""How hard an answer is packed, 1 to 9."""
_FOR_GOOD: Final = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer as it travels: ``etag`` is weak, because the same answer may travel gzipped or not."""

    packed: bytes
    etag: str


class Kept:
    """The answers that were asked for last.

    Parameters
    ----------
    most_bytes : int
        Of all answers together, gzipped.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._held: OrderedDict[Hashable, Finished] = OrderedDict()

    @property
    def held_bytes(self) -> int:
        """How much is held now."""
        return self._bytes

    async def answer(self, key: Hashable, make: Callable[[], Awaitable[bytes]]) -> Finished:
        """Answer what is kept under a key; else make it and keep it.  What fails is not kept."""

        async def alone() -> Mapping[str, bytes]:
            return {"": await make()}

        return await self.part(key, "", alone)

    async def part(self, key: Hashable, name: str, make: Callable[[], Awaitable[Mapping[str, bytes]]]) -> Finished:
        """Answer one of several answers that are made together, by its name; as :meth:`answer`."""
        finished = self._held.get((key, name))
        if finished is not None:
            self._held.move_to_end((key, name))
            return finished
        made = await make()
        parts = await run_in_threadpool(lambda: {each: finish(content) for each, content in made.items()})
        for each, part in parts.items():
            self._keep((key, each), part)
        return parts[name]

    def _keep(self, key: Hashable, finished: Finished) -> None:
        # Another request may have made it at the same time.
        self._drop(self._held.pop(key, None))
        self._held[key] = finished
        self._bytes += len(finished.packed)
        while self._bytes > self._most:
            self._drop(self._held.popitem(last=False)[1])

    def _drop(self, finished: Finished | None) -> None:
        self._bytes -= len(finished.packed) if finished else 0


def kept_of(request: Request) -> Kept:
    """Answer what this application keeps."""
    state = request.app.state
    if not hasattr(state, "kept"):
        state.kept = Kept()
    kept: Kept = state.kept
    return kept


Keeping = Annotated[Kept, Depends(kept_of)]


def respond(request: Request, finished: Finished, media_type: str, cache: str = _FOR_GOOD) -> Response:
    """Answer a finished answer over HTTP, to be kept by the browser for good or as is said."""
    headers = {"Cache-Control": cache, "ETag": finished.etag, "Vary": "Accept-Encoding"}
    if _names(request.headers.get("if-none-match", ""), finished.etag):
        return Response(status_code=304, headers=headers)
    # Asked as the middleware asks that compresses all other answers.
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(finished.packed, media_type=media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(gzip.decompress(finished.packed), media_type=media_type, headers=headers)


def finish(content: bytes) -> Finished:
    """Answer an answer as it travels; takes a processor for as long as it is large."""
    # Beyond this level packing takes three times as long and saves three in a hundred.
    return Finished(gzip.compress(content, PACKED, mtime=0), f'W/"{sha256(content).hexdigest()[:24]}"')


def _names(if_none_match: str, etag: str) -> bool:
    """Whether the header names a tag, compared weakly (RFC 9110, 13.1.2)."""
    named = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in named or etag.removeprefix("W/") in named
