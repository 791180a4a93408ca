"""Noise makes no hotspots: where nothing is there to find, at most one map in ten shows any hot cell at q ≤ 0.1.

Each case draws 200 maps of 1,951 cells.  The true share of maps with a false hot cell is about 5% at most (the
two-sided q of 0.1 spends half on each side); 20 or fewer of 200 is what such a share stays under with a probability of
99.8%; the seeds are fixed, so a failure is a fault and not bad luck.  Noise whose single cells are far louder than their
spread lets expect (lognormal) is not tested: such a cell is told as hot, and is meant to be.
"""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from gis.discovery import false_discovery
from gis.hotspots import getis_ord, hotspots
from tests.hexagons import disk

MAPS, ALLOWED = 200, 20
NEIGHBOURS = disk(25)
CELLS = NEIGHBOURS.shape[0]

Noise = Callable[[np.random.Generator, NDArray[np.float64]], NDArray[np.int64]]

NOISE: dict[str, Noise] = {
    "poisson": lambda chance, mean: chance.poisson(mean),
    "negative binomial": lambda chance, mean: chance.poisson(mean * chance.gamma(0.5, 2.0, CELLS)),
}


def _uneven_households(chance: np.random.Generator) -> NDArray[np.int64]:
    """Smooth over the ground like a town and its country: hundreds in the middle, one or two outside, many cells 0."""
    relief: NDArray[np.float64] = chance.normal(size=CELLS)
    sizes = np.diff(NEIGHBOURS.indptr) + 1
    for _ in range(5):
        relief = (relief + NEIGHBOURS @ relief) / sizes
    households: NDArray[np.int64] = chance.poisson(np.exp(1.5 + 1.5 * relief / relief.std()))
    return households


def _villages(chance: np.random.Generator) -> NDArray[np.int64]:
    """A few hundred households in one cell of seven, a lone house here and there, fields between."""
    kind = chance.random(CELLS)
    return np.where(kind < 0.15, chance.poisson(150, CELLS), np.where(kind < 0.4, chance.poisson(2, CELLS), 0))


@pytest.mark.parametrize("expected", [5, 10, 50])
@pytest.mark.parametrize("noise", NOISE)
def test_counts(noise: str, expected: int) -> None:
    chance = np.random.default_rng(expected)
    maps = 0
    for _ in range(MAPS):
        counts = NOISE[noise](chance, np.full(CELLS, expected / 7))
        maps += bool((hotspots(counts, NEIGHBOURS, method="analytic", rng=chance).bin > 0).any())
    assert maps <= ALLOWED


@pytest.mark.parametrize("expected", [5, 20])
@pytest.mark.parametrize("ground", [_uneven_households, _villages])
def test_rates(ground: Callable[[np.random.Generator], NDArray[np.int64]], expected: int) -> None:
    chance = np.random.default_rng(expected)
    maps = 0
    for _ in range(MAPS):
        households = ground(chance)
        counts = chance.poisson(households * (expected / 7 * CELLS / households.sum()))
        found = hotspots(counts, NEIGHBOURS, method="analytic", rng=chance, households=households)
        maps += bool((found.bin > 0).any())
    assert maps <= ALLOWED


@pytest.mark.parametrize("with_households", [False, True])
def test_permutations_of_a_small_map(with_households: bool) -> None:
    chance, neighbours = np.random.default_rng(3), disk(3)
    maps = 0
    for _ in range(MAPS // 2):
        households = chance.integers(0, 300, neighbours.shape[0])
        counts = chance.multinomial(15, households / households.sum())
        if not with_households:
            counts = chance.poisson(15 / neighbours.shape[0], neighbours.shape[0])
        lived_in = households if with_households else None
        found = hotspots(counts, neighbours, method="permutation", rng=chance, households=lived_in)
        maps += bool((found.bin > 0).any())
    assert maps <= ALLOWED // 2


def test_the_normal_distribution_would_not_have_held() -> None:
    """The trap that the other tests are set for is a real one: the usual p makes hot cells of noise in most maps."""
    chance = np.random.default_rng(5)
    maps = 0
    for _ in range(MAPS):
        z, p_norm = getis_ord(chance.poisson(5 / 7, CELLS), NEIGHBOURS)
        maps += bool(((false_discovery(2 * p_norm) <= 0.1) & (z > 0)).any())
    assert maps > 2 * ALLOWED
