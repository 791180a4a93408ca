"""A million clustered points over 6,000 irregular polygons: our index beside what anybody would use, in the same run.

The peers answer less: which polygons a point lies in, with two rows on a shared edge and none in a gap.  PostGIS
answers the same by ``gis_match``, and every point is compared with it.  Peers that are not installed are named.
"""

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.sparse.csgraph import dijkstra

from gis.cluster import Cluster
from gis.drawing import PLANE_SCALE_M, dissolve, jittered_points, tessellate
from gis.growth import noisy, spread_seeds
from gis.index import AreaIndex
from gis.index_outcomes import OUTCOMES
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import Store, open_store

GRIDS, POINTS, ROUNDS = 6_000, 1_000_000, 3
BOX = (116.2, 39.0, 117.1, 39.75)
Floats = NDArray[np.float64]


def measure() -> None:
    """Print points a second and ratios, then how many points differ from the database."""
    rng = np.random.default_rng(1)
    print("drawing the polygons", flush=True)
    shapes, codes = draw_areas(rng), [f"{n:06d}" for n in range(GRIDS)]
    where = _points(shapes, rng)
    vertices = int(np.median(shapely.get_num_coordinates(shapes)))
    print(f"{GRIDS:,} polygons, median {vertices} vertices; load average {os.getloadavg()[0]:.1f}", flush=True)
    index = AreaIndex(shapes, codes)
    lon, lat = where.T.copy()
    works: dict[str, Callable[[], object]] = {
        "cold build": lambda: AreaIndex(shapes, codes),
        "index": lambda: index.match(lon, lat),
        **_tree(shapes, lon, lat),
        **_sjoin(shapes, codes, where),
        **_sedona(shapes, codes, where),
    }
    times = _in_turns(works)
    build_s = times.pop("cold build")
    with _store() as store:
        _load(store, shapes, codes, where)
        times["PostGIS: CREATE TABLE AS, grids outer"] = _timed(lambda: _join(store))
        _print(build_s, times)
        _print_outside(index, rng)
        _compare(store, index, lon, lat)


def draw_areas(rng: np.random.Generator) -> NDArray[np.object_]:
    """Irregular areas that fill the box."""
    mesh = tessellate(jittered_points(BOX, 320.0, lambda where: np.ones(len(where)), rng), [shapely.box(*BOX)], rng)
    seeds = spread_seeds(mesh.centres * PLANE_SCALE_M, GRIDS, rng)
    nearest = dijkstra(noisy(mesh.graph, rng), indices=seeds, min_only=True, return_predecessors=True)[2]
    labels = np.unique(nearest, return_inverse=True)[1].astype(np.int64)
    return np.array(dissolve(mesh.cells, labels, GRIDS), dtype=object)


def _points(shapes: NDArray[np.object_], rng: np.random.Generator) -> Floats:
    """Clusters of a kilometre or two, one in twenty anywhere in and around the box, and a thousand on vertices."""
    centres = rng.uniform(BOX[:2], BOX[2:], (400, 2))
    where = centres[rng.integers(0, len(centres), POINTS)] + rng.normal(0, 0.01, (POINTS, 2))
    anywhere = rng.random(POINTS) < 0.05
    where[anywhere] = rng.uniform(np.array(BOX[:2]) - 0.1, np.array(BOX[2:]) + 0.1, (int(anywhere.sum()), 2))
    where[:1_000] = rng.choice(shapely.get_coordinates(shapes), 1_000, axis=0)
    return where


def _tree(shapes: NDArray[np.object_], lon: Floats, lat: Floats) -> dict[str, Callable[[], object]]:
    own = np.asarray(shapely.from_wkb(shapely.to_wkb(shapes)), dtype=object)
    shapely.prepare(own)
    tree = shapely.STRtree(own)

    def ask() -> object:
        point, area = tree.query(shapely.points(lon, lat))
        return shapely.intersects_xy(own[area], lon[point], lat[point])

    return {"STRtree and intersects_xy": ask}


def _sjoin(shapes: NDArray[np.object_], codes: list[str], where: Floats) -> dict[str, Callable[[], object]]:
    import geopandas

    areas = geopandas.GeoDataFrame({"code": codes}, geometry=shapes, crs=4326)
    points = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(where[:, 0], where[:, 1]), crs=4326)
    return {"geopandas.sjoin": lambda: geopandas.sjoin(points, areas, predicate="intersects")}


def _sedona(shapes: NDArray[np.object_], codes: list[str], where: Floats) -> dict[str, Callable[[], object]]:
    if find_spec("sedonadb") is None:
        print("SedonaDB: not run, the package sedonadb is not installed (pip install 'apache-sedona[db]')")
        return {}
    import pyarrow as pa
    import sedonadb

    session = sedonadb.connect()
    areas = pa.table({"code": codes, "wkb": shapely.to_wkb(shapes)})
    points = pa.table({"n": np.arange(len(where)), "wkb": shapely.to_wkb(shapely.points(where))})
    for name, table in (("areas", areas), ("points", points)):
        made = session.create_data_frame(table).to_view(f"raw_{name}")
        assert made is None
        columns = "code" if name == "areas" else "n"
        # Kept as geometry in memory, so that reading WKB is no part of the time.
        session.sql(f"SELECT {columns}, ST_GeomFromWKB(wkb) AS geom FROM raw_{name}").to_memtable().to_view(name)
    question = "SELECT p.n, a.code FROM points p JOIN areas a ON ST_Intersects(a.geom, p.geom)"
    return {"SedonaDB, all cores": lambda: session.sql(question).to_arrow_table()}


def _in_turns(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Answer the median seconds of each; in turns, so that a noisy moment of the machine falls on all."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(_timed(work))
    return {name: float(np.median(took)) for name, took in times.items()}


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _print(build_s: float, times: dict[str, float]) -> None:
    table = Table("work", "points/s", "index is so many times quicker", title=f"{POINTS:,} points, one match")
    for name, took in times.items():
        table.add_row(name, f"{POINTS / took / 1e6:.2f} M", f"{took / times['index']:.1f}")
    Console().print(table)
    print(f"cold build of the index: {build_s:.2f} s")


def _print_outside(index: AreaIndex, rng: np.random.Generator) -> None:
    """Say how quick it is where no polygon holds the points: just outside all, and far away."""
    south = np.full(POINTS, BOX[1])
    for name, lat in (("within 50 m of the rim", south - rng.uniform(0, 50 / 111_000, POINTS)), ("far", south - 1.0)):
        took = _timed(partial(index.match, rng.uniform(BOX[0], BOX[2], POINTS), lat))
        print(f"outside, {name}: {POINTS / took / 1e6:.2f} M points/s")


class _store:  # noqa: N801  (reads as what it is: with _store() as store)
    """A private database in a folder that root's cluster, which runs as another user, can reach."""

    def __enter__(self) -> Store:
        self._outer = Path(tempfile.mkdtemp(prefix="gridwarden-bench-"))
        self._outer.chmod(0o711)
        self._opened = open_store(DatabaseSettings(data=self._outer / "var", database_url=None))
        store = self._opened.__enter__()
        upgrade(store.dsn("migrate"))
        return store

    def __exit__(self, *_: object) -> None:
        self._opened.__exit__(None, None, None)
        Cluster.for_data(self._outer / "var").reset(force=True)
        rmtree(self._outer)


def _load(store: Store, shapes: NDArray[np.object_], codes: list[str], where: Floats) -> None:
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute(
            "INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at)"
            " VALUES ('bench', '{grid}', 'drawn', 'wgs84', true, '2019-01-01')"
        )
        owner.execute("CREATE TEMP TABLE drawn (code text, geom bytea)")
        _copy(owner, "drawn", ["text", "bytea"], zip(codes, shapely.to_wkb(shapes), strict=True))
        owner.execute("INSERT INTO areas SELECT code, 'grid' FROM drawn")
        owner.execute(
            "INSERT INTO boundaries SELECT e.id, code, 'grid', code, NULL, ARRAY[code], false, 1, 1, 1, true,"
            " ST_PointOnSurface(g), ST_Multi(g) FROM editions e, drawn, ST_SetSRID(ST_GeomFromWKB(geom), 4326) g"
        )
        owner.execute("CREATE UNLOGGED TABLE given (n integer, lon float8, lat float8)")
        _copy(owner, "given", ["int4", "float8", "float8"], ((n, *each) for n, each in enumerate(where.tolist())))
        owner.execute(
            "CREATE UNLOGGED TABLE pins AS SELECT n, ST_SetSRID(ST_MakePoint(lon, lat), 4326) AS geom FROM given"
        )
        owner.execute("CREATE INDEX ON pins USING gist (geom)")
        owner.execute("CREATE INDEX ON pins (n)")
    with psycopg.connect(store.dsn("migrate"), autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE pins")
        owner.execute("ANALYZE boundaries")


def _copy(owner: psycopg.Connection, table: str, types: list[str], rows: Any) -> None:
    with owner.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)


def _join(store: Store) -> None:
    """The quickest plan that is known: each grid looks for its points."""
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute(
            "CREATE UNLOGGED TABLE joined AS SELECT p.n, min(b.code) AS code FROM boundaries b CROSS JOIN LATERAL"
            " (SELECT n FROM pins WHERE ST_Intersects(b.geom, pins.geom) OFFSET 0) p GROUP BY p.n"
        )


def _compare(store: Store, index: AreaIndex, lon: Floats, lat: Floats) -> None:
    """Ask ``gis_match`` about every point on two connections, and count the answers that differ."""

    def ask(part: int) -> list[tuple[int, str, str | None, float | None]]:
        with psycopg.connect(store.dsn("migrate")) as owner:
            owner.execute(
                f"CREATE UNLOGGED TABLE matched_{part} AS SELECT n, (m).outcome, (m).code, (m).distance_m"
                " FROM (SELECT n, gis_match(geom, NULL, e) AS m FROM pins, editions e WHERE n %% 2 = %d OFFSET 0) s"
                % part
            )
            return owner.execute(f"SELECT * FROM matched_{part}", binary=True).fetchall()

    start = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        rows = [row for part in threads.map(ask, range(2)) for row in part]
    took = time.perf_counter() - start
    found = index.match(lon, lat)
    codes = [*index.codes.tolist(), None]
    wrong = 0
    furthest_m = 0.0
    for n, outcome, code, distance_m in rows:
        wrong += (OUTCOMES[found.outcome[n]], codes[found.area[n]]) != (outcome, code)
        if distance_m is not None:
            furthest_m = max(furthest_m, abs(distance_m - found.distance_m[n]))
    print(f"gis_match over {len(rows):,} points: {took:.0f} s; {wrong} differ, metres by {furthest_m * 1000:.4f} mm")
    assert len(rows) == POINTS
    assert wrong == 0
    assert furthest_m <= 0.001
