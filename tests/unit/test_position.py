"""A position refuses what cannot be one, and says why."""

import math

import pytest

from gis.datums import Datum
from gis.position import (
    BadAccuracyError,
    BadPositionError,
    Position,
    SwappedCoordinatesError,
    UnknownDatumError,
)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_numbers_must_be_finite(bad: float) -> None:
    with pytest.raises(BadPositionError, match="finite"):
        Position(bad, 39.7, Datum.WGS84)
    with pytest.raises(BadPositionError, match="finite"):
        Position(116.9, bad, Datum.WGS84)


def test_swapped_coordinates_are_named_as_such() -> None:
    with pytest.raises(SwappedCoordinatesError) as caught:
        Position(39.7, 116.9, Datum.WGS84)
    assert caught.value.code == "coordinates_swapped"
    assert caught.value.params == {"lon": 39.7, "lat": 116.9}


@pytest.mark.parametrize(("lon", "lat"), [(181, 0), (-180.5, 0), (0, 90.1), (200, 100)])
def test_numbers_must_be_in_range(lon: float, lat: float) -> None:
    with pytest.raises(BadPositionError) as caught:
        Position(lon, lat, Datum.WGS84)
    assert caught.value.code in ("bad_position", "coordinates_swapped")


@pytest.mark.parametrize("datum", ["", "WGS84", "epsg:4326", "gcj-02"])
def test_a_datum_is_never_guessed(datum: str) -> None:
    with pytest.raises(UnknownDatumError):
        Position(116.9, 39.7, datum)  # type: ignore[arg-type]


@pytest.mark.parametrize("accuracy", [-1.0, math.nan, math.inf])
def test_accuracy_is_a_radius(accuracy: float) -> None:
    with pytest.raises(BadAccuracyError):
        Position(116.9, 39.7, Datum.WGS84, accuracy)


def test_the_same_spot_in_four_datums() -> None:
    assert Position(116.99, 39.7, Datum.CGCS2000).wgs84 == Position(116.99, 39.7, Datum.WGS84).wgs84
    lon, lat = Position(116.38404722455657, 39.91334545536069, Datum.GCJ02).wgs84
    # The public pair of the GCJ-02 description: 116.377817, 39.911954 in WGS84.
    assert [lon, lat] == pytest.approx([116.377817, 39.911954], abs=1e-8)
