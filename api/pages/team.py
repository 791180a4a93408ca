"""``/team``: the desk of a helper team, and its parts of cases, one by one.

A helper sees his team's parts and nothing else of the case: all of it comes from ``grids.team_parts``.  Works without
any script.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import LogInRequiredError
from api.languages import language_of, words_for
from api.pages.case_steps import LIMITS, Typed
from api.pages.step_trouble import Trouble, trouble_of
from api.rendering import page
from api.service import Service
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from grids.categories import categories
from grids.language import Words
from grids.listed import ListForOthersError
from grids.parts import take_part
from grids.reports import TextTooLongError
from grids.steps import NoSuchCaseError, StepError
from grids.team_parts import TeamPart, team_part, team_parts

router = APIRouter()

CaseId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Nth = Annotated[int, Path(ge=1, le=99)]
Serving = Annotated[Service, Depends(service_of)]
_VERBS = ("part_start", "part_done", "part_back")


@router.get("/team")
async def desk(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the parts of the reader's teams, the earliest deadline first."""
    if visit.actor is None:
        raise LogInRequiredError("A team's parts are for its helpers: log in first.")
    if all(held.role != "helper" for held in visit.actor.postings):
        raise ListForOthersError("This list is for the people of a helper team.")
    called = {k.code: k.name(visit.lang) for k in await categories(visit.connection, visit.now)}
    rows = [(each, _what(each, called, visit.words)) for each in await team_parts(visit.connection, visit.now)]
    return await page(
        request,
        visit,
        "team.html",
        waiting=[row for row in rows if row[0].open],
        over=[row for row in rows if not row[0].open],
        several=len({part.posting_id for part, _ in rows}) > 1,
    )


@router.get("/team/parts/{case_id}/{nth}")
async def show(
    request: Request, visit: Visiting, case_id: CaseId, nth: Nth, done: Annotated[str, Query(max_length=20)] = ""
) -> HTMLResponse:
    """Show one part."""
    return await _page(request, visit, case_id, nth, done=done if done in _VERBS else "")


@router.post("/team/parts/{case_id}/{nth}")
async def step(
    request: Request, service: Serving, case_id: CaseId, nth: Nth, typed: Annotated[Typed, Form()]
) -> Response:
    """Begin with a part, say that it is done or hand it back; what cannot be taken keeps what was typed."""
    session = session_digest(request)
    if session is None:
        raise LogInRequiredError("A team's parts are for its helpers: log in first.")
    async with visiting(request, service) as visit:
        await team_part(visit.connection, case_id, nth, visit.now)
    try:
        typed.check()
        async with service.connections.lend() as connection:
            await take_part(
                connection,
                case_id,
                nth,
                typed.verb,
                version=typed.number("version"),
                now=service.clock(),
                session_digest=session,
                words=typed.said(),
            )
    except NoSuchCaseError:
        raise
    except (StepError, TextTooLongError) as error:
        trouble = trouble_of(error, words_for(language_of(request)))
        async with visiting(request, service) as visit:
            return await _page(request, visit, case_id, nth, trouble=trouble, typed=typed)
    return RedirectResponse(f"/team/parts/{case_id}/{nth}?done={typed.verb}", 303)


async def _page(
    request: Request,
    visit: Visit,
    case_id: int,
    nth: int,
    *,
    trouble: Trouble | None = None,
    typed: Typed | None = None,
    done: str = "",
) -> HTMLResponse:
    if visit.actor is None:
        raise LogInRequiredError("A team's parts are for its helpers: log in first.")
    part = await team_part(visit.connection, case_id, nth, visit.now)
    called = {k.code: k.name(visit.lang) for k in await categories(visit.connection, visit.now)}
    steps = part.steps
    return await page(
        request,
        visit,
        "team_part.html",
        status=trouble.status if trouble else 200,
        part=part,
        what=_what(part, called, visit.words),
        steps=steps,
        trouble=trouble,
        typed=typed or Typed(),
        orphan=trouble is not None and typed is not None and typed.verb not in {each.verb for each in steps},
        done=done,
        limits=LIMITS,
    )


def _what(part: TeamPart, called: dict[str, str], words: Words) -> str:
    """What a part is about, as far as the team is told."""
    if part.category_code is None:
        return words("team-private")
    category = called.get(part.category_code, part.category_code)
    return words("team-what", category=category, area=part.area or "")
