"""``locate`` for one point in the database, beside the bare look-up that anybody would write first."""

import random
import time

import psycopg
from rich.console import Console
from rich.table import Table

from gis.settings import DatabaseSettings
from gis.store import open_store

POINTS, ROUNDS = 2000, 3

QUERIES = {
    "bare: ST_Covers over the grids": """
        SELECT b.code FROM boundaries b WHERE b.edition_id = %(edition)s AND b.level = 'grid'
        AND ST_Covers(b.geom, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326))""",
    "gis_match": """
        SELECT (gis_match(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), NULL, e)).code FROM editions e
        WHERE e.id = %(edition)s""",
    "locate": "SELECT locate(%(lon)s, %(lat)s, NULL, %(at)s)::text",
    "locate, accuracy 30 m": "SELECT locate(%(lon)s, %(lat)s, 30, %(at)s)::text",
}


def measure() -> None:
    """Print medians and 95th percentiles in milliseconds, as the client sees them over the unix socket."""
    with open_store(DatabaseSettings()) as store, psycopg.connect(store.dsn("web"), autocommit=True) as web:
        edition = web.execute(
            "SELECT a.edition_id, a.valid_from,"
            " (SELECT count(*) FROM boundaries b WHERE b.edition_id = a.edition_id AND level = 'grid')"
            " FROM activations a ORDER BY a.valid_from DESC LIMIT 1"
        ).fetchone()
        if edition is None:
            print("no boundaries: run ./run demo first")
            return
        pins = _pins(web, edition[0])
        table = Table("query", "median ms", "p95 ms", "ratio", title=f"{edition[2]} grids, {len(pins)} points")
        times: dict[str, list[float]] = {name: [] for name in QUERIES}
        # In turns, so that a noisy moment of the machine falls on all of them.
        for _ in range(ROUNDS):
            for name, query in QUERIES.items():
                times[name] += [_timed(web, query, lon, lat, edition) for lon, lat in pins]
        base = _at(times["bare: ST_Covers over the grids"], 0.5)
        for name, took in times.items():
            table.add_row(name, f"{_at(took, 0.5):.3f}", f"{_at(took, 0.95):.3f}", f"{_at(took, 0.5) / base:.1f}")
        Console().print(table)


def _pins(web: psycopg.Connection, edition: int) -> list[tuple[float, float]]:
    box = web.execute(
        "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"
        " FROM (SELECT ST_Extent(geom) AS e FROM boundaries WHERE edition_id = %s AND parent_code IS NULL) s",
        (edition,),
    ).fetchone()
    assert box is not None
    rng = random.Random(1)  # noqa: S311  (points, not secrets)
    return [(rng.uniform(box[0], box[2]), rng.uniform(box[1], box[3])) for _ in range(POINTS)]


def _timed(web: psycopg.Connection, query: str, lon: float, lat: float, edition: tuple[object, ...]) -> float:
    values = {"lon": lon, "lat": lat, "edition": edition[0], "at": edition[1]}
    start = time.perf_counter()
    web.execute(query, values, prepare=True).fetchall()
    return (time.perf_counter() - start) * 1000


def _at(times: list[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)]
