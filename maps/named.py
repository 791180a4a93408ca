"""What the units of a map are called: an area by its name and those above it, a cell by the area at its centre.

Reads only; areas are public.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import centres
from grids.answers import AreaBrief
from grids.areas import Edition


@dataclass(frozen=True, slots=True)
class Named:
    """One unit.

    Attributes
    ----------
    key : str
        The area's code, or the cell in hexadecimal.
    chain : tuple of AreaBrief
        From the top down to the area itself; of a cell, to the lowest area that holds its centre.  Never empty.
    """

    key: str
    chain: tuple[AreaBrief, ...]

    @property
    def name(self) -> str:
        """Of the area."""
        return self.chain[-1].name


_CHAINS = text("""
    SELECT b.code, above.code, above.name, above.level
    FROM boundaries b
    CROSS JOIN LATERAL unnest(b.chain) WITH ORDINALITY step (code, nth)
    JOIN boundaries above ON above.edition_id = b.edition_id AND above.code = step.code
    WHERE b.edition_id = :edition AND b.code = ANY (:codes)
    ORDER BY b.code, step.nth
""")
_AT_CENTRES = text("""
    SELECT cell.key, found.code
    FROM unnest(CAST(:keys AS text[]), CAST(:lons AS float8[]), CAST(:lats AS float8[])) cell (key, lon, lat)
    CROSS JOIN LATERAL (
        SELECT b.code FROM boundaries b
        WHERE b.edition_id = :edition AND ST_Covers(b.geom, ST_SetSRID(ST_MakePoint(cell.lon, cell.lat), 4326))
        ORDER BY cardinality(b.chain) DESC, b.code LIMIT 1
    ) found
""")


async def named_areas(connection: AsyncConnection, edition: Edition, codes: Sequence[str]) -> dict[str, Named]:
    """Answer areas of an edition by code; a code that it does not know is left out."""
    found: dict[str, list[AreaBrief]] = {}
    for code, *step in await connection.execute(_CHAINS, {"edition": edition.id, "codes": list(codes)}):
        found.setdefault(code, []).append(AreaBrief(*step))
    return {code: Named(code, tuple(chain)) for code, chain in found.items()}


async def named_cells(connection: AsyncConnection, edition: Edition, keys: Sequence[str]) -> dict[str, Named]:
    """Answer cells by key; one whose centre lies in no area is left out."""
    points = centres(int(key, 16) for key in keys)
    given = {"edition": edition.id, "keys": list(keys), "lons": points[:, 0].tolist(), "lats": points[:, 1].tolist()}
    at = {key: code for key, code in await connection.execute(_AT_CENTRES, given)}  # noqa: C416
    areas = await named_areas(connection, edition, sorted(set(at.values())))
    return {key: Named(key, areas[code].chain) for key, code in at.items()}


_KIND = text("SELECT kind FROM units WHERE edition_id = :edition AND kind = ANY (:kinds) AND key = :key")


async def kind_of(connection: AsyncConnection, edition: Edition, key: str, kinds: Sequence[str]) -> str | None:
    """Answer which of some kinds the unit of a key is of; None if it is none of them."""
    given = {"edition": edition.id, "kinds": list(kinds), "key": key}
    return (await connection.execute(_KIND, given)).scalar_one_or_none()
