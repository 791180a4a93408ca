"""What every answer carries and every request must pass: headers of safety, a request id, a size, the same site.

A plain ASGI wrapper, so that streams stay streams.  Knows no route.
"""

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import Problem
from api.settings import BaseMapSettings

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_BODY_BYTES = 1_000_000


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


class BodyTooLargeError(Exception):
    """More bytes than a request may carry."""


class Guard:
    """Wraps the application.

    Parameters
    ----------
    app : ASGIApp
        What is guarded.
    policy : str
        The Content-Security-Policy.
    """

    def __init__(self, app: ASGIApp, policy: str) -> None:
        self.app = app
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

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._sign(message, scope)
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] not in _SAFE and not _same_site(headers):
            await Problem("cross_site").respond(Request(scope), send_guarded, receive)
        elif int(headers.get("content-length") or 0) > MAX_BODY_BYTES:
            await Problem("body_too_large").respond(Request(scope), send_guarded, receive)
        else:
            await self.app(scope, _counted(receive), send_guarded)

    def _sign(self, message: MutableMapping[str, Any], scope: Scope) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = scope["state"]["request_id"]
        if not scope["path"].startswith(("/static/", "/tiles/")):
            headers.setdefault("Cache-Control", "no-store")


def _same_site(headers: Headers) -> bool:
    """Whether an unsafe request comes from our own pages, or from no page at all (then no cookie was lent to it)."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def _counted(receive: Receive) -> Receive:
    """The body's stream, which ends in an error when it grows too large without having said so."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY_BYTES:
            raise BodyTooLargeError
        return message

    return counted
