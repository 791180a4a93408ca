"""The hotspots of the planner's page: their legend, what the browser paints of them, and the same as a table.

Tests nothing and decides nothing about rights: ``maps.hotspots`` has done both.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.pages.planner_table import PAGE, names
from grids.access import Actor
from grids.language import Words
from maps import hotspot_words
from maps.hotspots import HotspotLayer
from maps.named import Named
from maps.units import units_seen


@dataclass(frozen=True, slots=True)
class HotspotRow:
    """A hotspot or cold spot: its cell, where it lies, and what was found there, in words."""

    key: str
    name: str
    above: tuple[str, ...]
    colour: str
    said: str
    count: str
    sum: str
    expected: str
    q: str


@dataclass(frozen=True, slots=True)
class HotspotTable:
    """One page of the hotspots, and where it stands among all."""

    rows: list[HotspotRow]
    first: int
    cells: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class HotspotPicture:
    """Hotspots, ready to be told."""

    found: HotspotLayer
    words: Words

    @property
    def heading(self) -> str:
        """What the legend is of."""
        return hotspot_words.heading(self.found, self.words)

    @property
    def legend(self) -> list[hotspot_words.Bin]:
        """All bins, the hottest first."""
        return hotspot_words.legend(self.found, self.words)

    @property
    def verdict(self) -> str | None:
        """Why nothing was tested, or that nothing was found."""
        return hotspot_words.verdict(self.found, self.words)

    @property
    def how(self) -> str | None:
        """How hotspots were told from chance."""
        return hotspot_words.how(self.found, self.words)

    @property
    def left_out(self) -> str | None:
        """That the reader's own private reports were not counted."""
        return hotspot_words.left_out(self.found, self.words)

    def data(self) -> dict[str, Any]:
        """Answer what the browser paints, and what the label at the pointer says; lists of equal length."""
        found, each = self.found, range(len(self.found.n))
        return {
            "kind": found.question.kind,
            "n": found.n,
            "bin": found.bin,
            "sum": [hotspot_words.observed(found, at) for at in each],
            "expected": [hotspot_words.expected(found, at) for at in each],
            "q": [hotspot_words.certainty(found, at) for at in each],
            "cell": hotspot_words.pattern(found, self.words),
            "bins": {bin_: hotspot_words.bin_name(bin_, self.words) for bin_ in range(-3, 4)},
        }

    def of_cell(self, kind: str) -> tuple[str, str] | None:
        """Answer colour and sentence of the one cell that was asked for, None if cells of its size were not tested."""
        if not self.found.n or self.found.question.kind != kind:
            return None
        return hotspot_words.colour(self.found.bin[0]), hotspot_words.sentence(self.found, 0, self.words)

    async def table(self, connection: AsyncConnection, page: int, actor: Actor | None) -> HotspotTable:
        """Answer a page of the table, the hottest first; only what the map tells of decides the order."""
        found = self.found
        order = found.hottest_first()
        pages = max(1, -(-len(order) // PAGE))
        page = min(page, pages)
        shown = order[(page - 1) * PAGE : page * PAGE]
        kind = found.question.kind
        keys = (await units_seen(connection, found.edition, kind, actor)).keys
        named = await names(connection, found.edition, kind, [keys[found.n[at] - 1] for at in shown])
        rows = [self._row(at, key, named.get(key)) for at in shown for key in [keys[found.n[at] - 1]]]
        return HotspotTable(rows, (page - 1) * PAGE + 1, len(order), page, pages)

    def _row(self, at: int, key: str, named: Named | None) -> HotspotRow:
        found, count = self.found, self.found.count[at]
        return HotspotRow(
            key=key,
            name=self.words("planner-around", area=named.name) if named else key,
            above=tuple(area.name for area in named.chain[1:-1]) if named else (),
            colour=hotspot_words.colour(found.bin[at]),
            said=hotspot_words.bin_name(found.bin[at], self.words, length="short"),
            count="" if count is None else f"{count:,}",
            sum=hotspot_words.observed(found, at),
            expected=hotspot_words.expected(found, at),
            q=hotspot_words.certainty(found, at),
        )
