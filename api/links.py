"""Links that are passed on: to the address under which the service is known outside."""

from urllib.parse import urlencode

from fastapi import Request

from api.visits import service_of


def address_of(request: Request) -> str:
    """Answer the address of the service, without a slash at its end: as it is configured, else as it was asked by."""
    return service_of(request).settings.public_url or str(request.base_url).rstrip("/")


def password_link(address: str, key: str) -> str:
    """Answer the link by which a password is chosen.

    Examples
    --------
    >>> password_link("https://grid.example", "k_1")
    'https://grid.example/password?key=k_1'
    """
    return f"{address}/password?{urlencode({'key': key})}"
