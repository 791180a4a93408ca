"""Conversions between the datums that positions arrive in.  Numbers only; ``gis.position`` gives them meaning.

Phones give WGS84; WeChat and AMap give GCJ-02; Baidu gives BD-09; surveys give CGCS2000, which equals WGS84 within
decimetres in China and is taken as equal.  Source of the constants: the public description of GCJ-02 (Krasovsky
ellipsoid, a = 6378245.0 m, ee = 0.00669342162296594323) and of BD-09 (a spiral about GCJ-02).
"""

from enum import StrEnum
from math import pi

import numpy as np
from numpy.typing import NDArray

Coordinates = NDArray[np.float64]

_A_M = 6378245.0
_EE = 0.00669342162296594323
_BD_TURN = pi * 3000.0 / 180.0
# Outside this box (lon west, lon east, lat south, lat north) GCJ-02 and BD-09 are defined as WGS84.
_SHIFTED = (72.004, 137.8347, 0.8293, 55.8271)
# The shift changes by less than 1e-4 of a step, so four steps reach 3e-7 m and six the last bit.
_STEPS = 6


class Datum(StrEnum):
    """What the numbers of a position mean on the ground.

    >>> Datum("gcj02").name
    'GCJ02'
    """

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(lon_lat: Coordinates, datum: Datum) -> Coordinates:
    """Answer the WGS84 coordinates of positions given in a datum.

    Parameters
    ----------
    lon_lat : (n, 2) float64
        Longitude and latitude in degrees, in ``datum``.
    datum : Datum
        The datum of the input; there is no default.

    Returns
    -------
    (n, 2) float64
        Longitude and latitude in degrees, EPSG:4326.  Positions outside China come back unchanged.

    Examples
    --------
    >>> to_wgs84(np.array([[117.0, 39.7]]), Datum.GCJ02).round(6).tolist()
    [[116.993825, 39.698804]]
    """
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return lon_lat
    gcj = _gcj02_of_bd09(lon_lat) if datum is Datum.BD09 else lon_lat
    return _wgs84_of_gcj02(gcj)


def from_wgs84(lon_lat: Coordinates, datum: Datum) -> Coordinates:
    """Answer WGS84 coordinates in another datum; the inverse of ``to_wgs84`` (same shapes, degrees).

    >>> from_wgs84(np.array([[2.35, 48.85]]), Datum.GCJ02).tolist()
    [[2.35, 48.85]]
    """
    if datum in (Datum.WGS84, Datum.CGCS2000):
        return lon_lat
    gcj = _gcj02_of_wgs84(lon_lat)
    return _bd09_of_gcj02(gcj) if datum is Datum.BD09 else gcj


def _shifted(lon_lat: Coordinates) -> NDArray[np.bool_]:
    west, east, south, north = _SHIFTED
    lon, lat = lon_lat[:, 0], lon_lat[:, 1]
    inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _shift(lon_lat: Coordinates) -> Coordinates:
    """GCJ-02 minus WGS84, in degrees, at WGS84 positions, as if all lay in China."""
    # Outside the box the series means nothing and may overflow; what comes of it there is not used.
    west, east, south, north = _SHIFTED
    lon, lat = lon_lat[:, 0].clip(west, east), lon_lat[:, 1].clip(south, north)
    x, y = lon - 105.0, lat - 35.0
    wave = 20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)
    root = np.sqrt(np.abs(x))
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (2.0 / 3.0) * (
        wave
        + 20.0 * np.sin(y * pi)
        + 40.0 * np.sin(y / 3.0 * pi)
        + 160.0 * np.sin(y / 12.0 * pi)
        + 320.0 * np.sin(y * pi / 30.0)
    )
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (2.0 / 3.0) * (
        wave
        + 20.0 * np.sin(x * pi)
        + 40.0 * np.sin(x / 3.0 * pi)
        + 150.0 * np.sin(x / 12.0 * pi)
        + 300.0 * np.sin(x / 30.0 * pi)
    )
    phi = np.radians(lat)
    w2 = 1.0 - _EE * np.sin(phi) ** 2
    meridian_m = _A_M * (1.0 - _EE) / w2**1.5
    parallel_m = _A_M * np.cos(phi) / np.sqrt(w2)
    return np.column_stack((np.degrees(east_m / parallel_m), np.degrees(north_m / meridian_m)))


def _gcj02_of_wgs84(lon_lat: Coordinates) -> Coordinates:
    return np.where(_shifted(lon_lat)[:, None], lon_lat + _shift(lon_lat), lon_lat)


def _wgs84_of_gcj02(lon_lat: Coordinates) -> Coordinates:
    guess = lon_lat
    for _ in range(_STEPS):
        guess = lon_lat - _shift(guess)
    # The same side of the box as the forward way decides, so that the way back ends where it began.
    return np.where(_shifted(guess)[:, None], guess, lon_lat)


def _bd09_of_gcj02(lon_lat: Coordinates) -> Coordinates:
    lon, lat = lon_lat[:, 0], lon_lat[:, 1]
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_TURN)
    turned = np.column_stack((radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006))
    return np.where(_shifted(lon_lat)[:, None], turned, lon_lat)


def _gcj02_of_bd09(lon_lat: Coordinates) -> Coordinates:
    guess = lon_lat - np.array([0.0065, 0.006])
    for _ in range(_STEPS):
        lon, lat = guess[:, 0], guess[:, 1]
        radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_TURN)
        angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_TURN)
        turned = np.column_stack((radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006))
        guess = guess + (lon_lat - turned)
    return np.where(_shifted(guess)[:, None], guess, lon_lat)
