"""Vector tiles of what a layer counts, place by place: binned by H3 cell from afar, single spots from near.

From far away ten thousand points are a blot and megabytes; a bin says how many.  The spots are snapped to some 100 m
and are there for the staff of their areas alone; everybody else sees bins at every zoom.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import PUBLIC_RESOLUTIONS
from grids.access import Actor
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


@dataclass(frozen=True, slots=True)
class Bins:
    """What a layer counts in the cells of one resolution, all over the edition: of every tile of it the numbers.

    ``many`` by the cell's number, as it may be told (``maps.layers.shown``): None for what is there and too little.
    """

    edition_id: int
    kind: str
    many: dict[int, int | None]


def has_bins(zoom: int, actor: Actor | None) -> bool:
    """Whether the tiles of a zoom hold bins; spots otherwise."""
    return zoom < SPOTS_FROM or actor is None


def check_tile(question: Question, tile: tuple[int, int, int]) -> None:
    """Refuse what is no tile (zoom, column, row), and what has no places.

    Raises
    ------
    LayerError
        ``not_by_cell`` for vacancies.
    TileNotFoundError
        ``tile_not_found``.
    """
    z, x, y = tile
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise TileNotFoundError(f"No tile {z}/{x}/{y}: zoom 0 to {MAX_ZOOM}, column and row below 2^zoom.")
    if question.layer is Layer.VACANCIES:
        raise NoPlacesError("Vacancies lie in areas; they are no points.")


async def bins_of(
    connection: AsyncConnection, question: Question, zoom: int, actor: Actor | None, at: datetime
) -> Bins:
    """Count the cells of a zoom: what may be told of one hangs on all others, so this counts the whole city.

    Raises
    ------
    LayerError
        As ``figures``.
    """
    by_cell = replace(question, kind=f"cell-{bin_resolution(zoom, actor)}")
    edition = await edition_of(connection, by_cell, actor, at)
    codes = await categories_of(connection, question, actor)
    cells = await units_seen(connection, edition, by_cell.kind, actor)
    counts, _ = await counted_by_unit(connection, by_cell, edition, at, codes, len(cells.keys))
    told = enumerate(shown(counts, FEW if actor is None else 0), 1)
    return Bins(edition.id, by_cell.kind, {n: many for n, many in told if counts[n - 1]})


async def bins_tile(connection: AsyncConnection, bins: Bins, tile: tuple[int, int, int]) -> bytes:
    """Answer a tile of bins: layer ``bins``, points with ``many``; empty bytes where nothing lies."""
    if not bins.many:
        return b""
    z, x, y = tile
    drawn = {"numbers": list(bins.many), "counts": list(bins.many.values())}
    place = {"edition": bins.edition_id, "kind": bins.kind, "z": z, "x": x, "y": y}
    return bytes((await connection.execute(_BINS_DRAWN, drawn | place)).scalar_one())


async def spots_tile(
    connection: AsyncConnection, question: Question, tile: tuple[int, int, int], actor: Actor | None, at: datetime
) -> bytes:
    """Answer a tile of spots: layer ``spots``, points with ``id``, ``open`` and ``late``.

    Raises
    ------
    LayerError
        As ``figures``.
    """
    z, x, y = tile
    by_cell = replace(question, kind=f"cell-{bin_resolution(z, actor)}")
    edition = await edition_of(connection, by_cell, actor, at)
    rows, values = rows_of(by_cell, edition, at, await categories_of(connection, question, actor))
    sql = _spots(rows, question)
    values |= {"z": z, "x": x, "y": y} | ({"at": at} if ":at" in sql else {})
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
