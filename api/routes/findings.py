"""``/api/boundaries/{edition_id}/findings``: what checks found in an edition, as JSON and GeoPackage; check again."""

import asyncio
import json
from datetime import datetime
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Self

import numpy as np
import shapely
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.errors import LogInRequiredError, problems
from api.service import Service
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from gis.candidates import Candidate, Finding
from gis.edition_areas import ask_areas_of_edition
from grids.areas import served
from grids.editions import check_looks_after_boundaries
from grids.finding_words import advice, kind_name, place, sentence
from grids.findings import (
    Checked,
    FindingNotFoundError,
    check_again,
    checked,
)
from grids.language import Words
from maps.finding_layers import write_findings

router = APIRouter(prefix="/api/boundaries/{edition_id}", tags=["boundaries"])

EditionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
_CODES = ("log_in_required", "boundaries_for_administrators", "edition_not_found", "invalid_request", "database_gone")


class PlaceDocument(BaseModel):
    """A point in what was found, WGS84."""

    lon: float
    lat: float


class FindingDocument(BaseModel):
    """One thing that is wrong or remarkable."""

    n: int = Field(description="its number within the edition")
    kind: str = Field(examples=["gap"])
    kind_name: str
    severity: str = Field(examples=["warning"], description="error, warning or note")
    codes: list[str]
    area_m2: float | None
    place: PlaceDocument | None
    sentence: str
    advice: str
    params: dict[str, Any] = Field(description="the values in the sentence, by name")
    shape: dict[str, Any] | None = Field(description="GeoJSON, WGS84: where it is")
    repaired: dict[str, Any] | None = Field(description="GeoJSON, WGS84: what the area became, or would become")

    @classmethod
    def of(cls, n: int, found: Finding, words: Words) -> Self:
        """Answer the document of a finding in a language."""
        where = place(found)
        return cls(
            n=n,
            kind=found.kind,
            kind_name=kind_name(found.kind, words),
            severity=found.severity,
            codes=list(found.codes),
            area_m2=found.area_m2,
            place=None if where is None else PlaceDocument(lon=where[0], lat=where[1]),
            sentence=sentence(found, words),
            advice=advice(found, words),
            params=dict(found.params),
            shape=_geojson(found.shape),
            repaired=_geojson(found.repaired),
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
    counts: dict[str, int] = Field(examples=[{"error": 0, "warning": 2, "note": 1}])
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
            findings=[FindingDocument.of(n, one, words) for n, one in found.chosen(kind, severity)],
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


def _geojson(shape: Any) -> dict[str, Any] | None:
    if shape is None or shape.is_empty:
        return None
    # Seven decimals are a centimetre.
    rounded = shapely.transform(shape, lambda corners: np.round(corners, 7))
    answer: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return answer


async def check_may_look(visit: Visit) -> None:
    """Pass for whoever looks after boundaries.

    Raises
    ------
    LogInRequiredError, BoundariesForAdministratorsError
        ``log_in_required``, ``boundaries_for_administrators``.
    """
    if visit.actor is None:
        raise LogInRequiredError("Boundaries are looked after by administrators: log in first.")
    topmost = await served(visit.connection, visit.now)
    check_looks_after_boundaries(visit.actor, frozenset(area.code for area in topmost))


async def read(visit: Visit, edition_id: int, n: int | None = None) -> Checked:
    """Answer what was found, on the visit's own connection, which knows the actor."""
    raw = (await visit.connection.get_raw_connection()).driver_connection
    if raw is None:
        raise RuntimeError("the connection has no driver")
    return await checked(raw, edition_id, n)


async def check_now(request: Request, service: Service, edition_id: int) -> None:
    """Check an edition again for whoever asks; no visit is held meanwhile."""
    async with visiting(request, service) as visit:
        await check_may_look(visit)
    await check_again(service.connections.lend, edition_id, session_digest=session_digest(request), now=service.clock())


@router.get("/findings", responses=problems(*_CODES))
async def findings(
    visit: Visiting,
    edition_id: EditionNumber,
    kind: Annotated[str | None, Query(max_length=32)] = None,
    severity: Annotated[str | None, Query(max_length=32)] = None,
) -> FindingsDocument:
    """What checks found in an edition, the worst first, and whether that forbids its activation; for administrators."""
    await check_may_look(visit)
    return FindingsDocument.of(await read(visit, edition_id), visit.words, kind, severity)


@router.post("/findings", responses=problems(*_CODES, "cross_site", "checks_busy"))
async def check_edition(
    request: Request, service: Annotated[Service, Depends(service_of)], edition_id: EditionNumber
) -> FindingsDocument:
    """Check an edition again; takes seconds.  What only its file could show stays."""
    await check_now(request, service, edition_id)
    async with visiting(request, service) as visit:
        return FindingsDocument.of(await read(visit, edition_id), visit.words)


@router.get(
    "/findings.gpkg",
    response_class=Response,
    responses={200: {"content": {"application/geopackage+sqlite3": {}}}, **problems(*_CODES)},
)
async def findings_file(visit: Visiting, edition_id: EditionNumber) -> Response:
    """The same as a GeoPackage that opens in QGIS with its styles."""
    await check_may_look(visit)
    found = await read(visit, edition_id)
    codes = sorted({code for _, one in found.findings for code in one.codes})
    areas = await _areas(visit, edition_id, codes)
    content = await asyncio.to_thread(_file, [one for _, one in found.findings], areas)
    return Response(
        content,
        media_type="application/geopackage+sqlite3",
        headers={"Content-Disposition": f'attachment; filename="findings-{edition_id}.gpkg"'},
    )


@router.get("/findings/{n}", responses=problems(*_CODES, "finding_not_found"))
async def finding(
    visit: Visiting, edition_id: EditionNumber, n: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> OneFindingDocument:
    """One finding with the outlines of the areas that it concerns, twenty at most."""
    await check_may_look(visit)
    found = await read(visit, edition_id, n)
    if not found.findings:
        raise FindingNotFoundError("There is no such finding; the edition may have been checked again.")
    number, one = found.findings[0]
    areas = await _areas(visit, edition_id, one.codes[:20])
    concerned = [
        ConcernedDocument(code=code, name=name, level=areas.levels[level], shape=_geojson(shape) or {})
        for code, name, level, shape in zip(areas.codes, areas.names, areas.level, areas.shapes, strict=True)
    ]
    return OneFindingDocument(**FindingDocument.of(number, one, visit.words).model_dump(), areas=concerned)


async def _areas(visit: Visit, edition_id: int, codes: Any) -> Candidate:
    raw = (await visit.connection.get_raw_connection()).driver_connection
    if raw is None:
        raise RuntimeError("the connection has no driver")
    return await ask_areas_of_edition(raw, edition_id, list(codes))


def _file(found: list[Finding], areas: Candidate) -> bytes:
    with TemporaryDirectory(prefix="gridwarden-findings-") as folder:
        path = FilePath(folder) / "findings.gpkg"
        write_findings(path, found, areas)
        return path.read_bytes()
