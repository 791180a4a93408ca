"""Datums: the way there and back is the identity over China, and nothing moves outside it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from gis.datums import Datum, from_wgs84, to_wgs84

_GEOD = Geod(ellps="WGS84")
# Half a degree within the box of the shift: a point that the shift itself carries over the edge has no way back.
IN_CHINA = st.tuples(st.floats(72.6, 137.3), st.floats(1.4, 55.3))
OUTSIDE = st.one_of(
    st.tuples(st.floats(-180, 71.9), st.floats(-90, 90)), st.tuples(st.floats(-180, 180), st.floats(-90, 0.7))
)
SHIFTED = st.sampled_from([Datum.GCJ02, Datum.BD09])


def _metres(a: np.ndarray, b: np.ndarray) -> float:
    return float(_GEOD.inv(a[0, 0], a[0, 1], b[0, 0], b[0, 1])[2])


@given(IN_CHINA, st.sampled_from(list(Datum)))
def test_round_trip_is_under_a_centimetre_over_china(lon_lat: tuple[float, float], datum: Datum) -> None:
    wgs84 = np.array([lon_lat])
    assert _metres(wgs84, to_wgs84(from_wgs84(wgs84, datum), datum)) < 0.01
    assert _metres(wgs84, from_wgs84(to_wgs84(wgs84, datum), datum)) < 0.01


@given(OUTSIDE, st.sampled_from(list(Datum)))
def test_nothing_moves_outside_china(lon_lat: tuple[float, float], datum: Datum) -> None:
    wgs84 = np.array([lon_lat])
    assert np.array_equal(from_wgs84(wgs84, datum), wgs84)
    assert np.array_equal(to_wgs84(wgs84, datum), wgs84)


@given(IN_CHINA, SHIFTED)
def test_a_shifted_position_read_as_wgs84_is_hundreds_of_metres_off(lon_lat: tuple[float, float], datum: Datum) -> None:
    wgs84 = np.array([lon_lat])
    assert 30 < _metres(wgs84, from_wgs84(wgs84, datum)) < 2500


def test_the_shift_in_langfang_is_as_measured() -> None:
    grid = np.stack(np.meshgrid(np.linspace(116.2, 117.1, 40), np.linspace(38.5, 40.0, 40)), -1).reshape(-1, 2)
    shifted = from_wgs84(grid, Datum.GCJ02)
    metres = _GEOD.inv(grid[:, 0], grid[:, 1], shifted[:, 0], shifted[:, 1])[2]
    # The box holds a little more than the city, whose own range is 497 to 575 m.
    assert 490 < metres.min() < 536 < metres.max() < 590


def test_many_positions_convert_as_one_by_one() -> None:
    rng = np.random.default_rng(7)
    many = np.column_stack((rng.uniform(60, 150, 500), rng.uniform(-10, 60, 500)))
    for datum in Datum:
        one_by_one = np.concatenate([from_wgs84(p[None], datum) for p in many])
        assert np.array_equal(from_wgs84(many, datum), one_by_one)
