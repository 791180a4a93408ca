"""A layer as tables with outlines: the units with their figures, the borders above them, both as GeoDataFrames.

It and ``maps.notebook`` alone know geopandas; never on the way of a request.  Outlines come simplified from ``shapes``,
the same band for all levels, so that borders which areas share are shared in the table too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from geopandas import GeoDataFrame, GeoSeries
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from grids.areas import Edition
from maps.classes import Classes
from maps.layers import Figures
from maps.questions import Per

ZERO, HIDDEN, UNKNOWN = 0, -101, -102
"""Classes beside the numbered ones: nothing there, not told, no denominator."""

Frame = GeoDataFrame
"""For those who handle tables without knowing the library."""

# Of all the outlines of one map, as they are stored.
_TOO_LARGE_B: Final = 15_000_000
_FORMAL: Final = ("村民委员会", "居民委员会")

_SIZES = text("""
    SELECT band, sum(pg_column_size(geom)) FROM shapes
    WHERE edition_id = :edition AND kind = ANY (:kinds) AND band > 0 GROUP BY band
""")
_UNITS = text("""
    SELECT u.n, u.key, coalesce(b.name, '') AS name, coalesce(above.name, '') AS above, u.households, u.area_m2,
           ST_AsBinary(s.geom) AS outline, ST_X(b.label) AS lon, ST_Y(b.label) AS lat
    FROM units u
    JOIN shapes s ON s.edition_id = u.edition_id AND s.kind = u.kind AND s.n = u.n AND s.band = :band
    LEFT JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = u.key AND u.cell IS NULL
    LEFT JOIN boundaries above ON above.edition_id = u.edition_id AND above.code = b.parent_code
    WHERE u.edition_id = :edition AND u.kind = :kind ORDER BY u.n
""")


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """What a map is drawn of.

    Attributes
    ----------
    units : GeoDataFrame
        By number ``n``: ``key, name, above`` (the area it belongs to), ``households, area_m2, of`` (what the count is
        held against), ``count, before, value, class``, ``lon, lat`` of the label and the outline in EPSG:4326.
        ``class``: 1 … of the classes, below zero of a difference, or ``ZERO``, ``HIDDEN``, ``UNKNOWN``.
    borders : dict of GeoDataFrame
        The levels above, top first: ``key, name, area_m2, lon, lat`` and the outline.
    """

    units: GeoDataFrame
    borders: dict[str, GeoDataFrame]


def short_name(name: str) -> str:
    """Answer a name as it stands on a map: without the formal end of a committee's.

    >>> short_name("周庄村村民委员会"), short_name("五百户镇")
    ('周庄村', '五百户镇')
    """
    return next((name.removesuffix(end) for end in _FORMAL if name.endswith(end)), name)


async def frames_of(connection: AsyncConnection, figures: Figures, classes: Classes) -> Frames:
    """Answer the tables of a layer.

    Parameters
    ----------
    connection : AsyncConnection
        Of any role that may read boundaries.
    figures : Figures
        Counted over the units of ``figures.edition``.
    classes : Classes
        Of ``figures.values``.
    """
    edition, kind = figures.edition, figures.question.kind
    above = _levels_above(edition, kind)
    band = await _band(connection, edition, [kind, *above])
    units = await _frame(connection, edition, kind, 0 if kind.startswith("cell-") else band)
    units["of"] = _held_against(units, figures.question.per)
    units["count"] = np.array(figures.counts, dtype=np.float64)
    units["before"] = np.array(figures.before or [None] * len(units), dtype=np.float64)
    units["value"] = np.array(figures.values, dtype=np.float64)
    units["class"] = class_of(units, classes, compared=figures.before is not None)
    return Frames(units, {level: await _frame(connection, edition, level, band) for level in above})


async def cells_frame(connection: AsyncConnection, edition: Edition, kind: str) -> GeoDataFrame:
    """Answer the cells of a resolution (``cell-7``) by number, with their outlines in EPSG:4326."""
    return await _frame(connection, edition, kind, 0)


def class_of(units: GeoDataFrame, classes: Classes, *, compared: bool) -> Any:
    """Answer the class of each unit, ``(n,) int``, from the columns ``count, before, value``."""
    value = units["value"].to_numpy()
    hidden = units["count"].isna().to_numpy() | (compared & units["before"].isna().to_numpy())
    # Breaks are rounded to six digits: what lies a hair above the last one belongs to it.
    place = np.minimum(np.searchsorted(classes.breaks, np.abs(value)), max(len(classes.breaks) - 1, 0)) + 1
    found = np.where(value == 0, ZERO, np.where(value < 0, -place, place))
    return np.where(hidden, HIDDEN, np.where(np.isnan(value), UNKNOWN, found))


def _levels_above(edition: Edition, kind: str) -> list[str]:
    """Cells lie below everything but the two lowest levels, whose borders would hide them."""
    if kind in edition.levels:
        return list(edition.levels[: edition.levels.index(kind)])
    return list(edition.levels[:-2]) or [edition.levels[0]]


async def _band(connection: AsyncConnection, edition: Edition, kinds: Sequence[str]) -> int:
    """The finest simplified band whose outlines are few enough for one file; the whole outlines where there is none."""
    found = await connection.execute(_SIZES, {"edition": edition.id, "kinds": list(kinds)})
    sizes = {band: size for band, size in found}  # noqa: C416
    fitting = [band for band in sorted(sizes) if sizes[band] <= _TOO_LARGE_B]
    return min(fitting, default=max(sizes, default=0))


async def _frame(connection: AsyncConnection, edition: Edition, kind: str, band: int) -> GeoDataFrame:
    found = await connection.execute(_UNITS, {"edition": edition.id, "kind": kind, "band": band})
    rows = found.all()
    columns = list(zip(*rows, strict=True)) or [()] * 9
    n, key, name, above, households, area_m2, outline, lon, lat = columns
    return GeoDataFrame(
        {
            "key": np.array(key, dtype=object),
            "name": np.array(name, dtype=object),
            "above": np.array(above, dtype=object),
            "households": np.array(households, dtype=np.float64),
            "area_m2": np.array(area_m2, dtype=np.float64),
            "lon": np.array(lon, dtype=np.float64),
            "lat": np.array(lat, dtype=np.float64),
        },
        geometry=GeoSeries(shapely.from_wkb(np.array(outline, dtype=object)), crs=3857).to_crs(4326).to_numpy(),
        crs=4326,
        index=np.array(n, dtype=np.int64),
    )


def _held_against(units: GeoDataFrame, per: Per) -> Any:
    if per is Per.COUNT:
        return np.full(len(units), np.nan)
    return units["households"].to_numpy() if per is Per.HOUSEHOLDS else units["area_m2"].to_numpy() / 1e6
