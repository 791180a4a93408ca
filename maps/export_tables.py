"""The tables of ``maps.export``: which columns the figures of a layer have, and which its hotspots.

Reads what units are called and how they are drawn; whose numbers they are was decided before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import shapely
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import centres, outlines
from grids.access import Actor
from grids.areas import Edition
from grids.explain import level_name
from grids.language import Words
from maps import hotspot_words
from maps.export import GEOMETRY, Export
from maps.hotspots import HotspotLayer
from maps.layers import FEW, Figures, rates_of
from maps.named import named_cells
from maps.questions import Per, Question
from maps.units import units_seen

_LOCAL: Final = ZoneInfo("Asia/Shanghai")
_AREAS = text("""
    SELECT u.key, b.name, b.parent_code, above.name, ST_X(b.label), ST_Y(b.label),
           CASE WHEN :shapes THEN ST_AsBinary(b.geom) END
    FROM units u
    JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = u.key
    LEFT JOIN boundaries above ON above.edition_id = b.edition_id AND above.code = b.parent_code
    WHERE u.edition_id = :edition AND u.kind = :kind ORDER BY u.n
""")


@dataclass(frozen=True, slots=True)
class _Places:
    """Where units are and what they are called, in their order; ``shapes`` is WKB, or nothing."""

    code: list[str]
    name: list[str]
    parent_code: list[str | None]
    parent_name: list[str | None]
    lon: list[float]
    lat: list[float]
    shapes: list[bytes] | None


async def table_of_figures(
    connection: AsyncConnection,
    told: Figures,
    actor: Actor | None,
    words: Words,
    *,
    shapes: bool,
    order: Sequence[int] | None = None,
) -> Export:
    """Answer the figures of a layer as a table.

    Parameters
    ----------
    connection : AsyncConnection
        Of any role that may read boundaries.
    told : Figures
        As the actor may see them.
    actor : Actor or None
        Whose rights they were counted with; None: the public.
    words : Words
        Of ``grids`` and ``maps``.
    shapes : bool
        Whether the outlines are wanted.
    order : sequence of int, optional
        Units from 0 in another order than by number.
    """
    question, kind = told.question, told.question.kind
    seen = await units_seen(connection, told.edition, kind, actor)
    places = await _places(connection, told.edition, kind, seen.keys, words, shapes=shapes)
    held = {per: rates_of(told.counts, per, seen.households, seen.area_m2) for per in (Per.HOUSEHOLDS, Per.KM2)}
    compared = told.before is not None
    kept_back = "few" if told.hidden else "not_seen"
    before = told.before or [0] * len(told.counts)
    state = [
        kept_back if count is None or then is None else "exact" for count, then in zip(told.counts, before, strict=True)
    ]
    numbers = {
        "count": pa.array(told.counts, pa.int64()),
        **({"before": pa.array(told.before, pa.int64())} if compared else {}),
        "per_1000_households": pa.array(held[Per.HOUSEHOLDS], pa.float64()),
        "per_km2": pa.array(held[Per.KM2], pa.float64()),
        **({"change": pa.array(told.values, pa.float64())} if compared else {}),
        "households": pa.array(seen.households, pa.float64()),
        "area_km2": _km2(seen.area_m2),
        "told": pa.array(state, pa.string()),
    }
    context = _context(question, told.edition, told.at, actor, words)
    table = await asyncio.to_thread(_joined, places, kind, numbers, context, order)
    sums = {"total": told.total, "unplaced": told.unplaced}
    about = {
        "means": words("map-means", layer=question.layer.value),
        **{key: words("export-no-number") if n is None else f"{n:,}" for key, n in sums.items()},
        **({"told": words("export-untold")} if kept_back in state else {}),
    }
    return Export(
        name=f"{question.layer.value}-{kind}",
        table=table,
        shapes=_kind_of_shapes(kind),
        spoken=_spoken(question, words),
        about=_about(question, told.edition, told.at, actor, words, about),
        words=words,
    )


async def table_of_hotspots(
    connection: AsyncConnection, found: HotspotLayer, actor: Actor | None, words: Words, *, shapes: bool
) -> Export:
    """Answer the hotspots and cold spots of a layer as a table, the hottest first; without any it has no row.

    Parameters
    ----------
    connection, actor, words, shapes
        As of ``table_of_figures``.
    found : HotspotLayer
        As the actor may see them.
    """
    question, kind = found.question, found.question.kind
    seen = await units_seen(connection, found.edition, kind, actor)
    order = found.hottest_first()
    at = [found.n[n] - 1 for n in order]
    places = await _places(connection, found.edition, kind, [seen.keys[n] for n in at], words, shapes=shapes)
    households, area_m2 = [seen.households[n] for n in at], [seen.area_m2[n] for n in at]
    counts = [found.count[n] for n in order]
    bins = [found.bin[n] for n in order]
    numbers = {
        "bin": pa.array(bins, pa.int64()),
        "found": pa.array([hotspot_words.bin_name(one, words) for one in bins], pa.string()),
        "count": pa.array(counts, pa.int64()),
        "around": pa.array([found.observed[n] for n in order], pa.int64()),
        "expected": pa.array([found.expected[n] for n in order], pa.float64()),
        "per_1000_households": pa.array(rates_of(counts, Per.HOUSEHOLDS, households, area_m2), pa.float64()),
        "households": pa.array(households, pa.float64()),
        "area_km2": _km2(area_m2),
        **{name: pa.array([getattr(found, name)[n] for n in order], pa.float64()) for name in ("z", "p", "q")},
        "told": pa.array(["rounded" if found.coarse else "exact"] * len(order), pa.string()),
        "sentence": pa.array([hotspot_words.sentence(found, n, words) for n in order], pa.string()),
    }
    context = _context(question, found.edition, found.at, actor, words)
    parts = {
        "total": words("export-no-number") if found.total is None else f"{found.total:,}",
        "tested": f"{found.cells:,}",
        "how": hotspot_words.how(found, words),
        "verdict": hotspot_words.verdict(found, words),
        "left_out": hotspot_words.left_out(found, words),
    }
    about = {"means": words("map-means", layer=question.layer.value), **{k: v for k, v in parts.items() if v}}
    return Export(
        name=f"{question.layer.value}-hotspots",
        table=await asyncio.to_thread(_joined, places, kind, numbers, context),
        shapes=_kind_of_shapes(kind),
        spoken=_spoken(question, words),
        about=_about(question, found.edition, found.at, actor, words, about),
        words=words,
    )


async def _places(
    connection: AsyncConnection, edition: Edition, kind: str, keys: Sequence[str], words: Words, *, shapes: bool
) -> _Places:
    """All areas of a level, or the cells that are given."""
    if not kind.startswith("cell-"):
        found = await connection.execute(_AREAS, {"edition": edition.id, "kind": kind, "shapes": shapes})
        columns: list[list[Any]] = [list(column) for column in zip(*found, strict=True)] or [[] for _ in range(7)]
        code, name, parent_code, parent_name, lon, lat, outline = columns
        return _Places(code, name, parent_code, parent_name, lon, lat, outline if shapes else None)
    cells = [int(key, 16) for key in keys]
    points = centres(cells)
    named = await named_cells(connection, edition, keys)
    lowest = [named[key].chain[-1] if key in named else None for key in keys]
    return _Places(
        list(keys),
        [words("export-around", area=area.name) if area else key for key, area in zip(keys, lowest, strict=True)],
        [area.code if area else None for area in lowest],
        [area.name if area else None for area in lowest],
        points[:, 0].tolist(),
        points[:, 1].tolist(),
        await asyncio.to_thread(_outlined, cells) if shapes else None,
    )


def _outlined(cells: Sequence[int]) -> list[bytes]:
    return list(shapely.to_wkb(outlines(cells)))


def _joined(
    places: _Places,
    kind: str,
    numbers: dict[str, Any],
    context: dict[str, Any],
    order: Sequence[int] | None = None,
) -> Any:
    """The columns in their order; what is the same in all rows comes last, before the outlines."""
    rows = len(places.code)
    columns = {
        "code": pa.array(places.code, pa.string()),
        "name": pa.array(places.name, pa.string()),
        "level": pa.array([kind] * rows, pa.string()),
        "parent_code": pa.array(places.parent_code, pa.string()),
        "parent_name": pa.array(places.parent_name, pa.string()),
        **numbers,
        "lon": pa.array(np.round(places.lon, 6), pa.float64()),
        "lat": pa.array(np.round(places.lat, 6), pa.float64()),
        **{name: pa.repeat(value, rows) for name, value in context.items()},
    }
    if places.shapes is not None:
        columns[GEOMETRY] = pa.array(places.shapes, pa.binary())
    table = pa.table(columns)
    return table if order is None else table.take(list(order))


def _context(question: Question, edition: Edition, at: datetime, actor: Actor | None, words: Words) -> dict[str, Any]:
    """What was asked, of which edition, and when: as scalars."""
    period, against = question.period, question.against
    days = {"period_from": period.since, "period_to": period.until}
    if against is not None:
        days |= {"compared_from": against.since, "compared_to": against.until}
    return {
        "layer": pa.scalar(question.layer.value, pa.string()),
        **{name: pa.scalar(day, pa.date32()) for name, day in days.items()},
        "family": pa.scalar(question.family, pa.string()),
        "channel": pa.scalar(question.channel, pa.string()),
        "edition": pa.scalar(edition.name, pa.string()),
        "source": pa.scalar(edition.source, pa.string()),
        "made_at": pa.scalar(_instant(at), pa.string()),
        "mark": pa.scalar(_mark(edition, actor, words), pa.string()),
    }


def _about(
    question: Question,
    edition: Edition,
    at: datetime,
    actor: Actor | None,
    words: Words,
    numbers: dict[str, str],
) -> list[tuple[str, str]]:
    spoken, context = _spoken(question, words), _context(question, edition, at, actor, words)
    asked = {"layer": context.pop("layer"), "level": pa.scalar(question.kind), **context}
    said = {name: value.as_py() for name, value in asked.items()}
    told = {name: spoken[name][value] if name in spoken else str(value or "") for name, value in said.items()}
    rights = words("map-as", name=actor.name) if actor else words("map-public", most=str(FEW - 1))
    return [(name, value) for name, value in {**told, "rights": rights, **numbers}.items() if value]


def _spoken(question: Question, words: Words) -> dict[str, dict[str | None, str]]:
    """What the codes of a table are called."""
    kind, family, channel, anything = question.kind, question.family, question.channel, words("export-any")
    resolution = question.resolution
    unit = level_name(kind, words) if resolution is None else words("export-cell", resolution=str(resolution))
    states = ("few", "not_seen", "rounded", "exact")
    return {
        "layer": {question.layer.value: words("map-layer", layer=question.layer.value)},
        "level": {kind: unit},
        "family": {None: anything, family: words("family", family=family) if family else anything},
        "channel": {None: anything, channel: words(f"channel-{channel}") if channel else anything},
        "told": {state: words("export-told", told=state, most=str(FEW - 1)) for state in states},
    }


def _mark(edition: Edition, actor: Actor | None, words: Words) -> str | None:
    marks = [words("map-demo")] * edition.synthetic + [words("map-internal")] * (actor is not None)
    return words("list-separator").join(marks) or None


def _instant(at: datetime) -> str:
    return at.astimezone(_LOCAL).isoformat(timespec="seconds")


def _km2(area_m2: Sequence[float]) -> Any:
    return pa.array(np.round(np.array(area_m2, dtype=np.float64) / 1e6, 6), pa.float64())


def _kind_of_shapes(kind: str) -> str:
    return "Polygon" if kind.startswith("cell-") else "MultiPolygon"
