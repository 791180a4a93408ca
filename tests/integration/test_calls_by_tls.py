"""Calls of programs by https: the certificate has to be the one of the name, though an address is called.

The certificates (``tests/certificates``) are good for a hundred years and for nothing but these tests; the key of their
authority was thrown away.
"""

import asyncio
from pathlib import Path

import pytest

from api.settings import WebhookSettings
from api.worker.calls import Caller
from api.worker.failures import NotDeliveredError
from tests.receivers import Hook, receiver

CERTIFICATES = Path(__file__).parents[1] / "certificates"


def call(url: str, *, trusted: bool) -> None:
    async def once() -> None:
        authority = CERTIFICATES / "ca.pem" if trusted else None
        caller = Caller(WebhookSettings(webhook_private="allow", webhook_timeout_s=5, webhook_ca=authority))
        try:
            await caller.call(url, {"webhook-id": "msg_1"}, b"{}")
        finally:
            await caller.close()

    asyncio.run(once())


def test_a_receiver_with_the_certificate_of_its_name_is_called() -> None:
    hook = Hook()
    with receiver(hook, CERTIFICATES / "localhost.pem") as url:
        call(url, trusted=True)
    assert hook.taken() == ["msg_1"]


@pytest.mark.parametrize(("certificate", "trusted"), [("elsewhere.example.pem", True), ("localhost.pem", False)])
def test_one_with_the_certificate_of_another_or_of_nobody_known_is_told_nothing(
    certificate: str, trusted: bool
) -> None:
    hook = Hook()
    with receiver(hook, CERTIFICATES / certificate) as url, pytest.raises(NotDeliveredError) as refused:
        call(url, trusted=trusted)
    assert refused.value.why == "receiver_silent"
    assert hook.calls == []
