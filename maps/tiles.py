"""Vector tiles of an edition's boundaries and cells: geometry alone, immutable, so that a browser may keep them.

The base tile has two layers, ``areas`` (polygons) and ``labels`` (a point inside each), both with ``code, name, level,
parent``; which levels it holds follows from its zoom.  The tile of one kind of unit has one layer ``units`` without
properties, whose features are joined with figures by their number, and ``index`` names these numbers.  Outlines are
those that ``gis.units`` wrote for the zoom.  Says nothing about cases.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import RESOLUTIONS
from gis.errors import GridwardenError
from gis.units import band_at

MAX_ZOOM: Final = 14
# To be raised whenever a tile of the same boundaries would come out otherwise (layers, fields, extent, levels by zoom,
# bands): browsers keep tiles for good, and ask anew only for another address.
TILE_FORMAT: Final = 3
CELL_KINDS: Final = tuple(f"cell-{resolution}" for resolution in RESOLUTIONS)

# From which zoom a level is drawn, by its place from the top of the edition; the grid and all below from the last.
# A grid is outlined for its head as soon as it fits a phone's width, long before all grids are drawn.
_FROM_ZOOM = (0, 0, 7, 10, 11)
# Below these a cell is smaller than about four pixels, and a tile holds ten thousand of them.
_CELLS_FROM_ZOOM = dict(zip(CELL_KINDS, (0, 4, 6, 8, 10), strict=True))
# From which zoom a unit's outline has all the precision of a tile.
_FINE_FROM_ZOOM = 12


class TileNotFoundError(GridwardenError):
    """Outside the pyramid, of a kind that is not drawn there, or of an edition that was never activated."""

    code = "tile_not_found"


_TILE = text("""
    WITH tile AS (
        SELECT ST_TileEnvelope(:z, :x, :y) AS box, ST_TileEnvelope(:z, :x, :y, margin => 0.0625) AS reach
    ),
    found AS MATERIALIZED (
        SELECT b.code, b.name, b.level, b.parent_code AS parent, b.overlay, b.label,
               ST_AsMVTGeom(s.geom, tile.box, 4096, 256) AS geom, tile.box
        FROM tile, shapes s JOIN units u USING (edition_id, kind, n)
        JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = u.key
        WHERE s.edition_id = :edition AND s.kind = ANY (:levels) AND s.band = :band AND s.geom && tile.reach
    ),
    -- What lies over others comes last: a map draws in this order.
    areas AS (
        SELECT code, name, level, parent, geom FROM found WHERE geom IS NOT NULL ORDER BY overlay, code
    ),
    labels AS (
        SELECT code, name, level, parent, ST_AsMVTGeom(ST_Transform(label, 3857), box, 4096, 256) AS geom
        FROM found ORDER BY code
    )
    SELECT (SELECT coalesce(ST_AsMVT(areas, 'areas', 4096, 'geom'), '') FROM areas)
        || (SELECT coalesce(ST_AsMVT(labels, 'labels', 4096, 'geom'), '') FROM labels WHERE geom IS NOT NULL)
""")

_UNITS = text("""
    WITH tile AS (
        SELECT ST_TileEnvelope(:z, :x, :y) AS box, ST_TileEnvelope(:z, :x, :y, margin => 0.015625) AS reach
    ),
    -- Materialized, or it is asked again for each unit where the planner expects one.
    overlays AS MATERIALIZED (
        SELECT array_agg(u.n) AS ns FROM boundaries b JOIN units u ON u.edition_id = b.edition_id AND u.key = b.code
        WHERE b.overlay AND b.edition_id = :edition AND u.kind = :kind
    ),
    -- Of tiles, from the upper left corner: steps a metre, and where the corner is.
    steps AS (
        SELECT CAST(:extent AS integer) / (ST_XMax(box) - ST_XMin(box)) AS per_m,
               ST_XMin(box) AS west, ST_YMax(box) AS north
        FROM tile
    ),
    -- Materialized, or each geometry would be made twice: for the condition and for the tile.
    -- What lies whole in the tile has only to be moved and rounded, which takes a third of the time of cutting it; its
    -- rings run clockwise, so that they do so too when north is up no longer (MVT 2.1, 4.3.4.4).
    units AS MATERIALIZED (
        SELECT s.n, CASE WHEN s.geom @ tile.reach THEN
                   ST_SnapToGrid(
                       ST_Affine(ST_ForcePolygonCW(s.geom), per_m, 0, 0, -per_m, -per_m * west, per_m * north), 1)
               ELSE ST_AsMVTGeom(s.geom, tile.box, :extent, :extent / 64) END AS geom
        FROM tile, steps, shapes s
        WHERE s.edition_id = :edition AND s.kind = :kind AND s.band = :band AND s.geom && tile.reach
    ),
    drawn AS (
        SELECT n, geom FROM units, overlays
        WHERE geom IS NOT NULL AND NOT ST_IsEmpty(geom) ORDER BY coalesce(n = ANY (ns), false), n
    )
    SELECT coalesce(ST_AsMVT(drawn, 'units', :extent, 'geom', 'n'), '') FROM drawn
""")

_EDITION = text("""
    SELECT levels FROM editions e
    WHERE id = :edition
      AND EXISTS (SELECT FROM activations a WHERE a.edition_id = e.id AND a.valid_from <= CAST(:at AS timestamptz))
      AND EXISTS (SELECT FROM units u WHERE u.edition_id = e.id)
""")

_INDEX = text("""
    WITH unit AS (
        SELECT u.n, u.key, u.households, u.area_m2, b.name, above.name AS parent, s.geom,
               coalesce(b.label, ST_Transform(ST_Centroid(s.geom), 4326)) AS centre
        FROM units u
        JOIN shapes s ON s.edition_id = u.edition_id AND s.kind = u.kind AND s.n = u.n AND s.band = 0
        LEFT JOIN boundaries b ON u.cell IS NULL AND b.edition_id = u.edition_id AND b.code = u.key
        LEFT JOIN boundaries above ON above.edition_id = b.edition_id AND above.code = b.parent_code
        WHERE u.edition_id = :edition AND u.kind = :kind
    ),
    listed AS (
        SELECT array_agg(key ORDER BY n) AS keys, array_agg(name ORDER BY n) AS names,
               array_agg(parent ORDER BY n) AS parents,
               array_agg(trim_scale(round(households::numeric, 1)) ORDER BY n) AS households,
               array_agg(trim_scale(round(area_m2::numeric / 1000000, 4)) ORDER BY n) AS area_km2,
               array_agg(ARRAY[trim_scale(round(ST_X(centre)::numeric, 5)), trim_scale(round(ST_Y(centre)::numeric, 5))]
                         ORDER BY n) AS centres,
               ST_Transform(ST_SetSRID(ST_Extent(geom)::geometry, 3857), 4326) AS extent
        FROM unit
    )
    -- array_to_json puts no blanks between its parts, other than json_agg.
    SELECT format('{"kind":%s,"keys":%s,"names":%s,"parents":%s,"households":%s,"area_km2":%s,"bbox":%s,"centres":%s}',
        to_json(CAST(:kind AS text)), coalesce(array_to_json(keys), '[]'),
        CASE WHEN :cells THEN 'null' ELSE coalesce(array_to_json(names), '[]') END,
        CASE WHEN :cells THEN 'null' ELSE coalesce(array_to_json(parents), '[]') END,
        coalesce(array_to_json(households), '[]'), coalesce(array_to_json(area_km2), '[]'),
        CASE WHEN extent IS NULL THEN 'null' ELSE array_to_json(ARRAY[
            trim_scale(round(ST_XMin(extent)::numeric, 5)), trim_scale(round(ST_YMin(extent)::numeric, 5)),
            trim_scale(round(ST_XMax(extent)::numeric, 5)), trim_scale(round(ST_YMax(extent)::numeric, 5))]) END,
        coalesce(array_to_json(centres), '[]'))
    FROM listed
""")


def levels_at(levels: tuple[str, ...], zoom: int) -> list[str]:
    """Answer which levels of an edition (top first) a tile of a zoom holds.

    >>> levels_at(("city", "county", "township", "village", "grid"), 10)
    ['city', 'county', 'township', 'village']
    >>> levels_at(("ward",), 3)
    ['ward']
    """
    first = len(_FROM_ZOOM) - max(len(levels), 1)
    starts = _FROM_ZOOM[max(first, 0) :] if len(levels) > 1 else (0,)
    return [level for n, level in enumerate(levels) if zoom >= starts[min(n, len(starts) - 1)]]


def least_zoom(kind: str) -> int:
    """Answer from which zoom there are tiles of a kind; of areas at every zoom.

    >>> [least_zoom(kind) for kind in ("grid", "cell-5", "cell-9")]
    [0, 0, 10]
    """
    return _CELLS_FROM_ZOOM.get(kind, 0)


async def tile(connection: AsyncConnection, edition_id: int, z: int, x: int, y: int, at: datetime) -> bytes:
    """Answer the base tile of an edition that is or was in force, a Mapbox vector tile; empty bytes where nothing lies.

    Raises
    ------
    TileNotFoundError
        ``tile_not_found`` for a zoom beyond ``MAX_ZOOM``, a column or row beyond the zoom, or no such edition.
    """
    _check_place(z, x, y)
    levels = await _levels(connection, edition_id, at)
    values = {"z": z, "x": x, "y": y, "edition": edition_id, "band": band_at(z), "levels": levels_at(levels, z)}
    return bytes((await connection.execute(_TILE, values)).scalar_one())


async def unit_tile(
    connection: AsyncConnection, edition_id: int, kind: str, z: int, x: int, y: int, at: datetime
) -> bytes:
    """Answer the tile of one kind of units: a level's areas or a resolution's cells; feature ids are their numbers.

    Raises
    ------
    TileNotFoundError
        ``tile_not_found`` as of ``tile``, for a kind that the edition does not have, and below ``least_zoom``.
    """
    _check_place(z, x, y)
    if z < least_zoom(kind):
        raise TileNotFoundError(f"Tiles of {kind} begin at zoom {least_zoom(kind)}: it is too fine for zoom {z}.")
    await _check_kind(connection, edition_id, kind, at)
    # Cells are kept as they are: a hexagon has nothing to simplify.
    band = 0 if kind in CELL_KINDS else band_at(z)
    # From afar a quarter of a pixel is fine enough, and a tile of 6,000 grids a fifth smaller.
    extent = 2048 if z < _FINE_FROM_ZOOM else 4096
    values = {"z": z, "x": x, "y": y, "edition": edition_id, "kind": kind, "band": band, "extent": extent}
    return bytes((await connection.execute(_UNITS, values)).scalar_one())


async def index(connection: AsyncConnection, edition_id: int, kind: str, at: datetime) -> str:
    """Answer what the numbers of a kind stand for: JSON of lists, unit n at place n - 1.

    ``keys`` (codes, or cells in hexadecimal), ``names`` and ``parents`` (names; null for cells), ``households`` (null:
    not counted), ``area_km2``, ``centres`` (lon, lat; of an area the point of its label), and ``bbox`` of all: west,
    south, east, north, EPSG:4326.

    Raises
    ------
    TileNotFoundError
        ``tile_not_found`` for an edition that is not active or a kind that it does not have.
    """
    await _check_kind(connection, edition_id, kind, at)
    values = {"edition": edition_id, "kind": kind, "cells": kind in CELL_KINDS}
    return str((await connection.execute(_INDEX, values)).scalar_one())


def _check_place(z: int, x: int, y: int) -> None:
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise TileNotFoundError(f"No tile {z}/{x}/{y}: zoom 0 to {MAX_ZOOM}, column and row below 2^zoom.")


async def _levels(connection: AsyncConnection, edition_id: int, at: datetime) -> tuple[str, ...]:
    levels = (await connection.execute(_EDITION, {"edition": edition_id, "at": at})).scalar_one_or_none()
    if levels is None:
        raise TileNotFoundError(f"Edition {edition_id} is not in force and never was.")
    return tuple(levels)


async def _check_kind(connection: AsyncConnection, edition_id: int, kind: str, at: datetime) -> None:
    kinds = (*await _levels(connection, edition_id, at), *CELL_KINDS)
    if kind not in kinds:
        raise TileNotFoundError(f"Edition {edition_id} has no {kind}; it has {', '.join(kinds)}.")
