"""The layers of the maps: what each one counts, and the figures of a layer by area or by cell.

The one place that defines a measure: pages, tiles, snapshots and exports ask ``rows_of`` or ``figures``.  Which rows
the actor may see is not decided here but by the views ``seen_reports`` and ``seen_cases``.

Measures of cases look at the cases that were *received in the period*, as they stand at the instant of asking: "of
October's cases, still open today".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.cells import PUBLIC_RESOLUTIONS, RESOLUTIONS
from grids.access import Actor
from grids.areas import Edition, edition_at
from grids.patrols import PATROL, Apart
from maps.questions import (
    RESIDENTS,
    CellsTooFineError,
    Layer,
    NoEditionError,
    Per,
    PrivateFamilyError,
    Question,
    UnknownFamilyError,
    UnknownKindError,
)
from maps.units import units_seen

FEW: Final = 5
"""In public a number below this and above zero is not told."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a layer; lists by the unit's number, the unit with n = 1 first.

    Attributes
    ----------
    question, edition, at
        What was asked, over which boundaries, and when.
    counts : list of int or None
        None: not told, because it is too small for the public or not the actor's to see.
    before : list of int or None, optional
        The same of the period compared with.
    values : list of float or None
        What is coloured: the count, its rate, or the difference of either; at most four digits.
    total : int or None
        All that were counted, wherever they are; None: too small for the public, or it would give such a number away.
    unplaced : int or None
        Counted, and on no unit: reported without a pin, or for an area above this level; None as above.
    hidden : bool
        Whether small numbers were left out.
    apart : Apart, optional
        The total in its parts: what residents said, and what was found on patrol, which is never mixed in unsaid.
        None: one of them is asked for alone, or a part is too small for the public.
    """

    question: Question
    edition: Edition
    at: datetime
    counts: list[int | None]
    before: list[int | None] | None
    values: list[float | None]
    total: int | None
    unplaced: int | None
    hidden: bool
    apart: Apart | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing at all was counted, neither in the period nor in that compared with."""
        return self.total == 0 and not any(n is None or n for n in self.before or ())


LATE: Final = "past_due(due_at, paused_at, :at)"
"""The deadline of an open case has passed; ``grids.deadlines.past_due`` says what a pause does."""

# layer: (the view that it counts, which of its rows)
_MEASURES: Final[Mapping[Layer, tuple[str, str]]] = {
    Layer.RECEIVED: ("seen_reports", "true"),
    Layer.OPEN: ("seen_cases", "closed_at IS NULL"),
    # Whose clock has run out: that of a paused case stands, so one that was late before is late, and no other.
    Layer.OVERDUE: ("seen_cases", f"closed_at IS NULL AND {LATE}"),
    # ``unsolved`` in the database says what that is.  No step without a confirmed solution makes it better: the date
    # that was promised first counts, whatever pause or extension came since, and what was merged into another is what
    # that one is, which the views tell as its end.
    Layer.UNSOLVED: (
        "seen_cases",
        "unsolved(end_closed_at, end_promised_at, end_reopened, end_confirmed, end_merged_into, :at)",
    ),
    Layer.REOPENED: ("seen_cases", "reopened > 0"),
}
# Lowest-level areas where nobody is head.
_VACANT = """(
    SELECT b.code AS area_code FROM boundaries b
    WHERE b.edition_id = :edition AND b.level = :lowest AND NOT EXISTS (
        SELECT FROM postings p WHERE p.area_code = b.code AND p.role = 'head' AND p.during @> CAST(:at AS timestamptz))
) vacant"""


def counts_what(layer: Layer) -> str:
    """Answer what a layer counts: reports, cases or areas.

    >>> counts_what(Layer.RECEIVED), counts_what(Layer.OPEN), counts_what(Layer.VACANCIES)
    ('reports', 'cases', 'areas')
    """
    return "areas" if layer is Layer.VACANCIES else _MEASURES[layer][0].removeprefix("seen_")


def rows_of(
    question: Question, edition: Edition, at: datetime, codes: Sequence[str] | None
) -> tuple[str, dict[str, Any]]:
    """Answer the rows of a layer as SQL, ``FROM … WHERE …``, and its parameters.

    Parameters
    ----------
    question : Question
        Its ``against`` is not looked at.
    edition : Edition
        Whose areas may be vacant.
    at : datetime
        The instant that decides what is overdue or vacant.
    codes : sequence of str or None
        The categories of the question's family, None without a family.
    """
    if question.layer is Layer.VACANCIES:
        return f"FROM {_VACANT} WHERE true", {"edition": edition.id, "lowest": edition.levels[-1], "at": at}
    view, measure = _MEASURES[question.layer]
    since, until = question.period.instants
    wanted = {
        "received_at >= :since": since,
        "received_at < :until": until,
        "category_code = ANY (:categories)": None if codes is None else list(codes),
        **_through(question.channel),
    }
    conditions = [measure, *(condition for condition, value in wanted.items() if value is not None)]
    given = {"since": since, "until": until, "categories": wanted["category_code = ANY (:categories)"],
             "channel": PATROL if question.channel == RESIDENTS else question.channel, "at": at}  # fmt: skip
    sql = f"FROM {view} WHERE {' AND '.join(conditions)}"
    return sql, {name: value for name, value in given.items() if f":{name}" in sql}


def _through(channel: str | None) -> dict[str, str | None]:
    return {"channel <> :channel" if channel == RESIDENTS else "channel = :channel": channel}


async def figures(connection: AsyncConnection, question: Question, actor: Actor | None, at: datetime) -> Figures:
    """Answer the figures of a layer as the actor may see them.

    Raises
    ------
    LayerError
        ``unknown_kind``, ``unknown_family``, ``cells_too_fine``.
    NoEditionError
        ``no_boundaries``.
    """
    edition = await edition_of(connection, question, actor, at)
    codes = await categories_of(connection, question, actor)
    seen = await units_seen(connection, edition, question.kind, actor)
    now, unplaced = await counted_by_unit(connection, question, edition, at, codes, len(seen.keys))
    then = None
    if question.against is not None:
        earlier = replace(question, period=question.against)
        then, _ = await counted_by_unit(connection, earlier, edition, at, codes, len(seen.keys))
    few = FEW if actor is None and question.layer is not Layer.VACANCIES else 0
    told = shown(now, few, seen.visible)
    before = None if then is None else shown(then, few, seen.visible)
    rates = rates_of(told, question.per, seen.households, seen.area_m2)
    values = (
        rates if before is None else _difference(rates, rates_of(before, question.per, seen.households, seen.area_m2))
    )
    sums = told_sums(now, told, unplaced, few)
    apart = None
    if question.mixed:
        patrols = replace(question, channel=PATROL)
        found, elsewhere = await counted_by_unit(connection, patrols, edition, at, codes, len(seen.keys))
        apart = _apart(now, unplaced, found, elsewhere, few)
    return Figures(question, edition, at, told, before, values, *sums, few > 0, apart)


def _apart(counts: list[int], unplaced: int, patrol: list[int], patrol_unplaced: int, few: int) -> Apart | None:
    """Answer a total in its parts; None where one of them could not be told if it were asked for alone."""
    said = [count - part for count, part in zip(counts, patrol, strict=True)]
    sums = [
        told_sums(part, shown(part, few), rest, few)[0]
        for part, rest in ((said, unplaced - patrol_unplaced), (patrol, patrol_unplaced))
    ]
    return None if None in sums else Apart(*cast("list[int]", sums))


async def edition_of(connection: AsyncConnection, question: Question, actor: Actor | None, at: datetime) -> Edition:
    """Answer the edition in force, once it is sure that it can answer the question and the actor may ask it."""
    edition = await edition_at(connection, at)
    if edition is None:
        raise NoEditionError("No boundaries are in force yet; an administrator has to activate an edition.")
    resolution = question.resolution
    if resolution is None and question.kind not in edition.levels:
        raise UnknownKindError(f"Choose a level of these boundaries ({', '.join(edition.levels)}) or cell-5 to cell-9.")
    if resolution is not None and actor is None and resolution not in PUBLIC_RESOLUTIONS:
        raise CellsTooFineError("Cells smaller than a grid are shown to staff; choose cell-7 or larger, or log in.")
    return edition


async def categories_of(connection: AsyncConnection, question: Question, actor: Actor | None) -> list[str] | None:
    """Answer the categories of the question's family, None without a family.

    Raises
    ------
    UnknownFamilyError, PrivateFamilyError
        ``unknown_family``, ``private_family``.
    """
    if question.family is None:
        return None
    found = await connection.execute(
        text("SELECT code, bool_and(private) AS private FROM categories WHERE family = :family GROUP BY code"),
        {"family": question.family},
    )
    kinds = found.all()
    if not kinds:
        raise UnknownFamilyError("No category belongs to this family; GET /api/categories lists them.")
    if actor is None and all(kind.private for kind in kinds):
        raise PrivateFamilyError("This family of categories is private: its figures are for staff.")
    return [kind.code for kind in kinds]


async def counted_by_unit(
    connection: AsyncConnection, question: Question, edition: Edition, at: datetime, codes: list[str] | None, units: int
) -> tuple[list[int], int]:
    """Answer the counts by unit number, n = 1 first, and what fell on no unit; nothing is left out here."""
    rows, values = rows_of(question, edition, at, codes)
    resolution = question.resolution
    if resolution is None:
        place, named = "area_code", "SELECT code AS at, n FROM lineage"
    else:
        place, named = f"cells[{RESOLUTIONS.index(resolution) + 1}]", "SELECT cell AS at, n FROM units"
    # OFFSET 0: how many places will be counted the planner cannot know; it takes 200 for them, and would look each of
    # some thousands up by itself.  One row of two lists is read in a tenth of the time of as many rows.
    found = await connection.execute(
        text(
            f"WITH counted AS (SELECT {place} AS at, count(*) AS many {rows} GROUP BY 1),"  # noqa: S608  no word of it comes from a reader
            f" unit AS ({named} WHERE edition_id = :edition AND kind = :kind OFFSET 0),"
            " summed AS (SELECT n, sum(many)::bigint AS many FROM counted LEFT JOIN unit USING (at) GROUP BY n)"
            " SELECT array_agg(n), array_agg(many) FROM summed"
        ),
        values | {"edition": edition.id, "kind": question.kind},
    )
    counts = [0] * units
    unplaced = 0
    for n, many in zip(*(each or () for each in found.one()), strict=True):
        if n is None:
            unplaced = many
        else:
            counts[n - 1] = many
    return counts, unplaced


def shown(counts: list[int], few: int, visible: Sequence[bool] | None = None) -> list[int | None]:
    """Answer which counts are told: none below ``few``, none that would give such a one away, none that is not seen."""
    told: list[int | None] = [None if 0 < count < few else count for count in counts]
    left_out = [n for n, count in enumerate(counts) if 0 < count < few]
    # The total is told: what one number alone leaves to be reckoned, another one has to hide.
    for n in sorted((n for n, count in enumerate(counts) if count >= few > 0), key=counts.__getitem__):
        if not left_out or (len(left_out) > 1 and sum(counts[m] for m in left_out) >= few):
            break
        told[n] = None
        left_out.append(n)
    return told if visible is None else [c if seen else None for c, seen in zip(told, visible, strict=True)]


def told_sums(
    counts: Sequence[int], told: Sequence[int | None], unplaced: int, few: int
) -> tuple[int | None, int | None]:
    """Answer the total and what is on no unit, as far as neither is a small number or leaves one to be reckoned.

    Parameters
    ----------
    counts, told
        By unit, and as they are told (``shown``).
    unplaced : int
        What is on no unit.
    few : int
        The least number that is told; 0: all are.

    Examples
    --------
    >>> told_sums([3, 0], [None, 0], 0, 5), told_sums([9, 0], [9, 0], 2, 5), told_sums([9, 3, 4], [9, None, None], 6, 5)
    ((None, 0), (None, None), (22, 6))
    """
    total = sum(counts) + unplaced
    kept_back = [c for c, one in zip(counts, told, strict=True) if one is None and c] + [unplaced] * (
        0 < unplaced < few
    )
    lone = bool(kept_back) and (len(kept_back) == 1 or sum(kept_back) < few)
    return None if few and (0 < total < few or lone) else total, None if 0 < unplaced < few else unplaced


def rates_of(
    counts: Sequence[int | None], per: Per, households: Sequence[float | None], area_m2: Sequence[float]
) -> list[float | None]:
    """Answer counts held against households (per 1,000) or area (per km²), to four digits, or as they are.

    >>> rates_of([6, None, 1], Per.HOUSEHOLDS, [100, 100, None], [1e6, 1e6, 1e6])
    [60.0, None, None]
    """
    if per is Per.COUNT:
        return list(counts)
    whole = [h and h / 1000 for h in households] if per is Per.HOUSEHOLDS else [a / 1e6 for a in area_m2]
    return [
        None if count is None or not of else float(f"{count / of:.4g}") for count, of in zip(counts, whole, strict=True)
    ]


def _difference(now: Sequence[float | None], before: Sequence[float | None]) -> list[float | None]:
    return [None if a is None or b is None else float(f"{a - b:.4g}") for a, b in zip(now, before, strict=True)]
