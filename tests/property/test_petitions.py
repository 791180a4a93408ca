"""Whatever a case is when its petition is closed: no figure of what is unsolved falls by it, and none of what is solved rises."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, product
from typing import Any, Final

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.receipts import Keys, digest
from maps.layers import _MEASURES
from maps.questions import Layer
from tests import small_county as county

KEYS: Final = Keys(b"s" * 32)
NOW: Final = county.NOW
LATER: Final = NOW + timedelta(days=9)
PRESIDER: Final = f"supervisor@{county.COUNTY}"
ABOVE: Final = f"desk@{county.COUNTY}"
STATES: Final = ("accepted", "dispatched", "in_progress", "closed", "will_not_do")
RECORD: Final = {
    "people": [
        {"role": "resident", "came": True},
        {"role": "department", "came": True, "who": "公路站"},
        {"role": "outside", "came": True, "who": "村民代表"},
    ],
    "findings": "路基是私人的",
    "proposal": "close",
}
_numbers = count(1)


@pytest.fixture(scope="module")
def town(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def owner(town: Store) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection


@pytest.fixture
def web(town: Store) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(town.dsn("web"), autocommit=True) as connection:
        yield connection


def figures(owner: psycopg.Connection[Any], at: datetime) -> tuple[int, int, int]:
    """What is unsolved, what was reopened, and what is confirmed; of all cases."""
    counted = [
        owner.execute(
            f"SELECT count(*) FROM seen_cases WHERE {_MEASURES[layer][1].replace(':at', '%(at)s')}", {"at": at}
        ).fetchone()
        for layer in (Layer.UNSOLVED, Layer.REOPENED)
    ]
    confirmed = owner.execute("SELECT count(*) FROM cases WHERE confirmed").fetchone()
    return tuple(row[0] for row in (*counted, confirmed) if row)


def hearing_step(
    web: psycopg.Connection[Any], case: int, verb: str, nth: int | None, version: int, now: datetime, **data: Any
) -> None:
    web.execute(
        "SELECT take_hearing_step(%s, %s, %s, %s, %s, %s, '说明', %s)",
        (county.session(PRESIDER), now, case, nth, version, verb, Jsonb(data)),
    )


@pytest.mark.parametrize(
    ("state", "reopened", "late", "lapsed", "joined"),
    list(product(STATES, (2, 5), (True, False), (True, False), (True, False))),
)
def test_closing_a_petition_makes_no_figure_better(
    owner: psycopg.Connection[Any], web: psycopg.Connection[Any],
    state: str, reopened: int, late: bool, lapsed: bool, joined: bool,
) -> None:  # fmt: skip
    n = next(_numbers)
    sent = county.send(web, KEYS, n, county.GRID)
    case = sent.case_id
    owner.execute(
        "UPDATE cases SET state = %(state)s, reopened = %(reopened)s, confirmed = CASE WHEN %(state)s = 'closed' THEN false END,"
        " closed_at = CASE WHEN %(state)s IN ('closed', 'will_not_do') THEN %(closed)s::timestamptz END,"
        " promised_at = %(promised)s WHERE id = %(case)s",
        {
            "state": state, "reopened": reopened, "case": case, "closed": NOW + timedelta(hours=3),
            "promised": NOW + (timedelta(hours=1) if late else timedelta(days=30)),
        },
    )  # fmt: skip
    if lapsed:
        # Silence had closed it once, before it was opened again.
        owner.execute(
            "SELECT add_event(c, %s, 'lapse', NULL, NULL, false, '{}') FROM cases c WHERE id = %s", (NOW, case)
        )
    if joined:
        other = county.send(web, KEYS, next(_numbers), county.GRID)
        owner.execute(
            "UPDATE cases SET state = 'merged', merged_into = %s, closed_at = %s WHERE id = %s",
            (case, NOW, other.case_id),
        )
    presider = owner.execute(
        "SELECT s.id FROM postings s JOIN people p ON p.id = s.person_id WHERE p.login = %s", (PRESIDER,)
    ).fetchone()
    assert presider
    at = (NOW + timedelta(days=8)).isoformat()
    hearing_step(
        web, case, "hearing_call", None, 0, NOW + timedelta(hours=4), posting_id=presider[0], at=at, place="县里"
    )
    hearing_step(web, case, "hearing_hold", 1, 1, LATER, **RECORD)
    before = figures(owner, LATER)
    hearing_step(web, case, "petition_close", 1, 2, LATER)
    after = figures(owner, LATER)
    assert (after[0] >= before[0], after[1:], after[2]) == (True, before[1:], before[2])
    # Nor later, whatever is said of it: it stays unsolved, and so does what went into it.
    much_later = LATER + timedelta(days=400)
    if state != "will_not_do":
        version = owner.execute("SELECT version FROM cases WHERE id = %s", (case,)).fetchone()
        assert version
        link = digest(KEYS.key(sent.number))
        web.execute(
            "SELECT take_step(NULL, %s, %s, %s, %s, 'evaluate', NULL, %s)",
            (link, much_later, case, version[0], Jsonb({"rating": "solved"})),
        )
    assert figures(owner, much_later)[0] >= after[0]
    assert figures(owner, much_later)[2] == before[2]
    told = owner.execute(
        f"SELECT count(*) FROM seen_cases WHERE id = ANY (%(ids)s) AND {_MEASURES[Layer.UNSOLVED][1].replace(':at', '%(at)s')}",
        {"ids": [case] if not joined else [case, other.case_id], "at": much_later},
    ).fetchone()
    assert told == (1 + joined,)
