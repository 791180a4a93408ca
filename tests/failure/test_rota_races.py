"""Eight plan the same room, or the same official, at once: one does, and the others are told who was first."""

import asyncio
from datetime import date, time, timedelta

import asyncpg
import psycopg
import pytest

from gis.store import Store
from grids.rota import NewDays, RotaClashError, plan
from tests import small_county as county

RACERS = 8
TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def town(database: Store) -> Store:
    county.build(database)
    return database


def _official(town: Store) -> int:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        row = owner.execute(
            "SELECT id FROM postings WHERE area_code = %s AND role = 'supervisor'", (county.TOWNSHIP,)
        ).fetchone()
    assert row
    return int(row[0])


async def _race(town: Store, asked: list[NewDays]) -> list[object]:
    connections = [await asyncpg.connect(**town.asyncpg_kwargs("web")) for _ in asked]
    desk = county.session(f"desk@{county.TOWNSHIP}")
    tries = [
        plan(connection, new, session_digest=desk, now=county.NOW)
        for connection, new in zip(connections, asked, strict=True)
    ]
    try:
        return list(await asyncio.gather(*tries, return_exceptions=True))
    finally:
        for connection in connections:
            await connection.close()


@pytest.mark.parametrize("same", ["room", "official"])
def test_one_wins(town: Store, same: str) -> None:
    who = _official(town)
    days = [TODAY + timedelta(days=n + (10 if same == "room" else 20)) for n in range(5)]
    asked = [
        NewDays(
            county.TOWNSHIP, days, time(9), time(11), room="接待室" if same == "room" else f"接待室{n}",
            posting_id=None if same == "room" else who, title=f"第{n}位",
        )
        for n in range(RACERS)
    ]  # fmt: skip
    answers = asyncio.run(_race(town, asked))
    assert sum(isinstance(each, list) for each in answers) == 1
    clashes = [each for each in answers if isinstance(each, RotaClashError)]
    assert len(clashes) == RACERS - 1
    assert {each.params["clash"] for each in clashes} == {same}
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        planned = owner.execute("SELECT count(*) FROM rota WHERE lower(during) >= %s", (days[0],)).fetchone()
    assert planned == (len(days),)
