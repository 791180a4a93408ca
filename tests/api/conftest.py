"""The application over the little town, with a clock that stands still until it is told to go on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import ServiceSettings
from gis.store import Store
from tests import little_town


class Clock:
    """Answers an instant; goes on when told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="module")
def town(database: Store) -> Store:
    little_town.build(database)
    return database


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(town: Store, clock: Clock) -> Iterator[TestClient]:
    app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), town.asyncpg_kwargs("web"), clock=clock)
    with TestClient(app, base_url="http://testserver", headers={"Accept-Language": "en"}) as client:
        yield client


@pytest.fixture
def key() -> Callable[[], dict[str, str]]:
    """Fresh idempotency headers."""
    return lambda: {"Idempotency-Key": uuid4().hex}


@pytest.fixture
def log_in(client: TestClient) -> Callable[[str], None]:
    def enter(login: str) -> None:
        answer = client.post("/login", data={"login": login, "password": little_town.PASSWORD}, follow_redirects=False)
        assert answer.status_code == 303, answer.text

    return enter
