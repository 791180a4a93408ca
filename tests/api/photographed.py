"""What tests of photos share: a service with a folder for photos of its own, reports, and photos that differ."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from fastapi.testclient import TestClient
from psycopg import sql

from api.settings import PhotoSettings, ServiceSettings
from gis.store import Store
from tests import hostile_photos as made
from tests import little_town
from tests.little_town import Told

Keys = Callable[[], dict[str, str]]


def settings_with(folder: Path | str, secret: Any) -> ServiceSettings:
    """Settings of a service whose photos lie in a folder, or at any other address."""
    return ServiceSettings(secret=secret, photo_store=PhotoSettings(photos=str(folder)))


def report(client: TestClient, key: Keys, **other: object) -> tuple[str, str]:
    """Send a report and answer its number and the key of its link."""
    answer = client.post("/api/reports", json=Told(*little_town.IN_HEADED).body(**other), headers=key())
    assert answer.status_code == 201, answer.text
    number, _, secret = str(answer.json()["link"]).removeprefix("/status/").partition("?key=")
    return number, secret


def photo(n: int = 0) -> bytes:
    """A photo that differs from the others by its number."""
    image = made.picture()
    image.paste((0, 250 - 20 * n, 0), (0, 0, 40, 40))
    return made.encoded(image)


def add(client: TestClient, number: str, key: str, data: bytes) -> Any:
    """Send a photo for a report."""
    return client.post(
        f"/api/reports/{number}/photos", params={"key": key}, files={"photo": ("p.jpg", data, "image/jpeg")}
    )


def case_of(town: Store, number: str) -> int:
    """The case of a report."""
    return int(one(town, "SELECT case_id FROM reports WHERE number = %s", number))


def report_id(town: Store, number: str) -> int:
    """The row of a report."""
    return int(one(town, "SELECT id FROM reports WHERE number = %s", number))


def one(town: Store, query: str, *values: object) -> Any:
    """One value, asked as the owner."""
    with psycopg.connect(town.dsn("migrate")) as owner:
        row = owner.execute(sql.SQL(query), values).fetchone()
        return row[0] if row else None


def act(town: Store, query: str, *values: object) -> None:
    """Change something as the owner."""
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute(sql.SQL(query), values)


def files(folder: Path) -> list[str]:
    """The names of all files below a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
