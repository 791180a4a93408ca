"""Hand-overs: what is listed, who reads and takes them over, that exactly one does, and that nothing is edited."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from gis.store import Store
from grids.handing_over import LINES_MOST
from grids.handovers import REASONS
from grids.receipts import Keys
from tests import small_county as county
from tests.conftest import cloned

KEYS = Keys(b"s" * 32)
NOW = county.NOW
VILLAGE, TOWNSHIP = county.VILLAGE, county.TOWNSHIP
DESK, DISPATCHER, BOTH = f"desk@{VILLAGE}", f"dispatcher@{VILLAGE}", "both"
SUPERVISOR = f"supervisor@{TOWNSHIP}"
SPOT = (117.005, 39.605)
_numbers = count(1)
Web = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def built(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(built: Store) -> Iterator[Store]:
    with cloned(built) as store:
        yield store


@pytest.fixture
def owner(town: Store) -> Iterator[Web]:
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection


@pytest.fixture
def web(town: Store) -> Iterator[Web]:
    with psycopg.connect(town.dsn("web"), autocommit=True) as connection:
        yield connection


def report(web: Web, where: Any = SPOT, **how: Any) -> int:
    return county.send(web, KEYS, next(_numbers), where, at=NOW - timedelta(hours=2), **how).case_id


def posting(owner: Web, who: str, role: str | None = None) -> int:
    row = owner.execute(
        "SELECT p.id FROM postings p JOIN people w ON w.id = p.person_id"
        " WHERE w.login = %s AND coalesce(p.role = %s, true) ORDER BY p.id LIMIT 1",
        (who, role),
    ).fetchone()
    assert row
    return int(row[0])


def write(
    web: Web,
    who: str | None,
    version: int = 0,
    *,
    to: int | None = None,
    words: str | None = None,
    notes: dict[int, str] | None = None,
    kind: str = "desk",
    area: str = VILLAGE,
    desk: str | None = None,
    at: datetime = NOW,
    most: int = LINES_MOST,
) -> Any:
    row = web.execute(
        "SELECT write_handover(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (county.session(who), at, kind, area, desk, version, to, words, Jsonb(notes or {}), most),
    ).fetchone()
    assert row
    return row[0]


def accept(web: Web, who: str | None, number: int, words: str | None = None, at: datetime = NOW) -> Any:
    row = web.execute("SELECT accept_handover(%s, %s, %s, %s)", (county.session(who), at, number, words)).fetchone()
    assert row
    return row[0]


def refused(call: Any, *what: Any, **how: Any) -> tuple[str, str | None]:
    with pytest.raises(psycopg.Error) as raised:
        call(*what, **how)
    return str(raised.value.sqlstate), raised.value.diag.message_detail


def read(web: Web, who: str | None, statement: str, *given: object, at: datetime = NOW) -> list[tuple[Any, ...]]:
    """What somebody reads by himself, under row-level security."""
    with web.transaction():
        web.execute("SELECT act_as(%s, %s)", (county.session(who), at))
        return web.execute(statement, given).fetchall()


def lines(owner: Web, number: int) -> dict[int, list[str]]:
    found = owner.execute("SELECT case_id, reasons FROM handover_lines WHERE handover_id = %s ORDER BY nth", (number,))
    return dict(found.fetchall())


def mine(web: Web, who: str | None, at: datetime = NOW) -> dict[int, bool]:
    return dict(read(web, who, "SELECT id, waits FROM my_handovers(%s, false, NULL, NULL, 50)", at, at=at))


def test_what_matters_is_listed_with_its_reasons(owner: Web, web: Web) -> None:
    cases = {name: report(web) for name in (*REASONS, "quiet")}
    elsewhere = report(web, (117.055, 39.605))
    far = NOW + timedelta(days=30)
    owner.execute("UPDATE cases SET due_at = %s, stage_due_at = NULL", (far,))
    for name, change in {
        "emergency": "urgency = 'emergency'",
        "late": f"due_at = '{NOW - timedelta(hours=1)}'",
        "due": f"due_at = '{NOW + timedelta(hours=20)}'",
        "claimed": f"state = 'claimed_solved', claimed_at = '{NOW}'",
        "pause": f"state = 'paused', paused_at = '{NOW}', paused_until = '{NOW + timedelta(hours=20)}'",
        "extension": f"asked_until = '{far}'",
        "order": f"owner_area_code = '{VILLAGE}', owner_role = 'desk'",
    }.items():
        owner.execute(f"UPDATE cases SET {change} WHERE id = %s", (cases[name],))
    posted = posting(owner, SUPERVISOR)
    owner.execute(
        "INSERT INTO orders (case_id, nth, given_by, given_at, owner_area_code, owner_role, due_at)"
        " VALUES (%s, 1, %s, %s, %s, 'desk', %s)",
        (cases["order"], posted, NOW, VILLAGE, far),
    )
    owner.execute(
        "INSERT INTO parts (case_id, nth, posting_id, state, asked_at, due_at) VALUES (%s, 1, %s, 'asked', %s, %s)",
        (cases["part"], posting(owner, DESK), NOW, far),
    )
    done = write(web, DESK)
    found = lines(owner, done["id"])
    assert found == {cases[name]: [name] for name in REASONS}
    assert elsewhere not in found
    # Its own first, then emergencies, then by deadline.
    assert list(found)[:3] == [cases["order"], cases["emergency"], cases["late"]]
    counts = owner.execute("SELECT counts, until FROM handovers").fetchone()
    assert counts
    assert counts[0] == dict.fromkeys(map(str, REASONS), 1) | {"all": len(REASONS), "lines": len(REASONS)}
    # The supervisor's: an order waits, whoever answers it; the part is not his.
    board = write(web, SUPERVISOR, kind="supervisor", area=TOWNSHIP)
    told = lines(owner, board["id"])
    assert told[cases["order"]] == ["order"]
    assert cases["part"] not in told
    # More than are listed are counted.
    few = write(web, DISPATCHER, most=2)
    assert len(lines(owner, few["id"])) == 2
    row = owner.execute("SELECT counts FROM handovers WHERE id = %s", (few["id"],)).fetchone()
    assert row
    assert (row[0]["all"], row[0]["lines"]) == (len(REASONS), 2)


def test_a_department_hands_over_what_it_has_alone(owner: Web, web: Web) -> None:
    case, other = report(web), report(web)
    row = owner.execute(
        "SELECT id, desk FROM postings WHERE role = 'department' AND area_code = %s", (TOWNSHIP,)
    ).fetchone()
    assert row
    owner.execute(
        "UPDATE cases SET owner_area_code = %s, owner_role = 'department', owner_posting_id = %s, elsewhere = %s,"
        " due_at = %s WHERE id = %s",
        (TOWNSHIP, row[0], [f"posting:{row[0]}"], NOW - timedelta(hours=1), case),
    )
    owner.execute("UPDATE cases SET due_at = %s WHERE id = %s", (NOW - timedelta(hours=1), other))
    done = write(web, f"handler@{TOWNSHIP}", kind="department", area=TOWNSHIP, desk=row[1])
    assert lines(owner, done["id"]) == {case: ["late"]}
    assert refused(write, web, f"handler@{TOWNSHIP}", kind="department", area=TOWNSHIP, desk="别的队")[0] == "GW560"


def test_an_empty_shift_is_an_honest_empty_list(owner: Web, web: Web) -> None:
    done = write(web, DESK)
    assert done["lines"] == 0
    assert owner.execute("SELECT counts FROM handovers").fetchall() == [({"all": 0, "lines": 0},)]
    assert accept(web, DISPATCHER, done["id"])["id"] == done["id"]


@pytest.mark.parametrize("who", [None, "stranger", f"head@{county.GRID}", f"clerk@{VILLAGE}", f"desk@{TOWNSHIP}"])
def test_only_who_sits_at_a_desk_hands_it_over(web: Web, who: str | None) -> None:
    assert refused(write, web, who)[0] == "GW560"
    done = write(web, DESK)
    assert refused(accept, web, who, done["id"])[0] == "GW564"
    assert mine(web, who) == {}


def test_none_is_written_twice(web: Web) -> None:
    assert write(web, DESK)["version"] == 1
    assert refused(write, web, DESK)[0] == "GW561"
    assert write(web, DESK, 1)["version"] == 2
    # Others count for themselves.
    assert write(web, DISPATCHER)["version"] == 1


def test_to_whom_it_cannot_go(owner: Web, web: Web) -> None:
    mine_ = posting(owner, DESK)
    dispatcher = posting(owner, DISPATCHER)
    both = posting(owner, BOTH, "dispatcher")
    assert '"yourself"' in str(refused(write, web, DESK, to=mine_))
    assert '"not_posted"' in str(refused(write, web, DESK, to=posting(owner, SUPERVISOR)))
    owner.execute(
        "INSERT INTO absences (posting_id, during, reason, made_at) VALUES (%s, tstzrange(%s, %s), 'leave', %s)",
        (posting(owner, BOTH, "deputy"), NOW - timedelta(days=1), NOW + timedelta(days=2), NOW),
    )
    assert '"away"' in str(refused(write, web, DESK, to=both))
    owner.execute("UPDATE postings SET during = tstzrange(lower(during), %s) WHERE id = %s", (NOW, dispatcher))
    assert '"not_posted"' in str(refused(write, web, DESK, to=dispatcher))
    assert owner.execute("SELECT count(*) FROM handovers").fetchone() == (0,)


def test_who_takes_over_and_who_reads(owner: Web, web: Web) -> None:
    dispatcher = posting(owner, DISPATCHER)
    named = write(web, DESK, to=dispatcher, words="老王答应下午回话")["id"]
    anyone = write(web, DESK, 1)["id"]
    assert mine(web, DESK) == {anyone: False, named: False}
    assert mine(web, DISPATCHER) == {anyone: True, named: True}
    # What is to somebody else is no other colleague's.
    assert mine(web, BOTH) == {anyone: True}
    assert mine(web, SUPERVISOR) == {anyone: False, named: False}
    assert mine(web, f"supervisor@{county.OTHER_TOWNSHIP}") == {}
    assert refused(accept, web, DESK, anyone)[0] == "GW563"
    assert refused(accept, web, BOTH, named)[0] == "GW563"
    assert refused(accept, web, SUPERVISOR, named)[0] == "GW563"
    done = accept(web, DISPATCHER, named, "知道了")
    assert done["accepted_by"] == dispatcher
    # Twice is once.
    assert accept(web, DISPATCHER, named, at=NOW + timedelta(hours=1)) == done
    assert refused(accept, web, BOTH, named)[0] == "GW565"
    accept(web, BOTH, anyone)
    assert mine(web, DISPATCHER) == {named: False}
    words = "SELECT about, words FROM handover_words ORDER BY about"
    for who in (DESK, DISPATCHER, SUPERVISOR):
        assert read(web, who, words) == [("remark", "知道了"), ("whole", "老王答应下午回话")], who
    for other in (BOTH, None, f"clerk@{VILLAGE}", f"administrator@{VILLAGE}", f"planner@{VILLAGE}"):
        assert read(web, other, words) == [], other


def test_one_whose_recipient_left_or_is_away_waits_for_all_others(owner: Web, web: Web) -> None:
    number = write(web, DESK, to=posting(owner, BOTH, "dispatcher"))["id"]
    assert mine(web, DISPATCHER) == {}
    owner.execute(
        "INSERT INTO absences (posting_id, during, reason, made_at) VALUES (%s, tstzrange(%s, %s), 'sick', %s)",
        (posting(owner, BOTH, "deputy"), NOW, NOW + timedelta(days=2), NOW),
    )
    assert mine(web, DISPATCHER) == {number: True}
    # When he is back first, it is his again.
    back = NOW + timedelta(days=3)
    assert mine(web, DISPATCHER, back) == {}
    assert mine(web, BOTH, back) == {number: True}
    owner.execute(
        "UPDATE postings SET during = tstzrange(lower(during), %s) WHERE id = %s",
        (back, posting(owner, BOTH, "dispatcher")),
    )
    assert mine(web, BOTH, back) == {}
    accept(web, DISPATCHER, number, at=back)


def test_of_several_that_take_over_at_once_exactly_one_does(town: Store, owner: Web, web: Web) -> None:
    number = write(web, DESK)["id"]
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def try_(who: str) -> None:
        with psycopg.connect(town.dsn("web"), autocommit=True) as connection:
            barrier.wait()
            try:
                accept(connection, who, number)
                outcomes.append("taken")
            except psycopg.Error as error:
                outcomes.append(str(error.sqlstate))

    threads = [threading.Thread(target=try_, args=(who,)) for who in (DISPATCHER, BOTH)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["GW565", "taken"]
    assert owner.execute("SELECT count(*) FROM handover_acceptances").fetchone() == (1,)
    assert owner.execute("SELECT count(*) FROM outbox WHERE topic = 'handover.accept'").fetchone() == (1,)


def test_notes_obey_the_rights_of_their_cases_when_they_are_read(owner: Web, web: Web) -> None:
    case, quiet = report(web), report(web)
    owner.execute("UPDATE cases SET due_at = %s WHERE id = %s", (NOW - timedelta(hours=1), case))
    owner.execute("UPDATE cases SET due_at = %s WHERE id = %s", (NOW + timedelta(days=30), quiet))
    number = write(web, DESK, notes={case: "家里有老人", quiet: "明天再看一眼"})["id"]
    assert lines(owner, number) == {case: ["late"], quiet: []}
    notes = (
        "SELECT l.case_id, w.words FROM handover_lines l JOIN handover_words w USING (handover_id, nth) ORDER BY l.nth"
    )
    assert read(web, DISPATCHER, notes) == [(case, "家里有老人"), (quiet, "明天再看一眼")]
    # The case goes to another chain: its line goes with it, the hand-over stays.
    owner.execute(
        "UPDATE cases SET chain = %s, area_code = %s, owner_area_code = %s WHERE id = %s",
        (list(county.chain(county.SIBLING)), county.SIBLING, county.SIBLING, case),
    )
    assert read(web, DISPATCHER, notes) == [(quiet, "明天再看一眼")]
    assert read(web, SUPERVISOR, notes) == [(case, "家里有老人"), (quiet, "明天再看一眼")]
    # Nobody adds words to a case that is not his to see.
    assert refused(write, web, DESK, 1, notes={case: "再补一句"})[0] == "GW024"


def test_it_is_never_edited_and_its_words_can_be_erased(owner: Web, web: Web) -> None:
    number = write(web, DESK, words="交代一句")["id"]
    accept(web, DISPATCHER, number, "收到")
    for table in ("handovers", "handover_lines", "handover_acceptances"):
        for change in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(psycopg.Error) as raised:
                owner.execute(change)
            assert raised.value.sqlstate == "GW001", change
    with pytest.raises(psycopg.Error) as raised:
        owner.execute("UPDATE handover_words SET words = '改过的'")
    assert raised.value.sqlstate == "GW001"
    for change in ("INSERT INTO handover_words VALUES (1, 'remark', 0, '补', '')", "DELETE FROM handover_words"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            web.execute(change)
    owner.execute("DELETE FROM handover_words")
    row = owner.execute(
        "SELECT note_digest IS NOT NULL, note_digest NOT LIKE %s FROM handovers", ("%交代%",)
    ).fetchone()
    assert row == (True, True)


def test_it_is_told_to_programs_of_its_areas_and_to_the_desk(owner: Web, web: Web) -> None:
    owner.execute(
        "INSERT INTO subscriptions (area_code, url, salt, topics, made_at) VALUES (%s, 'https://example.org/', %s, %s, %s)",
        (TOWNSHIP, b"s" * 16, ["handover.write"], NOW),
    )
    number = write(web, DESK)["id"]
    accept(web, DISPATCHER, number)
    ids = [
        row[0] for row in owner.execute("SELECT id FROM outbox WHERE topic LIKE 'handover.%%' ORDER BY id").fetchall()
    ]
    told = owner.execute("SELECT outbox_id, relation, facts FROM concerned_by_handovers(%s)", (ids,)).fetchall()
    assert told == [(ids[0], "program", {"handover_id": number, "kind": "desk", "area_code": VILLAGE})]
    news = owner.execute("SELECT case_id, keys FROM news(%s, %s)", ([ids[0]], [None])).fetchall()
    assert news == [(None, [f"desk:desk:{VILLAGE}"])] * 2


def test_news_of_a_case_goes_to_whoever_has_it_and_had_it(owner: Web, web: Web) -> None:
    case = report(web)
    row = owner.execute("SELECT id FROM postings WHERE role = 'department' AND area_code = %s", (TOWNSHIP,)).fetchone()
    assert row
    department = row[0]
    step = "SELECT take_step(%s, %s, %s, %s, %s, %s, %s, %s)"
    head = posting(owner, f"head@{county.GRID}")
    for version, (who, to) in enumerate(((DESK, department), (f"desk@{TOWNSHIP}", head)), 1):
        before = owner.execute("SELECT max(id) FROM outbox").fetchone()
        assert before
        web.execute(
            step,
            (county.session(who), None, NOW, case, version, "dispatch", None, Jsonb({"owner": {"posting_id": to}})),
        )
        found = owner.execute("SELECT keys FROM news(%s, %s)", ([before[0] + 1], [None])).fetchall()
        # When it comes to the department and when it goes from there.
        assert f"owner:posting:{department}" in found[0][0], version
        assert set(county.chain(county.GRID)) <= set(found[0][0])


def test_how_much_somebody_has_and_who_is_away(owner: Web, web: Web) -> None:
    cases = [report(web) for _ in range(3)]
    head = posting(owner, f"head@{county.GRID}")
    owner.execute(
        "UPDATE cases SET owner_area_code = %s, owner_role = 'head', owner_posting_id = %s", (county.GRID, head)
    )
    owner.execute("UPDATE cases SET due_at = %s WHERE id = %s", (NOW - timedelta(hours=1), cases[0]))
    stand_in = posting(owner, f"deputy@{county.GRID}")
    owner.execute(
        "INSERT INTO absences (posting_id, during, stand_in, reason, made_at) VALUES (%s, tstzrange(%s, %s), %s, 'leave', %s)",
        (head, NOW - timedelta(days=1), NOW + timedelta(days=1), stand_in, NOW),
    )
    asked = "SELECT * FROM owner_loads(%s, %s)"
    desk = posting(owner, DESK)
    found = {row[0]: row[1:] for row in read(web, DESK, asked, [head, desk], NOW)}
    assert found == {head: (3, 1, NOW + timedelta(days=1), f"姓名deputy@{county.GRID}"), desk: (0, 0, None, None)}
    assert read(web, None, asked, [head, desk], NOW) == []
    away = "SELECT posting_id, stand_in FROM away_below(%s, 50)"
    assert read(web, DESK, away, NOW) == [(head, f"姓名deputy@{county.GRID}")]
    for who in (f"desk@{county.OTHER_VILLAGE}", f"head@{county.GRID}", None):
        assert read(web, who, away, NOW) == []
