"""The rules of dispatch in the database: the first that fits wins, each condition counts, and nothing falls to nobody."""

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests import little_town as town

# A Monday morning and a Sunday; both in years that the calendar knows by the day of the week alone.
OFFICE, WEEKEND = datetime(2026, 3, 2, 1, 0, tzinfo=UTC), datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
ASKED = {
    "chain": ["90", "9001", "9001001"],
    "category": "dumping",
    "family": "waste",
    "channel": "app",
    "hazard": False,
    "urgency": "urgent",
    "outcome": "inside",
    "accuracy_m": 20,
    "about_official": False,
}


def rule(owner: psycopg.Connection[Any], rank: int = 10, since: datetime = WEEKEND, **columns: Any) -> int:
    """Make a rule; to the village's desk, if nothing else is said."""
    plain = {"target": "desk", "level": "village", "automatic": False} | columns
    if plain["target"] != "desk":
        plain["level"] = None
    names = ", ".join(plain)
    row = owner.execute(
        f"INSERT INTO dispatch_rules (rank, during, note, made_at, {names})"
        f" VALUES (%s, tstzrange(%s, NULL), '规则', '2026-01-01Z', {', '.join(['%s'] * len(plain))}) RETURNING id",
        (rank, since, *plain.values()),
    ).fetchone()
    assert row
    return int(row[0])


def sent(
    owner: psycopg.Connection[Any], at: datetime = OFFICE, **asked: Any
) -> tuple[int | None, dict[str, Any], list[Any]]:
    """Number of the rule that fits, target, and why."""
    row = owner.execute(
        "SELECT rule_id, target, why FROM dispatch_by_rules(%s, %s)", (json.dumps(ASKED | asked), at)
    ).fetchone()
    assert row
    number, target, why = row
    return number, target, why


def fallbacks(why: list[Any]) -> list[str]:
    return [line["fallback"] for line in why if "fallback" in line]


def test_without_a_rule_whoever_answers_gets_it(owner: psycopg.Connection[Any]) -> None:
    number, target, why = sent(owner)
    assert (number, target["role"], target["area_code"], fallbacks(why)) == (None, "head", town.HEADED, ["no_rule"])


def test_the_first_by_rank_and_number_wins_and_no_other_is_looked_at(owner: psycopg.Connection[Any]) -> None:
    later = rule(owner, rank=20, level="city")
    first = rule(owner, rank=10)
    second = rule(owner, rank=10, level="city")
    number, target, why = sent(owner)
    assert (number, target["area_code"]) == (first, "9001")
    assert [line["rule_id"] for line in why] == [first]
    assert {later, second} & {line.get("rule_id") for line in why} == set()


CONDITIONS: list[tuple[str, Any, str, dict[str, Any]]] = [
    ("category_code", "dumping", "category", {"category": "dispute"}),
    ("family", "waste", "family", {"family": "people"}),
    ("area_code", "9001", "area", {"chain": ["90", "9002"]}),
    ("at_level", "grid", "level", {"chain": ["90", "9001"]}),
    ("channel", "app", "channel", {"channel": "hotline"}),
    ("hazard", False, "hazard", {"hazard": True}),
    ("urgency", "urgent", "urgency", {"urgency": "normal"}),
    ("outcome", "inside", "outcome", {"outcome": "border"}),
    ("accuracy_from_m", 20, "accuracy", {"accuracy_m": 19.9}),
    ("accuracy_from_m", 20, "accuracy", {"accuracy_m": None}),
]


@pytest.mark.parametrize(("column", "value", "name", "other"), CONDITIONS)
def test_each_condition_counts(
    owner: psycopg.Connection[Any], column: str, value: Any, name: str, other: dict[str, Any]
) -> None:
    number = rule(owner, **{column: value})
    assert sent(owner)[0] == number
    missed, _, why = sent(owner, **other)
    assert missed is None
    assert (why[0]["rule_id"], why[0]["fits"], why[0]["failed"]) == (number, False, name)
    assert why[0]["wanted"] == (str(value).lower() if isinstance(value, bool) else str(value))


@pytest.mark.parametrize(("hours", "at"), [("office", OFFICE), ("outside_office", WEEKEND)])
def test_office_hours(owner: psycopg.Connection[Any], hours: str, at: datetime) -> None:
    number = rule(owner, hours=hours)
    assert sent(owner, at)[0] == number
    _, _, why = sent(owner, WEEKEND if at == OFFICE else OFFICE)
    assert why[0]["failed"] == "hours"


def test_several_conditions_must_all_hold_and_the_first_that_does_not_is_told(owner: psycopg.Connection[Any]) -> None:
    rule(owner, family="waste", channel="hotline", urgency="normal")
    assert sent(owner)[2][0]["failed"] == "channel"


def test_rules_of_another_day_do_not_count(owner: psycopg.Connection[Any]) -> None:
    number = rule(owner, since=OFFICE)
    assert sent(owner, WEEKEND)[0] is None
    assert sent(owner, OFFICE)[0] == number
    owner.execute("UPDATE dispatch_rules SET during = tstzrange(lower(during), '2026-03-03Z') WHERE id = %s", (number,))
    assert sent(owner, datetime(2026, 3, 3, tzinfo=UTC))[0] is None
    assert sent(owner, OFFICE)[0] == number, "what was is told as it was"


@pytest.mark.parametrize(
    ("made", "chain", "target", "told"),
    [
        ({"level": "village"}, ["90", "9001", "9001001"], ("9001", "desk", "东村值班台"), []),
        ({"level": "city"}, ["90", "9001", "9001001"], ("90", "desk", "市网格中心"), []),
        ({"level": "village"}, ["90", "9002"], ("90", "desk", "市网格中心"), ["no_desk"]),
        ({"level": "township"}, ["90", "9001", "9001001"], ("9001", "desk", "东村值班台"), ["no_level"]),
        ({"target": "head"}, ["90", "9001", "9001001"], ("9001001", "head", None), []),
        ({"target": "head"}, ["90", "9001", "9001002"], ("9001002", "deputy", None), ["no_head"]),
        ({"target": "head"}, ["90", "9001", "9001003"], ("9001", "desk", "东村值班台"), ["no_head"]),
        (
            {"target": "department", "department": "城管局"},
            ["90", "9001", "9001001"],
            ("90", "department", "城管局"),
            [],
        ),
        (
            {"target": "department", "department": "水务局"},
            ["90", "9001", "9001001"],
            ("9001", "desk", "东村值班台"),
            ["no_department"],
        ),
    ],
)
def test_where_a_rule_points(
    owner: psycopg.Connection[Any],
    made: dict[str, Any],
    chain: list[str],
    target: tuple[str, str, str | None],
    told: list[str],
) -> None:
    rule(owner, **made)
    _, found, why = sent(owner, chain=chain)
    assert (found["area_code"], found["role"], found["desk"]) == target
    assert fallbacks(why) == told
    assert found["posting_id"] is not None


def test_the_nearest_department_of_a_name(owner: psycopg.Connection[Any]) -> None:
    owner.execute(
        "INSERT INTO postings (area_code, role, desk, during) VALUES ('9001', 'department', '城管局', '[2019-01-01Z,)')"
    )
    rule(owner, target="department", department="城管局")
    assert sent(owner)[1]["area_code"] == "9001"
    assert sent(owner, chain=["90", "9002"])[1]["area_code"] == "90"


def test_nobody_posted_at_any_level(owner: psycopg.Connection[Any]) -> None:
    owner.execute("UPDATE postings SET during = tstzrange(lower(during), '2026-01-01Z') WHERE upper_inf(during)")
    rule(owner)
    for found in (sent(owner), sent(owner, category="x", chain=["90", "9002"])):
        _, target, why = found
        assert (target["area_code"], target["role"], target["posting_id"]) == ("90", "desk", None)
        assert fallbacks(why)[-1] == "nobody_posted"


def test_what_is_about_an_official_never_goes_to_a_head(owner: psycopg.Connection[Any]) -> None:
    owner.execute(
        "INSERT INTO postings (area_code, role, person_id, during) VALUES ('90', 'head', 1, '[2019-01-01Z,)')"
    )
    rule(owner, target="head")
    _, target, why = sent(owner, chain=["90"], about_official=True)
    assert (target["role"], target["desk"], fallbacks(why)) == ("desk", "市网格中心", ["about_official"])


def test_of_a_case(owner: psycopg.Connection[Any]) -> None:
    owner.execute(
        "INSERT INTO cases (id, category_code, private, urgency, area_code, chain, owner_area_code, owner_role, received_at, due_at,"
        " channel, hazard) OVERRIDING SYSTEM VALUE VALUES (7, 'dumping', false, 'urgent', '9001001', '{90,9001,9001001}', '9001001',"
        " 'head', '2026-03-02Z', '2026-03-05Z', 'hotline', true)"
    )
    owner.execute(
        "INSERT INTO reports (number, key_digest, case_id, category_code, channel, received_at, seen_at, precision, area_code, chain, match)"
        """ VALUES ('0000000000', '', 7, 'dumping', 'hotline', '2026-03-02Z', '2026-03-02Z', 'area', '9001001', '{90}', '{"outcome": "inside"}'),"""
        # Merged in since, and older.
        """ ('0000000001', '', 7, 'dumping', 'hotline', '2026-03-01Z', '2026-03-01Z', 'area', '9001001', '{90}', '{"outcome": "near"}')"""
    )
    owner.execute(
        "INSERT INTO events (case_id, seq, at, verb, state, data) SELECT 7, 1, '2026-03-02Z', 'receive', 'received',"
        " jsonb_build_object('report_id', r.id) FROM reports r WHERE r.number = '0000000000'"
    )
    number = rule(owner, family="waste", channel="hotline", hazard=True, outcome="inside", level="city", automatic=True)
    found = owner.execute(
        "SELECT rule_id, target ->> 'desk', automatic FROM dispatch_target(7, %s)", (OFFICE,)
    ).fetchone()
    assert found == (number, "市网格中心", True)
    assert owner.execute("SELECT * FROM dispatch_target(8, %s)", (OFFICE,)).fetchone() is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE dispatch_rules SET rank = 11",
        "UPDATE dispatch_rules SET note = '另一条'",
        "UPDATE dispatch_rules SET automatic = true",
        "UPDATE dispatch_rules SET during = tstzrange(lower(during) - interval '1 day', NULL)",
        "DELETE FROM dispatch_rules",
        "TRUNCATE dispatch_rules CASCADE",
    ],
)
def test_a_rule_is_never_edited(owner: psycopg.Connection[Any], change: str) -> None:
    rule(owner)
    with pytest.raises(psycopg.Error) as caught, owner.transaction():
        owner.execute(change)
    assert caught.value.sqlstate == "GW001"


def test_an_end_is_not_put_off(owner: psycopg.Connection[Any]) -> None:
    number = rule(owner)
    ends = "UPDATE dispatch_rules SET during = tstzrange(lower(during), %s) WHERE id = %s"
    owner.execute(ends, ("2026-03-09Z", number))
    owner.execute(ends, ("2026-03-05Z", number))
    with pytest.raises(psycopg.Error), owner.transaction():
        owner.execute(ends, ("2026-03-06Z", number))


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "head", "department": "城管局"},
        {"target": "department"},
        {"target": "desk", "level": None},
        {"family": "waste", "category_code": "dumping"},
        {"channel": "pigeon"},
        {"rank": -1},
    ],
)
def test_exactly_one_target_and_known_words(owner: psycopg.Connection[Any], wrong: dict[str, Any]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation), owner.transaction():
        rule(owner, **wrong)


def test_cut_at_the_county(owner: psycopg.Connection[Any]) -> None:
    answer = {
        "outcome": "border",
        "chain": [
            {"code": "90", "name": "小城市", "level": "city"},
            {"code": "9001", "name": "东县", "level": "county"},
            {"code": "9002", "name": "东镇", "level": "township"},
            {"code": "9001001", "name": "第一网格", "level": "grid"},
        ],
        "head": {"role": "head", "posting_id": 1},
        "also": [{"code": "9001002"}],
        "candidates": [{"code": "9001001"}],
    }
    row = owner.execute("SELECT answer_above(%s, %s)", (json.dumps(answer), OFFICE)).fetchone()
    assert row
    cut = row[0]
    assert ([a["code"] for a in cut["chain"]], cut["area"]["code"], cut["basis"]) == (["90", "9001"], "9001", "bypass")
    assert (cut["head"], cut["also"], cut["candidates"], cut["owner"]["desk"]) == (None, [], [], "东村值班台")
    flat = answer | {
        "chain": [
            {"code": "90", "name": "小城市", "level": "city"},
            {"code": "9001", "name": "东村", "level": "village"},
        ]
    }
    row = owner.execute("SELECT answer_above(%s, %s)", (json.dumps(flat), OFFICE)).fetchone()
    assert row
    assert [a["code"] for a in row[0]["chain"]] == ["90"]


def test_what_is_about_officials_is_private(owner: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("UPDATE categories SET about_official = true WHERE code = 'dumping'")
