"""What the address of a working list says: a code to narrow it to, where the page before ended; the areas to choose."""

import re
from datetime import datetime
from typing import Any

from fastapi import Request

from api.errors import BadInstantError
from api.instants import parse_instant
from api.visits import Visit
from grids.areas import area, names_of


def asked_code(request: Request, name: str) -> str | None:
    """Answer a code of the address; one that is malformed is dropped."""
    given = request.query_params.get(name)
    return given if given and re.fullmatch(r"[0-9A-Za-z._-]{1,64}", given) else None


def asked_after(request: Request) -> tuple[datetime, int] | None:
    """Answer where the page before ended: an instant and the number of a case; None on the first page."""
    at, _, number = request.query_params.get("after", "").rpartition(",")
    if not (number.isascii() and number.isdecimal() and len(number) <= 18):
        return None
    try:
        return parse_instant(at), int(number)
    except BadInstantError:
        return None


async def below(visit: Visit, areas: tuple[str, ...], chosen: str | None) -> list[tuple[str, str]]:
    """Answer the areas to which a list can be narrowed: those right below its own, and the one that is chosen."""
    found: dict[str, Any] = {}
    for code in areas:
        record = await area(visit.connection, code, visit.now)
        found |= {child.code: child.name for child in record.children}
    if chosen and chosen not in found:
        found |= await names_of(visit.connection, [chosen], visit.now)
    return sorted(found.items())
