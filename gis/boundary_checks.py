"""What is wrong with a set of areas before it becomes an edition: all checks, in order, with their findings sorted.

Each kind of finding is told by one function with a stated rule: of outlines ``gis.boundary_rings``, of codes and names
``gis.boundary_codes``, of where areas lie ``gis.boundary_datum``, of neighbours ``gis.boundary_neighbours``, of levels
``gis.boundary_levels``.  No database and no words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import shapely

from gis import boundary_codes, boundary_datum, boundary_levels, boundary_neighbours, boundary_rings
from gis.boundary_ground import Ground, strings
from gis.boundary_measures import areas_m2
from gis.boundary_rings import Repair, repaired, usable
from gis.candidates import SEVERITIES, Candidate, Finding

KINDS: Final = (
    "empty", "not_area", "bad_coordinates", "invalid_ring", "collapsed", "swapped", "datum", "far", "elsewhere",
    "duplicate_code", "missing_code", "no_parent", "unknown_parent", "parent_level", "missing_name", "odd_code",
    "renamed", "swapped_name", "moved_code", "duplicate_outline", "overlap", "covered", "gap", "hole", "unfilled",
    "childless", "outside", "exclave", "crumb", "many_vertices", "few_vertices", "more",
)  # fmt: skip
"""Every kind, in the order in which a file is mended: outlines, where they lie, what they are called, how they meet."""
MOST_OF_A_KIND: Final = 500
"""More of one kind and severity are counted (``more``), not kept: nobody mends them one by one."""
NAMED_MOST: Final = 20
"""So many areas of a finding are told with their names; the codes are all there."""


def check(
    candidate: Candidate, against: Candidate | None = None, *, most: int | None = MOST_OF_A_KIND
) -> list[Finding]:
    """Answer what is wrong or remarkable, the worst first, then the largest.

    Parameters
    ----------
    candidate : Candidate
        What somebody wants to make an edition of; anything may be wrong with it.
    against : Candidate, optional
        The edition in force, if there is one: names, holes and the datum are compared with it.
    most : int or None
        So many of a kind and severity are listed, the others counted (``more``); None: all are listed.

    Examples
    --------
    >>> from gis.candidates import Candidate
    >>> def wards(*shapes):
    ...     n = len(shapes)
    ...     text = lambda values: np.array(values, dtype=object)
    ...     codes, names, parents = text([f"{k}" for k in range(n)]), text(["Ward"] * n), text([None] * n)
    ...     level, overlay = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    ...     return Candidate(("ward",), codes, names, level, parents, overlay, np.full(n, np.nan), text(shapes))
    >>> check(wards(shapely.box(117, 39, 117.01, 39.01), shapely.box(117.01, 39, 117.02, 39.01)))
    []
    >>> [(one.kind, one.severity, one.codes, round(one.area_m2, -3)) for one in
    ...  check(wards(shapely.box(117, 39, 117.01, 39.01), shapely.box(117.009, 39, 117.02, 39.01)))]
    [('overlap', 'error', ('0', '1'), 96000.0)]
    """
    before = _survey(against, None)[0] if against is not None else None
    ground, repairs, swapped = _survey(candidate, before)
    found = [*boundary_rings.unusable_outlines(candidate), *swapped, *boundary_rings.invalid_rings(candidate, repairs)]
    ground, shifted = boundary_datum.other_datum(ground, before)
    found += shifted
    for told in _of_codes(ground, before):
        found += told
    for told in _of_ground(ground, before):
        found += told
    return in_order(_named(_measured(found if most is None else counted(found, most)), ground))


def _of_codes(ground: Ground, before: Ground | None) -> Iterable[Iterable[Finding]]:
    yield boundary_codes.duplicate_codes(ground)
    yield boundary_codes.parents(ground)
    yield boundary_codes.missing_names(ground)
    yield boundary_codes.odd_codes(ground)
    if before is not None:
        yield boundary_codes.other_names(ground, before)


def _of_ground(ground: Ground, before: Ground | None) -> Iterable[Iterable[Finding]]:
    yield boundary_datum.far_away(ground, before)
    yield boundary_neighbours.duplicate_outlines(ground)
    yield boundary_neighbours.overlaps(ground)
    yield boundary_levels.gaps(ground, before)
    yield boundary_levels.outside(ground)
    yield boundary_neighbours.exclaves(ground)
    yield boundary_rings.vertex_counts(ground.candidate, ground.shapes)


def _survey(candidate: Candidate, before: Ground | None) -> tuple[Ground, dict[int, Repair], list[Finding]]:
    """Answer the ground with every outline valid and on the Earth, or empty; repairs by place, and what was swapped."""
    shapes = candidate.shapes.copy()
    shapes[~usable(shapes)] = shapely.Polygon()
    # Before anything is measured: beyond the poles there is nothing to measure.
    ground, swapped = boundary_datum.exchanged(Ground(candidate, shapes), before)
    broken = np.flatnonzero(~shapely.is_valid(ground.shapes))
    repairs = {int(n): repaired(ground.shapes[n]) for n in broken}
    mended = np.empty(len(broken), dtype=object)
    mended[:] = [repair.shape for repair in repairs.values()]
    return ground.with_shapes(broken, mended), repairs, swapped


def counted(found: Iterable[Finding], most: int) -> list[Finding]:
    """Answer the largest so many of each kind and severity, and how many more there were.

    >>> notes = [Finding("exclave", "note", (str(n),), float(n)) for n in range(503)]
    >>> kept = counted(notes, 500)
    >>> len(kept), kept[-1].kind, dict(kept[-1].params)
    (501, 'more', {'of': 'exclave', 'count': 3})
    """
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for one in found:
        groups[one.kind, one.severity].append(one)
    kept: list[Finding] = []
    for (kind, _), group in groups.items():
        group.sort(key=_order)
        kept += group[:most]
        if len(group) > most:
            told = {"of": kind, "count": len(group) - most}
            kept.append(Finding("more", group[0].severity, params=told))
    return kept


def in_order(found: Iterable[Finding]) -> list[Finding]:
    """Answer findings with the worst first, then the largest, then by kind and code."""
    return sorted(found, key=_order)


def _order(one: Finding) -> tuple[int, float, int, tuple[str, ...]]:
    return SEVERITIES.index(one.severity), -(one.area_m2 or 0.0), KINDS.index(one.kind), one.codes


# What these tell is no size of their shape.
_OTHERWISE: Final = frozenset({"invalid_ring", "collapsed"})


def _measured(found: Sequence[Finding]) -> Iterable[Finding]:
    """Answer findings with geodesic areas; until here quick ones do, which differ by less than a thousandth."""
    sized = [n for n, one in enumerate(found) if one.area_m2 is not None and one.kind not in _OTHERWISE]
    shapes = np.empty(len(sized), dtype=object)
    shapes[:] = [found[n].shape for n in sized]
    area = dict(zip(sized, areas_m2(shapes).tolist(), strict=True))
    for n, one in enumerate(found):
        yield replace(one, area_m2=area[n]) if n in area else one


def _named(found: Iterable[Finding], ground: Ground) -> Iterable[Finding]:
    """Answer findings with the names of their areas among their values."""
    names = dict(zip(ground.codes, strings(ground.candidate.names), strict=True))
    for one in found:
        yield replace(one, params={**one.params, "names": [names.get(code, "") for code in one.codes[:NAMED_MOST]]})
