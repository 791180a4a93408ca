"""``/password?key=``: whoever was given a link chooses a password.  What may be chosen, ``grids.log_ins`` says."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.errors import STATUS, problem_of
from api.rendering import page
from api.visits import Visit, Visiting, service_of
from grids.log_ins import SHORTEST, LogInLinkError, PasswordRefusedError, choose, offered

router = APIRouter()


@router.get("/password")
async def show_password(request: Request, visit: Visiting, key: str = "") -> HTMLResponse:
    """Show the form, or say that the link is void."""
    return await _form(request, visit, key)


@router.post("/password")
async def take(
    request: Request,
    visit: Visiting,
    key: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=400)] = "",
    again: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Set the password and lead to the log-in, or say why not."""
    if password != again:
        return await _form(request, visit, key, 422, visit.words("password-differ"))
    try:
        async with service_of(request).connections.lend() as connection:
            await choose(connection, key, password, visit.now)
    except PasswordRefusedError as error:
        problem = problem_of(error)
        return await _form(request, visit, key, STATUS[problem.code], problem.said(visit.words))
    except LogInLinkError:
        return await _form(request, visit, key)
    return RedirectResponse("/login", 303)


async def _form(request: Request, visit: Visit, key: str, status: int = 200, error: str = "") -> HTMLResponse:
    login, name = "", ""
    try:
        async with service_of(request).connections.lend() as connection:
            login, name = await offered(connection, key, visit.now)
    except LogInLinkError:
        status = STATUS[LogInLinkError.code]
    shown = await page(
        request, visit, "password.html", status=status, key=key, login=login, name=name, least=SHORTEST, error=error
    )
    # The address is a key: it goes to nobody.
    shown.headers["Cache-Control"] = "no-store"
    return shown
