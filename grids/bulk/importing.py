"""A list of reports from another system: read, matched, compared with what came before, and filed; all or nothing.

Owns that order and what is told at the end.  A trial does all but the filing and leaves nothing behind.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg
import pyarrow as pa

from gis.datums import Datum
from gis.point_files import PointFile, open_points
from grids.access import MAY
from grids.bulk.columns import Fields, ImportRefusedError, Known, read_rows
from grids.bulk.filing import Import, Step, file_rows
from grids.bulk.matching import Grounds
from grids.bulk.rejects import Rejects
from grids.bulk.staging import Staged
from grids.bulk.waiting import alone, waiting
from grids.receipts import Keys
from grids.reports import CHANNELS

Told = Callable[[int, int], None]
REPEATED: Final = "repeated_in_list"
_ROLES: Final = sorted(MAY["take_in_lists"])


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be taken in, and how.

    Attributes
    ----------
    path : Path
        CSV, Parquet or GeoPackage.
    source : str
        The other system; with a row's id it says which report this is.
    datum : Datum
        Of the positions.
    fields : Fields
        Which column means what.
    category, channel, area : str, optional
        Of rows that name none.
    words : mapping
        Categories of this service by the words of the list.
    by : str, optional
        Login of the member of staff whose list it is.
    rejects : Path, optional
        Where refused rows go.
    """

    path: Path
    source: str
    datum: Datum
    fields: Fields
    channel: str
    category: str | None = None
    area: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    by: str | None = None
    rejects: Path | None = None


@dataclass(slots=True)
class Taken:
    """What became of a list.

    Attributes
    ----------
    number : int or None
        Of the import; None for a trial, or where nothing was left to file.
    filed : int
        Rows that became reports, or would.
    open : int
        How many of them are open.
    known : int
        Rows that had come before.
    refused : Counter of str
        Rows by what is wrong with them.
    outcomes : Counter of str
        Filed rows by how they were matched; ``named`` without a pin.
    same_file : (int, datetime) or None
        The import by which this very file came before.
    """

    number: int | None = None
    filed: int = 0
    open: int = 0
    known: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    same_file: tuple[int, datetime] | None = None


def import_reports(
    connection: psycopg.Connection[Any],
    reader: psycopg.Connection[Any],
    asked: Asked,
    keys: Keys | None,
    now: datetime,
    told: Told,
    step: Step,
) -> Taken:
    """Take a list in.

    Parameters
    ----------
    connection : psycopg.Connection
        As the owner, in no transaction.
    reader : psycopg.Connection
        Another one: boundaries are asked for while rows are being copied.
    asked : Asked
        What, and how.
    keys : Keys or None
        From which the keys of links are derived; None for a trial, which stores nothing.
    now : datetime
        Aware; when it is taken in.
    told : callable
        Is told the rows that were read and those that there are.
    step : callable
        Is told what begins after reading.

    Raises
    ------
    ImportRefusedError, PointsRefusedError
        ``import_refused``, ``points_refused``; then nothing is stored.
    """
    trial = keys is None
    _refuse_files(asked)
    person = _person(connection, asked.by, now)
    known = _known(connection, asked, now)
    file_digest = _digest(asked.path)
    taken = Taken(same_file=_same_file(connection, asked.source, file_digest))
    with alone(connection, asked.source), waiting(connection, trial=trial) as (staged, number):
        taken.refused.update(_stage(Grounds(reader), staged, asked, known, told))
        # What waits can be asked from here on, also by others.
        if not trial:
            connection.commit()
        repeated = staged.take_out_repeated()
        if repeated:
            taken.refused[REPEATED] += len(repeated)
            _reject(asked, repeated)
        taken.known = staged.take_out_known(asked.source)
        for outcome, is_open, count in staged.counts():
            taken.outcomes[outcome] += count
            taken.filed += count
            taken.open += count if is_open else 0
        if keys is not None and taken.filed:
            about = Import(
                number, asked.source, asked.datum, asked.path.name, file_digest, taken.known,
                taken.refused.total(), now, person,
            )  # fmt: skip
            file_rows(connection, staged.table, taken.filed, about, keys, step)
            taken.number = number
    return taken


def _stage(grounds: Grounds, staged: Staged, asked: Asked, known: Known, told: Told) -> Counter[str]:
    """Read the list and let its rows wait; answer how many were refused, and why."""
    refused: Counter[str] = Counter()
    with _opened(asked) as points, Rejects(asked.rejects, points.geometry) as rejects:
        first = 1
        with staged.copying() as write:
            for batch in points.batches:
                rows = read_rows(batch, asked.fields, known)
                placed = points.place(batch)
                found = grounds.match(rows, placed, asked.datum)
                write(first, rows, placed, found)
                wrong = np.flatnonzero(rows.reason != "")
                refused.update(rows.reason[wrong].tolist())
                rejects.add(batch.take(pa.array(wrong)), pa.array(rows.reason[wrong], pa.string()))
                first += batch.num_rows
                told(first - 1, max(points.rows, first - 1))
    staged.ready()
    return refused


@contextmanager
def _opened(asked: Asked) -> Iterator[PointFile]:
    with open_points(asked.path, asked.fields.lon, asked.fields.lat, placeless=asked.fields.lon is None) as points:
        asked.fields.refuse_absent(points.schema.names)
        yield points


def _reject(asked: Asked, numbers: list[int]) -> None:
    """Read the list once more for rows that were found out late."""
    with _opened(asked) as points, Rejects(asked.rejects, points.geometry, more=True) as rejects:
        first, wanted = 1, np.array(sorted(numbers))
        for batch in points.batches:
            here = wanted[(wanted >= first) & (wanted < first + batch.num_rows)] - first
            rejects.add(batch.take(pa.array(here)), pa.array([REPEATED] * len(here), pa.string()))
            first += batch.num_rows


def _refuse_files(asked: Asked) -> None:
    if not asked.path.is_file():
        raise ImportRefusedError(f"{asked.path}: there is no such file.")
    if asked.rejects is None:
        return
    if asked.rejects.suffix.lower() != ".csv" or not asked.rejects.parent.is_dir() or asked.rejects.is_dir():
        raise ImportRefusedError(
            f"{asked.rejects}: refused rows go to a file that ends in .csv, in a folder that is there."
        )
    if asked.rejects.exists() and asked.rejects.samefile(asked.path):
        raise ImportRefusedError(f"{asked.rejects} is the list that is read; let refused rows go to another file.")


def _person(connection: psycopg.Connection[Any], login: str | None, now: datetime) -> int | None:
    """Answer the member of staff whose list it is; he must be one who takes reports down or directs them."""
    if login is None:
        return None
    row = connection.execute(
        "SELECT w.id FROM people w WHERE w.login = %s AND EXISTS ("
        " SELECT FROM postings p WHERE p.person_id = w.id AND p.role = ANY (%s) AND p.during @> %s::timestamptz)",
        (login.lower(), _ROLES, now),
    ).fetchone()
    if row is None:
        raise ImportRefusedError(
            f"Nobody who is {', '.join(_ROLES[:-1])} or {_ROLES[-1]} today logs in as {login}.", params={"login": login}
        )
    return int(row[0])


def _known(connection: psycopg.Connection[Any], asked: Asked, now: datetime) -> Known:
    """Answer what rows may name; refuse constants and mapped words that mean nothing here."""
    rows = connection.execute(
        "SELECT DISTINCT ON (code) code, min(since) OVER (PARTITION BY code), name_zh, name_en"
        " FROM categories ORDER BY code, since DESC"
    ).fetchall()
    codes = {code: _micros(since) for code, since, *_ in rows}
    named = Counter(name for _, _, *names in rows for name in set(names))
    words = {name: code for code, _, *names in rows for name in names if named[name] == 1}
    words |= {code: code for code in codes} | dict(asked.words)
    asked_for = {*asked.words.values(), *([asked.category] if asked.category else [])}
    wrong = sorted(asked_for - codes.keys())
    if wrong:
        raise ImportRefusedError(
            f"There is no category {', '.join(wrong)}; there are {', '.join(sorted(codes))}.",
            params={"categories": wrong},
        )
    if asked.channel not in CHANNELS:
        raise ImportRefusedError(f"There is no channel {asked.channel}; there are {', '.join(CHANNELS)}.")
    return Known(words, codes, asked.category, asked.channel, asked.area, _micros(now))


def _micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _same_file(connection: psycopg.Connection[Any], source: str, file_digest: bytes) -> tuple[int, datetime] | None:
    row = connection.execute(
        "SELECT id, made_at FROM report_imports WHERE file_digest = %s AND source = %s ORDER BY id DESC LIMIT 1",
        (file_digest, source),
    ).fetchone()
    return (row[0], row[1]) if row else None


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
