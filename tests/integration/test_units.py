"""What maps are drawn of: every area and cell numbered once, households shared without loss, outlines in each band."""

import json
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from psycopg import sql
from pyproj import Geod, Transformer
from shapely import Geometry

from gis.cells import RESOLUTIONS, as_key, cells_within, outlines
from gis.store import Store
from gis.units import BANDS, prepare
from grids.activation import prepare_edition, unprepared
from tests import little_town as town
from tests.tessellations import load, tessellation

EDITION = 2
CITY = shapely.box(116.95, 39.65, 117.1, 39.8)
LEAVES = {
    town.HEADED: shapely.box(117, 39.7, 117.01, 39.71),
    town.DEPUTISED: shapely.box(117.01, 39.7, 117.02, 39.71),
    town.VACANT: shapely.box(117.0202, 39.7, 117.03, 39.71),
    town.EMPTY_VILLAGE: shapely.box(117.032, 39.7, 117.04, 39.71),
}
_PLANE = Transformer.from_crs(4326, 6933, always_xy=True)


def level(shape: Geometry) -> Geometry:
    """A shape in a plane of true areas."""
    return shapely.transform(shape, lambda xy: np.column_stack(_PLANE.transform(xy[:, 0], xy[:, 1])))


def forget(owner: psycopg.Connection[Any]) -> None:
    """Take back all that was prepared for the newer edition."""
    for table in ("units", "shapes", "lineage", "spellings"):
        owner.execute(sql.SQL("DELETE FROM {} WHERE edition_id = 2").format(sql.Identifier(table)))


def again(owner: psycopg.Connection[Any], change: str) -> None:
    """Prepare the newer edition anew after a change of its boundaries."""
    forget(owner)
    owner.execute(change.encode())
    prepare(owner, EDITION)


def households(owner: psycopg.Connection[Any], resolution: int) -> dict[int, float | None]:
    found = owner.execute(
        "SELECT cell, households FROM units WHERE edition_id = 2 AND kind = %s", (f"cell-{resolution}",)
    )
    return dict(found.fetchall())


def test_areas_are_numbered_by_code_within_their_level(owner: psycopg.Connection[Any]) -> None:
    found = owner.execute(
        "SELECT kind, n, key, households, cell FROM units WHERE edition_id = 2 AND cell IS NULL ORDER BY kind, n"
    ).fetchall()
    assert found == [
        ("city", 1, "90", 100, None),
        ("grid", 1, "9001001", 100, None),
        ("grid", 2, "9001002", 100, None),
        ("grid", 3, "9001003", 100, None),
        ("village", 1, "9001", 100, None),
        ("village", 2, "9002", 100, None),
    ]


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_cells_are_those_whose_centre_lies_in_the_edition(owner: psycopg.Connection[Any], resolution: int) -> None:
    found = owner.execute(
        "SELECT n, key, cell, area_m2 FROM units WHERE edition_id = 2 AND kind = %s ORDER BY n",
        (f"cell-{resolution}",),
    ).fetchall()
    cells = cells_within(CITY, resolution).tolist()
    assert [(n, key, cell) for n, key, cell, _ in found] == [(n, as_key(cell), cell) for n, cell in enumerate(cells, 1)]
    geodesic = [abs(Geod(ellps="WGS84").geometry_area_perimeter(shape)[0]) for shape in outlines(cells[:50])]
    assert [area_m2 for *_, area_m2 in found[:50]] == pytest.approx(geodesic, rel=1e-4)


@pytest.mark.parametrize("resolution", [7, 8, 9])
def test_households_are_shared_by_area(owner: psycopg.Connection[Any], resolution: int) -> None:
    found = households(owner, resolution)
    shapes = dict(zip(found, map(level, outlines(found)), strict=True))
    leaves = [level(leaf) for leaf in LEAVES.values()]
    expected = {
        cell: sum(100 * shapely.area(shapely.intersection(shape, leaf)) / shapely.area(leaf) for leaf in leaves)
        for cell, shape in shapes.items()
    }
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)
    # Deep inside the city no cell is left out, so that nothing is lost.
    assert sum(each or 0 for each in found.values()) == pytest.approx(400, rel=1e-6)


def test_ground_under_an_overlay_is_the_overlays(owner: psycopg.Connection[Any]) -> None:
    again(
        owner,
        """
        INSERT INTO areas VALUES ('9001009', 'grid');
        INSERT INTO boundaries SELECT 2, '9001009', 'grid', '园区', '9001', '{90,9001,9001009}', true, 5000, 1, 1, true,
            ST_PointOnSurface(g), ST_Multi(g) FROM ST_MakeEnvelope(117, 39.7, 117.01, 39.705, 4326) g
        """,
    )
    found = households(owner, 9)
    assert sum(each or 0 for each in found.values()) == pytest.approx(5400, rel=1e-6)
    zone, rest = level(shapely.box(117, 39.7, 117.01, 39.705)), level(shapely.box(117, 39.705, 117.01, 39.71))
    shapes = dict(zip(found, map(level, outlines(found)), strict=True))
    inside = [cell for cell, shape in shapes.items() if shapely.contains(zone, shape)]
    above = [cell for cell, shape in shapes.items() if shapely.contains(rest, shape)]
    assert inside
    assert above
    for cell in inside:
        assert found[cell] == pytest.approx(5000 * shapely.area(shapes[cell]) / shapely.area(zone), rel=1e-6)
    # The hundred households of the grid live on what the overlay leaves of it.
    for cell in above:
        assert found[cell] == pytest.approx(100 * shapely.area(shapes[cell]) / shapely.area(rest), rel=1e-6)


def test_a_cell_in_an_area_that_nobody_counted_says_so(owner: psycopg.Connection[Any]) -> None:
    again(owner, "UPDATE boundaries SET households = NULL WHERE edition_id = 2 AND code = '9001001'")
    found = households(owner, 9)
    uncounted = level(LEAVES[town.HEADED])
    for cell, shape in zip(found, map(level, outlines(found)), strict=True):
        common = shapely.area(shapely.intersection(shape, uncounted))
        if common > 1:
            assert found[cell] is None
        elif common == 0:
            assert found[cell] is not None


def test_every_area_has_an_outline_in_every_band_and_every_cell_one(owner: psycopg.Connection[Any]) -> None:
    found = owner.execute(
        "SELECT band, array_agg(DISTINCT kind ORDER BY kind), count(*), bool_and(ST_IsValid(geom) AND ST_Area(geom) > 0)"
        " FROM shapes WHERE edition_id = 2 GROUP BY band ORDER BY band"
    ).fetchall()
    areas = ["city", "grid", "village"]
    cells = sum(len(cells_within(CITY, resolution)) for resolution in RESOLUTIONS)
    assert [band for band, *_ in found] == list(range(len(BANDS)))
    assert all(valid for *_, valid in found)
    # At resolution 5 no centre may lie in so small a city.
    assert found[0][1] == sorted({*areas, *(f"cell-{r}" for r in RESOLUTIONS if len(cells_within(CITY, r)))})
    assert found[0][2] == 6 + cells
    assert [(kinds, count) for _, kinds, count, _ in found[1:]] == [(areas, 6)] * (len(BANDS) - 1)
    whole = owner.execute(
        "SELECT ST_HausdorffDistance(s.geom, ST_Transform(b.geom, 3857)) FROM shapes s JOIN units u USING (edition_id, kind, n)"
        " JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = u.key WHERE s.band = 0 AND s.edition_id = 2"
    ).fetchall()
    assert all(far < 1e-6 for (far,) in whole)


def test_a_code_counts_where_it_stands_or_stood_last(owner: psycopg.Connection[Any]) -> None:
    forget(owner)
    # A grid of the older edition that the newer one does not have.
    owner.execute("DELETE FROM boundaries WHERE edition_id = 2 AND code = '9001003'")
    prepare(owner, EDITION)
    found = owner.execute(
        "SELECT l.kind, u.key FROM lineage l JOIN units u USING (edition_id, kind, n)"
        " WHERE l.edition_id = 2 AND l.code = '9001003' ORDER BY kind"
    ).fetchall()
    assert found == [("city", "90"), ("village", "9001")]


def test_an_edition_is_prepared_once(owner: psycopg.Connection[Any]) -> None:
    assert unprepared(owner) == []
    prepare_edition(owner, EDITION)
    forget(owner)
    assert unprepared(owner) == [(EDITION, "2025")]
    prepare_edition(owner, EDITION)
    assert unprepared(owner) == []
    assert owner.execute(
        "SELECT pinyin, initials FROM spellings WHERE edition_id = 2 AND code = '9002'"
    ).fetchone() == (
        "xicun",
        "xc",
    )


def test_an_edition_without_areas_has_no_units(owner: psycopg.Connection[Any]) -> None:
    forget(owner)
    owner.execute("DELETE FROM boundaries WHERE edition_id = 2")
    prepare_edition(owner, EDITION)
    assert owner.execute("SELECT count(*) FROM units WHERE edition_id = 2").fetchone() == (0,)


@pytest.mark.parametrize("seed", range(4))
def test_broken_boundaries_are_prepared_all_the_same(owner: psycopg.Connection[Any], seed: int) -> None:
    drawn = tessellation(np.random.default_rng([seed, 9]))
    edition = load(owner, drawn, f"broken {seed}")
    prepare(owner, edition)
    shapes = owner.execute(
        "SELECT count(*), bool_and(ST_IsValid(geom)) FROM shapes WHERE edition_id = %s AND kind NOT LIKE 'cell-%%'",
        (edition,),
    ).fetchone()
    assert shapes == (len(drawn.codes) * len(BANDS), True)
    told = owner.execute(
        "SELECT sum(households) FROM units WHERE edition_id = %s AND kind = 'cell-9'", (edition,)
    ).fetchone()
    # What lies wholly under other overlays has no ground of its own that could lie in a cell.
    childless = owner.execute(
        "SELECT sum(households), sum(households) FILTER (WHERE NOT covered) FROM ("
        " SELECT b.households, coalesce(ST_CoveredBy(b.geom, (SELECT ST_Union(o.geom) FROM boundaries o"
        "  WHERE o.edition_id = b.edition_id AND o.overlay AND o.code <> b.code)), false) AS covered"
        " FROM boundaries b WHERE edition_id = %s AND NOT EXISTS"
        " (SELECT FROM boundaries c WHERE c.edition_id = b.edition_id AND c.parent_code = b.code)) b",
        (edition,),
    ).fetchone()
    assert told is not None
    assert childless is not None
    # What overlaps counts once; only what lies outside the cells is missing.
    assert 0.9 * childless[1] < told[0] <= childless[0] * (1 + 1e-9)


def test_a_tile_is_found_by_its_place(owner: psycopg.Connection[Any]) -> None:
    plan = owner.execute(
        "EXPLAIN (FORMAT JSON) SELECT n FROM shapes WHERE edition_id = 2 AND kind = 'cell-9' AND band = 0::smallint"
        " AND geom && ST_TileEnvelope(14, 13517, 6220)"
    ).fetchone()
    assert "shapes_by_place" in json.dumps(plan)


def test_the_service_may_read_and_not_write(web: psycopg.Connection[Any], built: Store) -> None:
    assert built
    assert web.execute("SELECT count(*) FROM shapes").fetchone() is not None
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("SELECT number_areas(1)")
