"""Rules on places tried on what has happened, made, refused and ended; and the story of a spot played through them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from api import cli
from gis.store import Store
from grids.place_alarms import look_at_waiting, rules_in_force
from grids.place_keeping import settle_waiting
from grids.place_rules import PlaceRule
from grids.place_story import NoStoryError, story_of
from grids.place_trials import PlaceRuleNotFoundError, PlaceRuleRefusedError, add_rule, end_rule, try_rule
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import LAT, LON, STEP, Town, opened

DAY = 24 * 60
SINCE, UNTIL = county.NOW - timedelta(days=1), county.NOW + timedelta(days=365)
TWICE = PlaceRule(0, "第二次说事", ("urgent",), days=30, reports_from=2)


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(county_of_all: Store) -> Iterator[Town]:
    with cloned(county_of_all) as store, opened(store) as town:
        yield town


def told(town: Town, *spots: tuple[float, int], category: str = "dumping") -> list[int]:
    """Report so many steps to the east, on these days, and settle all of it."""
    reports = [town.say(east, 0, day * DAY, category=category) for east, day in spots]
    while settle_waiting(town.worker):
        pass
    return reports


@pytest.fixture
def owner(town: Town) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(town.store.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection


def test_a_trial_counts_what_would_have_rung(town: Town, owner: psycopg.Connection[Any]) -> None:
    # Three at one spot, two at another but too long after each other, and one lamp.
    told(town, (0, 0), (0, 10), (0, 20), (20, 0), (20, 40))
    told(town, (0, 5), category="light")
    tried = try_rule(owner, TWICE, SINCE, UNTIL)
    assert [one.alarm.at - county.NOW for one in tried.rung] == [timedelta(days=day) for day in (10, 10, 20)]
    assert (tried.cases, tried.share) == (6, 0.5)
    assert tried.by_month() == {"2026-03": 3}
    assert tried.by_area() == {county.GRID: 3}
    assert tried.names == {county.GRID: f"辖区{county.GRID}"}
    # What came before is remembered and rings nothing; what comes after does not count.
    assert len(try_rule(owner, TWICE, county.NOW + timedelta(days=15), UNTIL).rung) == 3
    assert len(try_rule(owner, TWICE, SINCE, county.NOW + timedelta(days=15)).rung) == 2
    assert try_rule(owner, replace(TWICE, area_code=county.SIBLING), SINCE, UNTIL).rung == ()
    assert try_rule(owner, replace(TWICE, category_code="light"), SINCE, UNTIL).rung == ()
    assert len(try_rule(owner, replace(TWICE, area_code=county.VILLAGE), SINCE, UNTIL).rung) == 3


def test_a_trial_stores_nothing_and_says_what_the_worker_would_do(town: Town, owner: psycopg.Connection[Any]) -> None:
    told(town, (0, 0), (0, 10), (0, 20))
    third = next(rule for rule in rules_in_force(owner, county.NOW) if rule.reports_from == 3)
    tried = try_rule(owner, third, SINCE, UNTIL)
    assert owner.execute("SELECT count(*) FROM alarms").fetchone() == (0,)
    look_at_waiting(town.worker, county.NOW + timedelta(days=20))
    rang = owner.execute("SELECT case_id FROM alarms ORDER BY case_id").fetchall()
    assert [(one.alarm.case_id,) for one in tried.rung] == rang
    assert len(rang) == 3


def test_a_rule_is_made_rings_for_what_is_open_and_ends(town: Town, owner: psycopg.Connection[Any]) -> None:
    told(town, (0, 0), (0, 10))
    look_at_waiting(town.worker, county.NOW + timedelta(days=10))
    now = county.NOW + timedelta(days=11)
    number = add_rule(owner, TWICE, try_rule(owner, TWICE, SINCE, UNTIL), now, now)
    look_at_waiting(town.worker, now)
    assert owner.execute("SELECT DISTINCT rule_id FROM alarms").fetchall() == [(number,)]
    assert owner.execute("SELECT DISTINCT urgency FROM cases").fetchall() == [("urgent",)]
    end_rule(owner, number, now + timedelta(days=1))
    assert number not in {rule.id for rule in rules_in_force(owner, now + timedelta(days=2))}
    with pytest.raises(PlaceRuleNotFoundError):
        end_rule(owner, number, now + timedelta(days=2))
    # One that is to begin later rings for nobody before.
    later = add_rule(owner, TWICE, try_rule(owner, TWICE, SINCE, UNTIL), now + timedelta(days=30), now)
    assert later not in {rule.id for rule in rules_in_force(owner, now + timedelta(days=29))}
    assert later in {rule.id for rule in rules_in_force(owner, now + timedelta(days=30))}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"deeds": ()}, "deeds"),
        ({"deeds": ("down",)}, "deeds"),
        ({"family": "no_such"}, "family"),
        ({"category_code": "no_such"}, "category"),
        ({"category_code": "light", "family": "waste"}, "category"),
        ({"area_code": "99"}, "area"),
        ({"site_kinds": ("volcano",), "within_m": 50.0}, "site_kinds"),
        ({"reports_from": None}, "conditions"),
        ({"within_m": 50.0}, "sites"),
        ({"within_m": 0.0}, "sites"),
        ({"days": 0}, "days"),
        ({"note": ""}, "note"),
        ({"reports_from": 3, "days": 90, "deeds": ("up", "urgent")}, "said_already"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_what_is_wrong(
    owner: psycopg.Connection[Any], wrong: dict[str, Any], reason: str
) -> None:
    rule = replace(TWICE, **wrong)
    with pytest.raises(PlaceRuleRefusedError) as refused:
        add_rule(owner, rule, try_rule(owner, rule, SINCE, UNTIL), county.NOW, county.NOW)
    assert refused.value.params["reason"] == reason


def test_a_rule_that_would_ring_for_everything_is_refused(
    town: Town, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told(town, *((east * 20.0, day) for east in range(10) for day in (0, 1)))
    trial = try_rule(owner, TWICE, SINCE, UNTIL)
    assert (trial.cases, trial.share) == (20, 1.0)
    with pytest.raises(PlaceRuleRefusedError) as refused:
        add_rule(owner, TWICE, trial, county.NOW, county.NOW)
    assert refused.value.params == {"reason": "everywhere", "share": 100}
    assert "100 of 100" in str(refused.value)
    # The trial says so beforehand.
    monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", town.store.dsn("admin"))
    for lang, said in (("en", "Such a rule is refused: it would have rung for 100 of 100"), ("zh", "不予采用")):
        done = CliRunner().invoke(cli.app, ("places", "try", "--reports", "2", "--days", "30", "--lang", lang))
        assert said in done.output
        assert "20" in done.output


def test_the_story_of_a_site_says_when_the_alarm_would_have_rung_and_for_whom(
    town: Town, owner: psycopg.Connection[Any]
) -> None:
    town.owner.execute(
        "INSERT INTO sites (code, kind, name, during, synthetic, geom) VALUES"
        " ('n1', 'nursery', '示例苗圃', '[2020-01-01Z,)', true, ST_Point(%s, %s, 4326))",
        (LON + 2 * STEP, LAT),
    )
    town.owner.execute("UPDATE categories SET family = 'works' WHERE code = 'light'")
    told(town, (0, 0), (0, 10), (1, 20))
    told(town, (0, 50), category="light")
    story = story_of(owner, "nursery", UNTIL)
    assert (story.name, story.invented) == ("示例苗圃", True)
    assert [one.nth for one in story.told if one.nth] == [1, 2, 3, 1]
    alarm = story.first_up()
    assert alarm is not None
    assert (alarm.at, alarm.after) == (county.NOW + timedelta(days=20), 3)
    assert [(one.part, one.desk or one.area) for one in alarm.who] == [
        ("takes", f"{county.VILLAGE}值班台"),
        ("supervises", f"辖区{county.VILLAGE}"),
    ]
    ahead = story.first_report("light", alarm.at)
    assert ahead is not None
    assert ahead.at - alarm.at == timedelta(days=30)
    # The same by its name, its code and the number of the place.
    assert story_of(owner, "示例苗圃", UNTIL) == story_of(owner, "n1", UNTIL) == story
    by_number = story_of(owner, str(alarm.place_id), UNTIL)
    assert ({one.family for one in by_number.told}, by_number.invented) == ({"waste"}, False)
    # What is worse is reported beside the place; what is invented says so.
    town.owner.execute("UPDATE cases SET synthetic = true")
    by_number = story_of(owner, str(alarm.place_id), UNTIL, "light")
    assert by_number.invented
    worse = by_number.first_report("light", alarm.at)
    assert worse is not None
    assert (worse.at, worse.family, worse.nth, worse.place_id) == (ahead.at, "works", 0, None)
    with pytest.raises(NoStoryError):
        story_of(owner, "volcano", UNTIL)


def test_the_commands_try_make_tell_and_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(town, (0, 0), (0, 10), (0, 20))[0]
    monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", town.store.dsn("admin"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def say(*words: str) -> str:
        done = CliRunner().invoke(cli.app, words)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    assert "reported 3 times at one place within 90 days" in say("places", "rules")
    tried = say("places", "try", "--reports", "2", "--days", "30")
    assert "would have rung 3 times, for 3 of 3 cases (100.0%) at 1 place." in tried
    assert f"  辖区{county.GRID} ({county.GRID}): 3" in tried
    assert f"place {first}, case {first}, 辖区{county.GRID}: reported 2 times here" in tried
    assert "Of fewer than 20 cases a share says nothing" in tried
    assert "refused: it" not in tried
    assert "would have rung" in say("places", "try", "--rule", "1")
    assert "Nothing was changed" in say("places", "add", "twice", "--does", "urgent", "--reports", "2", "--days", "30")
    made = say("places", "add", "twice", "--does", "urgent", "--reports", "2", "--days", "30", "--commit")
    number = made.rsplit("Rule ", 1)[1].split(" ", 1)[0]
    assert "twice" in say("places", "rules")
    say("places", "end", number)
    assert "twice" not in say("places", "rules")
    assert "replay" in say("places", "radius", "waste", "5", "--since", "2020-01-01")
    say("places", "radius", "waste", "6", "--since", "2020-01-01")
    assert town.owner.execute("SELECT radius_m FROM place_radii").fetchall() == [{"radius_m": 6.0}]
    for wrong in (("waste", "0"), ("waste", "501"), ("no_such", "50")):
        refused = CliRunner().invoke(cli.app, ("places", "radius", *wrong, "--since", "2020-01-01"))
        assert refused.exit_code != 0
    story = say("replay", "--place", str(first))
    assert "Report 3 (waste, by web)" in story
    assert "▲ Alarm" in story
    assert "takes the case over" in story
    assert "Today's rules would have rung on 2026-03-22, after report 3." in story
