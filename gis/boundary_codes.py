"""Codes, names and parents as they are written: what stands there twice, points to nothing, or does not fit.

Looks at no outline but to tell an area that got another name from a code that now stands for another place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely

from gis.boundary_ground import Ground, strings
from gis.candidates import Finding, Severity

FITTING_SHARE: Final = 0.95
"""Codes begin with their parent's by rule, not by chance, where so many of a level do; else no exception is told."""
FITTING_COUNT: Final = 5


def duplicate_codes(ground: Ground) -> Iterator[Finding]:
    """Tell of codes of several areas (``duplicate_code``) and of areas without one (``missing_code``): errors."""
    places: dict[str, list[int]] = defaultdict(list)
    for n, code in enumerate(ground.codes):
        places[code].append(n)
    for code, mine in sorted(places.items()):
        missing = not code.strip()
        if not missing and len(mine) == 1:
            continue
        kind, codes = ("missing_code", ()) if missing else ("duplicate_code", (code,))
        yield Finding(kind, "error", codes, None, shapely.union_all(ground.shapes[mine]), params={"times": len(mine)})


def parents(ground: Ground) -> Iterator[Finding]:
    """Tell of parents that cannot be: ``no_parent``, ``unknown_parent``, ``parent_level`` (not above): errors.

    A parent that is more than one level up is a warning: some cities have grids right below a township.
    """
    levels = ground.candidate.level
    top = int(levels.min()) if len(levels) else 0
    for n, given in enumerate(strings(ground.candidate.parents)):
        level, parent = int(levels[n]), int(ground.parent[n])
        told = {"parent": given, "level": ground.candidate.levels[level]}
        code, shape = (ground.codes[n],), ground.shapes[n]
        if not given and level > top:
            yield Finding("no_parent", "error", code, None, shape, params=told)
        elif given and parent < 0:
            yield Finding("unknown_parent", "error", code, None, shape, params=told)
        elif given and levels[parent] != level - 1:
            severity: Severity = "warning" if levels[parent] < level else "error"
            told["parent_level"] = ground.candidate.levels[int(levels[parent])]
            yield Finding("parent_level", severity, code, None, shape, params=told)


def missing_names(ground: Ground) -> Iterator[Finding]:
    """Tell of areas without a name (``missing_name``): an error, because people read names."""
    for n, name in enumerate(strings(ground.candidate.names)):
        if not name:
            yield Finding("missing_name", "error", (ground.codes[n],), None, ground.shapes[n])


def odd_codes(ground: Ground) -> Iterator[Finding]:
    """Tell of codes that do not begin as their parent's where nearly all others do (``odd_code``): a warning.

    A code of a higher level is compared without the zeros at its end: 131000 stands above 131024.
    """
    children = np.flatnonzero(ground.parent >= 0)
    fits = np.array(
        [ground.codes[n].startswith(ground.codes[ground.parent[n]].rstrip("0")) for n in children], dtype=bool
    )
    for level in np.unique(ground.candidate.level[children]):
        mine = ground.candidate.level[children] == level
        fitting = int(fits[mine].sum())
        if fitting < FITTING_COUNT or fitting < FITTING_SHARE * mine.sum():
            continue
        for n in children[mine & ~fits]:
            told = {"parent": ground.codes[ground.parent[n]], "level": ground.candidate.levels[int(level)]}
            yield Finding("odd_code", "warning", (ground.codes[n],), None, ground.shapes[n], params=told)


def other_names(ground: Ground, before: Ground) -> Iterator[Finding]:
    """Tell of codes that had another name in the edition in force (``renamed``, ``moved_code``, ``swapped_name``).

    The same place under another name is a note.  It is a warning where the name belonged to another code of the same
    parent, or where the code now stands for ground that it did not have at all: then codes or names slipped by a line.
    """
    names, earlier = strings(ground.candidate.names), strings(before.candidate.names)
    siblings = {(before.candidate.parents[n], name): n for n, name in enumerate(earlier)}
    for n, code in enumerate(ground.codes):
        was = before.places.get(code)
        if was is None or not names[n] or names[n] == earlier[was]:
            continue
        other = siblings.get((before.candidate.parents[was], names[n]))
        told: dict[str, object] = {"name": names[n], "former": earlier[was]}
        kind = "renamed"
        if other is not None:
            kind, told["other"] = "swapped_name", before.codes[other]
        elif ground.there[n] and before.there[was] and not shapely.intersects(ground.shapes[n], before.shapes[was]):
            kind = "moved_code"
        yield Finding(kind, "note" if kind == "renamed" else "warning", (code,), None, ground.shapes[n], params=told)
