"""Common causes are kept: raised once, going on as long as they rise, seen by whoever directs all of their areas.

And they are somebody's, who is told so once.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from api.worker.timed import causes
from gis.roles import WORKER
from gis.store import Store
from grids.common_causes_kept import DAYS
from grids.receipts import Keys
from tests import small_county as county
from tests.conftest import cloned
from tests.integration.test_worker import bench
from tests.receivers import Mailbox, mail_server

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


@pytest.fixture
def written_to(store: Store) -> Store:
    """The county with the third township in it, and an address for everybody; nothing else waits to be told."""
    with owner(store) as connection:
        connection.execute(
            "UPDATE boundaries SET chain = array_replace(chain, '81', '80'), parent_code = regexp_replace(parent_code, '^81$', '80')"
            " WHERE chain @> '{81}' AND code <> '81'"
        )
        connection.execute("UPDATE people SET email = replace(login, '@', '.') || '@staff.example.org'")
        connection.execute("UPDATE people SET lang = 'en' WHERE login LIKE 'dispatcher@%'")
        connection.execute("UPDATE outbox SET done_at = at")
    return store


def owner(store: Store) -> psycopg.Connection[Any]:
    connection = psycopg.connect(store.dsn("migrate"), autocommit=True)
    connection.execute("SET ROLE gridwarden_owner")
    return connection


def rises(connection: psycopg.Connection[Any], *areas: str, after: timedelta = timedelta(0)) -> None:
    """Keep that lamps fail in these areas, as the worker does."""
    each = [{"area": area, "count": 12, "expected": 2.0, "q": 0.01} for area in areas]
    facts = {"count": 36, "expected": 6.0, "most": 9, "q": 0.001, "of": 9, "periods": 26, "days": DAYS, "areas": each}
    connection.execute(
        "SELECT raise_causes('grid', %s, %s, %s, %s)",
        (MIDNIGHT - PERIOD + after, MIDNIGHT + after, MIDNIGHT + after, Jsonb([{"family": "works", "facts": facts}])),
    )


def told(store: Store) -> list[Any]:
    """Answer whose desk each of the rows of the outbox names, and whose has it."""
    with owner(store) as connection:
        return connection.execute(
            "SELECT o.payload #>> '{owner,area_code}', c.owner_area_code FROM outbox o"
            " JOIN common_causes c ON c.id = (o.payload ->> 'cause_id')::integer WHERE o.topic = 'cause.raised' ORDER BY o.id"
        ).fetchall()


def working(store: Store) -> psycopg.Connection[Any]:
    connection = psycopg.connect(store.dsn("worker"), autocommit=True)
    connection.execute(f"SET ROLE {WORKER}")
    return connection


def test_the_desk_over_all_of_them_and_its_supervisor_are_written_to_once(written_to: Store) -> None:
    box = Mailbox(to_data="451 later")
    looks(written_to, MIDNIGHT)

    async def work(port: int) -> None:
        async with bench(written_to, port=port) as worker:
            assert await worker.read() == (1, 3)
            # It was looked at again, by a worker that had died; and the mail server takes nothing at first.
            await worker.do(causes, MIDNIGHT + timedelta(hours=3))
            assert await worker.read() == (0, 0)
            assert len(await worker.deliver_all()) == 3
            box.to_data = "250 taken"
            assert await worker.deliver_all() == []
            assert await worker.deliver_all() == []
            # What goes on is not told again.
            await worker.do(causes, MIDNIGHT + PERIOD)
            assert await worker.read() == (0, 0)

    with mail_server(box) as port:
        asyncio.run(work(port))
    letters = {letter["To"].partition("@")[0]: letter for letter in box.letters}
    assert sorted(letters) == ["desk.80", "dispatcher.80", "supervisor.80"]
    assert len(box.letters) == 3
    texts = {to: str(letter.get_body(("plain",)).get_content()) for to, letter in letters.items()}  # type: ignore[union-attr]
    assert all("https://grid.example.org/watch" in text for text in texts.values())
    assert "3 个辖区" in letters["desk.80"]["Subject"]
    assert "80值班台：" in texts["desk.80"]
    assert "合计说事36件，往期平均6.0件" in texts["desk.80"]
    assert "辖区8001（8001）：说事12件" in texts["desk.80"]
    assert "80值班台负责" in texts["supervisor.80"]
    assert "in all 3 together 36 reports where 6.0 were expected" in texts["dispatcher.80"]
    (row,) = seen(written_to, f"desk@{county.COUNTY}", MIDNIGHT + PERIOD)
    assert row[2] == MIDNIGHT


def test_whoever_sits_at_the_desk_and_supervises_gets_one_letter(written_to: Store) -> None:
    with owner(written_to) as connection:
        connection.execute(
            "UPDATE postings SET person_id = (SELECT id FROM people WHERE login = 'desk@80')"
            " WHERE area_code = '80' AND role IN ('dispatcher', 'supervisor')"
        )
    looks(written_to, MIDNIGHT)

    async def work() -> None:
        async with bench(written_to) as worker:
            assert await worker.read() == (1, 1)

    asyncio.run(work())
    with owner(written_to) as connection:
        rows = connection.execute("SELECT template, case_id, data FROM deliveries").fetchall()
    # No address, no number: what it says is looked up when it is written.
    assert rows == [("cause", None, {"cause_id": 1})]


@pytest.mark.parametrize(
    ("areas", "whose"),
    [
        ((county.GRID, county.DEPUTISED, county.VACANT), county.VILLAGE),
        ((county.GRID, county.DEPUTISED, county.SIBLING), county.TOWNSHIP),
        ((county.GRID, county.SIBLING, county.FAR_GRID), county.COUNTY),
        ((county.GRID, county.FAR_GRID, county.FOREIGN), None),
    ],
)
def test_it_is_the_lowest_desks_that_lies_over_all_areas(
    store: Store, areas: tuple[str, ...], whose: str | None
) -> None:
    with working(store) as worker:
        rises(worker, *areas)
    # What nobody has is told to nobody; it stands on the list.
    assert told(store) == ([(whose, whose)] if whose else [])


def test_where_nobody_is_posted_it_is_the_next_desks(store: Store) -> None:
    village = (county.GRID, county.DEPUTISED, county.VACANT)
    with owner(store) as connection:
        connection.execute(
            "UPDATE postings SET person_id = NULL WHERE area_code = %s AND role = 'desk'", (county.VILLAGE,)
        )
    with working(store) as worker:
        # Somebody who dispatches sits at the desk, too.
        rises(worker, *village)
        assert told(store) == [(county.VILLAGE, county.VILLAGE)]
        with owner(store) as connection:
            connection.execute(
                "DELETE FROM postings WHERE area_code = ANY (%s) AND role = 'dispatcher'"
                " OR area_code = %s AND role = 'desk'",
                ([county.VILLAGE, county.TOWNSHIP], county.TOWNSHIP),
            )
        rises(worker, *village, after=PERIOD)
    assert told(store) == [(county.VILLAGE, county.COUNTY), (county.COUNTY, county.COUNTY)]


def test_what_is_nobodys_is_told_when_somebody_is_posted(store: Store) -> None:
    village = (county.GRID, county.DEPUTISED, county.VACANT)
    with owner(store) as connection:
        kept = connection.execute(
            "DELETE FROM postings WHERE role IN ('desk', 'dispatcher') RETURNING area_code, role, person_id, desk, during"
        ).fetchall()
    with working(store) as worker:
        rises(worker, *village)
        assert told(store) == []
        desk = next(row for row in kept if row[:2] == (county.VILLAGE, "desk"))
        with owner(store) as connection:
            connection.execute(
                "INSERT INTO postings (area_code, role, person_id, desk, during) VALUES (%s, %s, %s, %s, %s)", desk
            )
        rises(worker, *village, after=PERIOD)
    assert told(store) == [(county.VILLAGE, county.VILLAGE)]


def test_what_spreads_beyond_a_desk_is_told_to_the_one_that_has_it_then(store: Store) -> None:
    village = (county.GRID, county.DEPUTISED, county.VACANT)
    with working(store) as worker:
        rises(worker, *village)
        rises(worker, *village, county.SIBLING, after=PERIOD)
        rises(worker, *village, county.SIBLING, after=PERIOD)
        # Where it rises in fewer again it stays where it is.
        rises(worker, *village, after=2 * PERIOD)
    assert told(store) == [(county.VILLAGE, county.TOWNSHIP), (county.TOWNSHIP, county.TOWNSHIP)]


def test_what_was_not_kept_is_not_told(store: Store) -> None:
    with working(store) as worker, worker.transaction(force_rollback=True):
        rises(worker, county.GRID, county.DEPUTISED, county.VACANT)
    assert told(store) == []
    with psycopg.connect(store.dsn("web")) as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        rises(web, county.GRID, county.DEPUTISED, county.VACANT)
