"""Settings of the service by concern, from the environment with the prefix ``GRIDWARDEN_``.  No global instance."""

import os
import secrets
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.quotas import Limits
from gis.settings import DatabaseSettings

_PREFIX = SettingsConfigDict(env_prefix="GRIDWARDEN_", extra="ignore")


class BaseMapSettings(BaseSettings):
    """What lies under our own boundaries; nothing by default, the boundaries and names are the map.

    ``base_map`` is ``none``, ``tianditu`` (needs ``tianditu_key``), ``xyz`` (``base_map_url`` with {z} {x} {y}) or
    ``pmtiles`` (``base_map_url`` of a file; a path is served by the app itself).
    """

    model_config = _PREFIX

    base_map: Literal["none", "tianditu", "xyz", "pmtiles"] = "none"
    base_map_url: str = ""
    base_map_attribution: str = ""
    tianditu_key: SecretStr = SecretStr("")


class QuotaSettings(BaseSettings):
    """How often somebody may report; keys of programs bring their own number.

    Without an account a device sends ``quota_device_at_once`` reports at once, then one every ``quota_device_every_s``
    seconds, and its network ``quota_network_per_minute`` in any minute; a member of staff ``quota_staff_per_minute``.
    Receipt numbers are asked after ``quota_look_ups_per_minute`` times in any minute from one network.
    """

    model_config = _PREFIX

    quota_device_at_once: int = Field(default=10, gt=0)
    quota_device_every_s: float = Field(default=10, gt=0)
    quota_network_per_minute: int = Field(default=60, gt=0)
    quota_staff_per_minute: int = Field(default=600, gt=0)
    quota_look_ups_per_minute: int = Field(default=30, gt=0)

    def limits(self) -> Limits:
        """Answer the numbers as they are counted by."""
        return Limits(**{name.removeprefix("quota_"): value for name, value in self.model_dump().items()})


class SmtpSettings(BaseSettings):
    """The mail server; without ``smtp_url`` letters wait and say so.

    ``smtp_url`` is ``smtp://login:password@host:port`` or ``smtps://…``, log-in and port as needed; ``smtp_starttls``
    says whether ``smtp://`` is encrypted before anything is said: ``if_offered``, ``always`` or ``never``.  A password
    is given over an encrypted connection only, unless ``never`` was said.
    """

    model_config = _PREFIX

    smtp_url: SecretStr | None = None
    smtp_from: str = Field(default="gridwarden@localhost.localdomain", pattern=r"^[!-~]+@[A-Za-z0-9.-]+$")
    smtp_starttls: Literal["if_offered", "always", "never"] = "if_offered"
    smtp_timeout_s: float = Field(default=20, gt=0)

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, given: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(given.get_secret_value()) if given and given.get_secret_value() else None
        if parts is None:
            return None
        # Not quoted in the message: it may hold the password.
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("an address such as smtp://login:password@host:587 or smtps://host")
        return given


class WebhookSettings(BaseSettings):
    """Calls of programs: whether private addresses may be called, for how long one may take, whose certificates count.

    ``webhook_ca``: a file of authorities (PEM) that count besides those that everybody trusts, such as the city's own.
    """

    model_config = _PREFIX

    webhook_private: Literal["refuse", "allow"] = "refuse"
    webhook_timeout_s: float = Field(default=10, gt=0)
    webhook_ca: FilePath | None = None


class WorkerSettings(BaseSettings):
    """The worker: who starts it, how soon a dead one's work is taken over.

    ``worker`` is ``with_serve`` or ``apart``; unset: with ``gridwarden serve`` where the database is the embedded one.
    A worker tells every ``worker_heartbeat_s`` seconds that it lives; after three silent ones its jobs go to another.
    """

    model_config = _PREFIX

    worker: Literal["with_serve", "apart"] | None = None
    worker_heartbeat_s: float = Field(default=5, gt=0)

    def starts_with_serve(self, database: DatabaseSettings) -> bool:
        """Whether ``gridwarden serve`` starts a worker beside it."""
        return self.worker == "with_serve" or (self.worker is None and database.database_url is None)


class PhotoSettings(BaseSettings):
    """Where the files of photos are kept, and how many are decoded at once.

    ``photos`` is a folder or any URL of fsspec; empty: ``photos`` beside the data.
    """

    model_config = _PREFIX

    photos: str = ""
    photos_at_once: int = Field(default=2, gt=0)

    def address(self, data: Path) -> str:
        """Answer where photos are kept, given the folder of the data."""
        return self.photos or str(data.absolute() / "photos")


def _listed(given: object) -> object:
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def _address_or_network(given: str) -> str:
    ip_network(given)
    return given


class ServiceSettings(BaseSettings):
    """Where the service listens, where links to it lead, what it signs with, and whom it believes.

    ``public_url`` unset: links lead to the address that the service listens on, or was asked by.  ``secure_cookies``
    unset: where ``public_url`` is https.

    ``trusted_proxies``, addresses and networks with commas between them: whose ``X-Forwarded-For`` and
    ``X-Forwarded-Proto`` say who asks.
    """

    model_config = _PREFIX

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: Annotated[
        str, Field(pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$"), AfterValidator(lambda given: given.rstrip("/"))
    ] = ""
    secure_cookies: bool = Field(default_factory=lambda known: known["public_url"].startswith("https://"))
    secret: SecretStr | None = None
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_address_or_network)], ...], NoDecode, BeforeValidator(_listed)
    ] = ()
    quotas: QuotaSettings = Field(default_factory=QuotaSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    base_map: BaseMapSettings = Field(default_factory=BaseMapSettings)
    photo_store: PhotoSettings = Field(default_factory=PhotoSettings)

    def signing_secret(self) -> bytes:
        """Answer the secret that residents' links are derived from; made on first use and kept beside the data."""
        if self.secret is not None:
            return self.secret.get_secret_value().encode()
        return _kept_secret(self.database.data / "secret")


def _kept_secret(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        if not path.exists():
            fresh.touch(mode=0o600, exist_ok=False)
            fresh.write_text(secrets.token_hex(32))
            # link() fails where another process was faster; then its secret counts.
            path.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink(missing_ok=True)
    return path.read_bytes()
