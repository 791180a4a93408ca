"""Random towns: nothing is found where nothing is wrong, and one planted defect is found, and it alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from gis.boundary_checks import KINDS, check
from gis.candidates import SEVERITIES, Candidate, Finding
from gis.datums import Datum, from_wgs84
from grids.finding_words import sentence
from grids.language import Words
from tests.candidates import DEGREES, LEVELS, candidate, patchwork, with_values

TOWNS = 25
WORDS = Words("zh")


def serious(found: list[Finding]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind, one.codes) for one in found if one.severity != "note"]


def shape_of(town: Candidate, code: str) -> Any:
    return town.shapes[list(town.codes).index(code)]


def pushed_out(town: Candidate, code: str, metres: float) -> Any:
    """A grid that takes some metres from its neighbours in its own village."""
    village = shape_of(town, code[:4])
    return shapely.intersection(shapely.buffer(shape_of(town, code), metres * DEGREES[0], join_style="mitre"), village)


def shift(town: Candidate, code: str) -> Any:
    return shapely.transform(shape_of(town, code), lambda p: from_wgs84(p, Datum.GCJ02))


# What is planted in one grid, and the kinds that must be found, each naming that grid or its village.
Plant = Callable[[Candidate, str], Candidate]
PLANTS: dict[str, tuple[Plant, set[str]]] = {
    "overlap": (lambda t, c: with_values(t, "shapes", {c: pushed_out(t, c, 15)}), {"overlap"}),
    "hole": (
        lambda t, c: with_values(
            t,
            "shapes",
            {c: shapely.difference(shape_of(t, c), shapely.buffer(shapely.point_on_surface(shape_of(t, c)), 0.00005))},
        ),
        {"gap", "hole", "unfilled"},
    ),
    "empty": (lambda t, c: with_values(t, "shapes", {c: None}), {"empty", "hole", "gap", "unfilled", "childless"}),
    "datum": (lambda t, c: with_values(t, "shapes", {c: shift(t, c)}), {"datum"}),
    "missing_name": (lambda t, c: with_values(t, "names", {c: ""}), {"missing_name"}),
    "unknown_parent": (
        lambda t, c: with_values(t, "parents", {c: "7"}),
        {"unknown_parent", "hole", "gap", "unfilled", "childless"},
    ),
}


@pytest.mark.parametrize("seed", range(TOWNS))
def test_nothing_is_found_where_nothing_is_wrong(seed: int) -> None:
    town = patchwork(np.random.default_rng(seed))
    assert serious(check(town)) == []
    assert serious(check(town, town)) == []


@pytest.mark.parametrize("name", PLANTS)
@pytest.mark.parametrize("seed", range(8))
def test_one_defect_is_found_and_it_alone(name: str, seed: int) -> None:
    rng = np.random.default_rng([seed, 7])
    town = patchwork(rng)
    grids = [code for code in town.codes if len(code) == 7 and shapely.area(shape_of(town, code)) > 1e-5]
    code = grids[int(rng.integers(len(grids)))]
    plant, kinds = PLANTS[name]
    found = serious(check(plant(town, code), town))
    assert found, "the defect was not seen"
    assert {kind for kind, _ in found} <= kinds
    assert name in {kind for kind, _ in found} or name == "hole"
    assert all(any(each.startswith(code[:4]) for each in codes) for _, codes in found)


def scribble(rng: np.random.Generator) -> Any:
    """An outline as nobody should draw it: any rings, holes anywhere, lon and lat exchanged, far too large, or none."""
    corners = rng.uniform((117, 39.5), (117.1, 39.6), (int(rng.integers(3, 12)), 2)).round(int(rng.integers(1, 8)))
    drawn = [
        None,
        shapely.Polygon(),
        shapely.LineString(corners),
        shapely.MultiPolygon([shapely.Polygon(corners), shapely.Polygon(corners[::-1] + 0.01)]),
        shapely.Polygon(corners, [corners * 0.5 + corners.mean(axis=0) * 0.5]),
        shapely.Polygon(corners[:, ::-1]),
        shapely.box(*corners.min(axis=0), *(corners.max(axis=0) + rng.uniform(0, 300))),
        shapely.Polygon(corners),
    ]
    return drawn[int(rng.integers(len(drawn)))]


def rubbish(rng: np.random.Generator) -> Candidate:
    """Areas as nobody should make them: codes twice, parents of any kind, scribbles, perhaps nothing at all."""
    codes = [str(rng.integers(0, 15)) if rng.random() < 0.9 else "" for _ in range(int(rng.integers(0, 25)))]
    rows = []
    for code in codes:
        parent = None if rng.random() < 0.3 else str(rng.integers(0, 18))
        name = str(rng.choice(["村", "", "镇"]))
        rows.append((code, LEVELS[int(rng.integers(0, 3))], name, parent, scribble(rng)))
    return candidate(rows, overlay=[code for code in codes if rng.random() < 0.1])


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_drawn_is_told_and_nothing_fails(seed: int) -> None:
    rng = np.random.default_rng([seed, 11])
    town, before = rubbish(rng), rubbish(rng)
    for against in (None, before):
        found = check(town, against)
        order = [SEVERITIES.index(one.severity) for one in found]
        assert order == sorted(order)
        for one in found:
            assert one.kind in KINDS
            assert one.area_m2 is None or one.area_m2 >= 0
            assert sentence(one, WORDS)
            assert one.repaired is None or shapely.is_valid(one.repaired)
