"""Settings of the service by concern, from the environment with the prefix ``GRIDWARDEN_``.  No global instance."""

import os
import secrets
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
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


def _listed(given: object) -> object:
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def _address_or_network(given: str) -> str:
    ip_network(given)
    return given


class ServiceSettings(BaseSettings):
    """Where the service listens, what it signs with, and whom it believes.

    ``trusted_proxies``, addresses and networks with commas between them: whose ``X-Forwarded-For`` and
    ``X-Forwarded-Proto`` say who asks.
    """

    model_config = _PREFIX

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    secure_cookies: bool = False
    secret: SecretStr | None = None
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_address_or_network)], ...], NoDecode, BeforeValidator(_listed)
    ] = ()
    quotas: QuotaSettings = Field(default_factory=QuotaSettings)
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    base_map: BaseMapSettings = Field(default_factory=BaseMapSettings)

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
