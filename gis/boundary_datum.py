"""Areas that lie where they cannot: lon and lat exchanged, another datum, or far from all the others.

Each answers the ground as it would lie once corrected: what follows from a mistake is not told a thousand times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.boundary_ground import Ground, same
from gis.boundary_measures import DEGREE_M, Flags, Floats, Ints, Shapes, metres_between, sizes
from gis.boundary_rings import all_valid
from gis.candidates import Finding
from gis.datums import Datum, to_wgs84

FAR_M: Final = 20_000.0
"""An area with so much of nothing between it and the rest is no neighbour: counties are some 20 km wide."""
FIT_M: Final = 10.0
"""A corner fits if it lies so near to a border: two drawings of one border differ by less, a wrong datum by 50 times
as much."""
SAMPLE: Final = 1_000
"""Corners that are looked at: the share of them that fits is then known to three hundredths."""
_FITTING: Final = 0.5  # so many corners fit, and twice as many as before: then a conversion explains it
_SUSPECT: Final = 0.1  # an area with so much of it in the wrong place may be of another datum
_EXPLAINED: Final = 0.2  # a conversion explains it if no more than this share of it is left

_OTHERS: Final = (Datum.GCJ02, Datum.BD09)
_ROW: Final = 1 << 20  # more than there are cells from pole to pole
_Box: TypeAlias = tuple[float, float, float, float]  # west, south, east, north
_CHINA: Final[_Box] = (73.0, 18.0, 135.1, 53.6)


def exchanged(ground: Ground, before: Ground | None) -> tuple[Ground, list[Finding]]:
    """Answer the ground with lon and lat in order, and of which areas they were exchanged (``swapped``): an error.

    They were if a latitude is beyond 90°, or if an area lies outside China as given and within it once exchanged, or
    nowhere near the edition in force as given and within ``FAR_M`` of it, with all of it, once exchanged.
    """
    given = shapely.bounds(ground.shapes)
    turned = given[:, [1, 0, 3, 2]]
    with np.errstate(invalid="ignore"):
        swapped = (np.abs(given[:, [1, 3]]).max(axis=1) > 90) | (_within(turned, _CHINA) & ~_within(given, _CHINA))
        if before is not None and before.there.any():
            around = _around(before)
            swapped |= _within(turned, around) & ~_meets(given, around)
    swapped &= ground.there
    places = np.flatnonzero(swapped)
    if not len(places):
        return ground, []
    mended = np.asarray(shapely.transform(ground.shapes[places], lambda c: c[:, ::-1]), dtype=object)
    told = {"count": len(places)}
    # One finding for all: whoever exchanged two columns did so for the whole file.
    where = all_valid(mended)[0] if len(places) == 1 else shapely.box(*shapely.total_bounds(mended))
    found = Finding("swapped", "error", ground.named(*places.tolist()), None, None, where, told)
    return ground.with_shapes(places, mended), [found]


def _around(ground: Ground) -> _Box:
    """Answer the box ``FAR_M`` around all areas."""
    west, south, east, north = shapely.total_bounds(ground.shapes).tolist()
    up = FAR_M / DEGREE_M
    aside = up / max(0.05, float(np.cos(np.radians((south + north) / 2))))
    return west - aside, south - up, east + aside, north + up


def _meets(box: Floats, other: _Box) -> Flags:
    west, south, east, north = other
    meeting: Flags = (box[:, 0] <= east) & (box[:, 1] <= north) & (box[:, 2] >= west) & (box[:, 3] >= south)
    return meeting


def _within(box: Floats, other: _Box) -> Flags:
    west, south, east, north = other
    inside: Flags = (box[:, 0] >= west) & (box[:, 1] >= south) & (box[:, 2] <= east) & (box[:, 3] <= north)
    return inside


def other_datum(ground: Ground, before: Ground | None) -> tuple[Ground, list[Finding]]:
    """Answer the ground with what looks like GCJ-02 or BD-09 converted, and what that was (``datum``): an error.

    Told where a conversion makes outlines clearly fit better: those of the lowest level the edition in force, those of
    a level the one above, single areas their parents or what they were before.
    """
    found: list[Finding] = []
    for datum, places in _whole_levels(ground, before):
        ground, told = _told(ground, places, datum)
        found.append(told)
    for level in range(1, ground.lowest + 1):
        mine = ground.of_level(level)
        # Corners of the level above lie on borders of this one; the other way round most would lie within.
        above = _sample(ground.shapes[ground.of_level(level - 1)])
        better = _better(above, ground.shapes[mine], lambda corners, lines, datum: (corners, _to_wgs84(lines, datum)))
        if better is not None:
            ground, told = _told(ground, mine, better)
            found.append(told)
    for reference in (before, None) if before is not None else (None,):
        ground, more = _suspects(ground, *_single(ground, reference))
        found += more
    return ground, found


_Move = Callable[[Floats, Shapes, Datum], tuple[Floats, Shapes]]


def _whole_levels(ground: Ground, before: Ground | None) -> Iterator[tuple[Datum, Ints]]:
    """Answer the areas of levels that fit the borders in force better once converted, together for each datum."""
    if before is None:
        return
    lines = before.shapes[before.of_level(before.lowest)]
    levels = {
        level: _better(
            _sample(ground.shapes[ground.of_level(level)]), lines, lambda c, lines, datum: (to_wgs84(c, datum), lines)
        )
        for level in range(ground.lowest + 1)
    }
    for datum in _OTHERS:
        mine = [level for level, better in levels.items() if better is datum]
        if mine:
            yield datum, np.flatnonzero(np.isin(ground.candidate.level, mine) & ground.there)


def _better(corners: Floats, lines: Shapes, move: _Move) -> Datum | None:
    """Answer the datum whose conversion makes corners fit borders, None where they do or where none does."""
    if not len(corners) or not len(lines):
        return None
    plain = _fit(corners, lines)
    if plain > _FITTING:
        return None
    share = {datum: _fit(*move(corners, lines, datum)) for datum in _OTHERS}
    best = max(_OTHERS, key=lambda datum: share[datum])
    return best if share[best] >= max(_FITTING, 2 * plain) else None


def _sample(shapes: Shapes) -> Floats:
    corners = shapely.get_coordinates(shapes)
    return corners[:: max(1, len(corners) // SAMPLE)]


def _fit(corners: Floats, outlines: Shapes) -> float:
    """Answer which share of corners lies within ``FIT_M`` of a border."""
    tree = shapely.STRtree(shapely.boundary(outlines))
    near, _ = tree.query(shapely.points(corners), predicate="dwithin", distance=FIT_M / DEGREE_M)
    return len(np.unique(near)) / len(corners)


def _single(ground: Ground, before: Ground | None) -> tuple[Ints, Shapes]:
    """Answer areas that lie much outside what holds them, and what that is: the parent, or what they were before."""
    if before is None:
        hanging = ground.family_parents[~shapely.is_empty(ground.overhangs)]
        places = np.flatnonzero(np.isin(ground.parent, hanging) & ground.there)
        places = places[ground.there[ground.parent[places]]]
        against = ground.shapes[ground.parent[places]]
    else:
        known = [(n, before.places[code]) for n, code in enumerate(ground.codes) if code in before.places]
        both = np.array(known, dtype=np.int64).reshape(-1, 2)
        both = both[ground.there[both[:, 0]] & before.there[both[:, 1]]]
        places, against = both[:, 0], before.shapes[both[:, 1]]
        changed = ~same(ground.shapes[places], against)
        places, against = places[changed], against[changed]
    suspect = _out(ground.shapes[places], against) > _SUSPECT
    return places[suspect], against[suspect]


def _suspects(ground: Ground, places: Ints, against: Shapes) -> tuple[Ground, list[Finding]]:
    found: list[Finding] = []
    for datum in _OTHERS:
        shapes = ground.shapes[places]
        plain, moved = _out(shapes, against), _out(_to_wgs84(shapes, datum), against)
        explained = (plain > _SUSPECT) & (moved < _EXPLAINED * plain) & (moved < _SUSPECT)
        if explained.any():
            ground, told = _told(ground, places[explained], datum)
            found.append(told)
            places, against = places[~explained], against[~explained]
    return ground, found


def _out(shapes: Shapes, against: Shapes) -> Floats:
    """Answer which share of each outline lies outside another."""
    whole = sizes(shapes)[0]
    left = sizes(np.asarray(shapely.difference(shapes, against), dtype=object))[0]
    return np.divide(left, whole, out=np.zeros(len(whole)), where=whole > 0)


def _to_wgs84(shapes: Shapes, datum: Datum) -> Shapes:
    return all_valid(np.asarray(shapely.transform(shapes, lambda corners: to_wgs84(corners, datum)), dtype=object))


def _told(ground: Ground, places: Ints, datum: Datum) -> tuple[Ground, Finding]:
    """Answer the ground with areas converted, and how far off they were."""
    middle = shapely.get_coordinates(shapely.centroid(ground.shapes[places]))
    off = float(np.median(metres_between(middle, to_wgs84(middle, datum))))
    mended = _to_wgs84(ground.shapes[places], datum)
    whole = shapely.box(*shapely.total_bounds(ground.shapes[places]))
    told = {"datum": datum.value, "off_m": round(off), "count": len(places)}
    shape = ground.shapes[places[0]] if len(places) == 1 else whole
    repaired = mended[0] if len(places) == 1 else shapely.box(*shapely.total_bounds(mended))
    found = Finding("datum", "error", ground.named(*places.tolist()), None, shape, repaired, told)
    return ground.with_shapes(places, mended), found


def far_away(ground: Ground, before: Ground | None) -> Iterator[Finding]:
    """Tell of areas with ``FAR_M`` of nothing around (``far``), of all far from where all were (``elsewhere``)."""
    places = np.flatnonzero(ground.there)
    if not len(places):
        return
    cluster = _clusters(ground.shapes[places])
    largest = int(np.bincount(cluster).argmax())
    rest = ground.shapes[places[cluster == largest]]
    nearest = shapely.STRtree(rest)
    for n in places[cluster != largest]:
        shape = ground.shapes[n]
        off = _apart_m(shape, rest[nearest.nearest(shape)])
        yield Finding("far", "error", (ground.codes[n],), None, shape, params={"off_m": round(off)})
    if before is not None and before.there.any():
        whole = shapely.box(*shapely.total_bounds(rest))
        off = _apart_m(whole, shapely.box(*shapely.total_bounds(before.shapes)))
        if off > FAR_M:
            yield Finding("elsewhere", "error", (), None, whole, params={"off_m": round(off)})


def _clusters(shapes: Shapes) -> Ints:
    """Answer to which cluster each outline belongs: cells of ``FAR_M`` with corners hang together with those beside.

    An outline that is wider than such a cell has ground without a corner: it hangs together with all that is near it.
    """
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    height = FAR_M / DEGREE_M
    width = height / max(0.05, float(np.cos(np.radians(np.median(corners[:, 1])))))
    cells = np.floor(corners / (width, height)).astype(np.int64)
    # One number a cell: sorting pairs takes ten times as long.
    known, cell = np.unique(cells[:, 0] * _ROW + cells[:, 1], return_inverse=True)
    places = {divmod(n + _ROW // 2, _ROW): k for k, n in enumerate(known.tolist())}
    beside = [
        (n, places[x + dx, y + dy])
        for (x, y), n in places.items()
        for dx, dy in ((1, 0), (0, 1), (1, 1), (1, -1))
        if (x + dx, y + dy) in places
    ]
    edges = np.concatenate((
        np.column_stack((owner + len(known), cell)), np.array(beside, dtype=np.int64).reshape(-1, 2)
    ))  # fmt: skip
    cluster = _joined(edges, len(known) + len(shapes))[len(known) :]
    if not cluster.any():
        return cluster
    box = shapely.bounds(shapes)
    wide = np.flatnonzero((box[:, 2] - box[:, 0] > width) | (box[:, 3] - box[:, 1] > height))
    one, other = shapely.STRtree(shapes).query(shapes[wide], predicate="dwithin", distance=height)
    return _joined(np.column_stack((cluster[wide[one]], cluster[other])), int(cluster.max()) + 1)[cluster]


def _joined(edges: Ints, size: int) -> Ints:
    """Answer to which component each of some nodes belongs, given pairs that hang together."""
    graph = coo_array((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _apart_m(shape: Any, other: Any) -> float:
    """Answer the metres between two outlines of lon lat; 0 where they meet."""
    near, far = shapely.shortest_line(shape, other).coords
    return float(metres_between(np.array([near]), np.array([far]))[0])
