"""From the layers of boundary files to a candidate for an edition, and to what is stored of it.

Owns the order in which that is worked out, and says for each choice which way was taken.  No database and no checks.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.boundary_fields import (
    Columns,
    checked_levels,
    codes_of,
    counts_of,
    flags_of,
    guess,
    levels_of,
    names_of,
    text,
    unloadable,
)
from gis.boundary_files import Layer, Shapes
from gis.boundary_measures import areas_m2
from gis.boundary_parents import find_parents
from gis.boundary_refusals import BoundaryFileError
from gis.boundary_rings import all_valid
from gis.candidates import Candidate
from gis.datums import Datum
from gis.drawing import as_multis, label_points
from gis.tolerances import spoken

_LEAST_M2: Final = 0.01
_NAMED_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody said of files: which columns mean what, their levels and their datum.

    Attributes
    ----------
    columns : Columns
        Those that are None are guessed.
    levels : tuple of str, optional
        The topmost first.
    of_files : tuple of str
        The level of each file, where each holds one; empty otherwise.
    datum : Datum, optional
        Beats what the files name.
    within : str, optional
        Code of an area: the files redraw it and all below it, the rest stays as it is in force.
    """

    columns: Columns = field(default_factory=Columns)
    levels: tuple[str, ...] | None = None
    of_files: tuple[str, ...] = ()
    datum: Datum | None = None
    within: str | None = None


@dataclass(frozen=True, slots=True)
class FileTold:
    """What was understood of one file: ``columns`` by what they mean, ``levels``: ``column``, ``digits`` or ``one``."""

    file: str
    format: str
    encoding: str
    crs: str | None
    rows: int
    columns: dict[str, str]
    levels: str


@dataclass(frozen=True, slots=True)
class Told:
    """Which ways were taken.

    Attributes
    ----------
    files : tuple of FileTold
        In the order given.
    parents : mapping
        How many were found by ``column``, ``code`` or ``ground``.
    kept : int
        Areas that stay as they are in force.
    left_out : int
        Areas of the files that do not lie within what is redrawn.
    """

    files: tuple[FileTold, ...]
    parents: dict[str, int]
    kept: int = 0
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A candidate with what else is stored of each area, ``(n,)``, nan where nobody counted; its datum as given.

    Files name WGS84 or CGCS2000, which are one here: where some name this and some that, it is WGS84.
    ``tolerances_m``: how far off an area of each level is near, the topmost first.
    """

    candidate: Candidate
    residents: NDArray[np.float64]
    synthetic: NDArray[np.bool_]
    datum: Datum
    tolerances_m: tuple[float, ...]
    told: Told = Told((), {})

    @property
    def tolerances(self) -> dict[str, float]:
        """The same by the names of the levels."""
        return dict(zip(self.candidate.levels, self.tolerances_m, strict=True))

    def with_tolerances(self, said: Iterable[str]) -> Draft:
        """Answer the draft with tolerances as somebody typed them; of a level that is not named it keeps its own.

        Raises
        ------
        BadToleranceError
            ``bad_tolerance``.
        """
        return replace(self, tolerances_m=spoken(said, self.candidate.levels, self.tolerances_m))


def draft_of(layers: Sequence[Layer], asked: Asked) -> Draft:
    """Answer the draft of an edition that is in one file, or in one for each level.

    Raises
    ------
    BoundaryFileError, UnknownDatumError
        ``boundary_file_refused``, ``unknown_datum``.
    """
    if asked.of_files and asked.levels is not None:
        raise BoundaryFileError("levels_both")
    if asked.of_files and len(asked.of_files) not in (1, len(layers)):
        raise BoundaryFileError("levels_for_files", files=len(layers), levels=len(asked.of_files))
    datums = {layer.datum(asked.datum) for layer in layers}
    parts = [_part(layer, asked, n) for n, layer in enumerate(layers)]
    order = _order(parts, asked)
    codes, names, given, households, residents, overlay, synthetic, shapes = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("codes", "names", "parents", "households", "residents", "overlay", "synthetic", "shapes")
    )
    level = np.concatenate(
        [np.array([order.index(part.levels[n]) for n in part.level], dtype=np.int64) for part in parts]
    )
    parents, ways = find_parents(codes, level, given, shapes)
    told = Told(tuple(part.told for part in parts), dict(Counter(ways.tolist())))
    candidate = Candidate(order, codes, names, level, parents, overlay, households, shapes)
    return Draft(candidate, residents, synthetic, min(datums, key=list(Datum).index), spoken((), order), told)


@dataclass(frozen=True, slots=True)
class _Part:
    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    levels: tuple[str, ...]
    level: NDArray[np.int64]
    parents: NDArray[np.object_]
    households: NDArray[np.float64]
    residents: NDArray[np.float64]
    overlay: NDArray[np.bool_]
    synthetic: NDArray[np.bool_]
    shapes: Shapes
    told: FileTold


def _part(layer: Layer, asked: Asked, n: int) -> _Part:
    columns = guess(list(layer.columns), asked.columns)
    if columns.code is None:
        names = ", ".join(layer.columns)
        raise BoundaryFileError("ask_column", layer.file, what="code", option="--code-field", names=names)
    codes = codes_of(layer, columns.code)
    one = asked.of_files[n if len(asked.of_files) > 1 else 0] if asked.of_files else None
    if one is None:
        levels, level, way = levels_of(layer, columns.level, asked.levels, codes)
    else:
        columns = replace(columns, level=None)
        levels, level, way = checked_levels([one]), np.zeros(len(codes), dtype=np.int64), "one"
    above = [""] * len(codes) if columns.parent is None else [text(value) for value in layer.columns[columns.parent]]
    told = FileTold(layer.file, layer.format, layer.encoding, layer.crs, len(codes), columns.told(), way)
    return _Part(
        codes, names_of(layer, columns.name, codes), levels, level,
        np.array([each or None for each in above], dtype=object),
        counts_of(layer, columns.households, codes), counts_of(layer, columns.residents, codes),
        flags_of(layer, columns.overlay, codes), flags_of(layer, columns.synthetic, codes),
        layer.in_wgs84(layer.datum(asked.datum)), told,
    )  # fmt: skip


def _order(parts: Sequence[_Part], asked: Asked) -> tuple[str, ...]:
    """Answer the levels of all files, the topmost first."""
    if asked.levels is not None:
        return checked_levels(asked.levels)
    if len(asked.of_files) > 1:
        return checked_levels(list(dict.fromkeys(asked.of_files)))
    held = dict.fromkeys(level for part in parts for level in part.levels)
    if len(parts) > 1 and any(part.levels != parts[0].levels for part in parts):
        raise BoundaryFileError("ask_levels")
    return tuple(held)


def within(draft: Draft, code: str, there: Draft) -> Draft:
    """Answer the edition in force, its tolerances too, with one area and all below it taken from a draft.

    Parameters
    ----------
    draft : Draft
        Of the files; what does not lie within the area is left out.
    code : str
        Of that area.
    there : Draft
        The edition in force.

    Raises
    ------
    BoundaryFileError
        ``unknown_within``, ``levels_differ``, ``nothing_within``.
    """
    old, new = there.candidate, draft.candidate
    if code not in old.codes:
        raise BoundaryFileError("unknown_within", code=code)
    if not set(new.levels) <= set(old.levels):
        raise BoundaryFileError("levels_differ", given=", ".join(new.levels), there=", ".join(old.levels))
    places = np.array([old.levels.index(level) for level in new.levels], dtype=np.int64)
    new = replace(new, level=places[new.level], parents=_parents_with(old, new, places))
    inside = _below(new, old, code)
    if not inside.any():
        raise BoundaryFileError("nothing_within", code=code)
    # The area itself stays where the files do not hold it, and stays below whatever it lay below.
    replaced = _below(old, old, code) & ((old.codes != code) | bool((new.codes[inside] == code).any()))
    parents = new.parents[inside].copy()
    parents[new.codes[inside] == code] = old.parents[old.codes == code]
    kept = ~replaced

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(old, name)[kept], getattr(new, name)[inside]])

    candidate = Candidate(
        old.levels,
        joined("codes"),
        joined("names"),
        joined("level"),
        np.concatenate([old.parents[kept], parents]),
        joined("overlay"),
        joined("households"),
        joined("shapes"),
    )
    told = replace(draft.told, kept=int(kept.sum()), left_out=int((~inside).sum()))
    return Draft(
        candidate,
        np.concatenate([there.residents[kept], draft.residents[inside]]),
        np.concatenate([there.synthetic[kept], draft.synthetic[inside]]),
        draft.datum,
        there.tolerances_m,
        told,
    )


def _parents_with(old: Candidate, new: Candidate, places: NDArray[np.int64]) -> NDArray[np.object_]:
    """Answer the parents of new areas, also where only the edition in force has them."""
    other = ~np.isin(old.codes, new.codes)
    parents, _ = find_parents(
        np.concatenate([old.codes[other], new.codes]),
        np.concatenate([old.level[other], places[new.level]]),
        np.concatenate([old.parents[other], new.parents]),
        np.concatenate([old.shapes[other], new.shapes]),
    )
    return parents[int(other.sum()) :]


def _below(candidate: Candidate, there: Candidate, code: str) -> NDArray[np.bool_]:
    """Answer which areas are the one of the code, or lie below it, perhaps by way of areas that are there."""
    parents = dict(zip(there.codes, there.parents, strict=True))
    parents |= dict(zip(candidate.codes, candidate.parents, strict=True))

    def lies(each: str | None) -> bool:
        # Parents of a file may go round in a circle.
        for _ in range(len(there.levels) + 1):
            if each == code:
                return True
            each = parents.get(each)
        return False

    return np.array([lies(each) for each in candidate.codes], dtype=bool)


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows of an edition, parents before their children, and the digest of all that they say."""

    levels: tuple[str, ...]
    tolerances_m: tuple[float, ...]
    codes: list[str]
    names: list[str]
    level: list[str]
    parents: list[str | None]
    chains: list[str]
    overlay: list[bool]
    households: list[int | None]
    residents: list[int | None]
    synthetic: list[bool]
    area_m2: list[float]
    labels: list[bytes]
    outlines: list[bytes]
    digest: bytes


def stored(draft: Draft) -> Stored:
    """Answer what is stored of a draft: outlines repaired as the checks proposed, chains, points for names, sizes.

    Raises
    ------
    BoundaryFileError
        ``cannot_load``: no edition can hold it.
    """
    c = draft.candidate
    wrong = unloadable(c)
    outlines = all_valid(c.shapes)
    wrong += [str(code) for code in c.codes[shapely.is_empty(outlines)]]
    if wrong:
        named = ", ".join(wrong[:_NAMED_MOST]) + (" …" if len(wrong) > _NAMED_MOST else "")
        raise BoundaryFileError("cannot_load", count=len(wrong), codes=named)
    order = np.lexsort((c.codes.astype(str), c.level))
    outlines = as_multis(outlines[order])
    parents = dict(zip(c.codes, c.parents, strict=True))
    codes = [str(code) for code in c.codes[order]]
    rows = Stored(
        c.levels,
        draft.tolerances_m,
        codes,
        [str(name) for name in c.names[order]],
        [c.levels[n] for n in c.level[order]],
        [parents[code] for code in codes],
        ["/".join(_chain(code, parents)) for code in codes],
        c.overlay[order].tolist(),
        _whole(c.households[order]),
        _whole(draft.residents[order]),
        draft.synthetic[order].tolist(),
        np.maximum(np.round(areas_m2(outlines)), _LEAST_M2).tolist(),
        _wkb(np.asarray(shapely.points(label_points(list(outlines))), dtype=object)),
        _wkb(outlines),
        b"",
    )
    return replace(rows, digest=_digest(rows))


def _chain(code: str, parents: dict[str, str | None]) -> list[str]:
    chain = [code]
    while (above := parents[chain[-1]]) is not None:
        chain.append(above)
    return chain[::-1]


def _wkb(shapes: Shapes) -> list[bytes]:
    return [bytes(each) for each in np.asarray(shapely.to_wkb(shapes), dtype=object)]


def _whole(numbers: NDArray[np.float64]) -> list[int | None]:
    return [None if np.isnan(number) else int(number) for number in numbers]


def _digest(rows: Stored) -> bytes:
    told = zip(
        rows.codes, rows.names, rows.level, rows.parents, rows.overlay, rows.households, rows.residents, rows.synthetic,
        strict=True,
    )  # fmt: skip
    digest = hashlib.sha256(json.dumps([rows.levels, rows.tolerances_m, *told], ensure_ascii=False).encode())
    for outline in rows.outlines:
        digest.update(outline)
    return digest.digest()
