"""The streams of the working lists: who may listen, who hears of what, and that they say no more than that."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import sleep

import httpx2
import pytest
from sqlalchemy import event

from api.news import Pace
from gis.store import Store
from tests.api.test_live import QUICK, Running, Stream, running, wait_for
from tests.little_town import CITY, HEADED, IN_CITY_ONLY, VILLAGE

LISTS = ("/desk", "/supervision", "/inbox", "/moderation")


@pytest.fixture
def service(town: Store) -> Iterator[Running]:
    with running(town, Pace(look_s=QUICK.look_s, heartbeat_s=0.3, rights_s=0.6, most=20, most_each=3)) as service:
        yield service


def _step(service: Running, client: httpx2.Client, case: int, verb: str, **data: object) -> None:
    with service.owner() as owner:
        row = owner.execute("SELECT version FROM cases WHERE id = %s", (case,)).fetchone()
    assert row
    answer = client.post(f"/api/cases/{case}/steps", json={"verb": verb, "version": row[0], **data})
    assert answer.status_code == 200, answer.text


def _posting(service: Running, area: str, role: str) -> int:
    with service.owner() as owner:
        row = owner.execute(
            "SELECT id FROM postings WHERE area_code = %s AND role = %s AND during @> now()", (area, role)
        ).fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize(
    ("login", "mine"),
    [
        (None, ()),
        ("head", ()),
        ("planner", ()),
        ("admin", ()),
        ("desk", ("/desk",)),
        ("supervisor", ("/desk", "/supervision")),
        ("handler", ("/inbox",)),
        ("clerk", ("/moderation",)),
    ],
)
def test_who_may_listen(service: Running, login: str | None, mine: tuple[str, ...]) -> None:
    client = service.log_in(login)
    for path in LISTS:
        with client.stream("GET", f"{path}/live") as live:
            expected = 200 if path in mine else 401 if login is None else 403
            assert live.status_code == expected, path


def test_a_case_is_told_to_whom_it_concerns_and_to_nobody_else(service: Running) -> None:
    desk = Stream(service.log_in("desk"), of="/desk")
    city = Stream(service.log_in("city"), of="/desk")
    board = Stream(service.log_in("supervisor"), of="/supervision")
    inbox = Stream(service.log_in("handler"), of="/inbox")
    clerk = Stream(service.log_in("clerk"), of="/moderation")
    everybody = (desk, city, board, inbox, clerk)
    # Outside of every village: the city's alone.
    service.report(IN_CITY_ONLY)
    city.until(lambda: city.changes == 1, "the city hears")
    board.until(lambda: board.changes == 1, "the board hears")
    sleep(0.3)
    assert (desk.changes, inbox.changes) == (0, 0)
    case = service.report(text="只有该知道的人知道")
    desk.until(lambda: desk.changes == 1, "the desk hears")
    assert inbox.changes == 0
    # To the department, and away from it again: it hears of both.
    dispatcher = service.log_in("city")
    _step(service, dispatcher, case, "dispatch", posting_id=_posting(service, CITY, "department"))
    inbox.until(lambda: inbox.changes == 1, "the department hears that it came")
    _step(service, dispatcher, case, "dispatch", posting_id=_posting(service, HEADED, "head"))
    inbox.until(lambda: inbox.changes == 2, "the department hears that it went")
    _step(service, dispatcher, case, "note", words="以后不关部门的事")
    desk.until(lambda: desk.changes == 4, "the desk hears of all")
    sleep(0.3)
    assert inbox.changes == 2
    for stream in everybody:
        said = {line for line in stream.lines if line and line != ": "}
        assert said <= {"retry: 2000", "event: ready", "event: changed", "data: {}"}, said
        stream.leave()


def test_many_changes_are_one_word(service: Running) -> None:
    stream = Stream(service.log_in("desk"), of="/desk")
    case = service.report()
    stream.until(lambda: stream.changes == 1, "the first")
    with service.owner() as owner:
        owner.execute(
            "INSERT INTO outbox (topic, payload, at) SELECT 'case.note', jsonb_build_object('case_id', %s::bigint), now()"
            " FROM generate_series(1, 300)",
            (case,),
        )
    stream.until(lambda: stream.changes == 2, "all at once")
    sleep(0.3)
    assert stream.changes == 2
    stream.leave()


def test_a_hand_over_is_told_to_its_desk(service: Running) -> None:
    with service.owner() as owner:
        owner.execute(
            "INSERT INTO postings (area_code, role, person_id, name_public, during)"
            " SELECT '9001', 'dispatcher', id, false, tstzrange('2018-12-31 16:00Z', NULL) FROM people WHERE login = 'member'"
        )
    colleague = Stream(service.log_in("member"), of="/desk")
    board = Stream(service.log_in("supervisor"), of="/supervision")
    client = service.log_in("desk")
    mine = client.get("/api/handovers").json()["desks"][0]
    answer = client.post("/api/handovers", json={"kind": "desk", "area_code": VILLAGE, "version": mine["version"]})
    assert answer.status_code == 201, answer.text
    colleague.until(lambda: colleague.changes == 1, "the colleague hears")
    assert board.changes == 0
    for stream in (colleague, board):
        stream.leave()


def test_a_stream_ends_with_its_session_at_once(service: Running) -> None:
    client = service.log_in("desk")
    stream = Stream(client, of="/desk")
    other = Stream(service.log_in("desk"), of="/desk")
    assert client.post("/logout").status_code == 303
    stream.until(stream.ended.is_set, "it ends", 2)
    assert not other.ended.is_set()
    other.leave()
    wait_for(lambda: not service.reads, "nobody reads any more")


def test_a_stream_ends_when_its_reader_has_other_rights(service: Running) -> None:
    stream = Stream(service.log_in("city"), of="/desk")
    today = datetime.now(UTC)
    with service.owner() as owner:
        owner.execute(
            "INSERT INTO postings (area_code, role, person_id, name_public, during)"
            " SELECT '9002', 'dispatcher', id, false, tstzrange(%s, NULL) FROM people WHERE login = 'city'",
            (today - timedelta(days=1),),
        )
    # The page asks anew, and hears of the new area too.
    stream.until(stream.ended.is_set, "it ends")
    with service.owner() as owner, owner.cursor() as cursor:
        cursor.execute(
            "DELETE FROM postings WHERE area_code = '9002' AND person_id = (SELECT id FROM people WHERE login = 'city')"
        )


def test_one_session_cannot_take_all_the_room(service: Running) -> None:
    client = service.log_in("desk")
    streams = [Stream(client, of="/desk") for _ in range(3)]
    refused = client.get("/desk/live", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (503, "too_many_listeners")
    another = Stream(service.log_in("desk"), of="/desk")
    streams.pop().leave()
    wait_for(lambda: len(service.app.state.service.news._listening) == 3, "the room is free again")
    again = Stream(client, of="/desk")
    for stream in (*streams, another, again):
        stream.leave()
    wait_for(lambda: service.app.state.service.engine.pool.checkedout() == 0, "all connections are back")


def test_listeners_cost_no_question_each(town: Store) -> None:
    with running(town, Pace(look_s=0.05, heartbeat_s=0.3, rights_s=60, most=20)) as service:
        streams = [Stream(service.log_in("desk"), of="/desk") for _ in range(6)]
        case = service.report()
        for stream in streams:
            stream.until(lambda stream=stream: stream.changes == 1, "each hears")  # type: ignore[misc]
        lent: list[object] = []
        event.listen(service.app.state.service.engine.sync_engine, "checkout", lambda *what: lent.append(what))
        with service.owner() as owner:
            owner.execute(
                "INSERT INTO outbox (topic, payload, at)"
                " VALUES ('case.note', jsonb_build_object('case_id', %s::bigint), now())",
                (case,),
            )
        for stream in streams:
            stream.until(lambda stream=stream: stream.changes == 2, "each hears again")  # type: ignore[misc]
        assert lent == []
        for stream in streams:
            stream.leave()
