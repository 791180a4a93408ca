"""Calls of programs over HTTP: the name is resolved once, the address is checked, and that address is called.

So a name that answers otherwise a moment later leads nowhere else.  Redirects are not followed, proxies of the
environment not used, and of the answer only its status is read.
"""

import asyncio
import socket
from collections.abc import Mapping

import httpx2

from api.settings import WebhookSettings
from api.worker.failures import NotDeliveredError
from grids.webhooks import Target, WebhookRefusedError, may_call, target_of

_GONE = 410


class Caller:
    """Calls receivers; made once, closed at the end.

    Parameters
    ----------
    settings : WebhookSettings
        Whether private addresses may be called, how long a call may take, and whose certificates count.
    """

    def __init__(self, settings: WebhookSettings) -> None:
        self._private = settings.webhook_private == "allow"
        self._timeout_s = settings.webhook_timeout_s
        trusted = httpx2.create_ssl_context(trust_env=False)
        if settings.webhook_ca is not None:
            trusted.load_verify_locations(settings.webhook_ca)
        self._client = httpx2.AsyncClient(
            timeout=settings.webhook_timeout_s, follow_redirects=False, trust_env=False, verify=trusted
        )

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def call(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send one call.

        Parameters
        ----------
        url : str
            Of the receiver.
        headers : mapping
            The signature.
        body : bytes
            JSON, as it was signed.

        Raises
        ------
        NotDeliveredError
            ``private_address`` and ``receiver_gone`` (410) for good; else ``receiver_unknown``, ``receiver_silent`` or
            ``receiver_answered_<status>``.
        """
        try:
            target = target_of(url, private=self._private)
        except WebhookRefusedError as error:
            raise NotDeliveredError("private_address") from error
        try:
            async with asyncio.timeout(self._timeout_s):
                status = await self._post(target, await self._address(target), headers, body)
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as error:
            raise NotDeliveredError("receiver_silent") from error
        if status == _GONE:
            raise NotDeliveredError("receiver_gone")
        if not 200 <= status < 300:
            raise NotDeliveredError(f"receiver_answered_{status}")

    async def _address(self, target: Target) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NotDeliveredError("receiver_unknown") from error
        addresses = [str(info[4][0]) for info in found]
        # One private address among several is enough: whoever names such has nothing good in mind.
        if not self._private and not all(may_call(address) for address in addresses):
            raise NotDeliveredError("private_address")
        return addresses[0]

    async def _post(self, target: Target, address: str, headers: Mapping[str, str], body: bytes) -> int:
        request = self._client.stream(
            "POST",
            target.at(address),
            content=body,
            headers={**headers, "Host": target.authority, "Content-Type": "application/json", "Connection": "close"},
            # The certificate has to be the one of the name, although an address is called.
            extensions={"sni_hostname": target.host},
        )
        async with request as answer:
            return answer.status_code
