"""The figures of a picture as a table: sorted by a column, a hundred rows at a time, each with the unit's name.

The numbers are those of the map; nothing is counted here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from api.pages.planner_picture import Picture, number
from grids.access import Actor
from grids.areas import Edition
from maps.layers import Figures
from maps.named import Named, named_areas, named_cells
from maps.questions import Per
from maps.units import Units, units_seen

PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A unit: its key, name and those above it, and its numbers in words; None where a number is not known."""

    key: str
    name: str
    above: tuple[str, ...]
    count: str
    value: str | None
    of: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the table, and where it stands among all."""

    rows: list[Row]
    first: int
    units: int
    page: int
    pages: int


async def table(connection: AsyncConnection, picture: Picture, actor: Actor | None) -> Table:
    """Answer the page of the table that the view asks for."""
    told = picture.figures
    seen = await units_seen(connection, told.edition, told.question.kind, actor)
    order = order_of(told, picture.view.sort)
    pages = max(1, -(-len(order) // PAGE))
    page = min(picture.view.page, pages)
    shown = order[(page - 1) * PAGE : page * PAGE]
    named = await names(connection, told.edition, told.question.kind, [seen.keys[n] for n in shown])
    rows = [_row(picture, seen, n, named.get(seen.keys[n])) for n in shown]
    return Table(rows, (page - 1) * PAGE + 1, len(order), page, pages)


async def names(connection: AsyncConnection, edition: Edition, kind: str, keys: list[str]) -> dict[str, Named]:
    """Answer what units of a kind are called."""
    call = named_cells if kind.startswith("cell-") else named_areas
    return await call(connection, edition, keys)


def order_of(told: Figures, sort: str) -> list[int]:
    """Answer the units from 0 in the order of a column; what has no number comes last, equals by their number."""
    columns: dict[str, Callable[[int], float | None]] = {
        "value": lambda n: told.values[n],
        "count": lambda n: told.counts[n],
        "before": lambda n: told.before[n] if told.before else None,
        "name": lambda n: n,
    }
    value = columns[sort.removeprefix("-")]
    sign = -1 if sort.startswith("-") else 1
    units = list(range(len(told.counts)))
    known = [n for n in units if value(n) is not None]
    known.sort(key=lambda n: sign * (value(n) or 0))
    return known + [n for n in units if value(n) is None]


def _row(picture: Picture, seen: Units, n: int, named: Named | None) -> Row:
    told, words = picture.figures, picture.words
    name = named.name if named else seen.keys[n]
    if named and told.question.resolution is not None:
        name = words("planner-around", area=name)
    value = told.values[n]
    signed = told.before is not None
    return Row(
        key=seen.keys[n],
        name=name,
        above=tuple(a.name for a in named.chain[1:-1]) if named else (),
        count=few_or(told.counts[n], picture),
        value=None if value is None else change(value) if signed else number(value),
        of=denominator(seen, n, told.question.per),
        before=few_or(told.before[n], picture) if told.before is not None else None,
    )


def few_or(count: int | None, picture: Picture) -> str:
    """Answer a count in words; one that is not told says so."""
    return picture.untold if count is None else f"{count:,}"


def change(value: float) -> str:
    """Answer a difference with its sign.

    >>> change(3.0), change(-0.25), change(0.0)
    ('+3', '−0.25', '0')
    """
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def denominator(seen: Units, n: int, per: Per) -> str | None:
    """Answer what a count is held against, None for a bare count or where nobody counted."""
    if per is Per.COUNT:
        return None
    of: Any = seen.households[n] if per is Per.HOUSEHOLDS else seen.area_m2[n] / 1e6
    return None if of is None else number(float(of) if per is Per.KM2 else round(of))
