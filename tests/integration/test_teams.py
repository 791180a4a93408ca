"""Helper teams in the database: there and back, what the web role can select, letters, and two who act at once."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any, Final

import psycopg
import pytest

from gis.migrate import downgrade, upgrade
from gis.store import Store
from tests import little_town as town
from tests.integration.test_schema import structure
from tests.integration.test_worker import CONTACT, NOW, WORDS, bench, built, clean, owner, step, tell
from tests.receivers import Mailbox, mail_server

__all__ = ["built", "clean"]

TASK: Final = "请帮忙捡走沟边的塑料袋"
_tokens = count()


class Team:
    """A team of volunteers with two helpers, and a case that its head works on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.number, self.case = tell(store)
        step(store, "head", self.case, "take", NOW)
        name = f"志愿队{next(_tokens)}"
        self.team = self.keep("add", None, None, area_code=town.CITY, kind="volunteers", name_zh=name, name_en="Team")
        with owner(store) as connection:
            for who in ("甲", "乙"):
                connection.execute(
                    "WITH one AS (INSERT INTO people (name, login, password_hash, email) VALUES (%(n)s, %(n)s, 'none',"
                    " %(mail)s) RETURNING id) INSERT INTO postings (area_code, role, person_id, desk, during)"
                    " SELECT %(area)s, 'helper', id, %(team)s, tstzrange('2020-01-01Z', NULL) FROM one",
                    {
                        "n": f"{name}{who}",
                        "mail": f"{self.team}-{ord(who)}@staff.example.org",
                        "area": town.CITY,
                        "team": name,
                    },
                )
        self.helpers = (f"{name}甲", f"{name}乙")

    def session(self, login: str) -> bytes:
        token = sha256(f"team-{login}-{next(_tokens)}".encode()).digest()
        with owner(self.store) as connection:
            connection.execute(
                "SELECT session_open(login, id, %s, NULL, %s, %s) FROM people WHERE login = %s",
                (token, NOW, NOW + timedelta(hours=12), login),
            )
        return token

    def keep(self, verb: str, team: int | None, version: int | None, **data: Any) -> int:
        told = {"skills": ["clean_up"], "areas": [town.CITY], "hours": [], "contact": "值班室"} | data
        with psycopg.connect(self.store.dsn("web"), autocommit=True) as web:
            done = web.execute(
                "SELECT keep_team(%s, %s, %s, %s, %s, %s)",
                (self.session("admin"), NOW, team, version, verb, json.dumps(told)),
            ).fetchone()
            assert done
            return int(done[0]["posting_id"])

    def part(self, login: str, verb: str, nth: int | None, version: int | None, words: str | None, **data: Any) -> Any:
        with psycopg.connect(self.store.dsn("web"), autocommit=True) as web:
            done = web.execute(
                "SELECT take_part_step(%s, %s, %s, %s, %s, %s, %s, %s)",
                (self.session(login), NOW, self.case, nth, version, verb, words, json.dumps(data)),
            ).fetchone()
            assert done
            return done[0]

    def ask(self) -> Any:
        until = (NOW + timedelta(days=1)).isoformat()
        return self.part("head", "part_ask", None, None, TASK, owner={"posting_id": self.team}, until=until)


@pytest.fixture
def team(clean: Store) -> Iterator[Team]:
    made = Team(clean)
    yield made
    with owner(clean) as connection:
        connection.execute("UPDATE people SET email = NULL WHERE name = ANY (%s)", (list(made.helpers),))


def test_this_revision_goes_down_and_up_again(database: Store) -> None:
    whole = structure(database)
    downgrade(database.dsn("migrate"), "0054")
    assert "team" not in structure(database)
    upgrade(database.dsn("migrate"))
    assert structure(database) == whole


def test_teams_go_down_with_the_revision_as_departments_that_are_there_no_more(built: Store) -> None:
    team = Team(built)
    team.ask()
    team.part(team.helpers[0], "part_start", 1, 1, None)
    downgrade(built.dsn("migrate"), "0054")
    with owner(built) as connection:
        rows = connection.execute(
            "SELECT DISTINCT role, during @> %s FROM postings WHERE desk = (SELECT desk FROM postings WHERE id = %s)",
            (NOW + timedelta(days=3650), team.team),
        ).fetchall()
        assert sorted(rows) == [("department", False), ("handler", False)]
    upgrade(built.dsn("migrate"))


def test_row_level_security_alone_shows_a_helper_nothing_of_the_case(team: Team) -> None:
    team.ask()
    team.part("head", "part_ask", None, None, "另一项", owner={"posting_id": _department(team)}, until="2030-01-01Z")
    with psycopg.connect(team.store.dsn("web")) as web:
        web.execute("SELECT act_as(%s, %s)", (team.session(team.helpers[0]), NOW))
        for table in ("cases", "reports", "report_words", "events", "event_words", "photos", "parts", "orders"):
            assert web.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
        # No names but his own and those that the public may know.
        names = {name for (name,) in web.execute("SELECT name FROM people")}
        assert team.helpers[0] in names
        assert not names & {team.helpers[1], "东村值班员", "市督查员"}
        seen = web.execute("SELECT * FROM team_parts(%s, NULL, NULL, 100)", (NOW,)).fetchall()
        assert [row[1] for row in seen] == [1]
        assert TASK in seen[0]
        assert not [word for word in (WORDS, CONTACT, team.number, "另一项") if word in repr(seen)]
        assert web.execute("SELECT actor_is_staff()").fetchone() == (False,)


def test_of_two_helpers_at_once_one_is_told_that_it_has_changed(team: Team) -> None:
    team.ask()

    def done(who: str) -> str:
        try:
            return str(team.part(who, "part_done", 1, 1, "捡完了")["state"])
        except psycopg.Error as error:
            return str(error.sqlstate)

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(done, team.helpers)) == ["GW020", "done"]


def test_a_team_that_ends_while_it_is_asked_is_asked_or_gone_and_never_half(team: Team) -> None:
    with ThreadPoolExecutor(2) as both:
        asked = both.submit(team.ask)
        ended = both.submit(team.keep, "end", team.team, 1, until=(NOW + timedelta(hours=1)).isoformat())
        assert (asked.result()["state"], ended.result()) == ("asked", team.team)
    with owner(team.store) as connection:
        held = connection.execute(
            "SELECT DISTINCT upper(during) FROM postings WHERE desk = (SELECT desk FROM postings WHERE id = %s)",
            (team.team,),
        ).fetchall()
    assert held == [(NOW + timedelta(hours=1),)]


def test_letters_lead_to_the_part_and_tell_nothing_of_the_case(team: Team) -> None:
    box = Mailbox()
    with owner(team.store) as connection:
        connection.execute("TRUNCATE outbox, deliveries, procrastinate_jobs CASCADE")
    team.ask()
    team.part(team.helpers[0], "part_start", 1, 1, None)
    until = (NOW + timedelta(days=2)).isoformat()
    team.part("head", "part_until", 1, 2, "再给一天", until=until)
    team.part("head", "part_withdraw", 1, 3, "不用了")

    async def work(port: int) -> None:
        async with bench(team.store, port=port) as worker:
            await worker.read()
            await worker.deliver_all()

    with mail_server(box) as port:
        asyncio.run(work(port))
    told = []
    for letter in box.letters:
        plain = letter.get_body(("plain",))
        assert plain is not None
        if letter["To"].startswith(f"{team.team}-"):
            told.append((str(letter["Subject"]), str(plain.get_content())))
    # Both are told of what was asked, moved and withdrawn; what a helper did himself is no news.
    assert len(told) == 6
    part = f"https://grid.example.org/team/parts/{team.case}/1"
    assert sum(part in body for _, body in told) == 4
    assert sum("https://grid.example.org/team" in body.split() for _, body in told) == 2
    for subject, body in told:
        for hidden in ("乱倒垃圾", "东村", TASK, WORDS, team.number, f"/cases/{team.case}"):
            assert hidden not in subject + body, hidden


def _department(team: Team) -> int:
    with owner(team.store) as connection:
        row = connection.execute("SELECT id FROM postings WHERE role = 'department'").fetchone()
        assert row
        return int(row[0])
