"""Puts invented reports, their cases and histories into the database, within the caller's transaction.

Owns row shapes and their order.  Where a report falls, who owned a case when, and what was due by then is asked of
the functions that the service itself uses (``sql/*.sql``), so that what is stored and what comes later cannot differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from stdnum import luhn

from gis.cells import cells_of
from gis.errors import GridwardenError
from grids.due import scan_due
from grids.sample.copying import Row, copy_rows, reserve
from grids.sample.histories import SampleEvent
from grids.sample.reports import SampleCase

Step = Callable[[str, int], None]
Entropy = Callable[[int], bytes]
_SQL = ("match", "turns", "store")


class SeedUsedError(GridwardenError):
    """The reports of this seed are in the database already."""

    code = "seed_used"


def load_reports(
    connection: psycopg.Connection[Any],
    cases: Sequence[SampleCase],
    numbers: Sequence[str],
    entropy: Entropy,
    step: Step = lambda _what, _count: None,
    key_digest: Callable[[str], bytes] | None = None,
) -> list[int]:
    """Load cases with their reports, each matched at the moment it was received; answer the cases' ids.

    Parameters
    ----------
    cases
        See :mod:`grids.sample.reports`.
    numbers
        A receipt number for each report, in the order of cases.
    entropy
        Answers so many random bytes; for salts, and for keys that nobody holds.
    step
        Is told what begins and how many rows it has.
    key_digest
        Answers the digest of the key to a receipt number; without it nobody holds a key.
    """
    count = len(cases)
    case_ids = reserve(connection, "cases", count)
    report_ids = reserve(connection, "reports", count)
    folder = Path(__file__).parent / "sql"
    connection.execute((folder / "stage.sql").read_bytes())
    step("copy", count)
    columns = ("id, state, confirmed, evaluation, reopened, claimed_at, recheck, closed_at, stage_since, merged_into,"
               " hazard, recurring, version, turn")  # fmt: skip
    copy_rows(connection, "stage_cases", columns, _case_rows(cases, case_ids))
    columns = ("id, number, key_digest, salt, case_id, now_in, category_code, channel, received_at, seen_at, lon, lat,"
               " lon_given, lat_given, datum, accuracy_m, area_code, words, place_words, contact, cells")  # fmt: skip
    digest = key_digest or (lambda _number: entropy(32))
    rows = _report_rows(cases, case_ids, (report_ids, numbers), entropy, digest)
    copy_rows(connection, "stage_reports", columns, rows)
    columns = "case_id, seq, at, verb, state, played, goes_to, hours, turn, turns, report_id, words, salt, data"
    copy_rows(connection, "stage_events", columns, _event_rows(cases, case_ids, report_ids, entropy))
    for name in _SQL:
        step(name, count)
        connection.execute((folder / f"{name}.sql").read_bytes())
    return case_ids


def note_as_told(connection: psycopg.Connection[Any], now: datetime) -> None:
    """Note what is due of the invented cases by ``now`` as told, so that no worker tells today of their past.

    The service's own scan says what that is; what it puts into the outbox for invented cases is taken out again, within
    the caller's transaction, so that nobody ever sees it.  What it finds of other cases stays.
    """
    scan_due(connection, now)
    connection.execute(
        "DELETE FROM outbox o USING cases c WHERE o.done_at IS NULL AND o.at = %s AND c.synthetic"
        " AND o.topic IN ('case.due_soon', 'case.overdue', 'case.stage_overdue')"
        " AND c.id = (o.payload ->> 'case_id')::bigint",
        (now,),
    )


def _case_rows(cases: Iterable[SampleCase], ids: Sequence[int]) -> Iterator[Row]:
    for place, case in enumerate(cases):
        life = case.life
        yield (
            ids[place], life.state, life.confirmed, life.evaluation, life.reopened, life.claimed_at, life.recheck,
            life.closed_at, life.stage_since, None if life.merged_into is None else ids[place + life.merged_into],
            case.hazard, case.recurring, len(life.events), sum(event.turns for event in life.events),
        )  # fmt: skip


def _report_rows(
    cases: Iterable[SampleCase],
    case_ids: Sequence[int],
    reports: tuple[Sequence[int], Sequence[str]],
    entropy: Entropy,
    key_digest: Callable[[str], bytes],
) -> Iterator[Row]:
    for place, (case, report_id, number) in enumerate(zip(cases, *reports, strict=True)):
        r = case.report
        yield (
            report_id, number, key_digest(number), entropy(16), case_ids[place],
            case_ids[place + (case.life.merged_into or 0)], r.category, r.channel, r.received_at, r.seen_at,
            *(r.lon_lat or (None, None)), *(r.given or (None, None)), r.datum, r.accuracy_m, r.area_code,
            r.words, r.place_words, r.contact, cells_of(*r.lon_lat) if r.lon_lat else None,
        )  # fmt: skip


def _event_rows(
    cases: Iterable[SampleCase], case_ids: Sequence[int], report_ids: Sequence[int], entropy: Entropy
) -> Iterator[Row]:
    for place, case in enumerate(cases):
        turn = 0
        for seq, e in enumerate(case.life.events, 1):
            turn += e.turns
            other = None if e.other is None else case_ids[place + e.other]
            yield (
                case_ids[place], seq, e.at, e.verb, e.state, e.by, e.to, e.hours, turn, e.turns,
                report_ids[place] if e.verb == "receive" else None, e.words, e.words and entropy(16), _kept(e, other),
            )  # fmt: skip


def _kept(event: SampleEvent, other: int | None) -> str:
    merged = {} if other is None else {"from" if event.verb == "merge_in" else "into": other}
    return json.dumps({**event.data, **merged}, ensure_ascii=False)


def draw_numbers(count: int, seed: int, taken: Collection[str]) -> list[str]:
    """Distinct receipt numbers (ten digits, the last by Luhn) that are not taken yet.

    Raises
    ------
    SeedUsedError
        ``seed_used``: most of the first numbers are taken, so this seed was loaded before.
    """
    rng = np.random.default_rng([seed, 10])
    numbers: dict[str, None] = {}
    clashes = 0
    while len(numbers) < count:
        digits = f"{int(rng.integers(10**9)):09d}"
        number = digits + str(luhn.calc_check_digit(digits))
        if number in taken:
            clashes += 1
            if clashes > 10 and clashes > len(numbers):
                message = f"the reports of seed {seed} are loaded already: choose another one with --seed"
                raise SeedUsedError(message, params={"seed": seed})
        else:
            numbers[number] = None
    return list(numbers)
