"""A county with levels over HTTP, for letters and visits: who asks, what is sent, and what was kept of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import ServiceSettings
from api.visits import COOKIE
from gis.store import Store
from grids.clock import fill_calendar
from tests import chains
from tests import small_county as county
from tests.api.conftest import Clock

WORDS = "村里一直不管，请书记看看。"
# A Monday; the county's own tests begin then, too.
TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module", name="town")
def with_levels(database: Store) -> Store:
    county.build(database)
    with chains.owner(database) as owner:
        owner.execute("UPDATE people SET email = 'p' || id || '@example.org'")
        fill_calendar(owner, county.NOW)
        owner.commit()
    return database


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    return clock


@pytest.fixture
def client(town: Store, clock: Clock) -> Iterator[TestClient]:
    app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), town.asyncpg_kwargs("web"), clock=clock)
    with TestClient(app, base_url="http://testserver", headers={"Accept-Language": "en"}) as client:
        yield client


@pytest.fixture
def enter(client: TestClient) -> Callable[[str | None], TestClient]:
    def as_(login: str | None) -> TestClient:
        client.cookies.clear()
        if login:
            client.cookies.set(COOKIE, county.token(login))
        return client

    return as_


def spot(code: str) -> tuple[float, float]:
    west, south, width, height = county.AREAS[code]
    return west + width * 0.61803, south + height * 0.41421


def body(channel: str, **other: Any) -> dict[str, Any]:
    lon, lat = spot(county.GRID)
    where = {} if "area_code" in other else {"lon": lon, "lat": lat, "datum": "wgs84", "accuracy_m": 10}
    return {**where, "category": "dumping", "text": WORDS, "channel": channel, **other}


def send(client: TestClient, channel: str, **other: Any) -> Any:
    return client.post("/api/reports", json=body(channel, **other), headers={"Idempotency-Key": uuid4().hex})


def kept(store: Store, number: str) -> Any:
    with chains.owner(store) as owner:
        return owner.execute(
            "SELECT c.id, c.chain, c.owner_area_code, c.owner_role, c.version, w.chain, c.channel FROM reports r JOIN cases c ON c.id = r.case_id"
            " JOIN report_words w ON w.report_id = r.id WHERE r.number = %s",
            (number,),
        ).fetchone()


def sees(client: TestClient, case: int) -> bool:
    return bool(client.get(f"/api/cases/{case}").status_code == 200)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def form(**fields: str) -> dict[str, str]:
    lon, lat = spot(county.GRID)
    plain = {"step": "send", "lon": str(lon), "lat": str(lat), "accuracy_m": "10", "category": "dumping", "text": WORDS}
    return plain | {"channel": "letterbox", "to_level": "county"} | fields
