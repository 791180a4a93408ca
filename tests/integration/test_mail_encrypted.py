"""Letters over TLS: asked for before anything is said, given where it is offered, and to nobody whose certificate is wrong."""

import asyncio
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from pydantic import SecretStr

from api.settings import SmtpSettings
from api.worker.failures import NotDeliveredError
from api.worker.smtp import MailServer, envelope
from grids.letters import Letter
from tests.receivers import Mailbox, free_port

STARTTLS = Literal["if_offered", "always", "never"]


@dataclass(frozen=True)
class Certificates:
    """Files: who is trusted, and certificates with their keys of this host, of another one, and of a day long past."""

    trusted: Path
    right: Path
    other_host: Path
    over: Path

    def context(self, name: str) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(getattr(self, name))
        return context


def openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A throw-away authority and what it signed."""
    folder = tmp_path_factory.mktemp("certificates")
    authority, key = folder / "authority.pem", folder / "authority.key"
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *curve, "-keyout", str(key), "-out", str(authority), "-subj", "/CN=test", "-days", "2")

    def sign(name: str, host: str, days: int) -> Path:
        asked, file, own = (folder / f"{name}.{end}" for end in ("csr", "pem", "key"))
        extensions = folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={host}\n")
        openssl("req", *curve, "-keyout", str(own), "-out", str(asked), "-subj", f"/CN={name}")
        openssl(
            *("x509", "-req", "-in", str(asked), "-CA", str(authority), "-CAkey", str(key), "-CAcreateserial"),
            *("-out", str(file), "-days", str(days), "-extfile", str(extensions)),
        )
        file.write_text(file.read_text() + own.read_text())
        return file

    return Certificates(
        authority, sign("right", "DNS:localhost", 2), sign("other", "DNS:mail.example.org", 2),
        sign("over", "DNS:localhost", -1),
    )  # fmt: skip


class _Secured(Controller):
    """As the name of the scheme says: TLS from the first byte, or offered by STARTTLS, or neither."""

    def __init__(self, box: Mailbox, scheme: str, tls: ssl.SSLContext | None, logins: list[LoginPassword]) -> None:
        self._logins = logins
        self._offered = tls if scheme == "smtp" else None
        super().__init__(box, hostname="localhost", port=free_port(), ssl_context=tls if scheme == "smtps" else None)

    def factory(self) -> SMTP:
        def known(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, data: LoginPassword) -> AuthResult:
            self._logins.append(data)
            return AuthResult(success=True)

        return SMTP(
            self.handler,
            hostname="localhost",
            tls_context=self._offered,
            authenticator=known,
            auth_require_tls=self._offered is not None,
        )


@contextmanager
def serving(box: Mailbox, scheme: str, tls: ssl.SSLContext | None, logins: list[LoginPassword]) -> Iterator[int]:
    controller = _Secured(box, scheme, tls, logins)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
        # Of the loop that aiosmtpd made for itself.
        asyncio.set_event_loop(None)


def send(scheme: str, port: int, starttls: STARTTLS = "if_offered", login: str = "") -> None:
    url = SecretStr(f"{scheme}://{login}localhost:{port}")
    mail = MailServer.of(
        SmtpSettings(smtp_url=url, smtp_from="grid@example.org", smtp_starttls=starttls, smtp_timeout_s=5)
    )
    assert mail is not None
    letter = Letter("说事收到", "收到了。", "<p>收到了。</p>")
    mail.send(envelope(letter, mail.sender, "zhang@example.org", "<1@example.org>", datetime(2026, 3, 2, tzinfo=UTC)))


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The authority is one of those that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.trusted))
    return certificates


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_letter_and_a_password_go_over_an_encrypted_line(trusted: Certificates, scheme: str) -> None:
    box, logins = Mailbox(), list[LoginPassword]()
    with serving(box, scheme, trusted.context("right"), logins) as port:
        send(scheme, port, "always" if scheme == "smtp" else "if_offered", "grid:secret@")
    assert [letter["Subject"] for letter in box.letters] == ["说事收到"]
    assert logins == [LoginPassword(b"grid", b"secret")]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("wrong", ["other_host", "over", "nobody_trusted"])
def test_a_wrong_certificate_gets_nothing_and_is_called_so(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch, scheme: str, wrong: str
) -> None:
    if wrong != "nobody_trusted":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates.trusted))
    box, logins = Mailbox(), list[LoginPassword]()
    tls = certificates.context("right" if wrong == "nobody_trusted" else wrong)
    with serving(box, scheme, tls, logins) as port, pytest.raises(NotDeliveredError, match="mail_certificate_refused"):
        send(scheme, port, login="grid:secret@")
    assert (box.letters, logins) == ([], [])


@pytest.mark.parametrize(("starttls", "login"), [("always", ""), ("if_offered", "grid:secret@")])
def test_over_an_open_line_neither_what_must_be_encrypted_nor_a_password(starttls: STARTTLS, login: str) -> None:
    box, logins = Mailbox(), list[LoginPassword]()
    with serving(box, "smtp", None, logins) as port, pytest.raises(NotDeliveredError, match="mail_not_encrypted"):
        send("smtp", port, starttls, login)
    assert (box.letters, logins) == ([], [])


def test_what_speaks_no_tls_is_told_from_what_is_gone() -> None:
    with serving(Mailbox(), "smtp", None, []) as port, pytest.raises(NotDeliveredError, match="mail_not_encrypted"):
        send("smtps", port)
    with pytest.raises(NotDeliveredError, match="mail_server_gone"):
        send("smtps", free_port())
