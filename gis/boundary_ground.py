"""The areas of a candidate as they would lie after every repair that is proposed: what the checks of ground look at.

Owns how parents are found and which areas are of one level.  Finds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.boundary_measures import Flags, Ints, Shapes
from gis.candidates import Candidate


@dataclass(frozen=True)
class Ground:
    """A candidate, and the outlines that are looked at.

    Attributes
    ----------
    candidate : Candidate
        As it was given.
    shapes : (n,) object
        Valid; empty where nothing of an outline could be used.
    """

    candidate: Candidate
    shapes: Shapes

    @cached_property
    def codes(self) -> list[str]:
        """The codes as text."""
        return [str(code) for code in self.candidate.codes]

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each code; of one that stands there twice, the first."""
        return {code: n for n, code in reversed(list(enumerate(self.codes)))}

    @cached_property
    def parent(self) -> Ints:
        """The place of each area's parent, -1 where there is none or it is not known."""
        return np.array(
            [-1 if p is None else self.places.get(str(p), -1) for p in self.candidate.parents], dtype=np.int64
        )

    @cached_property
    def there(self) -> Flags:
        """Which outlines can be looked at."""
        found: Flags = ~shapely.is_empty(self.shapes)
        return found

    @property
    def lowest(self) -> int:
        """The place of the lowest level."""
        return len(self.candidate.levels) - 1

    def level_name(self, place: int) -> str:
        """Answer the name of an area's level."""
        return self.candidate.levels[int(self.candidate.level[place])]

    def of_level(self, level: int) -> Ints:
        """Answer the places of a level's areas that can be looked at."""
        return np.flatnonzero((self.candidate.level == level) & self.there)

    @cached_property
    def families(self) -> dict[int, Ints]:
        """The places of the children of each area that has some, by its place; those that can be looked at."""
        children = np.flatnonzero((self.parent >= 0) & self.there)
        order = children[np.argsort(self.parent[children], kind="stable")]
        parents, first = np.unique(self.parent[order], return_index=True)
        if not len(order):
            return {}
        return dict(zip(parents.tolist(), np.split(order, first[1:]), strict=True))

    @cached_property
    def ragged(self) -> Flags:
        """Which areas share a border with one of their level that is not the same vertex by vertex, or overlap it."""
        found = np.zeros(len(self.shapes), dtype=bool)
        for level in range(len(self.candidate.levels)):
            places = self.of_level(level)
            if len(places):
                found[places] = ~shapely.is_empty(shapely.coverage_invalid_edges(self.shapes[places]))
        return found

    @cached_property
    def family_parents(self) -> Ints:
        """The places of the areas that have children, in the order of ``families``; some outlines may be empty."""
        return np.array(list(self.families), dtype=np.int64)

    @cached_property
    def unions(self) -> Shapes:
        """What the children of each parent cover together, in the order of ``families``."""
        found = np.empty(len(self.families), dtype=object)
        for n, children in enumerate(self.families.values()):
            shapes = self.shapes[children]
            # As a coverage it is several times quicker; that asks for borders that are shared vertex by vertex.
            levels = self.candidate.level[children]
            ragged = self.ragged[children].any() or levels.min() < levels.max()
            found[n] = shapely.union_all(shapes) if ragged else shapely.coverage_union_all(shapes)
        return found

    @cached_property
    def overhangs(self) -> Shapes:
        """What the children of each parent cover outside it, in the order of ``families``."""
        return without(self.unions, self.shapes[self.family_parents])

    def named(self, *places: int) -> tuple[str, ...]:
        """Answer the codes of some areas, lowest first."""
        return tuple(sorted({self.codes[n] for n in places}))

    def with_shapes(self, places: Ints, shapes: Shapes) -> Ground:
        """Answer the same ground with some outlines in another place."""
        moved = self.shapes.copy()
        moved[places] = shapes
        return replace(self, shapes=moved)


def strings(values: NDArray[np.object_]) -> list[str]:
    """Answer values as text, stripped; nothing for None."""
    return ["" if value is None else str(value).strip() for value in values]


def without(whole: Shapes, part: Shapes) -> Shapes:
    """Answer each outline without another; nothing where both are one, which mostly is so and quickly seen."""
    left = np.full(len(whole), shapely.Polygon(), dtype=object)
    differ = ~same(whole, part)
    left[differ] = shapely.difference(whole[differ], part[differ])
    return left


def same(one: Shapes, other: Shapes) -> Flags:
    """Answer which outlines have the same corners, wherever their rings begin.

    >>> box = shapely.box(0, 0, 1, 1)
    >>> turned = shapely.MultiPolygon([shapely.Polygon([(1, 1), (0, 1), (0, 0), (1, 0)])])
    >>> same(np.array([box, box]), np.array([turned, shapely.box(0, 0, 1, 2)])).tolist()
    [True, False]
    """
    found: Flags = shapely.equals_exact(shapely.normalize(_plain(one)), shapely.normalize(_plain(other)), 0.0)
    return found


def _plain(shapes: Shapes) -> Shapes:
    """Answer a multipolygon of one part as that part."""
    single = np.flatnonzero((shapely.get_type_id(shapes) == 6) & (shapely.get_num_geometries(shapes) == 1))
    plain = np.array(shapes, dtype=object)
    plain[single] = shapely.get_geometry(plain[single], 0)
    return plain
