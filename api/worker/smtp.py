"""Letters over SMTP (RFC 5321), one connection a letter, with time limits.  Knows what a server's answer means."""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from api.settings import SmtpSettings
from api.worker.failures import NotDeliveredError
from grids.letters import Letter

_PERMANENT = 500
_PORTS = {"smtp": 25, "smtps": 465}


def envelope(letter: Letter, sender: str, to: str, message_id: str, at: datetime) -> EmailMessage:
    """Answer a letter as it travels: plain text first, then the same as HTML.

    Parameters
    ----------
    letter : Letter
        What it says.
    sender, to : str
        Addresses, checked before.
    message_id : str
        The same for every try, so that a letter that arrives twice is known to be one.
    at : datetime
        Aware.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 2, tzinfo=UTC)
    >>> envelope(Letter("s", "t", "<p>t</p>"), "a@b.c", "d@e.f", "<1@b.c>", at)["Message-ID"]
    '<1@b.c>'
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    # RFC 3834: nobody's machine answers it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


@dataclass(frozen=True, slots=True)
class MailServer:
    """One mail server, and as whom letters are sent through it."""

    scheme: str
    host: str
    port: int
    login: str | None
    password: str
    sender: str
    starttls: Literal["if_offered", "always", "never"]
    timeout_s: float

    @classmethod
    def of(cls, settings: SmtpSettings) -> "MailServer | None":
        """Answer the server of the settings; None if none is set."""
        if settings.smtp_url is None:
            return None
        parts = urlsplit(settings.smtp_url.get_secret_value())
        return cls(
            parts.scheme,
            parts.hostname or "",
            parts.port or _PORTS[parts.scheme],
            unquote(parts.username) if parts.username else None,
            unquote(parts.password or ""),
            settings.smtp_from,
            settings.smtp_starttls,
            settings.smtp_timeout_s,
        )

    @property
    def domain(self) -> str:
        """Of the sender; message ids end with it."""
        return self.sender.rpartition("@")[2]

    def send(self, message: EmailMessage) -> None:
        """Hand a letter to the server; blocks, so call it in a thread.

        Raises
        ------
        NotDeliveredError
            ``address_refused`` and ``letter_refused`` for good (5xx); else ``mail_later`` (4xx), ``mail_server_gone``,
            ``mail_server_refuses``, ``mail_not_encrypted``, ``mail_certificate_refused``.
        """
        try:
            server = self._connect()
            try:
                server.send_message(message)
            finally:
                # What the server says after it took the letter changes nothing.
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    server.quit()
                server.close()
        except (smtplib.SMTPException, OSError) as error:
            # Without its cause: the server's words hold the address.
            raise NotDeliveredError(reason_of(error)) from None

    def _connect(self) -> smtplib.SMTP:
        tls = ssl.create_default_context()
        if self.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_s, context=tls)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout_s)
        try:
            self._introduce(server, tls)
        except BaseException:
            server.close()
            raise
        return server

    def _introduce(self, server: smtplib.SMTP, tls: ssl.SSLContext) -> None:
        server.ehlo()
        encrypted = self.scheme == "smtps"
        if not encrypted and (
            self.starttls == "always" or (self.starttls == "if_offered" and server.has_extn("starttls"))
        ):
            server.starttls(context=tls)
            server.ehlo()
            encrypted = True
        if self.login is not None:
            if not encrypted and self.starttls != "never":
                raise smtplib.SMTPNotSupportedError("no password over an open line")
            server.login(self.login, self.password)


def reason_of(error: Exception) -> str:
    """Answer the code of a failure.

    Examples
    --------
    >>> reason_of(smtplib.SMTPRecipientsRefused({"a@b.c": (550, b"no such user")}))
    'address_refused'
    >>> reason_of(smtplib.SMTPRecipientsRefused({"a@b.c": (451, b"greylisted")}))
    'mail_later'
    >>> reason_of(ConnectionRefusedError())
    'mail_server_gone'
    >>> reason_of(ssl.SSLCertVerificationError("self-signed certificate"))
    'mail_certificate_refused'
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return "address_refused" if min(codes) >= _PERMANENT else "mail_later"
    if isinstance(error, smtplib.SMTPDataError):
        return "letter_refused" if error.smtp_code >= _PERMANENT else "mail_later"
    # One that is not of the host's name, not of anybody whom this machine trusts, or no longer valid.
    if isinstance(error, ssl.SSLCertVerificationError):
        return "mail_certificate_refused"
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLError):
        return "mail_not_encrypted"
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPServerDisconnected) or not isinstance(
        error, smtplib.SMTPException
    ):
        return "mail_server_gone"
    return "mail_server_refuses"
