"""The hotspots of the planner's page: their legend, and what the browser paints of them.

Tests nothing and decides nothing about rights: ``maps.hotspots`` has done both.
"""

from dataclasses import dataclass
from typing import Any

from grids.language import Words
from maps import hotspot_words
from maps.hotspots import HotspotLayer


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
