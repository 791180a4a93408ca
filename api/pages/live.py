"""``…/live``: tells an open page that something changed, as server-sent events.

Of an area page it carries the ids of cases, of a working list that there is news and nothing else; the page then asks
for what it may see.  Holds no connection while it waits.  The right to listen is asked at the beginning and again every
minute; a stream ends with the session, and where its reader has other rights than when it began.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from api.guard import log_unforeseen
from api.news import Listener
from api.service import Service
from api.staffed import staffed_area
from api.visits import Visit, service_of, session_digest, visiting
from api.working_lists import LiveList, news_of
from gis.database import DatabaseGoneError, is_lost
from gis.errors import GridwardenError

router = APIRouter()

# Where the stream ends, the browser asks again after so many milliseconds.
_BEGINNING: Final = "retry: 2000\n\n"
# A comment: keeps proxies from closing a silent stream.
_HEARTBEAT: Final = ": \n\n"

Serving = Annotated[Service, Depends(service_of)]
_Ask = Callable[[Visit], Awaitable[frozenset[str]]]
"""Answers what concerns the visitor on his page, or refuses."""
_Tell = Callable[[Listener], str]
"""Answers what there is to tell, empty for nothing."""


@router.get("/areas/{code}/live")
async def live(request: Request, code: str, service: Serving) -> StreamingResponse:
    """Answer a stream: ``ready`` once nothing is missed any more, then ``cases`` whenever some changed.

    ``{"cases": []}`` means that more changed than can be named.

    Raises
    ------
    LogInRequiredError, CasesForStaffError
        ``log_in_required`` for the public, ``cases_for_staff`` for staff of elsewhere.
    TooManyListenersError
        ``too_many_listeners``.
    """

    async def ask(visit: Visit) -> frozenset[str]:
        return frozenset({(await staffed_area(visit, code)).code})

    return await _stream(request, service, ask, _cases)


@router.get("/desk/live")
@router.get("/supervision/live")
@router.get("/inbox/live")
@router.get("/moderation/live")
async def live_list(request: Request, service: Serving) -> StreamingResponse:
    """Answer a stream of a working list: ``ready``, then ``changed`` whenever something did that concerns its reader.

    Raises
    ------
    LogInRequiredError, ListForOthersError, ModerationForClerksError
        ``log_in_required``, ``list_for_others``, ``moderation_for_clerks``: as the page itself.
    TooManyListenersError
        ``too_many_listeners``.
    """
    which = cast("LiveList", request.url.path.split("/")[-2])

    async def ask(visit: Visit) -> frozenset[str]:
        return await news_of(visit, which)

    return await _stream(request, service, ask, _changed)


async def _stream(request: Request, service: Service, ask: _Ask, tell: _Tell) -> StreamingResponse:
    service.news.check_room(session_digest(request))
    keys = await _asked(request, service, ask)
    alone = getattr(request.state, "head_alone", False)
    return StreamingResponse(
        _nothing() if alone else _events(request, service, keys, ask, tell),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _nothing() -> AsyncIterator[str]:
    return
    yield


async def _asked(request: Request, service: Service, ask: _Ask) -> frozenset[str]:
    """Answer what concerns the reader, in a visit of its own that ends at once."""
    async with visiting(request, service) as visit:
        return await ask(visit)


async def _events(
    request: Request, service: Service, keys: frozenset[str], ask: _Ask, tell: _Tell
) -> AsyncIterator[str]:
    yield _BEGINNING
    pace = service.news.pace
    async with service.news.listening(keys, session_digest(request)) as listener:
        asked_at = monotonic()
        while not listener.ended:
            await listener.wait(pace.heartbeat_s)
            if monotonic() - asked_at >= pace.rights_s:
                if not await _still(request, service, keys, ask):
                    return
                asked_at = monotonic()
            begun = "event: ready\ndata: {}\n\n" if listener.newly_begun() else ""
            yield begun + tell(listener) or _HEARTBEAT


def _cases(listener: Listener) -> str:
    cases = listener.take()
    return "" if cases is None else f"event: cases\ndata: {json.dumps({'cases': cases})}\n\n"


def _changed(listener: Listener) -> str:
    return "event: changed\ndata: {}\n\n" if listener.take_changed() else ""


async def _still(request: Request, service: Service, keys: frozenset[str], ask: _Ask) -> bool:
    """Whether the reader may listen, to the same as when he began."""
    try:
        return await _asked(request, service, ask) == keys
    except Exception as error:
        # While the database is lost nothing is told either; the right is asked again in its time.
        if isinstance(error, DatabaseGoneError) or is_lost(error):
            return True
        if not isinstance(error, GridwardenError):
            log_unforeseen(request.scope, error)
        return False
