"""``/areas/{code}/live``: tells an open area page that cases changed, as server-sent events.

Carries the ids of cases and nothing else; the page then asks for what it may see.  Holds no connection while it waits.
The right to listen is asked at the beginning and again every minute; a stream ends with the session.
"""

import json
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from api.guard import log_unforeseen
from api.news import Listener
from api.pages.area_cases import staffed_area
from api.service import Service
from api.visits import service_of, visiting
from gis.database import DatabaseGoneError, is_lost
from gis.errors import GridwardenError

router = APIRouter()

# Where the stream ends, the browser asks again after so many milliseconds.
_BEGINNING: Final = "retry: 2000\n\n"
# A comment: keeps proxies from closing a silent stream.
_HEARTBEAT: Final = ": \n\n"


@router.get("/areas/{code}/live")
async def live(request: Request, code: str, service: Annotated[Service, Depends(service_of)]) -> StreamingResponse:
    """Answer a stream: ``ready`` once nothing is missed any more, then ``cases`` whenever some changed.

    ``{"cases": []}`` means that more changed than can be named.

    Raises
    ------
    LogInRequiredError, CasesForStaffError
        ``log_in_required`` for the public, ``cases_for_staff`` for staff of elsewhere.
    TooManyListenersError
        ``too_many_listeners``.
    """
    service.news.check_room()
    code = await _may_listen(request, service, code)
    stream = _nothing() if getattr(request.state, "head_alone", False) else _events(request, service, code)
    return StreamingResponse(
        stream, media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )


async def _nothing() -> AsyncIterator[str]:
    return
    yield


async def _may_listen(request: Request, service: Service, code: str) -> str:
    """Answer the code of the area, in a visit of its own that ends at once."""
    async with visiting(request, service) as visit:
        return (await staffed_area(visit, code)).code


async def _events(request: Request, service: Service, code: str) -> AsyncIterator[str]:
    yield _BEGINNING
    pace = service.news.pace
    async with service.news.listening(code) as listener:
        asked_at = monotonic()
        while not listener.ended:
            await listener.wait(pace.heartbeat_s)
            if monotonic() - asked_at >= pace.rights_s:
                if not await _still_may(request, service, code):
                    return
                asked_at = monotonic()
            yield _told(listener)


def _told(listener: Listener) -> str:
    begun = "event: ready\ndata: {}\n\n" if listener.newly_begun() else ""
    cases = listener.take()
    news = "" if cases is None else f"event: cases\ndata: {json.dumps({'cases': cases})}\n\n"
    return begun + news or _HEARTBEAT


async def _still_may(request: Request, service: Service, code: str) -> bool:
    try:
        await _may_listen(request, service, code)
    except Exception as error:
        # While the database is lost nothing is told either; the right is asked again in its time.
        if isinstance(error, DatabaseGoneError) or is_lost(error):
            return True
        if not isinstance(error, GridwardenError):
            log_unforeseen(request.scope, error)
        return False
    return True
