"""Common causes are kept: raised once, going on as long as they rise, and seen by whoever directs all of their areas."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest

from api.worker.timed import causes
from gis.roles import WORKER
from gis.store import Store
from grids.common_causes_kept import DAYS
from grids.receipts import Keys
from tests import small_county as county
from tests.conftest import cloned

KEYS = Keys(b"k" * 32)
# A pin in a grid of each of the three townships.
PINS = ((117.005, 39.605), (117.105, 39.605), (117.305, 39.605))
MIDNIGHT = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
PERIOD = timedelta(days=DAYS)


@pytest.fixture(scope="module")
def year(database: Store) -> Store:
    """A year of lamps and heaps in three townships; then lamps fail everywhere, for two periods."""
    county.build(database)
    numbers = count(1)
    with psycopg.connect(database.dsn("web"), autocommit=True) as web:
        for ago in range(27):
            for nth in range({0: 20, 1: 12}.get(ago, 2)):
                for pin in PINS:
                    at = MIDNIGHT + PERIOD - (ago + 1) * PERIOD + timedelta(hours=nth + 1)
                    county.send(web, KEYS, next(numbers), pin, category="light", at=at)
                    if nth < 2:
                        county.send(web, KEYS, next(numbers), pin, category="dumping", at=at)
    # The third township is another county's: one of the first sits there, too, and directs all three.
    with psycopg.connect(database.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO postings (area_code, role, person_id, during)"
            " SELECT '81', 'dispatcher', id, '[2019-01-01Z,)' FROM people WHERE login = %s",
            (f"desk@{county.COUNTY}",),
        )
    return database


@pytest.fixture
def store(year: Store) -> Iterator[Store]:
    with cloned(year) as store:
        yield store


def looks(store: Store, now: datetime) -> None:
    async def call() -> None:
        connection = await psycopg.AsyncConnection.connect(store.dsn("worker"), autocommit=True)
        async with connection:
            await connection.execute(f"SET ROLE {WORKER}")
            await causes(connection, now)

    asyncio.run(call())


def seen(store: Store, login: str | None, now: datetime = MIDNIGHT) -> list[Any]:
    with psycopg.connect(store.dsn("web")) as web:
        web.execute("SELECT act_as(%s, %s)", (county.session(login), now))
        return web.execute(
            "SELECT family, level, raised_at, since, until, facts FROM causes_seen(%s, %s)",
            (now, now - timedelta(days=30)),
        ).fetchall()


def test_what_rises_in_three_townships_is_raised_once_and_goes_on(store: Store) -> None:
    looks(store, MIDNIGHT)
    looks(store, MIDNIGHT + timedelta(hours=3))
    ((family, level, raised_at, since, until, facts),) = seen(store, f"desk@{county.COUNTY}")
    assert (family, level, raised_at) == ("works", "township", MIDNIGHT)
    assert (since, until) == (MIDNIGHT - PERIOD, MIDNIGHT)
    assert (facts["count"], facts["expected"], facts["of"], facts["days"]) == (36, 6.0, 3, DAYS)
    assert sorted(each["area"] for each in facts["areas"]) == ["8001", "8002", "8101"]
    # Two weeks later it still rises: the same one, with the newer numbers.
    looks(store, MIDNIGHT + PERIOD)
    ((_, _, raised_at, since, until, facts),) = seen(store, f"desk@{county.COUNTY}", MIDNIGHT + PERIOD)
    assert (raised_at, since, until) == (MIDNIGHT, MIDNIGHT - PERIOD, MIDNIGHT + PERIOD)


@pytest.mark.parametrize(
    ("login", "sees"),
    [
        (f"desk@{county.COUNTY}", True),
        (f"dispatcher@{county.COUNTY}", False),
        (f"planner@{county.COUNTY}", False),
        (f"desk@{county.TOWNSHIP}", False),
        (f"clerk@{county.COUNTY}", False),
        ("stranger", False),
        (None, False),
    ],
)
def test_whoever_directs_but_a_part_of_it_does_not_see_it(store: Store, login: str | None, sees: bool) -> None:
    looks(store, MIDNIGHT)
    assert bool(seen(store, login)) is sees


def test_nothing_is_raised_where_nothing_rises(store: Store) -> None:
    looks(store, MIDNIGHT - 2 * PERIOD)
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        assert owner.execute("SELECT count(*) FROM common_causes").fetchone() == (0,)
    assert seen(store, f"desk@{county.COUNTY}") == []
