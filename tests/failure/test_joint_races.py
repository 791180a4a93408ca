"""Eight who have parts of a case, and who leads it, all at once: it is never claimed, ended or sent back too early.

``GRIDWARDEN_QUALITY=full`` does so 1,000 times.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, Final

import asyncpg
import psycopg
import pytest

from gis.store import Store
from grids.parts import take_part
from grids.receipts import Keys
from grids.steps import StepError, take
from tests import small_county as county

RUNS: Final = 1_000 if os.environ.get("GRIDWARDEN_QUALITY") == "full" else 30
KEYS: Final = Keys(b"s" * 32)
_LATER: Final = county.NOW + timedelta(minutes=5)
_UNTIL: Final = {"until": (county.NOW + timedelta(days=2)).isoformat()}
# Who assists: seven departments of the case's own areas and beside them, and a desk.
_AREAS: Final = ("80", "8001", "800101", "800101001", "800101901", "800102", "800102001")
_ASSISTING: Final = (*((area, "department", f"handler@{area}") for area in _AREAS), ("8001", "desk", "desk@8001"))
_LEAD: Final = f"head@{county.GRID}"
_numbers = count(1)


@pytest.fixture(scope="module")
def town(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def owner(town: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as connection:
        yield connection


def test_no_case_is_claimed_while_a_part_is_open(town: Store, owner: psycopg.Connection) -> None:
    asked = [
        owner.execute("SELECT id FROM postings WHERE area_code = %s AND role = %s", (area, role)).fetchall()[0][0]
        for area, role, _ in _ASSISTING
    ]
    with psycopg.connect(town.dsn("web"), autocommit=True) as web:
        cases = [county.send(web, KEYS, next(_numbers), county.GRID).case_id for _ in range(RUNS)]
    refused = asyncio.run(_all_run(town, cases, asked))
    # They did race: who leads was refused while others still worked.
    assert refused["step_incomplete"] > RUNS / 2
    assert refused.keys() <= {"step_incomplete", "stale_version", "step_not_allowed"}
    rows = owner.execute(
        "SELECT case_id, array_agg(verb ORDER BY seq), array_agg(seq ORDER BY seq) FROM events WHERE case_id = ANY (%s) GROUP BY 1",
        (cases,),
    ).fetchall()
    assert len(rows) == RUNS
    for _, verbs, seqs in rows:
        assert seqs == list(range(1, len(seqs) + 1))
        end = verbs.index("claim")
        # One was handed back and withdrawn, seven were done, and all that came before the claim.
        assert Counter(verbs[:end]) >= Counter({"part_ask": 8, "part_done": 7, "part_back": 1, "part_withdraw": 1})
        assert not [verb for verb in verbs[end:] if verb.startswith("part_")]
    left = owner.execute(
        "SELECT count(*) FROM parts WHERE ended_at IS NULL AND case_id = ANY (%s)", (cases,)
    ).fetchone()
    assert left == (0,)


async def _all_run(town: Store, cases: list[int], asked: list[int]) -> Counter[str]:
    refused: Counter[str] = Counter()
    connections = [await asyncpg.connect(**town.asyncpg_kwargs("web")) for _ in range(len(_ASSISTING) + 1)]
    try:
        for case in cases:
            await asyncio.wait_for(_one_run(connections, case, asked, refused), 60)
    finally:
        for connection in connections:
            await connection.close()
    return refused


async def _one_run(
    connections: list[asyncpg.Connection[Any]], case: int, asked: list[int], refused: Counter[str]
) -> None:
    *theirs, mine = connections
    await _step(mine, case, "take", 1)
    for posting in asked:
        await _part(mine, _LEAD, case, None, "part_ask", None, {"owner": {"posting_id": posting}} | _UNTIL)

    async def assists(nth: int) -> None:
        who = _ASSISTING[nth - 1][2]
        await _part(theirs[nth - 1], who, case, nth, "part_start", 1)
        # The last of them does not do it; who leads has to say so.
        await _part(theirs[nth - 1], who, case, nth, "part_back" if nth == len(asked) else "part_done", 2)

    async def leads() -> None:
        while True:
            try:
                await _step(mine, case, "claim", 2)
            except StepError as error:
                refused[error.code] += 1
            else:
                return
            try:
                await _part(mine, _LEAD, case, len(asked), "part_withdraw", 3)
            except StepError as error:
                refused[error.code] += 1

    await asyncio.gather(leads(), *(assists(nth) for nth in range(1, len(asked) + 1)))


async def _step(connection: asyncpg.Connection[Any], case: int, verb: str, version: int) -> None:
    session = county.session(_LEAD)
    await take(connection, case, verb, version=version, now=_LATER, session_digest=session, words="清走了")


async def _part(
    connection: asyncpg.Connection[Any],
    who: str,
    case: int,
    nth: int | None,
    verb: str,
    version: int | None,
    data: dict[str, Any] | None = None,
) -> None:
    session = county.session(who)
    assert session is not None
    await take_part(
        connection, case, nth, verb, version=version, now=_LATER, session_digest=session, words="说明", data=data
    )
