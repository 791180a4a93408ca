"""Orders of a supervisor: who may give, answer and judge them, that each late one is told once, and what stands on whose board."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, get_args

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.board import BOARD_SECTIONS
from grids.order_steps import BY_ORDER_VERB, ORDER_STEPS, OrderState
from grids.receipts import Keys, digest
from tests import small_county as county

KEYS = Keys(b"s" * 32)
NOW = county.NOW
_DAY = timedelta(days=1)
_numbers = count(1)
GRID_SPOT = (117.005, 39.605)
SIBLING_SPOT = (117.055, 39.605)


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


@pytest.fixture
def case(web: psycopg.Connection[Any]) -> int:
    return new_case(web)


def new_case(web: psycopg.Connection[Any], where: tuple[float, float] = GRID_SPOT, **how: Any) -> int:
    n = next(_numbers)
    return county.send(web, KEYS, n, (where[0], where[1] + n % 40 * 0.0001), **how).case_id


def take(
    web: psycopg.Connection[Any],
    who: str | None,
    case: int,
    verb: str,
    nth: int | None = None,
    version: int = 0,
    *,
    words: str | None = "两天内清走",
    until: datetime | None = None,
    at: datetime = NOW,
) -> Any:
    row = web.execute(
        "SELECT take_order(%s, %s, %s, %s, %s, %s, %s, %s)",
        (county.session(who), at, case, nth, version, verb, words, until),
    ).fetchone()
    assert row
    return row[0]


def refused(web: psycopg.Connection[Any], *what: Any, **how: Any) -> tuple[str, Any]:
    with pytest.raises(psycopg.Error) as raised:
        take(web, *what, **how)
    detail = raised.value.diag.message_detail
    found = web.execute("SELECT %s::jsonb", (detail,)).fetchone()
    assert found
    return str(raised.value.sqlstate), found[0]


def give(web: psycopg.Connection[Any], who: str, case: int, version: int = 0, days: int = 2) -> Any:
    return take(web, who, case, "order_give", None, version, until=NOW + days * _DAY)


def step(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], who: str, case: int, verb: str, **data: Any
) -> None:
    row = owner.execute("SELECT version FROM cases WHERE id = %s", (case,)).fetchone()
    assert row
    web.execute(
        "SELECT take_step(%s, NULL, %s, %s, %s, %s, '说明', %s)",
        (county.session(who), NOW, case, row[0], verb, Jsonb(data)),
    )


def one(owner: psycopg.Connection[Any], query: str, *values: Any) -> Any:
    row = owner.execute(query, values).fetchone()
    assert row
    return row[0]


def board(
    web: psycopg.Connection[Any], who: str, section: str = "orders", at: datetime = NOW, **asked: Any
) -> tuple[Any, list[int]]:
    values = {"area": None, "category": None, "key": None, "id": None, "limit": 500} | asked
    with web.transaction():
        web.execute("SELECT act_as(%s, %s)", (county.session(who), at))
        row = web.execute(
            "SELECT counts, page FROM board_look(%(at)s, %(section)s, %(area)s, %(category)s, %(key)s, %(id)s, %(limit)s)",
            values | {"at": at, "section": section},
        ).fetchone()
        assert row
        ids = [each["id"] for each in row[1]]
        # What is counted can be read, all of it and nothing else.
        read = web.execute("SELECT count(*) FROM cases WHERE id = ANY (%s)", (ids,)).fetchone()
        assert read == (len(ids),)
    return row[0], ids


def test_the_table_of_the_code_is_that_of_the_database(web: psycopg.Connection[Any]) -> None:
    rows = web.execute("SELECT verb, sources, target, who, needs FROM order_steps").fetchall()
    assert {row[0]: row for row in rows} == {
        s.verb: (s.verb, list(s.sources), s.target, s.who, list(s.needs)) for s in ORDER_STEPS
    }
    assert {s.target for s in ORDER_STEPS} == set(get_args(OrderState))


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("supervisor@80", None),
        ("supervisor@8001", None),
        ("supervisor@800101", None),
        # In the owner's own area, not above him: still his supervisor.
        ("supervisor@800101001", None),
        # Sees the case and directs it, but does not supervise.
        ("desk@800101", "GW022"),
        ("dispatcher@80", "GW022"),
        ("head@800101001", "GW022"),
        ("administrator@80", "GW022"),
        # Of another township, of another county, a planner, nobody: there is no such case for them.
        ("supervisor@8002", "GW024"),
        ("supervisor@81", "GW024"),
        ("planner@80", "GW024"),
        ("stranger", "GW024"),
        (None, "GW024"),
    ],
)
def test_who_gives_an_order(web: psycopg.Connection[Any], case: int, who: str | None, code: str | None) -> None:
    if code:
        assert refused(web, who, case, "order_give", None, 0, until=NOW + _DAY)[0] == code
    else:
        done = take(web, who, case, "order_give", None, 0, until=NOW + _DAY)
        assert (done["nth"], done["state"], done["version"]) == (1, "given", 1)


def test_a_supervisor_below_the_owner_orders_nothing(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int
) -> None:
    step(web, owner, "head@800101001", case, "accept")
    step(web, owner, "head@800101001", case, "return")
    step(web, owner, "desk@800101", case, "return")
    assert one(owner, "SELECT owner_area_code FROM cases WHERE id = %s", case) == "8001"
    assert refused(web, "supervisor@800101", case, "order_give", None, 0, until=NOW + _DAY)[0] == "GW022"
    give(web, "supervisor@8001", case)


def test_nobody_supervises_himself(web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int) -> None:
    give(web, "supervisor@800101", case)
    both = "UPDATE postings SET person_id = (SELECT id FROM people WHERE login = %s) WHERE area_code = '800101001' AND role = 'member'"
    owner.execute(both, ("supervisor@800101",))
    try:
        assert refused(web, "supervisor@800101", case, "order_keep", 1, 1)[0] == "GW022"
        assert refused(web, "supervisor@800101", case, "order_give", None, 1, until=NOW + _DAY)[0] == "GW022"
    finally:
        owner.execute(both, ("member@800101001",))
    take(web, "supervisor@800101", case, "order_keep", 1, 1)


def test_what_is_missing_is_named(web: psycopg.Connection[Any], case: int) -> None:
    who = "supervisor@80"
    for words in (None, "", "字" * 4001):
        assert refused(web, who, case, "order_give", None, 0, words=words, until=NOW + _DAY) == (
            "GW023",
            {"need": "words"},
        )
    for until in (None, NOW, NOW - _DAY):
        assert refused(web, who, case, "order_give", None, 0, until=until) == ("GW023", {"need": "order_until"})
    give(web, who, case)
    assert refused(web, who, case, "order_until", 1, 1) == ("GW023", {"need": "order_until"})
    assert refused(web, "head@800101001", case, "order_answer", 1, 1, words="") == ("GW023", {"need": "words"})
    assert refused(web, who, case, "order_keep", 2, 1)[0] == "GW024"
    assert refused(web, who, case, "order_unheard", 1, 1)[0] == "GW021"


def test_a_stale_version_changes_nothing(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int
) -> None:
    give(web, "supervisor@80", case)
    # Pressed twice, or two at once: the second one is told what is there.
    assert refused(web, "supervisor@80", case, "order_give", None, 0, until=NOW + _DAY) == (
        "GW020",
        {"version": 1, "state": "ordered"},
    )
    take(web, "head@800101001", case, "order_answer", 1, 1, words="清走了")
    assert refused(web, "supervisor@80", case, "order_until", 1, 1, until=NOW + 5 * _DAY) == (
        "GW020",
        {"version": 2, "state": "order_answered"},
    )
    assert one(owner, "SELECT count(*) FROM events WHERE case_id = %s AND verb LIKE 'order_%%'", case) == 2
    assert one(owner, "SELECT version FROM cases WHERE id = %s", case) == 1


def test_an_order_follows_the_case(web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int) -> None:
    give(web, "supervisor@8001", case)
    step(web, owner, "head@800101001", case, "accept")
    step(web, owner, "head@800101001", case, "return")
    assert one(owner, "SELECT owner_area_code FROM cases WHERE id = %s", case) == "800101"
    assert refused(web, "head@800101001", case, "order_answer", 1, 1)[0] == "GW022"
    done = take(web, "desk@800101", case, "order_answer", 1, 1, words="已经派人清了")
    assert done["state"] == "answered"
    assert one(owner, "SELECT owner_area_code FROM orders WHERE case_id = %s", case) == "800101001"


def test_who_stands_below_whoever_gave_it_does_not_judge(web: psycopg.Connection[Any], case: int) -> None:
    give(web, "supervisor@8001", case)
    for verb in ("order_keep", "order_not_keep", "order_withdraw", "order_until"):
        assert refused(web, "supervisor@800101", case, verb, 1, 1, until=NOW + _DAY)[0] == "GW022"
        assert refused(web, "head@800101001", case, verb, 1, 1, until=NOW + _DAY)[0] == "GW022"
        assert refused(web, "supervisor@8002", case, verb, 1, 1, until=NOW + _DAY)[0] == "GW024"
    take(web, "supervisor@80", case, "order_not_keep", 1, 1)


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize(
    ("verb", "state"), [("order_keep", "kept"), ("order_not_keep", "not_kept"), ("order_withdraw", "withdrawn")]
)
def test_what_is_judged_is_over(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int, verb: str, state: str, answered: bool
) -> None:
    give(web, "supervisor@80", case)
    version = 1
    if answered:
        version = take(web, "head@800101001", case, "order_answer", 1, 1, words="清走了")["version"]
    assert take(web, "supervisor@80", case, verb, 1, version, words="看过了")["state"] == state
    assert one(owner, "SELECT ended_at FROM orders WHERE case_id = %s", case) == NOW
    for later in BY_ORDER_VERB:
        if later != "order_give":
            who = "head@800101001" if later == "order_answer" else "supervisor@80"
            assert refused(web, who, case, later, 1, version + 1, until=NOW + _DAY)[0] == "GW021"
    # Another one can be given.
    assert give(web, "supervisor@80", case, 1)["nth"] == 2


def test_an_answer_that_is_not_enough_is_asked_for_again(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int
) -> None:
    give(web, "supervisor@80", case)
    take(web, "head@800101001", case, "order_answer", 1, 1, words="清走了")
    done = take(web, "supervisor@80", case, "order_until", 1, 2, words="东头还有", until=NOW + 5 * _DAY)
    assert (done["state"], done["version"]) == ("given", 3)
    take(web, "head@800101001", case, "order_answer", 1, 3, words="都清走了")
    lines = owner.execute(
        "SELECT e.verb, e.data - 'words_digest', w.words, w.shown FROM events e JOIN event_words w ON w.event_id = e.id WHERE e.case_id = %s ORDER BY e.seq",
        (case,),
    ).fetchall()
    assert [(verb, words) for verb, _, words, _ in lines] == [
        ("order_give", "两天内清走"),
        ("order_answer", "清走了"),
        ("order_until", "东头还有"),
        ("order_answer", "都清走了"),
    ]
    # Ids and codes alone, and no word of it is for the reporters.
    assert lines[0][1].keys() == {"order", "order_state", "order_due_at", "ordered"}
    assert lines[2][1].keys() == {"order", "order_state", "order_due_at", "order_due_before"}
    assert not any(shown for *_, shown in lines)


def test_an_order_outlives_its_case(web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int) -> None:
    owner.execute("UPDATE recheck_shares SET share = 0")
    give(web, "supervisor@80", case)
    step(web, owner, "desk@800101", case, "decline")
    assert refused(web, "supervisor@80", case, "order_give", None, 1, until=NOW + _DAY)[0] == "GW021"
    assert case in board(web, "supervisor@80")[1]
    assert case not in board(web, "supervisor@80", "recurring")[1]
    take(web, "head@800101001", case, "order_answer", 1, 1, words="不归我们管")
    assert case not in board(web, "supervisor@80")[1]
    assert case in board(web, "supervisor@80", "answered")[1]
    take(web, "supervisor@80", case, "order_not_keep", 1, 2, words="应当办")
    assert case not in board(web, "supervisor@80", "answered")[1]


def test_whoever_ordered_does_not_recheck(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int
) -> None:
    owner.execute("UPDATE recheck_shares SET share = 0")
    give(web, "supervisor@80", case)
    step(web, owner, "head@800101001", case, "take")
    step(web, owner, "head@800101001", case, "claim")
    with pytest.raises(psycopg.Error) as raised:
        step(web, owner, "supervisor@80", case, "pass_recheck")
    assert raised.value.sqlstate == "GW022"
    step(web, owner, "supervisor@8001", case, "pass_recheck")


def test_about_an_official_it_stays_above(web: psycopg.Connection[Any]) -> None:
    case = new_case(web, category="conduct")
    for who in ("supervisor@8001", "supervisor@800101", "supervisor@800101001"):
        assert refused(web, who, case, "order_give", None, 0, until=NOW + _DAY)[0] == "GW024"
    give(web, "supervisor@80", case)
    assert case in board(web, "supervisor@80")[1]
    assert case not in board(web, "supervisor@8001")[1]
    with web.transaction():
        web.execute("SELECT act_as(%s, %s)", (county.session("supervisor@8001"), NOW))
        assert web.execute("SELECT count(*) FROM orders WHERE case_id = %s", (case,)).fetchone() == (0,)
        assert web.execute("SELECT count(*) FROM my_orders(%s, %s)", (case, NOW)).fetchone() == (0,)


def late_events(owner: psycopg.Connection[Any], case: int) -> list[datetime]:
    rows = owner.execute(
        "SELECT (data ->> 'order_due_at')::timestamptz FROM events WHERE case_id = %s AND verb = 'order_late' ORDER BY seq",
        (case,),
    )
    return [at for (at,) in rows]


def scan(store: Store, at: datetime, limit: int = 1000) -> int:
    with psycopg.connect(store.dsn("worker"), autocommit=True) as worker:
        worker.execute("SET ROLE gridwarden_worker")
        row = worker.execute("SELECT orders_late(%s, %s)", (at, limit)).fetchone()
        assert row
        return int(row[0])


def test_late_is_told_once_for_each_deadline(
    town: Store, web: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    case, answered = new_case(web), new_case(web)
    give(web, "supervisor@80", case)
    give(web, "supervisor@80", answered)
    take(web, "head@800101001", answered, "order_answer", 1, 1, words="清走了")
    scan(town, NOW + 2 * _DAY - timedelta(seconds=1))
    assert late_events(owner, case) == []
    # Also after days without a worker.
    scan(town, NOW + 9 * _DAY)
    assert scan(town, NOW + 9 * _DAY) == 0
    assert scan(town, NOW + 10 * _DAY) == 0
    assert late_events(owner, case) == [NOW + 2 * _DAY]
    assert late_events(owner, answered) == []
    # Whoever has the form open is not told that it changed: nothing was decided.
    take(web, "supervisor@80", case, "order_until", 1, 1, until=NOW + 20 * _DAY, at=NOW + 10 * _DAY)
    assert scan(town, NOW + 10 * _DAY) == 0
    assert scan(town, NOW + 20 * _DAY) == 1
    assert late_events(owner, case) == [NOW + 2 * _DAY, NOW + 20 * _DAY]


def test_of_two_workers_one_tells(town: Store, web: psycopg.Connection[Any], owner: psycopg.Connection[Any]) -> None:
    cases = [new_case(web) for _ in range(20)]
    for case in cases:
        give(web, "supervisor@80", case, days=30)
    told: list[int] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait()
        told.extend(scan(town, NOW + 31 * _DAY, limit=7) for _ in range(5))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert sum(told) == len(cases)
    assert [len(late_events(owner, case)) for case in cases] == [1] * len(cases)


def test_an_answer_and_the_scan_at_once(
    town: Store, web: psycopg.Connection[Any], owner: psycopg.Connection[Any]
) -> None:
    case = new_case(web)
    give(web, "supervisor@80", case, days=40)
    at = NOW + 41 * _DAY
    with psycopg.connect(town.dsn("web")) as answering:
        # By then the grid has another head.
        take(answering, "next", case, "order_answer", 1, 1, words="清走了", at=at)
        waiting = threading.Thread(target=lambda: scan(town, at))
        waiting.start()
        waiting.join(timeout=1)
        assert waiting.is_alive()
        answering.commit()
    waiting.join(timeout=30)
    assert late_events(owner, case) == []


SECTIONS: dict[str, tuple[str, str]] = {
    # What brings a case there, and what keeps it away by a hair.
    "overdue": ("due_at = %(now)s - interval '1 second'", "due_at = %(now)s"),
    "returned": ("returned = 2", "returned = 1"),
    "paused": (
        "state = 'paused', paused_at = %(now)s - interval '14 days 1 second', paused_until = %(now)s + interval '1 day'",
        "state = 'paused', paused_at = %(now)s - interval '14 days', paused_until = %(now)s + interval '1 day'",
    ),
    "recurring": ("recurring = true", "reopened = 1"),
    "unowned": ("state = 'received', received_at = %(now)s - interval '31 minutes'", "state = 'received', received_at = %(now)s - interval '30 minutes'"),
    "recheck": ("state = 'claimed_solved', claimed_at = %(now)s, recheck = '{sampled}'", "state = 'claimed_solved', claimed_at = %(now)s"),
}  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_what_stands_in_a_section(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int, section: str
) -> None:
    owner.execute(
        "UPDATE cases SET state = 'in_progress', due_at = %s, stage_due_at = NULL WHERE id = %s", (NOW + _DAY, case)
    )
    before = board(web, "supervisor@8001", section)
    assert case not in before[1]
    for change, stands in zip(SECTIONS[section], (True, False), strict=True):
        with owner.transaction():
            owner.execute(
                "UPDATE cases SET state = 'in_progress', received_at = %(now)s - interval '9 days', due_at = %(now)s + interval '1 day', paused_at = NULL, paused_until = NULL, claimed_at = NULL,"
                " recheck = '{}', returned = 0, recurring = false WHERE id = %(case)s",
                {"now": NOW, "case": case},
            )
            owner.execute(f"UPDATE cases SET {change} WHERE id = %(case)s", {"now": NOW, "case": case})
        counts, ids = board(web, "supervisor@8001", section)
        assert (case in ids) is stands
        assert counts[section] == len(ids) == before[0][section] + stands
        assert case not in board(web, "supervisor@8002", section)[1]


def test_a_pause_that_is_over_and_an_owner_who_left(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int
) -> None:
    owner.execute(
        "UPDATE cases SET state = 'paused', paused_at = %(now)s - interval '1 day', paused_until = %(now)s WHERE id = %(case)s",
        {"now": NOW, "case": case},
    )
    assert case in board(web, "supervisor@80", "paused")[1]
    assert case not in board(web, "supervisor@80", "unowned")[1]
    # On that day the grid gets another head, and the case still has the one before.
    assert case in board(web, "supervisor@80", "unowned", at=county.SUCCESSION)[1]


def test_the_board_shows_each_his_own(web: psycopg.Connection[Any]) -> None:
    here, beside = new_case(web), new_case(web, SIBLING_SPOT)
    give(web, "supervisor@80", here, days=3)
    give(web, "supervisor@80", beside, days=1)
    for who, mine in (
        ("supervisor@80", {here, beside}),
        ("supervisor@8001", {here, beside}),
        ("supervisor@800101", {here}),
        ("supervisor@800102", {beside}),
        ("supervisor@8002", set()),
        ("supervisor@81", set()),
        ("desk@80", set()),
        ("administrator@80", set()),
        ("planner@80", set()),
        (None, set()),
    ):
        counts, ids = board(web, who or "", "orders")
        assert set(ids) & {here, beside} == mine
        assert counts["orders"] == len(ids)
    # The earliest deadline first, page by page, and narrowed.
    _, ids = board(web, "supervisor@80", "orders")
    assert ids.index(beside) < ids.index(here)
    paged: list[int] = []
    after: dict[str, Any] = {}
    while True:
        with web.transaction():
            web.execute("SELECT act_as(%s, %s)", (county.session("supervisor@80"), NOW))
            row = web.execute(
                "SELECT page FROM board_look(%s, 'orders', NULL, NULL, %s, %s, 1)",
                (NOW, after.get("key"), after.get("id")),
            ).fetchone()
        if row is None or not row[0]:
            break
        after = row[0][0]
        paged.append(after["id"])
    assert paged == ids
    assert set(board(web, "supervisor@80", "orders", area="800102")[1]) == {beside}
    assert board(web, "supervisor@80", "orders", category="light") == (dict.fromkeys(BOARD_SECTIONS, 0), [])


def test_deadlines_of_the_case_are_not_touched(
    web: psycopg.Connection[Any], owner: psycopg.Connection[Any], case: int
) -> None:
    asked = "SELECT due_at, stage_due_at, state, version FROM cases WHERE id = %s"
    before = owner.execute(asked, (case,)).fetchone()
    give(web, "supervisor@80", case)
    take(web, "supervisor@80", case, "order_until", 1, 1, until=NOW + 9 * _DAY)
    assert owner.execute(asked, (case,)).fetchone() == before


def test_reporters_hear_nothing_of_orders(web: psycopg.Connection[Any], owner: psycopg.Connection[Any]) -> None:
    sent = county.send(web, KEYS, next(_numbers), GRID_SPOT)
    give(web, f"supervisor@{county.COUNTY}", sent.case_id)
    told = one(owner, "SELECT reporter_view(%s, %s) -> 'events'", sent.number, digest(sent.key))
    assert [line["verb"] for line in told] == ["receive"]
    written = owner.execute("SELECT verb FROM events WHERE case_id = %s ORDER BY seq", (sent.case_id,)).fetchall()
    assert written == [("receive",), ("order_give",)]
