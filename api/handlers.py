"""What becomes of an exception: ours by its code, a malformed field, a lost database, the unforeseen."""

import logging
from collections.abc import Sequence
from typing import Any, cast

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.errors import FieldProblem, Problem, problem_of
from api.guard import log_unforeseen
from api.languages import language_of, words_for
from api.visits import service_of
from gis.database import DatabaseGoneError, is_lost
from gis.errors import GridwardenError

log = logging.getLogger("gridwarden")

# Codes of pydantic that have words of their own; all others read as `invalid`.
_FIELD_WORDS = {
    "missing": "missing",
    "string_too_long": "too-long",
    "float_parsing": "not-a-number",
    "float_type": "not-a-number",
    "finite_number": "not-a-number",
    "literal_error": "not-a-choice",
    "enum": "not-a-choice",
    "datetime_from_date_parsing": "not-an-instant",
    "datetime_parsing": "not-an-instant",
    "timezone_aware": "not-an-instant",
    "extra_forbidden": "unknown-field",
}
# A field that has an error of its own, when it is the only thing wrong.
_FIELD_CODES = {
    "idempotency-key": "missing_idempotency_key",
    "datum": "unknown_datum",
    "at": "bad_instant",
    "seen_at": "bad_instant",
}

# A NUL as text, and one in JSON that is read as text.
_UNWRITABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
_UNWRITABLE_STATES = frozenset(str(each.sqlstate) for each in _UNWRITABLE)


def add_error_handlers(app: FastAPI) -> None:
    """Teach an application to answer errors; what is not foreseen here is left to the guard."""
    app.add_exception_handler(GridwardenError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _plain)
    for unwritable in (*_UNWRITABLE, UnicodeEncodeError):
        app.add_exception_handler(unwritable, _unwritable)
    for lost in (
        DBAPIError,
        PoolTimeoutError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        OSError,
    ):
        app.add_exception_handler(lost, _gone)


async def _ours(request: Request, error: Exception) -> Response:
    if isinstance(error, DatabaseGoneError):
        return await _gone(request, error)
    ours = cast("GridwardenError", error)
    problem = problem_of(ours)
    if problem.code == "internal":
        log_unforeseen(request.scope, error)
    name = getattr(error, "field", None)
    if name:
        detail = problem.said(words_for(language_of(request)))
        problem = Problem(problem.code, ours.params, (FieldProblem(field=name, code=problem.code, detail=detail),))
    return problem.response(request)


_PLAIN = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


async def _plain(request: Request, error: Exception) -> Response:
    """What the frameworks refuse by themselves: an address, a method, a body that cannot be read."""
    plain = cast("HTTPException", error)
    problem = Problem(_plain_code(request, plain.status_code))
    if problem.code == "internal":
        log_unforeseen(request.scope, error)
    response = problem.response(request)
    response.headers.update(plain.headers or {})
    if plain.status_code == 405:
        response.headers["allow"] = ", ".join(sorted(_allowed(request, response.headers.get("allow", ""))))
    return response


def _plain_code(request: Request, status: int) -> str:
    if status == 400:
        return "not_json" if request.scope["path"].startswith("/api/") else "invalid_request"
    # A status that nothing here is known to raise is a mistake of ours, unless it lies with the request.
    return _PLAIN.get(status, "invalid_request" if 400 < status < 500 else "internal")


def _allowed(request: Request, said: str) -> set[str]:
    """The methods of an address; ``said`` names those of the first route alone that has this path."""
    methods = {method.strip() for method in said.split(",") if method.strip()}
    for method in ("GET", "POST"):
        asked = {**request.scope, "method": method}
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.routes):
            methods.add(method)
    # The guard answers HEAD wherever GET is answered.
    return methods | {"HEAD"} if "GET" in methods else methods


async def _gone(request: Request, error: Exception) -> Response:
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") in _UNWRITABLE_STATES:
        return await _unwritable(request, error)
    if not (isinstance(error, DatabaseGoneError) or is_lost(error)):
        return await _unforeseen(request, error)
    log.warning("%s: database gone: %s", _id(request), error)
    if not _is_busy(error):
        service_of(request).revival.ask()
    return Problem("database_gone").response(request)


def _is_busy(error: Exception) -> bool:
    """Whether only our own connections are all lent out: then nothing is dead, and nothing is to be revived."""
    return any(isinstance(each, PoolTimeoutError) for each in (error, error.__cause__))


async def _unwritable(request: Request, _: Exception) -> Response:
    # A NUL, or half of a surrogate pair: no text that can be kept.
    return Problem("invalid_request").response(request)


async def _unforeseen(request: Request, error: Exception) -> Response:
    log_unforeseen(request.scope, error)
    return Problem("internal").response(request)


def _id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", "-"))


async def _malformed(request: Request, error: Exception) -> Response:
    found: Sequence[Any] = cast("RequestValidationError", error).errors()
    words = words_for(language_of(request))
    # An error of the whole body: no body, no object, or bytes that no Content-Type calls JSON.
    if any(e["type"] == "json_invalid" or tuple(e["loc"]) == ("body",) for e in found):
        return Problem("not_json").response(request)
    errors = []
    for each in found:
        where = [str(part) for part in each["loc"] if part not in ("body", "query", "path", "header")]
        kind = _FIELD_WORDS.get(each["type"], "invalid")
        errors.append(FieldProblem(field=".".join(where), code=kind.replace("-", "_"), detail=words(f"field-{kind}")))
    codes = {_FIELD_CODES.get(e.field.lower(), "invalid_request") for e in errors}
    return Problem(codes.pop() if len(codes) == 1 else "invalid_request", errors=errors).response(request)
