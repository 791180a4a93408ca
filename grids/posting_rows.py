"""One posting as somebody wrote it, what is wrong with it, and how both travel from one process to another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final, cast

from gis.errors import GridwardenError

ROLES: Final = (
    "head", "deputy", "member", "desk", "dispatcher", "department", "handler", "clerk", "supervisor", "planner",
    "administrator", "helper",
)  # fmt: skip
EARLIEST: Final = date(1950, 1, 1)
LATEST: Final = date(2150, 1, 1)
"""Days of postings lie before this one."""
_MOST: Final = 2**31


class PostingFileError(GridwardenError):
    """A file of postings that cannot be read at all; ``params["fault"]`` says why."""

    code: ClassVar[str] = "bad_posting_file"

    @property
    def fault(self) -> Fault:
        """Why it cannot be read."""
        return cast("Fault", self.params["fault"])


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, by a stable code; ``params`` fill its sentence."""

    row: int
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One posting as somebody wrote it; ``until`` is the first day on which it is no longer held, None for good.

    ``n`` is the row of the file; ``email`` "-": written to nowhere.  ``posting_id`` names a recorded posting instead of
    area, role and person; ``withdraw`` takes back one that has not begun.
    """

    n: int
    area_code: str | None = None
    role: str | None = None
    name: str | None = None
    staff_number: str | None = None
    desk: str | None = None
    name_public: bool | None = None
    since: date | None = None
    until: date | None = None
    posting_id: int | None = None
    withdraw: bool = False
    email: str | None = None


@dataclass(frozen=True, slots=True)
class PostingFile:
    """What a file holds: rows that could be read, faults of the others, headings that were not."""

    rows: tuple[PostingRow, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]


def refused(why: str, **params: Any) -> PostingFileError:
    """Answer the error of a file that cannot be read, by its reason."""
    fault = Fault(0, f"file_{why}", params)
    return PostingFileError(f"The file of postings is refused: {fault.code}.", params={"fault": fault})


def as_json(rows: Iterable[PostingRow]) -> list[dict[str, Any]]:
    """Answer rows as the database takes them, and as they go from one process to another."""
    return [
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in ((slot, getattr(row, slot)) for slot in PostingRow.__slots__)
            if value is not None and not (name == "withdraw" and value is False)
        }
        for row in rows
    ]


def from_json(said: Iterable[Mapping[str, Any]]) -> tuple[PostingRow, ...]:
    """Answer the rows that :func:`as_json` told.

    Raises
    ------
    PostingFileError
        ``bad_posting_file``: something else.
    """
    try:
        rows = tuple(PostingRow(**{k: _read(k, v) for k, v in one.items()}) for one in said)
    except (TypeError, ValueError, AttributeError) as error:
        raise refused("empty") from error
    if len({row.n for row in rows}) < len(rows):
        raise refused("empty")
    return rows


_KINDS: Final[Mapping[str, type]] = {"n": int, "posting_id": int, "name_public": bool, "withdraw": bool}


def _read(name: str, value: Any) -> Any:
    if name in ("since", "until"):
        day = date.fromisoformat(value)
        if not EARLIEST <= day < LATEST:
            raise ValueError("a day that no posting has")
        return day
    # True is a number to isinstance().
    if type(value) is not _KINDS.get(name, str) or (type(value) is int and not 0 < value < _MOST):
        raise TypeError(f"{name} is not {value!r}")
    return value
