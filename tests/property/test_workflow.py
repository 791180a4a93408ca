"""The loop never breaks its rules: a model in plain Python, alone and side by side with the real database.

Whoever happens to come asks for whatever he happens to want, with right and wrong data, while the clock goes on.
``GRIDWARDEN_QUALITY=full`` runs the counts of the claim instead of the small ones.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter, defaultdict
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any, Final, cast

import asyncpg
import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.rows import dict_row

from gis.store import Store
from grids.receipts import Keys, digest
from grids.steps import StepError, Taken, take
from grids.workflow import STEPS
from maps.layers import _MEASURES
from maps.questions import Layer
from tests import small_county as county
from tests.property.workflow_model import (
    AUTHORITY,
    HOURS,
    PRIVATE,
    URGENCIES,
    Actor,
    Asked,
    Case,
    Owner,
    Told,
    World,
    broken_rules,
)

FULL: Final = os.environ.get("GRIDWARDEN_QUALITY") == "full"
PURE_RUNS, DATABASE_RUNS, STEPS_A_RUN = (2_000, 2_000, 50) if FULL else (200, 20, 50)
KEYS: Final = Keys(b"k" * 32)
VERBS: Final = [step.verb for step in STEPS]
LOGINS: Final = (
    *(f"{role}@{county.GRID}" for role in ("head", "deputy", "member", "clerk", "supervisor")),
    *(f"{role}@{county.VILLAGE}" for role in ("desk", "dispatcher", "handler", "clerk", "head")),
    *(f"{role}@{county.TOWNSHIP}" for role in ("desk", "dispatcher", "handler", "supervisor")),
    *(f"{role}@{county.COUNTY}" for role in ("desk", "dispatcher", "handler", "supervisor", "clerk", "planner")),
    *(f"deputy@{county.DEPUTISED}", f"head@{county.OVERLAY}", f"desk@{county.OTHER_VILLAGE}", f"head@{county.SIBLING}"),
    *(f"administrator@{county.COUNTY}", f"head@{county.FOREIGN}", f"dispatcher@{county.FOREIGN}", "dispatcher@81"),
    *("next", "both", "former", "stranger"),
)  # fmt: skip
# Where reports come from, and of what kind.
PLACES: Final = (county.GRID, county.GRID, county.DEPUTISED, county.VACANT, county.OVERLAY, county.FOREIGN)
KINDS: Final = ("dumping", "dumping", "light", "light", "dispute", "conduct")
# What rules on places do.
DEEDS: Final = (
    ("recurring", "urgent", "up", "supervise"),
    ("recurring", "recheck_above"),
    ("hazard",),
    ("township",),
    ("up", "township"),
)
# What leads deep into the loop comes more often than what ends it at once.
_WEIGHTS: Final = dict.fromkeys(
    (
        "take",
        "start",
        "claim",
        "lapse",
        "deny",
        "pass_recheck",
        "approve_extension",
        "split",
        "evaluate",
        "start",
        "resume",
        "dispatch",
    ),
    5,
)
# All others, taken without a confirmed solution, never make a figure better.
CONFIRMS: Final = {"confirm", "pass_recheck", "evaluate"}

words = st.sampled_from([None, "", "  ", "现场看过了", "垃圾还在\0原地", "x" * 4000])
hours = st.floats(0.1, 200).map(lambda h: timedelta(seconds=int(h * 3600)))


class Loop(RuleBasedStateMachine):
    """The model alone."""

    world: World

    @initialize(all_sampled=st.booleans())
    def begin(self, all_sampled: bool) -> None:
        self.numbers = count(1)
        self.world = World(self.posted(), county.NOW, all_sampled=all_sampled)
        for place in (county.GRID, county.GRID, county.DEPUTISED):
            self.report(place, "light", hazard=False, recurring=False)

    @precondition(lambda self: len(self.world.cases) < 8)
    @rule(
        place=st.sampled_from(PLACES),
        kind=st.sampled_from(KINDS),
        hazard=st.integers(0, 5).map(lambda n: n == 0),
        recurring=st.integers(0, 5).map(lambda n: n == 0),
    )
    def report(self, place: str, kind: str, hazard: bool, recurring: bool) -> None:
        case = self.received(place, kind)
        case.hazard, case.recurring = hazard, recurring
        self.world.cases[case.id] = case
        self.mark(case)

    def wait(self, data: st.DataObject) -> None:
        self.world.now += data.draw(st.one_of(st.just(timedelta(minutes=5)), hours))

    @rule(data=st.data())
    def step_that_is_open(self, data: st.DataObject) -> None:
        """Something that somebody may do, with what it needs."""
        self.wait(data)
        pairs = [
            (case, actor, step.verb)
            for case in self.world.cases.values()
            for actor in self.actors()
            if (held := self.world.relations(case, actor))
            for step in STEPS
            if case.state in step.sources and held.intersection(step.who) and self.world.ready(case, step, actor)
        ]
        if pairs:
            # By verb first, so that those that few may take come as often as those that many may.
            verbs = sorted({verb for *_, verb in pairs})
            verb = data.draw(st.sampled_from([verb for verb in verbs for _ in range(_WEIGHTS.get(verb, 1))]))
            case, actor, _ = data.draw(st.sampled_from([pair for pair in pairs if pair[2] == verb]))
            self.ask(Asked(case.id, actor, verb, case.version, "现场看过了", self.right(data, case)))

    @rule(data=st.data())
    def another_step_that_is_open(self, data: st.DataObject) -> None:
        """The same once more: Hypothesis leaves out some rules of a run, and without work there is nothing to refuse."""
        self.step_that_is_open(data)

    @rule(data=st.data())
    def any_step(self, data: st.DataObject) -> None:
        """Anybody asks for anything."""
        self.wait(data)
        numbers = [*self.world.cases, 2**40]
        number = data.draw(st.sampled_from(numbers))
        case = self.world.cases.get(number)
        version = (case.version if case else 1) + data.draw(st.sampled_from([0, 0, 0, -1, 1]))
        verb = data.draw(st.sampled_from([*VERBS, "explode", "receive", "merge_in"]))
        given = self.right(data, case) if case and data.draw(st.booleans()) else self.wrong(data)
        said = data.draw(words)
        actor = data.draw(st.sampled_from(self.actors()))
        self.ask(Asked(number, actor, verb, max(version, 1), (said and said.strip()) or None, given))

    @rule(data=st.data(), deeds=st.sampled_from(DEEDS))
    def alarm(self, data: st.DataObject, deeds: tuple[str, ...]) -> None:
        """A rule on places rings for a case, whatever state it is in."""
        self.wait(data)
        case = self.world.cases[data.draw(st.sampled_from(list(self.world.cases)))]
        unsolved, confirmed = self.figures()
        self.really_ring(case, deeds)
        self.world.ring(case, deeds)
        after = self.figures()
        assert after[0] >= unsolved, "an alarm lowered what is unsolved"
        assert after[1] == confirmed, "an alarm confirmed something"
        self.compare([case])

    @rule(data=st.data())
    def what_is_beyond_its_level_goes_up(self, data: st.DataObject) -> None:
        """The service looks whether a case is more than its level may handle."""
        self.wait(data)
        before = self.figures()
        self.really_send_up()
        gone = self.world.sent_up()
        assert self.figures() == before, "going up changed a figure"
        self.compare(gone)

    def right(self, data: st.DataObject, case: Case) -> dict[str, Any]:
        """Answer what any step may need, drawn so that it is often right."""
        others = [c.id for c in self.world.cases.values() if c.id != case.id] or [case.id]
        possible = sorted(
            n for n, p in self.world.postings.items() if p.role in ("head", "deputy", "desk", "department")
        )  # fmt: skip
        near = [n for n in possible if self.world.postings[n].area in case.chain] or possible
        return {
            "owner": {"posting_id": data.draw(st.sampled_from(near if data.draw(st.integers(0, 3)) else possible))},
            "until": max(self.world.now, case.due_at) + data.draw(hours),
            "rating": data.draw(st.sampled_from(["solved", "partly", "not"])),
            "body": "公路管理站",
            "into": data.draw(st.sampled_from(others)),
            "report": data.draw(st.sampled_from(sorted(case.reports) or ["0000000000"])),
            "again": data.draw(st.sampled_from(sorted(self.reports()))),
            "category": data.draw(st.sampled_from(sorted(HOURS))),
            "urgency": data.draw(st.sampled_from(URGENCIES)),
        }

    def wrong(self, data: st.DataObject) -> dict[str, Any]:
        """Answer data of which little is right."""
        every: dict[str, Any] = {
            "owner": {"posting_id": data.draw(st.sampled_from([*self.world.postings, 2**30]))},
            "until": self.world.now
            + data.draw(st.sampled_from([timedelta(0), -timedelta(days=1), timedelta(hours=1)])),
            "rating": data.draw(st.sampled_from(["", "great", "solved"])),
            "body": data.draw(st.sampled_from(["", "公路管理站"])),
            "into": data.draw(st.sampled_from([0, 2**40, *self.world.cases])),
            "report": data.draw(st.sampled_from(["", "0000000000", *self.reports()])),
            "again": data.draw(st.sampled_from(["0000000000", *self.reports()])),
            "category": data.draw(st.sampled_from(["", "unheard_of", "dumping"])),
            "urgency": data.draw(st.sampled_from(["", "at_once", "urgent"])),
        }
        return {name: value for name, value in every.items() if data.draw(st.booleans())}

    def reports(self) -> list[str]:
        return [number for case in self.world.cases.values() for number in case.reports]

    def actors(self) -> list[Actor]:
        """Answer everybody who may come: staff, holders of keys, a visitor, the service."""
        return [*map(Actor, LOGINS), *(Actor(report=number) for number in self.reports()), Actor(), Actor(service=True)]

    def ask(self, asked: Asked) -> None:
        """Ask the model, compare with what really happens, and see what it did to the figures."""
        code = self.world.refusal(asked)
        other = self.really(asked, code)
        if code is None:
            unsolved, confirmed = self.figures()
            changed = self.world.take(asked, other)
            after = self.figures()
            if asked.verb not in CONFIRMS:
                assert after[1] <= confirmed, f"{asked.verb} raised what is confirmed"
                assert after[0] >= unsolved, f"{asked.verb} lowered what is unsolved"
            self.compare(changed)

    def figures(self) -> tuple[int, int]:
        cases = self.world.cases.values()
        return sum(map(self.world.unsolved, cases)), sum(c.confirmed is True for c in cases)

    @invariant()
    def no_rule_is_broken(self) -> None:
        assert not broken_rules(self.world)

    # What the model does alone.

    def posted(self) -> dict[int, county.Posting]:
        return dict(enumerate(county.postings(), 1))

    def received(self, place: str, kind: str) -> Case:
        line = county.chain(place)
        owner = self.world.answers_for(line if kind != "conduct" else line[:-1])
        due_at = self.world.now + timedelta(hours=HOURS[kind]["solve"])
        number = next(self.numbers)
        case = Case(
            number, kind, line, owner, self.world.now, due_at, {f"{number:010d}": Told(self.world.now, line, kind)}
        )
        case.about_official = kind == "conduct"
        return case

    def really(self, asked: Asked, code: str | None) -> int | None:
        return next(self.numbers) if asked.verb == "split" and code is None else None

    def really_ring(self, case: Case, deeds: tuple[str, ...]) -> None:
        """Nothing else rings."""

    def really_send_up(self) -> None:
        """Nothing else goes up."""

    def mark(self, case: Case) -> None:
        """Nothing else to mark."""

    def compare(self, changed: list[Case]) -> None:
        """Nothing to compare with."""


@dataclass
class Real:
    """The real database, as the service and the worker reach it, and as its owner looks into it."""

    runner: asyncio.Runner
    web: asyncpg.Connection[Any]
    worker: asyncpg.Connection[Any]
    sender: psycopg.Connection
    owner: psycopg.Connection[dict[str, Any]]
    rules: dict[tuple[str, ...], int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    told: Counter[str] = field(default_factory=Counter)
    outbox: dict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    heard: int = 0
    ids: dict[str, int] = field(default_factory=dict)


@contextmanager
def real(database: Store) -> Iterator[Real]:
    with (
        asyncio.Runner() as runner,
        psycopg.connect(database.dsn("web"), autocommit=True) as sender,
        psycopg.connect(database.dsn("migrate"), autocommit=True, row_factory=dict_row) as owner,
    ):
        connections = [runner.run(asyncpg.connect(**database.asyncpg_kwargs(role))) for role in ("web", "worker")]
        it = Real(runner, connections[0], connections[1], sender, owner)
        for deeds in DEEDS:
            row = owner.execute(
                "INSERT INTO place_rules (during, note, days, reports_from, deeds, made_at)"
                " VALUES ('[2019-01-01Z,)', 'rung by hand', 90, 2, %s, %s) RETURNING id",
                (list(deeds), county.NOW),
            ).fetchone()
            assert row
            it.rules[deeds] = row["id"]
        for category, level in AUTHORITY.items():
            owner.execute(
                "INSERT INTO escalation_rules (kind, during, note, category_code, level, made_at)"
                " VALUES ('authority', '[2019-01-01Z,)', 'beyond the village', %s, %s, %s)",
                (category, level, county.NOW),
            )
        yield it
        for connection in connections:
            runner.run(connection.close())


class LoopOfTheDatabase(Loop):
    """The model and the database: the same refusals, the same cases after each step."""

    def __init__(self, it: Real) -> None:
        super().__init__()
        self.it = it
        self.keys: dict[str, str] = {}

    @initialize(all_sampled=st.booleans())
    def begin(self, all_sampled: bool) -> None:
        self.it.owner.execute("UPDATE recheck_shares SET share = %s", (int(all_sampled),))
        super().begin(all_sampled)

    def posted(self) -> dict[int, county.Posting]:
        rows = self.it.owner.execute(
            "SELECT p.id, area_code, role, login, desk, lower(during) AS since, upper(during) AS until"
            " FROM postings p LEFT JOIN people ON people.id = person_id"
        ).fetchall()
        return {
            r["id"]: county.Posting(r["area_code"], r["role"], r["login"], r["desk"], r["since"], r["until"])
            for r in rows
        }

    def received(self, place: str, kind: str) -> Case:
        # For an area, without a pin: nothing stands beside it, only the flag decides whether it recurs.
        sent = county.send(self.it.sender, KEYS, next(self.it.numbers), place, category=kind, at=self.world.now)
        self.keys[sent.number] = sent.key
        told = self.it.owner.execute("SELECT id FROM reports WHERE number = %s", (sent.number,)).fetchone()
        self.it.ids[sent.number] = told["id"] if told else 0
        row = self.row(sent.case_id)
        case = Case(
            id=sent.case_id,
            category=kind,
            chain=tuple(row["chain"]),
            owner=Owner(row["owner_area_code"], row["owner_role"], row["owner_posting_id"]),
            received_at=self.world.now,
            due_at=self.world.now + timedelta(hours=HOURS[kind]["solve"]),
            reports={sent.number: Told(self.world.now, tuple(row["chain"]), kind)},
            about_official=kind == "conduct",
            stage_due_at=row["stage_due_at"],
        )
        assert case.due_at == row["due_at"]
        self.owner_is_told(case)
        return case

    def really_ring(self, case: Case, deeds: tuple[str, ...]) -> None:
        row = self.it.owner.execute("SELECT min(id) AS id FROM reports WHERE case_id = %s", (case.id,)).fetchone()
        place = (row and row["id"]) or 1
        call = "SELECT ring($1, $2, $3, $4, '{}')"
        self.it.runner.run(self.it.worker.execute(call, self.it.rules[deeds], case.id, place, self.world.now))
        self.it.told["alarm"] += 1

    def really_send_up(self) -> None:
        self.it.runner.run(self.it.worker.execute("SELECT escalate_due($1, 100000)", self.world.now))

    def mark(self, case: Case) -> None:
        flags = (case.hazard, case.recurring, case.id)
        self.it.owner.execute("UPDATE cases SET hazard = %s, recurring = %s WHERE id = %s", flags)

    def really(self, asked: Asked, code: str | None) -> int | None:
        actor = asked.actor
        given = {name: value.isoformat() if name == "until" else value for name, value in asked.data.items()}
        if "again" in given:
            given["again"] = self.it.ids.get(given["again"], 0)
        call = take(
            self.it.worker if actor.service else self.it.web,
            asked.case_id,
            asked.verb,
            version=asked.version,
            now=self.world.now,
            session_digest=county.session(actor.login),
            link_digest=digest(self.keys[actor.report]) if actor.report else None,
            words=asked.words,
            data=given,
        )
        taken, refused = self.answer(call)
        assert refused == code, asked
        self.it.told[code or asked.verb] += 1
        return taken.other if taken else None

    def answer(self, call: Coroutine[Any, Any, Taken]) -> tuple[Taken | None, str | None]:
        try:
            return self.it.runner.run(call), None
        except StepError as error:
            return None, error.code

    def compare(self, changed: list[Case]) -> None:
        for case in changed:
            row = self.row(case.id)
            ours = {name: getattr(case, name) for name in _SAME}
            assert ours == {name: row[name] for name in _SAME}
            assert case.recheck == set(row["recheck"])
            assert (case.category, case.category in PRIVATE) == (row["category_code"], row["private"])
            assert case.chain == tuple(row["chain"])
            assert case.owner == Owner(row["owner_area_code"], row["owner_role"], row["owner_posting_id"])
            assert sorted(case.reports) == row["numbers"]
            self.owner_is_told(case)
            self.history_is_whole(case)
        self.maps_count_the_same()

    def maps_count_the_same(self) -> None:
        """The layer *unsolved* by its own words, over what everybody may see; and what lists ask of each case."""

        def found(view: str, condition: str) -> set[int]:
            rows = self.it.owner.execute(
                f"SELECT id FROM {view} WHERE id = ANY (%(ids)s) AND {condition}",
                {"ids": list(self.world.cases), "at": self.world.now},
            )
            return {row["id"] for row in rows}

        ours = {number for number, case in self.world.cases.items() if self.world.unsolved(case)}
        each = "unsolved(closed_at, least(promised_at, due_at), reopened, confirmed, merged_into, %(at)s)"
        assert found("cases", each) == ours
        seen = {number for number in ours if self.world.cases[number].category not in PRIVATE}
        assert found("seen_cases", _MEASURES[Layer.UNSOLVED][1].replace(":at", "%(at)s")) == seen

    def row(self, case_id: int) -> dict[str, Any]:
        row = self.it.owner.execute(
            "SELECT *, ARRAY(SELECT number FROM reports r WHERE r.case_id = c.id ORDER BY 1) AS numbers FROM cases c WHERE id = %s",
            (case_id,),
        ).fetchone()
        assert row
        return row

    def owner_is_told(self, case: Case) -> None:
        """One owner: somebody posted there on this day when it was handed to him, or the topmost area itself."""
        posting = self.world.postings.get(case.owner.posting or 0)
        if posting is None:
            assert case.owner == Owner(case.chain[0], "desk", None), "a vacancy is the topmost area's"
            assert self.world.desk_of(case.chain[0]) is None
        else:
            assert (posting.area, posting.role) == (case.owner.area, case.owner.role)

    def history_is_whole(self, case: Case) -> None:
        """One event and one outbox row a step, in order, in the name of whoever took it."""
        lines = self.it.owner.execute(
            "SELECT e.seq, e.verb, e.state, h.login"
            " FROM events e LEFT JOIN postings p ON p.id = e.posting_id LEFT JOIN people h ON h.id = p.person_id"
            " WHERE e.case_id = %s ORDER BY e.seq",
            (case.id,),
        ).fetchall()
        assert [line["seq"] for line in lines] == list(range(1, case.version + 1))
        assert [(line["verb"], line["login"]) for line in lines] == case.lines
        assert lines[-1]["state"] == case.state
        self.listen()
        # The first one is told of as a report, by another topic.
        told = [self.it.outbox[case.id, line["seq"]] for line in lines if line["verb"] != "receive"]
        assert told == [[f"case.{line['verb']}"] for line in lines if line["verb"] != "receive"]

    def listen(self) -> None:
        rows = self.it.owner.execute(
            "SELECT id, topic, payload FROM outbox WHERE id > %s AND topic LIKE 'case.%%' ORDER BY id", (self.it.heard,)
        ).fetchall()
        for row in rows:
            self.it.outbox[row["payload"]["case_id"], row["payload"]["seq"]].append(row["topic"])
            self.it.heard = row["id"]


_SAME: Final = (
    "state", "urgency", "version", "received_at", "due_at", "stage_due_at", "closed_at", "asked_until", "paused_at", "paused_until",
    "claimed_at", "promised_at", "reopened", "returned", "confirmed", "evaluation", "merged_into", "hazard", "recurring", "recheck_above",
    "about_official",
)  # fmt: skip


_REFUSALS: Final = {"case_not_found", "stale_version", "step_not_allowed", "step_for_others", "step_incomplete"}


def counts(runs: int) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=STEPS_A_RUN,
        deadline=None,
        database=None,
        # The small counts are the same every time, so that what they reach is known; the full ones look further.
        derandomize=not FULL,
        suppress_health_check=list(HealthCheck),
    )


def test_the_model_breaks_no_rule() -> None:
    run_state_machine_as_test(Loop, settings=counts(PURE_RUNS))


@pytest.fixture(scope="module")
def town(database: Store) -> Store:
    county.build(database)
    return database


def test_the_database_does_as_the_model(town: Store) -> None:
    with real(town) as it:
        run_state_machine_as_test(
            cast("type[LoopOfTheDatabase]", partial(LoopOfTheDatabase, it)), settings=counts(DATABASE_RUNS)
        )
        # What never happened proves nothing; a verb that the small counts do not reach has its test over HTTP.
        assert it.told.keys() >= _REFUSALS
        assert len(it.told.keys() & set(VERBS)) >= (len(VERBS) if FULL else 20), it.told
        # All that was done is still the record that was written.
        assert it.owner.execute("SELECT * FROM audit_faults(NULL)").fetchall() == []
        _no_recheck_by_whoever_worked(it)
        _no_recheck_was_skipped(it)


def _no_recheck_by_whoever_worked(it: Real) -> None:
    """Asked of the record alone, in another way than the rule is written."""
    rows = it.owner.execute(
        "SELECT e.case_id, e.seq FROM events e JOIN postings p ON p.id = e.posting_id JOIN events b ON b.case_id = e.case_id"
        " AND b.seq < e.seq JOIN postings q ON q.id = b.posting_id AND q.person_id = p.person_id"
        " WHERE e.verb IN ('pass_recheck', 'fail_recheck') AND b.verb NOT IN ('note', 'pass_recheck', 'fail_recheck')"
    ).fetchall()
    assert rows == []


def _no_recheck_was_skipped(it: Real) -> None:
    """Closed by a reporter's word or by silence only where the claim before it asked for no re-check."""
    rows = it.owner.execute(
        "SELECT e.case_id, e.seq FROM events e WHERE e.verb IN ('confirm', 'lapse') AND e.state = 'closed' AND ("
        " SELECT jsonb_array_length(c.data -> 'recheck') FROM events c WHERE c.case_id = e.case_id AND c.seq < e.seq AND c.verb = 'claim'"
        " ORDER BY c.seq DESC LIMIT 1) > 0"
    ).fetchall()
    assert rows == []
