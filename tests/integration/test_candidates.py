"""What ``gis_match`` says beside the area: candidates with their shares, the tolerance by which it is near, overlays, flat sets."""

from typing import Any

import numpy as np
import psycopg
import pytest
import shapely

from gis.store import Store
from tests.tessellations import Tessellation, load, points, tessellation

_ASK = """
    SELECT (m).outcome, (m).code, (m).overlay, (m).tolerance_m, (m).border_m, (m).candidates,
           ST_AsBinary(accuracy_circle(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(accuracy)s))
    FROM editions e, gis_match(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(accuracy)s, e) m WHERE e.id = %(edition)s
"""


def ask(owner: psycopg.Connection, edition: int, lon: float, lat: float, accuracy: float | None) -> tuple[Any, ...]:
    row = owner.execute(_ASK, {"lon": lon, "lat": lat, "accuracy": accuracy, "edition": edition}).fetchone()
    assert row
    return row


def shares(city: Tessellation, circle: Any) -> dict[str, float]:
    """Brute force: overlays first, then by code, each takes what is left of the circle."""
    overlays = shapely.union_all(city.shapes[city.overlay])
    taken, found = shapely.Polygon(), {}
    grids = city.of_level(city.names[-1])
    for place in sorted(grids.tolist(), key=lambda n: (not city.overlay[n], city.codes[n])):
        held = shapely.intersection(city.shapes[place], circle)
        if not city.overlay[place]:
            held = shapely.difference(held, overlays)
        held = shapely.difference(held, taken)
        taken = shapely.union(taken, held)
        if held.area > 0:
            found[city.codes[place]] = held.area / circle.area
    return found


@pytest.mark.parametrize("batch", range(4))
def test_shares_are_those_of_brute_force_and_never_more_than_the_circle(database: Store, batch: int) -> None:
    several = 0
    for seed in range(batch, 40, 4):
        rng = np.random.default_rng(seed)
        city = tessellation(rng)
        with psycopg.connect(database.dsn("migrate")) as owner:
            edition = load(owner, city, f"seed {seed}")
            for lon, lat in points(city, rng, 12).tolist():
                accuracy_m = float(rng.choice([0.5, 20, 150, 500]))
                outcome, code, _, _, border_m, found, wkb = ask(owner, edition, lon, lat, accuracy_m)
                circle = shapely.from_wkb(wkb)
                expected = shares(city, circle)
                if (
                    outcome == "inside"
                    and border_m >= accuracy_m
                    and not shapely.intersects(circle, city.shapes[city.overlay]).any()
                ):
                    # Wholly in its grid; others that overlap it there are the checks' to find.
                    expected = {code: 1.0}
                told = {each["code"]: float(each["share"]) for each in found}
                assert sum(round(share * 10_000) for share in told.values()) <= 10_000
                for each in expected.keys() | told.keys():
                    assert told.get(each, 0.0) == pytest.approx(expected.get(each, 0.0), abs=2e-4), (
                        seed,
                        lon,
                        lat,
                        outcome,
                        code,
                    )
                several += len(told) > 1
            owner.rollback()
    assert several > 20


def drawn(
    *areas: tuple[str, str, shapely.Geometry, bool], names: tuple[str, ...], tolerances_m: tuple[float, ...]
) -> Tessellation:
    codes, levels, shapes, overlay = zip(*areas, strict=True)
    multi = np.array([shapely.MultiPolygon([shape]) for shape in shapes], dtype=object)
    return Tessellation(list(codes), list(levels), multi, np.array(overlay), names, tolerances_m)


CITY = ("1", "city", shapely.box(117, 39, 117.1, 39.1), False)
VILLAGE = ("11", "village", shapely.box(117, 39, 117.05, 39.05), False)
GRID = ("11001", "grid", shapely.box(117, 39, 117.02, 39.02), False)
METRE = 1 / 111_000


@pytest.mark.parametrize(
    ("tolerances_m", "lat", "expected"),
    [
        # North of the grid, in the village: near the grid comes before the village that holds the point.
        ((0, 0, 25), 39.02 + 20 * METRE, ("near", "11001", 25.0)),
        ((0, 200, 0), 39.02 + 20 * METRE, ("backstop", "11", None)),
        # North of the village, in the city: near the village comes before the city, if the village may be near at all.
        ((0, 0, 25), 39.05 + 20 * METRE, ("backstop", "1", None)),
        ((0, 200, 25), 39.05 + 20 * METRE, ("near", "11", 200.0)),
        ((0, 200, 25), 39.05 + 210 * METRE, ("backstop", "1", None)),
        # A wide tolerance of the grids reaches over the village that is nearer: the lower level is asked first.
        ((0, 200, 5_000), 39.05 + 20 * METRE, ("near", "11001", 5_000.0)),
        # Outside the city.
        ((300, 200, 25), 39.1 + 250 * METRE, ("near", "1", 300.0)),
        ((0, 200, 25), 39.1 + 1 * METRE, ("outside", None, None)),
        # 0 is never, not even for a point that is off by less than can be told.
        ((0, 0, 0), float(np.nextafter(39.1, 40)), ("outside", None, None)),
    ],
)
def test_each_level_has_its_tolerance_and_lower_ones_are_asked_first(
    database: Store, tolerances_m: tuple[float, ...], lat: float, expected: tuple[Any, ...]
) -> None:
    city = drawn(CITY, VILLAGE, GRID, names=("city", "village", "grid"), tolerances_m=tolerances_m)
    with psycopg.connect(database.dsn("migrate")) as owner:
        edition = load(owner, city, "levels")
        outcome, code, _, tolerance_m, border_m, *_ = ask(owner, edition, 117.01, lat, None)
        assert (outcome, code, tolerance_m) == expected
        assert (border_m is None) == (code is None)
        owner.rollback()


def test_a_circle_in_a_grid_is_looked_over_for_an_overlay_that_reaches_in(database: Store) -> None:
    zone = ("19", "village", shapely.box(117.01, 39.0, 117.0101, 39.02), True)
    city = drawn(CITY, VILLAGE, GRID, zone, names=("city", "village", "grid"), tolerances_m=(0, 0, 25))
    with psycopg.connect(database.dsn("migrate")) as owner:
        edition = load(owner, city, "overlay")
        outcome, code, overlay, *_, candidates, _ = ask(owner, edition, 117.0102, 39.01, 100)
        assert (outcome, code, overlay) == ("inside", "11001", False)
        assert [each["code"] for each in candidates] == ["11001"]
        assert 0.9 < candidates[0]["share"] < 0.96, "8.6 m of 200 m across are the overlay's"
        assert ask(owner, edition, 117.01005, 39.01, 100)[:3] == ("backstop", "19", True)
        owner.rollback()


@pytest.mark.parametrize("accuracy_m", [500.1, 1e300])
def test_a_flat_set_answers_by_its_one_level_however_coarse_the_position_is(database: Store, accuracy_m: float) -> None:
    ward = ("W1", "grid", shapely.box(117, 39, 117.1, 39.1), False)
    with psycopg.connect(database.dsn("migrate")) as owner:
        edition = load(owner, drawn(ward, names=("grid",), tolerances_m=(25,)), "flat")
        outcome, code, *_, candidates, _ = ask(owner, edition, 117.05, 39.05, accuracy_m)
        assert (outcome, code, candidates) == ("inside", "W1", [])
        owner.rollback()


@pytest.mark.parametrize(("lon", "lat"), [(180, 39), (-180, -39), (117, 90), (117, -90), (0, 0), (180, 90)])
@pytest.mark.parametrize("accuracy_m", [None, 30, 501])
def test_the_ends_of_the_earth_are_outside_and_no_error(
    database: Store, lon: float, lat: float, accuracy_m: float | None
) -> None:
    city = drawn(CITY, VILLAGE, GRID, names=("city", "village", "grid"), tolerances_m=(10_000, 10_000, 10_000))
    with psycopg.connect(database.dsn("migrate")) as owner:
        edition = load(owner, city, "ends")
        assert ask(owner, edition, lon, lat, accuracy_m)[:2] == ("outside", None)
        owner.rollback()


@pytest.mark.parametrize("said", ["{25}", "{0,0,-1}", "{0,0,10001}", "{0,0,NaN}", "{0,NULL,25}", "{0,0,Infinity}"])
def test_what_is_no_tolerance_is_refused(migrate: psycopg.Connection, said: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        migrate.execute(
            "INSERT INTO editions (name, levels, tolerances_m, source, datum, synthetic, loaded_at)"
            " VALUES ('x', '{city,village,grid}', %s, 'test', 'wgs84', true, '2019-01-01')",
            (said,),
        )


def test_where_nothing_is_said_the_grids_have_25_m_and_the_levels_above_none(migrate: psycopg.Connection) -> None:
    rows = [
        migrate.execute(
            "INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at)"
            " VALUES (%s, %s, 'test', 'wgs84', true, '2019-01-01') RETURNING tolerances_m",
            (levels, levels),
        ).fetchone()
        for levels in ("{city,village,grid}", "{ward}")
    ]
    assert rows == [([0.0, 0.0, 25.0],), ([25.0],)]
