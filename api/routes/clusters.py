"""Clusters and outliers for programs: which areas are like those around them, and which are unlike."""

from datetime import datetime
from typing import Literal, Self

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.errors import problems
from api.questions import Asked
from api.visits import Visiting
from grids.language import Words
from maps import cluster_words
from maps.clusters import ClusterLayer, cluster_layer
from maps.hotspots import Reason
from maps.questions import Layer, Per

router = APIRouter(prefix="/api", tags=["maps"])


class ClustersDocument(BaseModel):
    """The units that are told from chance; lists of equal length."""

    layer: Layer
    level: str
    per: Per
    edition: str
    edition_id: int
    at: datetime
    reason: Reason | None = Field(
        description="of what there is too little to test; `few_cells`: of areas; null: tested"
    )
    verdict: str | None = Field(description="why nothing was tested or that nothing was found, in words")
    notes: list[str] = Field(description="what to know before it is shown to anybody, in words")
    units: int = Field(description="areas or cells that took part")
    islands: int = Field(description="of them, those that touch no other and are not judged")
    mean: float | None = Field(description="of all; of rates that of all together; null: not told to the public")
    coarse: bool = Field(description="as for the public: which units, and no number")
    n: list[int] = Field(description="the unit's number in the tiles")
    quadrant: list[Literal[1, 2, 3, 4]] = Field(
        description="1 high among high, 2 low among high, 3 low among low, 4 high among low"
    )
    value: list[float | None] = Field(description="of the unit: a count, per 1,000 households or per km²")
    around: list[float | None] = Field(description="of its neighbours")
    i: list[float | None] = Field(description="local Moran's I; of rates, of those standardised by households")
    z: list[float | None] = Field(description="for comparison with other software; nothing is decided by it")
    q: list[float | None] = Field(description="by permutation, after Benjamini-Hochberg")
    said: list[str] = Field(description="a sentence that explains the unit, in the language of the answer")

    @classmethod
    def of(cls, told: ClusterLayer, words: Words) -> Self:
        """Answer the document of clusters and outliers."""
        return cls.model_construct(
            layer=told.question.layer,
            level=told.question.kind,
            per=told.question.per,
            edition=told.edition.name,
            edition_id=told.edition.id,
            at=told.at,
            reason=told.reason,
            verdict=cluster_words.verdict(told, words),
            notes=cluster_words.notes(told, words),
            units=told.units,
            islands=told.islands,
            mean=told.mean,
            coarse=told.coarse,
            n=told.n,
            quadrant=told.quadrant,
            value=told.value,
            around=told.around,
            i=told.i,
            z=told.z,
            q=told.q,
            said=[cluster_words.sentence(told, at, words) for at in range(len(told.n))],
        )


@router.get(
    "/clusters",
    response_model=ClustersDocument,
    responses=problems(
        "empty_period", "unknown_kind", "unknown_family", "private_family", "private_elsewhere", "unknown_channel",
        "not_by_cell", "vacancies_of_now", "cells_too_fine", "invalid_request", "no_boundaries", "database_gone",
    ),
)  # fmt: skip
async def clusters_of_a_layer(visit: Visiting, asked: Asked) -> ClustersDocument:
    """Which areas are significantly like those around them, and which unlike: local Moran's I."""
    return ClustersDocument.of(await cluster_layer(visit.connection, asked, visit.actor, visit.now), visit.words)
