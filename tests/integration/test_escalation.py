"""Going up: who may handle what, how long a level has, by choice, by rule and by the clock; and never in a circle."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gis.store import Store
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import Town, case_of, opened, step

HOUR, DAY = 60, 24 * 60
HEAD, VILLAGE, TOWNSHIP, COUNTY = (
    f"{role}@{area}"
    for role, area in (
        ("head", county.GRID),
        ("desk", county.VILLAGE),
        ("desk", county.TOWNSHIP),
        ("desk", county.COUNTY),
    )
)


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(county_of_all: Store) -> Iterator[Town]:
    with cloned(county_of_all) as store, opened(store) as town:
        yield town


def rule(town: Town, kind: str, level: str, after: dict[str, float] | None = None, **other: Any) -> int:
    row = town.owner.execute(
        "INSERT INTO escalation_rules (kind, during, note, category_code, family, area_code, urgency, level, after, made_at)"
        " VALUES (%s, tstzrange(%s, NULL), '试', %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (
            kind,
            other.get("since", county.NOW - timedelta(days=900)),
            other.get("category"),
            other.get("family"),
            other.get("area"),
            other.get("urgency"),
            level,
            Jsonb(after) if after else None,
            county.NOW,
        ),
    ).fetchone()
    assert row
    return int(row["id"])


def minute(minutes: float) -> datetime:
    return county.NOW + timedelta(minutes=minutes)


def goes(town: Town, minutes: float) -> int:
    row = town.worker.execute("SELECT escalate_due(%s, 1000)", (minute(minutes),)).fetchone()
    assert row
    return int(row[0])


def owner_of(town: Town, report: int) -> tuple[str, str]:
    case = case_of(town, report)
    return case["owner_area_code"], case["owner_role"]


def posting(town: Town, area: str, role: str) -> dict[str, int]:
    row = town.owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = %s AND during @> %s", (area, role, county.NOW)
    ).fetchone()
    assert row
    return {"posting_id": row["id"]}


def lines(town: Town, report: int) -> list[dict[str, Any]]:
    return town.owner.execute(
        "SELECT e.* FROM events e JOIN reports r ON r.case_id = e.case_id WHERE r.id = %s AND e.verb = 'escalate' ORDER BY seq",
        (report,),
    ).fetchall()


def refused(town: Town, login: str, report: int, verb: str, minutes: int, **data: Any) -> Any:
    with pytest.raises(psycopg.Error) as caught:
        step(town, login, report, verb, minutes, **data)
    return caught.value.diag.message_detail


# -- by choice


def test_whoever_has_it_sends_it_up_level_by_level_and_above_the_topmost_there_is_nobody(town: Town) -> None:
    report = town.say(0, 0)
    step(town, HEAD, report, "accept", 10)
    for login, area in ((HEAD, county.VILLAGE), (VILLAGE, county.TOWNSHIP), (TOWNSHIP, county.COUNTY)):
        case = step(town, login, report, "escalate", 20)
        assert (case["owner_area_code"], case["owner_role"], case["state"]) == (area, "desk", "accepted")
    assert refused(town, COUNTY, report, "escalate", 30) == '{"need": "higher"}'
    assert [line["data"]["owner_before"]["area_code"] for line in lines(town, report)] == [
        county.GRID, county.VILLAGE, county.TOWNSHIP,
    ]  # fmt: skip
    # It is no return: nobody's count of those grows, and no deadline moves.
    assert (case["returned"], case["due_at"]) == (0, minute(72 * HOUR))


def test_two_who_act_at_once_do_not_take_it_twice(town: Town) -> None:
    report = town.say(0, 0)
    case = step(town, HEAD, report, "accept", 10)
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def act(login: str, verb: str, data: dict[str, Any]) -> None:
        with psycopg.connect(town.store.dsn("web"), autocommit=True) as web:
            ready.wait()
            try:
                web.execute(
                    "SELECT take_step(%s, NULL, %s, %s, %s, %s, '原因', %s)",
                    (county.session(login), minute(20), case["id"], case["version"], verb, Jsonb(data)),
                )
                outcomes.append("taken")
            except psycopg.Error as error:
                outcomes.append(str(error.sqlstate))

    pair = [
        threading.Thread(target=act, args=(HEAD, "escalate", {})),
        threading.Thread(
            target=act, args=(TOWNSHIP, "dispatch", {"owner": posting(town, county.TOWNSHIP, "department")})
        ),
    ]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join(30)
    assert sorted(outcomes) == ["GW020", "taken"]


def test_what_came_up_twice_is_not_handed_down_there_a_third_time(town: Town) -> None:
    report = town.say(0, 0)
    step(town, HEAD, report, "accept", 10)
    head = posting(town, county.GRID, "head")
    step(town, HEAD, report, "escalate", 20)
    step(town, VILLAGE, report, "dispatch", 30, owner=head)
    step(town, HEAD, report, "escalate", 40)
    assert refused(town, VILLAGE, report, "dispatch", 50, owner=head) == '{"need": "loop"}'
    # To others, and further up, the way is open; and nothing was lost.
    assert (
        step(town, VILLAGE, report, "dispatch", 60, owner=posting(town, county.DEPUTISED, "deputy"))["state"]
        == "dispatched"
    )


# -- by what a level may handle


def test_what_a_level_may_not_handle_goes_to_the_one_that_may(town: Town) -> None:
    number = rule(town, "authority", "township", family="waste")
    report, other = town.say(0, 0), town.say(5, 5, category="light")
    assert refused(town, HEAD, report, "take", 5) == '{"need": "authority"}'
    assert goes(town, 10) == 1
    case = case_of(town, report)
    # Two levels at once; what nobody has accepted stays to be accepted.
    assert (owner_of(town, report), case["state"]) == ((county.TOWNSHIP, "desk"), "received")
    assert owner_of(town, other) == (county.GRID, "head")
    (line,) = lines(town, report)
    assert (line["data"]["rule_id"], line["data"]["as"], line["state"]) == (number, ["service"], "received")
    assert goes(town, 11) == 0
    step(town, TOWNSHIP, report, "accept", 20)
    assert (
        refused(town, TOWNSHIP, report, "dispatch", 30, owner=posting(town, county.VILLAGE, "department"))
        == '{"need": "level"}'
    )
    assert (
        refused(town, TOWNSHIP, report, "dispatch", 30, owner=posting(town, county.OTHER_VILLAGE, "desk"))
        == '{"need": "level"}'
    )
    assert (
        step(town, TOWNSHIP, report, "dispatch", 40, owner=posting(town, county.TOWNSHIP, "department"))["state"]
        == "dispatched"
    )


def test_the_nearest_rule_says_who_may(town: Town) -> None:
    rule(town, "authority", "county", family="waste")
    rule(town, "authority", "village", category="dumping", area=county.VILLAGE)
    here, there = town.say(0, 0), town.say_without_pin(county.SIBLING)
    assert goes(town, 10) == 2
    assert owner_of(town, here) == (county.VILLAGE, "desk")
    assert owner_of(town, there) == (county.COUNTY, "desk")


def test_a_rule_that_begins_later_counts_from_then_on(town: Town) -> None:
    rule(town, "authority", "township", family="waste", since=minute(DAY))
    report = town.say(0, 0)
    assert step(town, HEAD, report, "take", 10)["state"] == "in_progress"
    assert goes(town, DAY - 1) == 0
    assert refused(town, HEAD, report, "claim", DAY + 1) == '{"need": "authority"}'
    assert goes(town, DAY + 2) == 1
    assert (owner_of(town, report), case_of(town, report)["state"]) == ((county.TOWNSHIP, "desk"), "accepted")


# -- by the clock


def test_each_level_has_its_time_and_the_last_one_keeps_it(town: Town) -> None:
    rule(town, "clock", "grid", {"urgent_hours": 4})
    rule(town, "clock", "village", {"urgent_hours": 8})
    rule(town, "clock", "township", {"urgent_hours": 10})
    report = town.say(0, 0)
    assert goes(town, 4 * HOUR - 1) == 0
    assert goes(town, 4 * HOUR) == 1
    assert goes(town, 4 * HOUR) == 0
    # The time of a level begins when it comes there.
    assert goes(town, 12 * HOUR - 1) == 0
    assert goes(town, 12 * HOUR) == 1
    # After two days without a worker one level a look, and no more.
    assert goes(town, 48 * HOUR) == 1
    assert owner_of(town, report) == (county.COUNTY, "desk")
    assert goes(town, 900 * HOUR) == 0
    assert [line["at"] for line in lines(town, report)] == [minute(h * HOUR) for h in (4, 12, 48)]


def test_work_at_a_level_does_not_begin_its_time_anew(town: Town) -> None:
    rule(town, "clock", "village", {"urgent_hours": 8})
    report = town.say(0, 0)
    step(town, HEAD, report, "accept", 10)
    step(town, HEAD, report, "escalate", HOUR)
    step(town, VILLAGE, report, "dispatch", 5 * HOUR, owner=posting(town, county.VILLAGE, "department"))
    step(town, f"handler@{county.VILLAGE}", report, "start", 6 * HOUR)
    assert goes(town, 9 * HOUR - 1) == 0
    assert goes(town, 9 * HOUR) == 1
    case = case_of(town, report)
    assert (owner_of(town, report), case["state"]) == ((county.VILLAGE, "desk"), "accepted")


def test_a_pause_stops_the_clock_and_what_is_claimed_waits_for_its_re_check(town: Town) -> None:
    # A Monday, nine o'clock.
    rule(town, "clock", "grid", {"work_hours": 4})
    paused, claimed = town.say(0, 0), town.say(9, 9)
    step(town, HEAD, paused, "accept", 10)
    step(town, VILLAGE, paused, "pause", HOUR, until=minute(30 * HOUR).isoformat())
    step(town, HEAD, claimed, "take", 10)
    step(town, HEAD, claimed, "claim", HOUR)
    assert goes(town, 20 * HOUR) == 0
    step(town, VILLAGE, paused, "resume", 24 * HOUR)
    # An hour of the four was gone; until noon there are three.
    assert goes(town, 24 * HOUR + 3 * HOUR - 1) == 0
    assert goes(town, 24 * HOUR + 3 * HOUR + 1) == 1


def test_neither_a_claim_nor_an_older_case_that_goes_into_it_takes_a_level_s_time(town: Town) -> None:
    rule(town, "clock", "grid", {"urgent_hours": 72})
    town.owner.execute("UPDATE recheck_shares SET share = 1")
    failed = town.say(0, 0)
    step(town, HEAD, failed, "take", 10)
    step(town, HEAD, failed, "claim", 20)
    step(town, VILLAGE, failed, "fail_recheck", 5 * DAY)
    old = town.say(9, 9, 2 * DAY)
    step(town, HEAD, old, "accept", 2 * DAY + 20)
    step(town, HEAD, old, "escalate", 2 * DAY + 20)
    young = town.say(9, 9, 6 * DAY)
    step(town, HEAD, young, "accept", 6 * DAY + 10)
    step(town, VILLAGE, old, "merge", 6 * DAY + 20, into=case_of(town, young)["id"])
    assert case_of(town, young)["received_at"] == minute(2 * DAY)
    assert goes(town, 6 * DAY + 21) == 0
    assert goes(town, 9 * DAY - 1) == 1
    assert owner_of(town, failed) == (county.VILLAGE, "desk")
    assert goes(town, 9 * DAY + 1) == 1


def test_a_rule_counts_from_when_it_began_and_only_for_what_it_names(town: Town) -> None:
    rule(town, "clock", "grid", {"urgent_hours": 4}, urgency="urgent", since=minute(10 * HOUR))
    report, normal = town.say(0, 0), town.say(9, 9)
    step(town, HEAD, report, "accept", 10)
    step(town, VILLAGE, report, "set_urgency", 20, urgency="urgent")
    assert goes(town, 14 * HOUR - 1) == 0
    assert goes(town, 14 * HOUR) == 1
    assert owner_of(town, normal) == (county.GRID, "head")


def test_where_a_level_has_no_desk_it_goes_on_to_the_next(town: Town) -> None:
    rule(town, "clock", "grid", {"urgent_hours": 1})
    town.owner.execute(
        "UPDATE postings SET during = tstzrange(lower(during), %s) WHERE area_code IN (%s, %s) AND role = 'desk'",
        (minute(5), county.VILLAGE, county.TOWNSHIP),
    )
    report = town.say(0, 0)
    assert goes(town, HOUR) == 1
    assert owner_of(town, report) == (county.COUNTY, "desk")


def test_two_workers_send_each_case_up_once(town: Town) -> None:
    rule(town, "clock", "grid", {"urgent_hours": 1})
    reports = [town.say(n % 12, n // 12) for n in range(60)]
    ready = threading.Barrier(4)
    found: list[int] = []

    def work() -> None:
        with psycopg.connect(town.store.dsn("worker"), autocommit=True) as worker:
            ready.wait()
            row = worker.execute("SELECT escalate_due(%s, 1000)", (minute(HOUR),)).fetchone()
            found.append(row[0] if row else -1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    rest = goes(town, HOUR)
    assert sum(found) + rest == len(reports)
    assert all(len(lines(town, report)) == 1 for report in reports)


# -- what is kept of it


def test_the_case_says_what_goes_up_next_to_those_who_see_it(town: Town) -> None:
    clock = rule(town, "clock", "grid", {"urgent_hours": 4})
    report = town.say(0, 0)
    case = case_of(town, report)

    def next_of(login: str, minutes: int) -> list[tuple[Any, ...]]:
        with psycopg.connect(town.store.dsn("web"), autocommit=True) as web, web.transaction():
            web.execute("SELECT act_as(%s, %s)", (county.session(login), minute(minutes)))
            return web.execute(
                "SELECT rule_id, kind, at FROM goes_up(%s, %s)", (case["id"], minute(minutes))
            ).fetchall()

    assert next_of(HEAD, 5) == [(clock, "clock", minute(4 * HOUR))]
    assert next_of(f"head@{county.FOREIGN}", 5) == []
    law = rule(town, "authority", "township", category="dumping")
    assert next_of(HEAD, 5) == [(law, "authority", minute(5))]
    goes(town, 10)
    assert next_of(TOWNSHIP, 11) == []


def test_what_was_solved_is_counted_where_it_was_solved(town: Town) -> None:
    town.owner.execute("UPDATE recheck_shares SET share = 0")
    low, high = town.say(0, 0), town.say(9, 9)
    for report, login in ((low, HEAD), (high, COUNTY)):
        if report == high:
            step(town, HEAD, report, "accept", 5)
            for sender in (HEAD, VILLAGE, TOWNSHIP):
                step(town, sender, report, "escalate", 6)
        step(town, login, report, "take", 10)
        step(town, login, report, "claim", 20)
        step(town, None, report, "confirm", 30)
    with psycopg.connect(town.store.dsn("web"), autocommit=True) as web, web.transaction():
        web.execute("SELECT act_as(%s, %s)", (county.session(f"supervisor@{county.COUNTY}"), minute(40)))
        rows = web.execute(
            "SELECT * FROM solved_by_level(%s, %s, %s)", ([county.COUNTY], minute(0), minute(DAY))
        ).fetchall()
    assert sorted(rows) == [("county", 1), ("grid", 1)]
