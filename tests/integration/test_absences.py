"""Absences: who acts while a head is away, at the very borders; who may enter one; and who answers on a day."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from gis.database import service_engine
from gis.store import Store
from grids.access import actor
from grids.answers import answer_of
from grids.areas import AreaNotFoundError
from grids.explain import explain
from grids.language import Words
from grids.who import Stretch, who_on
from tests import chains
from tests import little_town as town
from tests import small_county as county

NOW = county.NOW
US = timedelta(microseconds=1)
LEAVES, BACK = datetime(2026, 3, 9, 16, tzinfo=UTC), datetime(2026, 3, 16, 16, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def web(built: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(built.dsn("web")) as connection:
        yield connection
        connection.rollback()


def number(web: psycopg.Connection, area: str, role: str, at: datetime = NOW) -> int:
    found = web.execute(
        "SELECT min(id) FROM postings WHERE area_code = %s AND role = %s AND during @> %s", (area, role, at)
    ).fetchone()
    assert found
    assert found[0]
    return int(found[0])


def away(web: psycopg.Connection, login: str = f"administrator@{county.VILLAGE}", **given: Any) -> int:
    plain = {
        "posting_id": number(web, county.GRID, "head"), "since": "2026-03-10", "until": "2026-03-17", "reason": "leave",
    }  # fmt: skip
    told = json.dumps({**plain, **given})
    found = web.execute("SELECT be_away(%s, %s, %s)", (county.session(login), NOW, told)).fetchone()
    assert found
    return int(found[0])


def refused(web: psycopg.Connection, **given: Any) -> Any:
    with pytest.raises(psycopg.Error) as error, web.transaction():
        away(web, **given)
    if error.value.sqlstate != "GW102":
        return error.value.sqlstate
    return json.loads(error.value.diag.message_detail or "{}")["code"]


def answers(web: psycopg.Connection, at: datetime, code: str = county.GRID) -> Any:
    found = web.execute("SELECT locate_area(%s, %s)", (code, at)).fetchone()
    assert found
    return answer_of(found[0], names=True)


def test_the_stand_in_acts_from_the_first_moment_to_the_last(web: psycopg.Connection) -> None:
    both = web.execute(
        "SELECT max(id) FROM postings WHERE area_code = %s AND role = 'deputy'", (county.GRID,)
    ).fetchone()
    assert both
    away(web, stand_in=both[0])
    owners = {}
    for at in (LEAVES - US, LEAVES, BACK - US, BACK):
        answer = answers(web, at)
        assert answer.head
        assert not answer.vacancy, "he is still the head"
        found = web.execute("SELECT locate_area(%s, %s) #>> '{owner,posting_id}'", (county.GRID, at)).fetchone()
        owners[at] = (answer.owner.role, found and int(found[0]) == both[0], answer.head.away_until)
    assert owners == {
        LEAVES - US: ("head", False, None),
        LEAVES: ("deputy", True, BACK),
        BACK - US: ("deputy", True, BACK),
        BACK: ("head", False, None),
    }


def test_without_a_stand_in_any_deputy_then_the_desk(web: psycopg.Connection) -> None:
    away(web)
    assert answers(web, LEAVES).owner.role == "deputy"
    # Both deputies away as well: the village's desk.
    for (deputy,) in web.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = 'deputy'", (county.GRID,)
    ).fetchall():
        away(web, posting_id=deputy)
    answer = answers(web, LEAVES)
    assert (answer.owner.role, answer.owner.area_code, answer.vacancy) == ("desk", county.GRID, False)
    for lang, said in (("en", "is away and back on 2026-03-17"), ("zh", "2026-03-17 返岗")):
        assert said in explain(answer, Words(lang))  # type: ignore[arg-type]


def test_somebody_else_is_posted_as_deputy_for_that_time(web: psycopg.Connection) -> None:
    away(web, name="代班人", staff_number="S1")
    found = web.execute(
        "SELECT stand_in FROM absences WHERE posting_id = %s", (number(web, county.GRID, "head"),)
    ).fetchone()
    assert found
    posted = web.execute(
        "SELECT role, area_code, lower(during), upper(during) FROM postings WHERE id = %s", found
    ).fetchone()
    assert posted == ("deputy", county.GRID, LEAVES, BACK)
    owner = web.execute("SELECT locate_area(%s, %s) #> '{owner,posting_id}'", (county.GRID, LEAVES)).fetchone()
    assert owner == found


def test_a_stand_in_who_leaves_or_is_away_does_not_act(web: psycopg.Connection) -> None:
    away(web, name="代班人", staff_number="S1")
    stand_in = web.execute("SELECT max(id) FROM postings").fetchone()
    assert stand_in
    away(web, posting_id=stand_in[0], since="2026-03-12", until="2026-03-13", reason="sick")
    during = datetime(2026, 3, 12, 3, tzinfo=UTC)
    owner = web.execute("SELECT locate_area(%s, %s) #> '{owner,posting_id}'", (county.GRID, during)).fetchone()
    assert owner == (number(web, county.GRID, "deputy"),), "the ordinary deputy"


def test_whoever_shares_a_desk_is_away_without_anybody_who_stands_in(web: psycopg.Connection) -> None:
    dispatcher = number(web, county.VILLAGE, "dispatcher")
    assert refused(web, posting_id=dispatcher, name="代班人", staff_number="S1") == "no_stand_in"
    before = web.execute("SELECT locate_area(%s, %s) -> 'owner'", (county.VILLAGE, LEAVES)).fetchone()
    away(web, posting_id=dispatcher)
    # The desk stays the desk.
    assert web.execute("SELECT locate_area(%s, %s) -> 'owner'", (county.VILLAGE, LEAVES)).fetchone() == before


def test_what_cannot_be_entered(web: psycopg.Connection) -> None:
    away(web)
    assert refused(web, since="2026-03-16", until="2026-03-20") == "away_already"
    assert refused(web, since="2026-02-20", until="2026-03-05") == "away_in_past"
    assert refused(web, since="2026-03-05", until="2026-03-05") == "from_after_until"
    assert refused(web, since="2026-03-08", until="2026-03-05") == "from_after_until"
    assert refused(web, since="2026-03-02", until="2026-03-02") == "from_after_until", "today has begun"
    assert refused(web, since="2026-05-01", until="2026-05-05") == "not_posted_then", "he leaves on the 20th"
    assert refused(web, posting_id=number(web, county.GRID, "member")) == "role"
    assert (
        refused(web, since="2026-03-05", until="2026-03-07", stand_in=number(web, county.DEPUTISED, "deputy"))
        == "stand_in"
    )
    assert refused(web, since="2026-03-05", until="2026-03-07", staff_number="nobody") == "unknown_number"
    assert refused(web, since="2026-03-05", until="2026-03-07", reason="holiday in the sun") == "23514"


def test_changes_wait_for_one_another_before_they_lock_a_row(built: Store, web: psycopg.Connection) -> None:
    by = county.session(f"administrator@{county.GRID}")
    web.execute("SET LOCAL lock_timeout = '100ms'")
    with psycopg.connect(built.dsn("web")) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext('gridwarden.postings'))")
        with pytest.raises(psycopg.errors.LockNotAvailable), web.transaction():
            away(web)
        with pytest.raises(psycopg.errors.LockNotAvailable), web.transaction():
            web.execute("SELECT be_back(%s, %s, -1)", (by, NOW))


def test_by_an_administrator_of_the_area_or_above_alone(web: psycopg.Connection) -> None:
    may = {login for login in (f"administrator@{area}" for area in county.AREAS) if refused_by(web, login) is None}
    assert may == {f"administrator@{area}" for area in (county.GRID, county.VILLAGE, county.TOWNSHIP, county.COUNTY)}
    for login in (f"head@{county.GRID}", f"supervisor@{county.COUNTY}", f"desk@{county.VILLAGE}", None):
        assert refused_by(web, login) == "GW101"


def refused_by(web: psycopg.Connection, login: str | None) -> str | None:
    code = None
    try:
        with web.transaction(force_rollback=True):
            away(web, login=login)  # type: ignore[arg-type]
    except psycopg.Error as error:
        code = error.sqlstate
    return code


def test_back_early_and_never_gone(web: psycopg.Connection) -> None:
    number_of_it = away(web, since="2026-03-02")
    later = NOW + timedelta(hours=2)
    assert answers(web, later).owner.role == "deputy"
    by = county.session(f"administrator@{county.GRID}")
    web.execute("SELECT be_back(%s, %s, %s)", (by, later, number_of_it))
    assert (answers(web, later - US).owner.role, answers(web, later).owner.role) == ("deputy", "head")
    with pytest.raises(psycopg.Error) as error, web.transaction():
        web.execute("SELECT be_back(%s, %s, %s)", (by, later, number_of_it))
    assert error.value.sqlstate == "GW103"
    coming = away(web)
    web.execute("SELECT be_back(%s, %s, %s)", (by, NOW, coming))
    assert answers(web, LEAVES).owner.role == "head"


@pytest.mark.parametrize(("since", "later"), [("2026-03-02", timedelta(hours=2)), ("2026-03-10", timedelta(0))])
def test_who_was_posted_for_it_leaves_when_he_is_back(web: psycopg.Connection, since: str, later: timedelta) -> None:
    absence = away(web, name="代班人", staff_number="S1", since=since)
    stand_in = web.execute("SELECT stand_in FROM absences WHERE id = %s", (absence,)).fetchone()
    assert stand_in
    by = county.session(f"administrator@{county.GRID}")
    web.execute("SELECT be_back(%s, %s, %s)", (by, NOW + later, absence))
    left = web.execute("SELECT upper(during) FROM postings WHERE id = %s", stand_in).fetchone()
    assert left == ((NOW + later,) if later else None), "one who had not begun never was posted"


def test_who_is_needed_otherwise_stays_when_he_is_back(web: psycopg.Connection) -> None:
    absence = away(web, name="代班人", staff_number="S1")
    stand_in = web.execute("SELECT stand_in FROM absences WHERE id = %s", (absence,)).fetchone()
    assert stand_in
    other = away(web, posting_id=number(web, county.GRID, "deputy"), stand_in=stand_in[0])
    by = county.session(f"administrator@{county.GRID}")
    ends = "SELECT upper(during) FROM postings WHERE id = %s"
    web.execute("SELECT be_back(%s, %s, %s)", (by, NOW, absence))
    assert web.execute(ends, stand_in).fetchone() == (BACK,), "the deputy counts on him, too"
    # A deputy who was one before stays one after.
    web.execute("SELECT be_back(%s, %s, %s)", (by, NOW, other))
    assert web.execute(ends, stand_in).fetchone() == (BACK,)


def test_the_reason_is_for_staff_who_may_know(web: psycopg.Connection) -> None:
    away(web, reason="sick")
    head = number(web, county.GRID, "head")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
        web.execute("SELECT reason FROM absences")
    for login, reason in (
        (f"desk@{county.VILLAGE}", "sick"),
        (f"head@{county.GRID}", None),
        (f"desk@{county.FAR_GRID}", None),
    ):
        web.execute("SELECT act_as(%s, %s)", (county.session(login), NOW))
        assert web.execute("SELECT reason FROM absences_of(%s, %s)", ([head], NOW)).fetchone() == (reason,)


def who(store: Store, code: str, day: date, login: str | None = None, now: datetime = NOW) -> tuple[Stretch, ...]:
    async def ask() -> tuple[Stretch, ...]:
        engine = service_engine(store.asyncpg_kwargs("web"), size=1)
        try:
            async with engine.connect() as connection:
                reader = await actor(connection, county.session(login), now)
                return await who_on(connection, code, day, reader, now)
        finally:
            await engine.dispose()

    return asyncio.run(ask())


def test_who_on_a_day(built: Store) -> None:
    (part,) = who(built, county.GRID, date(2026, 3, 2), f"head@{county.GRID}")
    assert part.answer.head
    assert part.answer.head.name == f"姓名head@{county.GRID}"
    assert {held.role for held in part.posted} == {"head", "deputy", "member", "desk"}
    assert [held.area_code for held in part.of("desk")] == [county.GRID, county.VILLAGE, county.TOWNSHIP, county.COUNTY]
    assert {held.name for held in part.posted} >= {f"姓名member@{county.GRID}", "姓名both"}
    # The public sees no name that is not public, and none of a past day.
    (part,) = who(built, county.GRID, date(2026, 3, 2))
    assert {held.name for held in part.posted} == {None}


def test_a_day_within_which_somebody_took_over(built: Store) -> None:
    # At 8 in the morning of the 20th in Shanghai.
    before, after = who(built, county.GRID, date(2026, 3, 20), f"desk@{county.VILLAGE}")
    assert before.until == after.since == county.SUCCESSION
    assert before.answer.head
    assert after.answer.head
    assert (before.answer.head.name, after.answer.head.name) == (f"姓名head@{county.GRID}", "姓名next")
    for day in (19, 21):
        assert len(who(built, county.GRID, date(2026, 3, day))) == 1


def test_a_day_with_two_absences(built: Store, web: psycopg.Connection) -> None:
    hours = [datetime(2026, 3, 18, hour, tzinfo=UTC) for hour in (1, 2, 6, 7)]
    head = number(web, county.GRID, "head")
    with chains.owner(built) as owner:
        for since, until in (hours[:2], hours[2:]):
            owner.execute(
                "INSERT INTO absences (posting_id, during, reason, made_at) VALUES (%s, tstzrange(%s, %s), 'leave', %s)",
                (head, since, until, NOW),
            )
        owner.commit()
        parts = who(built, county.GRID, date(2026, 3, 18), f"desk@{county.VILLAGE}")
        owner.execute("DELETE FROM absences WHERE posting_id = %s", (head,))
        owner.commit()
    assert [part.since for part in parts[1:]] == hours
    assert [part.answer.owner and part.answer.owner.role for part in parts] == [
        "head",
        "deputy",
        "head",
        "deputy",
        "head",
    ]


def test_an_area_that_was_none_on_that_day(built: Store) -> None:
    with pytest.raises(AreaNotFoundError):
        who(built, county.GRID, date(1990, 1, 1))
    with pytest.raises(AreaNotFoundError):
        who(built, town.HEADED, date(2026, 1, 1))


def test_who_is_deputy_anyhow_stands_in_and_keeps_his_days(web: psycopg.Connection) -> None:
    first = away(web, name="代班人", staff_number="S1", since="2026-03-09", until="2026-03-20")
    stand_in = web.execute("SELECT stand_in FROM absences WHERE id = %s", (first,)).fetchone()
    assert stand_in
    deputy = number(web, county.GRID, "deputy")
    other = away(web, posting_id=deputy, staff_number="S1", since="2026-03-12", until="2026-03-15")
    assert web.execute("SELECT stand_in FROM absences WHERE id = %s", (other,)).fetchone() == stand_in
    web.execute("SELECT be_back(%s, %s, %s)", (county.session(f"administrator@{county.GRID}"), NOW, other))
    days = web.execute("SELECT lower(during), upper(during) FROM postings WHERE id = %s", stand_in).fetchone()
    assert days == (LEAVES - timedelta(days=1), BACK + timedelta(days=3))
    # Days beyond his own would have to be added to his posting.
    assert refused(web, posting_id=deputy, staff_number="S1", since="2026-03-18", until="2026-03-25") == "stand_in"


def test_nobody_stands_in_for_himself(built: Store, web: psycopg.Connection) -> None:
    name = "UPDATE people SET staff_number = %s WHERE login = %s"
    with chains.owner(built) as owner:
        owner.execute(name, ("H1", f"head@{county.GRID}"))
        owner.commit()
    try:
        assert refused(web, staff_number="H1", name=f"姓名head@{county.GRID}") == "stand_in"
    finally:
        with chains.owner(built) as owner:
            owner.execute(name, (None, f"head@{county.GRID}"))
            owner.commit()
