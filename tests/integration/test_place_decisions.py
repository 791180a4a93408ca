"""What staff decide about places: kept, sorted anew by the worker, and the same after a replay."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import psycopg
import pytest

from gis.errors import GridwardenError
from gis.store import Store
from grids.place_decisions import decide
from grids.place_keeping import replay, settle_waiting
from tests import small_county as county
from tests.conftest import cloned
from tests.placed_town import Town, opened


@pytest.fixture(scope="module")
def county_of_all(database: Store) -> Store:
    county.build(database)
    return database


@pytest.fixture
def town(county_of_all: Store) -> Iterator[Town]:
    with cloned(county_of_all) as store, opened(store) as town:
        yield town


DESK = f"desk@{county.VILLAGE}"


def decides(
    town: Town, place: int, deed: str, *, login: str | None = DESK, words: str = "看过现场", **what: Any
) -> None:
    async def call() -> None:
        connection = await asyncpg.connect(**town.store.asyncpg_kwargs("web"))
        try:
            await decide(connection, place, deed, words, session_digest=county.session(login), now=county.NOW, **what)
        finally:
            await connection.close()

    asyncio.run(call())
    while settle_waiting(town.worker):
        pass
    places = town.places()
    assert replay(town.worker).changed == 0
    assert town.places() == places


def refused(town: Town, place: int, deed: str, **what: Any) -> tuple[str, object]:
    with pytest.raises(GridwardenError) as error:
        decides(town, place, deed, **what)
    return error.value.code, error.value.params.get("field")


@pytest.fixture
def row(town: Town) -> list[int]:
    """Five reports in a row, 19 m apart: all of one place but the last two, which are too far from the first."""
    reports = [town.say(2.2 * n, 0, n) for n in (0, 1, 2, 3, 4)]
    settle_waiting(town.worker)
    assert list(town.places().values()) == [reports[0]] * 3 + [reports[3]] * 2
    return reports


def test_a_report_begins_a_place_of_its_own_and_gathers_what_came_after(town: Town, row: list[int]) -> None:
    decides(town, row[0], "apart", report=town.sent[row[1]].number)
    # The third lies as near to the second as to nothing else.
    assert list(town.places().values()) == [row[0], row[1], row[1], row[1], row[4]]
    decides(town, row[1], "found", report=town.sent[row[1]].number, words="还是一处")
    assert list(town.places().values()) == [row[0]] * 3 + [row[3]] * 2
    kept = town.owner.execute("SELECT deed, words FROM place_decisions ORDER BY id").fetchall()
    assert [tuple(each.values()) for each in kept] == [("apart", "看过现场"), ("found", "还是一处")]


def test_two_places_are_one_under_the_number_of_the_first(town: Town, row: list[int]) -> None:
    decides(town, row[3], "one", other=row[0])
    assert set(town.places().values()) == {row[0]}
    # What comes later beside the second still comes to the one place.
    late = town.say(11, 0, 20)
    settle_waiting(town.worker)
    assert town.places()[late] == row[0]
    assert replay(town.worker).changed == 0
    decides(town, row[0], "found", report=town.sent[row[3]].number)
    assert town.places()[row[3]] == town.places()[late] == row[3]


def test_taking_it_back_frees_what_gathered_there(town: Town, row: list[int]) -> None:
    decides(town, row[3], "one", other=row[0])
    about = town.say(11, 0, 20)
    settle_waiting(town.worker)
    # Late, and nearer to the fourth than any other anchor.
    late = town.say(7.2, 0, 2)
    settle_waiting(town.worker)
    decides(town, row[0], "found", report=town.sent[row[3]].number)
    assert town.places()[about] != row[0]
    assert late in town.places()
    standing = {each["id"] for each in town.owner.execute("SELECT id FROM places WHERE stands").fetchall()}
    assert standing == set(town.places().values())


def test_apart_then_one_then_found_leaves_no_anchor_behind(town: Town, row: list[int]) -> None:
    second = town.sent[row[1]].number
    decides(town, row[0], "apart", report=second)
    decides(town, row[1], "one", other=row[0])
    decides(town, row[0], "found", report=second)
    assert list(town.places().values()) == [row[0]] * 3 + [row[3]] * 2
    standing = {each["id"] for each in town.owner.execute("SELECT id FROM places WHERE stands").fetchall()}
    assert standing == {row[0], row[3]}


def test_a_report_that_arrives_late_moves_both(town: Town, row: list[int]) -> None:
    decides(town, row[0], "one", other=row[3])
    first = town.say(-1, 0, -10)
    settle_waiting(town.worker)
    assert town.places()[row[0]] == first
    assert town.places()[row[3]] == town.places()[row[4]] == first
    assert replay(town.worker).changed == 0


def test_what_cannot_be_decided_says_why(town: Town, row: list[int]) -> None:
    lamp, far = town.say(0, 0, category="light"), town.say(0, 300)
    settle_waiting(town.worker)
    second = town.sent[row[1]].number
    assert refused(town, row[0], "apart", report=second, words=" ") == ("decision_incomplete", "words")
    assert refused(town, row[0], "apart", report=town.sent[row[0]].number) == ("decision_incomplete", "report")
    assert refused(town, row[0], "apart", report=town.sent[row[4]].number) == ("decision_incomplete", "report")
    assert refused(town, row[0], "apart") == ("decision_incomplete", "report")
    assert refused(town, row[0], "found", report=second) == ("decision_incomplete", "report")
    assert refused(town, row[0], "one", other=row[0]) == ("decision_incomplete", "other")
    assert refused(town, row[0], "one", other=lamp) == ("decision_incomplete", "other")
    assert refused(town, row[0], "one", other=far) == ("decision_incomplete", "other")
    assert refused(town, row[0], "one", other=2**40) == ("decision_incomplete", "other")
    assert refused(town, row[0], "blow up") == ("decision_incomplete", "deed")
    assert town.owner.execute("SELECT count(*) AS n FROM place_decisions").fetchone() == {"n": 0}


@pytest.mark.parametrize(
    ("login", "code"),
    [
        (f"head@{county.GRID}", "place_for_directors"),
        (f"clerk@{county.VILLAGE}", "place_for_directors"),
        (f"desk@{county.OTHER_VILLAGE}", "place_not_found"),
        (f"planner@{county.COUNTY}", "place_not_found"),
        (None, "place_not_found"),
    ],
)
def test_only_whoever_directs_all_of_it_decides(town: Town, row: list[int], login: str | None, code: str) -> None:
    assert refused(town, row[0], "apart", report=town.sent[row[1]].number, login=login)[0] == code


def test_over_a_border_the_village_decides_and_not_the_grid(town: Town, row: list[int]) -> None:
    assert (
        refused(town, row[0], "apart", report=town.sent[row[1]].number, login=f"dispatcher@{county.FOREIGN}")[0]
        == "place_not_found"
    )
    for login in (f"supervisor@{county.GRID}", f"dispatcher@{county.VILLAGE}"):
        decides(town, row[0], "apart", report=town.sent[row[1]].number, login=login)
        decides(town, row[1], "found", report=town.sent[row[1]].number, login=login)


def test_nobody_reads_decisions_as_the_web_role(town: Town) -> None:
    with psycopg.connect(town.store.dsn("web")) as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute("SELECT * FROM place_decisions")
