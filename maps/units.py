"""The units that a map is drawn of, as the figures need them: keys, households, areas, and which the actor sees.

They never change within an edition, so the process keeps them.  Reads only.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import PUBLIC_RESOLUTIONS
from grids.access import Actor
from grids.areas import Edition

_KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class Units:
    """All units of one kind of an edition, by number; the unit with n = 1 first.

    Attributes
    ----------
    keys : list of str
        Area codes, or cells in hexadecimal.
    households : list of float or None
        None where nobody counted them.
    area_m2 : list of float
        Geodesic.
    visible : list of bool or None
        Which the actor sees; None: all.
    """

    keys: list[str]
    households: list[float | None]
    area_m2: list[float]
    visible: list[bool] | None = None


class _Kept:
    """The units of the editions that were asked for last; an edition is told from another database's by its name."""

    def __init__(self) -> None:
        self._units: dict[tuple[object, ...], Units] = {}

    async def of(self, connection: AsyncConnection, edition: Edition, kind: str) -> Units:
        key = (edition.id, edition.name, edition.loaded_at, kind)
        if key not in self._units:
            found = await connection.execute(_UNITS, {"edition": edition.id, "kind": kind})
            rows = found.all()
            if not rows:
                # Not prepared yet; it will be.
                return Units([], [], [])
            while len(self._units) >= _KEPT:
                self._units.pop(next(iter(self._units)))
            self._units[key] = Units([r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows])
        return self._units[key]


_UNITS = text("SELECT key, households, area_m2 FROM units WHERE edition_id = :edition AND kind = :kind ORDER BY n")
# Of fine cells an actor sees those whose centre lies in his areas.
_NEAR = text("""
    SELECT u.n FROM units u JOIN shapes s USING (edition_id, kind, n)
    JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = ANY (map_areas())
        AND ST_Covers(b.geom, ST_Transform(ST_Centroid(s.geom), 4326))
    WHERE u.edition_id = :edition AND u.kind = :kind
""")
_WHOLE = text("""
    SELECT NOT EXISTS (SELECT FROM boundaries WHERE edition_id = :edition AND parent_code IS NULL
                       AND code <> ALL (map_areas()))
""")
_units = _Kept()


async def units_seen(connection: AsyncConnection, edition: Edition, kind: str, actor: Actor | None) -> Units:
    """Answer the units of a kind, and which of them the actor sees."""
    units = await _units.of(connection, edition, kind)
    coarse = not kind.startswith("cell-") or int(kind.removeprefix("cell-")) in PUBLIC_RESOLUTIONS
    given = {"edition": edition.id, "kind": kind}
    if coarse or actor is None or await sees_all(connection, edition):
        return units
    near = {n for (n,) in await connection.execute(_NEAR, given)}
    visible = [n in near for n in range(1, len(units.keys) + 1)]
    return Units(units.keys, units.households, units.area_m2, visible)


async def sees_all(connection: AsyncConnection, edition: Edition) -> bool:
    """Answer whether the actor sees the rows of every area of an edition."""
    return bool((await connection.execute(_WHOLE, {"edition": edition.id})).scalar_one())
