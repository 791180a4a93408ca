"""Names and codes of Langfang's areas, and how many grids and households each village gets.

Owns the reading of the divisions file and the synthetic plan laid over it.  It draws nothing and
knows no geometry.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gis.errors import GridwardenError

CITY = "1310"
ZONE = "131071"
WUBAIHU = "131024106"
EXAMPLE_VILLAGE = "131024106999"
"""The fictional 示例村: its code is in no list, its name means "example village"."""

LEVELS = ("city", "county", "township", "village", "grid")

_SUFFIXES = ("村民委员会", "居民委员会", "街道委员会", "村委会", "居委会")
_NUMERALS = "一二三四五六七八九"
_MOST_GRIDS = 4


class DivisionsMissingError(GridwardenError):
    """The divisions file is not there, or is not what it should be."""

    code = "divisions_missing"


@dataclass(frozen=True)
class Division:
    """One line of the divisions file: an area with its official code, name and parent."""

    level: str
    code: str
    name: str
    parent_code: str | None

    @property
    def short_name(self) -> str:
        """The name without its committee; ``霍刘赵村村民委员会`` is ``霍刘赵村``."""
        return short_name(self.name)

    @property
    def urban(self) -> bool:
        """Whether this is a residents' community and not a farming village."""
        return "居" in self.name[-5:] or "社区" in self.name


@dataclass(frozen=True)
class VillagePlan:
    """What a village is to get: households, and how many grids they are shared among."""

    households: int
    grids: int


def default_path() -> Path:
    """Where the divisions file lies in a checkout."""
    return Path(__file__).parents[2] / "data" / "boundaries" / "langfang_divisions.csv"


def read_divisions(path: Path) -> list[Division]:
    """All divisions of the file in the order of their codes, and the fictional village among them.

    Parameters
    ----------
    path
        CSV in UTF-8 with the columns ``level, code, name, parent_code``.

    Raises
    ------
    DivisionsMissingError
        ``divisions_missing``: no such file, or no such columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [
                Division(
                    row["level"],
                    row["code"],
                    row["name"],
                    row["parent_code"] if row["code"] != CITY else None,
                )
                for row in csv.DictReader(file)
            ]
    except (OSError, KeyError) as error:
        message = f"cannot read the divisions in {path}: run the command from a checkout, or name the file"
        raise DivisionsMissingError(message, params={"path": str(path)}) from error
    rows.append(Division("village", EXAMPLE_VILLAGE, "示例村", WUBAIHU))
    return sorted(rows, key=lambda row: (len(row.code), row.code))


def short_name(name: str) -> str:
    """A village's name without the word for its committee.

    >>> short_name("霍刘赵村村民委员会"), short_name("示例村")
    ('霍刘赵村', '示例村')
    """
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def grid_name(village_name: str, number: int) -> str:
    """The name of a village's grid; ``示例村第一网格``.

    >>> grid_name("示例村", 1)
    '示例村第一网格'
    """
    return f"{short_name(village_name)}第{_NUMERALS[number - 1]}网格"


def grid_code(village_code: str, number: int) -> str:
    """The 15 digits of a grid: its village's 12 and its number in 3.

    >>> grid_code("131024106999", 1)
    '131024106999001'
    """
    return f"{village_code}{number:03d}"


def plan_village(village: Division, seed: int) -> VillagePlan:
    """Synthetic households of a village and the number of its grids, from the seed and the code alone."""
    if village.code == EXAMPLE_VILLAGE:
        return VillagePlan(households=930, grids=3)
    rng = np.random.default_rng([seed, int(village.code)])
    median, spread, per_grid = (1080, 0.45, 355) if village.urban else (450, 0.55, 375)
    households = int(np.clip(rng.lognormal(math.log(median), spread), 60, 3600))
    return VillagePlan(households, max(1, min(_MOST_GRIDS, round(households / per_grid))))


def split_households(total: int, parts: int, rng: np.random.Generator) -> list[int]:
    """Share households among grids, unevenly, so that the parts add up to the whole."""
    shares = rng.uniform(0.7, 1.3, parts)
    cuts = np.round(np.cumsum(shares / shares.sum()) * total).astype(int)
    return [int(part) for part in np.diff(cuts, prepend=0)]
