"""What somebody typed about a posting, as values: days, names, numbers.  Pages share it; decides nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from grids.posting_files import day_of
from grids.posting_rows import Fault, PostingRow
from grids.postings import PostingRefusedError


def text(typed: FormData | Mapping[str, Any], name: str) -> str | None:
    """Answer what stands in a field; None where nothing does."""
    value = typed.get(name)
    return (value.strip()[:100] or None) if isinstance(value, str) else None


def day(typed: FormData | Mapping[str, Any], name: str) -> date | None:
    """Answer the day in a field.

    Raises
    ------
    PostingRefusedError
        ``posting_refused``: it is no day.
    """
    value = text(typed, name)
    found = None if value is None else day_of(value)
    if value is not None and found is None:
        raise PostingRefusedError(f"{value!r} is no day.", params={"fault": Fault(1, "bad_day", {"written": value})})
    return found


def number(typed: FormData | Mapping[str, Any], name: str) -> int | None:
    """Answer the whole number in a field; None where there is none."""
    value = text(typed, name)
    return int(value) if value is not None and value.isdecimal() and len(value) < 10 else None


def new_row(n: int, typed: FormData | Mapping[str, Any], **fixed: Any) -> PostingRow:
    """Answer a new posting from a form; ``fixed`` beats what was typed."""
    given: dict[str, Any] = {
        "area_code": text(typed, "area_code"),
        "role": text(typed, "role"),
        "name": text(typed, "name"),
        "staff_number": text(typed, "staff_number"),
        "desk": text(typed, "desk"),
        "name_public": "name_public" in typed,
        "email": text(typed, "email"),
        "since": day(typed, "since"),
        "until": day(typed, "until"),
    }
    return PostingRow(n, **(given | fixed))
