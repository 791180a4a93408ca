"""Figures of the map layers over HTTP: one short list by unit number, which the browser joins with the tiles."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import problems
from api.questions import Asked, Placeless
from api.visits import Visiting
from gis.hotspot_resolution import Method
from maps.classes import Classes, diverging, sequential
from maps.hotspots import HotspotLayer, Reason, hotspot_layer
from maps.layers import FEW, Figures, counts_what, figures
from maps.questions import Layer, Per

router = APIRouter(prefix="/api", tags=["maps"])


class ClassesDocument(BaseModel):
    """Class breaks and how many units each class holds."""

    model_config = ConfigDict(from_attributes=True)

    kind: Literal["sequential", "diverging"]
    breaks: list[float] = Field(description="upper bounds, included; diverging: by distance from zero on both sides")
    sizes: list[int] = Field(description="units in each class, from the lowest; zero not among them")
    zero: int = Field(description="units with exactly zero")
    missing: int = Field(description="units without a value")


class FiguresDocument(BaseModel):
    """The figures of a layer; lists by the unit's number in the tiles, the unit 1 first."""

    layer: Layer
    level: str
    per: Per
    family: str | None
    channel: str | None
    from_: date | None = Field(alias="from")
    to: date | None
    vs_from: date | None
    vs_to: date | None
    counts_what: Literal["reports", "cases", "areas"]
    edition: str
    edition_id: int
    at: datetime
    total: int | None = Field(description="all that were counted, wherever they are; null: not told to the public")
    by_residents: int | None = Field(description="of the total what residents said; null: not told, or asked for alone")
    by_patrol: int | None = Field(description="of the total what was found on patrol; null likewise")
    unplaced: int | None = Field(description="counted and on no unit: without a pin, or told for a larger area")
    hidden: bool = Field(description="whether numbers below `few` are left out")
    few: int
    counts: list[int | None]
    before: list[int | None] | None
    values: list[float | None] = Field(description="what is coloured: count, rate or difference")
    classes: ClassesDocument

    @classmethod
    def of(cls, told: Figures) -> Self:
        """Answer the document of some figures."""
        asked = told.question
        against = asked.against
        return cls.model_construct(
            layer=asked.layer,
            level=asked.kind,
            per=asked.per,
            family=asked.family,
            channel=asked.channel,
            from_=asked.period.since,
            to=asked.period.until,
            vs_from=against and against.since,
            vs_to=against and against.until,
            counts_what=counts_what(asked.layer),
            edition=told.edition.name,
            edition_id=told.edition.id,
            at=told.at,
            total=told.total,
            by_residents=told.apart and told.apart.residents,
            by_patrol=told.apart and told.apart.patrol,
            unplaced=told.unplaced,
            hidden=told.hidden,
            few=FEW,
            counts=told.counts,
            before=told.before,
            values=told.values,
            classes=ClassesDocument.model_validate(classes_of(told)),
        )


def classes_of(told: Figures) -> Classes:
    """Answer how the values of a map fall into classes."""
    return sequential(told.values) if told.before is None else diverging(told.values)


@router.get(
    "/figures",
    response_model=FiguresDocument,
    responses=problems(
        "empty_period", "unknown_kind", "unknown_family", "private_family", "unknown_channel", "not_by_cell",
        "vacancies_of_now", "cells_too_fine", "invalid_request", "no_boundaries", "database_gone",
    ),
)  # fmt: skip
async def figures_of_a_layer(visit: Visiting, asked: Asked) -> FiguresDocument:
    """The figures of one layer by area or cell, as whoever asks may see them."""
    return FiguresDocument.of(await figures(visit.connection, asked, visit.actor, visit.now))


class HotspotsDocument(BaseModel):
    """The cells that are told from chance, or the one asked for; lists of equal length."""

    layer: Layer
    level: str = Field(description="the cells: the finest at which chance can be judged")
    per: Per
    edition: str
    edition_id: int
    at: datetime
    method: Method = Field(description="`too_few`: nothing was tested, all lists are empty")
    reason: Reason | None = Field(
        description="of `too_few` what there is too little of: reports, cells, or (for rates) cells with households"
    )
    total: int | None = Field(description="reports or cases with a pin in the cells that were tested; null: few")
    cells: int = Field(description="cells that were tested, those with nothing included")
    n: list[int] = Field(description="the cell's number in the tiles")
    coarse: bool = Field(description="as for the public: no counts of single cells, and nothing they could be had from")
    count: list[int | None] = Field(description="in the cell")
    sum: list[int | None] = Field(description="in the cell and its neighbours; coarse: to the nearest five")
    expected: list[float] = Field(
        description="in the cell and its neighbours, if all were alike; coarse: a whole number"
    )
    z: list[float | None] = Field(description="Gi*, for comparison with other software; no bin is made of it")
    q: list[float] = Field(
        description="p of the number of reports after Benjamini-Hochberg; coarse: the least that its bin allows for"
    )
    bin: list[int] = Field(description="3, 2, 1 hot at 99, 95, 90 %; -3, -2, -1 cold; 0 not told from chance")

    @classmethod
    def of(cls, told: HotspotLayer) -> Self:
        """Answer the document of a hotspot layer."""
        return cls.model_construct(
            layer=told.question.layer,
            level=told.question.kind,
            per=told.question.per,
            edition=told.edition.name,
            edition_id=told.edition.id,
            at=told.at,
            method=told.method,
            reason=told.reason,
            total=told.total,
            cells=told.cells,
            n=told.n,
            coarse=told.coarse,
            count=told.count,
            sum=told.observed,
            expected=told.expected,
            z=told.z,
            q=told.q,
            bin=told.bin,
        )


@router.get(
    "/hotspots",
    response_model=HotspotsDocument,
    responses=problems(
        "empty_period", "unknown_kind", "unknown_family", "private_family", "private_elsewhere", "unknown_channel",
        "not_by_cell", "invalid_request", "no_boundaries", "database_gone",
    ),
)  # fmt: skip
async def hotspots_of_a_layer(
    visit: Visiting,
    asked: Placeless,
    cell: Annotated[str | None, Query(max_length=16, description="an H3 index: tell of this cell alone")] = None,
) -> HotspotsDocument:
    """Where a layer gathers more, or less, than chance would do, by H3 cell; Gi* stands beside the bins."""
    return HotspotsDocument.of(await hotspot_layer(visit.connection, asked, visit.actor, visit.now, cell=cell))
