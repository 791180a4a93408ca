"""What became of each area from one set of boundaries to another: new, gone, moved, renamed, split, merged.

By code where there is one, else by the ground that two areas share.  Pure: knows no database, no cases and no words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import shapely

from gis.boundary_measures import Flags, Floats, Ints, Shapes, in_metres, polygons_of
from gis.boundary_rings import all_valid
from gis.candidates import Candidate

Kind = Literal["split", "merged", "new", "gone", "recoded", "overlay", "moved", "other_parent", "renamed"]
KINDS: Final[tuple[Kind, ...]] = (
    "split", "merged", "new", "gone", "recoded", "overlay", "moved", "other_parent", "renamed",
)  # fmt: skip
"""What weighs most first: an area is told of once, by the first that fits.  ``recoded``: the same ground under another
code; ``overlay``: it began or ended to beat what lies under it; ``other_parent``: the same outline under another area.
"""

NOISE_M: Final = 0.5
"""Ground that is nowhere wider than this was digitised anew and did not move."""
# Of a degree: a vertex is nowhere farther off than half of that, some 0.2 m.
_ROUNDED: Final = 2e-6
_MOST: Final = 0.5
_SAME: Final = 0.9
# Less of an old area than this in a new one is a border that moved, and no part that was split off.
_PART: Final = 0.1


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with the areas that it joins.

    Attributes
    ----------
    kind : str
        Of ``KINDS``.
    level : str
        Name of the level.
    before, after : tuple of str
        Codes of the old and the new areas, lowest first.
    names_before, names_after : tuple of str
        Their names.
    changed_m2 : float
        Ground that belongs to another area now; 0 where only the name or the parent is another.
    share : float
        Of the old area, of the new one where there was none.
    ground : geometry, optional
        That ground, lon lat in EPSG:4326.
    """

    kind: Kind
    level: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    names_before: tuple[str, ...]
    names_after: tuple[str, ...]
    changed_m2: float = 0.0
    share: float = 0.0
    ground: Any = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes, by level from the top and then as in ``KINDS``; ``unchanged`` counts each level's other areas."""

    changes: tuple[Change, ...]
    unchanged: Mapping[str, int]

    def counts(self) -> dict[str, dict[str, int]]:
        """Answer how many changes of each kind there are, by level; what is not there is 0."""
        count = Counter((one.level, one.kind) for one in self.changes)
        return {level: {kind: count[level, kind] for kind in KINDS} for level in self.unchanged}


@dataclass(frozen=True, slots=True)
class _Level:
    """The areas of one level of one side, each code once."""

    codes: list[str]
    names: list[str]
    parents: list[str | None]
    overlay: Flags
    shapes: Shapes
    at: dict[str, int]


def compare(before: Candidate, after: Candidate) -> Comparison:
    """Answer what became of the areas of one set in another one, level by level.

    Two outlines are one where nothing between them is wider than ``NOISE_M``.  A part of an old area counts as split
    off from a tenth of its ground on; areas are merged where each gives more than half of its ground.

    Parameters
    ----------
    before, after : Candidate
        Levels are told apart by their names; of a code that stands twice the first area counts.

    >>> def wards(*shapes):
    ...     text = lambda values: np.array(values, dtype=object)
    ...     n = len(shapes)
    ...     codes = text([f"w{i}" for i in range(n)])
    ...     boxes = text([shapely.box(*shape) for shape in shapes])
    ...     zero = np.zeros(n, dtype=np.int64)
    ...     return Candidate(("ward",), codes, codes, zero, text([None] * n), zero > 0, np.full(n, np.nan), boxes)
    >>> found = compare(wards((117, 39, 117.1, 39.1)), wards((117, 39, 117.05, 39.1), (117.05, 39, 117.1, 39.1)))
    >>> [(one.kind, one.before, one.after, round(one.share, 2)) for one in found.changes]
    [('split', ('w0',), ('w0', 'w1'), 0.5)]
    """
    changes: list[Change] = []
    unchanged: dict[str, int] = {}
    for name in dict.fromkeys((*before.levels, *after.levels)):
        old, new = _level(before, name), _level(after, name)
        found = _changes(name, old, new)
        changes += found
        told = {code for one in found for code in one.after}
        unchanged[name] = sum(code in old.at and code not in told for code in new.codes)
    return Comparison(tuple(changes), unchanged)


def _level(areas: Candidate, name: str) -> _Level:
    here = np.flatnonzero(areas.level == areas.levels.index(name)) if name in areas.levels else np.array([], np.int64)
    codes = areas.codes[here].astype(str)
    first = np.sort(np.unique(codes, return_index=True)[1]) if len(codes) else here
    chosen = here[first]
    known = [str(code) for code in areas.codes[chosen]]
    return _Level(
        known,
        [str(one) for one in areas.names[chosen]],
        list(areas.parents[chosen]),
        areas.overlay[chosen],
        all_valid(areas.shapes[chosen]),
        {code: n for n, code in enumerate(known)},
    )


def _changes(level: str, old: _Level, new: _Level) -> list[Change]:
    common = [(old.at[code], n) for n, code in enumerate(new.codes) if code in old.at]
    left = np.array([o for o, _ in common], dtype=np.int64)
    right = np.array([n for _, n in common], dtype=np.int64)
    ground, m2 = _moved_ground(old.shapes[left], new.shapes[right])
    moved = m2 > 0
    gone = np.array([n for n, code in enumerate(old.codes) if code not in new.at], dtype=np.int64)
    added = np.array([n for n, code in enumerate(new.codes) if code not in old.at], dtype=np.int64)
    shared = _Shared.of(old, new, np.concatenate((gone, left[moved])), np.concatenate((added, right[moved])))
    told = _joined(level, old, new, shared, set(gone.tolist()), set(added.tolist()))
    seen_old = {code for one in told for code in one.before}
    seen_new = {code for one in told for code in one.after}
    told += [_alone("gone", level, old, n) for n in gone.tolist() if old.codes[n] not in seen_old]
    told += [_alone("new", level, new, n) for n in added.tolist() if new.codes[n] not in seen_new]
    for k in np.flatnonzero(old.overlay[left] != new.overlay[right]).tolist():
        ground[k], m2[k] = _changed_hands(old, new, *common[k], ground[k])
    size = _m2(old.shapes[left])
    for k, (o, n) in enumerate(common):
        kind = _kind_of_pair(old, new, o, n, moved=bool(moved[k]))
        if kind is not None and old.codes[o] not in seen_old and new.codes[n] not in seen_new:
            share = float(m2[k] / size[k]) if size[k] else 0.0
            told.append(_pair(kind, level, old, new, [o], [n], float(m2[k]), share, ground[k]))
    return sorted(told, key=lambda one: (KINDS.index(one.kind), one.before, one.after))


def _kind_of_pair(old: _Level, new: _Level, o: int, n: int, *, moved: bool) -> Kind | None:
    if old.overlay[o] != new.overlay[n]:
        return "overlay"
    if moved:
        return "moved"
    if old.parents[o] != new.parents[n]:
        return "other_parent"
    return "renamed" if old.names[o] != new.names[n] else None


def _changed_hands(old: _Level, new: _Level, o: int, n: int, moved: Any) -> tuple[Any, float]:
    """Answer what an area covers of others while it is an overlay, with what it won or lost; None and 0 if nothing."""
    side, place = (old, o) if old.overlay[o] else (new, n)
    shape = side.shapes[place]
    under = shapely.STRtree(side.shapes).query(shape, predicate="intersects")
    under = under[~side.overlay[under]]
    shared = shapely.intersection(shape, shapely.union_all(side.shapes[under]))
    parts = polygons_of(np.array([shared, moved], dtype=object))[0]
    ground = shapely.union_all(parts)
    m2 = float(_m2(np.array([ground], dtype=object))[0])
    return (ground, m2) if m2 else (None, 0.0)


def _moved_ground(old: Shapes, new: Shapes) -> tuple[Shapes, Floats]:
    """Answer what lies in one of each pair alone, and its square metres; None and 0 where it is nowhere wide."""
    ground = np.full(len(old), None, dtype=object)
    m2 = np.zeros(len(old))
    # Vertex by vertex first: what was only rounded or carried through another datum is told at once.
    other = np.flatnonzero(~shapely.equals_exact(old, new, _ROUNDED)) if len(old) else np.array([], dtype=np.int64)
    # Then corners that were put in or left out along one line: each lies on the other's border.
    other = other[~(_follow(old[other], new[other]) & _follow(new[other], old[other]))]
    if not len(other):
        return ground, m2
    apart = shapely.symmetric_difference(old[other], new[other])
    flat = in_metres(apart)
    wide = _is_wide(flat)
    ground[other[wide]] = apart[wide]
    m2[other[wide]] = shapely.area(flat[wide])
    return ground, m2


def _follow(shapes: Shapes, others: Shapes) -> Flags:
    """Whether every corner of each shape lies on the border of the other one of its pair, but for rounding."""
    borders = shapely.boundary(others)
    shapely.prepare(borders)
    corners, owner = shapely.get_coordinates(shapes, return_index=True)
    off = ~shapely.dwithin(borders[owner], shapely.points(corners), _ROUNDED)
    return np.asarray(np.bincount(owner[off], minlength=len(shapes)) == 0)


def _is_wide(flat: Shapes) -> Flags:
    """Whether a disc as wide as ``NOISE_M`` has room somewhere in each shape, in a plane of metres.

    A part without room has no more than half of that times its perimeter of ground, and one with room no less than the
    disc; only what lies between the two is eroded.
    """
    parts, owner = shapely.get_parts(flat, return_index=True)
    area, length = shapely.area(parts), shapely.length(parts)
    room = area > NOISE_M / 2 * length
    # Where one part has room, the others need not be asked.
    open_ = (area >= np.pi * (NOISE_M / 2) ** 2) & ~room & ~np.isin(owner, owner[room])
    room[open_] = ~shapely.is_empty(shapely.buffer(parts[open_], -NOISE_M / 2, quad_segs=1, join_style="mitre"))
    return np.bincount(owner[room], minlength=len(flat)).astype(bool)


@dataclass(frozen=True, slots=True)
class _Shared:
    """Which old and new areas share ground: of each pair its part of the old and of the new area."""

    old: Ints
    new: Ints
    of_old: Floats
    of_new: Floats
    m2: Floats

    @classmethod
    def of(cls, old: _Level, new: _Level, asked_old: Ints, asked_new: Ints) -> _Shared:
        """Answer the pairs of areas that are not as they were, overlays apart from what lies under them."""
        if not len(asked_old) or not len(asked_new):
            nothing = np.array([], dtype=np.int64)
            return cls(nothing, nothing, nothing.astype(float), nothing.astype(float), nothing.astype(float))
        tree = shapely.STRtree(new.shapes[asked_new])
        left, right = tree.query(old.shapes[asked_old], predicate="intersects")
        o, n = asked_old[left], asked_new[right]
        alike = old.overlay[o] == new.overlay[n]
        o, n = o[alike], n[alike]
        m2 = _m2(shapely.intersection(old.shapes[o], new.shapes[n]))
        # Areas of what takes part, each measured once.
        old_m2, new_m2 = _sizes_at(old.shapes, o), _sizes_at(new.shapes, n)
        return cls(o, n, m2 / np.maximum(old_m2, 1e-9), m2 / np.maximum(new_m2, 1e-9), m2)


def _joined(level: str, old: _Level, new: _Level, shared: _Shared, gone: set[int], added: set[int]) -> list[Change]:
    """Answer what was recoded, split and merged."""
    told: list[Change] = []
    done_old: set[int] = set()
    done_new: set[int] = set()
    same = (shared.of_old >= _SAME) & (shared.of_new >= _SAME)
    for o, n in zip(shared.old[same].tolist(), shared.new[same].tolist(), strict=True):
        if o in gone and n in added:
            told.append(_pair("recoded", level, old, new, [o], [n], 0.0, 0.0, None))
            done_old.add(o)
            done_new.add(n)
    parts = _groups(shared.old, shared.new, (shared.of_old >= _PART) & (shared.of_new >= _MOST))
    for o, into in parts.items():
        fresh = [n for n in into if n in added]
        if o not in done_old and len(into) > 1 and fresh and not done_new & set(into):
            told.append(_divided(level, old, new, o, into))
            done_old.add(o)
            done_new.update(into)
    sources = _groups(shared.new, shared.old, shared.of_old > _MOST)
    for n, made_of in sources.items():
        ended = [o for o in made_of if o in gone]
        if n not in done_new and len(made_of) > 1 and ended and not done_old & set(made_of):
            told.append(_united(level, old, new, made_of, n))
            done_old.update(made_of)
            done_new.add(n)
    return told


def _groups(key: Ints, value: Ints, chosen: Flags) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for k, v in zip(key[chosen].tolist(), value[chosen].tolist(), strict=True):
        found.setdefault(k, []).append(v)
    return {k: sorted(v) for k, v in found.items()}


def _divided(level: str, old: _Level, new: _Level, o: int, into: list[int]) -> Change:
    # What stayed with the code is no change; without it, all of it is another's.
    stays = [n for n in into if new.codes[n] == old.codes[o]]
    ground = shapely.difference(old.shapes[o], new.shapes[stays[0]]) if stays else old.shapes[o]
    changed, whole = _m2(np.array([ground, old.shapes[o]], dtype=object)).tolist()
    return _pair("split", level, old, new, [o], into, changed, changed / whole if whole else 0.0, ground)


def _united(level: str, old: _Level, new: _Level, made_of: list[int], n: int) -> Change:
    others = [o for o in made_of if old.codes[o] != new.codes[n]]
    ground = shapely.intersection(shapely.union_all(old.shapes[others]), new.shapes[n])
    whole = _m2(old.shapes[made_of]).sum()
    changed = float(_m2(np.array([ground], dtype=object))[0])
    return _pair("merged", level, old, new, made_of, [n], changed, changed / whole if whole else 0.0, ground)


def _alone(kind: Kind, level: str, side: _Level, n: int) -> Change:
    codes, names = (side.codes[n],), (side.names[n],)
    before, after = (codes, ()) if kind == "gone" else ((), codes)
    named_before, named_after = (names, ()) if kind == "gone" else ((), names)
    m2 = float(_m2(side.shapes[n : n + 1])[0])
    return Change(kind, level, before, after, named_before, named_after, m2, 1.0, side.shapes[n])


def _pair(
    kind: Kind,
    level: str,
    old: _Level,
    new: _Level,
    before: list[int],
    after: list[int],
    changed_m2: float,
    share: float,
    ground: Any,
) -> Change:
    was, now = sorted((old.codes[o], o) for o in before), sorted((new.codes[n], n) for n in after)
    return Change(
        kind,
        level,
        tuple(code for code, _ in was),
        tuple(code for code, _ in now),
        tuple(old.names[o] for _, o in was),
        tuple(new.names[n] for _, n in now),
        changed_m2,
        share,
        ground,
    )


def _m2(shapes: Shapes) -> Floats:
    return np.asarray(shapely.area(in_metres(shapes)), dtype=np.float64) if len(shapes) else np.zeros(0)


def _sizes_at(shapes: Shapes, at: Ints) -> Floats:
    once, where = np.unique(at, return_inverse=True)
    return _m2(shapes[once])[where]
