"""Where the database is and where files are kept, read from the environment.

Owns these two settings only; every room reads its own.  There is no global instance: whoever
starts a command makes one and hands it on.
"""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class DatabaseSettings(BaseSettings):
    """The store of Gridwarden.

    Attributes
    ----------
    database_url : SecretStr or None
        ``GRIDWARDEN_DATABASE_URL``: a PostgreSQL 15+ with PostGIS 3.3+ of your own, as a libpq
        address.  Without it Gridwarden starts a private PostgreSQL itself.
    data : Path
        ``GRIDWARDEN_DATA``: the folder for the private database, photos and logs.
    """

    model_config = SettingsConfigDict(env_prefix="GRIDWARDEN_", env_ignore_empty=True, extra="ignore")

    database_url: SecretStr | None = None
    data: Path = Path("var")
