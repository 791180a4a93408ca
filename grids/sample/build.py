"""The order in which the sample is built: draw, load, report.

Owns that order alone; commits nothing, so that a build is all or nothing for whoever calls it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from pwdlib import PasswordHash

from grids.place_keeping import replay
from grids.sample.city import SEED, Area, draw_city
from grids.sample.divisions import CITY, EXAMPLE_VILLAGE, WUBAIHU, default_path
from grids.sample.doors import receive_visitors, tell_at_doors
from grids.sample.escalation import load_escalation
from grids.sample.handovers import hand_over
from grids.sample.joint import act_jointly
from grids.sample.load import LogIn, load_city, refuse_second_city
from grids.sample.mediations import mediate, tell_disputes
from grids.sample.orders import give_orders
from grids.sample.petitions import hear, tell_petitions
from grids.sample.postings import draw_postings
from grids.sample.reported import Entropy, Step, draw_numbers, load_reports, note_as_told
from grids.sample.reports import draw_reports
from grids.sample.rules import load_rules
from grids.sample.sites import NURSERY_GRID, draw_sites
from grids.sample.stored import read_areas, read_nursery, taken_numbers
from grids.sample.story import tell_story
from grids.sample.teams import VOLUNTEERS, form_teams, let_volunteers_help

_COUNTY = WUBAIHU[:6]
# Everybody but the administrator, the planner and the clerk works around the story's village, so that they meet over
# the same cases.
_LOG_INS: dict[str, tuple[str, str, str | None]] = {
    "admin": (CITY, "administrator", None),
    "planner": (CITY, "planner", None),
    "clerk": (CITY, "clerk", None),
    "supervisor": (_COUNTY, "supervisor", None),
    "county": (_COUNTY, "dispatcher", None),
    "handler": (_COUNTY, "handler", "城管局"),
    "dispatcher": (WUBAIHU, "dispatcher", None),
    "desk": (EXAMPLE_VILLAGE, "desk", None),
    "head": (NURSERY_GRID, "head", None),
    "member": (NURSERY_GRID, "member", None),
    "helper": (_COUNTY, "helper", VOLUNTEERS),
}
LOG_INS = tuple(_LOG_INS)
"""Logins of the demo, one for each role."""

_STORY_SEED = 2019
_DISPUTE_SEED = 2020
_DOOR_SEED = 2021
_PETITION_SEED = 2022


def build_city(
    connection: psycopg.Connection[Any],
    divisions: Path | None,
    passwords: Mapping[str, str],
    reports: tuple[int, int],
    now: datetime,
    entropy: Entropy,
    step: Step,
    key_digest: Callable[[str], bytes] | None = None,
) -> None:
    """Draw and load the whole sample within the caller's transaction.

    Parameters
    ----------
    divisions
        Names and codes; the checkout's own when not given.
    passwords
        By login, of :data:`LOG_INS`.
    reports
        How many, and their seed.
    now
        The instant at which the year of reports ends.
    key_digest
        Answers the digest of the key to a receipt number, so that the links of the story's reporters work.
    """
    refuse_second_city(connection)
    city = draw_city(divisions or default_path(), step=lambda what: step(what, 1))
    step("load", 1)
    sites = draw_sites(city.editions[0].areas, city.plants)
    hasher = PasswordHash.recommended()
    log_ins = [log_in(login, hasher.hash(password)) for login, password in passwords.items()]
    load_city(connection, city, draw_postings(city, SEED), sites, log_ins, now)
    form_teams(connection, log_ins)
    load_rules(connection, now)
    story = tell_story(read_nursery(connection), now)
    load_reports(connection, story, draw_numbers(len(story), _STORY_SEED, ()), entropy, key_digest=key_digest)
    in_force = max((e for e in city.editions if e.valid_from <= now), key=lambda e: e.valid_from)
    _add(connection, list(in_force.areas), reports, now, entropy, step)
    disputes = tell_disputes(now)
    numbers = draw_numbers(len(disputes), _DISPUTE_SEED, taken_numbers(connection))
    mediate(connection, load_reports(connection, disputes, numbers, entropy, key_digest=key_digest), now)
    told = tell_at_doors(now)
    numbers = draw_numbers(len(told), _DOOR_SEED, taken_numbers(connection))
    receive_visitors(connection, load_reports(connection, told, numbers, entropy, key_digest=key_digest), now)
    act_jointly(connection, now)
    give_orders(connection, now)
    load_escalation(connection, now)
    hand_over(connection, now)
    let_volunteers_help(connection, now)
    petitions = tell_petitions(now)
    numbers = draw_numbers(len(petitions), _PETITION_SEED, taken_numbers(connection))
    hear(connection, load_reports(connection, petitions, numbers, entropy, key_digest=key_digest), now)
    note_as_told(connection, now)
    step("places", 1)
    replay(connection)


def log_in(login: str, password_hash: str) -> LogIn:
    """Answer the posting of one of the demo's log-ins, with a password."""
    area_code, role, desk = _LOG_INS[login]
    return LogIn(login, area_code, role, password_hash, desk)


def add_reports(
    connection: psycopg.Connection[Any], count: int, seed: int, now: datetime, entropy: Entropy, step: Step
) -> None:
    """Invent reports on the city in the database, over the year before ``now``."""
    _add(connection, read_areas(connection, now), (count, seed), now, entropy, step)
    note_as_told(connection, now)
    step("places", 1)
    replay(connection)


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
