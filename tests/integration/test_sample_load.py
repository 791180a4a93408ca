"""The sample in a real database: stored answers are locate's own, a half build leaves nothing, pins hold."""

import secrets
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from pwdlib import PasswordHash

from gis.store import Store
from grids.language import LANGUAGES, Words
from grids.sample.build import add_reports
from grids.sample.divisions import WUBAIHU
from grids.sample.load import CityExistsError, LogIn, load_city
from grids.sample.pins import draw_pins
from grids.sample.reported import SeedUsedError, draw_numbers, load_reports
from grids.sample.reports import draw_reports
from grids.sample.rules import RULES, load_rules
from grids.sample.sites import NURSERY_GRID
from grids.sample.small import SmallSample, default_folder, read_sample
from grids.sample.stored import (
    NoCityError,
    has_city,
    read_areas,
    read_nursery,
    read_vacant,
    read_waiting,
    taken_numbers,
)
from grids.sample.story import tell_story
from grids.workflow import BY_VERB, CLOSED

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
COUNT = 600
STORY = 10


def silent(_what: str, _count: int) -> None:
    """Tell nobody."""


def owner(store: Store) -> psycopg.Connection[Any]:
    connection = psycopg.connect(store.dsn("migrate"), autocommit=True)
    connection.execute("SET ROLE gridwarden_owner")
    return connection


@pytest.fixture(scope="module")
def sample() -> SmallSample:
    return read_sample(default_folder())


@pytest.fixture(scope="module")
def loaded(database: Store, sample: SmallSample) -> Iterator[psycopg.Connection[Any]]:
    """A database with the small sample, the story and a few hundred reports, all committed."""
    log_ins = [LogIn("head", NURSERY_GRID, "head", PasswordHash.recommended().hash("secret"))]
    with owner(database) as connection:
        assert not has_city(connection)
        with pytest.raises(NoCityError, match="demo build"):
            read_areas(connection, NOW)
        with connection.transaction():
            load_city(connection, sample.city, sample.postings, sample.sites, log_ins, NOW)
            load_rules(connection, NOW)
            story = tell_story(read_nursery(connection), NOW)
            load_reports(connection, story, draw_numbers(STORY, 2019, ()), secrets.token_bytes)
            add_reports(connection, COUNT, 1, NOW, secrets.token_bytes, silent)
        yield connection


def one(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def test_everything_arrived(loaded: psycopg.Connection[Any], sample: SmallSample) -> None:
    assert one(loaded, "SELECT count(*) FROM boundaries") == sum(len(e.areas) for e in sample.city.editions)
    assert one(
        loaded, "SELECT array_agg(name ORDER BY valid_from) FROM activations JOIN editions ON id = edition_id"
    ) == [
        "2019",
        "2025",
    ]
    assert one(loaded, "SELECT count(*) FROM postings") == len(sample.postings)
    assert one(loaded, "SELECT count(*) FROM sites") == len(sample.sites)
    assert one(loaded, "SELECT count(*) FROM reports WHERE synthetic") == COUNT + STORY
    assert one(loaded, "SELECT count(*) FROM report_words") == COUNT + STORY
    assert one(loaded, "SELECT count(*) FROM cases WHERE NOT synthetic") == 0
    assert one(loaded, "SELECT count(*) FROM outbox") == 0


def test_stored_answers_are_those_of_locate(loaded: psycopg.Connection[Any]) -> None:
    differing = loaded.execute(
        "SELECT match, again FROM (SELECT match, without_names(CASE WHEN geom IS NULL THEN locate_area(area_code, received_at)"
        " ELSE locate(ST_X(geom), ST_Y(geom), accuracy_m, received_at) END) AS again FROM reports"
        " WHERE match ->> 'basis' <> 'bypass') x WHERE match <> again"
    ).fetchall()
    assert differing == []
    outcomes = dict(loaded.execute("SELECT match ->> 'outcome', count(*) FROM reports GROUP BY 1").fetchall())
    assert outcomes["inside"] > 200
    assert outcomes["backstop"] > 100
    assert "outside" not in outcomes


def test_a_case_has_area_pin_and_clerk_from_its_report(loaded: psycopg.Connection[Any]) -> None:
    wrong = loaded.execute(
        "SELECT c.id FROM cases c JOIN events e ON e.case_id = c.id AND e.seq = 1"
        " JOIN reports r ON r.id = (e.data ->> 'report_id')::bigint JOIN LATERAL category_at(c.category_code, c.received_at) k ON true"
        " WHERE c.received_at <> r.received_at OR c.chain <> r.chain OR c.area_code <> r.area_code OR c.private <> k.private"
        "  OR c.geom IS DISTINCT FROM r.geom OR r.case_id <> coalesce(c.merged_into, c.id)"
        "  OR (r.channel IN ('hotline', 'village_box', 'talking_point')) <> (r.taken_by IS NOT NULL)"
    ).fetchall()
    assert wrong == []


def test_histories_are_complete(loaded: psycopg.Connection[Any]) -> None:
    wrong = loaded.execute(
        "SELECT c.id FROM cases c JOIN LATERAL ("
        "  SELECT count(*) AS n, max(seq) AS last, (array_agg(state ORDER BY seq DESC))[1] AS state,"
        "         (array_agg(verb ORDER BY seq))[1] AS first, count(*) FILTER (WHERE verb = 'merge_in') AS joined"
        "  FROM events e WHERE e.case_id = c.id) e ON true"
        " WHERE e.n <> e.last OR e.state <> c.state OR e.first <> 'receive' OR c.version <> e.n"
        "  OR (c.merged_into IS NULL)::integer + e.joined <> (SELECT count(*) FROM reports r WHERE r.case_id = c.id)"
    ).fetchall()
    assert wrong == []
    faults = loaded.execute("SELECT * FROM audit_faults(NULL)").fetchall()
    assert faults == [], "the chain of hashes and the digests of all texts hold"


def test_every_history_obeys_the_table_of_steps(loaded: psycopg.Connection[Any]) -> None:
    histories: dict[int, list[dict[str, Any]]] = defaultdict(list)
    with loaded.cursor(row_factory=dict_row) as cursor:
        for line in cursor.execute(
            "SELECT e.case_id, e.at, e.verb, e.state, e.posting_id, e.data, w.words IS NOT NULL AS said, p.role"
            " FROM events e LEFT JOIN event_words w ON w.event_id = e.id LEFT JOIN postings p ON p.id = e.posting_id"
            " ORDER BY e.case_id, e.seq"
        ):
            histories[line["case_id"]].append(line)
    assert sum(map(len, histories.values())) > 4 * COUNT
    for lines in histories.values():
        for before, line in pairwise(lines):
            if line["verb"] == "merge_in":
                assert before["state"] == line["state"]
                assert line["state"] not in CLOSED
                continue
            step = BY_VERB[line["verb"]]
            assert before["state"] in step.sources
            assert line["state"] == (step.target or before["state"]) or line["verb"] == "confirm"
            assert line["said"] == ("words" in step.needs)
            assert line["data"]["as"], line
            assert set(line["data"]["as"]) <= set(step.who)
            assert (line["posting_id"] is None) == bool({"reporter", "service"} & set(line["data"]["as"]))
            assert ("until" in step.needs) == ("until" in line["data"])
        handled = {line["posting_id"] for line in lines if line["verb"] not in ("pass_recheck", "fail_recheck")}
        assert not handled & {line["posting_id"] for line in lines if "recheck" in line["verb"]}


def test_who_did_a_step_was_to_the_case_what_the_event_says(loaded: psycopg.Connection[Any]) -> None:
    """By the database's own rule, for the last step of each case, whose owner then is known from the event or the case."""
    rows = loaded.execute(
        "SELECT e.verb, e.data -> 'as', relations_to(was, p.person_id, NULL, e.at), e.posting_id, acting_posting(was, p.person_id, e.at)"
        " FROM cases c JOIN events e ON e.case_id = c.id AND e.seq = c.version JOIN postings p ON p.id = e.posting_id"
        " CROSS JOIN LATERAL jsonb_populate_record(c, CASE WHEN e.data ? 'owner_before' THEN jsonb_build_object("
        "   'owner_area_code', e.data #> '{owner_before,area_code}', 'owner_role', e.data #> '{owner_before,role}',"
        "   'owner_posting_id', e.data #> '{owner_before,posting_id}') ELSE '{}' END || jsonb_build_object('state',"
        "   (SELECT b.state FROM events b WHERE b.case_id = c.id AND b.seq = c.version - 1))) was"
        " WHERE e.verb NOT IN ('receive', 'merge_in') AND p.person_id IS NOT NULL"
    ).fetchall()
    assert len(rows) > 50
    for verb, said, found, posting, acting in rows:
        allowed = set(BY_VERB[verb].who) & set(found)
        # The events of the re-check itself are there by now, and do not count as handling.
        assert set(said) == allowed, (verb, said, found)
        assert posting == acting


def test_owners_and_dates_follow_from_the_history(loaded: psycopg.Connection[Any]) -> None:
    wrong = loaded.execute(
        "SELECT c.id FROM cases c"
        " JOIN LATERAL (SELECT e.data -> 'owner' AS owner FROM events e WHERE e.case_id = c.id AND e.data ? 'owner'"
        "               ORDER BY e.seq DESC LIMIT 1) o ON true"
        " LEFT JOIN LATERAL (SELECT (e.data ->> 'due_at')::timestamptz AS due_at FROM events e WHERE e.case_id = c.id"
        "                    AND e.data ? 'due_at' ORDER BY e.seq DESC LIMIT 1) d ON true"
        " JOIN LATERAL category_at(c.category_code, c.received_at) k ON true"
        " WHERE c.owner_area_code <> o.owner ->> 'area_code' OR c.owner_role <> o.owner ->> 'role'"
        "  OR c.owner_posting_id IS DISTINCT FROM (o.owner ->> 'posting_id')::integer"
        "  OR c.due_at <> coalesce(d.due_at, due_after(c.received_at, k.deadlines -> 'solve'))"
        "  OR (c.elsewhere IS NOT NULL) <> (c.owner_role = 'department')"
        "  OR c.reopened <> (SELECT count(*) FROM events e WHERE e.case_id = c.id AND e.verb IN ('deny', 'reopen'))"
        "  OR c.returned <> (SELECT count(*) FROM events e WHERE e.case_id = c.id AND e.verb = 'return')"
        "  OR (c.stage_due_at IS NOT NULL) <> (c.state IN ('received', 'accepted', 'claimed_solved'))"
        "  OR (c.state = 'claimed_solved' AND c.claimed_at IS NULL)"
        "  OR NOT EXISTS (SELECT FROM postings p WHERE p.id = c.owner_posting_id AND p.area_code = c.owner_area_code)"
    ).fetchall()
    assert wrong == []
    kinds = dict(loaded.execute("SELECT owner_role, count(*) FROM cases GROUP BY 1").fetchall())
    assert kinds["department"] > 30
    assert kinds["head"] > 200
    assert one(loaded, "SELECT count(*) FROM calendar_years WHERE state = 'published'") > 5


def test_figures_have_something_to_show(loaded: psycopg.Connection[Any]) -> None:
    shares = one(
        loaded,
        "SELECT avg((closed_at IS NULL)::integer)::float8, avg((closed_at IS NULL AND due_at < %s)::integer)::float8,"
        " avg((closed_at IS NOT NULL AND confirmed IS NOT TRUE)::integer)::float8, avg((reopened > 0)::integer)::float8"
        " FROM cases WHERE state <> 'merged'",
        NOW,
    )
    for share, (least, most) in zip(shares, ((0.02, 0.2), (0.01, 0.15), (0.1, 0.35), (0.03, 0.2)), strict=True):
        assert least < share < most, shares


def test_the_story_is_the_memory_of_its_place(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT c.state, c.confirmed, c.owner_role, c.category_code, r.match ->> 'edition', p.name, w.name FROM reports r"
        " JOIN cases c ON c.id = r.case_id LEFT JOIN people p ON p.id = r.taken_by"
        " LEFT JOIN postings o ON o.id = c.owner_posting_id LEFT JOIN people w ON w.id = o.person_id"
        " WHERE c.id <= %s ORDER BY r.received_at",
        (STORY,),
    ).fetchall()
    assert len(rows) == STORY
    assert rows[0][:5] == ("closed", False, "head", "dumping", "2019")
    assert rows[0][6] == "示例村第一网格长"
    assert [row[:3] for row in rows if row[3] == "fire"] == [("closed", True, "department")]
    assert rows[-1] == ("received", None, "head", "dumping", "2025", "廊坊市热线受理员", "示例村第一网格长（第三任）")
    waiting = read_waiting(loaded)
    assert waiting is not None
    assert one(loaded, "SELECT r.received_at FROM reports r WHERE r.number = %s", waiting.number) > NOW - timedelta(
        hours=1
    )
    assert one(loaded, "SELECT state, hazard, recurring FROM cases WHERE id = %s", waiting.case_id) == (
        "received",
        True,
        True,
    )
    assert one(loaded, "SELECT name FROM people WHERE login = 'head'") == "示例村第一网格长（第三任）"


def test_a_log_in_opens_with_its_password(loaded: psycopg.Connection[Any]) -> None:
    kept = one(loaded, "SELECT password_hash FROM people WHERE login = 'head'")
    assert PasswordHash.recommended().verify("secret", kept)
    assert one(loaded, "SELECT count(*) FROM people WHERE login IS NOT NULL") == 1


def test_pins_are_answered_as_they_say(loaded: psycopg.Connection[Any]) -> None:
    pins = draw_pins(read_areas(loaded, NOW, WUBAIHU), read_nursery(loaded), read_vacant(loaded, NOW))
    with loaded.transaction():
        loaded.execute("SELECT act_as(NULL, %s)", (NOW,))
        answers = {pin.name: one(loaded, "SELECT locate(%s, %s, NULL, %s)", pin.lon, pin.lat, NOW) for pin in pins}
    for pin in pins:
        answer = answers[pin.name]
        area = answer["area"] and answer["area"]["code"]
        assert (answer["outcome"], area) == (pin.outcome, pin.code), pin.name
    assert answers["vacancy"]["head"] is None
    assert answers["vacancy"]["owner"] is not None
    assert answers["nursery"]["head"]["name"] == "示例村第一网格长（第三任）"
    assert 5 < answers["gap"]["distance_m"] < 15
    assert len(answers["edge"]["also"]) == 1


def test_the_planted_vacancies_end_with_deputy_desk_and_township(loaded: psycopg.Connection[Any]) -> None:
    owners = loaded.execute(
        "SELECT DISTINCT a #>> '{owner,level}', a #>> '{owner,role}' FROM (SELECT locate_area(code, %s) AS a"
        " FROM unnest(%s::text[]) code) x",
        (NOW, read_vacant(loaded, NOW)),
    ).fetchall()
    assert {("grid", "deputy"), ("village", "desk"), ("township", "desk")} == set(owners)


def test_a_second_city_and_a_used_seed_are_refused(loaded: psycopg.Connection[Any], sample: SmallSample) -> None:
    with pytest.raises(CityExistsError, match="db reset"):
        load_city(loaded, sample.city, sample.postings, sample.sites, [], NOW)
    with pytest.raises(SeedUsedError):
        add_reports(loaded, 50, 1, NOW, secrets.token_bytes, silent)


def test_a_worker_tells_nothing_of_the_invented_past(loaded: psycopg.Connection[Any]) -> None:
    late = one(loaded, "SELECT count(*) FROM cases WHERE closed_at IS NULL AND due_at < %s AND state <> 'paused'", NOW)
    assert late > 10
    assert one(loaded, "SELECT count(*) FROM due_notices") >= late
    assert one(loaded, "SELECT count(*) FROM outbox") == 0
    with loaded.transaction(force_rollback=True):
        assert one(loaded, "SELECT due_scan(%s, 1000)", NOW) == 0
        assert one(loaded, "SELECT count(*) FROM steps_due(%s, 1000)", NOW) == 0
        assert one(loaded, "SELECT count(*) FROM dispatches_due(%s, 1000)", NOW + timedelta(minutes=1)) == 0
        # What falls due from now on is told.
        assert one(loaded, "SELECT due_scan(%s, 1000)", NOW + timedelta(days=3)) > 0


def test_the_rules_point_to_somebody_and_some_fit(loaded: psycopg.Connection[Any]) -> None:
    assert 10 <= len(RULES) <= 15
    tried = loaded.execute(
        "SELECT d.rule_id, d.target ->> 'posting_id', d.automatic, c.category_code, d.why -> -1 ->> 'fallback'"
        " FROM cases c CROSS JOIN LATERAL dispatch_target(c.id, %s) d WHERE c.closed_at IS NULL",
        (NOW + timedelta(minutes=1),),
    ).fetchall()
    assert all(posting for _, posting, *_ in tried)
    assert len({rule for rule, *_ in tried}) >= 8
    assert {fallback for *_, fallback in tried} <= {None, "no_head", "about_official"}
    assert {code for _, _, automatic, code, _ in tried if automatic} <= {"fire", "straw_burning"}


def test_more_reports_can_be_added(loaded: psycopg.Connection[Any]) -> None:
    before = one(loaded, "SELECT count(*) FROM reports")
    with loaded.transaction(force_rollback=True):
        add_reports(loaded, 50, 2, NOW, secrets.token_bytes, silent)
        assert one(loaded, "SELECT count(*) FROM reports") == before + 50
    assert one(loaded, "SELECT count(*) FROM reports") == before


def test_a_build_that_fails_leaves_nothing(loaded: psycopg.Connection[Any], sample: SmallSample) -> None:
    before = one(loaded, "SELECT count(*) FROM cases")
    cases = draw_reports(sample.city.editions[1].areas, 30, 77, NOW)
    cases[-1].report.area_code, cases[-1].report.lon_lat = "no such area", None
    numbers = draw_numbers(30, 77, taken_numbers(loaded))
    with pytest.raises(psycopg.Error), loaded.transaction():
        load_reports(loaded, cases, numbers, secrets.token_bytes)
    assert one(loaded, "SELECT count(*) FROM cases") == before


def test_every_verb_of_a_history_has_its_words(loaded: psycopg.Connection[Any]) -> None:
    verbs = {verb for (verb,) in loaded.execute("SELECT DISTINCT verb FROM events")}
    assert {"receive", "merge_in", "pass_recheck", "lapse", "evaluate"} <= verbs
    for lang in LANGUAGES:
        assert all(Words(lang)(f"verb-{verb}") for verb in verbs)


def test_what_is_about_officials_is_filed_at_the_county(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT c.chain, c.owner_role, r.match -> 'head', r.chain FROM cases c JOIN reports r ON r.case_id = c.id"
        " WHERE c.about_official"
    ).fetchall()
    assert rows
    assert {(tuple(chain), role, head) for chain, role, head, _ in rows} == {(("1310", "131024"), "desk", None)}
    assert all(chain == ["1310", "131024"] for *_, chain in rows)
    filed = "SELECT count(*) FROM cases WHERE category_code = 'cadre_conduct' AND NOT about_official"
    assert one(loaded, filed) == 0
