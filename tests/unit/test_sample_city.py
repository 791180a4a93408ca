"""The whole drawn city, both editions: nothing missing, nothing twice, and what was planted is there."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.drawing import PLANE_SCALE_M, as_multi
from gis.index import AreaIndex
from gis.index_outcomes import OUTCOMES
from grids.sample.build import LOG_INS, log_in
from grids.sample.categories import CATEGORIES
from grids.sample.city import Area, City, Edition, draw_city
from grids.sample.divisions import EXAMPLE_VILLAGE, WUBAIHU, ZONE, default_path, read_divisions
from grids.sample.layout import county_outlines, reading_order
from grids.sample.pins import draw_pins
from grids.sample.postings import DEPARTMENT_OF, DEPARTMENTS, draw_postings
from grids.sample.sites import NURSERY_GRID, draw_sites
from grids.sample.small import default_folder, write_sample
from grids.sample.teams import HELPERS

EDITIONS = ("2019", "2025")
HOSTS = ("131002", "131003")
NORTH = ("131024", "131028", "131082")


@pytest.fixture(scope="module")
def city() -> City:
    return draw_city(default_path())


@pytest.fixture(scope="module", params=EDITIONS)
def edition(city: City, request: pytest.FixtureRequest) -> Edition:
    return city.edition(request.param)


def test_every_division_is_there_with_its_name(edition: Edition) -> None:
    areas = edition.by_code()
    for division in read_divisions(default_path()):
        found = areas[division.code]
        assert (found.level, found.name, found.parent_code) == (division.level, division.name, division.parent_code)
    counts = Counter(area.level for area in edition.areas)
    assert (counts["city"], counts["county"], counts["township"], counts["village"]) == (1, 11, 123, 3620)
    assert 5800 <= counts["grid"] <= 6200


def test_every_level_is_a_coverage_and_the_zone_another_one_over_it(edition: Edition) -> None:
    for level in edition.levels:
        for over in (False, True):
            stratum = [area.geom for area in edition.of_level(level) if area.overlay == over]
            assert shapely.coverage_is_valid(stratum), (level, over)


def test_children_fill_their_parents_except_under_the_zone_and_where_planted(city: City, edition: Edition) -> None:
    planted = {plant.village_code: plant.geom for plant in city.plants}
    zone = edition.by_code()[ZONE].geom
    children: dict[str, list[shapely.Geometry]] = {}
    for area in edition.areas:
        children.setdefault(area.parent_code or "", []).append(area.geom)
    for area in edition.areas:
        if area.level == "grid":
            continue
        parts = [*children[area.code], *([planted[area.code]] if area.code in planted else [])]
        if area.code in HOSTS:
            under = shapely.difference(area.geom, shapely.coverage_union_all(parts))
            assert shapely.area(shapely.difference(under, zone)) < 1e-12, area.code
            continue
        # Equal to the last vertex, not only in shape.
        counties = [part for part in parts if area.level != "city" or part != zone]
        assert as_multi(shapely.coverage_union_all(counties)) == area.geom, area.code


def test_areas_hang_together_and_the_north_stays_apart(edition: Edition) -> None:
    areas = edition.by_code()
    assert all(len(area.geom.geoms) == 1 for area in edition.areas if area.level != "city")
    parts = areas["1310"].geom.geoms
    assert len(parts) == 2
    north = as_multi(shapely.coverage_union_all([areas[code].geom for code in NORTH]))
    assert as_multi(min(parts, key=lambda part: part.area)) == north


def test_counties_keep_their_outlines_and_the_zone_lies_over_its_hosts(edition: Edition) -> None:
    areas = edition.by_code()
    zone = areas[ZONE].geom
    for code, outline in county_outlines().items():
        assert shapely.area(shapely.symmetric_difference(areas[code].geom, outline)) < 1e-6 * shapely.area(outline)
    shares = [zone.intersection(areas[host].geom).area / zone.area for host in HOSTS]
    assert min(shares) > 0.15
    assert sum(shares) == pytest.approx(1)
    assert 20e6 < areas[ZONE].area_m2 < 90e6


def test_all_of_the_zone_is_an_overlay_and_some_grids_lie_under_its_edge_none_whole(edition: Edition) -> None:
    assert {area.code for area in edition.areas if area.overlay} == {a.code for a in edition.areas if ZONE in a.chain}
    zone = edition.by_code()[ZONE].geom
    grids = [area for area in edition.of_level("grid") if not area.overlay]
    left = {a.code: shapely.difference(a.geom, zone).area / a.geom.area for a in grids if a.geom.intersects(zone)}
    under = {code for code, share in left.items() if share < 1 - 1e-9}
    assert {code[:6] for code in under} == set(HOSTS)
    assert min(left.values()) > 0


def test_where_a_grid_lies_under_the_zone_the_zone_answers(edition: Edition) -> None:
    areas = edition.areas
    level = np.array([edition.levels.index(area.level) for area in areas])
    overlay = np.array([area.overlay for area in areas])
    outlines = np.array([area.geom for area in areas], dtype=object)
    index = AreaIndex(outlines, [area.code for area in areas], level, overlay, levels=len(edition.levels))
    zone = edition.by_code()[ZONE].geom
    shared = shapely.intersection(outlines[(level == level.max()) & ~overlay], zone)
    places = shapely.get_coordinates(shapely.point_on_surface(shared[shapely.area(shared) > 1e-9]))
    assert len(places) > 10
    found = index.match(places[:, 0], places[:, 1])
    assert {OUTCOMES[outcome] for outcome in found.outcome} == {"inside"}
    assert {(len(code), code[:6]) for code in index.codes[found.area]} == {(15, ZONE)}


def test_wubaihu_touches_no_county_outline(edition: Edition) -> None:
    areas = edition.by_code()
    outline = shapely.boundary(county_outlines()["131024"])
    assert areas[WUBAIHU].geom.distance(outline) > 0.005
    # Nor is one vertex of it or below it taken from an outline.
    known = {tuple(xy) for xy in shapely.get_coordinates(outline).round(7).tolist()}
    mine = [area.geom for area in edition.areas if WUBAIHU in area.chain]
    assert not known & {tuple(xy) for xy in shapely.get_coordinates(mine).tolist()}


def test_codes_chains_and_sums(edition: Edition) -> None:
    areas = edition.by_code()
    households: Counter[str] = Counter()
    residents: Counter[str] = Counter()
    for area in edition.areas:
        assert area.chain[0] == "1310"
        assert area.chain[-1] == area.code
        assert len(area.chain) == edition.levels.index(area.level) + 1
        assert area.synthetic
        assert area.area_m2 > 0
        assert shapely.contains_properly(area.geom, shapely.Point(area.label)), area.code
        if area.parent_code:
            assert area.chain[-2] == area.parent_code
            assert area.code.startswith(area.parent_code)
            households[area.parent_code] += area.households
            residents[area.parent_code] += area.residents
    for code in households:
        assert (areas[code].households, areas[code].residents) == (households[code], residents[code])


def test_grids_are_numbered_like_words_on_a_page(edition: Edition) -> None:
    by_village: dict[str, list[Area]] = {}
    for grid in edition.of_level("grid"):
        by_village.setdefault(str(grid.parent_code), []).append(grid)
    for village, grids in by_village.items():
        assert [grid.code for grid in grids] == [f"{village}{number:03d}" for number in range(1, len(grids) + 1)]
        for one, after in pairwise(grids):
            (west, north), (lon, lat) = one.geom.centroid.coords[0], after.geom.centroid.coords[0]
            # The next is further east in the same row, or in a row further south.
            assert lon > west or lat < north, village
    assert {len(grids) for grids in by_village.values()} == {1, 2, 3, 4}


def test_rows_run_north_to_south_and_west_to_east() -> None:
    middles = np.array([[5.0, 0.0], [0.0, 100.0], [9.0, 95.0], [1.0, 3.0]])
    assert reading_order(middles, 30.0) == [1, 2, 3, 0]


def test_sizes_differ_and_borders_are_crooked(edition: Edition) -> None:
    sizes = np.array([area.area_m2 for area in edition.of_level("grid")])
    assert np.percentile(sizes, 95) > 5 * np.percentile(sizes, 5)
    drawn = [area.geom for area in edition.of_level("grid") if WUBAIHU in area.chain]
    steps_m = [
        np.linalg.norm(np.diff(shapely.get_coordinates(ring) * PLANE_SCALE_M, axis=0), axis=1).max()
        for ring in shapely.get_rings(shapely.get_parts(drawn))
    ]
    assert max(steps_m) < 400


def test_the_second_edition_redraws_some_grids_only(city: City) -> None:
    first, second = (city.edition(name).by_code() for name in EDITIONS)
    for code, area in first.items():
        if area.level != "grid" or area.parent_code not in city.redrawn:
            assert second[code].geom == area.geom
    own = [code for code in city.redrawn if code.startswith(WUBAIHU)]
    assert len(own) == 4
    assert EXAMPLE_VILLAGE not in own
    assert 100 < len(city.redrawn) < 300
    for code in city.redrawn:
        before, after = ([a.geom for a in e.values() if a.parent_code == code] for e in (first, second))
        assert before != after


def test_the_planted_gap_and_hole_lie_in_their_villages_and_in_no_grid(city: City, edition: Edition) -> None:
    areas = edition.by_code()
    gap, hole = city.plants
    assert (gap.kind, hole.kind) == ("gap", "hole")
    grids = shapely.union_all([area.geom for area in edition.of_level("grid") if WUBAIHU in area.chain])
    for plant in city.plants:
        assert areas[plant.village_code].geom.covers(plant.geom)
        assert not grids.intersects(plant.geom.representative_point())
    missing = areas[WUBAIHU].geom.difference(grids)
    assert missing.area == pytest.approx(gap.geom.area + hole.geom.area, rel=1e-6)
    widest_m = 2 * shapely.maximum_inscribed_circle(gap.geom, tolerance=1e-7).length * 95_000
    assert 24 < widest_m < 42


def test_sites_lie_in_wubaihu_and_the_nursery_well_within_its_grid(city: City) -> None:
    areas = city.editions[0].by_code()
    sites = draw_sites(city.editions[0].areas, city.plants)
    assert {site.kind for site in sites} >= {"nursery", "school", "fuel_store", "road", "ditch"}
    for site in sites:
        assert shapely.is_valid(site.geom)
        assert areas[WUBAIHU].geom.covers(site.geom), site.name
    nursery = sites[0].geom
    assert not shapely.intersects(nursery, [site.geom for site in sites[1:]]).any()
    assert areas[NURSERY_GRID].geom.boundary.distance(nursery) * 95_000 > 120


@pytest.mark.parametrize("name", EDITIONS)
def test_pins_are_what_they_say(city: City, name: str) -> None:
    edition = city.edition(name)
    areas = [area for area in edition.areas if WUBAIHU in area.chain]
    grids = [area for area in areas if area.level == "grid"]
    nursery = draw_sites(city.editions[0].areas, city.plants)[0].geom
    assert isinstance(nursery, shapely.Polygon)
    vacant = [grids[7].code]
    pins = {pin.name: pin for pin in draw_pins(areas, nursery, vacant)}
    holding = {
        key: sorted(g.code for g in grids if g.geom.intersects(shapely.Point(pin.lon, pin.lat)))
        for key, pin in pins.items()
    }
    assert holding["nursery"] == [NURSERY_GRID]
    assert len(holding["edge"]) == 2
    assert holding["edge"][0] == pins["edge"].code
    assert holding["gap"] == holding["no_grid"] == holding["outside"] == []
    assert holding["vacancy"] == vacant
    away_m = [g.geom.distance(shapely.Point(pins["no_grid"].lon, pins["no_grid"].lat)) * 85_000 for g in grids]
    assert min(away_m) > 60


def test_postings_leave_vacancies_and_name_nobody(city: City) -> None:
    postings = draw_postings(city, 1310)
    grids = {area.code for area in city.edition("2025").of_level("grid")}
    heads = {p.area_code for p in postings if p.role == "head" and p.until is None}
    deputies = {p.area_code for p in postings if p.role == "deputy" and p.until is None}
    vacant = grids - heads
    assert 0.02 < len(vacant) / len(grids) < 0.045
    assert vacant & deputies
    assert vacant - deputies
    assert {p.role for p in postings} == {
        *("head", "deputy", "member", "desk", "dispatcher", "department", "handler", "clerk", "supervisor"),
        *("planner", "administrator"),
    }
    roles = ("网格", "值班员", "管理员", "分析员", "派单员", "督查员", "受理员", "经办人")
    assert all(any(word in (p.person or "值班员") for word in roles) for p in postings)
    public = [p.name_public for p in postings if p.role == "head"]
    assert 0.45 < np.mean(public) < 0.55


def test_every_level_has_its_office(city: City) -> None:
    postings = draw_postings(city, 1310)
    held = Counter((p.role, len(p.area_code)) for p in postings)
    counties, townships = 11, 123
    assert (held["dispatcher", 4], held["dispatcher", 6], held["dispatcher", 9]) == (1, counties, townships)
    assert (held["supervisor", 4], held["supervisor", 6]) == (1, counties)
    assert (held["clerk", 4], held["clerk", 6]) == (1, counties)
    departments = {(p.area_code, p.desk) for p in postings if p.role == "department"}
    assert len(departments) == counties * len(DEPARTMENTS)
    assert {(p.area_code, p.desk) for p in postings if p.role == "handler" and p.person} == departments
    assert set(DEPARTMENT_OF.values()) <= set(DEPARTMENTS)
    assert set(DEPARTMENT_OF) < {category.family for category in CATEGORIES}


def test_every_log_in_of_the_demo_is_one_posting_of_today(city: City) -> None:
    now = city.edition("2025").valid_from
    today = [p for p in (*draw_postings(city, 1310), *HELPERS) if p.since <= now and (p.until is None or now < p.until)]
    for login in LOG_INS:
        fitting = [p for p in today if log_in(login, "hash").fits(p)]
        # Of a team the first helper, who has no number.
        fitting = [p for p in fitting if p.role != "helper" or not (p.person or "")[-1].isdigit()]
        assert len(fitting) == 1, login
        assert fitting[0].person, login


def test_nobody_is_posted_twice_at_once_nor_outside_the_life_of_a_grid(city: City) -> None:
    postings = draw_postings(city, 1310)
    last: dict[tuple[str, str], object] = {}
    for p in postings:
        assert p.until is None or p.since < p.until
        if p.role in ("head", "desk"):
            key = (p.area_code, p.role)
            if key in last:
                assert last[key] == p.since
            last[key] = p.until
    second = {area.code for area in city.edition("2025").of_level("grid")}
    gone = {area.code for area in city.edition("2019").of_level("grid")} - second
    turn = city.edition("2025").valid_from
    assert gone
    assert all(p.until is not None and p.until <= turn for p in postings if p.area_code in gone)


def test_the_committed_sample_is_what_the_drawing_gives(city: City, tmp_path: Path) -> None:
    written = write_sample(city, tmp_path)
    assert {path.name for path in written} == {path.name for path in default_folder().iterdir()}
    for path in written:
        assert path.read_bytes() == (default_folder() / path.name).read_bytes(), path.name
    assert sum(path.stat().st_size for path in written) < 1_700_000
