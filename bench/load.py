"""A client that asks as fast as it is answered, or so often a second, over connections that stay open.

Says how long each answer took.
A process of its own with a bare protocol in it, so that little of the machine goes into asking.  Run as
``python -m bench.load ADDRESS SECONDS CONNECTIONS [RATE]`` with a JSON document ``{"headers": {…}, "bodies": […]}`` on
standard input; answers one on standard output.
"""

import asyncio
import json
import sys
import time
from itertools import count
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4

import uvloop


class Asker(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last one is complete."""

    def __init__(self, load: "Load") -> None:
        self.load = load
        self.held = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        number = next(self.load.numbers)
        if wait_s := self.load.wait_s(number):
            asyncio.get_running_loop().call_later(wait_s, self._send, number)
        else:
            self._send(number)

    def _send(self, number: int) -> None:
        self.asked_at = time.perf_counter()
        self.transport.write(self.load.request(number))

    def data_received(self, data: bytes) -> None:
        self.held += data
        head, found, rest = self.held.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(rest) < length:
            return
        self.held = b""
        now = time.perf_counter()
        self.load.answered(head[9:12].decode(), now - self.asked_at, rest)
        if now < self.load.until:
            self._ask()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(exc)


class Load:
    """What is asked, and what came back."""

    def __init__(
        self, path: str, headers: dict[str, str], bodies: list[str], seconds: float, rate: float | None
    ) -> None:
        lines = {"Host": "bench", "Content-Type": "application/json", **headers}
        head = f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self._requests = [
            (f"{head}Content-Length: {len(body.encode())}\r\nIdempotency-Key: {uuid4().hex}".encode(), body.encode())
            for body in bodies
        ]
        self.numbers = count()
        self._begun, self._rate = time.perf_counter(), rate
        self.until = self._begun + seconds
        self.times: list[float] = []
        self.statuses: dict[str, int] = {}
        self.sample = ""

    def wait_s(self, number: int) -> float:
        """Until this request is to go out, counted from 0; 0: at once."""
        return 0.0 if self._rate is None else max(0.0, self._begun + number / self._rate - time.perf_counter())

    def request(self, number: int) -> bytes:
        head, body = self._requests[number % len(self._requests)]
        return b"%b-%d\r\n\r\n%b" % (head, number, body)

    def answered(self, status: str, took_s: float, body: bytes) -> None:
        self.times.append(took_s)
        if status not in self.statuses:
            self.sample = body.decode(errors="replace")
        self.statuses[status] = self.statuses.get(status, 0) + 1


async def _run(address: str, seconds: float, connections: int, rate: float | None = None) -> None:
    asked = json.load(sys.stdin)
    parts = urlsplit(address)
    host, port = str(parts.hostname), int(parts.port or 80)
    load = Load(parts.path, asked["headers"], asked["bodies"], seconds, rate)
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    askers = [(await loop.create_connection(lambda: Asker(load), host, port))[1] for _ in range(connections)]
    await asyncio.gather(*(asker.ended for asker in askers))
    json.dump(
        {
            "seconds": time.perf_counter() - start,
            "times": load.times,
            "statuses": load.statuses,
            "sample": load.sample,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    uvloop.run(_run(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), *map(float, sys.argv[4:])))
