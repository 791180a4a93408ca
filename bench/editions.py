"""Editions of the drawn city: preparing and comparing them, and 200,000 open cases that follow, each beside a peer.

On a private database.  The peers are what anybody would write first: ``geopandas.overlay`` for the comparison, and a
call of ``gis_match`` for each case.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import psycopg
import shapely
from rich.console import Console
from rich.table import Table

from bench.locate import _store
from gis.candidates import Candidate
from gis.comparison import compare
from gis.store import Store
from grids.activation import prepare_edition
from grids.sample.city import Area, Edition, draw_city
from grids.sample.copying import copy_rows
from grids.sample.divisions import default_path

OPEN, PEER = 200_000, 20_000
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
BEGINS = datetime(2026, 11, 19, tzinfo=ZoneInfo("Asia/Shanghai"))
FOLLOWED = datetime(2026, 11, 19, 0, 11, tzinfo=ZoneInfo("Asia/Shanghai"))
_CASES = Path(__file__).with_name("editions.sql")


def measure() -> None:
    """Print seconds of each, and how many times longer its peer takes."""
    first, second = draw_city(default_path()).editions
    table = Table(
        "work", "s", "processor s", "peer", "peer s", "processor s", title=f"{len(second.of_level('grid')):,} grids"
    )
    before, after = candidate(first), candidate(second)
    table.add_row(
        "comparison",
        *_timed(lambda: compare(before, after)),
        "geopandas.overlay",
        *_timed(lambda: _overlay(before, after))[:1],
    )
    with _store() as store:
        _load(store, (first, second))
        with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            for number in (1, 2):
                with owner.transaction():
                    table.add_row(
                        f"preparing edition {number}", *_timed(partial(prepare_edition, owner, number), owner), "", ""
                    )
            owner.execute(_CASES.read_bytes())
            owner.execute(
                "INSERT INTO activations VALUES ('2018-12-31 16:00Z', 1, %s, NULL, %s), (%s, 2, %s, NULL, NULL)",
                (NOW, NOW, BEGINS, NOW),
            )
            owner.execute("ANALYZE")
        with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
            owner.execute("SET ROLE gridwarden_owner")
            _follow(owner, table)
    Console().print(table)


def _follow(owner: psycopg.Connection[Any], table: Table) -> None:
    each = (
        "SELECT count((x.m).code) FROM (SELECT gis_match(c.geom, NULL, e) AS m FROM cases c, editions e"
        " WHERE e.id = 2 AND c.id <= %s OFFSET 0) x"
    )
    peer = _timed(lambda: owner.execute(each.encode(), (PEER,)), owner)
    # As many as are measured, told for all.
    alone = [f"{float(each) * OPEN / PEER:.1f}" for each in peer]
    with owner.transaction():
        matched = _timed(
            lambda: owner.execute("SELECT count(*) FROM editions e, open_matches(e) WHERE e.id = 2").fetchall(),
            owner,
        )
    table.add_row(f"re-match of {OPEN:,} open cases", *matched, "gis_match, a call each", *alone)
    count: list[Any] = []
    took = _timed(lambda: count.append(owner.execute("SELECT follow_open_cases(%s)", (FOLLOWED,)).fetchone()), owner)
    table.add_row(f"… and {count[0][0]:,} of them follow, each with its event", *took, "", "")
    again = _timed(lambda: owner.execute("SELECT follow_open_cases(%s, true)", (FOLLOWED,)), owner)
    table.add_row("… again: nobody follows", *again, "", "")


def _timed(work: Callable[[], object], connection: psycopg.Connection[Any] | None = None) -> tuple[str, str]:
    """Answer seconds on the clock and of the processor: here, and in the database where it serves a connection."""
    wall, processor = time.perf_counter(), _processor_s(connection)
    work()
    return f"{time.perf_counter() - wall:.1f}", f"{_processor_s(connection) - processor:.1f}"


def _processor_s(connection: psycopg.Connection[Any] | None) -> float:
    own = time.process_time()
    if connection is None:
        return own
    told = Path(f"/proc/{connection.info.backend_pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return own + (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def candidate(edition: Edition) -> Candidate:
    """Answer a drawn edition as the comparison takes it."""
    areas = edition.areas

    def column(values: list[Any]) -> Any:
        made = np.empty(len(values), dtype=object)
        made[:] = values
        return made

    return Candidate(
        edition.levels,
        column([a.code for a in areas]),
        column([a.name for a in areas]),
        np.array([edition.levels.index(a.level) for a in areas]),
        column([a.parent_code for a in areas]),
        np.array([a.overlay for a in areas]),
        np.full(len(areas), np.nan),
        column([a.geom for a in areas]),
    )


def _overlay(before: Candidate, after: Candidate) -> object:
    """What a GIS would be asked: every old area over every new one of its level."""
    import geopandas as gpd

    found = []
    for n in range(len(before.levels)):
        frames = [
            gpd.GeoDataFrame({"code": side.codes[side.level == n]}, geometry=side.shapes[side.level == n], crs=4326)
            for side in (before, after)
        ]
        found.append(gpd.overlay(*frames, how="intersection", keep_geom_type=True))
    return found


def _load(store: Store, drawn: tuple[Edition, ...]) -> None:
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        levels = {a.code: a.level for edition in drawn for a in edition.areas}
        copy_rows(owner, "areas", "code, level", sorted(levels.items()))
        for number, edition in enumerate(drawn, 1):
            owner.execute(
                "INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at)"
                " VALUES (%s, %s, 'drawn', 'wgs84', true, %s)",
                (edition.name, list(edition.levels), NOW),
            )
            columns = (
                "edition_id, code, level, name, parent_code, chain, overlay, households, residents, area_m2, synthetic,"
                " label, geom"
            )
            copy_rows(owner, "boundaries", columns, (_row(number, a) for a in edition.areas))
        owner.execute("ANALYZE boundaries")


def _row(number: int, a: Area) -> tuple[object, ...]:
    label, geom = (
        shapely.to_wkb(shapely.set_srid(g, 4326), hex=True, include_srid=True) for g in (shapely.Point(a.label), a.geom)
    )
    return (
        number,
        a.code,
        a.level,
        a.name,
        a.parent_code,
        list(a.chain),
        a.overlay,
        a.households,
        a.residents,
        a.area_m2,
        True,
        label,
        geom,
    )
