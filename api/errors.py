"""Errors as answers: the one table from codes to status numbers, and RFC 9457 problem documents in two languages.

The text of a code is ``title-<code>`` and ``error-<code>`` in ``locales/errors.*.ftl``.  What is not in the table is a
mistake of ours: status 500, told without its inner words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Send

from api.languages import language_of, words_for
from api.visits import service_of
from gis.errors import GridwardenError
from grids.language import Words
from grids.posting_rows import Fault
from grids.posting_words import fault_line

SHANGHAI = ZoneInfo("Asia/Shanghai")


class LogInRequiredError(GridwardenError):
    """For staff, and nobody is logged in."""

    code = "log_in_required"


class BadInstantError(GridwardenError):
    """A time without its zone, or no time at all."""

    code = "bad_instant"


STATUS = {
    "bad_position": 422,
    "bad_accuracy": 422,
    "coordinates_swapped": 422,
    "unknown_datum": 422,
    "bad_number": 422,
    "bad_instant": 422,
    "empty_text": 422,
    "text_too_long": 422,
    "missing_place": 422,
    "seen_in_future": 422,
    "unknown_category": 422,
    "unknown_channel": 422,
    "unknown_area": 422,
    "outside_service_area": 422,
    "unknown_rota_day": 422,
    "visit_for_others": 403,
    "outside_rota_area": 422,
    "idempotency_conflict": 422,
    "missing_idempotency_key": 400,
    "invalid_request": 422,
    "not_json": 400,
    "channel_for_staff": 403,
    "channel_not_for_key": 403,
    "empty_period": 422,
    "rates_over_time": 422,
    "too_many_steps": 422,
    "unknown_kind": 422,
    "unknown_family": 422,
    "private_elsewhere": 403,
    "private_family": 403,
    "key_refused": 422,
    "boundary_file_refused": 422,
    "boundary_file_too_large": 413,
    "bad_tolerance": 422,
    "same_edition": 409,
    "rules_for_desks": 403,
    "rule_refused": 422,
    "rule_not_found": 404,
    "rota_for_others": 403,
    "rota_not_found": 404,
    "rota_refused": 422,
    "rota_clash": 409,
    "rota_past": 409,
    "rota_changed": 409,
    "postings_for_administrators": 403,
    "posting_refused": 422,
    "posting_not_found": 404,
    "teams_for_administrators": 403,
    "teams_for_staff": 403,
    "team_refused": 422,
    "team_not_found": 404,
    "bad_posting_file": 422,
    "log_in_refused": 422,
    "log_in_link_void": 404,
    "password_refused": 422,
    "boundaries_for_administrators": 403,
    "edition_not_found": 404,
    "activation_refused": 409,
    "nothing_to_take_back": 409,
    "day_not_over": 422,
    "kept_anchor_unreadable": 422,
    "not_by_cell": 422,
    "vacancies_of_now": 422,
    "cells_too_fine": 403,
    "cross_site": 403,
    "log_in_required": 401,
    "log_in_failed": 401,
    "log_in_locked": 429,
    "log_in_busy": 503,
    "unknown_key": 401,
    "too_many_reports": 429,
    "too_many_requests": 429,
    "cases_for_staff": 403,
    "deliveries_for_administrators": 403,
    "unknown_delivery": 404,
    "webhook_refused": 422,
    "list_for_others": 403,
    "photo_too_large": 413,
    "photo_too_many_pixels": 422,
    "not_a_photo": 415,
    "photo_heic": 415,
    "photo_broken": 422,
    "missing_photo": 422,
    "too_many_photos": 409,
    "unknown_photo_kind": 422,
    "bad_rectangle": 422,
    "bad_released_words": 422,
    "missing_reason": 422,
    "decision_not_possible": 409,
    "moderation_for_clerks": 403,
    "handled_case": 403,
    "never_public": 403,
    "photo_not_found": 404,
    "photos_busy": 503,
    "photo_store_failed": 503,
    "area_not_found": 404,
    "bad_deadline": 422,
    "bad_category": 422,
    "bad_office_hours": 422,
    "year_unpublished": 422,
    "day_outside_calendar": 422,
    "photo_file_missing": 404,
    "case_not_found": 404,
    "place_not_found": 404,
    "place_for_directors": 403,
    "decision_incomplete": 422,
    "place_rule_refused": 422,
    "place_rule_not_found": 404,
    "no_story": 404,
    "stale_version": 409,
    "petition_closed": 409,
    "step_not_allowed": 409,
    "step_for_others": 403,
    "step_incomplete": 422,
    "not_at_desk": 403,
    "handover_written": 409,
    "handover_to_nobody": 422,
    "handover_not_found": 404,
    "handover_taken": 409,
    "handover_for_others": 403,
    "unknown_person": 404,
    "unknown_report": 404,
    "tile_not_found": 404,
    "not_found": 404,
    "method_not_allowed": 405,
    "body_too_large": 413,
    "export_too_large": 413,
    "no_boundaries": 503,
    "finding_not_found": 404,
    "checks_busy": 503,
    "too_many_listeners": 503,
    "database_gone": 503,
    "internal": 500,
}

_RETRY_AFTER_S = 5


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str = Field(examples=["datum"])
    code: str = Field(examples=["missing"])
    detail: str = Field(examples=["请填写此项。"])


class ServedArea(BaseModel):
    """A jurisdiction that is served."""

    code: str = Field(examples=["131024"])
    name: str = Field(examples=["香河县"])
    level: str = Field(examples=["county"])


class ProblemDocument(BaseModel):
    """RFC 9457; ``code`` is stable, ``title`` and ``detail`` speak the language of the request."""

    type: str = Field(examples=["urn:gridwarden:problem:unknown_datum"])
    title: str = Field(examples=["坐标系不明"])
    status: int = Field(examples=[422])
    code: str = Field(examples=["unknown_datum"])
    detail: str
    request_id: str
    errors: list[FieldProblem] = []
    served: list[ServedArea] | SkipJsonSchema[None] = Field(
        default=None, description="the jurisdictions that are served; with `outside_service_area` alone"
    )
    allowed: list[str] | SkipJsonSchema[None] = Field(
        default=None, description="the steps that are open instead; with a step that is refused alone"
    )
    version: int | SkipJsonSchema[None] = Field(
        default=None, description="of the case as it is now; with `stale_version` alone"
    )
    state: str | SkipJsonSchema[None] = Field(
        default=None, description="of the case as it is now; with `stale_version` and `step_not_allowed`"
    )
    last: str | SkipJsonSchema[None] = Field(
        default=None, description="the newest step of the case; with `stale_version` alone"
    )


# What a document tells besides its sentence, by code: values of an error that go into it as they are.
_TOLD = {
    "outside_service_area": ("served",),
    "stale_version": ("version", "state", "last"),
    "step_not_allowed": ("state", "allowed"),
    "step_for_others": ("allowed",),
}
_BESIDES = {name for names in _TOLD.values() for name in names}


_MEDIA_TYPE = "application/problem+json"
_SCHEMAS = "#/components/schemas/{model}"
# What any address may answer, whatever it is for.
_ALWAYS = ("method_not_allowed", "internal")


def problems(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Answer the ``responses=`` of a route that may answer these codes, and what any route may answer besides.

    Parameters
    ----------
    *codes : str
        Keys of ``STATUS``.

    Examples
    --------
    >>> answers = problems("area_not_found", "unknown_datum")
    >>> sorted(answers), answers[404]["description"]
    ([404, 405, 422, 500], 'area_not_found')
    """
    by_status: dict[int, list[str]] = {}
    for code in (*codes, *_ALWAYS):
        by_status.setdefault(STATUS[code], []).append(code)
    schema = {"$ref": _SCHEMAS.format(model=ProblemDocument.__name__)}
    return {
        status: {"description": ", ".join(named), "content": {_MEDIA_TYPE: {"schema": schema}}}
        for status, named in sorted(by_status.items())
    }


def problem_schemas() -> dict[str, Any]:
    """Answer the components that ``problems`` refers to, by name."""
    schema = ProblemDocument.model_json_schema(mode="serialization", ref_template=_SCHEMAS)
    parts: dict[str, Any] = schema.pop("$defs")
    return {**parts, ProblemDocument.__name__: schema}


def retry_after(params: Mapping[str, object], now: datetime) -> dict[str, str]:
    """Answer the header that says when to ask again, from an error's ``params["until"]``; none without it.

    Parameters
    ----------
    params : mapping
        Of the error or its problem.
    now : datetime
        The service's own present instant, aware.

    Examples
    --------
    >>> from datetime import UTC, datetime, timedelta
    >>> now = datetime(2026, 3, 2, tzinfo=UTC)
    >>> retry_after({"until": now + timedelta(seconds=89.5)}, now)
    {'Retry-After': '90'}
    """
    until = params.get("until")
    if not isinstance(until, datetime):
        return {}
    return {"Retry-After": str(max(1, ceil((until - now).total_seconds())))}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that went wrong, ready to be told.

    Parameters
    ----------
    code : str
        A key of ``STATUS``.
    params : mapping
        Values for the sentence; some go into the document as they are, too.
    errors : sequence of FieldProblem
        Field by field.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    errors: Sequence[FieldProblem] = ()

    def said(self, words: Words) -> str:
        """Answer the sentence that tells it."""
        return words(f"error-{self.code}", **{k: _sayable(v, words) for k, v in self.params.items()})

    def document(self, words: Words, request_id: str) -> dict[str, Any]:
        """Answer the problem document."""
        named = {name: self.params[name] for name in _TOLD.get(self.code, ()) if self.params.get(name)}
        document = ProblemDocument(
            type=f"urn:gridwarden:problem:{self.code}",
            title=words(f"title-{self.code}"),
            status=STATUS[self.code],
            code=self.code,
            detail=self.said(words),
            request_id=request_id,
            errors=list(self.errors),
        )
        return document.model_dump(exclude=_BESIDES) | named

    def response(self, request: Request) -> Response:
        """Answer it as JSON, or as a page to somebody who reads pages."""
        words = words_for(language_of(request))
        request.scope.setdefault("state", {})["problem"] = self.code
        document = self.document(words, request.scope.get("state", {}).get("request_id", ""))
        headers = self._headers(request)
        if _wants_page(request):
            # Pages are drawn by a room that itself may raise these errors.
            from api.rendering import error_page

            page = error_page(
                request, document["status"], self.code, document["title"], document["detail"], self.errors
            )
            page.headers.update(headers)
            return page
        return JSONResponse(document, document["status"], headers, media_type=_MEDIA_TYPE)

    def _headers(self, request: Request) -> dict[str, str]:
        if STATUS[self.code] == 503:
            return {"Retry-After": str(_RETRY_AFTER_S)}
        if self.code == "unknown_key":
            # RFC 9110, 11.6.1: a 401 says how to ask.
            return {"WWW-Authenticate": "Bearer"}
        return retry_after(self.params, service_of(request).clock()) if "until" in self.params else {}

    async def respond(self, request: Request, send: Send, receive: Receive) -> None:
        """Send it from outside the application."""
        await self.response(request)(request.scope, receive, send)


def _sayable(value: object, words: Words) -> object:
    if isinstance(value, Fault):
        return fault_line(value, words)
    if isinstance(value, list):
        return words("list-separator").join(
            str(item["name"]) if isinstance(item, dict) else str(item) for item in value
        )
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%H:%M")
    return value if isinstance(value, int | float) else str(value)


def _wants_page(request: Request) -> bool:
    machine = ("/api/", "/tiles/", "/healthz", "/readyz", "/openapi.json")
    return not request.scope["path"].startswith(machine) and "text/html" in request.headers.get("accept", "")


def problem_of(error: GridwardenError) -> Problem:
    """Answer the problem of an error of ours; one that is not in the table is a mistake of ours."""
    return Problem(error.code, error.params) if error.code in STATUS else Problem("internal")
