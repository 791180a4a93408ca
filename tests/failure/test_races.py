"""Eight at once on the same cases: one winner for each version, nothing dispatched twice, nobody waits for ever.

By ``grids.steps.take`` on eight connections, as the service holds them; and once over HTTP.  ``GRIDWARDEN_QUALITY=full`` races
for 1,000 cases.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any, Final

import asyncpg
import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import ServiceSettings
from gis.store import Store
from grids.receipts import Keys
from grids.steps import StepError, take
from tests import small_county as county

RACERS: Final = 8
CASES: Final = 1_000 if os.environ.get("GRIDWARDEN_QUALITY") == "full" else 40
KEYS: Final = Keys(b"s" * 32)
_LATER: Final = county.NOW + timedelta(minutes=5)
# Each may take one of these from the state `accepted`; whoever comes first decides which.
_COMPETING: Final = (
    (f"desk@{county.VILLAGE}", "dispatch"),
    (f"desk@{county.TOWNSHIP}", "dispatch"),
    (f"dispatcher@{county.VILLAGE}", "decline"),
    (f"dispatcher@{county.COUNTY}", "pause"),
    (f"head@{county.GRID}", "take"),
    (f"member@{county.GRID}", "return"),
    (f"desk@{county.COUNTY}", "will_not_do"),
    (f"clerk@{county.COUNTY}", "recategorise"),
)
_numbers = count(1)


@pytest.fixture(scope="module")
def town(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def owner(town: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def needs(owner: psycopg.Connection) -> dict[str, Any]:
    """What the competing steps need, each of them."""
    row = owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = 'deputy' LIMIT 1", (county.GRID,)
    ).fetchone()
    assert row
    until = (county.NOW + timedelta(days=30)).isoformat()
    return {"owner": {"posting_id": row[0]}, "until": until, "body": "公路管理站", "category": "light"}


def received(town: Store, how_many: int) -> list[int]:
    with psycopg.connect(town.dsn("web"), autocommit=True) as web:
        return [county.send(web, KEYS, next(_numbers), county.GRID).case_id for _ in range(how_many)]


@asynccontextmanager
async def connected(town: Store) -> Any:
    connections = [await asyncpg.connect(**town.asyncpg_kwargs("web")) for _ in range(RACERS)]
    try:
        yield connections
    finally:
        for connection in connections:
            await connection.close()


async def outcome(step: Coroutine[Any, Any, Any]) -> str:
    try:
        await step
    except StepError as error:
        return error.code
    return "taken"


def race(town: Store, entries: Sequence[tuple[int, int, str, str]], needs: dict[str, Any]) -> list[str]:
    """Let all racers start at once on one case; each entry: case, version, who, verb.  Answers what became of each."""

    async def together() -> list[str]:
        async with connected(town) as connections:
            found: list[str] = []
            for start in range(0, len(entries), RACERS):
                heat = entries[start : start + RACERS]
                steps = [
                    take(
                        connection,
                        case,
                        verb,
                        version=version,
                        now=_LATER,
                        session_digest=county.session(who),
                        words="说明",
                        data=needs,
                    )
                    for connection, (case, version, who, verb) in zip(connections, heat, strict=True)
                ]
                found += await asyncio.wait_for(asyncio.gather(*map(outcome, steps)), 30)
            return found

    return asyncio.run(together())


def histories(owner: psycopg.Connection, cases: Sequence[int]) -> dict[int, list[str]]:
    rows = owner.execute(
        "SELECT case_id, array_agg(seq ORDER BY seq), array_agg(verb ORDER BY seq) FROM events WHERE case_id = ANY (%s) GROUP BY 1",
        (list(cases),),
    ).fetchall()
    assert all(seqs == list(range(1, len(seqs) + 1)) for _, seqs, _ in rows)
    return {case: verbs for case, _, verbs in rows}


def test_eight_who_want_different_things_have_one_winner(
    town: Store, owner: psycopg.Connection, needs: dict[str, Any]
) -> None:
    cases = received(town, CASES)
    race_for_acceptance = [(case, 1, f"desk@{county.VILLAGE}", "accept") for case in cases for _ in range(RACERS)]
    assert Counter(race(town, race_for_acceptance, needs)) == {"taken": CASES, "stale_version": 7 * CASES}
    entries = [(case, 2, who, verb) for case in cases for who, verb in _COMPETING]
    assert Counter(race(town, entries, needs)) == {"taken": CASES, "stale_version": 7 * CASES}
    verbs = histories(owner, cases)
    assert {len(each) for each in verbs.values()} == {3}
    assert {each[2] for each in verbs.values()} <= {verb for _, verb in _COMPETING}
    versions = owner.execute("SELECT DISTINCT version FROM cases WHERE id = ANY (%s)", (cases,)).fetchall()
    assert versions == [(3,)]
    told = owner.execute(
        "SELECT count(*) FROM outbox WHERE topic LIKE 'case.%%' AND (payload ->> 'case_id')::bigint = ANY (%s)",
        (cases,),
    )
    assert told.fetchone() == (2 * CASES,)


def test_eight_dispatchers_dispatch_once(town: Store, owner: psycopg.Connection, needs: dict[str, Any]) -> None:
    cases = received(town, CASES)
    dispatchers = [
        f"{role}@{area}" for role in ("desk", "dispatcher") for area in (county.VILLAGE, county.TOWNSHIP)
    ] * 2
    entries = [(case, 1, who, "dispatch") for case in cases for who in dispatchers]
    assert Counter(race(town, entries, needs)) == {"taken": CASES, "stale_version": 7 * CASES}
    assert set(map(tuple, histories(owner, cases).values())) == {("receive", "dispatch")}


def test_merges_crosswise_do_not_wait_for_each_other(
    town: Store, owner: psycopg.Connection, needs: dict[str, Any]
) -> None:
    desk = f"desk@{county.VILLAGE}"

    async def crosswise(ring: Sequence[int]) -> list[str]:
        async with connected(town) as connections:
            steps = [
                take(
                    connection,
                    case,
                    "merge",
                    version=1,
                    now=_LATER,
                    session_digest=county.session(desk),
                    data=needs | {"into": into},
                )
                for connection, case, into in zip(connections, ring, [*ring[1:], ring[0]], strict=True)
            ]
            return await asyncio.wait_for(asyncio.gather(*map(outcome, steps)), 30)

    for _ in range(max(CASES // 20, 2)):
        # Half of the eight want it one way round, half the other way.
        one, other = received(town, 2)
        found = asyncio.run(crosswise([one, other] * 4))
        assert sorted(set(found)) == ["stale_version", "taken"]
        assert found.count("taken") == 1
        ring = received(town, RACERS)
        # A ring: each into the next.  A case that took another one in has another version, so that its own merge fails.
        found = asyncio.run(crosswise(ring))
        assert set(found) <= {"taken", "stale_version", "step_incomplete"}
        merged = owner.execute(
            "SELECT count(*) FROM cases WHERE id = ANY (%s) AND state = 'merged'", (ring,)
        ).fetchone()
        assert merged == (found.count("taken"),)
        reports = owner.execute(
            "SELECT count(*) FROM reports r JOIN cases c ON c.id = r.case_id WHERE c.id = ANY (%s)", (ring,)
        )
        assert reports.fetchone() == (RACERS,)
        histories(owner, [one, other, *ring])


def test_two_dispatchers_at_once_over_http(town: Store, owner: psycopg.Connection, needs: dict[str, Any]) -> None:
    case, *_ = received(town, 1)
    body = {"verb": "dispatch", "version": 1, "posting_id": needs["owner"]["posting_id"]}
    app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), town.asyncpg_kwargs("web"), clock=lambda: _LATER)
    with TestClient(app, headers={"Accept-Language": "en"}) as client, ThreadPoolExecutor(2) as pool:

        def send(who: str) -> Any:
            cookie = {"Cookie": f"gridwarden_session={county.token(who)}"}
            return client.post(f"/api/cases/{case}/steps", json=body, headers=cookie)

        answers = list(pool.map(send, (f"desk@{county.VILLAGE}", f"desk@{county.TOWNSHIP}")))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    told = next(answer.json() for answer in answers if answer.status_code == 409)
    assert told["code"] == "stale_version"
    assert histories(owner, [case]) == {case: ["receive", "dispatch"]}
