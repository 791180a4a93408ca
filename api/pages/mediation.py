"""``/cases/{id}/mediation``, the mediation room of a case, and ``/mediations``, those of whoever looks.

Works without any script.  What is allowed, ``grids.mediations`` and the database decide; here it is shown and told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import LogInRequiredError
from api.holders import holder
from api.instants import within_reach
from api.languages import language_of, words_for
from api.moments import SHANGHAI, Moments
from api.pages.case_history import entries, names_for
from api.pages.case_steps import Typed
from api.pages.step_trouble import Trouble, trouble_of
from api.rendering import page
from api.service import Service
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from grids.cases import CaseNotFoundError, WholeCase, whole_case
from grids.categories import categories
from grids.mediations import (
    MAX_CONTACT,
    MAX_NAME,
    MEDIATION_VERBS,
    OPEN,
    OUTCOMES,
    MediationStep,
    MediationTaken,
    PartyKnown,
    Sitting,
    Told,
    look_at_parties,
    mediation_told,
    my_mediations,
    parties_of,
    possible_mediators,
    sittings_of,
    take_mediation_step,
)
from grids.owners import holdings
from grids.reports import TextTooLongError
from grids.steps import MAX_WORDS, NoSuchCaseError, StepError, history

router = APIRouter()

CaseId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Serving = Annotated[Service, Depends(service_of)]

LIMITS: Final = {"words": MAX_WORDS, "name": MAX_NAME, "contact": MAX_CONTACT}
# What somebody most likely came for.
_FIRST: Final = ("mediation_open", "mediation_party", "mediation_sitting", "mediation_agree", "mediation_fail")
# Of one sitting, and shown beside it.
_OF_SITTING: Final = frozenset({"mediation_move", "mediation_held"})


class MediationTyped(Typed):
    """The fields of a step's form, as they came."""

    name: str = ""
    contact: str = ""
    namesake: str = ""
    at: str = ""
    sitting: str = ""
    outcome: str = ""

    def begins(self) -> datetime | None:
        """Answer when the sitting is, aware: the page's clock is that of Shanghai; None where nothing usable came."""
        try:
            at = datetime.fromisoformat(self.at)
            return within_reach(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
        except (ValueError, OverflowError):
            return None

    def given(self) -> dict[str, Any]:
        """Answer what the step needs besides its words."""
        at = self.begins()
        given = {
            "posting_id": self.number("posting_id"),
            "name": self.name.strip(),
            "contact": self.contact.strip(),
            "namesake": bool(self.namesake),
            "at": at.isoformat() if at else None,
            "sitting": self.number("sitting"),
            "outcome": self.outcome,
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class SittingShown:
    """A sitting, how it stands, and what can be done with it now."""

    sitting: Sitting
    stands: str
    steps: tuple[MediationStep, ...]


@router.get("/mediations")
async def mine(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the mediations of whoever looks, the next sitting first."""
    if visit.actor is None:
        raise LogInRequiredError("Mediations are for staff: log in first.")
    found = await my_mediations(visit.connection, visit.now)
    called = {k.code: k.name(visit.lang) for k in await categories(visit.connection, visit.now)}
    rows = [(one, called.get(one.category_code, one.category_code)) for one in found]
    return await page(
        request,
        visit,
        "mediations.html",
        going_on=[row for row in rows if row[0].state in OPEN],
        over=[row for row in rows if row[0].state not in OPEN],
    )


@router.get("/cases/{case_id}/mediation")
async def show(
    request: Request, visit: Visiting, case_id: CaseId, done: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """Show the mediation of a case, as far as it is the reader's to know."""
    return await _page(request, visit, case_id, done=done if done in MEDIATION_VERBS else "")


@router.post("/cases/{case_id}/mediation")
async def step(
    request: Request, service: Serving, case_id: CaseId, typed: Annotated[MediationTyped, Form()]
) -> Response:
    """Take a step and lead back; what cannot be taken keeps every word that was typed."""
    session = session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    try:
        typed.check()
        taken = await _take(service, case_id, typed, session)
    except NoSuchCaseError:
        raise
    except (StepError, TextTooLongError) as error:
        trouble = trouble_of(error, words_for(language_of(request)))
        async with visiting(request, service) as visit:
            return await _page(request, visit, case_id, trouble=trouble, typed=typed)
    done = "mediation_conflict" if taken.conflict else typed.verb
    async with visiting(request, service) as visit:
        try:
            await whole_case(visit.connection, case_id)
        except CaseNotFoundError:
            # The mediator's department sees the case no more.
            return await page(request, visit, "case_gone.html", verb=done)
    return RedirectResponse(f"/cases/{case_id}/mediation?done={done}", 303)


@router.post("/cases/{case_id}/mediation/parties")
async def look(request: Request, service: Serving, case_id: CaseId) -> HTMLResponse:
    """Tell who the parties are; the look is recorded.  Not led back from: no address may carry it."""
    session = session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    async with service.connections.lend() as connection:
        known = await look_at_parties(connection, case_id, session_digest=session, now=service.clock())
    async with visiting(request, service) as visit:
        return await _page(request, visit, case_id, known=known)


async def _take(service: Service, case_id: int, typed: MediationTyped, session: bytes) -> MediationTaken:
    async with service.connections.lend() as connection:
        return await take_mediation_step(
            connection,
            case_id,
            typed.verb,
            # A number that is none is never the newest.
            version=-1 if (version := typed.number("version")) is None else version,
            now=service.clock(),
            session_digest=session,
            words=typed.said(),
            data=typed.given(),
        )


async def _page(
    request: Request,
    visit: Visit,
    case_id: int,
    *,
    trouble: Trouble | None = None,
    typed: MediationTyped | None = None,
    done: str = "",
    known: Sequence[PartyKnown] | None = None,
) -> HTMLResponse:
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    case = await whole_case(visit.connection, case_id)
    told = await mediation_told(visit.connection, case_id, visit.now)
    lines = [line for line in await history(visit.connection, case_id) if "mediation" in line.data]
    called = {k.code: k.name(visit.lang) for k in await categories(visit.connection, visit.now)}
    names = await names_for(visit, lines, (*case.chain, told.above_code or case.chain[0]), called)
    parties = await parties_of(visit.connection, case_id) if told.reads else []
    sittings = await sittings_of(visit.connection, case_id) if told.reads else []
    steps = _steps(told, len(parties), sittings)
    shown = [_shown(sitting, told.steps, visit.now) for sitting in sittings]
    forms = {s.verb for s in steps} | {s.verb for each in shown for s in each.steps}
    return await page(
        request,
        visit,
        "mediation.html",
        status=trouble.status if trouble else 200,
        case=case,
        told=told,
        category=called.get(case.category_code, case.category_code),
        chain=[(code, names.area(code)) for code in case.chain],
        mediator=await _mediator(visit, case, told),
        above=names.area(told.above_code),
        parties=[(party, _known(party.nth, known)) for party in parties],
        looked=known is not None,
        sittings=shown,
        steps=steps,
        agree_waits="mediation_agree" in {s.verb for s in told.steps} - forms,
        mediators=await _mediators(visit, case_id, steps),
        outcomes=OUTCOMES,
        story=entries(lines, names, visit.words, Moments(visit.words, visit.now)),
        trouble=trouble,
        orphan=trouble is not None and typed is not None and typed.verb not in forms,
        typed=typed or MediationTyped(),
        limits=LIMITS,
        done=done,
    )


def _steps(told: Told, parties: int, sittings: Iterable[Sitting]) -> list[MediationStep]:
    """Answer the steps that stand apart and can succeed, the likeliest first."""
    ready = parties > 1 and any(sitting.held_at for sitting in sittings)
    open_steps = [
        step for step in told.steps if step.verb not in _OF_SITTING and (ready or step.verb != "mediation_agree")
    ]
    first = "mediation_agree" if ready else "mediation_party" if parties < 2 else "mediation_sitting"
    order = (first, *_FIRST)
    return sorted(open_steps, key=lambda step: order.index(step.verb) if step.verb in order else len(order))


def _shown(sitting: Sitting, steps: Iterable[MediationStep], now: datetime) -> SittingShown:
    stands = "held" if sitting.held_at else "to-come" if sitting.to_come(now) else "open"
    own = [step for step in steps if step.verb in _OF_SITTING and sitting.held_at is None]
    if stands == "to-come":
        own = [step for step in own if step.verb != "mediation_held"]
    # What is noted comes before moving it.
    return SittingShown(sitting, stands, tuple(sorted(own, key=lambda step: step.verb)))


def _known(nth: int, known: Sequence[PartyKnown] | None) -> PartyKnown | None:
    return next((one for one in known or () if one.nth == nth), None)


async def _mediator(visit: Visit, case: WholeCase, told: Told) -> str | None:
    """What the mediator is called; None: there is none, or he is not the reader's to know."""
    if told.posting_id is None:
        return None
    held = (await holdings(visit.connection, [told.posting_id])).get(told.posting_id)
    if held is None:
        return None
    names = await names_for(visit, (), (*case.chain, held.area_code), {})
    return holder(held.role, names.area(held.area_code), held.desk, visit.words)


async def _mediators(visit: Visit, case_id: int, steps: Iterable[MediationStep]) -> list[tuple[int, str]]:
    """To whom it can be given, where one of the forms asks that."""
    if not any("mediator" in step.needs for step in steps):
        return []
    found = await possible_mediators(visit.connection, case_id, visit.now)
    return [(one.posting_id, holder(one.role, one.area_name, one.desk, visit.words)) for one in found]
