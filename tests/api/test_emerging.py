"""Emerging hotspots from the reports to the sentence: which cells, over which months, for whom, and what is too few."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import ServiceSettings
from gis.cells import cells_of, neighbours
from gis.emerging import KINDS, emerging
from gis.store import Store
from tests.conftest import cloned
from tests.heaped import CENTRE, grow, whisper
from tests.little_town import PASSWORD

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
# The fifteenth of fourteen months; the last that is over in February 2026.
MONTHS = [datetime(2025 + month // 12, month % 12 + 1, 15, 4, tzinfo=UTC) for month in range(14)]
HEAPED_FROM = 10


@pytest.fixture(scope="module")
def told(town: Store) -> Store:
    grow(town, MONTHS, HEAPED_FROM)
    return town


@pytest.fixture
def ask(told: Store, client: TestClient) -> Callable[..., Any]:
    assert told

    def asked(lang: str = "en", **question: Any) -> Any:
        headers = {"Accept-Language": lang}
        answer = client.get("/api/emerging", params={"layer": "received"} | question, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


def _cells(store: Store, kind: str) -> list[int]:
    with psycopg.connect(store.dsn("web")) as web:
        found = web.execute("SELECT cell FROM units WHERE edition_id = 2 AND kind = %s ORDER BY n", (kind,))
        return [row[0] for row in found]


def _middle(got: Any, store: Store) -> int:
    """The place in the lists of the cell in which the heap lies."""
    heap = cells_of(*CENTRE)[int(got["level"].removeprefix("cell-")) - 5]
    return int(got["n"].index(_cells(store, got["level"]).index(heap) + 1))


def test_a_heap_of_four_months_is_consecutive_and_explains_itself(
    ask: Callable[..., Any], log_in: Callable[[str], None], told: Store
) -> None:
    log_in("planner")
    got = ask()
    assert got["reason"] is None
    assert got["first_days"][0] == "2024-03-01"
    assert got["first_days"][-1] == "2026-03-01"
    assert got["tested"] == [False] * 10 + [True] * 14
    at = _middle(got, told)
    assert (got["kind"][at], got["side"][at], got["often"][at], got["run"][at]) == ("consecutive", 1, 4, 4)
    assert got["said"][at] == (
        f"{got['sum'][at]} reports here and next door in February 2026, "
        f"{got['expected'][at]:.0f} expected, q < 0.001: hot for 4 months without a break, never before"
    )
    assert "more people speak" in got["notes"][0]
    assert "10 months held too few" in " ".join(got["notes"])
    zh = ask("zh")["said"][_middle(got, told)]
    assert zh.startswith(f"2026年2月，此处及相邻格说事 {got['sum'][at]} 件")
    assert zh.endswith("连续 4 个月为热点，此前从未出现")


def test_types_are_those_of_the_counts_of_each_month(
    ask: Callable[..., Any], log_in: Callable[[str], None], told: Store, client: TestClient
) -> None:
    """Month by month the counts that ``/api/figures`` tells, through the statistic: nothing is counted in another way."""
    log_in("planner")
    got = ask()
    days = got["first_days"][10:]
    counts = np.array(
        [
            client.get(
                "/api/figures", params={"layer": "received", "level": got["level"], "from": since, "to": until}
            ).json()["counts"]
            for since, until in pairwise(days)
        ]
    )
    near = neighbours(np.array(_cells(told, got["level"]), dtype=np.int64))
    found = emerging(counts, near, ["analytic"] * 14, rng=np.random.default_rng(0))
    n = np.flatnonzero(found.kind)
    assert got["n"] == (n + 1).tolist()
    assert got["kind"] == [KINDS[place] for place in found.kind[n]]
    assert (got["side"], got["often"], got["run"]) == (
        found.side[n].tolist(),
        found.often[n].tolist(),
        found.run[n].tolist(),
    )
    assert got["total"] == counts.sum()
    assert {(each["kind"], each["units"]) for each in got["types"] if each["side"] == "hot"} == {
        (kind, sum(k == kind and s == 1 for k, s in zip(got["kind"], got["side"], strict=True)))
        for kind, side in zip(got["kind"], got["side"], strict=True)
        if side == 1
    }


def test_patrols_stand_apart(ask: Callable[..., Any], log_in: Callable[[str], None]) -> None:
    log_in("planner")
    got, residents = ask(), ask(channel="residents")
    assert got["by_residents"] + got["by_patrol"] == got["total"]
    assert 0 < got["by_patrol"] <= 70
    assert residents["total"] == got["by_residents"]
    assert residents["by_patrol"] is None
    assert any(note.startswith("Said by residents") for note in got["notes"])
    assert not any(note.startswith("Said by residents") for note in residents["notes"])
    assert ask(channel="patrol")["reason"] == "few_reports"


def test_cases_are_named_as_cases(ask: Callable[..., Any], log_in: Callable[[str], None], told: Store) -> None:
    log_in("planner")
    got = ask(layer="open")
    assert " cases here and next door in February 2026" in got["said"][_middle(got, told)]


def test_weeks_are_told_by_their_monday(ask: Callable[..., Any], log_in: Callable[[str], None]) -> None:
    log_in("planner")
    got = ask(step="week")
    # Reports came in one week of each month: too few weeks.
    assert (got["reason"], got["n"], got["cells"]) == ("few_reports", [], 0)
    assert len(got["first_days"]) == 25
    assert got["first_days"][-1] == "2026-03-02"
    assert got["verdict"].startswith("Too few to say: a usual week has fewer than 10 with a pin")


@pytest.mark.parametrize(
    ("asked", "reason", "said"),
    [
        ({"from": "2025-06-01"}, "few_steps", "9 whole months hold enough"),
        ({"from": "2030-01-01"}, "few_steps", "0 whole months hold enough"),
        ({"from": "2024-01-01", "to": "2025-01-01"}, "few_reports", "a usual month has fewer than 10"),
        ({"family": "people"}, "few_reports", "a usual month has fewer than 10"),
    ],
)
def test_too_few_is_said(
    asked: dict[str, str], reason: str, said: str, ask: Callable[..., Any], log_in: Callable[[str], None]
) -> None:
    log_in("planner")
    got = ask(**asked)
    assert (got["reason"], got["n"], got["kind"], got["said"]) == (reason, [], [], [])
    assert said in got["verdict"]
    assert len(ask("zh", **asked)["verdict"]) > 10


def test_a_last_month_that_is_too_quiet_says_nothing_of_now(told: Store) -> None:
    with cloned(told) as store:
        later = NOW + timedelta(days=31)
        app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), store.asyncpg_kwargs("web"), clock=lambda: later)
        with TestClient(app, headers={"Accept-Language": "en"}) as client:
            client.post("/login", data={"login": "planner", "password": PASSWORD}, follow_redirects=False)
            got = client.get("/api/emerging", params={"layer": "received"}).json()
    assert (got["tested"][-2:], got["reason"], got["n"]) == ([True, False], "quiet_now", [])
    assert "nothing can be told of now" in got["verdict"]


def test_the_public_is_told_no_count_of_a_single_cell(ask: Callable[..., Any], told: Store) -> None:
    got = ask()
    assert got["coarse"]
    assert got["level"] in ("cell-5", "cell-6", "cell-7")
    at = _middle(got, told)
    assert got["kind"][at] == "consecutive"
    assert all(each % 5 == 0 for each in got["sum"])
    assert all(each == round(each) for each in got["expected"])
    assert set(got["q"]) <= {0.01, 0.05, 0.1}
    assert got["said"][at].startswith(f"≈ {got['sum'][at]} reports here and next door")


@pytest.fixture(scope="module")
def whispered(told: Store) -> Iterator[TestClient]:
    """The town with a hundred private reports in the first grid beside, in each of two months."""
    with cloned(told) as store:
        for month in MONTHS[-2:]:
            whisper(store, month)
        app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), store.asyncpg_kwargs("web"), clock=lambda: NOW)
        with TestClient(app, base_url="http://testserver", headers={"Accept-Language": "en"}) as client:
            yield client


def test_own_private_reports_make_no_own_area_hot(whispered: TestClient) -> None:
    def told_to(login: str, **question: str) -> Any:
        whispered.cookies.clear()
        whispered.post("/login", data={"login": login, "password": PASSWORD}, follow_redirects=False)
        return whispered.get("/api/emerging", params={"layer": "received"} | question).json()

    head, public = told_to("head"), told_to("head", family="waste")
    assert (head["n"], head["kind"], head["total"]) == (public["n"], public["kind"], public["total"])
    assert any("Without private kinds" in note for note in head["notes"])
    assert told_to("planner")["total"] > head["total"] + 190
    assert told_to("head", family="people")["code"] == "private_elsewhere"
    whispered.cookies.clear()
    everybody = whispered.get("/api/emerging", params={"layer": "received"}).json()
    assert everybody["total"] == head["total"]
    assert whispered.get("/api/emerging?layer=received&family=people").json()["code"] == "private_family"


def test_one_cell_is_told_of_though_it_has_no_type(
    ask: Callable[..., Any], log_in: Callable[[str], None], told: Store
) -> None:
    log_in("planner")
    level = ask()["level"]
    got = ask(cell=f"{_cells(told, level)[0]:x}")
    assert (got["n"], got["kind"], got["types"]) == ([1], ["none"], [])
    assert got["said"][0].endswith("no type over 14 months")
    assert got["verdict"] is None
    nowhere = ask(cell="nowhere")
    assert (nowhere["n"], nowhere["verdict"]) == ([], None)


def test_that_nothing_was_found_is_a_finding(ask: Callable[..., Any], log_in: Callable[[str], None]) -> None:
    log_in("planner")
    got = ask(to="2025-11-01", channel="residents", **{"from": "2025-01-01"})
    assert (got["reason"], got["n"]) == (None, [])
    assert got["verdict"].startswith("Nowhere has more or less gathered")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"per": "households"}, "rates_over_time"),
        ({"from": "1950-01-01"}, "too_many_steps"),
        ({"layer": "vacancies"}, "not_by_cell"),
        ({"step": "day"}, "invalid_request"),
        ({"from": "2026-01-01", "to": "2025-01-01"}, "empty_period"),
        ({"family": "nothing"}, "unknown_family"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_words(
    asked: dict[str, str], code: str, told: Store, client: TestClient
) -> None:
    assert told
    answer = client.get("/api/emerging", params={"layer": "received"} | asked)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
