"""Outlines as short text, for a map in one file: a tenth of what GeoJSON takes, and shared borders stay shared.

Each stretch of border between two junctions is written once, and a shape is the list of its stretches; so the borders
of villages cost next to nothing where grids are drawn.  ``api/assets/js/snapshot/outlines.js`` reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

STEPS: Final = 100_000
"""Steps of a degree: vertices are kept to about a metre."""

_DIGITS: Final = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", dtype=np.uint8)
_MORE: Final = 32

Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Shapes as text.

    Numbers are written in digits of base 64, the lowest first: five bits each, and 32 where another follows.  A signed
    number is twice itself, one less if it is below zero.

    Attributes
    ----------
    origin : tuple of int
        Lon and lat that vertices are counted from, in steps.
    stretches : list of str
        Stretches of border: signed steps east and north from vertex to vertex, the first one from the origin.
    shapes : list of list of str
        As they were given: for each its rings, with commas between, to be filled by the even-odd rule; of each ring its
        stretches, as signed steps from number to number, where a number is twice the place in ``stretches``, and one
        more if the stretch is run backwards.
    """

    origin: tuple[int, int]
    stretches: list[str]
    shapes: list[list[str]]


@dataclass(frozen=True, slots=True)
class _Rings:
    """Vertices of all rings without the last one, which is the first again."""

    at: Ints  # (n, 2), in steps
    ring: Ints  # (n,) ascending, without gaps
    owner: Ints  # the shape of each ring


def outlines(collections: Sequence[Shapes]) -> Outlines:
    """Write collections of shapes down that share borders.

    Parameters
    ----------
    collections : sequence of ``(n,)`` arrays
        Polygons and multipolygons, EPSG:4326, lon lat.

    >>> west, east = shapely.box(0, 0, 0.00001, 0.00001), shapely.box(0.00001, 0, 0.00002, 0.00001)
    >>> made = outlines([np.array([west, east]), np.array([shapely.union(west, east)])])
    >>> len(made.stretches), made.shapes
    (3, [['AE', 'CG'], ['KD']])
    """
    shapes = np.concatenate([np.asarray(each, dtype=object) for each in collections])
    rings = _rings(shapes)
    if not len(rings.ring):
        return Outlines((0, 0), [], [[""] * len(each) for each in collections])
    origin = rings.at.min(axis=0)
    rings, edge, cut = _cut(rings)
    starts = np.flatnonzero(cut)
    _, first, arc = np.unique(np.minimum.reduceat(edge, starts), return_index=True, return_inverse=True)
    # Numbered as they come, so that the steps from one to the next are short.
    order = np.argsort(first)
    first, arc = first[order], np.argsort(order)[arc]
    like = starts[first[arc]]
    backwards = (edge[starts] != edge[like]) | (rings.at[starts] != rings.at[like]).any(axis=1)
    written = _written_stretches(rings, starts, first, origin)
    named = _written_shapes(2 * arc + backwards, rings.ring[starts], rings.owner, len(shapes))
    ends = np.cumsum([len(each) for each in collections])[:-1]
    return Outlines(
        (int(origin[0]), int(origin[1])), written, [part.tolist() for part in np.split(np.array(named, object), ends)]
    )


def _rings(shapes: Shapes) -> _Rings:
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    at = np.rint(places * STEPS).astype(np.int64)
    # A ring is closed: its last vertex goes, and so does one that falls on the vertex before it.
    kept = np.zeros(len(ring), dtype=bool)
    kept[:-1] = (ring[1:] == ring[:-1]) & (at[1:] != at[:-1]).any(axis=1)
    at, ring = at[kept], ring[kept]
    alive, ring = np.unique(ring, return_inverse=True)
    return _Rings(at, ring, part_of[ring_of[alive]])


def _cut(rings: _Rings) -> tuple[_Rings, Ints, NDArray[np.bool_]]:
    """Begin each ring at a junction; answer it with the number of the edge after each vertex, and where to cut."""
    ring, count = rings.ring, np.bincount(rings.ring)
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    _, vertex = np.unique((rings.at[:, 0] << 32) + rings.at[:, 1], return_inverse=True)
    place = np.arange(len(ring)) - start[ring]
    after = vertex[start[ring] + (place + 1) % count[ring]]
    many = vertex.max() + 1
    edges, edge = np.unique(np.minimum(vertex, after) * many + np.maximum(vertex, after), return_inverse=True)
    degree = np.bincount(edges // many, minlength=many) + np.bincount(edges % many, minlength=many)
    cut = degree[vertex] != 2
    # A ring without a junction is one stretch; it begins at a vertex that all rings of the same border agree on.
    lonely = ~np.logical_or.reduceat(cut, start)
    cut |= lonely[ring] & (vertex == np.minimum.reduceat(vertex, start)[ring])
    turn = np.minimum.reduceat(np.where(cut, place, len(ring)), start)
    order = start[ring] + (place + turn[ring]) % count[ring]
    return _Rings(rings.at[order], ring, rings.owner), edge[order], cut[order]


def _written_stretches(rings: _Rings, starts: Ints, first: Ints, origin: Ints) -> list[str]:
    """Write each stretch once, with the vertex that it ends at."""
    ends = np.append(starts[1:], len(rings.ring))
    ring_start = np.searchsorted(rings.ring, rings.ring[starts])
    # The last stretch of a ring ends where the ring began.
    closing = np.append(rings.ring[starts[1:]] != rings.ring[starts[:-1]], True)
    goal = np.where(closing, ring_start, np.minimum(ends, len(rings.ring) - 1))
    size = (ends - starts)[first] + 1
    bounds = np.concatenate([[0], np.cumsum(size)])
    index = np.arange(bounds[-1]) - np.repeat(bounds[:-1] - starts[first], size)
    index[bounds[1:] - 1] = goal[first]
    at = rings.at[index] - origin
    steps = np.diff(at, axis=0, prepend=0)
    steps[bounds[:-1]] = at[bounds[:-1]]
    return _written(steps.ravel(), bounds * 2)


def _written_shapes(numbers: Ints, ring: Ints, owner: Ints, many: int) -> list[str]:
    """Write each ring as its stretches, and put the rings of a shape together."""
    begins = np.flatnonzero(np.diff(ring, prepend=-1))
    steps = np.diff(numbers, prepend=0)
    steps[begins] = numbers[begins]
    found: list[list[str]] = [[] for _ in range(many)]
    for n, text in zip(owner.tolist(), _written(steps, np.append(begins, len(numbers))), strict=True):
        found[n].append(text)
    return [",".join(each) for each in found]


def _written(numbers: Ints, bounds: Ints) -> list[str]:
    """Write signed numbers in digits, and cut the text between those that ``bounds`` names."""
    whole = np.where(numbers < 0, -2 * numbers - 1, 2 * numbers)
    size = np.ones(len(whole), dtype=np.int64)
    for digits in range(1, 8):
        size += whole >= 1 << (5 * digits)
    ends = np.concatenate([[0], np.cumsum(size)])
    out = np.empty(ends[-1], dtype=np.uint8)
    for digit in range(int(size.max(initial=0))):
        has = size > digit
        more = np.where(size[has] > digit + 1, _MORE, 0)
        out[ends[:-1][has] + digit] = _DIGITS[(whole[has] >> (5 * digit) & (_MORE - 1)) + more]
    text = out.tobytes().decode("ascii")
    cuts = ends[bounds].tolist()
    return [text[a:b] for a, b in pairwise(cuts)]
