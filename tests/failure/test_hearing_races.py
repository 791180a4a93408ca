"""Many at once about one petition: it is called once, held once and closed once, and nothing opens it again beside that."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, Final, Literal

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.receipts import Keys, digest
from tests import small_county as county

RUNS = 8
KEYS = Keys(b"s" * 32)
NOW = county.NOW
LATER = NOW + timedelta(days=9)
SUPERVISOR, DISPATCHER, DESK = (f"{role}@{county.COUNTY}" for role in ("supervisor", "dispatcher", "desk"))
RECORD = {
    "people": [
        {"role": "resident", "came": False},
        {"role": "department", "came": True, "who": "公路站"},
        {"role": "lawyer", "came": True, "who": "值班律师"},
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


_ROLES: Final[tuple[Literal["web", "worker"], ...]] = ("web", "worker")


def at_once(town: Store, *asked: tuple[str, tuple[Any, ...]]) -> list[str]:
    """Ask all at the same time; answer what became of each: ok, or the code of the refusal."""
    said: list[str] = ["" for _ in asked]
    ready = threading.Barrier(len(asked))

    def ask(n: int, role: Literal["web", "worker"], query: str, values: tuple[Any, ...]) -> None:
        with psycopg.connect(town.dsn(role), autocommit=True) as connection:
            ready.wait()
            try:
                connection.execute(query, values)
                said[n] = "ok"
            except psycopg.Error as error:
                said[n] = str(error.sqlstate)

    threads = [
        threading.Thread(target=ask, args=(n, _ROLES["opened_again" in query], query, values))
        for n, (query, values) in enumerate(asked)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


_TAKE = "SELECT take_hearing_step(%s, %s, %s, %s, %s, %s, %s, %s)"


def hearing(who: str, case: int, verb: str, nth: int | None, version: int, **data: Any) -> tuple[str, tuple[Any, ...]]:
    now = LATER if nth else NOW + timedelta(hours=2)
    return _TAKE, (county.session(who), now, case, nth, version, verb, "说明", Jsonb(data))


def come_back(town: Store, owner: psycopg.Connection[Any]) -> tuple[int, str]:
    """A case that was reopened twice and then closed without a confirmation; and its number."""
    with psycopg.connect(town.dsn("web"), autocommit=True) as web:
        n = next(_numbers)
        sent = county.send(web, KEYS, n, (117.0005 + n * 0.0009, 39.6005))
    owner.execute(
        "UPDATE cases SET state = 'closed', confirmed = false, closed_at = %s, reopened = 2, hazard = false WHERE id = %s",
        (NOW + timedelta(hours=1), sent.case_id),
    )
    return sent.case_id, sent.number


def called(town: Store, owner: psycopg.Connection[Any], case: int) -> int:
    row = owner.execute(
        "SELECT s.id FROM postings s JOIN people p ON p.id = s.person_id WHERE p.login = %s", (SUPERVISOR,)
    ).fetchone()
    assert row
    at = (NOW + timedelta(days=8)).isoformat()
    calls = [
        hearing(who, case, "hearing_call", None, 0, posting_id=row[0], at=at, place="县信访局")
        for who in (SUPERVISOR, DISPATCHER, DESK, SUPERVISOR)
    ]
    said = Counter(at_once(town, *calls))
    assert said == {"ok": 1, "GW020": 3}
    return int(row[0])


def test_it_is_called_held_and_closed_once_each(town: Store, owner: psycopg.Connection[Any]) -> None:
    for _ in range(RUNS):
        case, _ = come_back(town, owner)
        called(town, owner, case)
        said = at_once(town, *(hearing(SUPERVISOR, case, "hearing_hold", 1, 1, **RECORD) for _ in range(4)),
                       hearing(DISPATCHER, case, "hearing_cancel", 1, 1))  # fmt: skip
        assert Counter(said) == {"ok": 1, "GW020": 4}
        if said[4] == "ok":
            continue
        assert Counter(at_once(town, *(hearing(SUPERVISOR, case, "petition_close", 1, 2) for _ in range(4)))) == {
            "ok": 1,
            "GW020": 3,
        }
        verbs = owner.execute(
            "SELECT array_agg(verb ORDER BY seq), array_agg(seq ORDER BY seq) FROM events WHERE case_id = %s", (case,)
        ).fetchone()
        assert verbs
        assert verbs[0][-4:] == ["hearing_call", "hearing_hold", "hearing_find", "petition_close"]
        assert verbs[1] == list(range(1, len(verbs[1]) + 1))


def test_a_resident_who_reopens_it_at_that_moment_comes_first_or_is_refused(
    town: Store, owner: psycopg.Connection[Any]
) -> None:
    ends: Counter[tuple[str, str]] = Counter()
    for _ in range(RUNS):
        case, number = come_back(town, owner)
        called(town, owner, case)
        assert at_once(town, hearing(SUPERVISOR, case, "hearing_hold", 1, 1, **RECORD)) == ["ok"]
        row = owner.execute("SELECT version FROM cases WHERE id = %s", (case,)).fetchone()
        assert row
        link = digest(KEYS.key(number))
        reopen = (
            "SELECT take_step(NULL, %s, %s, %s, %s, 'reopen', '还在', '{}')",
            (link, LATER, case, row[0]),
        )
        close = hearing(SUPERVISOR, case, "petition_close", 1, 2)
        ends[tuple(at_once(town, reopen, close))] += 1  # type: ignore[index]
        stands = owner.execute(
            "SELECT state, confirmed, petition_stands(id) FROM cases WHERE id = %s", (case,)
        ).fetchone()
        # Whichever came first: the petition is closed in the end, once, and unsolved; its version told the other one.
        assert stands == ("closed", False, True)
        again = at_once(town, (reopen[0], (link, LATER, case, _version(owner, case))))
        assert again == ["GW025"]
    assert ends.keys() <= {("ok", "ok"), ("GW020", "ok"), ("GW025", "ok")}


def test_a_report_that_came_again_opens_nothing_that_was_closed_meanwhile(
    town: Store, owner: psycopg.Connection[Any]
) -> None:
    case, _ = come_back(town, owner)
    called(town, owner, case)
    assert at_once(town, hearing(SUPERVISOR, case, "hearing_hold", 1, 1, **RECORD)) == ["ok"]
    with psycopg.connect(town.dsn("web"), autocommit=True) as web:
        fresh = county.send(web, KEYS, next(_numbers), (117.003, 39.603))
    row = owner.execute("SELECT id FROM reports WHERE number = %s", (fresh.number,)).fetchone()
    assert row
    assert at_once(town, hearing(SUPERVISOR, case, "petition_close", 1, 2)) == ["ok"]
    # The worker had found it before it was closed as a petition.
    assert at_once(town, ("SELECT opened_again(%s, %s, %s, %s)", (fresh.case_id, case, row[0], LATER))) == ["ok"]
    assert owner.execute(
        "SELECT state FROM cases WHERE id = ANY (%s) ORDER BY id", ([case, fresh.case_id],)
    ).fetchall() == [
        ("closed",),
        ("received",),
    ]


def _version(owner: psycopg.Connection[Any], case: int) -> int:
    row = owner.execute("SELECT version FROM cases WHERE id = %s", (case,)).fetchone()
    assert row
    return int(row[0])
