"""The cells of many positions at once are those that the library gives one by one: anywhere, along edges, at corners."""

import h3.api.basic_int as h3
import numpy as np
import pytest

from gis.cell_lattice import cells_at
from gis.cells import RESOLUTIONS, cells_of, cells_of_many

ALL = tuple(range(13))


def one_by_one(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    pairs = list(zip(lat.tolist(), lon.tolist(), strict=True))
    return np.array([[h3.latlng_to_cell(*pair, resolution) for resolution in ALL] for pair in pairs]).reshape(
        -1, len(ALL)
    )


def anywhere(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return rng.uniform(-180, 180, 4000), np.degrees(np.arcsin(rng.uniform(-1, 1, 4000)))


def in_the_city(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    return 116.7 + rng.normal(0, 0.2, 4000), 39.4 + rng.normal(0, 0.2, 4000)


def on_edges(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Corners and points of edges of cells, of every resolution, also where five meet."""
    found = [h3.cell_to_latlng(cell) for cell in h3.get_pentagons(0)] + [(90.0, 0.0), (-90.0, 180.0), (0.0, 0.0)]
    for _ in range(300):
        cell = h3.latlng_to_cell(float(rng.uniform(-90, 90)), float(rng.uniform(-180, 180)), int(rng.integers(10)))
        corners = h3.cell_to_boundary(cell)
        (a, b), (c, d) = corners[0], corners[1]
        share = rng.random()
        found += [corners[0], (a + (c - a) * share, b + (d - b) * share) if abs(b - d) < 180 else corners[1]]
    lat, lon = np.array(found).T
    return lon, lat


@pytest.mark.parametrize("drawn", [anywhere, in_the_city, on_edges])
def test_many_at_once_are_as_each_alone(drawn: object) -> None:
    lon, lat = drawn(np.random.default_rng(4))  # type: ignore[operator]
    assert (cells_at(lon, lat, ALL) == one_by_one(lon, lat)).all()


def test_no_position_has_no_cell() -> None:
    assert cells_at(np.empty(0), np.empty(0), ALL).shape == (0, len(ALL))


def test_a_report_among_many_is_where_it_is_alone() -> None:
    lon, lat = in_the_city(np.random.default_rng(9))
    assert cells_of_many(lon, lat)[7].tolist() == cells_of(lon[7], lat[7])
    assert cells_of_many(lon, lat).shape == (4000, len(RESOLUTIONS))
