"""Settings of the service by concern, from the environment with the prefix ``GRIDWARDEN_``.  No global instance."""

import os
import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

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


class ServiceSettings(BaseSettings):
    """Where the service listens and what it signs with."""

    model_config = _PREFIX

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    secure_cookies: bool = False
    secret: SecretStr | None = None
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
