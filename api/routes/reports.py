"""``POST /api/reports`` and ``GET /api/reports/{number}``."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.routing import APIRoute
from pydantic import ValidationError
from starlette.responses import Response

from api.errors import problems
from api.languages import language_of, words_for
from api.quotas import Sender
from api.routes.schemas import (
    AkinBody,
    AkinDocument,
    AreaBrief,
    ClosedHereDocument,
    ClosingDocument,
    HearingSeenDocument,
    Located,
    MediationBrief,
    ReceiptDocument,
    ReportBody,
    ReportDocument,
    ReporterPart,
    Step,
)
from api.senders import admit_look_up, admit_report
from api.service import Service
from api.visits import Visiting, service_of, session_digest
from grids.akin import akin_to
from grids.at_place import closed_at_place
from grids.clock import ZONE
from grids.hearings import reporter_hearings
from grids.receipts import clean_number
from grids.report_views import receipt, reporter_view
from grids.reports import NewReport, Receipt, receive
from grids.workflow import State

router = APIRouter(prefix="/api", tags=["reports"])

_PROBLEMS = problems(
    "not_json",
    "missing_idempotency_key",
    "cross_site",
    "channel_for_staff",
    "channel_not_for_key",
    "unknown_key",
    "too_many_reports",
    "body_too_large",
    "bad_position",
    "bad_accuracy",
    "coordinates_swapped",
    "unknown_datum",
    "bad_instant",
    "empty_text",
    "text_too_long",
    "missing_place",
    "seen_in_future",
    "unknown_category",
    "unknown_area",
    "outside_service_area",
    "idempotency_conflict",
    "invalid_request",
    "no_boundaries",
    "database_gone",
)


# A key is one way to be known and nobody needs one: hence the empty alternative.
_KEY_OR_NOTHING: dict[str, Any] = {"security": [{"apiKey": []}, {}]}


class Admitted(APIRoute):
    """The hot path: a request is counted against its sender's quota before its body is read; a usual body is read here.

    Whatever is not plainly in order is left to FastAPI's own handler, which reads the unusual too and says what is
    wrong; it takes as long for that as the database takes for all the rest.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Answer the handler of a request."""
        read_in_full = super().get_route_handler()

        async def answer(request: Request) -> Response:
            request.state.sender = await admit_report(request)
            asked = await _usual(request)
            if asked is None:
                return await read_in_full(request)
            document = await post_report(request, *asked)
            return Response(document.model_dump_json(), self.status_code or 200, media_type="application/json")

        return answer


async def _usual(request: Request) -> tuple[ReportBody, str] | None:
    """Answer body and key of a request that is plainly in order."""
    headers = request.headers
    key = headers.get("idempotency-key", "")
    if headers.get("content-type") != "application/json" or not _KEY_LEAST <= len(key) <= _KEY_MOST:
        return None
    try:
        return ReportBody.model_validate_json(await request.body()), key
    except ValidationError:
        return None


_KEY_LEAST, _KEY_MOST = 16, 128


async def take_in(
    request: Request, service: Service, report: NewReport, key: str, same_as: int | None = None
) -> Receipt:
    """Take a report in for a request: the one way in, for JSON and for forms.

    Letters to the contact go in the language of the request.  What staff take down is somebody else's, who is written
    to in Chinese, whatever the one who types reads.
    """
    staff = session_digest(request)
    async with service.connections.lend() as connection:
        return await receive(
            connection,
            report,
            idempotency_key=key,
            session_digest=staff,
            keys=service.keys,
            now=service.clock(),
            lang="zh" if staff else language_of(request),
            same_as=same_as,
        )


def link_of(taken: Receipt) -> str:
    """Answer the resident's link; it begins at the root of this service."""
    return f"/status/{taken.number}?key={taken.key}"


async def post_report(
    request: Request,
    body: ReportBody,
    idempotency_key: Annotated[
        str,
        Header(
            min_length=_KEY_LEAST,
            max_length=_KEY_MOST,
            description="the sender's own; the same for every retry of this report",
        ),
    ],
) -> ReceiptDocument:
    """Take a report in.  A repeated key with the same body answers the first receipt again and stores nothing."""
    key = cast("Sender", request.state.sender).key
    if key is not None:
        key.check_channel(body.channel)
    taken = await take_in(request, service_of(request), body.report(), idempotency_key, body.same_as)
    words = words_for(language_of(request))
    return ReceiptDocument(
        number=taken.number,
        link=link_of(taken),
        received_at=taken.received_at,
        match=Located.of(taken.match, words),
        joined=taken.joined,
    )


router.add_api_route(
    "/reports",
    post_report,
    methods=["POST"],
    status_code=201,
    responses=_PROBLEMS,
    route_class_override=Admitted,
    openapi_extra=_KEY_OR_NOTHING,
)


@router.post(
    "/reports/akin",
    responses=problems(
        "bad_position",
        "bad_accuracy",
        "coordinates_swapped",
        "unknown_datum",
        "missing_place",
        "cross_site",
        "body_too_large",
        "invalid_request",
        "database_gone",
    ),
)
async def post_akin(visit: Visiting, body: AkinBody) -> list[AkinDocument]:
    """Answer what the report could be the same as, the likeliest first; stores nothing.

    By ``POST``, so that what somebody says stands in no address.
    """
    found = await akin_to(visit.connection, body.category, body.where(), body.text, visit.now)
    return [
        AkinDocument(
            case_id=each.case_id,
            category_code=each.category_code,
            state=each.state,
            confirmed=each.confirmed,
            # Everybody may know the day, and no more.
            received_on=each.received_at.astimezone(ZONE).date(),
            closed_on=each.closed_at.astimezone(ZONE).date() if each.closed_at else None,
            area_code=each.area_code,
            reports=each.reports,
            joinable=each.joinable,
            metres=each.metres,
            words=each.words,
            photo=None
            if each.photo_id is None
            else f"/photos/{each.photo_id}{'?released=true' if each.number is None else ''}",
        )
        for each in found
    ]


@router.get(
    "/reports/{number}",
    responses=problems(
        "unknown_report", "bad_number", "invalid_request", "database_gone", "unknown_key", "too_many_requests"
    ),
    # First of all: whoever is refused gets no connection.
    dependencies=[Depends(admit_look_up)],
    openapi_extra=_KEY_OR_NOTHING,
)
async def get_report(
    visit: Visiting,
    number: Annotated[str, Path(max_length=20, examples=["1234567897"])],
    key: Annotated[str | None, Query(max_length=64, description="from the resident's link")] = None,
) -> ReportDocument:
    """Category, area and state of a report; with its key, what its reporter may see."""
    digits = clean_number(number)
    public = await receipt(visit.connection, digits, visit.now)
    part = None
    if key:
        seen = await reporter_view(visit.connection, digits, key)
        heard = await reporter_hearings(visit.connection, digits, key, visit.now)
        part = ReporterPart(
            received_at=seen.received_at,
            words=seen.words,
            place_words=seen.place_words,
            seen_at=seen.seen_at,
            channel=seen.channel,
            lon=seen.lon,
            lat=seen.lat,
            due_at=seen.due_at,
            provisional=seen.provisional,
            match=Located.of(seen.match, visit.words),
            events=[Step.model_validate(step) for step in seen.events],
            version=seen.version,
            evaluation=seen.evaluation,
            my_rating=seen.my_rating,
            recheck=list(seen.recheck),
            mediation=MediationBrief.model_validate(seen.mediation) if seen.mediation else None,
            hearings=[HearingSeenDocument.model_validate(one) for one in heard.hearings],
            petition=ClosingDocument.model_validate(heard.closing) if heard.closing else None,
            steps=heard.left(seen.may_say(cast("State", public.state))),
            closed_here=[
                ClosedHereDocument.model_validate(one)
                for one in await closed_at_place(visit.connection, digits, key, visit.now)
            ],
        )
    return ReportDocument(
        number=public.number,
        category=public.category,
        state=public.state,
        confirmed=public.confirmed,
        received_on=public.received_on,
        area=AreaBrief.model_validate(public.area) if public.area else None,
        reporter=part,
    )
