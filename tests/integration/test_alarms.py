"""Alarms: what rules on places do to cases in the database, once each, and what is told of them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from gis.store import Store
from grids import place_alarms
from grids.place_alarms import lines_of, rules_in_force
from grids.place_keeping import settle_waiting
from grids.place_rules import rings_in_turn, rings_now
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import LAT, LON, STEP, Town, case_of, look, opened, step

HOUR, DAY = 60, 24 * 60
THIRD, TWICE_REOPENED, UNCONFIRMED, NEAR, TO_AND_FRO = 1, 2, 3, 4, 5


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(county_of_all: Store) -> Iterator[Town]:
    with cloned(county_of_all) as store, opened(store) as town:
        # No share is drawn, so that every reason for a re-check is one of the rules.
        town.owner.execute("UPDATE recheck_shares SET share = 0")
        yield town


def rung(town: Town) -> list[tuple[int, int]]:
    rows = town.owner.execute("SELECT rule_id, case_id FROM alarms ORDER BY at, rule_id, case_id").fetchall()
    return [(row["rule_id"], row["case_id"]) for row in rows]


def alarm_of(town: Town, case_id: int) -> dict[str, Any]:
    row = town.owner.execute(
        "SELECT data FROM events WHERE case_id = %s AND verb = 'alarm' ORDER BY seq DESC LIMIT 1", (case_id,)
    ).fetchone()
    assert row
    data: dict[str, Any] = row["data"]
    return data


def posting(town: Town, area: str, role: str) -> int:
    row = town.owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = %s AND during @> %s", (area, role, county.NOW)
    ).fetchone()
    assert row
    return int(row["id"])


def solved_by_silence(town: Town, head: str, report: int, minutes: int) -> None:
    """Let the head take it, say that it is solved, and nobody answer for eight days."""
    step(town, head, report, "take", minutes)
    step(town, head, report, "claim", minutes + HOUR)
    step(town, None, report, "lapse", minutes + 8 * DAY, as_worker=True)


def test_the_third_report_is_urgent_one_level_up_and_supervised(town: Town) -> None:
    first, second = town.say(0, 0), town.say(1, 0, DAY)
    look(town, DAY)
    assert rung(town) == []
    third = town.say(0, 1, 2 * DAY)
    before = case_of(town, first)
    look(town, 2 * DAY)
    cases = [case_of(town, report) for report in (first, second, third)]
    assert rung(town) == [(THIRD, case["id"]) for case in cases]
    for case in cases:
        assert (case["urgency"], case["recurring"], case["state"]) == ("urgent", True, "received")
        assert (case["owner_area_code"], case["owner_role"]) == (county.VILLAGE, "desk")
        assert case["supervisor_posting_id"] == posting(town, county.VILLAGE, "supervisor")
        told = alarm_of(town, case["id"])
        assert told["facts"] == {"reports": 3, "days": 90}
        assert told["owner_before"]["area_code"] == county.GRID
        assert told["place_id"] == first
    assert before["owner_area_code"] == county.GRID
    # Looked at again, nothing rings twice; the fourth report rings for its own case alone.
    fourth = town.say(1, 1, 3 * DAY)
    look(town, 3 * DAY)
    town.worker.execute("SELECT all_places_touched()")
    look(town, 3 * DAY)
    assert rung(town)[3:] == [(THIRD, case_of(town, fourth)["id"])]
    assert case_of(town, first)["owner_area_code"] == county.VILLAGE


def test_reports_of_long_ago_and_of_other_families_do_not_count(town: Town) -> None:
    town.say(0, 0)
    town.say(0, 0, DAY)
    town.say(0, 0, 2 * DAY, category="light")
    # The first one is 90 days old, and that is too old.
    town.say(0, 0, 90 * DAY)
    look(town, 90 * DAY)
    assert rung(town) == []
    town.say(0, 0, 90 * DAY + 10)
    look(town, 90 * DAY + 10)
    assert {rule for rule, _ in rung(town)} == {THIRD}


def test_the_second_reopening_goes_one_level_further(town: Town) -> None:
    report = town.say(0, 0)
    look(town, 0)
    step(town, f"head@{county.GRID}", report, "take", HOUR)
    step(town, f"head@{county.GRID}", report, "claim", 2 * HOUR)
    case = step(town, None, report, "deny", 3 * HOUR)
    look(town, 3 * HOUR)
    assert (rung(town), case["owner_area_code"]) == ([], county.VILLAGE)
    head = posting(town, county.GRID, "head")
    step(town, f"desk@{county.VILLAGE}", report, "dispatch", 4 * HOUR, owner={"posting_id": head})
    step(town, f"head@{county.GRID}", report, "start", 5 * HOUR)
    step(town, f"head@{county.GRID}", report, "claim", 6 * HOUR)
    step(town, None, report, "deny", 7 * HOUR)
    look(town, 7 * HOUR)
    case = case_of(town, report)
    assert rung(town) == [(TWICE_REOPENED, case["id"])]
    # The reopening itself took it to the village.
    assert (case["owner_area_code"], case["owner_role"], case["state"]) == (county.TOWNSHIP, "desk", "accepted")
    assert case["supervisor_posting_id"] == posting(town, county.TOWNSHIP, "supervisor")
    assert alarm_of(town, case["id"])["facts"] == {"reopened": 2, "days": 90}


def test_twice_closed_unconfirmed_is_looked_at_by_the_level_above_alone(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    solved_by_silence(town, f"head@{county.GRID}", first, HOUR)
    second = town.say(0, 0, 40 * DAY)
    look(town, 40 * DAY)
    assert rung(town) == []
    solved_by_silence(town, "next", second, 40 * DAY + HOUR)
    third = town.say(0, 0, 110 * DAY)
    look(town, 110 * DAY)
    case = case_of(town, third)
    assert rung(town) == [(UNCONFIRMED, case["id"])]
    assert (case["recheck_above"], case["owner_area_code"]) == (True, county.GRID)
    step(town, "next", third, "take", 110 * DAY + HOUR)
    case = step(town, "next", third, "claim", 110 * DAY + 2 * HOUR)
    assert case["recheck"] == ["recurring", "above"]
    # A confirmation alone does not close it, and the supervisor of the grid itself stands no higher than its head.
    assert step(town, None, third, "confirm", 110 * DAY + 3 * HOUR)["state"] == "claimed_solved"
    with pytest.raises(psycopg.Error) as refused:
        step(town, f"supervisor@{county.GRID}", third, "pass_recheck", 110 * DAY + 4 * HOUR)
    assert refused.value.sqlstate == "GW022"
    with psycopg.connect(town.store.dsn("web")) as web:
        for login, waits in ((f"supervisor@{county.GRID}", 0), (f"supervisor@{county.VILLAGE}", 1)):
            web.execute("SELECT act_as(%s, %s)", (county.session(login), county.NOW + timedelta(days=110)))
            row = web.execute(
                "SELECT counts -> 'recheck' FROM desk_look(%s, '1 day', 'open', NULL, NULL, NULL, NULL, NULL, 1)",
                (county.NOW + timedelta(days=110),),
            ).fetchone()
            assert row
            assert row[0] == waits, login
    case = step(town, f"supervisor@{county.VILLAGE}", third, "pass_recheck", 110 * DAY + 5 * HOUR)
    assert (case["state"], case["confirmed"]) == ("closed", True)


def test_a_claim_waits_where_it_is_for_the_recheck_that_it_needs_now(town: Town) -> None:
    first, second = town.say(0, 0), town.say(0, 0, DAY)
    look(town, DAY)
    step(town, f"head@{county.GRID}", first, "take", DAY)
    assert step(town, f"head@{county.GRID}", first, "claim", DAY + HOUR)["recheck"] == []
    town.say(0, 0, 2 * DAY)
    look(town, 2 * DAY)
    case = case_of(town, first)
    assert (case["state"], case["recheck"], case["owner_area_code"]) == ("claimed_solved", ["recurring"], county.GRID)
    assert step(town, None, first, "confirm", 3 * DAY)["state"] == "claimed_solved"
    assert case_of(town, second)["owner_area_code"] == county.VILLAGE


def test_what_comes_back_is_put_off_no_longer(town: Town) -> None:
    first = town.say(0, 0)
    town.say(0, 0, DAY)
    look(town, DAY)
    step(town, f"desk@{county.VILLAGE}", first, "accept", DAY)
    until = (county.NOW + timedelta(days=60)).isoformat()
    assert step(town, f"desk@{county.VILLAGE}", first, "pause", DAY + HOUR, until=until)["state"] == "paused"
    town.say(0, 0, 5 * DAY)
    look(town, 5 * DAY)
    case = case_of(town, first)
    assert (case["state"], case["paused_at"], case["owner_area_code"]) == ("accepted", None, county.VILLAGE)
    verbs = town.owner.execute("SELECT verb FROM events WHERE case_id = %s ORDER BY seq", (case["id"],)).fetchall()
    assert [row["verb"] for row in verbs][-2:] == ["resume", "alarm"]


def test_dumping_beside_a_nursery_is_a_hazard(town: Town) -> None:
    town.owner.execute(
        "INSERT INTO sites (code, kind, name, during, synthetic, geom) VALUES"
        " ('n1', 'nursery', '示例苗圃', tstzrange('2020-01-01Z', %s), true, ST_Point(%s, %s, 4326)),"
        " ('s1', 'reservoir', '水库', '[2020-01-01Z,)', true, ST_Point(%s, %s, 4326))",
        (county.NOW + timedelta(days=10), LON + 15 * STEP, LAT, LON, LAT),
    )
    near, lamp, far = town.say(0, 0), town.say(0, 0, category="light"), town.say(-20, 0)
    look(town, 0)
    assert rung(town) == [(NEAR, case_of(town, near)["id"])]
    facts = alarm_of(town, case_of(town, near)["id"])["facts"]["site"]
    assert (facts["kind"], facts["name"]) == ("nursery", "示例苗圃")
    assert 120 < facts["metres"] < 140
    assert [case_of(town, one)["hazard"] for one in (near, lamp, far)] == [True, False, False]
    # A hazard stays where it is; only the re-check cannot be left out.
    assert case_of(town, near)["owner_area_code"] == county.GRID
    # The nursery is gone: who speaks later speaks of no hazard, what was one stays one.
    later = town.say(5, 0, 20 * DAY)
    look(town, 20 * DAY)
    assert not case_of(town, later)["hazard"]
    assert case_of(town, near)["hazard"]


def test_what_two_grids_hand_to_and_fro_goes_to_the_township(town: Town) -> None:
    report = town.say(0, 0)
    look(town, 0)
    desk = f"desk@{county.VILLAGE}"
    here, there = posting(town, county.GRID, "head"), posting(town, county.DEPUTISED, "deputy")
    step(town, desk, report, "dispatch", HOUR, owner={"posting_id": there})
    look(town, HOUR)
    step(town, f"deputy@{county.DEPUTISED}", report, "return", 2 * HOUR)
    look(town, 2 * HOUR)
    assert rung(town) == []
    step(town, desk, report, "dispatch", 3 * HOUR, owner={"posting_id": here})
    look(town, 3 * HOUR)
    case = case_of(town, report)
    assert rung(town) == [(TO_AND_FRO, case["id"])]
    assert (case["owner_area_code"], case["owner_role"], case["state"]) == (county.TOWNSHIP, "desk", "accepted")
    assert alarm_of(town, case["id"])["facts"] == {"handed": 2, "days": 90}


# Steps to the east of the first spot at which the grid ends and its neighbour begins.
BORDER = round((county.AREAS[county.GRID][0] + county.AREAS[county.GRID][2] - LON) / STEP, 4)


def handed_over(town: Town, report: int, area: str, minutes: int) -> dict[str, Any]:
    """Let the desk of the village hand a case to whoever answers for one of its grids on that day."""
    row = town.owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role IN ('head', 'deputy') AND during @> %s ORDER BY role DESC",
        (area, county.NOW + timedelta(minutes=minutes)),
    ).fetchone()
    assert row
    return step(town, f"desk@{county.VILLAGE}", report, "dispatch", minutes, owner={"posting_id": row["id"]})


def closed_by_the_neighbour(town: Town, report: int, minutes: int) -> None:
    """Let the neighbour, to whom it was handed, say that it is solved, and nobody answer."""
    step(town, f"deputy@{county.DEPUTISED}", report, "start", minutes)
    step(town, f"deputy@{county.DEPUTISED}", report, "claim", minutes + 1)
    step(town, None, report, "lapse", minutes + 8 * DAY, as_worker=True)


def sent_to_the_township(town: Town) -> list[int]:
    return [case for rule, case in rung(town) if rule == TO_AND_FRO]


def test_what_two_grids_hand_to_and_fro_in_one_case_after_another_goes_to_the_township(town: Town) -> None:
    march = town.say(BORDER - 1, 0)
    look(town, 0)
    handed_over(town, march, county.DEPUTISED, HOUR)
    closed_by_the_neighbour(town, march, 2 * HOUR)
    may = town.say(BORDER + 1, 0, 50 * DAY)
    look(town, 50 * DAY)
    assert set(town.places().values()) == {march}
    assert case_of(town, may)["owner_area_code"] == county.DEPUTISED
    assert sent_to_the_township(town) == []
    handed_over(town, may, county.GRID, 50 * DAY + HOUR)
    look(town, 50 * DAY + HOUR)
    case = case_of(town, may)
    assert sent_to_the_township(town) == [case["id"]]
    assert (case["owner_area_code"], case["owner_role"]) == (county.TOWNSHIP, "desk")
    assert alarm_of(town, case["id"])["facts"] == {"handed": 2, "days": 90}
    # Whatever comes next at this border is the township's at once, as long as both hand-overs count.
    june = town.say(BORDER - 1, 1, 85 * DAY)
    look(town, 85 * DAY)
    assert sent_to_the_township(town) == [case["id"], case_of(town, june)["id"]]
    assert case_of(town, june)["owner_area_code"] == county.TOWNSHIP
    town.say(BORDER + 1, 1, 91 * DAY)
    look(town, 91 * DAY)
    assert len(sent_to_the_township(town)) == 2


def test_what_was_handed_away_and_begins_again_with_the_same_grid_has_come_back(town: Town) -> None:
    first = town.say(BORDER - 1, 0)
    look(town, 0)
    handed_over(town, first, county.DEPUTISED, HOUR)
    # One that lies beside it meanwhile goes the same way: that is the same hand-over.
    beside = town.say(BORDER - 1, 1, 2 * HOUR)
    look(town, 2 * HOUR)
    handed_over(town, beside, county.DEPUTISED, 3 * HOUR)
    look(town, 3 * HOUR)
    assert sent_to_the_township(town) == []
    for report in (first, beside):
        closed_by_the_neighbour(town, report, 4 * HOUR)
    again = town.say(BORDER - 1, 0, 45 * DAY)
    look(town, 45 * DAY)
    case = case_of(town, again)
    assert sent_to_the_township(town) == [case["id"]]
    assert alarm_of(town, case["id"])["facts"] == {"handed": 2, "days": 90}
    assert case["owner_area_code"] == county.TOWNSHIP


def test_a_border_on_whose_sides_each_grid_has_its_own_is_no_to_and_fro(town: Town) -> None:
    for turn, (east, head) in enumerate(((-1, f"head@{county.GRID}"), (1, f"deputy@{county.DEPUTISED}"))):
        report = town.say(BORDER + east, 0, 45 * turn * DAY)
        look(town, 45 * turn * DAY)
        solved_by_silence(town, head, report, 45 * turn * DAY + HOUR)
    for day, east in ((85, -1), (86, 1), (87, -1)):
        town.say(BORDER + east, 0, day * DAY)
        look(town, day * DAY)
    assert set(town.places().values()) == {min(town.places())}
    assert sent_to_the_township(town) == []


def test_no_alarm_gives_more_time_or_lowers_an_urgency(town: Town) -> None:
    first = town.say(0, 0, category="light")
    look(town, 0)
    words: dict[str, Any] = {"urgency": "emergency"}
    step(town, f"desk@{county.VILLAGE}", first, "set_urgency", 1, **words)
    due_at = case_of(town, first)["due_at"]
    town.say(0, 0, 2, category="light")
    town.say(0, 0, 3, category="light")
    look(town, 3)
    case = case_of(town, first)
    assert (case["urgency"], case["due_at"]) == ("emergency", due_at)
    others = town.owner.execute(
        "SELECT due_at, received_at, urgency FROM cases WHERE id <> %s", (case["id"],)
    ).fetchall()
    # The category names a day for what is urgent, and two where nothing is.
    for other in others:
        assert other["urgency"] == "urgent"
        assert timedelta(hours=23) < other["due_at"] - other["received_at"] <= timedelta(hours=24, minutes=5)


def test_a_rule_of_dispatch_waits_for_the_place(town: Town) -> None:
    town.owner.execute(
        "INSERT INTO dispatch_rules (rank, during, note, family, target, automatic, made_at)"
        " VALUES (1, '[2019-01-01Z,)', '清运', 'waste', 'head', true, %s)",
        (county.NOW,),
    )
    due = "SELECT case_id FROM dispatches_due(%s, 10)"
    at = (county.NOW + timedelta(minutes=1),)
    report = town.say(0, 0)
    assert town.worker.execute(due, at).fetchall() == []
    settle_waiting(town.worker)
    assert town.worker.execute(due, at).fetchall() == []
    look(town, 1)
    assert town.worker.execute(due, at).fetchall() == [(case_of(town, report)["id"],)]
    # What comes back went up to be decided by somebody.
    for minutes in (2, 3):
        town.say(0, 0, minutes)
        look(town, minutes)
    assert len(rung(town)) == 3
    assert town.worker.execute(due, (county.NOW + timedelta(minutes=4),)).fetchall() == []


def test_an_emergency_waits_for_no_place(town: Town) -> None:
    town.owner.execute(
        "INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines)"
        " VALUES ('gas', '2019-01-01Z', 'waste', '燃气泄漏', 'Gas leak', false, 'emergency', '{\"solve\": {\"hours\": 2}}')"
    )
    town.owner.execute(
        "INSERT INTO dispatch_rules (rank, during, note, family, target, automatic, made_at)"
        " VALUES (1, '[2019-01-01Z,)', '抢修', 'waste', 'head', true, %s)",
        (county.NOW,),
    )
    town.say(0, 0)
    leak = town.say(0, 0, 1, "gas")
    due = town.worker.execute("SELECT case_id FROM dispatches_due(%s, 10)", (county.NOW + timedelta(minutes=1),))
    assert due.fetchall() == [(case_of(town, leak)["id"],)]


def test_what_a_department_works_on_and_an_emergency_stay_where_they_are(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    department = posting(town, county.TOWNSHIP, "department")
    step(town, f"desk@{county.TOWNSHIP}", first, "dispatch", 1, owner={"posting_id": department})
    second = town.say(0, 0, 2)
    step(town, f"desk@{county.VILLAGE}", second, "set_urgency", 3, urgency="emergency")
    town.owner.execute(
        "INSERT INTO dispatch_rules (rank, during, note, urgency, target, automatic, made_at)"
        " VALUES (1, '[2019-01-01Z,)', '特急', 'emergency', 'head', true, %s)",
        (county.NOW,),
    )
    third = town.say(0, 0, 4)
    before = [case_of(town, one) for one in (first, second)]
    look(town, 5)
    after = [case_of(town, one) for one in (first, second)]
    assert len(rung(town)) == 3
    for old, new in zip(before, after, strict=True):
        assert [new[name] for name in ("owner_area_code", "owner_role", "state", "elsewhere")] == [
            old[name] for name in ("owner_area_code", "owner_role", "state", "elsewhere")
        ]
        assert new["supervisor_posting_id"] is not None
    assert case_of(town, third)["owner_area_code"] == county.VILLAGE
    # What did not move is handed on by its rule.
    due = town.worker.execute("SELECT case_id FROM dispatches_due(%s, 10)", (county.NOW + timedelta(minutes=6),))
    assert due.fetchall() == [(case_of(town, second)["id"],)]


def test_what_is_split_off_from_what_went_up_is_not_handed_down(town: Town) -> None:
    reports = [town.say(0, 0, minutes) for minutes in range(3)]
    look(town, 5)
    target = case_of(town, reports[0])
    step(town, f"desk@{county.VILLAGE}", reports[1], "merge", 6, into=target["id"])
    number = town.sent[reports[1]].number
    step(town, f"desk@{county.VILLAGE}", reports[0], "split", 7, report=number)
    part = case_of(town, reports[1])
    assert (part["state"], part["owner_area_code"]) == ("received", county.VILLAGE)
    town.owner.execute(
        "INSERT INTO dispatch_rules (rank, during, note, family, target, automatic, made_at)"
        " VALUES (1, '[2019-01-01Z,)', '清运', 'waste', 'head', true, %s)",
        (county.NOW,),
    )
    at = (county.NOW + timedelta(minutes=8),)
    assert town.worker.execute("SELECT case_id FROM dispatches_due(%s, 10)", at).fetchall() == []
    town.worker.execute("SELECT all_places_touched()")
    look(town, 9)
    assert len(rung(town)) == 4
    assert case_of(town, reports[1])["version"] == part["version"]


def test_a_neighbours_claim_waits_with_those_who_may_look_again(town: Town) -> None:
    report = town.say(0, 0)
    look(town, 0)
    town.owner.execute("UPDATE cases SET recheck_above = true")
    sibling = posting(town, county.SIBLING, "head")
    step(town, f"desk@{county.TOWNSHIP}", report, "dispatch", 1, owner={"posting_id": sibling})
    step(town, f"head@{county.SIBLING}", report, "start", 2)
    assert step(town, f"head@{county.SIBLING}", report, "claim", 3)["recheck"] == ["above"]
    with psycopg.connect(town.store.dsn("web")) as web:
        web.execute("SELECT act_as(%s, %s)", (county.session(f"supervisor@{county.VILLAGE}"), county.NOW))
        row = web.execute(
            "SELECT counts -> 'recheck' FROM desk_look(%s, '1 day', 'open', NULL, NULL, NULL, NULL, NULL, 1)",
            (county.NOW + timedelta(minutes=4),),
        ).fetchone()
        assert row == (1,)
    assert step(town, f"supervisor@{county.VILLAGE}", report, "pass_recheck", 5)["state"] == "closed"


def test_solutions_that_somebody_confirmed_later_do_not_ring(town: Town) -> None:
    for day in (0, 40):
        report = town.say(0, 0, day * DAY)
        look(town, day * DAY)
        solved_by_silence(town, "next" if day else f"head@{county.GRID}", report, day * DAY + HOUR)
        step(town, None, report, "evaluate", (day + 9) * DAY, rating="solved")
    town.say(0, 0, 80 * DAY)
    look(town, 80 * DAY)
    assert case_of(town, report)["state"] == "closed"
    assert UNCONFIRMED not in {rule for rule, _ in rung(town)}


def test_those_who_have_to_see_to_it_are_told(town: Town) -> None:
    town.owner.execute("UPDATE people SET email = replace(login, '@', '.') || '@example.com'")
    for minutes in range(3):
        report = town.say(0, 0, minutes)
    look(town, 5)
    row = town.owner.execute(
        "SELECT id FROM outbox WHERE topic = 'case.alarm' AND (payload ->> 'case_id')::bigint = %s",
        (case_of(town, report)["id"],),
    ).fetchone()
    assert row
    told = town.owner.execute(
        "SELECT c.relation, p.login FROM concerned(%s, %s) c JOIN people p ON 'person:' || p.id = c.recipient ORDER BY 1, 2",
        ([row["id"]], county.NOW),
    ).fetchall()
    assert [(one["relation"], one["login"]) for one in told] == [
        ("owner", "both"),
        ("owner", f"desk@{county.VILLAGE}"),
        ("owner", f"dispatcher@{county.VILLAGE}"),
        ("supervisor", f"supervisor@{county.VILLAGE}"),
    ]


def test_a_place_that_cannot_be_looked_at_holds_up_no_other(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = town.say(0, 0)
    for minutes in range(3):
        town.say(30, 0, minutes)

    def rings(rules: Any, family: str, lines: Any, *rest: Any) -> Any:
        if len(lines) == 2:
            raise ValueError("as no line ever was")
        return rings_now(rules, family, lines, *rest)

    monkeypatch.setattr(place_alarms, "rings_now", rings)
    look(town, 5)
    assert len(rung(town)) == 3
    assert case_of(town, bad)["version"] == 1
    # The nightly look finds what was left out, and a rule that began at midnight.
    monkeypatch.undo()
    town.owner.execute(
        "INSERT INTO place_rules (during, note, category_code, days, site_kinds, within_m, deeds, made_at)"
        " VALUES ('[2019-01-01Z,)', '试', 'dumping', 90, '{tree}', 50, '{hazard}', '2019-01-01Z')"
    )
    town.owner.execute(
        "INSERT INTO sites (code, kind, name, during, synthetic, geom)"
        " VALUES ('t1', 'tree', '古树', '[2020-01-01Z,)', true, ST_Point(%s, %s, 4326))",
        (LON, LAT),
    )
    town.worker.execute("SELECT all_places_touched()")
    look(town, 6)
    assert case_of(town, bad)["hazard"]


def test_played_in_turn_the_same_rings_at_the_same_time(town: Town) -> None:
    for minutes in (0, DAY, 2 * DAY, 5 * DAY):
        town.say(0, 0, minutes)
        look(town, minutes)
    rules = rules_in_force(town.worker, county.NOW)
    (place,) = set(town.places().values())
    (told,) = lines_of(town.worker, [place], rules)
    played = sorted((one.at, one.rule_id, one.case_id) for one in rings_in_turn(rules, told.family, told.lines))
    rang = town.owner.execute("SELECT at, rule_id, case_id FROM alarms ORDER BY 1, 2, 3").fetchall()
    assert played == [(row["at"], row["rule_id"], row["case_id"]) for row in rang]


@pytest.mark.parametrize(
    "wrong",
    [
        {"deeds": []},
        {"deeds": ["down"]},
        {"reports_from": None},
        {"reports_from": 1},
        {"days": 0},
        {"within_m": 50},
        {"site_kinds": ["school"]},
        {"site_kinds": [], "within_m": 50},
        {"site_kinds": ["school"], "within_m": 0},
        {"note": ""},
    ],
    ids=json.dumps,
)
def test_no_rule_that_says_nothing(town: Town, wrong: dict[str, Any]) -> None:
    row = {"note": "试", "days": 30, "reports_from": 2, "deeds": ["up"], "site_kinds": None, "within_m": None, **wrong}
    with pytest.raises(psycopg.errors.CheckViolation):
        town.owner.execute(
            "INSERT INTO place_rules (during, note, days, reports_from, site_kinds, within_m, deeds, made_at)"
            " VALUES ('[2020-01-01Z,)', %(note)s, %(days)s, %(reports_from)s, %(site_kinds)s, %(within_m)s, %(deeds)s, now())",
            row,
        )
