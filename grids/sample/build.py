"""The order in which the sample is built: draw, load, report.

Owns that order alone; commits nothing, so that a build is all or nothing for whoever calls it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from pwdlib import PasswordHash

from grids.sample.city import SEED, Area, draw_city
from grids.sample.divisions import CITY, default_path
from grids.sample.load import (
    Entropy,
    LogIn,
    Step,
    draw_numbers,
    load_city,
    load_reports,
    refuse_second_city,
)
from grids.sample.postings import draw_postings
from grids.sample.reports import SampleCase, draw_reports
from grids.sample.sites import NURSERY_GRID, draw_sites
from grids.sample.stored import read_areas, read_nursery, taken_numbers
from grids.sample.story import tell_story

_LOG_IN_POSTINGS = {
    "admin": (CITY, "administrator"),
    "planner": (CITY, "planner"),
    "head": (NURSERY_GRID, "head"),
}
_STORY_SEED = 2019


def build_city(
    connection: psycopg.Connection[Any],
    divisions: Path | None,
    passwords: Mapping[str, str],
    reports: tuple[int, int],
    now: datetime,
    entropy: Entropy,
    step: Step,
) -> None:
    """Draw and load the whole sample within the caller's transaction.

    Parameters
    ----------
    divisions
        Names and codes; the checkout's own when not given.
    passwords
        By login: ``admin`` and ``planner`` (administrator and planner of the city), ``head`` (of the nursery's grid).
    reports
        How many, and their seed.
    now
        The instant at which the year of reports ends.
    """
    refuse_second_city(connection)
    city = draw_city(divisions or default_path(), step=lambda what: step(what, 1))
    step("load", 1)
    sites = draw_sites(city.editions[0].areas, city.plants)
    hasher = PasswordHash.recommended()
    log_ins = [LogIn(login, *_LOG_IN_POSTINGS[login], hasher.hash(password)) for login, password in passwords.items()]
    load_city(connection, city, draw_postings(city, SEED), sites, log_ins, now)
    story = tell_story(read_nursery(connection))
    load_reports(connection, story, draw_numbers(_size(story), _STORY_SEED, ()), entropy)
    in_force = max((e for e in city.editions if e.valid_from <= now), key=lambda e: e.valid_from)
    _add(connection, list(in_force.areas), reports, now, entropy, step)


def add_reports(
    connection: psycopg.Connection[Any], count: int, seed: int, now: datetime, entropy: Entropy, step: Step
) -> None:
    """Invent reports on the city in the database, over the year before ``now``."""
    _add(connection, read_areas(connection, now), (count, seed), now, entropy, step)


def _add(
    connection: psycopg.Connection[Any],
    areas: list[Area],
    reports: tuple[int, int],
    now: datetime,
    entropy: Entropy,
    step: Step,
) -> None:
    count, seed = reports
    if not count:
        return
    step("reports", count)
    numbers = draw_numbers(count, seed, taken_numbers(connection))
    load_reports(connection, draw_reports(areas, count, seed, now), numbers, entropy, step)


def _size(cases: list[SampleCase]) -> int:
    return sum(len(case.reports) for case in cases)
