"""The chain of events and its anchors: every writer is chained, old events too; what is erased passes; the command tells."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

import psycopg
import pytest
from typer.testing import CliRunner

from api.cli import audit
from gis.migrate import downgrade, upgrade
from gis.store import Store
from grids.audit import (
    DayNotOverError,
    KeptAnchorError,
    Verification,
    anchor_day,
    list_anchors,
    read_kept,
    unanchored_since,
    verify,
)
from tests import chains
from tests import little_town as town

NOW = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def told(database: Store) -> Store:
    town.build(database)
    with chains.owner(database) as owner:
        chains.fill(owner)
    return database


@pytest.fixture
def owner(told: Store) -> Iterator[psycopg.Connection[Any]]:
    with chains.owner(told) as connection:
        yield connection
        connection.rollback()


def one(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]


def test_a_hash_can_be_computed_without_the_database(owner: psycopg.Connection[Any]) -> None:
    rows = owner.execute(
        "SELECT id, case_id, seq, at, verb, state, posting_id, data::text, hash FROM events WHERE case_id = 1 ORDER BY seq"
    ).fetchall()
    assert len(rows) > 2
    before = sha256((1).to_bytes(8, "big")).digest()
    for number, case_id, seq, at, verb, state, posting, data, kept in rows:
        micros = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        lines = (number, case_id, seq, micros, posting or "-", len(verb), verb, state, data)
        before = sha256(before + "\n".join(map(str, lines)).encode()).digest()
        assert kept == before


def test_no_event_out_of_turn(owner: psycopg.Connection[Any]) -> None:
    insert = "INSERT INTO events (case_id, seq, at, verb, state) VALUES (1, %s, %s, 'note', 'received')"
    last = one(owner, "SELECT max(seq) FROM events WHERE case_id = 1")
    with pytest.raises(psycopg.Error) as caught, owner.transaction():
        owner.execute(insert, (last + 2, NOW))
    assert caught.value.sqlstate == "GW060"
    with pytest.raises(psycopg.errors.UniqueViolation), owner.transaction():
        owner.execute(insert, (last, NOW))
    owner.execute(insert, (last + 1, NOW))


def test_nobody_sets_a_hash_of_his_own(owner: psycopg.Connection[Any]) -> None:
    last = one(owner, "SELECT max(seq) FROM events WHERE case_id = 1")
    owner.execute(
        "INSERT INTO events (case_id, seq, at, verb, state, hash) VALUES (1, %s, %s, 'note', 'received', sha256('mine'))",
        (last + 1, NOW),
    )
    assert one(owner, "SELECT hash = sha256('mine') FROM events WHERE case_id = 1 AND seq = %s", last + 1) is False


def test_all_is_as_written(owner: psycopg.Connection[Any]) -> None:
    found = verify(owner)
    assert (found.faults, found.erasures) == ((), ())
    assert found.events == one(owner, "SELECT count(*) FROM events")
    assert found.cases == chains.CASES


def test_events_that_were_there_are_chained_by_the_migration(told: Store) -> None:
    with chains.owner(told) as owner:
        before = owner.execute("SELECT id, hash FROM events ORDER BY id").fetchall()
    downgrade(told.dsn("migrate"), "0009")
    with chains.owner(told) as owner:
        assert (
            one(
                owner,
                "SELECT count(*) FROM information_schema.columns WHERE table_name = 'events' AND column_name = 'hash'",
            )
            == 0
        )
    upgrade(told.dsn("migrate"))
    with chains.owner(told) as owner:
        assert owner.execute("SELECT id, hash FROM events ORDER BY id").fetchall() == before
        with pytest.raises(psycopg.Error) as caught:
            owner.execute("UPDATE events SET verb = 'x'")
        assert caught.value.sqlstate == "GW001", "the guard stands again"


def test_anchors_follow_each_other_and_again_changes_nothing(owner: psycopg.Connection[Any]) -> None:
    first = anchor_day(owner, DAY, NOW)
    assert first.heads == one(
        owner, "SELECT count(DISTINCT case_id) FROM events WHERE at < %s", datetime(2026, 3, 2, 16, tzinfo=UTC)
    )
    assert anchor_day(owner, DAY, NOW + timedelta(days=3)) == first
    fourth = anchor_day(owner, DAY + timedelta(days=3), NOW)
    made = list_anchors(owner)
    assert [anchor.day for anchor in made] == [DAY + timedelta(days=n) for n in range(4)]
    assert (made[0], made[-1]) == (first, fourth)
    assert len({anchor.digest for anchor in made}) == 4, "a day without events has its anchor too"
    assert owner.execute("SELECT day FROM anchors WHERE heads = 0").fetchall() != []
    assert owner.execute("SELECT * FROM audit_faults(NULL)").fetchall() == []
    assert one(owner, "SELECT anchors FROM audit_extent(NULL)") == 4
    assert [anchor.day for anchor in list_anchors(owner, fourth.day)] == [fourth.day]


def test_what_is_written_late_comes_into_the_next_anchor(owner: psycopg.Connection[Any]) -> None:
    anchor_day(owner, DAY, NOW)
    last = one(owner, "SELECT max(seq) FROM events WHERE case_id = 2")
    owner.execute(
        "INSERT INTO events (case_id, seq, at, verb, state) SELECT 2, %s, '2026-03-01Z', 'note', c.state FROM cases c WHERE c.id = 2",
        (last + 1,),
    )
    assert owner.execute("SELECT * FROM audit_faults(NULL)").fetchall() == [], "it does not break the anchor of its day"
    anchor_day(owner, DAY + timedelta(days=1), NOW)
    assert (
        one(owner, "SELECT seqs[array_position(cases, 2::bigint)] FROM anchors WHERE day = %s", DAY + timedelta(days=1))
        == last + 1
    )


@pytest.mark.parametrize("day", [date(2026, 3, 9), date(2026, 3, 1)])
def test_no_anchor_of_a_day_that_is_not_over_or_before_the_first(owner: psycopg.Connection[Any], day: date) -> None:
    anchor_day(owner, DAY, NOW)
    with pytest.raises(DayNotOverError) as caught:
        anchor_day(owner, day, NOW)
    assert caught.value.code == "day_not_over"


@pytest.mark.parametrize("change", ["UPDATE anchors SET heads = 0", "DELETE FROM anchors", "TRUNCATE anchors"])
def test_anchors_are_append_only(owner: psycopg.Connection[Any], change: str) -> None:
    with pytest.raises(psycopg.Error) as caught:
        owner.execute(change)
    assert caught.value.sqlstate == "GW001"


def test_only_the_worker_and_the_owner_may(told: Store) -> None:
    roles: list[tuple[Literal["web", "worker"], bool]] = [("web", False), ("worker", True)]
    for role, allowed in roles:
        with psycopg.connect(told.dsn(role)) as connection:
            for call in (
                "anchor_day('2026-03-02', '2026-03-09Z')",
                "audit_faults(NULL)",
                "audit_erasures(NULL)",
                "audit_extent(NULL)",
            ):
                try:
                    with connection.transaction():
                        connection.execute(f"SELECT * FROM {call}")
                    done = True
                except psycopg.errors.InsufficientPrivilege:
                    done = False
                assert done is allowed, (role, call)
            connection.rollback()


def test_an_erased_text_is_told_and_is_no_fault(owner: psycopg.Connection[Any]) -> None:
    owner.execute("DELETE FROM report_words WHERE report_id = 1")
    owner.execute("DELETE FROM event_words WHERE event_id = (SELECT min(event_id) FROM event_words WHERE case_id = 3)")
    assert owner.execute("SELECT * FROM audit_faults(NULL)").fetchall() == []
    gone = owner.execute("SELECT case_id, verb FROM audit_erasures(NULL)").fetchall()
    assert gone == [(1, "receive"), (3, "note")]


def test_kept_anchors_are_held_against_those_of_the_database(told: Store) -> None:
    with chains.owner(told) as owner:
        anchor = anchor_day(owner, DAY, NOW)
        owner.commit()
        kept = read_kept([anchor.line(), "", f"2026-02-01 3 {'ab' * 32}"])
        assert verify(owner).faults == ()
        owner.rollback()
        assert [(f.why, f.day) for f in verify(owner, kept=kept).faults] == [("anchor_not_as_kept", date(2026, 2, 1))]
    with pytest.raises(KeptAnchorError) as caught:
        read_kept(["2026-03-02 17 ab"])
    assert caught.value.code == "kept_anchor_unreadable"


@pytest.fixture
def command(told: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs ``gridwarden audit`` over the test's database."""
    monkeypatch.setattr(audit, "as_owner", lambda: psycopg.connect(told.dsn("migrate")))
    return lambda *words: CliRunner().invoke(audit.app, list(words))


def test_the_command_tells_and_ends_with_1(told: Store, command: Any, tmp_path: Any) -> None:
    made = command("anchor", "2026-03-04")
    assert made.exit_code == 0, made.output
    lines = command("anchors", "--since", "2026-03-03").output.splitlines()
    assert [line[:10] for line in lines] == ["2026-03-03", "2026-03-04"]
    (tmp_path / "kept").write_text("\n".join(lines))
    good = command("verify", "--kept", str(tmp_path / "kept"))
    assert (good.exit_code, "all as written" in good.output) == (0, True)
    with chains.tampering(told) as superuser:
        superuser.execute("UPDATE events SET verb = 'decline' WHERE case_id = 4 AND seq = 2")
    bad = command("verify")
    assert bad.exit_code == 1
    assert "case 4, event 2" in bad.output
    told_json = json.loads(command("verify", "--json").output)
    assert {(fault["case_id"], fault["why"]) for fault in told_json["faults"] if fault["case_id"]} == {(4, "changed")}
    assert command("verify", "--since", "2026-03-08").exit_code == 0, "no case with an event since then was touched"
    with chains.tampering(told) as superuser:
        superuser.execute("UPDATE events SET verb = 'accept' WHERE case_id = 4 AND seq = 2")
    assert command("verify").exit_code == 0


def faults(owner: psycopg.Connection[Any]) -> list[str]:
    return [why for (why,) in owner.execute("SELECT why FROM audit_faults(NULL)").fetchall()]


def test_what_a_reporter_said_later_is_erased_by_itself(owner: psycopg.Connection[Any]) -> None:
    salt, words = b"0123456789abcdef", "垃圾还在原地"
    seq = owner.execute("SELECT max(seq) + 1 FROM events WHERE case_id = 4").fetchone()
    assert seq
    event = owner.execute(
        "INSERT INTO events (case_id, seq, at, verb, state, data) SELECT 4, %s, '2026-03-08Z', 'deny', c.state, jsonb_build_object("
        " 'report_id', 4, 'words_digest', encode(sha256(%s || convert_to(%s, 'UTF8')), 'hex')) FROM cases c WHERE c.id = 4 RETURNING id",
        (seq[0], salt, words),
    ).fetchone()
    assert event
    owner.execute("INSERT INTO event_words VALUES (%s, 4, %s, %s, true)", (event[0], words, salt))
    assert faults(owner) == []
    owner.execute("DELETE FROM event_words WHERE event_id = %s", event)
    # Not held against the words of the report itself, which stay.
    assert faults(owner) == []
    assert owner.execute("SELECT case_id, verb FROM audit_erasures(NULL)").fetchall() == [(4, "deny")]


def test_a_photo_of_another_content_is_found(owner: psycopg.Connection[Any]) -> None:
    photo = owner.execute(
        "INSERT INTO photos (case_id, kind, digest, width, height, bytes, at, chain)"
        " VALUES (4, 'after', sha256('one'), 8, 8, 100, '2026-03-08Z', '{90,9001,9001001}') RETURNING id"
    ).fetchone()
    owner.execute(
        "INSERT INTO events (case_id, seq, at, verb, state, data) SELECT 4, max(e.seq) + 1, '2026-03-08Z', 'photo', max(c.state),"
        " jsonb_build_object('photo_id', %s::bigint, 'kind', 'after', 'digest', encode(sha256('one'), 'hex'))"
        " FROM events e JOIN cases c ON c.id = e.case_id WHERE c.id = 4",
        photo,
    )
    assert faults(owner) == []
    owner.execute("ALTER TABLE photos DISABLE TRIGGER USER")
    owner.execute("UPDATE photos SET digest = sha256('another') WHERE id = %s", photo)
    assert faults(owner) == ["photo_changed"]


def test_what_no_anchor_folds_yet_is_told(owner: psycopg.Connection[Any]) -> None:
    owner.execute("ALTER TABLE anchors DISABLE TRIGGER USER")
    owner.execute("DELETE FROM anchors")
    assert unanchored_since(owner, NOW) == date(2026, 3, 1)
    told = audit._lines(Verification(1, 1, 0, (), (), date(2026, 3, 1)))
    assert "not anchored    events since 2026-03-01" in "\n".join(told)
    assert unanchored_since(owner, datetime(2026, 2, 28, 17, tzinfo=UTC)) is None
    anchor_day(owner, date(2026, 3, 5), NOW)
    assert unanchored_since(owner, NOW) is None
