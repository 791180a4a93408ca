"""The watch list: what is listed, why, and what to do, by hand-made numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from scipy.stats import nbinom

from grids.watch_list import Counted, chance_of, watched

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def days(n: float) -> datetime:
    return NOW - timedelta(days=n)


FOUR = Counted(
    place_id=1,
    family="waste",
    radius_m=50.0,
    lon=117.0,
    lat=39.6,
    reports=4,
    days=4,
    reporters=3,
    around=0,
    places_around=0,
    spread=0.0,
    first_at=days(90),
    last_at=days(1),
    areas=("80",),
    reopened=0,
    solved_at=None,
    ended_at=None,
    open=1,
    alarms=0,
    case_id=9,
    category_code="dumping",
    state="dispatched",
    confirmed=None,
    area_code="80",
    owner_area_code="80",
    owner_role="head",
    received_at=days(1),
    due_at=days(-2),
    paused_at=None,
    closed_at=None,
    supervised=False,
)


@pytest.mark.parametrize(
    ("changed", "signs"),
    [
        ({}, ("often",)),
        # One sender many times, all on one day, or too few.
        ({"reporters": 1}, ()),
        ({"days": 2}, ()),
        ({"reports": 2, "days": 2, "reporters": 2}, ()),
        # A street in which much is reported everywhere.
        ({"around": 60, "places_around": 60}, ()),
        ({"around": 20, "places_around": 5}, ()),
        # Said to be solved, and told again a week, or half a year later.
        ({"ended_at": days(8), "reports": 2, "reporters": 1}, ("again",)),
        ({"ended_at": days(150), "reports": 2}, ()),
        ({"reopened": 1, "reports": 2}, ("again",)),
        ({"ended_at": days(8)}, ("again", "often")),
        # Somebody confirmed a solution after that one; he who spoke again speaks of something new.
        ({"ended_at": days(8), "solved_at": days(5), "reports": 2, "reporters": 1}, ()),
        # One person to whom silence answered each time, the last time, too; or where somebody once went and looked.
        ({"reporters": 1, "ended_at": days(0.5), "open": 0}, ("often",)),
        ({"reporters": 1, "ended_at": days(0.5), "solved_at": days(400), "open": 0}, ("often",)),
        ({"reporters": 1, "ended_at": days(0.5), "solved_at": days(40), "open": 0}, ()),
        # Closed after the last word: nobody has said since that it is not solved.
        ({"ended_at": days(0.5), "reports": 2, "open": 0}, ()),
        # Confirmed as solved after the last report: it has ended; told again, it has not.
        ({"solved_at": days(0.5), "open": 0}, ()),
        ({"solved_at": days(20)}, ("often",)),
    ],
)
def test_what_is_listed_and_why(changed: dict[str, object], signs: tuple[str, ...]) -> None:
    found = watched([replace(FOUR, **changed)], NOW)  # type: ignore[arg-type]
    assert [one.signs for one in found] == ([signs] if signs else [])


@pytest.mark.parametrize(
    ("changed", "advice"),
    [
        ({}, "work"),
        ({"due_at": days(1)}, "late"),
        ({"due_at": days(1), "paused_at": days(3), "state": "paused"}, "paused"),
        ({"state": "claimed_solved"}, "claimed"),
        ({"areas": ("80", "81")}, "one_owner"),
        ({"open": 0, "closed_at": days(2)}, "look"),
    ],
)
def test_what_to_do(changed: dict[str, object], advice: str) -> None:
    (one,) = watched([replace(FOUR, **changed)], NOW)  # type: ignore[arg-type]
    assert one.advice == advice


def test_the_chance_is_a_tail() -> None:
    # By hand: one expected beside the first; P(X >= 2) = 1 - 2/e.
    assert chance_of(3, 35, 35, 0, 50) == pytest.approx(1 - 2 * 2.718281828459045**-1, abs=1e-6)
    # Negative binomial of mean 6 and variance 25, by scipy.
    size = 36 / 19
    assert chance_of(20, 70, 10, 25, 50) == pytest.approx(float(nbinom.sf(18, size, size / (size + 6))), abs=1e-9)
    assert chance_of(1, 0, 0, 0, 50) == 1.0
    tails = [chance_of(n, 100, 90, 5, 50) for n in range(1, 30)]
    assert tails == sorted(tails, reverse=True)
    assert all(0 <= tail <= 1 for tail in tails)
