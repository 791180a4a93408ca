"""What the columns of a boundary file mean: named by somebody, or guessed from the names that they usually have.

Owns those names and how a value is read; a guess is told to whoever asked, and none is made in silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gis.boundary_files import Layer
from gis.boundary_refusals import BoundaryFileError
from gis.candidates import Candidate

MOST_OF_A_NAME: Final = 100
_CODE: Final = re.compile(r"[0-9A-Za-z._-]{1,32}")
_LEVEL: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
# Of the five levels, each in the words that files use; the topmost first.
_LEVEL_WORDS: Final = {
    "city": ("city", "市", "地市", "地级市"),
    "county": ("county", "县", "区", "县区", "区县", "区（县）", "县（市、区）"),
    "township": ("township", "town", "乡镇", "镇", "乡", "街道", "乡镇街道", "乡（镇、街道）"),
    "village": ("village", "community", "村", "社区", "村社区", "行政村", "村居", "村（社区）"),
    "grid": ("grid", "网格", "单元网格", "基础网格"),
}
_SPOKEN: Final = {word: level for level, words in _LEVEL_WORDS.items() for word in words}
_OF_DIGITS: Final = {4: "city", 6: "county", 9: "township", 12: "village", 15: "grid"}
_USUAL: Final = {
    "code": (
        "code", "area_code", "grid_code", "gridcode", "dm", "bm", "代码", "编码", "编号", "区划代码", "网格编码",
        "网格代码", "网格编号", "行政区划代码", "xzqdm", "wgbm", "wgdm", "ward", "gss_code", "geoid", "id",
    ),
    "name": ("name", "area_name", "grid_name", "mc", "名称", "网格名称", "区划名称", "行政区划名称", "xzqmc", "wgmc"),
    "level": ("level", "kind", "级别", "层级", "等级", "jb"),
    "parent": (
        "parent_code", "parent", "上级代码", "上级编码", "上级区划代码", "父级代码", "所属代码", "sjdm", "pcode",
    ),
    "households": ("households", "户数", "hs", "hushu"),
    "overlay": ("overlay", "叠加", "代管"),
    "residents": ("residents", "人口", "人数", "population", "rk"),
    "synthetic": ("synthetic",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns mean what; None: no column does."""

    code: str | None = None
    name: str | None = None
    level: str | None = None
    parent: str | None = None
    households: str | None = None
    overlay: str | None = None
    residents: str | None = None
    synthetic: str | None = None

    def told(self) -> dict[str, str]:
        """Answer those that are there, by what they mean."""
        held = {each.name: getattr(self, each.name) for each in fields(self)}
        return {meaning: column for meaning, column in held.items() if column is not None}


def guess(names: Sequence[str], given: Columns) -> Columns:
    """Answer the columns of a file: what was named (empty: none), and the rest by the names that they usually have.

    Raises
    ------
    BoundaryFileError
        ``no_column``: one that was named is not there.

    Examples
    --------
    >>> guess(["网格编码", "名称", "geom_len"], Columns(name="名称")).told()
    {'code': '网格编码', 'name': '名称'}
    """
    named = given.told()
    for column in named.values():
        if column and column not in names:
            raise BoundaryFileError("no_column", name=column, names=", ".join(names))
    lower = {name.strip().lower(): name for name in reversed(names)}
    for meaning, usual in _USUAL.items():
        found = next((lower[each] for each in usual if each in lower), None)
        if meaning not in named and found is not None and found not in named.values():
            named[meaning] = found
    return Columns(**{meaning: column or None for meaning, column in named.items()})


def text(value: Any) -> str:
    """Answer a value as text; a code that was stored as a number loses no digit and gets no decimal point.

    Examples
    --------
    >>> text(131024106201001.0), text(" 0012 "), text(None), text(float("nan"))
    ('131024106201001', '0012', '', '')
    """
    if value is None or value != value:
        return ""
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if whole else str(value).strip()


def codes_of(layer: Layer, column: str) -> NDArray[np.object_]:
    """Answer the codes of all rows.

    Raises
    ------
    BoundaryFileError
        ``no_code``, ``bad_code``.
    """
    codes = [text(value) for value in layer.columns[column]]
    empty = [row for row, code in enumerate(codes, 1) if not code]
    if empty:
        raise BoundaryFileError("no_code", layer.file, count=len(empty), row=empty[0])
    for row, code in enumerate(codes, 1):
        if not _CODE.fullmatch(code):
            raise BoundaryFileError("bad_code", layer.file, code=code[:40], row=row)
    return np.array(codes, dtype=object)


def names_of(layer: Layer, column: str | None, codes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Answer the names of all rows; the codes, where no column holds names."""
    if column is None:
        return codes
    names = np.array([text(value) for value in layer.columns[column]], dtype=object)
    empty = np.flatnonzero(names == "")
    if len(empty):
        raise BoundaryFileError("no_name", layer.file, count=len(empty), code=codes[empty[0]])
    for code, name in zip(codes, names, strict=True):
        if len(name) > MOST_OF_A_NAME:
            raise BoundaryFileError("long_name", layer.file, code=code, most=MOST_OF_A_NAME)
    return names


def flags_of(layer: Layer, column: str | None, codes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Answer 0 or 1, true or false, yes or no of all rows; false where nothing stands."""
    values = [None] * len(codes) if column is None else layer.columns[column]
    return np.array([_flag(layer, column, value, code) for value, code in zip(values, codes, strict=True)], dtype=bool)


def _flag(layer: Layer, column: str | None, value: Any, code: str) -> bool:
    said = text(value).lower()
    if said in ("1", "true", "t", "yes", "y", "是"):
        return True
    if said in ("0", "false", "f", "no", "n", "否", ""):
        return False
    raise BoundaryFileError("bad_flag", layer.file, column=column, code=code, value=said[:40])


def counts_of(layer: Layer, column: str | None, codes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Answer whole numbers of all rows; nan where nothing stands."""
    values = [None] * len(codes) if column is None else layer.columns[column]
    counts = [_count(layer, column, value, code) for value, code in zip(values, codes, strict=True)]
    return np.array(counts, dtype=np.float64)


def _count(layer: Layer, column: str | None, value: Any, code: str) -> float:
    said = text(value)
    if not said:
        return float("nan")
    if not said.isdecimal() or len(said) > 9:
        raise BoundaryFileError("bad_number", layer.file, column=column, code=code, value=said[:40])
    return float(said)


def checked_levels(levels: Sequence[str]) -> tuple[str, ...]:
    """Answer names of levels, the topmost first, that can be names of levels.

    Raises
    ------
    BoundaryFileError
        ``bad_level``, ``levels_twice``.
    """
    said = [_SPOKEN.get(level, level) for level in levels]
    for name in said:
        if not _LEVEL.fullmatch(name):
            raise BoundaryFileError("bad_level", name=name[:40])
        if said.count(name) > 1:
            raise BoundaryFileError("levels_twice", name=name)
    return tuple(said)


def items_said(typed: str | None) -> tuple[str, ...] | None:
    """Answer what somebody typed with commas between; None where nothing is said.

    Examples
    --------
    >>> items_said("city, village，grid"), items_said("")
    (('city', 'village', 'grid'), None)
    """
    said = (each.strip() for each in (typed or "").replace("，", ",").split(","))
    return tuple(each for each in said if each) or None


def levels_of(
    layer: Layer, column: str | None, levels: Sequence[str] | None, codes: NDArray[np.object_]
) -> tuple[tuple[str, ...], NDArray[np.int64], str]:
    """Answer the levels of one file, each row's place in them, and the way in which that is known.

    By its column; else by the number of digits (4, 6, 9, 12, 15) where codes of several lengths stand; else all are of
    one level.

    Raises
    ------
    BoundaryFileError
        ``unknown_levels``, ``ask_levels``.
    """
    way, spoken = _spoken(layer, column, levels, codes)
    if levels is None:
        spoken = [_SPOKEN.get(each, each) for each in spoken]
        held = set(spoken)
        if len(held) > 1 and not held <= _LEVEL_WORDS.keys():
            raise BoundaryFileError("ask_levels", layer.file)
        levels = [level for level in _LEVEL_WORDS if level in held] or sorted(held)
    order = checked_levels(levels)
    # By the words of the file, or of whoever named the levels, or of ours.
    places = {word: n for n, name in enumerate(order) for word in (*_LEVEL_WORDS.get(name, ()), name)}
    places |= {given: n for n, given in enumerate(levels)}
    strange = sorted(set(spoken) - places.keys())
    if strange:
        raise BoundaryFileError("unknown_levels", layer.file, names=", ".join(strange)[:200])
    return order, np.array([places[each] for each in spoken], dtype=np.int64), way


def _spoken(
    layer: Layer, column: str | None, levels: Sequence[str] | None, codes: NDArray[np.object_]
) -> tuple[str, list[str]]:
    if column is not None:
        return "column", [text(value) for value in layer.columns[column]]
    lengths = {len(code) for code in codes}
    if len(lengths) > 1 and lengths <= _OF_DIGITS.keys() and all(code.isdecimal() for code in codes):
        return "digits", [_OF_DIGITS[len(code)] for code in codes]
    return "one", [levels[-1] if levels else "grid"] * len(codes)


def unloadable(candidate: Candidate) -> list[str]:
    """Answer the codes of areas that no edition can hold: there twice, or below what is not above them."""
    codes, counts = np.unique(candidate.codes.astype(str), return_counts=True)
    level = dict(zip(candidate.codes, candidate.level.tolist(), strict=True))
    wrong = {str(code) for code in codes[counts > 1]}
    for code, parent in zip(candidate.codes, candidate.parents, strict=True):
        if parent is not None and (parent not in level or level[parent] >= level[code]):
            wrong.add(str(code))
    return sorted(wrong)
