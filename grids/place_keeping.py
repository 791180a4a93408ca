"""Keeping places: reports that wait are settled in batches, by one writer at a time; a replay settles all of them anew.

Which report belongs where, ``grids.places`` decides; this reads what it needs from the database and stores the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, LiteralString, NamedTuple

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from grids.places import SNAP_M, Along, Box, Places, Settled, Spot, reach

BATCH: Final = 300
"""Reports that are settled in one transaction."""
_REPLAYED_AT_ONCE: Final = 20_000


class Replayed(NamedTuple):
    """How many reports were looked at, how many places they make, and of how many reports the place was another one."""

    reports: int
    places: int
    changed: int


def settle_waiting(connection: psycopg.Connection[Any], limit: int = BATCH) -> int:
    """Give reports that wait their places; answer how many were looked at.

    Parameters
    ----------
    connection : psycopg.Connection
        As the worker's role, in no transaction.
    limit : int
        Reports at most.
    """
    with connection.transaction():
        row = connection.execute("SELECT places_waiting(%s)", (limit,)).fetchone()
        taken: list[int] = row[0] if row else []
        if taken:
            rows = []
            farthest_m, newest = _farthest_m(connection), _newest(connection)
            for family, spots in _spots(connection, taken).items():
                decided = _settled(connection, "SELECT * FROM settled_as_one(%s)", (family,))
                places = Places(
                    farthest_m,
                    partial(_settled_in, connection, family, anchors=True),
                    partial(_settled_in, connection, family, anchors=False),
                    newest,
                    (each for each in decided if each.spot.one_with is not None),
                    {each.spot.report_id: each.place for each in decided},
                )
                # About those that had a place before, staff decided.
                places.recall(_settled(connection, "SELECT * FROM settled_of(%s)", ([s.report_id for s in spots],)))
                changed = places.settle(spots)
                rows += [_row(family, places.spot(number), place) for number, place in changed.items()]
            connection.execute("SELECT settle_places(%s, %s)", (taken, Jsonb(rows)))
    return len(taken)


def replay(connection: psycopg.Connection[Any]) -> Replayed:
    """Settle every report with a pin anew, as if none had a place; one transaction, while nobody else settles any.

    What waits is settled with the rest.  Ids never change: an anchor that is none any more leads to where it belongs.

    Parameters
    ----------
    connection : psycopg.Connection
        As the worker's role, in no transaction.
    """
    with connection.transaction():
        connection.execute("SELECT places_waiting(0)")
        before = dict(connection.execute("SELECT report_id, anchor_id FROM places_settled()").fetchall())
        waiting = [number for (number,) in connection.execute("SELECT * FROM reports_with_a_pin()").fetchall()]
        families: defaultdict[str, list[Spot]] = defaultdict(list)
        for begin in range(0, len(waiting), _REPLAYED_AT_ONCE):
            for family, spots in _spots(connection, waiting[begin : begin + _REPLAYED_AT_ONCE]).items():
                families[family] += spots
        farthest_m = _farthest_m(connection)
        reports = places = 0
        rows: list[dict[str, Any]] = []
        for family, spots in families.items():
            found = Places(farthest_m)
            settled = found.settle(spots, in_turn=True)
            reports, places = reports + len(settled), places + len(set(settled.values()))
            rows += [_row(family, found.spot(n), place) for n, place in settled.items() if before.get(n) != place]
        for begin in range(0, len(rows), _REPLAYED_AT_ONCE):
            some = rows[begin : begin + _REPLAYED_AT_ONCE]
            connection.execute("SELECT settle_places('{}', %s)", (Jsonb(some),))
        connection.execute("SELECT settle_places(%s, '[]')", (waiting,))
    return Replayed(reports, places, len(rows))


def set_radius(connection: psycopg.Connection[Any], family: str, metres: float, since: datetime) -> bool:
    """Say how near to each other reports of a family are of one place; answer whether there is such a family.

    Said again for the same instant, the last counts.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner of the tables; the caller commits.
    family : str
        Of categories.
    metres : float
        From 5 to 500.
    since : datetime
        Aware; reports received from then on go by it.
    """
    done = connection.execute(
        "INSERT INTO place_radii SELECT DISTINCT k.family, %s::timestamptz, %s::double precision FROM categories k"
        " WHERE k.family = %s ON CONFLICT (family, since) DO UPDATE SET radius_m = excluded.radius_m",
        (since, metres, family),
    )
    return bool(done.rowcount)


def _farthest_m(connection: psycopg.Connection[Any]) -> float:
    row = connection.execute("SELECT place_farthest()").fetchone()
    return 2.0 * float(row[0] if row else 0.0)


def _newest(connection: psycopg.Connection[Any]) -> datetime | None:
    row = connection.execute("SELECT newest_settled()").fetchone()
    return row[0] if row else None


def _spots(connection: psycopg.Connection[Any], reports: list[int]) -> Mapping[str, list[Spot]]:
    families: defaultdict[str, list[Spot]] = defaultdict(list)
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute("SELECT * FROM spots_of(%s, %s)", (reports, SNAP_M)):
            families[row["family"]].append(_spot(row, reach(row["radius_m"], row["accuracy_m"])))
    return families


def _settled_in(
    connection: psycopg.Connection[Any], family: str, boxes: Sequence[Box], *, anchors: bool
) -> Iterable[Settled]:
    edges = [list(edge) for edge in zip(*boxes, strict=True)]
    return _settled(connection, "SELECT * FROM settled_in(%s, %s, %s, %s, %s, %s)", (family, *edges, anchors))


def _settled(connection: psycopg.Connection[Any], query: LiteralString, values: tuple[object, ...]) -> list[Settled]:
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(query, values)
        return [Settled(_spot(row, row["reach_m"]), row["anchor_id"], row["stood"]) for row in cursor]


def _spot(row: Mapping[str, Any], reach_m: float) -> Spot:
    along = None if row["road"] is None else Along(row["road"], row["along_m"])
    apart, one_with = row["apart"], row["one_with"]
    return Spot(row["received_at"], row["report_id"], row["lon"], row["lat"], reach_m, along, apart, one_with)


def _row(family: str, spot: Spot, place: int) -> dict[str, Any]:
    return {
        "report_id": spot.report_id,
        "family": family,
        "reach_m": spot.reach_m,
        "road": spot.along.site if spot.along else None,
        "along_m": spot.along.metres if spot.along else None,
        "anchor_id": place,
    }
