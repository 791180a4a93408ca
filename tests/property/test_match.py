"""``gis_match`` equals the index, and both equal brute force, point for point: every area asked, no index, GEOS for
containment, pyproj for metres.  ``./run quality locate`` asks 100,000 points in each city, brute force about 500 of them.

Points within 1 mm of the tolerance, or equally near to two grids within 1 mm, are counted and left out.  So are those that
lie beside an edge by less than PostGIS can tell: it decides the side in doubles, GEOS exactly (``lost_in_rounding``).
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import psycopg
import pytest
import shapely
from pyproj import Geod

from gis.index import AreaIndex
from gis.index_lattice import edges_of
from gis.index_outcomes import OUTCOMES
from gis.index_source import index_of_edition_number
from gis.store import Store
from tests.tessellations import Floats, Tessellation, load, points, tessellation

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
    """Ask every area: level by level from the lowest, first for those that hold the point, then for those that are near."""
    here = set(np.flatnonzero(shapely.intersects(city.shapes, shapely.Point(lon, lat))).tolist())
    over = any(city.overlay[n] for n in here)
    unsure = False
    for level, tolerance_m in zip(reversed(city.names), reversed(city.tolerances_m), strict=True):
        may = [n for n in city.of_level(level).tolist() if city.overlay[n] or not over]
        if held := [city.codes[n] for n in may if n in here]:
            first, *also = held
            outcome = "backstop" if level != city.names[-1] else "border" if also else "inside"
            return Expected(outcome, first, also, 0.0, unsure)
        if tolerance_m == 0:
            continue
        away = [(not city.overlay[n], round(metres(lon, lat, city.shapes[n]), 3), city.codes[n]) for n in may]
        unsure |= any(abs(distance_m - tolerance_m) < 0.0015 for _, distance_m, _ in away)
        if reached := sorted(each for each in away if each[1] <= tolerance_m):
            tie = len(reached) > 1 and reached[0][0] == reached[1][0] and reached[1][1] - reached[0][1] < 0.0015
            return Expected("near", reached[0][2], [], reached[0][1], unsure or tie)
    return Expected("outside", None, [], None, unsure)


_ASK = """
    SELECT (m).outcome, (m).code, (m).also, (m).distance_m
    FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p (lon, lat, n),
         editions e, gis_match(ST_SetSRID(ST_MakePoint(lon, lat), 4326), NULL, e) m
    WHERE e.id = %s ORDER BY n
"""


def lost_in_rounding(city: Tessellation, lon: float, lat: float) -> bool:
    """Whether an edge that runs by is on another side of the point, or through it, when that is computed in doubles."""
    edges = edges_of(city.shapes)
    low, high = np.minimum(edges.start, edges.end), np.maximum(edges.start, edges.end)
    by = ((low <= (lon, lat)) & (high >= (lon, lat))).all(axis=1)
    for start, end in zip(edges.start[by].tolist(), edges.end[by].tolist(), strict=True):
        told = (end[0] - start[0]) * (lat - start[1]) - (lon - start[0]) * (end[1] - start[1])
        (x0, y0), (x1, y1), (x, y) = (map(Fraction, each) for each in (start, end, (lon, lat)))
        exactly = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
        if (told > 0, told < 0) != (exactly > 0, exactly < 0):
            return True
    return False


Answers = list[tuple[str, str | None, list[str], float | None]]


def asked(connection: psycopg.Connection, edition: int, where: Floats) -> Answers:
    """What the database answers."""
    return connection.execute(_ASK, (where[:, 0].tolist(), where[:, 1].tolist(), edition)).fetchall()


def differences(city: Tessellation, rows: Answers, where: Floats) -> tuple[list[str], int]:
    """Answer what differs between the database and brute force, and how many points were too close to call."""
    wrong, unsure = [], 0
    for (lon, lat), (outcome, code, also, distance_m) in zip(where.tolist(), rows, strict=True):
        expected = brute_force(city, lon, lat)
        if expected.unsure:
            unsure += 1
        elif (outcome, code, also) != (expected.outcome, expected.code, expected.also):
            if lost_in_rounding(city, lon, lat):
                unsure += 1
            else:
                wrong.append(f"{lon!r} {lat!r}: {outcome} {code} {also}, expected {expected}")
        elif expected.distance_m is not None and abs((distance_m or 0.0) - expected.distance_m) > 0.0015:
            wrong.append(f"{lon!r} {lat!r}: {distance_m} m, expected {expected.distance_m} m")
    return wrong, unsure


def between(city: Tessellation, index: AreaIndex, rows: Answers, where: Floats) -> tuple[list[str], int, int]:
    """Answer what differs between the database and the index, how many points lie within 1 mm of the tolerance, and how
    many differ by rounding.

    Two grids equally near within half a millimetre are the only other excuse; none has been seen, so none is made.
    """
    found = index.match(where[:, 0], where[:, 1])
    wrong, unsure, rounded = [], 0, 0
    for place, (outcome, code, _also, distance_m) in enumerate(rows):
        ours = OUTCOMES[found.outcome[place]], index.codes[found.area[place]] if found.area[place] >= 0 else None
        ours_m = found.distance_m[place]
        nearly = [
            metre
            for metre in (distance_m, ours_m)
            if metre is not None and any(abs(metre - each) < 0.001 for each in city.tolerances_m if each)
        ]
        if nearly:
            unsure += 1
        elif ours != (outcome, code) or not (
            np.isnan(ours_m) if distance_m is None else abs(ours_m - distance_m) <= 0.001
        ):
            if lost_in_rounding(city, *where[place].tolist()):
                rounded += 1
            else:
                wrong.append(f"{where[place].tolist()}: {outcome} {code} {distance_m} m, the index {ours} {ours_m} m")
    return wrong, unsure, rounded


@pytest.mark.parametrize("batch", range(8))
def test_the_database_the_index_and_brute_force_agree(database: Store, batch: int) -> None:
    unsure = close_to_both = rounded = 0
    for seed in range(batch, TESSELLATIONS, 8):
        rng = np.random.default_rng(seed)
        city = tessellation(rng)
        where = points(city, rng, POINTS)
        with psycopg.connect(database.dsn("migrate")) as connection:
            connection.execute("SET ROLE gridwarden_owner")
            edition = load(connection, city, f"seed {seed}")
            rows = asked(connection, edition, where)
            index = index_of_edition_number(connection, edition)
            connection.rollback()
        wrong, close = differences(city, rows, where)
        assert not wrong, f"seed {seed}: " + "\n".join(wrong[:5])
        unsure += close
        wrong, close, lost = between(city, index, rows, where)
        rounded += lost
        assert not wrong, f"seed {seed}: " + "\n".join(wrong[:5])
        close_to_both += close
    # If these grew, the test would look away from what it is for.
    assert unsure < TESSELLATIONS * POINTS / 8 * 0.03
    assert close_to_both < TESSELLATIONS * POINTS / 8 * 0.03
    assert rounded <= TESSELLATIONS * POINTS / 8 * 0.0005
