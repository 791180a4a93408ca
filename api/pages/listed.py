"""A case of a working list as its page tells it: mark, names, who owns it; and several steps at once.

Decides nothing about a case; knows no address.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from api.errors import problem_of
from api.pages.marks import Mark, closed_mark
from api.service import Service
from api.visits import Visit
from grids.areas import names_of
from grids.categories import categories
from grids.language import Words
from grids.listed import Listed, listed
from grids.nearby import told_at_spot
from grids.steps import StaleVersionError, StepError, take
from grids.tables import cases
from grids.workflow import BY_VERB, CLOSED

# Nobody looks at more in one go, and each is a transaction of its own.
SEVERAL_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list; ``nth`` is the how-manieth word about its spot, None for a first one."""

    case: Listed
    mark: Mark
    category: str
    area: str
    owner: str
    nth: int | None
    ticked: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of several steps; ``refused`` says in the reader's language why it was not taken."""

    case_id: int
    refused: str | None
    stale: bool = False


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A result with its case, as far as the reader may still see it."""

    result: Result
    row: Row | None


def mark_of_listed(case: Listed, now: datetime) -> Mark:
    """Answer the mark of a case at a moment; while it is open what is late beats all else."""
    if case.state in CLOSED:
        return closed_mark(case.state, case.confirmed)
    if case.late(now):
        return "overdue"
    if case.state == "claimed_solved":
        return "claimed"
    if case.soon(now):
        return "due"
    return "new" if case.state == "received" else "progress"


def owner_words(case: Listed, area: str, words: Words) -> str:
    """Answer who owns a case: a desk or department by its name, else role and area."""
    if case.owner_role in ("desk", "department"):
        return case.owner_desk or words("recipient-desk", area=area)
    # "示例村第一网格" and "网格长" share a word.
    return words(f"recipient-{case.owner_role}", area=area, shared="yes" if area.endswith("网格") else "no")


async def rows_of(visit: Visit, found: Sequence[Listed], ticked: Iterable[int] = ()) -> list[Row]:
    """Answer the lines of a list; those of ``ticked`` are chosen already."""
    kinds = {c.code: c.name(visit.lang) for c in await categories(visit.connection, visit.now)}
    codes = {case.owner_area_code for case in found} | {case.area_code or case.chain[-1] for case in found}
    places = await names_of(visit.connection, codes, visit.now)
    told = await told_at_spot(visit.connection, [case.id for case in found], visit.now)
    chosen = frozenset(ticked)
    return [
        Row(
            case=case,
            mark=mark_of_listed(case, visit.now),
            category=kinds.get(case.category_code, case.category_code),
            area=places.get(case.area_code or case.chain[-1], ""),
            owner=owner_words(case, places.get(case.owner_area_code, case.owner_area_code), visit.words),
            nth=told.get(case.id),
            ticked=case.id in chosen,
        )
        for case in found
    ]


def chosen_cases(given: Sequence[str]) -> list[tuple[int, int]]:
    """Answer numbers and versions of the cases that a form names; what is no such pair is dropped.

    Examples
    --------
    >>> chosen_cases(["17:3", "nonsense", "18:1", "17:3"])
    [(17, 3), (18, 1)]
    """
    pairs = [each.partition(":")[::2] for each in given[:SEVERAL_MOST]]
    return list({int(a): (int(a), int(b)) for a, b in pairs if _number(a, 18) and _number(b, 9)}.values())


def _number(given: str, digits: int) -> bool:
    return given.isascii() and given.isdecimal() and len(given) <= digits


async def take_several(
    service: Service,
    session_digest: bytes | None,
    chosen: Sequence[tuple[int, int]],
    verb: str,
    words: Words,
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> list[Result]:
    """Take one step of each of several cases, each in a transaction of its own with the version that was seen.

    Parameters
    ----------
    service : Service
        Lends a raw connection.
    session_digest : bytes or None
        Whose steps they are.
    chosen : sequence of (case number, version)
        In the order in which they are taken.
    verb, reason, data
        The same for all.
    words : Words
        In which refusals are told.
    """
    results = []
    async with service.connections.lend() as connection:
        for case_id, version in chosen:
            try:
                await take(
                    connection,
                    case_id,
                    verb,
                    version=version,
                    now=service.clock(),
                    session_digest=session_digest,
                    words=reason,
                    data=data,
                )
                results.append(Result(case_id, None))
            except StepError as error:
                results.append(Result(case_id, _refusal(error, words), stale=isinstance(error, StaleVersionError)))
    return results


def _refusal(error: StepError, words: Words) -> str:
    """Why a step was not taken and, where another one is open, which."""
    allowed = cast("Sequence[str]", error.params.get("allowed", ()))
    if not allowed:
        return problem_of(error).said(words)
    verbs = [words(f"step-{verb}") for verb in BY_VERB if verb in allowed]
    return words("several-instead", title=words(f"title-{error.code}"), verbs=words("list-separator").join(verbs))


async def result_lines(visit: Visit, results: Sequence[Result]) -> list[ResultLine]:
    """Answer results with their cases, those that were refused first."""
    if not results:
        return []
    found = await listed(visit.connection, visit.now, cases.c.id.in_([result.case_id for result in results]))
    rows = {row.case.id: row for row in await rows_of(visit, found)}
    ordered = sorted(results, key=lambda result: result.refused is None)
    return [ResultLine(result, rows.get(result.case_id)) for result in ordered]
