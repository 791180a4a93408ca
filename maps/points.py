"""Vector tiles of what a layer counts, place by place: binned by H3 cell from afar, single spots from near.

From far away ten thousand points are a blot and megabytes; a bin says how many.  The spots are snapped to some 100 m
and are there for the staff of their areas alone; everybody else sees bins at every zoom.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import PUBLIC_RESOLUTIONS
from grids.access import Actor
from grids.areas import Edition
from maps.layers import (
    FEW,
    LATE,
    categories_of,
    counted_by_unit,
    counts_what,
    edition_of,
    rows_of,
    shown,
)
from maps.questions import Layer, LayerError, Question
from maps.tiles import MAX_ZOOM, TileNotFoundError
from maps.units import units_seen

SPOTS_FROM: Final = 12
"""The zoom from which staff see single spots."""

# Zooms up to this one are binned by cells of this resolution: a bin is some 20 pixels wide.
_BINS: Final = ((7, 5), (9, 6), (10, 7), (SPOTS_FROM - 1, 8))


class NoPlacesError(LayerError):
    """Vacancies are no points."""

    code = "not_by_cell"


def bin_resolution(zoom: int, actor: Actor | None) -> int:
    """Answer the resolution of the bins of a zoom.

    >>> bin_resolution(6, None), bin_resolution(11, None)
    (5, 7)
    """
    wanted = next((resolution for last, resolution in _BINS if zoom <= last), _BINS[-1][1])
    return min(wanted, PUBLIC_RESOLUTIONS[-1]) if actor is None else wanted


async def points_tile(
    connection: AsyncConnection, question: Question, tile: tuple[int, int, int], actor: Actor | None, at: datetime
) -> bytes:
    """Answer a tile (zoom, column, row) of a layer's bins or spots; empty bytes where nothing lies.

    Layer ``bins`` has points with ``many``; layer ``spots`` points with ``id``, ``open`` and ``late``.

    Raises
    ------
    LayerError
        As ``figures``; ``not_by_cell`` for vacancies.
    TileNotFoundError
        ``tile_not_found``.
    """
    z, x, y = tile
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise TileNotFoundError(f"No tile {z}/{x}/{y}: zoom 0 to {MAX_ZOOM}, column and row below 2^zoom.")
    if question.layer is Layer.VACANCIES:
        raise NoPlacesError("Vacancies lie in areas; they are no points.")
    by_cell = replace(question, kind=f"cell-{bin_resolution(z, actor)}")
    edition = await edition_of(connection, by_cell, actor, at)
    codes = await categories_of(connection, question, actor)
    place = {"z": z, "x": x, "y": y}
    if z < SPOTS_FROM or actor is None:
        return await _bins(connection, by_cell, edition, actor, at, codes, place)
    rows, values = rows_of(by_cell, edition, at, codes)
    sql = _spots(rows, question)
    values |= place | ({"at": at} if ":at" in sql else {})
    return bytes((await connection.execute(text(sql), values)).scalar_one())


_BINS_DRAWN = text("""
    WITH drawn AS (
        SELECT found.many, ST_AsMVTGeom(ST_Centroid(s.geom), ST_TileEnvelope(:z, :x, :y), 4096, 256) AS geom
        FROM unnest(CAST(:numbers AS integer[]), CAST(:counts AS bigint[])) found (n, many)
        JOIN shapes s ON s.edition_id = :edition AND s.kind = :kind AND s.n = found.n AND s.band = 0
        WHERE s.geom && ST_TileEnvelope(:z, :x, :y, margin => 0.0625)
    )
    SELECT coalesce(ST_AsMVT(drawn, 'bins', 4096, 'geom'), '') FROM drawn WHERE geom IS NOT NULL
""")


async def _bins(
    connection: AsyncConnection,
    question: Question,
    edition: Edition,
    actor: Actor | None,
    at: datetime,
    codes: list[str] | None,
    place: Mapping[str, int],
) -> bytes:
    """The cells where something is counted.  Public: those of few are there too, and numbers are told as by figures."""
    cells = await units_seen(connection, edition, question.kind, actor)
    counts, _ = await counted_by_unit(connection, question, edition, at, codes, len(cells.keys))
    there = {n: many for n, many in enumerate(shown(counts, FEW if actor is None else 0), 1) if counts[n - 1]}
    if not there:
        return b""
    drawn = {"numbers": list(there), "counts": list(there.values()), "edition": edition.id, "kind": question.kind}
    return bytes((await connection.execute(_BINS_DRAWN, {**drawn, **place})).scalar_one())


def _spots(rows: str, question: Question) -> str:
    of = counts_what(question.layer)
    spots, state = {
        "cases": ("case_spots", f"closed_at IS NULL AS open, closed_at IS NULL AND {LATE} AS late"),
        "reports": ("report_spots", "true AS open, false AS late"),
    }[of]
    # The same rows, looked up by place: the functions have the columns that the views have.
    near = f"FROM {spots}(ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.0625), 4326)) AS near"
    return f"""
        WITH found AS (SELECT id, {state}, spot {rows.replace(f"FROM seen_{of}", near)}),
        drawn AS (
            SELECT id, open, late,
                   ST_AsMVTGeom(ST_Transform(spot, 3857), ST_TileEnvelope(:z, :x, :y), 4096, 256) AS geom
            FROM found
        )
        SELECT coalesce(ST_AsMVT(drawn, 'spots', 4096, 'geom'), '') FROM drawn WHERE geom IS NOT NULL
    """  # noqa: S608
