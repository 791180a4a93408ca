"""Why a case is where it is: what ``locate`` answered when each report came, and every change of owner since.

Reads only what was kept then: the answer in ``reports.match``, the events, and rules and postings by their numbers.  No
boundaries and postings of today are asked, so the answer is the same in years.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.tables import boundaries, editions
from grids.answers import Answer, answer_of
from grids.areas import names_of
from grids.owners import Holding, holdings
from grids.steps import Line, history
from grids.tables import reports
from grids.tables_dispatch import dispatch_rules


@dataclass(frozen=True, slots=True)
class Matched:
    """A report and the answer that it was given; ``seen_head`` is the posting of who was head when it was seen."""

    number: str
    received_at: datetime
    seen_at: datetime
    datum: str | None
    accuracy_m: float | None
    seen_head: int | None
    answer: Answer


@dataclass(frozen=True, slots=True)
class Holder:
    """An owner as an event names it, with the area's name of that day; ``desk`` is the posting's."""

    area_code: str
    area_name: str
    role: str
    desk: str | None
    posting_id: int | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of dispatch; rules are never edited, so its note is what it was."""

    id: int
    note: str


@dataclass(frozen=True, slots=True)
class Redrawn:
    """Another area because boundaries changed; empty where no area holds the case."""

    edition: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Move:
    """A change of owner, of area or of both; ``rule`` None: no rule of dispatch did it."""

    seq: int
    at: datetime
    verb: str
    before: Holder | None
    after: Holder | None
    rule: Rule | None
    redrawn: Redrawn | None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case is where it is: its reports, the first one first, and its moves in their order."""

    case_id: int
    matched: tuple[Matched, ...]
    moves: tuple[Move, ...]


async def why(connection: AsyncConnection, case_id: int, lines: Sequence[Line] | None = None) -> Why:
    """Answer why a case is where it is, as far as the actor may read it.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role, which knows the actor, or as the owner.
    case_id : int
        Of the case.
    lines : sequence of Line, optional
        Its history, where it has been read already.
    """
    r = reports.c
    told = await connection.execute(
        select(r.number, r.received_at, r.seen_at, r.datum, r.accuracy_m, r.seen_head_posting_id, r.match)
        .where(r.case_id == case_id)
        .order_by(r.received_at, r.id)
    )
    matched = tuple(Matched(*row[:6], answer_of(row[6], names=False)) for row in told)
    told_since = await history(connection, case_id) if lines is None else lines
    return Why(case_id, matched, await _moves(connection, [line for line in told_since if _moved(line)]))


def _moved(line: Line) -> bool:
    return "owner_before" in line.data or "area_before" in line.data


async def _moves(connection: AsyncConnection, lines: Sequence[Line]) -> tuple[Move, ...]:
    owners = [line.data[key] for line in lines for key in ("owner_before", "owner") if key in line.data]
    held = await holdings(connection, [o["posting_id"] for o in owners if o.get("posting_id")])
    rules = await _rules(connection, {line.data["rule_id"] for line in lines if line.data.get("rule_id")})
    moves = []
    for line in lines:
        data = line.data
        before, after = (data.get(key) for key in ("owner_before", "owner"))
        codes = {o["area_code"] for o in (before, after) if o} | {data.get("area"), data.get("area_before")}
        names = await _names(connection, {code for code in codes if code}, line)
        moves.append(
            Move(
                line.seq,
                line.at,
                line.verb,
                _holder(before, names, held) if before else None,
                _holder(after, names, held) if before and after else None,
                rules.get(data.get("rule_id", 0)),
                _redrawn(data, names),
            )
        )
    return tuple(moves)


def _redrawn(data: dict[str, Any], names: dict[str, str]) -> Redrawn | None:
    if "area_before" not in data or not data.get("edition"):
        return None
    before, after = (data.get(key) or "" for key in ("area_before", "area"))
    return Redrawn(data["edition"], names.get(before, before), names.get(after, after))


async def _names(connection: AsyncConnection, codes: set[str], line: Line) -> dict[str, str]:
    """Answer the names of areas in the edition of the moment; of those that it does not know, as they were before."""
    names = await names_of(connection, codes, line.at)
    gone = codes - names.keys()
    if not gone:
        return names
    b, e = boundaries.c, editions.c
    found = await connection.execute(
        select(b.code, b.name)
        .join(editions, e.id == b.edition_id)
        .where(b.code.in_(sorted(gone)), e.name.in_([line.data.get(key) for key in ("edition", "edition_before")]))
    )
    return names | {row.code: row.name for row in found}


def _holder(owner: dict[str, Any], names: dict[str, str], held: dict[int, Holding]) -> Holder:
    code, posting_id = owner["area_code"], owner.get("posting_id")
    posting = held.get(posting_id) if posting_id else None
    return Holder(
        code, names.get(code, code), owner["role"], posting.desk if posting else owner.get("desk"), posting_id
    )


async def _rules(connection: AsyncConnection, ids: Iterable[int]) -> dict[int, Rule]:
    wanted = sorted(ids)
    if not wanted:
        return {}
    d = dispatch_rules.c
    return {
        row.id: Rule(row.id, row.note) for row in await connection.execute(select(d.id, d.note).where(d.id.in_(wanted)))
    }
