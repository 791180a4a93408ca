"""Which area each lies in: by a column, by how codes begin, or by the ground that they share.

Owns these ways and their order; each area's is told.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

Way = Literal["column", "code", "ground", "none"]

_BEGINNINGS: Final = (12, 9, 6, 4)


def find_parents(
    codes: NDArray[np.object_],
    level: NDArray[np.int64],
    given: NDArray[np.object_],
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Answer each area's parent and the way in which it was found.

    Parameters
    ----------
    codes : (n,) object
        Text.
    level : (n,) int64
        The topmost is 0.
    given : (n,) object
        What the file says; None or empty where it says nothing.
    shapes : (n,) object
        Lon lat, perhaps invalid.

    Returns
    -------
    (n,) object, (n,) object
        Codes, None at the topmost level and where nothing is above; ``Way``.

    Examples
    --------
    >>> codes = np.array(["1310", "131024", "x"], dtype=object)
    >>> shapes = shapely.box([0, 0, 1], [0, 0, 1], [9, 4, 2], [9, 4, 2])
    >>> [found.tolist() for found in find_parents(codes, np.array([0, 1, 2]), np.array([None] * 3), shapes)]
    [[None, '1310', '131024'], ['none', 'code', 'ground']]
    """
    of_level = {code: int(n) for code, n in zip(codes, level, strict=True)}
    parents = np.full(len(codes), None, dtype=object)
    ways = np.full(len(codes), "none", dtype=object)
    top = int(level.min())
    for n, code in enumerate(codes):
        if given[n]:
            parents[n], ways[n] = given[n], "column"
        elif level[n] > top:
            parents[n] = _by_code(str(code), int(level[n]), of_level)
            ways[n] = "none" if parents[n] is None else "code"
    open_ = np.flatnonzero((parents == None) & (level > top))  # noqa: E711 - element by element
    for n, parent in zip(open_.tolist(), _by_ground(open_, codes, level, shapes), strict=True):
        parents[n] = parent
        ways[n] = "none" if parent is None else "ground"
    return parents, ways


def _by_code(code: str, level: int, of_level: dict[str, int]) -> str | None:
    if not code.isdecimal():
        return None
    beginnings = (code[:length] for length in _BEGINNINGS if length < len(code))
    return next((start for start in beginnings if of_level.get(start, level) < level), None)


def _by_ground(
    wanted: NDArray[np.int64], codes: NDArray[np.object_], level: NDArray[np.int64], shapes: NDArray[np.object_]
) -> list[str | None]:
    """Answer the code of the area on the nearest level above with which each has most ground in common."""
    valid = dict(zip(wanted.tolist(), _valid(shapes[wanted]), strict=True))
    found: list[str | None] = []
    trees: dict[int, tuple[NDArray[np.int64], NDArray[np.object_], shapely.STRtree]] = {}
    for n in wanted.tolist():
        parent = None
        for above in range(int(level[n]) - 1, -1, -1):
            if above not in trees:
                places = np.flatnonzero(level == above)
                outlines = _valid(shapes[places])
                trees[above] = places, outlines, shapely.STRtree(outlines)
            places, outlines, tree = trees[above]
            near = tree.query(valid[n], predicate="intersects")
            shared = shapely.area(shapely.intersection(outlines[near], valid[n]))
            if len(near) and shared.max() > 0:
                # Of equal ones the lowest code.
                parent = min(str(code) for code in codes[places[near[shared == shared.max()]]])
                break
        found.append(parent)
    return found


def _valid(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    return np.asarray(shapely.make_valid(shapes, method="structure", keep_collapsed=False), dtype=object)
