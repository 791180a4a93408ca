"""``/cases/{id}``: one case for those who work on it: what was said, what was done, and the next steps as forms.

Works without any script.  What is allowed, ``grids.workflow`` and the database decide; here it is shown and told.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import LogInRequiredError
from api.holders import holder
from api.languages import language_of, words_for
from api.moments import SHANGHAI, Moments
from api.pages.case_choices import choices_for, drawn_for
from api.pages.case_history import Entry, Names, entries, names_for, recheck_words
from api.pages.case_orders import OrderTyped, Supervision, supervision
from api.pages.case_parts import Joint, PartTyped, joint
from api.pages.case_steps import LIMITS, Offer, Typed, offers, unhindered_offers
from api.pages.hearing import closed_by
from api.pages.marks import mark_of
from api.pages.photos import photo_said
from api.pages.rushes import rush_told
from api.pages.step_trouble import Trouble, trouble_of
from api.rendering import page
from api.service import Service
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from api.why_told import reasons
from grids.cases import CaseNotFoundError, WholeCase, whole_case
from grids.categories import categories
from grids.crowds import rushes_at
from grids.due import TimeUsed, is_provisional, time_used
from grids.escalation import goes_up
from grids.explain import level_name
from grids.hearings import hearings_told, petitions_at_place
from grids.language import Words
from grids.mediations import mediation_told
from grids.nearby import told_at_spot
from grids.order_steps import BY_ORDER_VERB
from grids.orders import orders_of, take_order
from grids.owners import holdings
from grids.part_workflow import PART_VERBS
from grids.parts import parts_of, take_part
from grids.photos import KINDS, photos_of_case
from grids.place_views import places_of_case
from grids.reports import TextTooLongError
from grids.steps import Line, NoSuchCaseError, StepError, history, look_at_contact, relations, take
from grids.why import why
from grids.workflow import BY_VERB

router = APIRouter()

CaseId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Serving = Annotated[Service, Depends(service_of)]


@dataclass(frozen=True, slots=True)
class CaseTrouble(Trouble):
    """With what was typed, and how far the history was read: ``seen``."""

    typed: Typed
    seen: int | None


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the reporter of a report, None where nothing was left, or why it is not told."""

    number: str
    contact: str | None
    refused: str = ""


@router.get("/cases/{case_id}")
async def show(
    request: Request,
    visit: Visiting,
    case_id: CaseId,
    done: Annotated[str, Query(max_length=40)] = "",
    part: Annotated[int, Query(ge=0, le=99)] = 0,
    order: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    photo: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Show a case to somebody who has a right to it."""
    known: Collection[str] = PART_VERBS if part else BY_ORDER_VERB if order else BY_VERB
    told = done if done in known else ""
    return await _page(request, visit, case_id, done=told, part=part, order=order, photo=photo)


@router.post("/cases/{case_id}/steps")
async def step(request: Request, service: Serving, case_id: CaseId, typed: Annotated[Typed, Form()]) -> Response:
    """Take a step and lead back to the case; what cannot be taken keeps every word that was typed."""
    session = session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    trouble = None
    try:
        await _take(request, service, case_id, typed, session)
    except NoSuchCaseError:
        raise
    except (StepError, TextTooLongError) as error:
        trouble = _trouble(error, typed, words_for(language_of(request)))
    async with visiting(request, service) as visit:
        if trouble is not None:
            return await _page(request, visit, case_id, trouble=trouble)
        try:
            await whole_case(visit.connection, case_id)
        except CaseNotFoundError:
            # It went to somebody else, and with it the right to read it.
            return await page(request, visit, "case_gone.html", verb=typed.verb)
    return RedirectResponse(f"/cases/{case_id}?done={typed.verb}", 303)


@router.post("/cases/{case_id}/parts")
async def part_step(
    request: Request, service: Serving, case_id: CaseId, typed: Annotated[PartTyped, Form()]
) -> Response:
    """Ask others for a part, or take a step of one, and lead back; what cannot be taken keeps what was typed."""

    async def taken(connection: Any, session: bytes) -> int:
        part = await take_part(
            connection,
            case_id,
            typed.number("nth"),
            typed.verb,
            version=typed.number("version"),
            now=service.clock(),
            session_digest=session,
            words=typed.said(),
            data=typed.data(),
        )
        return part.nth

    return await _beside(request, service, case_id, typed, "part", taken)


@router.post("/cases/{case_id}/orders")
async def order_step(
    request: Request, service: Serving, case_id: CaseId, typed: Annotated[OrderTyped, Form()]
) -> Response:
    """Give an order, or take a step of one, and lead back; what cannot be taken keeps what was typed."""

    async def taken(connection: Any, session: bytes) -> int:
        order = await take_order(
            connection,
            case_id,
            typed.verb,
            nth=typed.number("nth"),
            version=typed.number("version"),
            now=service.clock(),
            session_digest=session,
            words=typed.said(),
            until=typed.moment(),
        )
        return order.nth

    return await _beside(request, service, case_id, typed, "order", taken)


async def _beside(
    request: Request,
    service: Service,
    case_id: int,
    typed: Typed,
    what: Literal["part", "order"],
    taken: Callable[[Any, bytes], Awaitable[int]],
) -> Response:
    """Take a step of what stands beside the case, and lead back to it."""
    session = session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    try:
        typed.check()
        async with service.connections.lend() as connection:
            nth = await taken(connection, session)
    except NoSuchCaseError:
        raise
    except (StepError, TextTooLongError) as error:
        trouble = _trouble(error, typed, words_for(language_of(request)))
        async with visiting(request, service) as visit:
            return await _page(request, visit, case_id, trouble=trouble)
    return RedirectResponse(f"/cases/{case_id}?done={typed.verb}&{what}={nth}#{what}s", 303)


@router.post("/cases/{case_id}/contact")
async def contact(
    request: Request, service: Serving, case_id: CaseId, number: Annotated[str, Form(max_length=20)] = ""
) -> HTMLResponse:
    """Tell how to reach a reporter; the look is recorded.  Not led back from: no address may carry it."""
    session = session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    async with visiting(request, service) as visit:
        case = await whole_case(visit.connection, case_id)
    words = words_for(language_of(request))
    told = Contact(number, None, words("case-contact-refused"))
    if any(report.number == number for report in case.reports):
        try:
            async with service.connections.lend() as connection:
                found = await look_at_contact(connection, number, session_digest=session, now=service.clock())
                told = Contact(number, found)
        except NoSuchCaseError:
            pass
    async with visiting(request, service) as visit:
        return await _page(request, visit, case_id, contact=told)


async def _take(request: Request, service: Service, case_id: int, typed: Typed, session: bytes) -> None:
    typed.check()
    into = None
    if typed.verb == "merge":
        # In a visit of its own: a step needs a connection, and must not wait for one while it holds another.
        async with visiting(request, service) as visit:
            into = await typed.target(visit.connection)
    async with service.connections.lend() as connection:
        await take(
            connection,
            case_id,
            typed.verb,
            version=typed.number("version") or 0,
            now=service.clock(),
            session_digest=session,
            words=typed.said(),
            data=typed.data(into),
        )


def _trouble(error: StepError | TextTooLongError, typed: Typed, words: Words) -> CaseTrouble:
    told = trouble_of(error, words)
    seen = typed.number("seq") if told.code == "stale_version" else None
    return CaseTrouble(told.title, told.detail, told.status, told.code, told.field, typed, seen)


async def _page(
    request: Request,
    visit: Visit,
    case_id: int,
    *,
    trouble: CaseTrouble | None = None,
    done: str = "",
    part: int = 0,
    order: int = 0,
    photo: str = "",
    contact: Contact | None = None,
) -> HTMLResponse:
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    case = await whole_case(visit.connection, case_id)
    held = await relations(visit.connection, case_id, visit.now)
    lines = await history(visit.connection, case_id)
    kinds = await categories(visit.connection, visit.now)
    names = await names_for(
        visit, lines, (*case.chain, case.owner_area_code), {k.code: k.name(visit.lang) for k in kinds}
    )
    moments = Moments(visit.words, visit.now)
    story = entries(lines, names, visit.words, moments)
    mediation = await mediation_told(visit.connection, case_id, visit.now)
    heard = await hearings_told(visit.connection, case_id, visit.now)
    offered = unhindered_offers(offers(case, held), mediation, heard)
    parts = joint(
        case, await parts_of(visit.connection, case_id, visit.now), held, story, names, visit.words, visit.now
    )
    orders = supervision(await orders_of(visit.connection, case_id, visit.now), story, visit.now)
    places = await places_of_case(visit.connection, case_id)
    rushes = await rushes_at(visit.connection, dict(places), visit.now)
    return await page(
        request,
        visit,
        "case.html",
        status=trouble.status if trouble else 200,
        case=case,
        category=names.categories.get(case.category_code, case.category_code),
        mark=mark_of(case, visit.now),
        nth=(await told_at_spot(visit.connection, [case_id], visit.now)).get(case_id),
        places=places,
        rushes=[(place, rush_told(rush, visit.words, moments)) for place, rush in rushes.items()],
        chain=[(code, names.area(code)) for code in case.chain],
        owner=await _owner(visit, case, lines, names),
        supervisor=await _supervisor(visit, case, names),
        recheck=recheck_words(case.recheck, visit.words),
        said_of=_said_of(lines),
        goes_up=await goes_up(visit.connection, case_id, visit.now),
        story=story,
        why=reasons(await why(visit.connection, case_id, lines), moments),
        news=_news(story, trouble),
        provisional=await is_provisional(visit.connection, case_id),
        used=[_hours(one, visit.words) for one in await time_used(visit.connection, case_id, visit.now)],
        may_look=bool({"supervisor", "clerk"} & held),
        may_photograph=bool(held),
        photos=await photos_of_case(visit.connection, case_id),
        photo_kinds=KINDS,
        photo_said=photo_said(visit.words, photo) if photo else None,
        offers=offered,
        mediation=mediation,
        heard=heard,
        closing=heard.closing,
        closed_by=closed_by(heard.closing, visit.words),
        petitions_here=[
            (other, closing, closed_by(closing, visit.words))
            for other, closing in await petitions_at_place(visit.connection, case_id, visit.now)
        ],
        trouble=trouble,
        orphan=trouble is not None and not _still_there(trouble.typed, offered, parts, orders),
        typed=trouble.typed if trouble else PartTyped(),
        joint=parts,
        part_done=part,
        supervision=orders,
        order_done=order,
        limits=LIMITS,
        earliest=visit.now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"),
        last_seq=lines[-1].seq if lines else 0,
        done=done,
        contact=contact,
        **await choices_for(visit, case, offered, kinds, parts),
        **await drawn_for(visit, case),
    )


def _still_there(typed: Typed, offered: Sequence[Offer], parts: Joint, orders: Supervision) -> bool:
    """Whether the form that was filled in is still offered."""
    return typed.verb in {offer.verb for offer in offered} or parts.offers(typed) or orders.offers(typed)


async def _owner(visit: Visit, case: WholeCase, lines: Sequence[Line], names: Names) -> str:
    """What the page calls the owner, with the name of who holds the posting."""
    said = next((o for line in reversed(lines) if (o := line.data.get("owner"))), None) or {}
    posting_id = said.get("posting_id") if said.get("area_code") == case.owner_area_code else None
    known = (await holdings(visit.connection, [posting_id])).get(posting_id) if posting_id else None
    name = known.name if known and known.role == case.owner_role else None
    return holder(case.owner_role, names.area(case.owner_area_code), case.owner_desk, visit.words, name)


async def _supervisor(visit: Visit, case: WholeCase, names: Names) -> str | None:
    """Who was named to see that it is solved."""
    known = await holdings(visit.connection, [case.supervisor_posting_id] if case.supervisor_posting_id else [])
    return next((holder(p.role, names.area(p.area_code), p.desk, visit.words, p.name) for p in known.values()), None)


def _said_of(lines: Sequence[Line]) -> dict[str, str | None]:
    """The newest words of each verb: why it is paused, why more time was asked for."""
    return {line.verb: line.words for line in lines}


def _hours(used: TimeUsed, words: Words) -> str:
    """How long a case stood with a level in a state, in hours."""
    return words(
        "case-used",
        level=level_name(used.level, words),
        state=words(f"list-state-{used.state}"),
        work=round(used.work_s / 3600, 1),
        all=round(used.elapsed_s / 3600, 1),
    )


def _news(story: Sequence[Entry], trouble: CaseTrouble | None) -> list[Entry]:
    """What happened since the reader looked."""
    seen = trouble.seen if trouble else None
    return [] if seen is None else [entry for entry in story if entry.seq > seen]
