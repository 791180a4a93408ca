"""Areas as their readers need them: one area with its place in the tree, and search by name or code.

Reads only; who answers comes from ``grids.locate``.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geoalchemy2 import functions as geo
from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from gis.tables import boundaries, spellings
from grids.answers import Answer, AreaBrief, Head, Owner
from grids.locate import locate_area

# Fewer letters than these occur in the middle of almost any name.
_INNER_LETTERS: Final = 3


class AreaNotFoundError(GridwardenError):
    """No area of this code in the edition of that day."""

    code = "area_not_found"


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """One area in the edition of an instant.

    ``bbox`` is west, south, east, north and ``label`` a point inside, both EPSG:4326 degrees; ``area_m2`` is geodesic.
    """

    code: str
    name: str
    level: str
    parent_code: str | None
    children: tuple[AreaBrief, ...]
    bbox: tuple[float, float, float, float]
    label: tuple[float, float]
    households: int | None
    residents: int | None
    area_m2: float
    edition: str
    edition_id: int
    synthetic: bool
    answer: Answer

    @property
    def chain(self) -> tuple[AreaBrief, ...]:
        """The areas from the top down to this one."""
        return self.answer.chain

    @property
    def head(self) -> Head | None:
        """Its head at that instant."""
        return self.answer.head

    @property
    def owner(self) -> Owner | None:
        """Who acts for it at that instant."""
        return self.answer.owner


@dataclass(frozen=True, slots=True)
class AreaHit:
    """An area found by search; ``chain`` names the areas above it, because names repeat and codes do not."""

    code: str
    name: str
    level: str
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """The boundary edition in force at an instant; ``levels`` top first."""

    id: int
    name: str
    levels: tuple[str, ...]
    loaded_at: datetime
    source: str
    synthetic: bool


# The database's own function decides, here and for every report.
_EDITION = text(
    "SELECT id, name, levels, loaded_at, source, synthetic"
    " FROM edition_at(CAST(:at AS timestamptz)) WHERE id IS NOT NULL"
)


async def edition_at(connection: AsyncConnection, at: datetime) -> Edition | None:
    """Answer the edition in force at an instant, None before the first."""
    row = (await connection.execute(_EDITION, {"at": at})).mappings().one_or_none()
    return Edition(**{**row, "levels": tuple(row["levels"])}) if row else None


async def area(connection: AsyncConnection, code: str, at: datetime, *, names: bool = True) -> AreaRecord:
    """Answer one area as it stood at an instant, with who answers for it.

    Raises
    ------
    AreaNotFoundError
        ``area_not_found`` if the edition of that instant has no such code.
    """
    answer = await locate_area(connection, code, at, names=names)
    edition = await edition_at(connection, at)
    if answer is None or edition is None:
        raise AreaNotFoundError(f"There is no area {code} in the boundaries of that day.", params={"code": code})
    b = boundaries.c
    box = geo.Box2D(b.geom)
    row = (
        (
            await connection.execute(
                select(
                    b.code,
                    b.name,
                    b.level,
                    b.parent_code,
                    b.households,
                    b.residents,
                    b.area_m2,
                    b.synthetic,
                    *(bound(box).label(name) for name, bound in _BOUNDS.items()),
                    geo.ST_X(b.label).label("lon"),
                    geo.ST_Y(b.label).label("lat"),
                ).where(b.edition_id == edition.id, b.code == code)
            )
        )
        .mappings()
        .one()
    )
    below = await connection.execute(
        select(b.code, b.name, b.level).where(b.edition_id == edition.id, b.parent_code == code).order_by(b.code)
    )
    return AreaRecord(
        code=row["code"],
        name=row["name"],
        level=row["level"],
        parent_code=row["parent_code"],
        children=tuple(AreaBrief(*child) for child in below),
        bbox=(row["west"], row["south"], row["east"], row["north"]),
        label=(row["lon"], row["lat"]),
        households=row["households"],
        residents=row["residents"],
        area_m2=row["area_m2"],
        edition=edition.name,
        edition_id=edition.id,
        synthetic=row["synthetic"],
        answer=answer,
    )


_BOUNDS = {"west": func.ST_XMin, "south": func.ST_YMin, "east": func.ST_XMax, "north": func.ST_YMax}


async def search(connection: AsyncConnection, text: str, at: datetime, limit: int = 20) -> list[AreaHit]:
    """Answer areas whose name holds every word of a text, or whose code begins with it.

    Latin letters stand for pinyin (``wubaihu``) or its initials (``wbh``): the beginning of either, or three letters
    and more of any part.  Larger areas first, then by code.  An empty text finds nothing.
    """
    words = list(dict.fromkeys(re.findall(r"\w+", text)))[:6]
    edition = await edition_at(connection, at)
    if not words or edition is None:
        return []
    b = boundaries.alias("b")
    above = boundaries.alias("above")
    # A word may name the area itself or one above it ("香河 太平庄"); the last one must name the area.
    by_name = and_(
        _is_called(b, words[-1]),
        *(
            select(above.c.code)
            .where(above.c.edition_id == edition.id, above.c.code == func.any(b.c.chain), _is_called(above, word))
            .exists()
            for word in words[:-1]
        ),
    )
    found = await connection.execute(
        select(b.c.code, b.c.name, b.c.level, b.c.chain)
        .where(b.c.edition_id == edition.id, or_(by_name, b.c.code.startswith(words[-1], autoescape=True)))
        .order_by(func.cardinality(b.c.chain), b.c.code)
        .limit(limit)
    )
    rows = found.mappings().all()
    codes = {code for row in rows for code in row["chain"]}
    named = await connection.execute(
        select(above.c.code, above.c.name).where(above.c.edition_id == edition.id, above.c.code.in_(codes))
    )
    name_of = {code: name for code, name in named}  # noqa: C416  (rows, not pairs, to the type checker)
    return [AreaHit(r["code"], r["name"], r["level"], tuple(name_of[c] for c in r["chain"][:-1])) for r in rows]


def _is_called(area: FromClause, word: str) -> ColumnElement[bool]:
    called = area.c.name.contains(word, autoescape=True)
    letters = word.lower()
    if not re.fullmatch("[a-z0-9]+", letters) or letters.isdecimal():
        return called
    inner = len(letters) >= _INNER_LETTERS
    spelled = (
        select(spellings.c.code)
        .where(
            spellings.c.edition_id == area.c.edition_id,
            spellings.c.code == area.c.code,
            or_(
                *(
                    column.contains(letters) if inner else column.startswith(letters)
                    for column in (spellings.c.pinyin, spellings.c.initials)
                )
            ),
        )
        .exists()
    )
    return or_(called, spelled)


_NAMES = text("SELECT code, name FROM area_names(:codes, :at)")


async def names_of(connection: AsyncConnection, codes: Iterable[str], at: datetime) -> dict[str, str]:
    """Answer what areas are called at an instant; one that is no longer drawn as it was called last.

    A code that no edition knew by then is left out.
    """
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    found = await connection.execute(_NAMES, {"codes": wanted, "at": at})
    return {row[0]: row[1] for row in found}


async def extent(connection: AsyncConnection, at: datetime) -> tuple[float, float, float, float] | None:
    """Answer west, south, east, north of all that is served, EPSG:4326 degrees; None without an edition in force."""
    edition = await edition_at(connection, at)
    if edition is None:
        return None
    b = boundaries.c
    box = func.ST_Extent(b.geom)
    row = await connection.execute(
        select(*(bound(box) for bound in _BOUNDS.values())).where(b.edition_id == edition.id, b.parent_code.is_(None))
    )
    west, south, east, north = row.one()
    return west, south, east, north


async def served(connection: AsyncConnection, at: datetime) -> tuple[AreaBrief, ...]:
    """Answer which jurisdictions are served: the topmost areas of the edition of an instant, by code."""
    edition = await edition_at(connection, at)
    if edition is None:
        return ()
    b = boundaries.c
    found = await connection.execute(
        select(b.code, b.name, b.level).where(b.edition_id == edition.id, b.parent_code.is_(None)).order_by(b.code)
    )
    return tuple(AreaBrief(*row) for row in found)
