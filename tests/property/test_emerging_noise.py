"""Noise makes few emerging hotspots: of spans where nothing is there to find, few show any type, and never a lasting one.

Each case draws 60 spans of 24 steps over 721 cells.  What a type of the present needs is a false hot or cold cell in the
last step, and of such steps there are 10% at most (q ≤ 0.1, both sides).  13 or fewer of 60 is what that share stays
under with a probability of 99.8%.  A lasting type needs false cells at one place in 22 of 24 steps: that may never be.
"""

from collections import Counter

import numpy as np
import pytest

from gis.emerging import KINDS, Kind, emerging
from tests.hexagons import disk

SPANS, ALLOWED = 60, 13
NEIGHBOURS = disk(15)
CELLS = NEIGHBOURS.shape[0]


def _types(draw: object) -> Counter[Kind]:
    """In how many spans each type is shown by any cell."""
    shown: Counter[Kind] = Counter()
    for seed in range(SPANS):
        chance = np.random.default_rng(seed)
        counts = draw(chance)  # type: ignore[operator]
        found = emerging(counts, NEIGHBOURS, ["analytic"] * 24, rng=chance)
        assert found.said
        present = {KINDS[place] for place in np.unique(found.kind)} - {Kind.NONE}
        shown.update(present)
        shown["any"] += bool(present)  # type: ignore[index]
    return shown


@pytest.mark.parametrize("expected", [5, 30])
@pytest.mark.parametrize("noise", ["poisson", "negative binomial"])
def test_noise_that_is_new_in_each_step(noise: str, expected: int) -> None:
    def draw(chance: np.random.Generator) -> np.ndarray:
        mean = np.full((24, CELLS), expected / 7)
        return chance.poisson(mean if noise == "poisson" else mean * chance.gamma(0.5, 2.0, (24, CELLS)))

    shown = _types(draw)
    assert sum(shown[kind] for kind in (Kind.INTENSIFYING, Kind.PERSISTENT, Kind.DIMINISHING, Kind.HISTORICAL)) == 0
    assert shown["any"] <= ALLOWED  # type: ignore[index]
    assert shown[Kind.SPORADIC] + shown[Kind.OSCILLATING] + shown[Kind.CONSECUTIVE] <= 2


def test_a_season_of_the_whole_city_is_no_hotspot() -> None:
    """Three times as much everywhere in summer says nothing of any cell."""

    def draw(chance: np.random.Generator) -> np.ndarray:
        season = 3 + 2 * np.sin(np.arange(24) * np.pi / 6)
        return chance.poisson(season[:, None] * np.ones(CELLS))

    assert _types(draw)["any"] <= ALLOWED  # type: ignore[index]


def test_a_lasting_spot_without_a_trend_is_seldom_called_rising() -> None:
    rising = 0
    for seed in range(SPANS):
        chance = np.random.default_rng(seed)
        expected = np.ones((24, CELLS))
        expected[:, :19] = 8
        found = emerging(chance.poisson(expected), NEIGHBOURS, ["analytic"] * 24, rng=chance)
        assert KINDS[found.kind[0]] in (Kind.PERSISTENT, Kind.INTENSIFYING, Kind.DIMINISHING)
        rising += bool(np.isin(found.kind, [KINDS.index(Kind.INTENSIFYING), KINDS.index(Kind.DIMINISHING)]).any())
    assert rising <= ALLOWED
