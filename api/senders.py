"""Who sends a request, as far as quotas go: a program by its key, staff by their session, else a device in a network.

Owns the reading of addresses, of the device's cookie and of the header ``Authorization``; decides no number.
"""

import hmac
import secrets
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request
from starlette.responses import Response

from api.quotas import Sender
from api.service import Service
from api.visits import service_of, session_digest

DEVICE_COOKIE = "gridwarden_device"
# A bucket is full again long before; nothing else hangs on the cookie.
_DEVICE_COOKIE_S = 24 * 3600


async def sender_of(request: Request, service: Service, now: datetime) -> Sender:
    """Answer who sends a request.

    Raises
    ------
    UnknownKeyError
        ``unknown_key``: a key was sent that is not valid.
    """
    network = network_of(request.client.host if request.client else "")
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Sender(network, network, key=await service.admission.key(key.strip(), now))
    session = session_digest(request)
    person_id = await service.admission.person(session, now) if session else None
    return Sender(network, _device_of(request, service) or network, person_id)


async def admit_report(request: Request) -> Sender:
    """Count one report against its sender's quota, before its body is read, and answer the sender.

    Raises
    ------
    TooManyReportsError, UnknownKeyError
        ``too_many_reports``, ``unknown_key``.
    """
    service = service_of(request)
    now = service.clock()
    sender = await sender_of(request, service, now)
    service.admission.quotas.take_report(sender, now)
    return sender


async def admit_look_up(request: Request) -> None:
    """Count one question after a receipt number, unless it comes with the key of that report: that is no guess.

    Raises
    ------
    TooManyRequestsError, UnknownKeyError
        ``too_many_requests``, ``unknown_key``.
    """
    service = service_of(request)
    fits = service.keys.key(request.path_params["number"]).encode()
    if hmac.compare_digest(request.query_params.get("key", "").encode(), fits):
        return
    now = service.clock()
    service.admission.quotas.take_look_up(await sender_of(request, service, now), now)


def network_of(address: str) -> str:
    """Answer whose network an address belongs to: of IPv6 the first 64 bits, for a household has that many addresses.

    Examples
    --------
    >>> network_of("2001:db8:1:2:3::4"), network_of("::ffff:192.0.2.7"), network_of("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7', '192.0.2.7')
    """
    try:
        found = ip_address(address)
    except ValueError:
        # A socket without addresses, or a test: all who come that way count as one.
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def name_device(request: Request, response: Response) -> None:
    """Give a browser that comes for the first time a random name, so that it does not share a quota with its network.

    The name is signed: one that was made up counts for nothing.
    """
    service = service_of(request)
    if _device_of(request, service):
        return
    name = secrets.token_hex(16)
    response.set_cookie(
        DEVICE_COOKIE,
        f"{name}.{_signature(service, name)}",
        max_age=_DEVICE_COOKIE_S,
        httponly=True,
        samesite="lax",
        secure=service.settings.secure_cookies,
        path="/",
    )


def _device_of(request: Request, service: Service) -> str | None:
    name, _, signature = request.cookies.get(DEVICE_COOKIE, "").partition(".")
    fits = name and hmac.compare_digest(signature.encode(), _signature(service, name).encode())
    return name if fits else None


def _signature(service: Service, name: str) -> str:
    return service.keys.key(f"device {name}")
