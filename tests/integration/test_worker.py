"""The worker over a real database, a real mail server and a real receiver: told once, tried again, given up, never lost."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import asyncpg
import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool
from pydantic import SecretStr

from api.settings import SmtpSettings, WebhookSettings
from api.worker.calls import Caller
from api.worker.failures import LaterError
from api.worker.placing import keep_places
from api.worker.running import worker_pool
from api.worker.sending import Sender
from api.worker.smtp import MailServer
from api.worker.timed import clear, dispatches, due, late_orders, lists, steps
from gis.cells import cells_of
from gis.migrate import downgrade, upgrade
from gis.store import Store
from grids import news
from grids.deliveries import TRIES, UnknownDeliveryError, list_deliveries, queue_jobless, revive, take_news
from grids.place_alarms import look_at_waiting
from grids.place_keeping import settle_waiting
from grids.receipts import Keys, digest, new_number
from grids.subscriptions import add_subscription, end_subscription, list_subscriptions
from grids.webhooks import WebhookRefusedError, key_of, signed
from tests import little_town as town
from tests.integration.test_schema import structure
from tests.receivers import Hook, Mailbox, mail_server, receiver

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Shanghai
SECRET = b"s" * 32
KEYS = Keys(SECRET)
CONTACT = "zhang.san@example.org"
WORDS = "苗圃东边又有人倒垃圾 <b>"
_RECEIVE = (
    "SELECT receive_report(%(key)s, %(key)s, NULL, %(at)s, %(number)s, %(link)s, %(category)s, 'app', %(at)s, %(words)s,"
    " %(contact)s, %(lon)s, %(lat)s, 5, %(lon)s, %(lat)s, 'wgs84', NULL, NULL, %(cells)s, %(lang)s)"
)
_numbers = count()


@pytest.fixture(scope="module")
def built(database: Store) -> Store:
    town.build(database)
    with owner(database) as connection:
        connection.execute("UPDATE people SET email = login || '@staff.example.org' WHERE login IS NOT NULL")
        connection.execute("UPDATE people SET lang = 'en' WHERE login = 'desk'")
    return database


@pytest.fixture
def clean(built: Store) -> Store:
    """The town with nothing waiting."""
    with owner(built) as connection:
        connection.execute("TRUNCATE outbox, deliveries, subscriptions, weeks, procrastinate_jobs CASCADE")
    return built


def owner(store: Store) -> psycopg.Connection[Any]:
    return psycopg.connect(store.dsn("migrate"), autocommit=True)


def tell(
    store: Store, contact: str | None = CONTACT, at: datetime = NOW, category: str = "dumping", lang: str = "zh"
) -> tuple[str, int]:
    """Report from grid 001; answers number and case."""
    number = new_number()
    lon, lat = town.IN_HEADED
    with psycopg.connect(store.dsn("web"), autocommit=True) as web:
        web.execute(
            _RECEIVE,
            {
                "key": sha256(f"{next(_numbers)}".encode()).digest(),
                "at": at,
                "number": number,
                "link": digest(KEYS.key(number)),
                "words": WORDS,
                "category": category,
                "contact": contact,
                "lang": lang,
                "lon": lon,
                "lat": lat,
                "cells": cells_of(lon, lat),
            },
        )
    with owner(store) as connection:
        row = connection.execute("SELECT case_id FROM reports WHERE number = %s", (number,)).fetchone()
        assert row
        return number, row[0]


def step(
    store: Store, login: str, case: int, verb: str, at: datetime, words: str | None = None, **data: object
) -> None:
    """Take a step as a member of staff; '' is the reporter."""
    with owner(store) as connection:
        person = connection.execute("SELECT id FROM people WHERE login = %s", (login,)).fetchone()
        version = connection.execute("SELECT version FROM cases WHERE id = %s", (case,)).fetchone()
        number = connection.execute("SELECT number FROM reports WHERE case_id = %s", (case,)).fetchone()
        assert version
        assert number
        token = sha256(f"{login}{next(_numbers)}".encode()).digest()
        if person:
            connection.execute(
                "SELECT session_open(%s, %s, %s, NULL, %s, %s)", (login, person[0], token, at, at + timedelta(hours=12))
            )
    link = None if person else digest(KEYS.key(number[0]))
    with psycopg.connect(store.dsn("web"), autocommit=True) as web:
        web.execute(
            "SELECT take_step(%s, %s, %s, %s, %s, %s, %s, %s)",
            (token if person else None, link, at, case, version[0], verb, words, json.dumps(data)),
        )


class Bench:
    """The worker's parts, one call each, with a clock that stands still."""

    def __init__(self, pool: AsyncConnectionPool, sender: Sender) -> None:
        self.pool = pool
        self.sender = sender

    async def read(self, at: datetime = NOW) -> tuple[int, int]:
        async with self.pool.connection() as connection:
            return await take_news(connection, at, 100, with_mail=self.sender.mail is not None)

    async def jobs(self) -> list[int]:
        async with self.pool.connection() as connection:
            rows = await connection.execute(
                "SELECT (args ->> 'delivery_id')::bigint FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
            )
            return [row[0] for row in await rows.fetchall()]

    async def deliver_all(self) -> list[LaterError]:
        """Deliver everything that waits; answers what has to be tried later."""
        async with self.pool.connection() as connection:
            rows = await connection.execute("SELECT id FROM deliveries WHERE state = 'waiting' ORDER BY id")
            ids = [row[0] for row in await rows.fetchall()]
        later = []
        for one in ids:
            try:
                await self.sender.deliver(one)
            except LaterError as error:
                later.append(error)
        return later

    async def do(self, timed: Callable[..., Coroutine[Any, Any, None]], at: datetime) -> None:
        async with self.pool.connection() as connection:
            await timed(connection, at)


@asynccontextmanager
async def bench(store: Store, *, port: int | None = None, private: bool = True) -> AsyncIterator[Bench]:
    url = SecretStr(f"smtp://127.0.0.1:{port}") if port else None
    mail = MailServer.of(SmtpSettings(smtp_url=url, smtp_from="grid@example.org", smtp_timeout_s=5))
    caller = Caller(WebhookSettings(webhook_private="allow" if private else "refuse", webhook_timeout_s=5))
    async with worker_pool(store.dsn("worker")) as pool:
        try:
            yield Bench(pool, Sender(pool, lambda: NOW, mail, caller, KEYS, "https://grid.example.org", lambda: 0.5))
        finally:
            await caller.close()


def place(store: Store) -> None:
    """Give what was read its places, and let the rules on places look at them."""
    with psycopg.connect(store.dsn("worker"), autocommit=True) as worker:
        worker.execute("SET ROLE gridwarden_worker")
        settle_waiting(worker)
        look_at_waiting(worker, NOW)


def listed(store: Store, columns: str) -> list[tuple[Any, ...]]:
    with owner(store) as connection:
        return connection.execute(f"SELECT {columns} FROM deliveries ORDER BY id").fetchall()


def test_this_revision_goes_down_and_up_again(database: Store) -> None:
    whole = structure(database)
    downgrade(database.dsn("migrate"), "0009")
    first = structure(database)
    downgrade(database.dsn("migrate"), "0008")
    assert "procrastinate" not in structure(database)
    assert "deliveries" not in structure(database)
    upgrade(database.dsn("migrate"), "0009")
    assert structure(database) == first
    upgrade(database.dsn("migrate"))
    assert structure(database) == whole


def test_a_resident_and_the_head_are_told_once(clean: Store) -> None:
    number, case = tell(clean)
    box = Mailbox()

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            assert await worker.read() == (1, 2)
            assert await worker.read() == (0, 0)
            assert len(await worker.jobs()) == 2
            assert await worker.deliver_all() == []
            assert await worker.deliver_all() == []

    with mail_server(box) as port:
        asyncio.run(work(port))
    resident, head = sorted(box.letters, key=lambda letter: letter["To"] != CONTACT)
    assert (resident["To"], head["To"]) == (CONTACT, "head@staff.example.org")
    assert number in resident["Subject"]
    text = resident.get_body(("plain",))
    html = resident.get_body(("html",))
    assert text is not None
    assert html is not None
    assert f"https://grid.example.org/status/{number}?key={KEYS.key(number)}" in text.get_content()
    assert "乱倒垃圾" in text.get_content()
    assert f'href="https://grid.example.org/status/{number}?key={KEYS.key(number)}"' in html.get_content()
    assert resident["Message-ID"].endswith("@example.org>")
    assert resident["Message-ID"] != head["Message-ID"]
    assert resident["Date"]
    everything = "".join(str(letter) + str(letter.get_body(("plain",))) for letter in box.letters)
    head_text = head.get_body(("plain",))
    assert head_text is not None
    assert f"/areas/{town.HEADED}/cases/{case}" in head_text.get_content()
    # Neither the words of the report nor, to staff, the reporter's address or key.
    assert "苗圃" not in everything + head_text.get_content()
    assert CONTACT not in str(head)
    assert KEYS.key(number) not in head_text.get_content()
    assert listed(clean, "kind, state, tries, last_error") == [("mail", "sent", 1, None)] * 2


def test_the_way_of_a_case_in_letters(clean: Store) -> None:
    _, case = tell(clean)
    box = Mailbox()
    step(clean, "desk", case, "accept", NOW)
    stage = NOW + timedelta(hours=3)
    with owner(clean) as connection:
        connection.execute("UPDATE cases SET stage_due_at = %s WHERE id = %s", (stage, case))
        (due_at,) = connection.execute("SELECT due_at FROM cases WHERE id = %s", (case,)).fetchone() or (None,)
    step(clean, "desk", case, "pause", NOW, "等挖掘机到场", until="2026-03-05T00:00:00Z")

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            await worker.deliver_all()
            # The pause is over: the service itself resumes, once; and no later than it was to end, though a day late.
            later = datetime(2026, 3, 6, 1, tzinfo=UTC)
            await worker.do(steps, later)
            await worker.do(steps, later)
            await worker.read(later)
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    to_resident = [letter for letter in box.letters if letter["To"] == CONTACT]
    bodies = [str(letter.get_body(("plain",)).get_content()) for letter in to_resident]  # type: ignore[union-attr]
    assert ["收到" in bodies[0], "受理" in bodies[1], "等挖掘机到场" in bodies[2]] == [True] * 3
    assert len(bodies) == 3
    with owner(clean) as connection:
        verbs = connection.execute("SELECT verb FROM events WHERE case_id = %s ORDER BY seq", (case,)).fetchall()
        dates = connection.execute(
            "SELECT due_at, stage_due_at, stage_paused FROM cases WHERE id = %s", (case,)
        ).fetchone()
    assert [verb for (verb,) in verbs] == ["receive", "accept", "pause", "resume"]
    stood = datetime(2026, 3, 5, tzinfo=UTC) - NOW
    assert due_at is not None
    # What was left of the stage is left.
    assert dates == (due_at + stood, stage + stood, None)


def test_whose_report_is_taken_on_at_once_is_told_so(clean: Store) -> None:
    _, case = tell(clean)
    box = Mailbox()
    step(clean, "head", case, "take", NOW)

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    subjects = [letter["Subject"] for letter in box.letters if letter["To"] == CONTACT]
    assert ["收到" in subjects[0], "开始办理" in subjects[1]] == [True, True]
    assert len(subjects) == 2


def test_silence_closes_a_case_once(clean: Store) -> None:
    _, case = tell(clean)
    step(clean, "head", case, "take", NOW)
    step(clean, "head", case, "claim", NOW, "清走了")
    with owner(clean) as connection:
        # Whether this one is drawn for a re-check is chance.
        connection.execute("UPDATE cases SET recheck = '{}' WHERE id = %s", (case,))

    async def work() -> None:
        async with bench(clean) as worker:
            await worker.do(steps, NOW + timedelta(days=6, hours=23))
            async with worker.pool.connection() as connection:
                row = await (await connection.execute("SELECT count(*) FROM steps_due(%s, 9)", (NOW,))).fetchone()
                assert row == (0,)
            await asyncio.gather(*(worker.do(steps, NOW + timedelta(days=7)) for _ in range(3)))
            await worker.read()

    asyncio.run(work())
    with owner(clean) as connection:
        row = connection.execute("SELECT state, confirmed, version FROM cases WHERE id = %s", (case,)).fetchone()
    assert row
    assert row[0] == "closed"
    assert not row[1]
    assert [template for (template,) in listed(clean, "template") if template == "lapsed"] == ["lapsed"]


def test_a_rule_hands_on_by_itself_once(clean: Store) -> None:
    with owner(clean) as connection:
        connection.execute(
            "INSERT INTO dispatch_rules (rank, during, note, category_code, target, department, automatic, made_at)"
            " VALUES (1, tstzrange(%s, NULL), '垃圾归城管局', 'dumping', 'department', '城管局', true, %s)",
            (NOW, NOW),
        )
        # Much was said of this spot before; here the rules on places have no say.
        connection.execute("UPDATE place_rules SET during = 'empty'")
    _, case = tell(clean)
    _, elsewhere = tell(clean, category="dispute")

    async def work() -> None:
        async with bench(clean) as worker:
            await worker.read()
            place(clean)
            await asyncio.gather(*(worker.do(dispatches, NOW) for _ in range(3)))
            await worker.do(dispatches, NOW + timedelta(minutes=1))

    asyncio.run(work())
    with owner(clean) as connection:
        found = connection.execute(
            "SELECT c.id, c.state, c.owner_role, e.data ? 'rule_id' FROM cases c"
            " JOIN events e ON e.case_id = c.id AND e.seq = c.version WHERE c.id = ANY (%s) ORDER BY c.id",
            ([case, elsewhere],),
        ).fetchall()
        connection.execute(
            "UPDATE dispatch_rules SET during = tstzrange(lower(during), %s)", (NOW + timedelta(days=1),)
        )
    assert found == [(case, "dispatched", "department", True), (elsewhere, "received", "head", False)]


def test_deadlines_are_told_to_the_owner_once(clean: Store) -> None:
    _, case = tell(clean, None)

    async def work() -> None:
        async with bench(clean) as worker:
            await worker.read()
            for _ in range(2):
                await worker.do(due, NOW + timedelta(days=30))
                await worker.read(NOW + timedelta(days=30))

    asyncio.run(work())
    told = [template for template, of in listed(clean, "template, case_id") if of == case]
    assert told.count("owned") == 1
    assert told.count("overdue") == 1


def test_what_is_reported_gets_its_place_by_itself(clean: Store) -> None:
    placed = "SELECT count(*), count(DISTINCT anchor_id) FROM place_reports"

    async def work() -> None:
        async with bench(clean) as worker:
            keeping = asyncio.create_task(keep_places(clean.dsn("worker"), lambda: NOW))
            with owner(clean) as connection:
                before = connection.execute(placed).fetchone()
                assert before
                begins = time.monotonic()
                for _ in range(2):
                    tell(clean)
                await worker.read()
                # Both tell of the one spot.
                while (now := connection.execute(placed).fetchone()) and now[0] < before[0] + 2:
                    assert time.monotonic() - begins < 20
                    await asyncio.sleep(0.05)
                assert now
                assert now[1] == max(before[1], 1)
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    asyncio.run(work())


def test_another_urgency_is_told_to_whoever_answers_for_the_case(clean: Store) -> None:
    _, case = tell(clean, None)
    with psycopg.connect(clean.dsn("migrate"), autocommit=True) as connection:
        connection.execute(
            "SELECT add_event(c, %s, 'set_urgency', NULL, '电线垂地', false, '{}') FROM cases c WHERE c.id = %s",
            (NOW, case),
        )

    async def work() -> None:
        async with bench(clean) as worker:
            await worker.read()

    asyncio.run(work())
    assert [template for template, of in listed(clean, "template, case_id") if of == case].count("urgency") == 1


def test_without_a_mail_server_letters_wait_and_say_so(clean: Store) -> None:
    tell(clean)
    box = Mailbox()

    async def without() -> None:
        async with bench(clean) as worker:
            assert await worker.read() == (1, 2)
            assert await worker.jobs() == []
            async with worker.pool.connection() as connection:
                assert await queue_jobless(connection, NOW, 10, with_mail=False) == 0
            assert await worker.deliver_all() == []

    async def within(port: int) -> None:
        async with bench(clean, port=port) as worker:
            async with worker.pool.connection() as connection:
                assert await queue_jobless(connection, NOW, 10, with_mail=True) == 2
                assert await queue_jobless(connection, NOW, 10, with_mail=True) == 0
            await worker.deliver_all()

    asyncio.run(without())
    assert listed(clean, "state, tries, last_error") == [("waiting", 0, "no_mail_server")] * 2
    with mail_server(box) as port:
        asyncio.run(within(port))
    assert len(box.letters) == 2


def test_a_resident_is_written_to_in_his_language(clean: Store) -> None:
    tell(clean, lang="en")
    box = Mailbox()

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    (letter,) = (letter for letter in box.letters if letter["To"] == CONTACT)
    text = letter.get_body(("plain",))
    assert text is not None
    assert "Illegal dumping" in text.get_content()


def test_letters_that_piled_up_are_not_sent_when_they_are_too_old(clean: Store) -> None:
    """Eight and six days without a mail server; calls have no age, and one letter is wanted all the same."""
    tell(clean, at=NOW - timedelta(days=8))
    tell(clean, at=NOW - timedelta(days=6))
    box = Mailbox()

    async def without() -> None:
        async with bench(clean) as worker:
            assert await worker.read(NOW - timedelta(days=6)) == (2, 4)

    async def late(port: int) -> None:
        async with bench(clean, port=port) as worker:
            async with worker.pool.connection() as connection:
                assert await queue_jobless(connection, NOW, 10, with_mail=True) == 2
            await worker.deliver_all()

    async def once_more(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.deliver_all()

    asyncio.run(without())
    with mail_server(box) as port:
        asyncio.run(late(port))
        assert len(box.letters) == 2
        assert sorted(listed(clean, "made_at, state, last_error")) == [
            *[(NOW - timedelta(days=8), "dead", "too_old")] * 2,
            *[(NOW - timedelta(days=6), "sent", None)] * 2,
        ]
        with owner(clean) as connection:
            assert revive(connection, None, NOW) == 0, "a heap of them is wanted by nobody"
            wanted = list_deliveries(connection, "dead", 10)[0].id
            assert revive(connection, wanted, NOW) == 1
        asyncio.run(once_more(port))
    assert len(box.letters) == 3
    assert sorted(listed(clean, "state")) == [("dead",), ("sent",), ("sent",), ("sent",)]


def test_a_letter_that_waited_with_its_job_is_not_sent_when_it_is_too_old(clean: Store) -> None:
    """Nobody worked for eight days."""
    tell(clean, at=NOW - timedelta(days=8))
    box = Mailbox()

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            assert await worker.read() == (1, 2)
            assert await worker.deliver_all() == []

    with mail_server(box) as port:
        asyncio.run(work(port))
    assert box.letters == []
    assert listed(clean, "state, last_error") == [("dead", "too_old")] * 2


def test_a_mail_server_that_is_down_gets_it_later(clean: Store) -> None:
    tell(clean)
    box = Mailbox()
    with mail_server(box) as port:
        pass

    async def down() -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            assert [later.wait for later in await worker.deliver_all()] == [timedelta(seconds=30)] * 2
            assert [later.wait for later in await worker.deliver_all()] == [timedelta(seconds=60)] * 2

    async def up() -> None:
        async with bench(clean, port=port) as worker:
            assert await worker.deliver_all() == []

    asyncio.run(down())
    assert (
        listed(clean, "state, tries, last_error, next_at")
        == [("waiting", 2, "mail_server_gone", NOW + timedelta(seconds=60))] * 2
    )
    with mail_server(box, port):
        asyncio.run(up())
    assert len(box.letters) == 2
    assert listed(clean, "state, tries, last_error") == [("sent", 3, None)] * 2


@pytest.mark.parametrize(
    ("refuse", "to_data", "state", "why"),
    [
        ({CONTACT: "550 no such user"}, "250 taken", "dead", "address_refused"),
        ({CONTACT: "451 greylisted"}, "250 taken", "waiting", "mail_later"),
        ({}, "554 spam", "dead", "letter_refused"),
        ({}, "452 full", "waiting", "mail_later"),
    ],
)
def test_what_a_mail_server_says(clean: Store, refuse: dict[str, str], to_data: str, state: str, why: str) -> None:
    tell(clean)
    box = Mailbox(refuse=refuse, to_data=to_data)

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    with owner(clean) as connection:
        row = connection.execute("SELECT state, last_error FROM deliveries WHERE recipient LIKE 'report:%'").fetchone()
        assert row == (state, why)
        dead = list_deliveries(connection, "dead", 10)
        assert all(one.last_error in ("address_refused", "letter_refused") for one in dead)
        assert CONTACT not in str(dead)
        if state == "dead":
            revive(connection, dead[0].id, NOW)
            assert dead[0].id not in {one.id for one in list_deliveries(connection, "dead", 10)}
            with pytest.raises(UnknownDeliveryError):
                revive(connection, dead[0].id, NOW)


def test_after_the_last_try_it_is_dead_and_can_be_told_again(clean: Store) -> None:
    tell(clean, None)

    async def work() -> None:
        async with bench(clean, port=9) as worker:
            await worker.read()
            for _ in range(TRIES - 1):
                assert len(await worker.deliver_all()) == 1
            assert await worker.deliver_all() == []

    asyncio.run(work())
    assert listed(clean, "state, tries") == [("dead", TRIES)]
    with owner(clean) as connection:
        assert revive(connection, None, NOW) == 1
    assert listed(clean, "state, tries, last_error") == [("waiting", 0, None)]


def test_an_erased_contact_gets_nothing(clean: Store) -> None:
    number, _ = tell(clean)
    box = Mailbox()

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            with owner(clean) as connection:
                connection.execute(
                    "DELETE FROM report_contacts USING reports r WHERE r.id = report_id AND r.number = %s", (number,)
                )
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    assert [letter["To"] for letter in box.letters] == ["head@staff.example.org"]
    assert ("dead", "address_gone") in listed(clean, "state, last_error")


@pytest.mark.parametrize(
    "contact", ["13800000000", "a@b", "a@b.cn\nBcc: x@y.cn", "a b@c.cn", "张三 a@b.cn", "a@b.cn,c@d.cn"]
)
def test_only_a_plain_address_is_written_to(clean: Store, contact: str) -> None:
    tell(clean, contact)

    async def work() -> None:
        async with bench(clean) as worker:
            await worker.read()

    asyncio.run(work())
    assert [recipient.partition(":")[0] for (recipient,) in listed(clean, "recipient")] == ["person"]


def test_a_call_is_signed_and_tried_again_under_the_same_id(clean: Store) -> None:
    hook = Hook(answers=[500, 302])
    with receiver(hook) as url:
        with owner(clean) as connection:
            add_subscription(
                connection, url, town.CITY, ["report.received"], NOW, secret=SECRET, private=True, made_by="admin"
            )
            number, told = add_subscription(
                connection, url, town.EMPTY_VILLAGE, ["report.received"], NOW, secret=SECRET, private=True
            )
            assert told.startswith("whsec_")
            assert told not in str(connection.execute("SELECT * FROM subscriptions").fetchall())
        _, case = tell(clean, None)
        step(clean, "head", case, "take", NOW)

        async def work() -> None:
            async with bench(clean) as worker:
                await worker.read()
                for _ in range(4):
                    await worker.deliver_all()

        asyncio.run(work())
    assert [headers["answered"] for headers, _ in hook.calls] == ["500", "302", "200"]
    assert len({headers["webhook-id"] for headers, _ in hook.calls}) == 1
    headers, body = hook.calls[-1]
    said = json.loads(body)
    assert said["type"] == "report.received"
    assert said["data"]["case_id"] == case
    assert said["data"]["owner"] == {"area_code": town.HEADED, "role": "head"}
    assert set(said["data"]) == {"case_id", "seq", "state", "category", "area_code", "owner"}
    with owner(clean) as connection:
        salt = connection.execute("SELECT salt FROM subscriptions ORDER BY id LIMIT 1").fetchone()
        assert salt
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert (
        signed(key_of(SECRET, salt[0]), headers["webhook-id"], at, body)["webhook-signature"]
        == headers["webhook-signature"]
    )
    # The other village's subscription heard nothing.
    assert {recipient for (recipient,) in listed(clean, "recipient") if recipient == f"subscription:{number}"} == set()


def test_gone_ends_a_subscription(clean: Store) -> None:
    hook = Hook(answers=[410])
    with receiver(hook) as url:
        with owner(clean) as connection:
            number, _ = add_subscription(
                connection, url, town.CITY, ["report.received"], NOW, secret=SECRET, private=True
            )
        tell(clean, None)
        tell(clean, None)

        async def work() -> None:
            async with bench(clean) as worker:
                await worker.read()
                await worker.deliver_all()

        asyncio.run(work())
    assert len(hook.calls) == 1
    with owner(clean) as connection:
        assert [one.ended_at for one in list_subscriptions(connection)] == [NOW]
        with pytest.raises(WebhookRefusedError):
            end_subscription(connection, number, NOW)
    calls = [row for row in listed(clean, "kind, state, last_error") if row[0] == "webhook"]
    assert calls == [("webhook", "dead", "receiver_gone"), ("webhook", "dead", "subscription_ended")]


def test_private_addresses_are_refused_at_both_ends(clean: Store) -> None:
    with owner(clean) as connection:
        for url in (
            "https://10.0.0.1/",
            "https://[::1]/",
            "http://example.org/",
            "ftp://example.org/",
            "https://u:p@example.org/",
        ):
            with pytest.raises(WebhookRefusedError):
                add_subscription(connection, url, town.CITY, ["report.received"], NOW, secret=SECRET)
        with pytest.raises(WebhookRefusedError):
            add_subscription(connection, "https://example.org/", town.CITY, ["no.such"], NOW, secret=SECRET)
        with pytest.raises(WebhookRefusedError):
            add_subscription(connection, "https://example.org/", "no-such", ["report.received"], NOW, secret=SECRET)
        with pytest.raises(WebhookRefusedError):
            add_subscription(
                connection, "https://e.org/", town.CITY, ["report.received"], NOW, secret=SECRET, made_by="head"
            )
        # A name may lead to a private address all the same.
        add_subscription(connection, "https://localhost/hook", town.CITY, ["report.received"], NOW, secret=SECRET)
    tell(clean, None)

    async def work() -> None:
        async with bench(clean, private=False) as worker:
            await worker.read()
            await worker.deliver_all()

    asyncio.run(work())
    assert ("webhook", "dead", "private_address") in listed(clean, "kind, state, last_error")


def test_two_readers_at_once_take_each_row_once(clean: Store) -> None:
    for _ in range(30):
        tell(clean, None)

    async def work() -> None:
        async with bench(clean) as worker:

            async def reader() -> int:
                taken = 0
                while True:
                    async with worker.pool.connection() as connection:
                        rows, _ = await take_news(connection, NOW, 3, with_mail=True)
                    if not rows:
                        return taken
                    taken += rows

            assert sum(await asyncio.gather(*(reader() for _ in range(4)))) == 30
            assert len(await worker.jobs()) == 30

    asyncio.run(work())
    assert len(listed(clean, "id")) == 30


def test_weekly_lists_go_out_once_a_week(clean: Store) -> None:
    _, case = tell(clean, None, NOW - timedelta(days=20))
    step(clean, "head", case, "take", NOW - timedelta(days=3))
    box = Mailbox()

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            for hours in (0, 1, 30):
                await worker.do(lists, NOW + timedelta(hours=hours))
                await worker.read()
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    week = [letter for letter in box.letters if "2026-03-02" in letter["Subject"]]
    # The city's desk is held by nobody in person, and its dispatcher reads its lists; the second grid has a deputy alone.
    assert sorted(letter["To"] for letter in week) == [
        f"{who}@staff.example.org" for who in ("city", "deputy", "desk", "head")
    ]
    (to_head,) = [letter for letter in week if letter["To"] == "head@staff.example.org"]
    text = to_head.get_body(("plain",))
    assert text is not None
    said = text.get_content()
    assert "问题清单" in said
    assert "履职清单" in said
    assert "自行办理 1 次" in said
    assert f"【超期】{case} 乱倒垃圾" in said
    (to_desk,) = [letter for letter in week if letter["To"] == "desk@staff.example.org"]
    assert "problems and duties" in to_desk["Subject"]
    assert len(listed(clean, "id")) == len({(o, r) for o, r in listed(clean, "outbox_id, recipient")})


def test_a_desk_has_the_duties_of_all_who_work_there(clean: Store) -> None:
    _, case = tell(clean, None, NOW - timedelta(days=5))
    step(clean, "city", case, "accept", NOW - timedelta(days=3))
    with owner(clean) as connection:
        row = connection.execute(
            "SELECT week_lists(id, %s, %s, 10) -> 'done' FROM postings WHERE role = 'desk' AND area_code = %s",
            (NOW, NOW, town.CITY),
        ).fetchone()
    assert row == ({"accept": 1},)


def test_a_claim_is_told_to_those_who_may_look_again(clean: Store) -> None:
    number, case = tell(clean, CONTACT, NOW - timedelta(days=2))
    with owner(clean) as connection:
        connection.execute("UPDATE cases SET hazard = true WHERE id = %s", (case,))
    step(clean, "desk", case, "accept", NOW - timedelta(days=1))
    step(clean, "head", case, "take", NOW - timedelta(days=1))
    step(clean, "head", case, "claim", NOW, "清走了")
    with owner(clean) as connection:
        connection.execute("UPDATE cases SET stage_due_at = %s WHERE id = %s", (NOW + timedelta(hours=1), case))
    box = Mailbox()

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            await worker.do(due, NOW + timedelta(hours=2))
            await worker.read(NOW + timedelta(hours=2))
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    # The village's desk directed it, so those above it are asked: both of them, and not the head who claims.
    for words in ("请您核查", "核查已超时"):
        told = sorted(letter["To"] for letter in box.letters if words in letter["Subject"])
        assert told == ["city@staff.example.org", "supervisor@staff.example.org"], words
    assert not [letter for letter in box.letters if "这一环节已超时" in letter["Subject"]]
    (asked,) = [letter for letter in box.letters if letter["To"] == CONTACT and "请您确认" in letter["Subject"]]
    text = asked.get_body(("plain",))
    assert text is not None
    assert "七天之内" not in text.get_content()
    assert number in asked["Subject"]


def test_residents_hear_where_their_report_went(clean: Store) -> None:
    first, into = tell(clean, "first@example.org")
    second, case = tell(clean, "second@example.org")
    step(clean, "head", into, "accept", NOW)
    step(clean, "head", into, "return", NOW, "不是我网格的事")
    step(clean, "desk", case, "merge", NOW, into=into)
    step(clean, "desk", into, "split", NOW, report=second)
    box = Mailbox()

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    told = {(letter["To"], letter["Subject"].split("（")[0]) for letter in box.letters}
    assert ("first@example.org", "您反映的问题已转交办理") in told
    assert ("second@example.org", "您反映的问题已单独办理") in told
    # Whoever reported the case that it went into has no news of that.
    assert not [to for to, subject in told if to == "first@example.org" and ("合并" in subject or "单独" in subject)]
    assert first != second


def test_a_report_that_went_into_another_case_is_told_so(clean: Store) -> None:
    _, into = tell(clean, "first@example.org")
    _, case = tell(clean, "second@example.org")
    step(clean, "desk", case, "merge", NOW, into=into)
    with owner(clean) as connection:
        told = connection.execute(
            "SELECT k.contact, c.relation FROM outbox o, concerned(ARRAY[o.id], %s) c"
            " JOIN report_contacts k ON 'report:' || k.report_id = c.recipient WHERE o.topic = 'case.merge'",
            (NOW,),
        ).fetchall()
    assert told == [("second@example.org", "reporter")]


def test_what_is_old_is_cleared_and_what_waits_stays(clean: Store) -> None:
    tell(clean, None)

    async def work(at: datetime) -> None:
        async with bench(clean) as worker:
            await worker.do(clear, at)

    async def read() -> None:
        async with bench(clean) as worker:
            await worker.read()

    asyncio.run(work(NOW + timedelta(days=60)))
    with owner(clean) as connection:
        assert connection.execute("SELECT count(*) FROM outbox WHERE done_at IS NULL").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM idempotency_keys").fetchone() == (0,)
    asyncio.run(read())
    asyncio.run(work(NOW + timedelta(days=29)))
    with owner(clean) as connection:
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
    asyncio.run(work(NOW + timedelta(days=31)))
    with owner(clean) as connection:
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM deliveries").fetchone() == (1,)


def order(store: Store, login: str, case: int, verb: str, at: datetime, version: int = 0) -> None:
    """Give an order or take a step of the first one; until two days later."""
    with owner(store) as connection:
        person = connection.execute("SELECT id FROM people WHERE login = %s", (login,)).fetchone()
        assert person
        token = sha256(f"{login}{next(_numbers)}".encode()).digest()
        connection.execute(
            "SELECT session_open(%s, %s, %s, NULL, %s, %s)", (login, person[0], token, at, at + timedelta(hours=12))
        )
    with psycopg.connect(store.dsn("web"), autocommit=True) as web:
        web.execute(
            "SELECT take_order(%s, %s, %s, %s, %s, %s, '两天内清走', %s)",
            (token, at, case, 1 if version else None, version, verb, at + timedelta(days=2)),
        )


def test_an_order_is_told_to_whoever_has_the_case_and_its_answer_to_whoever_gave_it(clean: Store) -> None:
    _, case = tell(clean, contact=None)
    box = Mailbox()

    async def work(port: int) -> None:
        async with bench(clean, port=port) as worker:
            await worker.read()
            await worker.deliver_all()
            box.letters.clear()
            order(clean, "supervisor", case, "order_give", NOW)
            step(clean, "head", case, "accept", NOW)
            step(clean, "head", case, "return", NOW, "不归我们管")
            await worker.read()
            await worker.deliver_all()
            late = NOW + timedelta(days=5)
            # Two workers, after days without any.
            await asyncio.gather(worker.do(late_orders, late), worker.do(late_orders, late))
            order(clean, "supervisor", case, "order_until", late, 1)
            order(clean, "desk", case, "order_answer", late, 2)
            order(clean, "supervisor", case, "order_not_keep", late, 3)
            await worker.read()
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    texts = []
    for letter in box.letters:
        body = letter.get_body(("plain",))
        assert body is not None
        texts.append((letter["To"].partition("@")[0], letter["Subject"].partition(":")[0], body.get_content()))
    # The order goes with the case: the desk, which reads English, has both now.
    assert sorted((who, what.partition("：")[0]) for who, what, _ in texts) == [
        ("desk", "Another deadline for an order"),
        ("desk", f"New case {case}"),
        ("desk", "Order late"),
        ("desk", "Order not kept"),
        ("head", "督办"),
        ("supervisor", "督办已答复，请评定"),
        ("supervisor", "督办逾期未答复"),
    ]
    # By when, and none of what was said.
    assert all("两天内清走" not in text for *_, text in texts)
    told = [text for _, what, text in texts if what.startswith(("督办：", "New case"))]
    assert ["2026-03-04 09:00" in text for text in told] == [True, True]


def test_live_pages_mind_neither_reading_nor_clearing(clean: Store) -> None:
    tell(clean, None)

    async def work() -> None:
        connection = await asyncpg.connect(**clean.asyncpg_kwargs("web"))
        try:
            early = await news.begin(connection)
            _, first = await asyncio.to_thread(tell, clean, None)
            assert [one.case_id for one in await news.read(connection, early)] == [first]
            async with bench(clean) as worker:
                await worker.read()
                await worker.do(clear, NOW + timedelta(days=31))
            assert await news.read(connection, early) == ()
            late = await news.begin(connection)
            _, second = await asyncio.to_thread(tell, clean, None)
            for horizon in (early, late):
                assert [one.case_id for one in await news.read(connection, horizon)] == [second]
        finally:
            await connection.close()

    asyncio.run(work())


def test_the_web_role_reads_no_secret_and_no_delivery(clean: Store) -> None:
    tell(clean)
    with psycopg.connect(clean.dsn("web"), autocommit=True) as web:
        for query in ("SELECT * FROM subscriptions", "SELECT email FROM people", "SELECT letter_facts(1, now())"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                web.execute(query)
        assert web.execute("SELECT count(*) FROM deliveries").fetchone() == (0,)
    with psycopg.connect(clean.dsn("worker"), autocommit=True) as worker:
        for query in (
            "SELECT * FROM report_contacts",
            "SELECT * FROM people",
            "SELECT * FROM cases",
            "SELECT * FROM report_words",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                worker.execute(query)
