"""How much of what comes back the watch list finds, and how much of what it lists does: one invented town a seed.

The whole way: reports in the database, places from a replay, the list as the desk of the city gets it.  The truth lies
in a file of its own (``var/quality/planted-<seed>.json``), which is read only after the list is there.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from bench.planted import Said, Truth, at, metres, planted
from gis.migrate import upgrade
from gis.store import Store
from grids.place_keeping import replay
from grids.watch_list import AROUND_M, LATELY, LOOKED_AT, Counted, Watched, watched
from tests import little_town

FOUND_LEAST, RIGHT_LEAST = 0.95, 0.90
_KINDS = ("dumping", "dispute", "light")
_DIGEST = sha256(b"watched").digest()
_NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
# What the list shows lies where it says within so many metres.
_NEAR_M = 60.0


def watch(seed: int, store: Store) -> dict[str, int]:
    """Answer planted spots, those found, and places listed, those of them that are planted; 1 difference: too few.

    Spots that silence closed again, and of which nobody has spoken since, are counted apart, too (``quiet``).
    """
    _town(store)
    said, truth = planted(seed, len(_KINDS))
    file = Path("var/quality") / f"planted-{seed}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(one) for one in truth]), encoding="utf-8")
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        _tell(owner, said)
        replay(owner)
        listed = _listed(owner)
        families: dict[str, str] = dict(owner.execute("SELECT code, family FROM categories").fetchall())
        owner.rollback()
    spots = [Truth(**{**one, "where": tuple(one["where"])}) for one in json.loads(file.read_text(encoding="utf-8"))]

    def same(one: Watched, spot: Truth) -> bool:
        near = metres((one.place.lon, one.place.lat), spot.where) <= _NEAR_M
        return near and families[_KINDS[spot.kind]] == one.place.family

    found = [spot for spot in spots if any(same(one, spot) for one in listed)]
    right = sum(any(same(one, spot) for spot in spots) for one in listed)
    recall, precision = len(found) / len(spots), right / max(len(listed), 1)
    print(f"seed {seed}: recall {recall:.1%}, precision {precision:.1%} ({len(listed)} listed)", flush=True)
    return {
        "points": len(said),
        "planted": len(spots),
        "found": len(found),
        "quiet": sum(spot.quiet for spot in spots),
        "quiet_found": sum(spot.quiet for spot in found),
        "listed": len(listed),
        "right": right,
        "differences": int(recall < FOUND_LEAST or precision < RIGHT_LEAST),
    }


def _town(store: Store) -> None:
    upgrade(store.dsn("migrate"))
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        if owner.execute("SELECT FROM editions").fetchone() is None:
            little_town.build(store)
            owner.execute(
                "INSERT INTO categories (code, since, family, name_zh, name_en, private, urgency, deadlines) VALUES"
                " ('light', '2018-12-31 16:00Z', 'works', '路灯不亮', 'Broken light', false, 'normal',"
                ' \'{"solve": {"hours": 48}}\')'
            )
            owner.execute(
                "INSERT INTO sessions SELECT %s, id, %s, %s FROM people WHERE login = 'city'",
                (_DIGEST, _NOW, _NOW + timedelta(days=1)),
            )


def _tell(owner: psycopg.Connection[Any], said: list[Said]) -> None:
    rows = []
    for n, one in enumerate(sorted(said, key=lambda each: each.day), 1):
        received_at = at(one, _NOW)
        ended_at = None if one.ended is None else received_at + timedelta(days=one.ended)
        closed = ended_at is not None and ended_at <= _NOW
        rows.append(
            {
                "n": n,
                "kind": _KINDS[one.kind],
                "at": received_at,
                "ended": ended_at if closed else None,
                "confirmed": one.confirmed if closed else None,
                "lon": one.where[0],
                "lat": one.where[1],
                "sender": sha256(one.sender.encode()).hexdigest()[:16],
            }
        )
    with owner.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO cases (id, category_code, private, urgency, state, area_code, chain, owner_area_code,"
            " owner_role, received_at, due_at, closed_at, confirmed, geom, cells, channel)"
            " OVERRIDING SYSTEM VALUE VALUES"
            " (%(n)s, %(kind)s, false, 'normal', CASE WHEN %(ended)s::timestamptz IS NULL THEN 'received'"
            " ELSE 'closed' END, '90', '{90}', '90', 'desk', %(at)s, %(at)s + interval '3 days', %(ended)s,"
            " %(confirmed)s, ST_Point(%(lon)s, %(lat)s, 4326), '{1,2,3,4,5}', 'app')",
            rows,
        )
        cursor.executemany(
            "INSERT INTO reports (id, number, key_digest, case_id, category_code, channel, received_at, seen_at,"
            " precision, lon_given, lat_given, datum, geom, cells, area_code, chain, match)"
            " OVERRIDING SYSTEM VALUE VALUES"
            " (%(n)s, lpad(%(n)s::text, 10, '0'), '', %(n)s, %(kind)s, 'app', %(at)s, %(at)s, 'point', %(lon)s,"
            " %(lat)s, 'wgs84', ST_Point(%(lon)s, %(lat)s, 4326), '{1,2,3,4,5}', '90', '{90}', '{}')",
            rows,
        )
        cursor.executemany(
            "INSERT INTO report_contacts (report_id, contact, lang) VALUES (%(n)s, %(sender)s, 'zh')", rows
        )


def _listed(owner: psycopg.Connection[Any]) -> list[Watched]:
    owner.execute("ANALYZE reports, place_reports, cases, places")
    owner.execute("SELECT act_as(%s, %s)", (_DIGEST, _NOW))
    with owner.cursor(row_factory=dict_row) as cursor:
        cursor.execute(
            "SELECT * FROM places_coming_back(%s, %s, NULL, %s, %s)", (_NOW, _NOW - LATELY, AROUND_M, LOOKED_AT)
        )
        return watched((Counted(**{**row, "areas": tuple(row["areas"] or ())}) for row in cursor), _NOW)
