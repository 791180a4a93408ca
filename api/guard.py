"""What every answer carries and every request must pass: headers of safety, a request id, a size, the same site.

A plain ASGI wrapper, so that streams stay streams.  The last to see an exception, so that also a mistake of ours is
answered under these headers; and where HEAD becomes GET without its body.  Knows no route.
"""

import logging
import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.body_limits import BodyLimit
from api.errors import Problem
from api.settings import BaseMapSettings

log = logging.getLogger("gridwarden")

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES = 1_000_000
_USUAL = BodyLimit(re.compile(""), MAX_BODY_BYTES, "body_too_large")


def content_policy(base_map: BaseMapSettings) -> str:
    """Answer the Content-Security-Policy: everything from here, and the tiles of a base map that was configured."""
    away = ""
    if base_map.base_map == "tianditu":
        away = " https://*.tianditu.gov.cn"
    elif "://" in base_map.base_map_url:
        address = urlsplit(base_map.base_map_url)
        away = f" {address.scheme}://{address.netloc}"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{away}; "
        f"connect-src 'self'{away}; worker-src 'self'; font-src 'self'; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


class BodyTooLargeError(HTTPException):
    """More bytes than a request may carry.

    An ``HTTPException``, because FastAPI takes any other error while it reads a body for malformed JSON.
    """

    def __init__(self) -> None:
        super().__init__(413)


def log_unforeseen(scope: Scope, error: Exception) -> None:
    """Record a mistake of ours under the id that the answer carries."""
    log.error("%s: %s", scope.get("state", {}).get("request_id", "-"), error, exc_info=error)


def _log_refused(scope: Scope, status: int) -> None:
    """Record what somebody wanted to write and was refused, with its code where one was told; no words, no keys."""
    if scope["method"] not in _SAFE and status >= 400:
        state = scope["state"]
        told = (state["request_id"], scope["method"], scope["path"], status, state.get("problem", "-"))
        log.warning("%s: %s %s refused, %d %s", *told)


class Guard:
    """Wraps the application.

    Parameters
    ----------
    app : ASGIApp
        What is guarded.
    policy : str
        The Content-Security-Policy.
    larger : BodyLimit, optional
        Addresses to which more may be sent than ``MAX_BODY_BYTES``.
    """

    def __init__(self, app: ASGIApp, policy: str, *larger: BodyLimit) -> None:
        self.app = app
        self._larger = larger
        self._headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["request_id"] = uuid4().hex
        if scope["method"] == "HEAD":
            # A copy: the server below goes by the method of its own scope.
            scope, send = {**scope, "method": "GET"}, _without_body(send)
            # For whom the body would never end.
            scope["state"]["head_alone"] = True
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._sign(message, scope)
                _log_refused(scope, message["status"])
            await send(message)

        try:
            await self._pass_on(scope, receive, send_guarded)
        except Exception as error:
            log_unforeseen(scope, error)
            if started:
                # Half an answer cannot be mended; the server breaks off the connection.
                raise
            await Problem("internal").respond(Request(scope), send_guarded, receive)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        limit = next((each for each in self._larger if each.path.fullmatch(scope["path"])), _USUAL)
        if scope["method"] not in _SAFE and not _same_site(headers):
            await Problem("cross_site").respond(Request(scope), send, receive)
        elif _declared_bytes(headers) > limit.most_bytes:
            await Problem(limit.code).respond(Request(scope), send, receive)
        else:
            await self.app(scope, _counted(receive, limit.most_bytes), send)

    def _sign(self, message: MutableMapping[str, Any], scope: Scope) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = scope["state"]["request_id"]
        if scope["scheme"] == "https":
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        headers.setdefault("Cache-Control", "no-store")


def _same_site(headers: Headers) -> bool:
    """Whether an unsafe request comes from our own pages, or from no page at all (then no cookie was lent to it)."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        # No address at all (`http://[`): not ours, then.
        return False


def _declared_bytes(headers: Headers) -> int:
    """How large the body says it is; one that says nothing sensible is counted as it comes."""
    declared = headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def _without_body(send: Send) -> Send:
    """Pass on the head of an answer with all its headers, and an empty body where its body ends."""

    async def bare(message: Message) -> None:
        if message["type"] in ("http.response.body", "http.response.pathsend"):
            if message.get("more_body", False):
                return
            message = {"type": "http.response.body", "body": b""}
        await send(message)

    return bare


def _counted(receive: Receive, most_bytes: int) -> Receive:
    """The body's stream, which ends in an error when it grows too large without having said so."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most_bytes:
            raise BodyTooLargeError
        return message

    return counted
