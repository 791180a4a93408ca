"""Two editions compared as documents: a list for a page or a program, and shapes for a map.

Editions never change, so the documents of a pair are the same for good.  Compares nothing itself (``gis.comparison``),
and knows neither cases nor words.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

import asyncpg
import numpy as np
import shapely

from gis.boundary_measures import polygons_of, together
from gis.candidates import Candidate
from gis.comparison import Change, Comparison, compare
from gis.edition_areas import ask_areas_of_edition

_DECIMALS: Final = 6
# One at a time: a comparison takes a processor for some seconds.
_TURN: Final = Lock()


@dataclass(frozen=True, slots=True)
class Told:
    """A comparison as JSON.

    Attributes
    ----------
    listed : bytes
        An object: ``counts`` by level and kind, ``unchanged`` by level, ``changes`` in order.
    drawn : bytes
        GeoJSON; its features name their change (``n``) and ``what`` they show: ``before``, ``after`` or ``ground``.
    """

    listed: bytes
    drawn: bytes

    def whole(self) -> bytes:
        """Answer both as one object, the shapes as ``map``."""
        return b'%b,"map":%b}' % (self.listed[:-1], self.drawn)


async def documents(connection: asyncpg.Connection[Any], before: int, after: int) -> Told:
    """Answer the comparison of two editions.

    Parameters
    ----------
    connection : asyncpg.Connection
        The raw driver's, in any role that may read boundaries.
    before, after : int
        Numbers of editions.
    """
    old, new = await ask_areas_of_edition(connection, before), await ask_areas_of_edition(connection, after)
    return await asyncio.to_thread(as_documents, old, new)


def as_documents(old: Candidate, new: Candidate) -> Told:
    """Answer the comparison of two sets of areas."""
    with _TURN:
        found = compare(old, new)
    told = {
        "counts": found.counts(),
        "unchanged": dict(found.unchanged),
        "changes": [listed(n, one) for n, one in enumerate(found.changes)],
    }
    shapes = {"type": "FeatureCollection", "features": list(_features(found, old, new))}
    return Told(_json(told), _json(shapes))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def listed(n: int, one: Change) -> dict[str, Any]:
    """Answer a change as one line of a list, without its shapes."""
    return {
        "n": n,
        "kind": one.kind,
        "level": one.level,
        "before": [{"code": code, "name": name} for code, name in zip(one.before, one.names_before, strict=True)],
        "after": [{"code": code, "name": name} for code, name in zip(one.after, one.names_after, strict=True)],
        "changed_m2": round(one.changed_m2, 1),
        "share": round(one.share, 4),
    }


def _features(found: Comparison, old: Candidate, new: Candidate) -> Iterator[dict[str, Any]]:
    was = {str(code): n for n, code in enumerate(old.codes)}
    now = {str(code): n for n, code in enumerate(new.codes)}
    for n, one in enumerate(found.changes):
        about = {"n": n, "kind": one.kind, "level": one.level}
        # What two outlines do not share may hold lines, too: where they touch.
        parts, _ = polygons_of(np.array([one.ground], dtype=object))
        if len(parts):
            yield _feature({**about, "what": "ground"}, together(parts))
        yield from _outlines({**about, "what": "before"}, one.before, was, old)
        yield from _outlines({**about, "what": "after"}, one.after, now, new)


def _outlines(
    about: dict[str, Any], codes: Iterable[str], at: dict[str, int], areas: Candidate
) -> Iterator[dict[str, Any]]:
    for code in codes:
        place = at[code]
        yield _feature({**about, "code": code, "name": str(areas.names[place])}, areas.shapes[place])


def _feature(about: dict[str, Any], shape: Any) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda lon_lat: np.round(lon_lat, _DECIMALS))
    return {"type": "Feature", "properties": about, "geometry": json.loads(shapely.to_geojson(rounded))}
