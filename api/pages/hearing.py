"""``/cases/{id}/hearing``: the hearings of a case: calling one, its record, and closing a petition by one.

Works without any script.  What is allowed, ``grids.hearing_steps`` and the database decide; here it is shown and told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import LogInRequiredError
from api.holders import holder
from api.instants import within_reach
from api.languages import language_of, words_for
from api.moments import SHANGHAI, Moments
from api.pages.case_history import Names, entries, names_for
from api.pages.case_steps import Typed
from api.pages.step_trouble import Trouble, trouble_of
from api.rendering import page
from api.service import Service
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from grids.cases import whole_case
from grids.categories import categories
from grids.hearing_steps import BY_HEARING_VERB, PROPOSALS, HearingStep
from grids.hearings import (
    MAX_PLACE,
    MAX_WHO,
    Closing,
    Hearing,
    Hearings,
    hearings_told,
    possible_presiders,
    take_hearing_step,
)
from grids.language import Words
from grids.owners import holdings
from grids.reports import TextTooLongError
from grids.steps import MAX_WORDS, NoSuchCaseError, StepError, history

router = APIRouter()

CaseId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Serving = Annotated[Service, Depends(service_of)]

LIMITS: Final = {"words": MAX_WORDS, "place": MAX_PLACE}
# What somebody most likely came for.
_FIRST: Final = ("hearing_hold", "petition_close")
# Fields of the record in which each line is somebody who came.
_SEATS: Final = {"departments": "department", "lawyers": "lawyer", "outside": "outside"}


class HearingTyped(Typed):
    """The fields of a hearing's form, as they came; ``nth`` is empty where one is called."""

    nth: str = ""
    at: str = ""
    place: str = ""
    came: str = ""
    departments: str = ""
    absent: str = ""
    lawyers: str = ""
    outside: str = ""
    findings: str = ""
    proposal: str = ""
    record_digest: str = ""

    def begins(self) -> datetime | None:
        """Answer when it is, aware: the page's clock is that of Shanghai; None where nothing usable came."""
        try:
            at = datetime.fromisoformat(self.at)
            return within_reach(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
        except (ValueError, OverflowError):
            return None

    def people(self) -> list[dict[str, Any]]:
        """Answer who was invited and who came: the resident first, then each line of the other fields."""
        seats: list[dict[str, Any]] = []
        if self.came in ("yes", "no"):
            seats.append({"role": "resident", "came": self.came == "yes"})
        for name, role in _SEATS.items():
            seats += [{"role": role, "came": True, "who": who} for who in _lines(getattr(self, name))]
        return seats + [{"role": "department", "came": False, "who": who} for who in _lines(self.absent)]

    def given(self) -> dict[str, Any]:
        """Answer what the step needs besides its words."""
        at = self.begins()
        given = {
            "posting_id": self.number("posting_id"),
            "at": at.isoformat() if at else None,
            "place": self.place.strip(),
            "people": self.people() if self.verb == "hearing_hold" else None,
            "findings": self.findings.replace("\r\n", "\n").strip(),
            "proposal": self.proposal,
            "record_digest": self.record_digest.strip().lower(),
        }
        return {name: value for name, value in given.items() if value}


def _lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


@dataclass(frozen=True, slots=True)
class HearingShown:
    """A hearing, who presides over it, the steps that are the reader's, and what his others wait for, in words."""

    hearing: Hearing
    presider: str
    steps: tuple[HearingStep, ...]
    waits: tuple[str, ...]


@router.get("/cases/{case_id}/hearing")
async def show(
    request: Request, visit: Visiting, case_id: CaseId, done: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """Show the hearings of a case, as far as they are the reader's to know."""
    return await _page(request, visit, case_id, done=done if done in BY_HEARING_VERB else "")


@router.post("/cases/{case_id}/hearing")
async def step(request: Request, service: Serving, case_id: CaseId, typed: Annotated[HearingTyped, Form()]) -> Response:
    """Take a step and lead back; what cannot be taken keeps every word that was typed."""
    session = session_digest(request)
    if session is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    try:
        typed.check()
        async with service.connections.lend() as connection:
            await take_hearing_step(
                connection,
                case_id,
                typed.verb,
                nth=typed.number("nth"),
                version=typed.number("version"),
                now=service.clock(),
                session_digest=session,
                words=typed.said(),
                data=typed.given(),
            )
    except NoSuchCaseError:
        raise
    except (StepError, TextTooLongError) as error:
        trouble = trouble_of(error, words_for(language_of(request)))
        async with visiting(request, service) as visit:
            return await _page(request, visit, case_id, trouble=trouble, typed=typed)
    return RedirectResponse(f"/cases/{case_id}/hearing?done={typed.verb}", 303)


async def _page(
    request: Request,
    visit: Visit,
    case_id: int,
    *,
    trouble: Trouble | None = None,
    typed: HearingTyped | None = None,
    done: str = "",
) -> HTMLResponse:
    if visit.actor is None:
        raise LogInRequiredError("Cases are for staff: log in first.")
    case = await whole_case(visit.connection, case_id)
    told = await hearings_told(visit.connection, case_id, visit.now)
    lines = [line for line in await history(visit.connection, case_id) if "hearing" in line.data]
    called = {k.code: k.name(visit.lang) for k in await categories(visit.connection, visit.now)}
    names = await names_for(visit, lines, case.chain, called)
    shown = await _shown(visit, told, names)
    forms = {(step.verb, str(one.hearing.nth)) for one in shown for step in one.steps}
    if told.may_call:
        forms.add(("hearing_call", ""))
    return await page(
        request,
        visit,
        "hearing.html",
        status=trouble.status if trouble else 200,
        case=case,
        told=told,
        category=called.get(case.category_code, case.category_code),
        chain=[(code, names.area(code)) for code in case.chain],
        shown=shown,
        call=BY_HEARING_VERB["hearing_call"] if told.may_call else None,
        call_waits=_waits(told.another, visit.words, told),
        closed_by=closed_by(told.closing, visit.words),
        presiders=await _presiders(visit, case_id) if told.may_call else [],
        proposals=PROPOSALS,
        story=entries(lines, names, visit.words, Moments(visit.words, visit.now)),
        earliest=_minute(visit.now + timedelta(days=told.rule.notice_days)),
        trouble=trouble,
        orphan=typed is not None and trouble is not None and (typed.verb, typed.nth) not in forms,
        typed=typed or HearingTyped(),
        limits=LIMITS,
        who_most=MAX_WHO,
        done=done,
    )


def _minute(at: datetime) -> str:
    """The next full minute, as a form of the page's own clock has it."""
    return (at + timedelta(minutes=1)).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


async def _shown(visit: Visit, told: Hearings, names: Names) -> list[HearingShown]:
    """The hearings, the newest first."""
    held = await holdings(visit.connection, [one.posting_id for one in told.hearings])
    return [
        HearingShown(
            hearing=one,
            presider=holder(who.role, names.area(who.area_code), who.desk, visit.words)
            if (who := held.get(one.posting_id))
            else "",
            steps=tuple(sorted(one.steps, key=lambda step: step.verb not in _FIRST)),
            waits=tuple(_waits(one.open, visit.words, told)),
        )
        for one in reversed(told.hearings)
    ]


def _waits(open_steps: Any, words: Words, told: Hearings) -> list[str]:
    """What steps wait for, in the words of the refusal."""
    needs: Iterable[str] = dict.fromkeys(need for need in open_steps.values() if need is not None)
    return [words("error-step_incomplete", need=need, days=told.rule.notice_days) for need in needs]


def closed_by(closing: Closing | None, words: Words) -> str:
    """Answer who closed a petition, "" where nobody did."""
    return words("petition-by", role=closing.role, area=closing.area, desk=closing.desk or "none") if closing else ""


async def _presiders(visit: Visit, case_id: int) -> list[tuple[int, str]]:
    found = await possible_presiders(visit.connection, case_id, visit.now)
    return [(one.posting_id, holder(one.role, one.area_name, one.desk, visit.words)) for one in found]
