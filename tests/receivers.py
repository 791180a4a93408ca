"""A real mail server and a real receiver of calls on this machine, for tests: both remember what came and answer as told."""

import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What came; ``refuse`` says what is answered for an address, ``to_data`` to letters."""

    letters: list[EmailMessage] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    to_data: str = "250 taken"

    # aiosmtpd's own naming, and it hands all of this in.
    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        if self.to_data.startswith("250"):
            assert isinstance(envelope.content, bytes)
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
        return self.to_data


@contextmanager
def mail_server(box: Mailbox, port: int = 0) -> Iterator[int]:
    """Run a mail server; answers its port."""
    port = port or free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def free_port() -> int:
    """Answer a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Hook:
    """What came: headers and body of each call; ``answers`` are given first, then 200."""

    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def taken(self) -> list[str]:
        """Answer the ids of what was answered with 200, in the order in which it came."""
        with self.lock:
            return [headers["webhook-id"] for headers, _ in self.calls if headers["answered"] == "200"]


@contextmanager
def receiver(hook: Hook, certificate: Path | None = None) -> Iterator[str]:
    """Run a receiver of calls; answers its address.  With a certificate (and its key) it speaks TLS, as localhost."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with hook.lock:
                status = hook.answers.pop(0) if hook.answers else 200
                headers = {name.lower(): value for name, value in self.headers.items()}
                hook.calls.append(({**headers, "answered": str(status)}, body))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        spoken = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        spoken.load_cert_chain(certificate)
        server.socket = spoken.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        where = "http://127.0.0.1" if certificate is None else "https://localhost"
        yield f"{where}:{server.server_port}/hook"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
