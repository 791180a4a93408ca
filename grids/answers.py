"""The answer of ``locate`` as values: what the contract of ``GET /api/locate`` shows.

Made from what the database answered, live or as it was kept with a report; decides nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

# A neighbour with less of the accuracy's circle than this is not worth a question.
_WORTH_ASKING: Final = 0.2

Outcome = Literal["inside", "border", "near", "backstop", "outside"]
Basis = Literal["point", "coarse", "named", "bypass", "letterbox", "visit"]


@dataclass(frozen=True, slots=True)
class AreaBrief:
    """An area by its official code, with its name and level of that edition."""

    code: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Head:
    """Who is head; ``name`` only where it may be shown.  ``away_until``: he is absent, and back then."""

    role: str
    name: str | None
    since: datetime
    posting_id: int | None = None
    away_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Who must act now: the head, the deputy, or a desk of the next level."""

    area_code: str
    level: str
    role: str
    desk: str | None
    posting_id: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An area that the accuracy circle touches: its share of the circle (0..1) and its distance in metres."""

    code: str
    name: str
    share: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class Answer:
    """Which area a point lies in, who answers for it, and how that is known.

    ``basis`` says what was asked: a point, a point too coarse for a grid, or an area by its code; of a report about an
    official, `bypass`: an area above him answers; of a `letterbox` or a `visit`, which go past the grid, that of its
    level.  ``grid`` says whether the answering area is of the lowest level,
    ``overlay`` whether it lies over others and comes before them, ``tolerance_m`` within how many metres it is near
    (None where it holds the point).
    """

    outcome: Outcome
    area: AreaBrief | None
    head: Head | None
    owner: Owner | None
    chain: tuple[AreaBrief, ...]
    also: tuple[AreaBrief, ...]
    candidates: tuple[Candidate, ...]
    distance_m: float | None
    border_m: float | None
    edition: str | None
    at: datetime
    synthetic: bool
    basis: Basis
    grid: bool
    overlay: bool
    tolerance_m: float | None

    @property
    def might_be(self) -> tuple[Candidate, ...]:
        """Which areas it might be instead, the likeliest first, as far as they are worth a question."""
        others = [
            c for c in self.candidates if (self.area is None or c.code != self.area.code) and c.share >= _WORTH_ASKING
        ]
        return tuple(sorted(others, key=lambda c: (-c.share, c.code)))

    @property
    def vacancy(self) -> bool:
        """Whether the answering grid has no head on that day; that a desk runs an area above the grids is none."""
        return self.grid and self.head is None

    @property
    def owner_area(self) -> AreaBrief | None:
        """The area of the owner, which may stand above the answering one."""
        return next((a for a in self.chain if self.owner and a.code == self.owner.area_code), None)


def answer_of(row: dict[str, Any], *, names: bool) -> Answer:
    """Answer the value of what ``locate`` said in SQL.

    Parameters
    ----------
    row : dict
        The JSON object of the SQL functions ``locate`` and ``locate_area``, or of ``reports.match``.
    names : bool
        Whether names of people may be shown at all (past days: staff only).
    """
    head, owner = row["head"], row["owner"]
    return Answer(
        outcome=row["outcome"],
        area=AreaBrief(**row["area"]) if row["area"] else None,
        head=_head(head, names=names) if head else None,
        owner=Owner(owner["area_code"], owner["level"], owner["role"], owner["desk"], owner.get("posting_id"))
        if owner
        else None,
        chain=tuple(AreaBrief(**a) for a in row["chain"]),
        also=tuple(AreaBrief(**a) for a in row["also"]),
        # What was kept before names stood there is called by its code.
        candidates=tuple(Candidate(**({"name": c["code"]} | c)) for c in row["candidates"]),
        distance_m=row["distance_m"],
        border_m=row["border_m"],
        edition=row["edition"],
        at=datetime.fromisoformat(row["at"]),
        synthetic=bool(row["synthetic"]),
        basis=row["basis"],
        grid=row["grid"],
        overlay=row.get("overlay", False),
        tolerance_m=row.get("tolerance_m"),
    )


def _head(row: dict[str, Any], *, names: bool) -> Head:
    since = datetime.fromisoformat(row["since"])
    # What was kept with a report before there were absences does not speak of them.
    away = datetime.fromisoformat(row["away_until"]) if row.get("away_until") else None
    return Head(row["role"], row.get("name") if names else None, since, row.get("posting_id"), away)
