"""The mediation room in the database: what the web role can select, letters in general words, races, and erasure."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any, Final

import asyncpg
import psycopg
import pytest

from gis.migrate import downgrade, upgrade
from gis.store import Store
from grids.audit import verify
from grids.mediations import take_mediation_step
from grids.steps import StepError
from grids.subscriptions import add_subscription
from tests import little_town as town
from tests.integration.test_schema import structure
from tests.integration.test_worker import CONTACT, NOW, SECRET, bench, built, clean, listed, owner, step, tell
from tests.receivers import Mailbox, mail_server

__all__ = ["built", "clean"]

SAID: Final = "让出半米过道"
_tokens = count()


class Room:
    """A dispute and whoever acts in its mediation."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.number, self.case = tell(store, category="dispute")

    def session(self, login: str) -> bytes:
        token = sha256(f"room-{login}-{next(_tokens)}".encode()).digest()
        with owner(self.store) as connection:
            connection.execute(
                "SELECT session_open(login, id, %s, NULL, %s, %s) FROM people WHERE login = %s",
                (token, NOW, NOW + timedelta(hours=12), login),
            )
        return token

    def posting(self, area: str, role: str) -> int:
        with owner(self.store) as connection:
            row = connection.execute(
                "SELECT id FROM postings WHERE area_code = %s AND role = %s AND during @> %s", (area, role, NOW)
            ).fetchone()
            assert row
            return int(row[0])

    def step(self, login: str, verb: str, words: str | None = None, **data: Any) -> Any:
        with owner(self.store) as connection:
            row = connection.execute("SELECT version FROM mediations WHERE case_id = %s", (self.case,)).fetchone()
        with psycopg.connect(self.store.dsn("web"), autocommit=True) as web:
            done = web.execute(
                "SELECT take_mediation_step(%s, %s, %s, %s, %s, %s, %s)",
                (
                    self.session(login),
                    NOW,
                    self.case,
                    row[0] if row else 0,
                    f"mediation_{verb}",
                    words,
                    json.dumps(data),
                ),
            ).fetchone()
            assert done
            return done[0]

    def held(self) -> None:
        """Opened with the department, two parties, one sitting held."""
        self.step("head", "open", posting_id=self.posting(town.CITY, "department"))
        self.step("handler", "party", name="甲方", contact="138 0000 0001")
        self.step("handler", "party", name="乙方")
        self.step("handler", "sitting", at=NOW.isoformat())
        self.step("handler", "held", f"谈了{SAID}", sitting=1)


@pytest.fixture
def room(clean: Store) -> Room:
    return Room(clean)


@pytest.fixture
def web(clean: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(clean.dsn("web")) as connection:
        yield connection


def test_this_revision_goes_down_and_up_again(database: Store) -> None:
    whole = structure(database)
    downgrade(database.dsn("migrate"), "0052")
    assert "mediation" not in structure(database)
    upgrade(database.dsn("migrate"))
    assert structure(database) == whole


# What the web role can select, whatever the application asks.


def test_row_level_security_alone_keeps_it(room: Room, web: psycopg.Connection) -> None:
    room.held()
    seen = {}
    for login in ("handler", "supervisor", "head", "desk", "city", "member", "clerk", "admin", "planner", "deputy", ""):
        web.execute("SELECT act_as(%s, %s)", (room.session(login) if login else None, NOW))
        queries = (
            "SELECT count(*) FROM mediations WHERE case_id = %s",
            "SELECT count(*) FROM mediation_parties WHERE case_id = %s",
            "SELECT count(*) FROM mediation_sittings WHERE case_id = %s",
            "SELECT count(*) FROM events WHERE data ? 'mediation' AND case_id = %s",
            "SELECT count(*) FROM event_words WHERE case_id = %s",
        )
        seen[login] = tuple((web.execute(query, (room.case,)).fetchone() or (None,))[0] for query in queries)
        web.rollback()
    reads = (1, 2, 1, 5, 1)
    assert seen.pop("handler") == seen.pop("supervisor") == reads
    assert set(seen.values()) == {(0, 0, 0, 0, 0)}


@pytest.mark.parametrize("table", ["mediation_party_words", "mediation_conflicts"])
def test_who_the_parties_are_is_for_nobody_to_select(room: Room, web: psycopg.Connection, table: str) -> None:
    room.held()
    web.execute("SELECT act_as(%s, %s)", (room.session("supervisor"), NOW))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(f"SELECT * FROM {table}")


def test_access_ends_with_the_conflict_in_a_transaction_that_runs(room: Room, web: psycopg.Connection) -> None:
    room.held()
    web.execute("SELECT act_as(%s, %s)", (room.session("handler"), NOW))
    asked = "SELECT count(*) FROM mediation_parties WHERE case_id = %s"
    assert web.execute(asked, (room.case,)).fetchone() == (2,)
    room.step("supervisor", "conflict", "经办人是乙方的弟弟")
    # The same session, the same transaction: the next statement sees nothing.
    assert web.execute(asked, (room.case,)).fetchone() == (0,)
    assert web.execute("SELECT count(*) FROM cases WHERE id = %s", (room.case,)).fetchone() == (0,)


def test_a_posting_that_ends_ends_the_right_to_read(room: Room, web: psycopg.Connection) -> None:
    room.held()
    later = NOW + timedelta(hours=6)
    token = room.session("handler")
    with owner(room.store) as connection:
        row = connection.execute("SELECT id, during FROM postings WHERE role = 'handler'").fetchone()
        assert row
        connection.execute(
            "UPDATE postings SET during = tstzrange(lower(during), %s) WHERE id = %s",
            (NOW + timedelta(hours=5), row[0]),
        )
    try:
        web.execute("SELECT act_as(%s, %s)", (token, later))
        assert web.execute("SELECT count(*) FROM mediations").fetchone() == (0,)
    finally:
        with owner(room.store) as connection:
            connection.execute("UPDATE postings SET during = %s WHERE id = %s", (row[1], row[0]))


def test_nobody_outside_learns_of_it(room: Room, web: psycopg.Connection) -> None:
    """The public, planners and programs: the case is there as it was, and nothing of its mediation is."""
    whole = "SELECT to_jsonb(c) FROM seen_cases c WHERE c.id = %s"
    web.execute("SELECT act_as(%s, %s)", (room.session("planner"), NOW))
    before = web.execute(whole, (room.case,)).fetchone()
    web.rollback()
    room.held()
    room.step("handler", "fail", f"不肯{SAID}", outcome="court")
    web.execute("SELECT act_as(%s, %s)", (room.session("planner"), NOW))
    assert web.execute(whole, (room.case,)).fetchone() == before
    assert web.execute("SELECT mediation_told(%s, %s)", (room.case, NOW)).fetchone() == (None,)
    assert web.execute("SELECT count(*) FROM my_mediations(%s, 10)", (NOW,)).fetchone() == (0,)
    web.rollback()
    web.execute("SELECT act_as(NULL, %s)", (NOW,))
    assert web.execute("SELECT mediation_told(%s, %s)", (room.case, NOW)).fetchone() == (None,)
    assert web.execute("SELECT public_case(%s, %s)", (room.case, NOW)).fetchone() == (None,)
    told = web.execute("SELECT receipt(%s, %s)::text", (room.number, NOW)).fetchone()
    assert told
    assert "mediat" not in told[0]
    assert "court" not in told[0]


# Letters.


def test_letters_hold_general_words_alone(room: Room) -> None:
    box = Mailbox()
    with owner(room.store) as connection:
        # As if somebody had subscribed to it: there is no such topic, and nothing private goes to a program.
        add_subscription(
            connection, "http://127.0.0.1:9/hook", town.CITY, ["report.received"], NOW, secret=SECRET, private=True
        )
        connection.execute(
            "UPDATE subscriptions SET topics = '{case.mediation_open,case.mediation_party,case.mediation_held,case.mediation_agree}'"
        )
    step(room.store, "head", room.case, "take", NOW)
    with owner(room.store) as connection:
        connection.execute("TRUNCATE outbox")
    room.held()
    room.step("handler", "agree", f"协议：{SAID}")

    async def work(port: int) -> None:
        async with bench(room.store, port=port) as worker:
            await worker.read()
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    told = []
    for letter in box.letters:
        plain = letter.get_body(("plain",))
        assert plain is not None
        told.append((letter["To"], str(letter["Subject"]), str(plain.get_content())))
    assert Counter(to for to, _, _ in told) == {CONTACT: 2, "handler@staff.example.org": 1}
    assert f"/cases/{room.case}/mediation" in next(body for to, _, body in told if to != CONTACT)
    begun, ended = (body for to, _, body in told if to == CONTACT)
    assert ("已请人调解" in begun, "调解已经结束" in ended) == (True, True)
    for _, subject, body in told:
        assert not [word for word in (SAID, "甲方", "乙方", "城管局") if word in subject + body]
    # How it ended is not in the letter.
    assert "协议" not in ended
    assert {kind for (kind,) in listed(room.store, "kind")} == {"mail"}


def test_whoever_mediates_and_whoever_has_to_name_another_is_told(room: Room) -> None:
    def told() -> list[tuple[str, str]]:
        async def work() -> None:
            async with bench(room.store) as worker:
                await worker.read()

        asyncio.run(work())
        with owner(room.store) as connection:
            people = dict(connection.execute("SELECT 'person:' || id, login FROM people").fetchall())
            found = listed(room.store, "template, recipient")
            connection.execute("TRUNCATE outbox, deliveries CASCADE")
        return [(template, people[to]) for template, to in found if to in people]

    told()
    village, department = room.posting(town.VILLAGE, "desk"), room.posting(town.CITY, "department")
    room.step("head", "open", posting_id=village)
    assert told() == [("mediator", "desk")]
    room.step("desk", "conflict", "甲方是我亲戚")
    # The level above, and not the one who withdrew.
    assert told() == [("mediation-vacant", "city")]
    room.step("city", "hand_over", "请城管局", posting_id=department)
    room.step("handler", "hand_over", "请市里", posting_id=room.posting(town.CITY, "desk"))
    # Read late: he who has it no more is not asked.
    assert told() == [("mediator", "city")]
    room.step("city", "hand_over", "还是城管局", posting_id=department)
    room.step("handler", "withdraw", "和好了")
    room.step("city", "open", posting_id=room.posting(town.CITY, "desk"))
    # Nobody is told what he did himself.
    assert ("mediator", "city") not in told()


# Races.


def test_of_two_who_decide_at_once_one_is_told_that_it_has_changed(room: Room) -> None:
    """Both work for the mediator; both saw the same version; one agrees and one gives up."""
    room.held()
    both = (room.session("handler"), room.session("handler"))

    async def decide() -> list[str]:
        connections = [await asyncpg.connect(**room.store.asyncpg_kwargs("web")) for _ in both]
        steps: tuple[tuple[str, dict[str, Any]], ...] = (
            ("mediation_agree", {}),
            ("mediation_fail", {"outcome": "court"}),
        )

        async def one(nth: int) -> str:
            verb, data = steps[nth]
            try:
                done = await take_mediation_step(
                    connections[nth],
                    room.case,
                    verb,
                    version=5,
                    now=NOW,
                    session_digest=both[nth],
                    words=SAID,
                    data=data,
                )
            except StepError as error:
                return error.code
            return done.state

        try:
            return list(await asyncio.gather(one(0), one(1)))
        finally:
            for connection in connections:
                await connection.close()

    said = asyncio.run(decide())
    assert sorted(said)[-1] == "stale_version"
    assert {"agreed", "failed"} & set(said)
    with owner(room.store) as connection:
        ends = connection.execute(
            "SELECT count(*) FROM events WHERE case_id = %s AND verb IN ('mediation_agree', 'mediation_fail')",
            (room.case,),
        ).fetchone()
    assert ends == (1,)


def test_a_claim_and_an_opening_at_once_leave_no_claim_in_mediation(room: Room) -> None:
    step(room.store, "head", room.case, "take", NOW)
    department = room.posting(town.CITY, "department")
    token, other = room.session("head"), room.session("desk")

    async def race() -> None:
        first, second = [await asyncpg.connect(**room.store.asyncpg_kwargs("web")) for _ in range(2)]
        claim = first.fetchval(
            "SELECT take_step($1, NULL, $2, $3, 2, 'claim', '好了', '{}')::text", token, NOW, room.case
        )
        opened = take_mediation_step(
            second,
            room.case,
            "mediation_open",
            version=0,
            now=NOW,
            session_digest=other,
            data={"posting_id": department},
        )
        try:
            results = await asyncio.gather(claim, opened, return_exceptions=True)
        finally:
            await first.close()
            await second.close()
        assert sum(isinstance(result, BaseException) for result in results) == 1

    asyncio.run(race())
    with owner(room.store) as connection:
        row = connection.execute(
            "SELECT c.state, m.state FROM cases c LEFT JOIN mediations m ON m.case_id = c.id WHERE c.id = %s",
            (room.case,),
        ).fetchone()
    assert row in (("claimed_solved", None), ("in_progress", "opened"))


# The record.


def test_what_is_erased_leaves_its_digest_and_the_chain_holds(room: Room, web: psycopg.Connection) -> None:
    room.held()
    room.step("handler", "agree", f"协议：{SAID}")
    with owner(room.store) as connection:
        kept = connection.execute("SELECT data::text FROM events WHERE case_id = %s", (room.case,)).fetchall()
        assert not [data for (data,) in kept if SAID in data or "甲方" in data or "138" in data]
        outbox = connection.execute("SELECT string_agg(payload::text, '') FROM outbox").fetchone()
        assert outbox
        assert SAID not in outbox[0]
        assert "甲方" not in outbox[0]
        connection.execute("DELETE FROM event_words WHERE case_id = %s", (room.case,))
        connection.execute("DELETE FROM mediation_party_words WHERE case_id = %s", (room.case,))
        connection.execute("SET ROLE gridwarden_owner")
        found = verify(connection)
    assert not found.faults
    assert {gone.verb for gone in found.erasures if gone.case_id == room.case} == {"mediation_held", "mediation_agree"}
    parties = web.execute(
        "SELECT * FROM look_at_parties(%s, %s, %s)", (room.session("handler"), NOW, room.case)
    ).fetchall()
    assert parties == [(1, None, None), (2, None, None)]


def test_ninety_nine_are_enough(room: Room) -> None:
    room.step("head", "open", posting_id=room.posting(town.CITY, "department"))
    with owner(room.store) as connection:
        connection.execute(
            "INSERT INTO mediation_parties SELECT %s, n, %s FROM generate_series(1, 99) n", (room.case, NOW)
        )
    with pytest.raises(psycopg.Error) as refused:
        room.step("handler", "party", name="丙方")
    assert (refused.value.sqlstate, refused.value.diag.message_detail) == ("GW023", '{"need": "room"}')


def test_who_assists_and_who_mediates_both_see_the_case(room: Room) -> None:
    """One department has a part, another one mediates; whichever of them goes takes only its own right along."""
    with owner(room.store) as connection:
        connection.execute(
            "INSERT INTO postings (area_code, role, desk, name_public, during) VALUES"
            " ('90', 'department', '司法局', false, '[2019-01-01,)')"
        )
    assisting, mediating = _departments(room)
    step(room.store, "head", room.case, "take", NOW)
    with psycopg.connect(room.store.dsn("web"), autocommit=True) as web:
        data = json.dumps({"owner": {"posting_id": assisting}, "until": (NOW + timedelta(days=1)).isoformat()})
        web.execute(
            "SELECT take_part_step(%s, %s, %s, NULL, NULL, 'part_ask', '请协助调查', %s)",
            (room.session("head"), NOW, room.case, data),
        )
    assert _elsewhere(room) == [f"posting:{assisting}"]
    room.step("head", "open", posting_id=mediating)
    assert _elsewhere(room) == sorted([f"posting:{assisting}", f"posting:{mediating}"])
    step(room.store, "head", room.case, "note", NOW, "看看")
    assert _elsewhere(room) == sorted([f"posting:{assisting}", f"posting:{mediating}"])
    room.step("supervisor", "conflict", "经办人是当事人的弟弟")
    assert _elsewhere(room) == [f"posting:{assisting}"]


def _departments(room: Room) -> tuple[int, int]:
    with owner(room.store) as connection:
        found = dict(connection.execute("SELECT desk, id FROM postings WHERE role = 'department'").fetchall())
    return found["司法局"], found["城管局"]


def _elsewhere(room: Room) -> list[str] | None:
    with owner(room.store) as connection:
        row = connection.execute("SELECT elsewhere FROM cases WHERE id = %s", (room.case,)).fetchone()
        assert row
        return sorted(row[0]) if row[0] else None
