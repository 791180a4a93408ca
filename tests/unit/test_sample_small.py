"""The committed small sample can be read back whole, and the divisions behind it."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import shapely

from grids.sample.categories import CATEGORIES
from grids.sample.divisions import (
    CITY,
    EXAMPLE_VILLAGE,
    WUBAIHU,
    DivisionsMissingError,
    default_path,
    grid_code,
    plan_village,
    read_divisions,
    short_name,
    split_households,
)
from grids.sample.redraw import MERGED, MOVED, RENAMED, SPLIT, redraw
from grids.sample.reported import SeedUsedError, draw_numbers
from grids.sample.small import default_folder, read_sample


def test_the_small_sample_is_a_coverage_with_all_its_parents() -> None:
    sample = read_sample(default_folder())
    for edition in sample.city.editions:
        areas = edition.by_code()
        assert {"1310", "131024", WUBAIHU, EXAMPLE_VILLAGE} <= areas.keys()
        assert len(edition.of_level("village")) == 44
        for level in edition.levels:
            assert shapely.coverage_is_valid([area.geom for area in edition.of_level(level)])
        for area in edition.areas:
            assert area.chain[0] == CITY
            assert all(code in areas for code in area.chain)
            assert area.synthetic
    codes = {area.code for edition in sample.city.editions for area in edition.areas}
    assert {posting.area_code for posting in sample.postings} <= codes
    assert any(posting.role == "administrator" for posting in sample.postings)
    assert {site.kind for site in sample.sites} >= {"nursery", "school", "fuel_store", "road", "ditch"}


def test_the_redraw_splits_merges_moves_and_renames() -> None:
    before = read_sample(default_folder()).city.edition("2025")
    after = redraw(before)
    old, new = before.by_code(), after.by_code()
    assert new.keys() - old.keys() == {grid_code(SPLIT, 4)}
    assert old.keys() - new.keys() == {grid_code(MERGED, 2)}
    changed = {code for code in old.keys() & new.keys() if old[code] != new[code]}
    assert changed == {
        grid_code(SPLIT, 1),
        grid_code(MERGED, 1),
        *(grid_code(MOVED, n) for n in (1, 2)),
        grid_code(RENAMED, 2),
    }
    assert new[grid_code(RENAMED, 2)].geom == old[grid_code(RENAMED, 2)].geom
    for edition in (before, after):
        assert sum(a.households for a in edition.of_level("grid")) == old[WUBAIHU].households
    assert shapely.coverage_is_valid([area.geom for area in after.of_level("grid")])
    assert shapely.union_all([a.geom for a in after.of_level("grid")]).symmetric_difference(
        shapely.union_all([a.geom for a in before.of_level("grid")])
    ).area == pytest.approx(0, abs=1e-12)


def test_divisions() -> None:
    divisions = read_divisions(default_path())
    assert len(divisions) == 1 + 11 + 123 + 3619 + 1
    villages = [division for division in divisions if division.level == "village"]
    assert all(short_name(village.name) for village in villages)
    assert {plan_village(village, 1).grids for village in villages} == {1, 2, 3, 4}
    assert plan_village(villages[0], 1) == plan_village(villages[0], 1)
    assert next(division for division in divisions if division.level == "city").parent_code is None


def test_a_missing_or_wrong_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DivisionsMissingError, match="checkout"):
        read_divisions(tmp_path / "nothing.csv")
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DivisionsMissingError):
        read_divisions(tmp_path / "wrong.csv")


def test_households_add_up() -> None:
    for parts in (1, 2, 3, 4):
        assert sum(split_households(977, parts, np.random.default_rng(parts))) == 977


def test_categories_are_complete() -> None:
    codes = [category.code for category in CATEGORIES]
    assert len(codes) == len(set(codes)) >= 14
    assert all(category.name_zh and category.name_en and category.solve_hours > 0 for category in CATEGORIES)
    assert {"dumping", "exposed_rubbish"} <= {c.code for c in CATEGORIES if c.family == "rubbish"}
    assert all(category.private for category in CATEGORIES if category.family in ("dispute", "care"))


def test_numbers_are_distinct_and_a_used_seed_is_noticed() -> None:
    numbers = draw_numbers(500, 3, ())
    assert len(set(numbers)) == 500
    assert draw_numbers(500, 3, set(numbers[:4])) != numbers
    with pytest.raises(SeedUsedError, match="--seed"):
        draw_numbers(500, 3, set(numbers))


def test_sources_name_every_file_with_its_checksum() -> None:
    folder = default_folder().parent
    said = (folder / "SOURCES.md").read_text(encoding="utf-8")
    for path in sorted(folder.rglob("*.*")):
        if path.name != "SOURCES.md":
            assert f"`{path.relative_to(folder)}`" in said
            assert sha256(path.read_bytes()).hexdigest() in said, path.name
