"""Emerging hotspots for programs: which cells have a type over the months or weeks, each with its sentence."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import problems
from api.questions import Placeless
from api.visits import Visiting
from gis.emerging import Kind
from grids.language import Words
from maps import emerging_words
from maps.emerging import EmergingLayer, Reason, emerging_layer
from maps.questions import Layer
from maps.steps import Step

router = APIRouter(prefix="/api", tags=["maps"])


class TypeDocument(BaseModel):
    """A type that some cell has."""

    model_config = ConfigDict(from_attributes=True)

    kind: Kind
    side: Literal["hot", "cold"]
    name: str
    rule: str = Field(description="in words; a step is a month or week that was tested")
    units: int = Field(description="how many cells have it")


class EmergingDocument(BaseModel):
    """The cells that have a type, or the one asked for; lists of equal length but for those of steps."""

    layer: Layer
    level: str = Field(description="the cells: the finest that nine steps of ten carry")
    step: Step
    family: str | None
    channel: str | None
    edition: str
    edition_id: int
    at: datetime
    first_days: list[date] = Field(description="first day of each step, and the day after the last")
    tested: list[bool] = Field(description="which steps held enough to be tested; the others are left out")
    reason: Reason | None = Field(description="why nothing is said; null: it is")
    verdict: str | None = Field(description="why nothing is said or that no cell has a type, in words")
    notes: list[str] = Field(description="what to know before it is shown to anybody, in words")
    total: int | None = Field(description="with a pin in the cells, over all steps; null: few")
    by_residents: int | None = Field(description="of the total what residents said; null: not told, or asked for alone")
    by_patrol: int | None = Field(description="of the total what was found on patrol; null likewise")
    cells: int = Field(description="cells that were tested, those with nothing included")
    coarse: bool = Field(description="as for the public: sums to the nearest five, no z")
    types: list[TypeDocument] = Field(description="those that some cell has, hot ones first")
    n: list[int] = Field(description="the cell's number in the tiles")
    kind: list[Kind]
    side: list[Literal[-1, 0, 1]] = Field(description="1 hot, -1 cold, 0 without a type")
    often: list[int] = Field(description="in how many tested steps it was hot, or cold")
    run: list[int] = Field(description="how many of them are the last ones without a break")
    sum: list[int] = Field(description="in the last step, in the cell and its neighbours")
    expected: list[float] = Field(description="the same, if all cells were alike")
    q: list[float] = Field(description="of the last step, after Benjamini-Hochberg; coarse: the bound of its bin")
    said: list[str] = Field(description="a sentence that explains the cell, in the language of the answer")

    @classmethod
    def of(cls, told: EmergingLayer, words: Words) -> Self:
        """Answer the document of emerging hotspots."""
        return cls.model_construct(
            layer=told.question.layer,
            level=told.question.kind,
            step=told.steps.step,
            family=told.question.family,
            channel=told.question.channel,
            edition=told.edition.name,
            edition_id=told.edition.id,
            at=told.at,
            first_days=list(told.steps.first_days),
            tested=told.tested,
            reason=told.reason,
            verdict=emerging_words.verdict(told, words),
            notes=emerging_words.notes(told, words),
            total=told.total,
            by_residents=told.apart and told.apart.residents,
            by_patrol=told.apart and told.apart.patrol,
            cells=told.cells,
            coarse=told.coarse,
            types=[TypeDocument.model_validate(each) for each in emerging_words.legend(told, words)],
            n=told.n,
            kind=told.kind,
            side=told.side,
            often=told.often,
            run=told.run,
            sum=told.observed,
            expected=told.expected,
            q=told.q,
            said=[emerging_words.sentence(told, at, words) for at in range(len(told.n))],
        )


@router.get(
    "/emerging",
    response_model=EmergingDocument,
    responses=problems(
        "empty_period", "unknown_kind", "unknown_family", "private_family", "private_elsewhere", "unknown_channel",
        "not_by_cell", "rates_over_time", "too_many_steps", "invalid_request", "no_boundaries", "database_gone",
    ),
)  # fmt: skip
async def emerging_hotspots(
    visit: Visiting,
    asked: Placeless,
    step: Annotated[Step, Query(description="whole ones that are over; without `from` the last 24")] = Step.MONTH,
    cell: Annotated[str | None, Query(max_length=16, description="an H3 index: tell of this cell alone")] = None,
) -> EmergingDocument:
    """What each H3 cell has done over months or weeks: new, consecutive, persistent … hotspots and cold spots."""
    told = await emerging_layer(visit.connection, asked, step, visit.actor, visit.now, cell=cell)
    return EmergingDocument.of(told, visit.words)
