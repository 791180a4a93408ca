"""What checks found, as JSON: the same for an edition, for a file that is imported, and in the shell."""

import json
from datetime import datetime
from typing import Any, Self

import numpy as np
import shapely
from pydantic import BaseModel, Field

from gis.candidates import Finding, Severity
from grids.finding_words import advice, kind_name, place, sentence
from grids.findings import Checked
from grids.language import Words


class PlaceDocument(BaseModel):
    """A point in what was found, WGS84."""

    lon: float
    lat: float


class FoundDocument(BaseModel):
    """One thing that is wrong or remarkable, in words, and where it is."""

    kind: str = Field(examples=["gap"])
    kind_name: str
    severity: Severity
    codes: list[str]
    area_m2: float | None
    place: PlaceDocument | None = Field(description="a point in it; null: it is nowhere")
    sentence: str
    advice: str

    @classmethod
    def of(cls, found: Finding, words: Words) -> Self:
        """Answer the document of a finding in a language."""
        return cls(**_said(found, words))


class FindingDocument(FoundDocument):
    """One thing that is wrong or remarkable, with its number and its shape."""

    n: int = Field(description="its number within the edition")
    params: dict[str, Any] = Field(description="the values in the sentence, by name")
    shape: dict[str, Any] | None = Field(description="GeoJSON, WGS84: where it is")
    repaired: dict[str, Any] | None = Field(description="GeoJSON, WGS84: what the area became, or would become")

    @classmethod
    def numbered(cls, n: int, found: Finding, words: Words) -> Self:
        """Answer the document of a finding that has a number, in a language."""
        return cls(
            **_said(found, words),
            n=n,
            params=dict(found.params),
            shape=geojson(found.shape),
            repaired=geojson(found.repaired),
        )


class FindingsDocument(BaseModel):
    """An edition and what was found in it."""

    edition: str
    checked_at: datetime | None = Field(description="null: no checks were run yet")
    against: str | None = Field(description="the edition that it was compared with")
    areas: int
    forbidden: str | None = Field(
        description="what forbids activation: unchecked, errors, warnings (unless they are accepted); null: nothing"
    )
    counts: dict[str, int] = Field(
        description="all, also those that `more` counts alone", examples=[{"error": 0, "warning": 2, "note": 1}]
    )
    findings: list[FindingDocument]

    @classmethod
    def of(cls, found: Checked, words: Words, kind: str | None = None, severity: str | None = None) -> Self:
        """Answer the document in a language, of one kind or severity if that was asked for."""
        return cls(
            edition=found.edition,
            checked_at=found.checked_at,
            against=found.against,
            areas=found.areas,
            forbidden=found.forbidden,
            counts={str(severity): count for severity, count in found.counts().items()},
            findings=[FindingDocument.numbered(n, one, words) for n, one in found.chosen(kind, severity)],
        )


class ConcernedDocument(BaseModel):
    """The outline of an area that a finding concerns, in the edition."""

    code: str
    name: str
    level: str
    shape: dict[str, Any]


class OneFindingDocument(FindingDocument):
    """A finding with the outlines of the areas that it concerns."""

    areas: list[ConcernedDocument]


def geojson(shape: Any) -> dict[str, Any] | None:
    """Answer a shape as GeoJSON; None for one that is empty."""
    if shape is None or shape.is_empty:
        return None
    # Seven decimals are a centimetre.
    rounded = shapely.transform(shape, lambda corners: np.round(corners, 7))
    answer: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return answer


def _said(found: Finding, words: Words) -> dict[str, Any]:
    where = place(found)
    return {
        "kind": found.kind,
        "kind_name": kind_name(found.kind, words),
        "severity": found.severity,
        "codes": list(found.codes),
        "area_m2": found.area_m2,
        "place": None if where is None else PlaceDocument(lon=where[0], lat=where[1]),
        "sentence": sentence(found, words),
        "advice": advice(found, words),
    }
