"""The sample in a real database: stored answers are locate's own, a half build leaves nothing, pins hold."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from pwdlib import PasswordHash

from gis.store import Store
from grids.language import LANGUAGES, Words
from grids.sample.build import add_reports
from grids.sample.divisions import WUBAIHU
from grids.sample.load import CityExistsError, LogIn, SeedUsedError, draw_numbers, load_city, load_reports
from grids.sample.pins import draw_pins
from grids.sample.reports import draw_reports
from grids.sample.sites import NURSERY_GRID
from grids.sample.small import SmallSample, default_folder, read_sample
from grids.sample.stored import NoCityError, has_city, read_areas, read_nursery, read_vacant, taken_numbers
from grids.sample.story import tell_story

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
COUNT = 600


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
            story = tell_story(read_nursery(connection))
            load_reports(connection, story, draw_numbers(8, 2019, ()), secrets.token_bytes)
            add_reports(connection, COUNT, 1, NOW, secrets.token_bytes, silent)
        yield connection


def one(connection: psycopg.Connection[Any], query: str, *values: object) -> Any:
    row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def test_everything_arrived(loaded: psycopg.Connection[Any], sample: SmallSample) -> None:
    assert one(loaded, "SELECT count(*) FROM boundaries") == sum(len(e.areas) for e in sample.city.editions)
    assert one(loaded, "SELECT array_agg(name ORDER BY valid_from) FROM editions WHERE state = 'active'") == [
        "2019",
        "2025",
    ]
    assert one(loaded, "SELECT count(*) FROM postings") == len(sample.postings)
    assert one(loaded, "SELECT count(*) FROM sites") == len(sample.sites)
    assert one(loaded, "SELECT count(*) FROM reports WHERE synthetic") == COUNT + 8
    assert one(loaded, "SELECT count(*) FROM report_words") == COUNT + 8
    assert one(loaded, "SELECT count(*) FROM cases WHERE NOT synthetic") == 0
    assert one(loaded, "SELECT count(*) FROM outbox") == 0


def test_stored_answers_are_those_of_locate(loaded: psycopg.Connection[Any]) -> None:
    differing = loaded.execute(
        "SELECT match, again FROM (SELECT match, without_names(CASE WHEN geom IS NULL THEN locate_area(area_code, received_at)"
        " ELSE locate(ST_X(geom), ST_Y(geom), accuracy_m, received_at) END) AS again FROM reports) x WHERE match <> again"
    ).fetchall()
    assert differing == []
    outcomes = dict(loaded.execute("SELECT match ->> 'outcome', count(*) FROM reports GROUP BY 1").fetchall())
    assert outcomes["inside"] > 200
    assert outcomes["backstop"] > 100
    assert "outside" not in outcomes


def test_a_case_takes_owner_deadline_and_pin_from_its_reports(loaded: psycopg.Connection[Any]) -> None:
    wrong = loaded.execute(
        "SELECT c.id FROM cases c JOIN LATERAL ("
        "  SELECT * FROM reports r WHERE r.case_id = c.id ORDER BY received_at, id LIMIT 1) r ON true"
        " JOIN LATERAL category_at(c.category_code, c.received_at) k ON true"
        " WHERE c.received_at <> r.received_at OR c.chain <> r.chain OR c.area_code <> r.area_code"
        "  OR c.owner_area_code <> r.match #>> '{owner,area_code}' OR c.owner_role <> r.match #>> '{owner,role}'"
        "  OR c.owner_posting_id IS DISTINCT FROM (r.match #>> '{owner,posting_id}')::integer"
        "  OR c.due_at <> c.received_at + make_interval(hours => (k.deadlines #>> '{solve,hours}')::integer)"
        "  OR c.private <> k.private OR (c.geom IS NULL AND r.geom IS NOT NULL)"
    ).fetchall()
    assert wrong == []


def test_histories_are_complete(loaded: psycopg.Connection[Any]) -> None:
    wrong = loaded.execute(
        "SELECT c.id FROM cases c JOIN LATERAL ("
        "  SELECT count(*) AS n, max(seq) AS last, (array_agg(state ORDER BY seq DESC))[1] AS state,"
        "         (array_agg(verb ORDER BY seq))[1] AS first, count(data -> 'report_id') AS told"
        "  FROM events e WHERE e.case_id = c.id) e ON true"
        " WHERE e.n <> e.last OR e.state <> c.state OR e.first <> 'receive' OR c.version <> e.n"
        "  OR e.told <> (SELECT count(*) FROM reports r WHERE r.case_id = c.id)"
    ).fetchall()
    assert wrong == []
    digests = one(
        loaded,
        "SELECT bool_and(e.data ->> 'words_digest' = encode(sha256(w.salt || convert_to(w.words, 'UTF8')), 'hex'))"
        " FROM events e JOIN report_words w ON w.report_id = (e.data ->> 'report_id')::bigint",
    )
    assert digests is True


def test_the_story_fell_to_the_head_of_its_day(loaded: psycopg.Connection[Any]) -> None:
    rows = loaded.execute(
        "SELECT c.state, c.confirmed, r.match ->> 'edition', c.owner_role, p.name FROM cases c"
        " JOIN reports r ON r.case_id = c.id LEFT JOIN postings o ON o.id = c.owner_posting_id"
        " LEFT JOIN people p ON p.id = o.person_id"
        " WHERE r.received_at < '2020-01-01' AND r.geom IS NOT NULL ORDER BY r.received_at"
    ).fetchall()
    assert {row[2] for row in rows} == {"2019"}
    assert rows[0] == ("closed", False, "2019", "head", "示例村第一网格长")
    assert rows[-1][0] == "dispatched"
    today = one(loaded, "SELECT name FROM people WHERE login = 'head'")
    assert today == "示例村第一网格长（第三任）"


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


def test_more_reports_can_be_added(loaded: psycopg.Connection[Any]) -> None:
    before = one(loaded, "SELECT count(*) FROM reports")
    with loaded.transaction(force_rollback=True):
        add_reports(loaded, 50, 2, NOW, secrets.token_bytes, silent)
        assert one(loaded, "SELECT count(*) FROM reports") == before + 50
    assert one(loaded, "SELECT count(*) FROM reports") == before


def test_a_build_that_fails_leaves_nothing(loaded: psycopg.Connection[Any], sample: SmallSample) -> None:
    before = one(loaded, "SELECT count(*) FROM cases")
    cases = draw_reports(sample.city.editions[1].areas, 30, 77, NOW)
    cases[-1].reports[-1].area_code, cases[-1].reports[-1].lon_lat = "no such area", None
    numbers = draw_numbers(30, 77, taken_numbers(loaded))
    with pytest.raises(psycopg.Error), loaded.transaction():
        load_reports(loaded, cases, numbers, secrets.token_bytes)
    assert one(loaded, "SELECT count(*) FROM cases") == before


def test_every_verb_of_a_history_has_its_words(loaded: psycopg.Connection[Any]) -> None:
    verbs = {verb for (verb,) in loaded.execute("SELECT DISTINCT verb FROM events")}
    assert {"receive", "join", "close"} <= verbs
    for lang in LANGUAGES:
        assert all(Words(lang)(f"verb-{verb}") for verb in verbs)
