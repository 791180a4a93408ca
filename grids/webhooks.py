"""Calls of programs (webhooks): what they say, how they are signed, and which addresses may be called.

Pure: resolves no name and opens no connection.  Signed per Standard Webhooks (standardwebhooks.com, version 1.0.0): the
HMAC-SHA256 of ``id.timestamp.body``.  A call tells ids, codes and states; never words, never anything about a person.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from gis.errors import GridwardenError
from grids.hearing_steps import HEARING_EVENTS
from grids.order_steps import BY_ORDER_VERB
from grids.part_workflow import PART_VERBS
from grids.workflow import BY_VERB

TOPICS: Final = (
    "report.received",
    *(f"case.{verb}" for verb in (*BY_VERB, *PART_VERBS, *BY_ORDER_VERB, *HEARING_EVENTS)),
    *(
        "case.merge_in",
        "case.split_off",
        "case.follow",
        "case.alarm",
        "case.part_late",
        "case.order_late",
        "case.due_soon",
        "case.overdue",
        "case.stage_due_soon",
        "case.stage_overdue",
    ),
    "handover.write",
    "handover.accept",
)
"""What a program may ask for."""

# RFC 6052: an IPv4 address behind a translator.
_NAT64: Final = ip_network("64:ff9b::/96")
_PORTS: Final = {"http": 80, "https": 443}


class WebhookRefusedError(GridwardenError):
    """A subscription that cannot be made as it was asked for."""

    code: ClassVar[str] = "webhook_refused"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to call: scheme, host as written, port, and path with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Host and port as the header ``Host`` tells them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def at(self, address: str) -> str:
        """Answer the URL at an address that was looked up: what was checked is what is called."""
        host = f"[{address}]" if ":" in address else address
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def target_of(url: str, *, private: bool = False) -> Target:
    """Answer where a URL points.

    Parameters
    ----------
    url : str
        Absolute, ``https``; ``http`` where private addresses are allowed.
    private : bool
        Whether private addresses may be called.

    Raises
    ------
    WebhookRefusedError
        ``webhook_refused``: no such URL, a log-in in it, not ``https``, or an address that may not be called.

    Examples
    --------
    >>> target_of("https://example.org/hook?x=1")
    Target(scheme='https', host='example.org', port=443, path='/hook?x=1')
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        parts, port = urlsplit(""), 0
    schemes = ("https", "http") if private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc or not url.isascii() or not port:
        raise WebhookRefusedError(
            f"Give an absolute {' or '.join(schemes)} address without a log-in, such as https://example.org/gridwarden."
        )
    host = parts.hostname
    if not private and _is_literal(host) and not may_call(host):
        raise WebhookRefusedError(
            f"{host} is a private address; GRIDWARDEN_WEBHOOK_PRIVATE=allow lets such be called.", params={"host": host}
        )
    return Target(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def may_call(address: str) -> bool:
    """Whether an address lies in the open Internet: not private, loopback, link-local, reserved, or so in disguise.

    Parameters
    ----------
    address : str
        An IPv4 or IPv6 address.

    Examples
    --------
    >>> [may_call(address) for address in ("1.1.1.1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "fec0::1")]
    [True, False, False, False, False]
    """
    given = ip_address(address.partition("%")[0])
    return all(_is_open(one) for one in (given, *_within(given)))


def _is_open(one: IPv4Address | IPv6Address) -> bool:
    # Site-local addresses (RFC 3879) are no longer given out, and private where they are.
    local = isinstance(one, IPv6Address) and one.is_site_local
    return one.is_global and not (one.is_multicast or one.is_reserved or local)


def _within(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if isinstance(address, IPv4Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(one for one in found if one is not None)


def key_of(secret: bytes, salt: bytes) -> bytes:
    """Answer the key of a subscription: derived from the service's secret, so that the database alone signs nothing.

    Examples
    --------
    >>> len(key_of(b"s" * 32, b"0" * 16))
    32
    """
    return hmac.digest(secret, b"webhook:" + salt, "sha256")


def told_key(key: bytes) -> str:
    """Answer a key as its receiver keeps it.

    Examples
    --------
    >>> told_key(b"0123456789")
    'whsec_MDEyMzQ1Njc4OQ=='
    """
    return f"whsec_{b64encode(key).decode()}"


def body_of(topic: str, at: datetime, case_id: int | None, data: Mapping[str, Any]) -> bytes:
    """Answer what a call says, as JSON.

    Parameters
    ----------
    topic : str
        What happened.
    at : datetime
        When, aware.
    case_id : int or None
        Of the case; None where it tells of a hand-over.
    data : mapping
        Of the delivery; of it only codes and states are told, and of the owner no posting, which is a person's.
    """
    if topic.startswith("handover."):
        told = {name: data.get(name) for name in ("handover_id", "kind", "area_code")}
        return _body(topic, at, told)
    owner = data.get("owner") or {}
    told = {
        "case_id": case_id,
        **{name: data.get(name) for name in ("seq", "state", "category", "area_code")},
        "owner": {"area_code": owner.get("area_code"), "role": owner.get("role")},
    }
    return _body(topic, at, told)


def _body(topic: str, at: datetime, told: Mapping[str, Any]) -> bytes:
    return json.dumps({"type": topic, "timestamp": at.isoformat(), "data": told}, separators=(",", ":")).encode()


def signed(key: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Answer the three headers of a call.

    Parameters
    ----------
    key : bytes
        Of the subscription.
    message_id : str
        The same for every try.
    at : datetime
        Of this try, aware; receivers refuse old ones.
    body : bytes
        As it is sent.

    Examples
    --------
    The example that Standard Webhooks' own libraries are tested with:

    >>> from base64 import b64decode
    >>> from datetime import UTC
    >>> key, at = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), datetime.fromtimestamp(1614265330, UTC)
    >>> signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')["webhook-signature"]
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    timestamp = str(int(at.timestamp()))
    mark = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{b64encode(mark).decode()}",
    }
