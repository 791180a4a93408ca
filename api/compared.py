"""Comparisons of editions as they travel: the list apart from the map, which is many times its size.

Made once for as long as the process keeps them, and unpacked off the event loop.  Who may see one is asked before.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api.kept import Finished, Kept, finish
from api.visits import service_of
from grids.comparisons import Told, documents
from grids.editions import EditionRecord

FOR_WHOM_ASKS: Final = "private, no-cache"
"""How a browser may keep one: asked again each time, by whoever may still see it."""


async def listed(request: Request, kept: Kept, before: EditionRecord, after: EditionRecord) -> Mapping[str, Any]:
    """Answer what became of each area: ``counts``, ``unchanged`` and ``changes`` of ``grids.comparisons``."""
    finished = await _part(request, kept, before, after, "listed")
    told: Mapping[str, Any] = await run_in_threadpool(lambda: json.loads(gzip.decompress(finished.packed)))
    return told


async def drawn(request: Request, kept: Kept, before: EditionRecord, after: EditionRecord) -> Finished:
    """Answer the shapes, GeoJSON."""
    return await _part(request, kept, before, after, "drawn")


async def whole(request: Request, kept: Kept, before: EditionRecord, after: EditionRecord) -> Finished:
    """Answer both as one document."""
    parts = [(await _part(request, kept, before, after, name)).packed for name in ("listed", "drawn")]
    return await run_in_threadpool(lambda: finish(Told(*map(gzip.decompress, parts)).whole()))


async def _part(request: Request, kept: Kept, before: EditionRecord, after: EditionRecord, name: str) -> Finished:
    async def make() -> Mapping[str, bytes]:
        async with service_of(request).connections.lend() as connection:
            told = await documents(connection, before.id, after.id)
        return {"listed": told.listed, "drawn": told.drawn}

    return await kept.part(("comparison", before.id, before.loaded_at, after.id, after.loaded_at), name, make)
