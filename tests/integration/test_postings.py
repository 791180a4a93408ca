"""Postings as an administrator changes them: files and forms, the past, two at once, and who may."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

import psycopg
import pytest

from gis.store import Store
from grids.posting_rows import PostingRow, as_json
from grids.postings import Changed, change_on_server
from tests import little_town as town

# Nine in the morning of 2 March 2026 in Shanghai.
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def midnight(day: date) -> datetime:
    """Answer when a day begins in Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
def owner(built: Store) -> Iterator[psycopg.Connection]:
    """The shell's connection; what it did is rolled back after the test."""
    with psycopg.connect(built.dsn("migrate")) as connection:
        yield connection
        connection.rollback()


def row(n: int = 1, **given: Any) -> PostingRow:
    plain: dict[str, Any] = {"area_code": town.VACANT, "role": "head", "name": "新网格长", "staff_number": "A001"}
    return PostingRow(n, **(plain | given))


def do(owner: psycopg.Connection, *rows: PostingRow, commit: bool = True, correct: bool = False) -> Changed:
    return change_on_server(owner, rows, now=NOW, commit=commit, correct=correct)


def codes(changed: Changed) -> list[tuple[int, str]]:
    return [(fault.row, fault.code) for fault in changed.faults]


def held(owner: psycopg.Connection, area: str, role: str = "head") -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT w.name, lower(p.during), upper(p.during) FROM postings p LEFT JOIN people w ON w.id = p.person_id"
        " WHERE p.area_code = %s AND p.role = %s ORDER BY lower(p.during)",
        (area, role),
    ).fetchall()


def test_a_dry_run_says_what_would_be_and_leaves_nothing(owner: psycopg.Connection) -> None:
    said = do(owner, row(since=date(2026, 4, 1)), commit=False)
    assert (said.committed, said.counts["new"], said.faults, said.nothing_new) == (False, 1, (), False)
    (change,) = said.changes
    assert (change.kind, change.area, change.name, change.since) == (
        "new", "东村第三网格", "新网格长", midnight(date(2026, 4, 1)),
    )  # fmt: skip
    assert held(owner, town.VACANT) == []
    assert owner.execute("SELECT count(*) FROM staff_changes").fetchone() == (0,)
    assert owner.execute("SELECT count(*) FROM posting_rows").fetchone() == (0,)


def test_the_same_again_says_so_and_does_nothing(owner: psycopg.Connection) -> None:
    rows = (
        row(since=date(2026, 4, 1), until=date(2027, 1, 1)),
        row(2, role="member", name="新员", staff_number="A002", since=TODAY),
    )
    assert do(owner, *rows).committed
    again = do(owner, *rows)
    assert (again.counts["unchanged"], again.nothing_new, again.changes) == (2, True, ())
    assert owner.execute("SELECT count(*) FROM staff_changes WHERE kind = 'new'").fetchone() == (2,)


def test_today_means_from_now_on(owner: psycopg.Connection) -> None:
    # A head hands over on the day itself: this morning stays as it was.
    rows = (
        row(1, area_code=town.HEADED, name="东村第一网格长", staff_number=None, until=TODAY),
        row(2, area_code=town.HEADED, since=TODAY),
    )
    assert do(owner, *rows).committed
    found = held(owner, town.HEADED)[1:]
    assert [(name, since, until) for name, since, until in found] == [
        ("东村第一网格长", datetime(2024, 12, 31, 16, tzinfo=UTC), NOW),
        ("新网格长", NOW, None),
    ]
    assert do(owner, *rows).nothing_new, "found again by their days"


def test_one_fault_and_nothing_changes(owner: psycopg.Connection) -> None:
    said = do(owner, row(1, since=TODAY), row(2, area_code="nowhere", since=TODAY))
    assert (said.committed, codes(said)) == (False, [(2, "unknown_area")])
    assert held(owner, town.VACANT) == []


@pytest.mark.parametrize(
    ("rows", "faults"),
    [
        ([{"area_code": town.HEADED, "since": date(2026, 4, 1)}], ["two_heads"]),
        ([{"since": date(2026, 4, 1)}, {"since": date(2026, 5, 1), "name": "另一人", "staff_number": "A2"}], ["two_heads", "two_heads"]),
        ([{"since": date(2026, 4, 1), "until": date(2026, 4, 1)}], ["from_after_until"]),
        ([{"since": date(2026, 4, 2), "until": date(2026, 4, 1)}], ["from_after_until"]),
        ([{"role": "desk", "name": None, "staff_number": None, "since": TODAY}], ["desk_missing"]),
        ([{"desk": "甲", "since": TODAY}], ["desk_too_many"]),
        ([{"name": None, "staff_number": None, "since": TODAY}], ["person_missing"]),
        ([{"name": None, "staff_number": "nobody", "since": TODAY}], ["unknown_number"]),
        ([{}], ["since_missing"]),
        ([{"staff_number": None, "since": TODAY, "role": "member"}, {"staff_number": None, "since": TODAY, "role": "deputy"}],
         ["person_twice", "person_twice"]),
        ([{"since": TODAY, "role": "member"}, {"since": TODAY, "name": "别人", "role": "deputy"}], [None, "number_two_names"]),
        ([{"since": TODAY}, {"since": TODAY}], ["two_heads", "two_heads"]),
        ([{"since": TODAY, "role": "member"}, {"since": TODAY, "role": "member"}], ["same_twice", "same_twice"]),
        ([{"role": "desk", "area_code": "90", "desk": "又一个", "name": None, "staff_number": None, "since": date(2026, 4, 1)}], ["two_desks"]),
        ([{"role": "member", "since": date(2026, 5, 1), "withdraw": True}], ["posting_gone"]),
        ([{"area_code": town.HEADED, "name": "东村第一网格长", "staff_number": "A1", "since": date(2025, 1, 1)},
          {"area_code": town.HEADED, "name": "东村第一网格长", "staff_number": "A2", "since": date(2027, 1, 1)}],
         ["person_two_numbers", "person_two_numbers"]),
        ([{"role": "department", "area_code": "90", "desk": "城管局", "since": TODAY}], ["person_too_many"]),
    ],
)  # fmt: skip
def test_what_cannot_be(owner: psycopg.Connection, rows: list[dict[str, Any]], faults: list[str | None]) -> None:
    said = do(owner, *(row(n, **given) for n, given in enumerate(rows, start=1)))
    assert codes(said) == [(n, code) for n, code in enumerate(faults, start=1) if code]
    assert not said.committed


@pytest.mark.parametrize(
    ("role", "numbers", "given", "fault"),
    [
        ("head", {}, {"staff_number": "A1"}, "other_holder"),
        ("head", {"head": "B"}, {"staff_number": "A9"}, "other_holder"),
        ("head", {}, {"name": "别人"}, "other_name"),
        ("desk", {}, {"name": "别人"}, "other_holder"),
        ("desk", {}, {"staff_number": "A1"}, "other_holder"),
        ("head", {}, {"staff_number": "A9", "name": "东村第一网格长"}, None),
        ("head", {"head": "B"}, {"staff_number": "B"}, None),
    ],
)
def test_a_posting_that_is_named_keeps_its_holder(
    owner: psycopg.Connection, role: str, numbers: dict[str, str], given: dict[str, Any], fault: str | None
) -> None:
    do(owner, row(role="member", name="甲", staff_number="A1", since=TODAY))
    posting = owner.execute(
        "SELECT p.id, p.person_id FROM postings p WHERE p.role = %s AND p.area_code = %s AND p.during @> %s::timestamptz",
        (role, town.HEADED if role == "head" else town.CITY, NOW),
    ).fetchone()
    assert posting
    if "head" in numbers:
        owner.execute("UPDATE people SET staff_number = %s WHERE id = %s", (numbers["head"], posting[1]))
    people = owner.execute("SELECT count(*) FROM people").fetchone()
    said = do(owner, PostingRow(1, posting_id=posting[0], until=date(2027, 1, 1), **given))
    assert codes(said) == ([(1, fault)] if fault else [])
    assert owner.execute("SELECT count(*) FROM people").fetchone() == people


def test_two_postings_do_not_get_one_number(owner: psycopg.Connection) -> None:
    names = ("甲", "乙")
    do(owner, *(row(n, role="member", name=name, staff_number=None, since=TODAY) for n, name in enumerate(names)))
    ids = owner.execute("SELECT id FROM postings ORDER BY id DESC LIMIT 2").fetchall()
    said = do(owner, *(PostingRow(n, posting_id=id_, staff_number="A7") for n, (id_,) in enumerate(ids)))
    assert codes(said) == [(0, "other_holder"), (1, "other_holder")]


@pytest.mark.parametrize("insert", [
    "INSERT INTO cases (category_code, private, urgency, area_code, chain, owner_area_code, owner_role, owner_posting_id, received_at, due_at,"
    " channel) VALUES ('dumping', false, 'normal', '9001001', '{90,9001,9001001}', '9001001', 'head', %s, '2026-03-01Z', '2026-03-05Z', 'hotline')",
    "WITH c AS (INSERT INTO cases (category_code, private, urgency, area_code, chain, owner_area_code, owner_role, received_at, due_at, channel)"
    " VALUES ('dumping', false, 'normal', '9001001', '{90,9001,9001001}', '9001001', 'head', '2026-03-01Z', '2026-03-05Z', 'hotline')"
    " RETURNING id) INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, area_code,"
    " chain, match, seen_head_posting_id) SELECT '0000000000', '', c.id, 'dumping', 'hotline', '2026-03-01Z', '2026-03-01Z', 'area',"
    " '9001001', '{90}', '{}', %s FROM c",
    "WITH c AS (INSERT INTO cases (category_code, private, urgency, area_code, chain, owner_area_code, owner_role, received_at, due_at, channel)"
    " VALUES ('dumping', false, 'normal', '9001001', '{90,9001,9001001}', '9001001', 'head', '2026-03-01Z', '2026-03-05Z', 'hotline')"
    " RETURNING id) INSERT INTO events (case_id, seq, at, verb, state, posting_id) SELECT c.id, 1, '2026-03-01Z', 'note', 'received', %s FROM c",
], ids=["cases", "reports", "events"])  # fmt: skip
def test_what_was_moved_ahead_and_is_referred_to_is_not_taken_back(
    owner: psycopg.Connection, insert: LiteralString
) -> None:
    posting = owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = 'head' AND during @> %s::timestamptz",
        (town.HEADED, NOW),
    ).fetchone()
    assert posting
    owner.execute(insert, posting)
    assert do(owner, PostingRow(1, posting_id=posting[0], since=date(2026, 6, 1)), correct=True).committed
    assert codes(do(owner, PostingRow(1, posting_id=posting[0], withdraw=True))) == [(1, "has_acted")]


def test_two_heads_are_told_with_who_has_it(owner: psycopg.Connection) -> None:
    (fault,) = do(owner, row(7, area_code=town.HEADED, since=date(2026, 4, 1))).faults
    assert fault.params["known"] == "东村第一网格长"
    assert (fault.params["since"], fault.params["until"], fault.params["other_row"]) == ("2025-01-01", None, None)
    first, second = do(
        owner, row(3, since=date(2026, 4, 1)), row(9, since=date(2026, 5, 1), name="另一人", staff_number="B")
    ).faults
    assert (first.params["other_row"], second.params["other_row"]) == (9, 3)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        # Of the head since 2025: moved, ended before today, and one who is over.
        ({"name": "东村第一网格长", "since": date(2025, 2, 1)}, "history_moved"),
        ({"name": "东村第一网格长", "since": date(2025, 1, 1), "until": date(2026, 3, 1)}, "history_end"),
        ({"name": "东村旧网格长", "since": date(2019, 1, 1), "until": date(2024, 12, 1)}, "history_over"),
        ({"name": "东村旧网格长", "since": date(2018, 1, 1), "until": date(2019, 1, 1)}, "history_new"),
    ],
)
def test_the_past_is_not_rewritten(owner: psycopg.Connection, given: dict[str, Any], fault: str) -> None:
    asked = row(area_code=town.HEADED, staff_number=None, **given)
    before = held(owner, town.HEADED)
    said = do(owner, asked)
    assert codes(said) == [(1, fault)]
    assert held(owner, town.HEADED) == before
    corrected = do(owner, asked, correct=True)
    assert (corrected.committed, corrected.corrections) == (True, 1)
    assert held(owner, town.HEADED) != before
    log = owner.execute("SELECT at, made_by, kind, correction, was, became FROM staff_changes").fetchall()
    assert [(at, by, kind, correction) for at, by, kind, correction, *_ in log] == [
        (NOW, None, corrected.changes[0].kind, True)
    ]


def test_the_first_postings_of_an_area_may_begin_in_the_past(owner: psycopg.Connection) -> None:
    said = do(
        owner,
        row(1, since=date(2019, 1, 1), until=date(2021, 1, 1)),
        row(2, since=date(2021, 1, 1), name="第二任", staff_number="A2"),
    )
    assert (said.committed, said.counts["new"], said.corrections) == (True, 2, 0)


def test_what_has_not_begun_can_be_moved_and_taken_back(owner: psycopg.Connection) -> None:
    (new,) = do(owner, row(since=date(2026, 4, 1))).changes
    (moved,) = do(owner, row(since=date(2026, 4, 10), until=date(2027, 4, 10))).changes
    assert (moved.kind, moved.posting_id, moved.correction) == ("changed", new.posting_id, False)
    (gone,) = do(owner, PostingRow(1, posting_id=new.posting_id, withdraw=True)).changes
    assert (gone.kind, held(owner, town.VACANT)) == ("withdrawn", [])
    held_now = owner.execute(
        "SELECT id FROM postings WHERE area_code = %s AND role = 'deputy'", (town.DEPUTISED,)
    ).fetchone()
    assert held_now
    assert codes(do(owner, PostingRow(1, posting_id=held_now[0], withdraw=True))) == [(1, "has_begun")]


def test_heads_change_places_in_one_go(owner: psycopg.Connection) -> None:
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    rows = (row(1, since=april, until=may), row(2, since=may, name="另一人", staff_number="B"))
    first, second = do(owner, *rows).changes
    swapped = (
        PostingRow(1, posting_id=first.posting_id, since=may),
        PostingRow(2, posting_id=second.posting_id, since=april, until=may),
    )
    said = do(owner, *swapped)
    assert (said.committed, said.counts["changed"], codes(said)) == (True, 2, [])
    assert [name for name, *_ in held(owner, town.VACANT)] == ["另一人", "新网格长"]


def test_a_person_is_known_by_the_number(owner: psycopg.Connection) -> None:
    # Somebody of that name is head already, without a number: it becomes his.
    said = do(owner, row(area_code=town.HEADED, name="东村第一网格长", staff_number="G1", since=date(2025, 1, 1)))
    assert (said.committed, said.counts["unchanged"]) == (True, 1)
    number = "SELECT login, staff_number FROM people WHERE staff_number = 'G1'"
    assert owner.execute(number).fetchall() == [("head", "G1")]
    # From then on the number alone says who it is: one person, two grids.
    assert do(owner, row(name=None, staff_number="G1", since=TODAY)).committed
    assert codes(do(owner, row(name="别的名字", staff_number="G1", role="member", since=TODAY))) == [(1, "other_name")]
    who = "SELECT array_agg(p.area_code::text ORDER BY p.area_code) FROM postings p JOIN people w ON w.id = p.person_id WHERE staff_number = 'G1'"
    assert owner.execute(who).fetchone() == ([town.HEADED, town.VACANT],)
    # The same name with another number is another person.
    assert do(owner, row(role="member", name="东村第一网格长", staff_number="G2", since=TODAY)).committed
    assert owner.execute("SELECT count(*) FROM people WHERE name = '东村第一网格长'").fetchone() == (2,)


def test_an_administrator_changes_his_areas_and_no_others(built: Store, owner: psycopg.Connection) -> None:
    rows = as_json([row(1, since=TODAY)])

    def asked(within: list[str]) -> Any:
        found = owner.execute(
            "SELECT change_postings(%s, %s, NULL, %s, false, false)", (psycopg.types.json.Jsonb(rows), NOW, within)
        ).fetchone()
        assert found
        return [fault["code"] for fault in found[0]["faults"]]

    assert asked(["90"]) == asked([town.VILLAGE]) == asked([town.VACANT]) == []
    assert asked([town.EMPTY_VILLAGE]) == asked([town.HEADED]) == ["area_of_others"]
    with psycopg.connect(built.dsn("web")) as web:
        for login in (None, b"not a session"):
            with pytest.raises(psycopg.Error) as refused, web.transaction():
                web.execute("SELECT change_my_postings(%s, %s, '[]', false, true)", (login, NOW))
            assert refused.value.sqlstate == "GW101"
        for function in (
            "change_postings('[]', now(), NULL, NULL, true, true)",
            "offer_log_in(1, 'x', '', now(), now(), NULL)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), web.transaction():
                web.execute(f"SELECT {function}")


def test_what_was_changed_is_never_edited(owner: psycopg.Connection) -> None:
    assert do(owner, row(since=TODAY)).committed
    for tamper in ("UPDATE staff_changes SET at = now()", "DELETE FROM staff_changes", "TRUNCATE staff_changes"):
        with pytest.raises(psycopg.Error) as refused, owner.transaction():
            owner.execute(tamper)
        assert refused.value.sqlstate == "GW001"


def test_grids_without_a_head_now_and_soon(owner: psycopg.Connection) -> None:
    def named(within: int = 30) -> list[tuple[str, str]]:
        found = owner.execute(
            "SELECT area_code, kind FROM vacancies(%s, '90', %s)", (NOW, timedelta(days=within))
        ).fetchall()
        return [(code, kind) for code, kind in found]

    vacant = [(town.DEPUTISED, "vacant"), (town.VACANT, "vacant")]
    assert named() == vacant
    leaves = row(
        area_code=town.HEADED, name="东村第一网格长", staff_number=None, since=date(2025, 1, 1), until=date(2026, 3, 20)
    )
    assert do(owner, leaves).committed
    assert named() == [*vacant, (town.HEADED, "ending")]
    assert named(within=17) == vacant
    assert do(owner, row(area_code=town.HEADED, since=date(2026, 3, 21))).committed
    assert named() == [*vacant, (town.HEADED, "ending")], "a day without a head is a vacancy, too"
    assert do(owner, row(area_code=town.HEADED, since=date(2026, 3, 20))).committed
    assert named() == vacant
