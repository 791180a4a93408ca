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

from api.errors import FieldProblem, Problem, problem_of
from api.guard import BodyTooLargeError
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


def add_error_handlers(app: FastAPI) -> None:
    """Teach an application to answer errors."""
    app.add_exception_handler(GridwardenError, _ours)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(BodyTooLargeError, _too_large)
    for unwritable in (asyncpg.CharacterNotInRepertoireError, UnicodeEncodeError):
        app.add_exception_handler(unwritable, _unwritable)
    for lost in (DBAPIError, PoolTimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        app.add_exception_handler(lost, _gone)
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(request: Request, error: Exception) -> Response:
    if isinstance(error, DatabaseGoneError):
        return await _gone(request, error)
    ours = cast("GridwardenError", error)
    problem = problem_of(ours)
    if problem.code == "internal":
        log.error("%s: %s", _id(request), error, exc_info=error)
    name = getattr(error, "field", None)
    if name:
        detail = problem.document(words_for(language_of(request)), "")["detail"]
        problem = Problem(problem.code, ours.params, (FieldProblem(field=name, code=problem.code, detail=detail),))
    return problem.response(request)


async def _plain(request: Request, error: Exception) -> Response:
    status = cast("HTTPException", error).status_code
    return Problem({405: "method_not_allowed", 400: "not_json"}.get(status, "not_found")).response(request)


async def _too_large(request: Request, _: Exception) -> Response:
    return Problem("body_too_large").response(request)


_UNWRITABLE = asyncpg.CharacterNotInRepertoireError.sqlstate


async def _gone(request: Request, error: Exception) -> Response:
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") == _UNWRITABLE:
        return await _unwritable(request, error)
    if not (isinstance(error, DatabaseGoneError) or is_lost(error)):
        return await _unforeseen(request, error)
    log.warning("%s: database gone: %s", _id(request), error)
    service_of(request).revival.ask()
    return Problem("database_gone").response(request)


async def _unwritable(request: Request, _: Exception) -> Response:
    # A NUL, or half of a surrogate pair: no text that can be kept.
    return Problem("invalid_request").response(request)


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("%s: %s", _id(request), error, exc_info=error)
    return Problem("internal").response(request)


def _id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", "-"))


async def _malformed(request: Request, error: Exception) -> Response:
    found: Sequence[Any] = cast("RequestValidationError", error).errors()
    words = words_for(language_of(request))
    if any(e["type"] == "json_invalid" for e in found):
        return Problem("not_json").response(request)
    errors = []
    for each in found:
        where = [str(part) for part in each["loc"] if part not in ("body", "query", "path", "header")]
        kind = _FIELD_WORDS.get(each["type"], "invalid")
        errors.append(FieldProblem(field=".".join(where), code=kind.replace("-", "_"), detail=words(f"field-{kind}")))
    codes = {_FIELD_CODES.get(e.field.lower(), "invalid_request") for e in errors}
    return Problem(codes.pop() if len(codes) == 1 else "invalid_request", errors=errors).response(request)
