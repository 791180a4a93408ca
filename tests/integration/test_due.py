"""What is due: dates that follow the calendar, notices that come once, and the time that was used."""

import json
import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.clock import due_at, override_day
from grids.deadlines import Deadline
from grids.due import TimeUsed, recompute_due, scan_due
from tests import little_town as town
from tests.conftest import cloned
from tests.integration.conftest import PUBLISHED_AT as NOW

ZONE = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.usefixtures("clocked")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def one(connection: psycopg.Connection, query: str, *values: object) -> object:
    row = connection.execute(query.encode(), values).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


_NEW_CASE = """
INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at, due_at,
                   stage_due_at, closed_at, paused_at, channel)
VALUES (%(category)s, false, 'normal', %(state)s, '9001001', '{90,9001,9001001}', '9001001', 'head', %(received_at)s, %(due_at)s,
        %(stage_due_at)s, %(closed_at)s, %(paused_at)s, 'app') RETURNING id
"""


def new_case(connection: psycopg.Connection, received_at: datetime, due: datetime, **other: object) -> int:
    """A case with its first event."""
    row: dict[str, object] = {
        **dict.fromkeys(("stage_due_at", "closed_at", "paused_at")),
        "category": "dumping",
        "state": "accepted",
        "received_at": received_at,
        "due_at": due,
        **other,
    }
    found = connection.execute(_NEW_CASE, row).fetchone()
    assert found is not None
    add_event(connection, found[0], 1, received_at, "receive", "received", owner={"area_code": "9001001"})
    return int(found[0])


def add_event(
    connection: psycopg.Connection, case: int, seq: int, at: datetime, verb: str, state: str, **data: object
) -> None:
    connection.execute(
        "INSERT INTO events (case_id, seq, at, verb, state, data) VALUES (%s, %s, %s, %s, %s, %s)",
        (case, seq, at, verb, state, Jsonb(data)),
    )


def told(connection: psycopg.Connection) -> list[tuple[str, int]]:
    rows = connection.execute(
        "SELECT topic, (payload ->> 'case_id')::bigint FROM outbox WHERE topic IN"
        " ('case.due_soon', 'case.overdue', 'case.stage_due_soon', 'case.stage_overdue') ORDER BY id"
    )
    return [(topic, case) for topic, case in rows]


# -- following the calendar


def publish_2027(connection: psycopg.Connection, at: datetime) -> None:
    """New Year's Day off until 3 January, Sunday the 10th worked: as the library would tell it."""
    for day, kind in ((1, "holiday"), (2, "holiday"), (3, "holiday"), (10, "workday")):
        connection.execute("INSERT INTO calendar_days VALUES (%s, 'national', %s, '元旦')", (date(2027, 1, day), kind))
    connection.execute("UPDATE calendar_years SET state = 'published', since = %s WHERE year = 2027", (at,))
    connection.execute("SELECT rebuild_work_spans()")


def test_provisional_dates_follow_the_calendar_and_each_is_an_event(owner: psycopg.Connection) -> None:
    owner.execute(
        "INSERT INTO categories VALUES"
        " ('late', '2026-01-01Z', 'f', '迟', 'Late', false, 'normal', '{\"accept\": {\"work_hours\": 2}, \"solve\": {\"work_days\": 2}}'),"
        " ('quick', '2026-01-01Z', 'f', '快', 'Quick', false, 'normal', '{\"solve\": {\"urgent_hours\": 48}}')"
    )
    begins = local("2026-12-31T16:30")
    monday = due_at(owner, begins, Deadline("work_days", 2))[0]
    stage = due_at(owner, begins, Deadline("work_hours", 2))[0]
    assert (monday, stage) == (local("2027-01-04T17:30"), local("2027-01-01T09:30"))
    moved = new_case(owner, begins, monday, category="late", state="received", stage_due_at=stage)
    reopened = new_case(owner, begins - timedelta(days=20), monday, category="late")
    add_event(owner, reopened, 2, begins, "reopen", "accepted")
    extended = new_case(owner, begins, local("2027-01-12T12:00"), category="late")
    add_event(owner, extended, 2, begins + timedelta(hours=1), "approve_extension", "accepted")
    closed = new_case(owner, begins, monday, category="late", state="closed", closed_at=begins + timedelta(hours=1))
    lowered = new_case(owner, begins, monday, category="late")
    add_event(owner, lowered, 2, begins + timedelta(minutes=5), "set_urgency", "accepted")
    hastened = new_case(owner, begins, local("2027-01-02T09:00"), category="late")
    add_event(
        owner, hastened, 2, begins + timedelta(minutes=5), "set_urgency", "accepted", due_at="2027-01-02T09:00+08:00"
    )
    natural = new_case(owner, begins, begins + timedelta(hours=48), category="quick")
    published_at = local("2027-01-02T10:00")
    assert recompute_due(owner, published_at) == 0
    publish_2027(owner, published_at)
    later = new_case(owner, published_at + timedelta(hours=1), local("2027-01-05T12:00"), category="late")
    # A batch of one: it comes back for the next.
    assert recompute_due(owner, published_at, batch=1) == 3
    dates: dict[int, datetime] = dict(owner.execute("SELECT id, due_at FROM cases").fetchall())
    assert dates[moved] == dates[reopened] == dates[lowered] == local("2027-01-05T17:30")
    assert dates[hastened] == local("2027-01-02T09:00")
    assert dates[extended] == local("2027-01-12T12:00")
    assert dates[closed] == monday
    assert dates[natural] == begins + timedelta(hours=48)
    assert dates[later] == local("2027-01-05T12:00")
    assert one(owner, "SELECT stage_due_at, version FROM cases WHERE id = %s", moved) == (local("2027-01-04T09:30"), 2)
    event = one(owner, "SELECT seq, at, state, data FROM events WHERE case_id = %s AND verb = 'recompute_due'", moved)
    assert event == (2, published_at, "received", {
        "due_at": "2027-01-05T09:30:00+00:00", "due_before": "2027-01-04T09:30:00+00:00", "provisional": False,
    })  # fmt: skip
    payloads = owner.execute("SELECT payload ->> 'case_id' FROM outbox WHERE topic = 'case.recompute_due'").fetchall()
    assert payloads == [(str(moved),), (str(reopened),), (str(lowered),)]
    assert recompute_due(owner, published_at + timedelta(days=1)) == 0


def test_a_promise_on_a_published_calendar_stays_when_a_day_is_overridden(owner: psycopg.Connection) -> None:
    begins = NOW + timedelta(hours=1)
    owner.execute("UPDATE categories SET deadlines = '{\"solve\": {\"work_days\": 2}}' WHERE code = 'dumping'")
    case = new_case(owner, begins, begins + timedelta(hours=24))
    override_day(owner, date(2026, 11, 23), "holiday", "停电")
    assert recompute_due(owner, begins) == 0
    assert one(owner, "SELECT due_at FROM cases WHERE id = %s", case) == begins + timedelta(hours=24)


# -- notices


def test_each_is_told_once_in_its_time(owner: psycopg.Connection) -> None:
    monday = local("2026-11-16T09:00")
    wednesday = local("2026-11-18T15:00")
    long = new_case(owner, monday, monday + timedelta(days=10))
    short = new_case(owner, monday, wednesday)
    staged = new_case(
        owner, monday, monday + timedelta(days=30), state="received", stage_due_at=monday + timedelta(hours=2)
    )
    new_case(owner, monday, wednesday, state="paused", paused_at=monday, stage_due_at=None)
    new_case(owner, monday, wednesday, state="closed", closed_at=monday + timedelta(hours=1))
    claimed = new_case(owner, monday, wednesday, state="claimed_solved", stage_due_at=local("2026-11-19T17:30"))

    def scan(text: str) -> list[tuple[str, int]]:
        before = told(owner)
        found = scan_due(owner, local(text))
        after = told(owner)
        assert len(after) == len(before) + found
        return after[len(before) :]

    # A stage is told of two working hours before, but not to whom it was given within the hour.
    assert scan("2026-11-16T09:59") == []
    assert scan("2026-11-16T10:00") == [("case.stage_due_soon", staged)]
    assert scan("2026-11-16T10:59") == []
    assert scan("2026-11-16T11:00") == [("case.stage_overdue", staged)]
    # A fifth of the 54 hours from Monday 09:00 to Wednesday 15:00 is 10 h 48 min.
    assert scan("2026-11-18T04:11") == []
    assert scan("2026-11-18T04:12") == [("case.due_soon", short)]
    assert scan("2026-11-18T14:59") == []
    assert scan("2026-11-18T15:00") == [("case.overdue", short)]
    assert scan("2026-11-19T15:29") == []
    assert scan("2026-11-19T15:30") == [("case.stage_due_soon", claimed)]
    assert scan("2026-11-19T17:30") == [("case.stage_overdue", claimed)]
    assert scan("2026-11-24T09:00") == [("case.due_soon", long)]
    assert scan("2026-11-24T09:00") == []
    # An extension is another promise.
    owner.execute("UPDATE cases SET due_at = %s WHERE id = %s", (local("2026-11-25T15:00"), short))
    assert scan("2026-11-24T15:00") == [("case.due_soon", short)]
    payload = one(owner, "SELECT payload FROM outbox WHERE topic = 'case.overdue'")
    assert payload == {
        "case_id": short,
        "kind": "overdue",
        "due_at": "2026-11-18T07:00:00+00:00",
        "state": "accepted",
        "owner": {"area_code": "9001001", "role": "head", "posting_id": None},
    }


def test_the_warning_comes_two_working_hours_before_at_the_latest(owner: psycopg.Connection) -> None:
    # Friday 16:00 to Monday 09:30: a fifth would be Sunday night, two working hours are Friday 16:30.
    case = new_case(owner, local("2026-11-20T16:00"), local("2026-11-23T09:30"))
    assert scan_due(owner, local("2026-11-20T16:29")) == 0
    assert scan_due(owner, local("2026-11-20T16:30")) == 1
    assert told(owner) == [("case.due_soon", case)]


def test_after_a_day_of_downtime_nobody_is_warned_of_what_is_late_already(owner: psycopg.Connection) -> None:
    monday = local("2026-11-16T09:00")
    late = [new_case(owner, monday, monday + timedelta(hours=hour)) for hour in range(2, 22)]
    soon = new_case(owner, monday, monday + timedelta(hours=26))
    assert scan_due(owner, monday + timedelta(hours=24), batch=7) == 21
    assert told(owner) == [*(("case.overdue", case) for case in late), ("case.due_soon", soon)]


def test_two_workers_at_once_tell_each_once(server: Store) -> None:
    monday = local("2026-11-16T09:00")
    with cloned(server) as store:
        town.build(store)
        with psycopg.connect(store.dsn("migrate")) as connection:
            connection.execute("SET ROLE gridwarden_owner")
            cases = {new_case(connection, monday, monday + timedelta(minutes=5 + n)) for n in range(300)}
        found: list[int] = []
        ready = threading.Barrier(4)

        def work() -> None:
            with psycopg.connect(store.dsn("worker"), autocommit=True) as worker:
                ready.wait()
                found.extend(scan_due(worker, monday + timedelta(days=1), batch=20) for _ in range(5))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with psycopg.connect(store.dsn("migrate")) as connection:
            connection.execute("SET ROLE gridwarden_owner")
            rows = told(connection)
    assert sum(found) == len(rows) == 300
    assert {case for _, case in rows} == cases


def test_only_the_worker_scans(clocked: Store) -> None:
    with psycopg.connect(clocked.dsn("web")) as web:
        for query in ("SELECT due_scan(now(), 1)", "SELECT recompute_due(now(), 1)", "SELECT * FROM due_notices"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
                web.execute(query.encode())


# -- time used


def test_the_time_of_a_case_by_level_and_state(owner: psycopg.Connection) -> None:
    at = local("2026-11-18T09:00")
    case = new_case(owner, at, at + timedelta(days=9))
    up = {"area_code": "9001", "role": "desk", "posting_id": None}
    for seq, (hours, verb, state, data) in enumerate(
        [
            (1, "accept", "accepted", {}),
            (2, "return", "accepted", {"owner": up}),
            (6, "pause", "paused", {}),
            (24, "resume", "accepted", {}),
            (26, "will_not_do", "will_not_do", {}),
            (48, "reopen", "accepted", {"owner": {**up, "area_code": "90"}, "owner_before": up}),
        ],
        start=2,
    ):
        add_event(owner, case, seq, at + timedelta(hours=hours), verb, state, **data)
    hour = 3600.0
    assert used(owner, case, at + timedelta(hours=49)) == [
        TimeUsed("grid", "received", hour, hour),
        TimeUsed("grid", "accepted", hour, hour),
        # 11:00 to 15:00 with noon in it, and 9:00 to 11:00 the next day; the pause and the end are not in it.
        TimeUsed("village", "accepted", 4 * hour, 6 * hour),
        TimeUsed("village", "paused", 3 * hour, 18 * hour),
        TimeUsed("city", "accepted", hour, hour),
    ]
    assert used(owner, case, at + timedelta(minutes=30)) == [TimeUsed("grid", "received", hour / 2, hour / 2)]


def test_the_time_of_a_case_is_read_by_the_readers_rights(clocked: Store) -> None:
    at = local("2026-11-18T09:00")
    with psycopg.connect(clocked.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        case = new_case(connection, at, at + timedelta(days=9))
    with psycopg.connect(clocked.dsn("web")) as web:
        web.execute("SELECT act_as(NULL, %s)", (at,))
        assert used(web, case, NOW) == []


def used(connection: psycopg.Connection, case: int, at: datetime) -> list[TimeUsed]:
    return [TimeUsed(*row) for row in connection.execute("SELECT * FROM time_used(%s, %s)", (case, at))]


# -- plans


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT 1 FROM work_spans WHERE from_at <= '2026-11-18Z' ORDER BY from_at DESC LIMIT 1", "work_spans_pkey"),
        ("SELECT 1 FROM work_spans WHERE before_s < 4711 ORDER BY before_s DESC LIMIT 1", "work_spans_by_seconds"),
        ("SELECT to_at FROM work_spans WHERE day_no = 300 ORDER BY to_at DESC LIMIT 1", "work_spans_by_day"),
        (
            "SELECT id FROM cases WHERE closed_at IS NULL AND due_at > '2026-11-18Z'"
            " AND (due_at AT TIME ZONE 'UTC') - (due_at - received_at) / 5 <= '2026-11-02 01:00'",
            "cases_to_warn",
        ),
        ("SELECT id FROM cases WHERE closed_at IS NULL AND stage_due_at <= '2026-11-02Z'", "cases_by_stage"),
    ],
)
def test_each_index_serves_the_query_that_it_names(owner: psycopg.Connection, query: str, index: str) -> None:
    owner.execute("""
        INSERT INTO cases (category_code, private, urgency, state, area_code, chain, owner_area_code, owner_role, received_at,
                           due_at, stage_due_at, closed_at, channel)
        SELECT 'dumping', false, 'normal', 'accepted', '9001001', '{90,9001,9001001}', '9001001', 'head',
               '2026-11-01Z', '2026-11-02Z'::timestamptz + n * interval '1 hour', '2026-11-02Z'::timestamptz + n * interval '1 hour',
               NULL, 'app' FROM generate_series(1, 5000) n
    """)
    owner.execute("ANALYZE cases")
    row = owner.execute(sql.SQL("EXPLAIN (FORMAT JSON) {}").format(sql.SQL(query))).fetchone()
    assert row is not None
    assert index in json.dumps(row[0])
