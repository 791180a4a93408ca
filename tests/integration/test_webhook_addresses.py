"""Where a call of a program may go: never inside, however the address is written, resolved or passed on."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from api.settings import WebhookSettings
from api.worker.calls import Caller
from api.worker.failures import NotDeliveredError
from grids.webhooks import WebhookRefusedError, may_call, target_of
from tests.receivers import Hook, receiver


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  nothing listens here; it is refused
        "127.0.0.1",
        "127.1.2.3",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:0.0.0.0",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
    ],
)
def test_an_address_inside_is_called_in_no_spelling(address: str) -> None:
    assert not may_call(address)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(WebhookRefusedError):
        target_of(f"https://{host}/hook")


def call(names: Iterator[list[str]], url: str, *, private: bool) -> tuple[str | None, int]:
    """Call a URL with a resolver that answers as told; answers what went wrong, and how often a name was asked for."""
    asked = 0

    async def work() -> str | None:
        nonlocal asked

        async def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:  # noqa: ARG001
            nonlocal asked
            asked += 1
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in next(names)]

        asyncio.get_running_loop().getaddrinfo = getaddrinfo  # type: ignore[assignment]
        caller = Caller(WebhookSettings(webhook_private="allow" if private else "refuse", webhook_timeout_s=5))
        try:
            await caller.call(url, {}, b"{}")
        except NotDeliveredError as error:
            return error.why
        finally:
            await caller.close()
        return None

    return asyncio.run(work()), asked


@pytest.mark.parametrize("found", [["127.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["0.0.0.0"]])  # noqa: S104
def test_a_name_that_leads_inside_is_not_called(found: list[str]) -> None:
    assert call(iter([found]), "https://rebind.example/hook", private=False) == ("private_address", 1)


def test_the_address_that_was_checked_is_the_one_that_is_called() -> None:
    """A name that answers otherwise a moment later is not asked again."""
    hook = Hook()
    with receiver(hook) as address:
        port = address.rsplit(":", 1)[1].partition("/")[0]
        answers = iter([["127.0.0.1"], ["10.255.255.1"]])
        assert call(answers, f"http://rebind.example:{port}/hook", private=True) == (None, 1)
    ((headers, _),) = hook.calls
    assert headers["host"] == f"rebind.example:{port}"


def test_nobody_is_sent_on() -> None:
    hook, inside = Hook(answers=[302]), Hook()
    with receiver(hook) as address, receiver(inside):
        assert call(iter([["127.0.0.1"]]), address, private=True)[0] == "receiver_answered_302"
    assert (len(hook.calls), inside.calls) == (1, [])
