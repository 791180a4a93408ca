"""Looking after boundaries, for pages and programs alike: who may, and what was found in an edition.

``grids.editions`` says who looks after them, ``grids.findings`` reads and checks.
"""

from typing import Annotated

from fastapi import Path, Request

from api.errors import LogInRequiredError
from api.service import Service
from api.visits import Visit, session_digest, visiting
from grids.areas import served
from grids.editions import check_looks_after_boundaries
from grids.findings import Checked, check_again, checked

EditionId = Annotated[int, Path(ge=1, le=2**31 - 1)]


async def check_looks_after(visit: Visit) -> None:
    """Pass for whoever looks after boundaries.

    Raises
    ------
    LogInRequiredError
        ``log_in_required``.
    BoundariesForAdministratorsError
        ``boundaries_for_administrators``.
    """
    if visit.actor is None:
        raise LogInRequiredError("Boundaries are for administrators: log in first.")
    topmost = frozenset(area.code for area in await served(visit.connection, visit.now))
    check_looks_after_boundaries(visit.actor, topmost)


async def found_in(visit: Visit, edition_id: int, n: int | None = None) -> Checked:
    """Answer what was found in an edition, on the visit's own connection, which knows the actor."""
    raw = (await visit.connection.get_raw_connection()).driver_connection
    if raw is None:
        raise RuntimeError("the connection has no driver")
    return await checked(raw, edition_id, n)


async def check_now(request: Request, service: Service, edition_id: int) -> None:
    """Check an edition again for whoever asks; no visit is held meanwhile."""
    async with visiting(request, service) as visit:
        await check_looks_after(visit)
    await check_again(service.connections.lend, edition_id, session_digest=session_digest(request), now=service.clock())
