"""What was closed is opened again by whoever reports it at its place within 30 days; later, and where it is another matter, it is a new case."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.place_alarms import look_at_waiting
from grids.place_keeping import settle_waiting
from grids.receipts import digest
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import Town, case_of, look, opened, step

HOUR, DAY = 60, 24 * 60


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(county_of_all: Store) -> Iterator[Town]:
    with cloned(county_of_all) as store, opened(store) as town:
        town.owner.execute("UPDATE recheck_shares SET share = 0")
        yield town


def history(town: Town, case_id: int) -> list[dict[str, Any]]:
    return town.owner.execute(
        "SELECT verb, state, posting_id, data FROM events WHERE case_id = %s ORDER BY seq", (case_id,)
    ).fetchall()


def solved(town: Town, report: int, minutes: int) -> dict[str, Any]:
    """Let the head solve it and its reporter confirm that."""
    head = f"head@{county.GRID}" if minutes < 30 * DAY else "next"
    step(town, head, report, "take", minutes)
    step(town, head, report, "claim", minutes + 1)
    case = step(town, None, report, "confirm", minutes + 2)
    assert (case["state"], case["confirmed"]) == ("closed", True)
    return case


def test_a_report_within_thirty_days_opens_it_again_one_level_up(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    closed = solved(town, first, HOUR)
    later = town.say(1, 1, 20 * DAY)
    own = case_of(town, later)["id"]
    look(town, 20 * DAY + 1)
    case = case_of(town, later)
    assert case["id"] == closed["id"] == case_of(town, first)["id"]
    assert (case["state"], case["reopened"], case["confirmed"], case["closed_at"]) == ("accepted", 1, None, None)
    assert (case["owner_area_code"], case["owner_role"]) == (county.VILLAGE, "desk")
    assert [(one["verb"], one["state"], one["posting_id"]) for one in history(town, case["id"])][-2:] == [
        ("reopen", "accepted", None),
        ("merge_in", "accepted", None),
    ]
    opened_by = history(town, case["id"])[-2]["data"]
    assert (opened_by["again"], opened_by["as"]) == (later, ["service"])
    assert [one["verb"] for one in history(town, own)] == ["receive", "join"]
    # Looked at again, nothing comes again.
    town.worker.execute("SELECT all_places_touched()")
    look(town, 20 * DAY + 2)
    assert case_of(town, later)["version"] == case["version"]
    assert town.owner.execute("SELECT * FROM audit_faults(NULL)").fetchall() == []


def test_whoever_opened_it_again_sees_what_comes_from_then_on_and_confirms_nothing(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    solved(town, first, HOUR)
    later = town.say(0, 0, 5 * DAY)
    look(town, 5 * DAY)
    with psycopg.connect(town.store.dsn("web")) as web:
        sent = town.sent[later]
        row = web.execute("SELECT reporter_view(%s, %s)", (sent.number, digest(sent.key))).fetchone()
        assert row
        assert [(one["verb"], one["reason"], one["again"]) for one in row[0]["events"]] == [
            ("reopen", None, True),
            ("merge_in", None, False),
        ]
    desk = f"desk@{county.VILLAGE}"
    step(town, desk, later, "take", 5 * DAY + 1)
    assert step(town, desk, later, "claim", 5 * DAY + 2)["recheck"] == ["reopened"]
    with pytest.raises(psycopg.Error) as refused:
        step(town, None, later, "confirm", 5 * DAY + 3)
    assert refused.value.sqlstate == "GW022"
    assert step(town, None, later, "deny", 5 * DAY + 3)["reopened"] == 2


def test_after_thirty_days_it_is_a_new_case_at_the_place(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    closed = solved(town, first, HOUR)
    later = town.say(0, 0, 31 * DAY)
    look(town, 31 * DAY)
    assert case_of(town, later)["id"] != closed["id"]
    assert case_of(town, first) == closed
    assert town.places() == {first: first, later: first}


@pytest.mark.parametrize(("channel", "opens"), [("app", True), ("letterbox", False)])
def test_a_letter_goes_past_it_and_opens_nothing(town: Town, channel: str, opens: bool) -> None:
    first = town.say(0, 0)
    look(town, 0)
    solved(town, first, HOUR)
    again = town.say(0, 0, DAY)
    look(town, DAY)
    desk = f"desk@{county.VILLAGE}"
    for minutes, (who, verb) in enumerate(
        ((desk, "take"), (desk, "claim"), (f"supervisor@{county.TOWNSHIP}", "pass_recheck")), 1
    ):
        closed = step(town, who, again, verb, DAY + minutes)
    assert closed["state"] == "closed"
    # The level above the village's desk, which would have it then, is that of the letterbox.
    later = town.say(1, 1, 2 * DAY, channel=channel)
    look(town, 2 * DAY)
    assert (case_of(town, later)["id"] == closed["id"]) == opens
    assert town.places()[later] == first


def test_it_is_not_put_off_by_when_the_worker_looks(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    closed = solved(town, first, HOUR)
    later = town.say(0, 0, 30 * DAY)
    # The worker was down for a fortnight; what counts is when it was reported.
    look(town, 44 * DAY)
    assert case_of(town, later)["id"] == closed["id"]


def test_what_was_declined_and_other_matters_are_judged_anew(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    assert step(town, f"desk@{county.VILLAGE}", first, "decline", HOUR)["state"] == "declined"
    again = town.say(0, 0, DAY)
    look(town, DAY)
    assert case_of(town, again)["state"] == "received"
    closed = solved(town, again, DAY + HOUR)
    # Another family, another place, and what came before it was closed.
    lamp, far, early = town.say(0, 0, 2 * DAY, category="light"), town.say(20, 0, 2 * DAY), town.say(0, 0, DAY + 1)
    look(town, 2 * DAY)
    assert len({case_of(town, one)["id"] for one in (lamp, far, early)} - {closed["id"]}) == 3
    assert case_of(town, again) == closed


def test_only_the_first_of_several_opens_it_and_what_is_open_there_stands_beside_it(town: Town) -> None:
    first, beside = town.say(0, 0), town.say(0, 0, 1)
    look(town, 1)
    closed = solved(town, first, HOUR)
    # Something at the place is still open: the new report is offered as the same as that one, and nothing is opened.
    third = town.say(0, 0, DAY)
    look(town, DAY)
    assert case_of(town, first) == closed
    for report in (beside, third):
        case = case_of(town, report)
        step(town, f"desk@{county.VILLAGE}", report, "dispatch", DAY + 1, owner={"posting_id": head(town)})
        step(town, f"head@{county.GRID}", report, "start", DAY + 2)
        step(town, f"head@{county.GRID}", report, "claim", DAY + 3)
        step(town, f"supervisor@{county.VILLAGE}", report, "pass_recheck", DAY + 5)
    case = case_of(town, third)
    assert case["state"] == "closed"
    one, other = town.say(0, 0, 3 * DAY), town.say(0, 0, 3 * DAY + 1)
    look(town, 3 * DAY + 1)
    assert case_of(town, one)["id"] == case["id"]
    assert case_of(town, other)["id"] not in {case["id"], closed["id"]}


def head(town: Town) -> int:
    row = town.owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = 'head' AND during @> %s", (county.GRID, county.NOW)
    ).fetchone()
    assert row
    return int(row["id"])


def test_what_somebody_began_with_meanwhile_is_left_to_him(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    closed = solved(town, first, HOUR)
    later = town.say(0, 0, DAY)
    own = case_of(town, later)
    step(town, f"head@{county.GRID}", later, "take", DAY + 1)
    look(town, DAY + 2)
    town.worker.execute(
        "SELECT opened_again(%s, %s, %s, %s)", (own["id"], closed["id"], later, county.NOW + timedelta(days=1))
    )
    assert (case_of(town, later)["id"], case_of(town, later)["state"]) == (own["id"], "in_progress")
    assert case_of(town, first) == closed


def test_a_case_that_is_held_is_looked_at_again(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    closed = solved(town, first, HOUR)
    later = town.say(0, 0, DAY)
    town.worker.execute("SET lock_timeout = '50ms'")
    with psycopg.connect(town.store.dsn("migrate")) as holder:
        holder.execute("SET ROLE gridwarden_owner")
        holder.execute("SELECT FROM cases WHERE id = %s FOR UPDATE", (closed["id"],))
        settle_waiting(town.worker)
        look_at_waiting(town.worker, county.NOW + timedelta(days=1))
    assert case_of(town, first) == closed
    look(town, DAY)
    assert case_of(town, later)["id"] == closed["id"]


def test_nobody_else_takes_the_word_of_the_service(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    closed = solved(town, first, HOUR)
    later = town.say(30, 0, DAY)
    with psycopg.connect(town.store.dsn("web"), autocommit=True) as web, pytest.raises(psycopg.Error) as refused:
        web.execute(
            "SELECT take_step(%s, %s, %s, %s, %s, 'reopen', NULL, %s)",
            (None, digest(town.sent[first].key), county.NOW + timedelta(days=1), closed["id"], closed["version"],
             Jsonb({"again": later})),
        )  # fmt: skip
    assert refused.value.sqlstate == "GW023"


def test_what_was_solved_since_is_not_opened_by_what_was_said_before(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    closed = solved(town, first, HOUR)
    one, other = town.say(0, 0, 3 * DAY), town.say(0, 0, 3 * DAY + 1)
    look(town, 3 * DAY + 1)
    assert (case_of(town, one)["id"], case_of(town, other)["state"]) == (closed["id"], "received")
    # The third report took it one level further.
    step(town, f"desk@{county.TOWNSHIP}", one, "take", 4 * DAY)
    step(town, f"desk@{county.TOWNSHIP}", one, "claim", 4 * DAY + 1)
    solved_since = step(town, f"supervisor@{county.VILLAGE}", one, "pass_recheck", 4 * DAY + 2)
    assert solved_since["state"] == "closed"
    town.worker.execute("SELECT all_places_touched()")
    look(town, 5 * DAY)
    assert (case_of(town, one), case_of(town, other)["state"]) == (solved_since, "received")


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("nobody's private matter is opened to whoever lives beside it", "UPDATE cases SET private = true"),
        ("an emergency waits at no desk", "UPDATE cases SET urgency = 'emergency' WHERE id = {own}"),
        ("what staff find themselves", "UPDATE reports SET channel = 'patrol' WHERE id = {later}"),
        (
            "across the border of the village that it would go to",
            f"UPDATE cases SET chain = array_replace(chain, '{county.VILLAGE}', '{county.OTHER_VILLAGE}') WHERE id = {{own}}",
        ),
        ("about an official", "UPDATE cases SET about_official = true WHERE id = {own}"),
    ],
)
def test_these_stay_cases_of_their_own(town: Town, what: str, change: str) -> None:
    first = town.say(0, 0)
    look(town, 0)
    closed = solved(town, first, HOUR)
    later = town.say(0, 0, DAY)
    own = case_of(town, later)
    town.owner.execute("ALTER TABLE reports DISABLE TRIGGER USER")
    town.owner.execute(change.format(own=own["id"], later=later))
    look(town, DAY)
    assert (case_of(town, later)["id"], case_of(town, later)["state"]) == (own["id"], "received"), what
    assert case_of(town, first)["state"] == closed["state"], what


def test_its_reporters_are_told_and_whoever_said_it_again_hears_that_it_went_there(town: Town) -> None:
    first = town.say(0, 0)
    look(town, 0)
    solved(town, first, HOUR)
    later = town.say(0, 0, DAY)
    for report in (first, later):
        town.owner.execute(
            "INSERT INTO report_contacts (report_id, contact, lang) VALUES (%s, %s, 'en')",
            (report, f"r{report}@example.com"),
        )
    look(town, DAY)
    told = town.owner.execute(
        "SELECT o.topic, c.recipient FROM outbox o, concerned(ARRAY[o.id], %s) c"
        " WHERE o.topic IN ('case.join', 'case.reopen') AND c.relation = 'reporter' ORDER BY o.id",
        (county.NOW + timedelta(days=1),),
    ).fetchall()
    assert [(one["topic"], one["recipient"]) for one in told] == [
        ("case.reopen", f"report:{first}"),
        ("case.join", f"report:{later}"),
    ]
