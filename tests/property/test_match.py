"""``gis_match`` equals brute force, point for point: every area asked, no index, GEOS for containment, pyproj for metres.

Points within 1 mm of the tolerance, or equally near to two grids within 1 mm, are counted and left out.
"""

from dataclasses import dataclass

import numpy as np
import psycopg
import pytest
import shapely
from pyproj import Geod

from gis.store import Store
from tests.tessellations import Floats, Tessellation, load, points, tessellation

TOLERANCE_M = 25.0
TESSELLATIONS, POINTS = 200, 500
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Expected:
    """What must be answered; ``unsure`` where a millimetre decides."""

    outcome: str
    code: str | None
    also: list[str]
    distance_m: float | None
    unsure: bool = False


def metres(lon: float, lat: float, shape: shapely.Geometry) -> float:
    """Metres to the nearest point of a shape whose edges are straight in lon and lat."""
    local = Geod(ellps="WGS84")
    east = local.inv(lon - 5e-4, lat, lon + 5e-4, lat)[2]
    north = local.inv(lon, lat - 5e-4, lon, lat + 5e-4)[2]
    ratio = east / north
    stretched = shapely.transform(shape, lambda c: np.column_stack((c[:, 0] * ratio, c[:, 1])))
    near = shapely.get_coordinates(shapely.shortest_line(shapely.Point(lon * ratio, lat), stretched))[1]
    return float(_GEOD.inv(lon, lat, near[0] / ratio, near[1])[2])


def brute_force(city: Tessellation, lon: float, lat: float) -> Expected:
    """Ask every area."""
    here = np.flatnonzero(shapely.intersects(city.shapes, shapely.Point(lon, lat)))
    over = bool(city.overlay[here].any())
    may = city.overlay if over else np.ones(len(city.codes), dtype=bool)
    held = {
        level: [city.codes[n] for n in city.of_level(level) if n in here and may[n]]
        for level in ("grid", "village", "city")
    }
    if held["grid"]:
        first, *also = held["grid"]
        return Expected("border" if also else "inside", first, also, 0.0)
    grids = city.of_level("grid")
    away = [
        (round(metres(lon, lat, city.shapes[n]), 3), not city.overlay[n], city.codes[n])
        for n in grids
        if may[n] and shapely.distance(city.shapes[n], shapely.Point(lon, lat)) < 0.001
    ]
    reached = sorted((not_over, d, code) for d, not_over, code in away if d <= TOLERANCE_M)
    unsure = any(abs(d - TOLERANCE_M) < 0.0015 for d, _, _ in away)
    if reached:
        tie = len(reached) > 1 and reached[0][0] == reached[1][0] and reached[1][1] - reached[0][1] < 0.0015
        return Expected("near", reached[0][2], [], reached[0][1], unsure or tie)
    for level in ("village", "city"):
        if held[level]:
            return Expected("backstop", held[level][0], held[level][1:], 0.0, unsure)
    return Expected("outside", None, [], None, unsure)


_ASK = """
    SELECT (m).outcome, (m).code, (m).also, (m).distance_m
    FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p (lon, lat, n),
         editions e, gis_match(ST_SetSRID(ST_MakePoint(lon, lat), 4326), NULL, e) m
    WHERE e.id = %s ORDER BY n
"""


def differences(
    connection: psycopg.Connection, city: Tessellation, edition: int, where: Floats
) -> tuple[list[str], int]:
    """Answer what differs between the database and brute force, and how many points were too close to call."""
    rows = connection.execute(_ASK, (where[:, 0].tolist(), where[:, 1].tolist(), edition)).fetchall()
    wrong, unsure = [], 0
    for (lon, lat), (outcome, code, also, distance_m) in zip(where.tolist(), rows, strict=True):
        expected = brute_force(city, lon, lat)
        if expected.unsure:
            unsure += 1
        elif (outcome, code, also) != (expected.outcome, expected.code, expected.also):
            wrong.append(f"{lon!r} {lat!r}: {outcome} {code} {also}, expected {expected}")
        elif expected.distance_m is not None and abs(distance_m - expected.distance_m) > 0.0015:
            wrong.append(f"{lon!r} {lat!r}: {distance_m} m, expected {expected.distance_m} m")
    return wrong, unsure


@pytest.mark.parametrize("batch", range(8))
def test_the_database_answers_as_brute_force_does(database: Store, batch: int) -> None:
    unsure = 0
    for seed in range(batch, TESSELLATIONS, 8):
        rng = np.random.default_rng(seed)
        city = tessellation(rng)
        where = points(city, rng, POINTS)
        with psycopg.connect(database.dsn("migrate")) as connection:
            connection.execute("SET ROLE gridwarden_owner")
            edition = load(connection, city, f"seed {seed}")
            wrong, close = differences(connection, city, edition, where)
            connection.rollback()
        assert not wrong, f"seed {seed}: " + "\n".join(wrong[:5])
        unsure += close
    # If these grew, the test would look away from what it is for.
    assert unsure < TESSELLATIONS * POINTS / 8 * 0.03
