"""Vector tiles of the boundaries: geometry alone, immutable per edition, so that a browser may keep them.

Two layers: ``areas`` (polygons) and ``labels`` (a point inside each), both with ``code, name, level, parent``.  Which
levels a tile holds follows from its zoom.  Says nothing about cases.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError

MAX_ZOOM = 14
# To be raised whenever a tile of the same boundaries would come out otherwise (layers, fields, extent, levels by zoom):
# browsers keep tiles for good, and ask anew only for another address.
TILE_FORMAT = 1
# From which zoom a level is drawn, by its place from the top of the edition; the grid and all below from the last.
# A grid is outlined for its head as soon as it fits a phone's width, long before all grids are drawn.
_FROM_ZOOM = (0, 0, 7, 10, 11)


class TileNotFoundError(GridwardenError):
    """Outside the pyramid, or of an edition that was never activated."""

    code = "tile_not_found"


_TILE = text("""
    WITH tile AS (
        SELECT ST_TileEnvelope(:z, :x, :y) AS box,
               ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.0625), 4326) AS reach
    ),
    found AS (
        SELECT b.code, b.name, b.level, b.parent_code AS parent, b.geom, b.label, tile.box
        FROM boundaries b, tile
        WHERE b.edition_id = :edition AND b.level = ANY (:levels) AND b.geom && tile.reach
    ),
    areas AS (
        SELECT code, name, level, parent, ST_AsMVTGeom(ST_Transform(geom, 3857), box, 4096, 256) AS geom FROM found
    ),
    labels AS (
        SELECT code, name, level, parent, ST_AsMVTGeom(ST_Transform(label, 3857), box, 4096, 256) AS geom FROM found
    )
    SELECT (SELECT coalesce(ST_AsMVT(areas, 'areas', 4096, 'geom'), '') FROM areas WHERE geom IS NOT NULL)
        || (SELECT coalesce(ST_AsMVT(labels, 'labels', 4096, 'geom'), '') FROM labels WHERE geom IS NOT NULL)
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


async def tile(connection: AsyncConnection, edition_id: int, z: int, x: int, y: int) -> bytes:
    """Answer one Mapbox vector tile of an activated edition; empty bytes where nothing lies.

    Raises
    ------
    TileNotFoundError
        ``tile_not_found`` for a zoom beyond ``MAX_ZOOM``, a column or row beyond the zoom, or no such edition.
    """
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z):
        raise TileNotFoundError(f"No tile {z}/{x}/{y}: zoom 0 to {MAX_ZOOM}, column and row below 2^zoom.")
    levels = (
        await connection.execute(
            text("SELECT levels FROM editions WHERE id = :edition AND state = 'active'"), {"edition": edition_id}
        )
    ).scalar_one_or_none()
    if levels is None:
        raise TileNotFoundError(f"No active edition {edition_id}.")
    values = {"z": z, "x": x, "y": y, "edition": edition_id, "levels": levels_at(tuple(levels), z)}
    return bytes((await connection.execute(_TILE, values)).scalar_one())
