"""A million reports of another system's list, from the file to cases: where the time goes, beside two peers.

The peers store less: a plain COPY of the same rows into one table and three indexes on it match nothing, open no case
and write no history; ``geopandas.sjoin`` and its ``to_postgis`` match to grids alone and know no people.  Beside the
clock's seconds stand those of processor, ours and the database's: they say the same on a machine that is busy.
BENCH_STAGED=3 reads and matches each file three times, until its rows can be asked by SQL, and files none of them.
"""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from rich.console import Console
from rich.table import Table

from gis.cluster import Cluster
from gis.datums import Datum
from gis.migrate import upgrade
from gis.settings import DatabaseSettings
from gis.store import Store, open_store
from grids.bulk.columns import Fields
from grids.bulk.filing import Step
from grids.bulk.importing import Asked, Taken, import_reports
from grids.receipts import Keys
from grids.sample.build import build_city

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = int(os.environ.get("BENCH_STAGED", "0"))
OPEN = 0.05
_FIELDS = Fields(
    id="id", received="received", lon="lon", lat="lat", category="category", text="text", closed="closed",
    accuracy="accuracy",
)  # fmt: skip
_CATEGORIES = ("dumping", "exposed_rubbish", "road_damage", "street_lamp", "wells_ditches", "noise", "cadre_conduct")
_BARE = """
    DROP TABLE IF EXISTS bare_list;
    CREATE TABLE bare_list (id text, lon float8, lat float8, category text, text text, received timestamptz,
                            closed timestamptz, accuracy float8)"""
_INDEXES = """
    CREATE INDEX ON bare_list (id); CREATE INDEX ON bare_list (received);
    CREATE INDEX ON bare_list USING gist ((ST_SetSRID(ST_MakePoint(lon, lat), 4326)))"""


@dataclass(frozen=True)
class Spent:
    """Seconds: by the clock, of our processor time, and of the database's."""

    clock: float
    ours: float
    database: float

    @classmethod
    def by(cls, connection: psycopg.Connection[Any]) -> "Spent":
        stat = Path(f"/proc/{connection.info.backend_pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks = os.sysconf("SC_CLK_TCK")
        return cls(time.perf_counter(), time.process_time(), (int(stat[11]) + int(stat[12])) / ticks)


@dataclass(frozen=True)
class Lap:
    """What was done between two readings; ``rows`` of them."""

    name: str
    before: Spent
    after: Spent
    rows: int = ROWS

    def row(self) -> tuple[str, ...]:
        clock, ours, database = (
            getattr(self.after, each) - getattr(self.before, each) for each in ("clock", "ours", "database")
        )
        return self.name, f"{clock:.1f}", f"{self.rows / clock:,.0f}", f"{ours + database:.1f}", f"{database:.1f}"


def measure() -> None:
    """Print seconds and rows a second of each stage and of the peers."""
    outer = Path(tempfile.mkdtemp(prefix="gridwarden-bench-"))
    # root's cluster runs as another user, who has to reach its folder.
    outer.chmod(0o711)
    data = outer / "var"
    columns = ("work", "s", "rows/s", "processor s", "of the database")
    table = Table(*columns, title=f"{ROWS:,} rows, {OPEN:.0%} open; load average {os.getloadavg()[0]:.1f}")
    try:
        with open_store(DatabaseSettings(data=data, database_url=None)) as store:
            upgrade(store.dsn("migrate"))
            print("drawing the city", flush=True)
            with psycopg.connect(store.dsn("migrate")) as owner:
                build_city(owner, None, {}, (0, 1), datetime.now(UTC), secrets.token_bytes, lambda _, __: None)
            files = _draw(store, outer)
            for lap in _laps(store, files):
                table.add_row(*lap.row())
    finally:
        Cluster.for_data(data).reset(force=True)
        shutil.rmtree(outer)
    Console(width=120).print(table)


def _laps(store: Store, files: dict[str, Path]) -> Iterator[Lap]:
    if ROUNDS:
        for _ in range(ROUNDS):
            for path in files.values():
                yield _stage(store, path)
        return
    yield from _bare(store, files[".csv"])
    yield from _sjoin(store, files[".parquet"])
    for path in files.values():
        yield from _import(store, path)


def _draw(store: Store, folder: Path) -> dict[str, Path]:
    """Write the same list as Parquet and as CSV: pins about the middles of grids, over the past 600 days."""
    with psycopg.connect(store.dsn("migrate")) as owner:
        found = owner.execute("SELECT ST_X(label), ST_Y(label) FROM boundaries WHERE last_level").fetchall()
    middles = np.array(found, dtype=np.float64)
    rng = np.random.default_rng(7)
    pins = middles[rng.integers(0, len(middles), ROWS)] + rng.normal(0, 0.004, (ROWS, 2))
    now = np.datetime64(datetime.now(UTC).replace(tzinfo=None), "s")
    received = now - rng.integers(30 * 86400, 600 * 86400, ROWS).astype("timedelta64[s]")
    closed = received + rng.integers(3600, 20 * 86400, ROWS).astype("timedelta64[s]")
    table = pa.table(
        {
            "id": pa.array([f"R{n:09d}" for n in range(ROWS)]),
            "lon": pins[:, 0].round(6),
            "lat": pins[:, 1].round(6),
            "category": pa.array(_CATEGORIES).take(
                pa.array(rng.choice(7, ROWS, p=[0.3, 0.2, 0.2, 0.15, 0.08, 0.06, 0.01]))
            ),
            "text": pa.array([f"第{n}号：路口东边有人倒垃圾，请来看看。" for n in range(ROWS)]),
            "received": pa.array(received.astype("datetime64[us]")),
            "closed": pa.array(closed.astype("datetime64[us]"), mask=rng.random(ROWS) < OPEN),
            "accuracy": pa.array(rng.integers(5, 60, ROWS).astype(float), mask=rng.random(ROWS) < 0.9),
        }
    )
    files = {suffix: folder / f"list{suffix}" for suffix in (".parquet", ".csv")}
    pa.parquet.write_table(table, files[".parquet"])
    pa.csv.write_csv(table, files[".csv"])
    return files


def _bare(store: Store, path: Path) -> list[Lap]:
    with psycopg.connect(store.dsn("migrate")) as owner:
        owner.execute(_BARE)
        owner.commit()
        start = Spent.by(owner)
        with owner.cursor().copy("COPY bare_list FROM STDIN (FORMAT csv, HEADER)") as copy, path.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        copied = Spent.by(owner)
        owner.execute(_INDEXES)
        owner.commit()
        done = Spent.by(owner)
    return [Lap("peer: COPY", start, copied), Lap("peer: COPY and three indexes", start, done)]


def _sjoin(store: Store, path: Path) -> list[Lap]:
    """Match and store a tenth by geopandas."""
    if find_spec("geopandas") is None:
        print("geopandas: not run, it is not installed")
        return []
    import geopandas
    import shapely
    from sqlalchemy import create_engine

    with psycopg.connect(store.dsn("migrate")) as owner:
        rows = owner.execute(
            "SELECT b.code, ST_AsBinary(b.geom) FROM boundaries b"
            " WHERE b.last_level AND b.edition_id = (SELECT (edition_at(now())).id)"
        ).fetchall()
    codes, shapes = zip(*rows, strict=True)
    grids = geopandas.GeoDataFrame({"code": codes}, geometry=shapely.from_wkb(list(shapes)), crs=4326)
    writer = psycopg.connect(store.dsn("migrate"))
    engine = create_engine("postgresql+psycopg://", creator=lambda: writer)
    start = Spent.by(writer)
    frame = pa.parquet.read_table(path).slice(0, ROWS // 10).to_pandas()
    points = geopandas.GeoDataFrame(frame, geometry=geopandas.points_from_xy(frame.lon, frame.lat), crs=4326)
    geopandas.sjoin(points, grids, how="left", predicate="within").to_postgis("sjoin_list", engine, index=False)
    done = Spent.by(writer)
    return [Lap("peer: geopandas.sjoin and to_postgis, a tenth of the rows", start, done, ROWS // 10)]


class _EnoughError(Exception):
    """What was to be measured is done; the list is given up."""


def _stage(store: Store, path: Path) -> Lap:
    with psycopg.connect(store.dsn("migrate")) as owner, psycopg.connect(store.dsn("migrate")) as reader:
        at = [Spent.by(owner)]

        def step(_: str) -> None:
            at.append(Spent.by(owner))
            raise _EnoughError

        with suppress(_EnoughError):
            _take(owner, reader, path, step)
    return Lap(f"{path.suffix}: matched, and asked by SQL", at[0], at[1])


def _take(owner: psycopg.Connection[Any], reader: psycopg.Connection[Any], path: Path, step: Step) -> Taken:
    asked = Asked(path, path.suffix, Datum.WGS84, _FIELDS, "hotline")
    return import_reports(owner, reader, asked, Keys(secrets.token_bytes(32)), datetime.now(UTC), _nothing, step)


def _import(store: Store, path: Path) -> list[Lap]:
    with psycopg.connect(store.dsn("migrate")) as owner, psycopg.connect(store.dsn("migrate")) as reader:
        at = {"start": Spent.by(owner)}

        def step(what: str) -> None:
            at[what] = Spent.by(owner)

        taken = _take(owner, reader, path, step)
        at["end"] = Spent.by(owner)
    assert taken.filed == ROWS, taken
    named = {
        "matched, and asked by SQL": ("start", "match"),
        "who answers": ("match", "numbers"),
        "receipt numbers": ("numbers", "file"),
        "cases, reports, histories": ("file", "end"),
        "all": ("start", "end"),
    }
    return [Lap(f"{path.suffix}: {name}", at[first], at[last]) for name, (first, last) in named.items()]


def _nothing(*_: Any) -> None:
    pass
