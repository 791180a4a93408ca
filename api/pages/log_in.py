"""``/login`` and ``/logout`` for staff.  The session itself is ``grids.sessions``'."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import STATUS, Problem, problem_of, retry_after
from api.navigation import begins_at
from api.quotas import TooManyRequestsError
from api.rendering import page
from api.senders import network_of
from api.service import Service
from api.visits import COOKIE, Visit, Visiting, service_of, session_digest, visiting
from grids.access import actor
from grids.receipts import digest
from grids.sessions import LIFETIME, LogInError, log_in, log_out

router = APIRouter()


def _target(next_page: str) -> str:
    """A page of ours to go on to; anything else is dropped."""
    return next_page if next_page.startswith("/") and not next_page.startswith(("//", "/\\")) else ""


@router.get("/login")
async def show(request: Request, visit: Visiting, next: str = "") -> Response:  # noqa: A002  the address says next
    """Show the form, or lead on whoever is logged in."""
    if visit.actor is not None:
        return RedirectResponse(_target(next) or begins_at(visit.actor.postings), 303)
    return await _form(request, visit, next_page=_target(next))


@router.post("/login")
async def enter(
    request: Request,
    service: Annotated[Service, Depends(service_of)],
    login: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=500)] = "",  # noqa: A002
) -> Response:
    """Open a session and lead to the own list, or say why not with the login still typed."""
    token, problem = "", None
    if login.strip() and password:
        now, network = service.clock(), network_of(request.client.host if request.client else "")
        try:
            service.admission.quotas.may_log_in(network, now)
            token = await log_in(service.engine, login.strip(), password, now, former=session_digest(request))
        except (LogInError, TooManyRequestsError) as error:
            problem = problem_of(error)
            if problem.code == "log_in_failed":
                service.admission.quotas.count_wrong_log_in(network, now)
            # For the one line of the log about what was refused.
            request.state.problem = f"{problem.code} from {network}"
    async with visiting(request, service) as visit:
        if not token:
            return await _refused(request, visit, problem, login, _target(next))
        who = await actor(visit.connection, digest(token), visit.now)
    response = RedirectResponse(_target(next) or begins_at(who.postings if who else ()), 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=service.settings.secure_cookies,
        path="/",
    )
    return response


async def _refused(request: Request, visit: Visit, problem: Problem | None, login: str, next_page: str) -> HTMLResponse:
    """The form again: with what is wrong, or with what is missing."""
    if problem is None:
        return await _form(request, visit, 422, next_page=next_page, login=login, error=visit.words("login-missing"))
    said = problem.said(visit.words)
    refused = await _form(request, visit, STATUS[problem.code], next_page=next_page, login=login, error=said)
    refused.headers.update(retry_after(problem.params, visit.now))
    return refused


@router.post("/logout")
async def leave(request: Request, visit: Visiting) -> RedirectResponse:
    """End the session."""
    token = request.cookies.get(COOKIE)
    if token:
        await log_out(visit.connection, token)
        service_of(request).news.leave(session_digest(request))
    response = RedirectResponse("/report", 303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=visit.settings.secure_cookies)
    return response


async def _form(
    request: Request, visit: Visit, status: int = 200, *, next_page: str, login: str = "", error: str = ""
) -> HTMLResponse:
    return await page(request, visit, "login.html", status=status, next_page=next_page, login=login, error=error)
