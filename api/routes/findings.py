"""``/api/boundaries/{edition_id}/findings``: what checks found in an edition, as JSON and GeoPackage; check again."""

import asyncio
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.errors import problems
from api.looking_after import EditionId, check_looks_after, check_now, found_in
from api.routes.finding_documents import (
    ConcernedDocument,
    FindingDocument,
    FindingsDocument,
    OneFindingDocument,
    geojson,
)
from api.service import Service
from api.visits import Visit, Visiting, service_of, visiting
from gis.boundary_checks import in_order
from gis.candidates import Candidate, Finding
from gis.edition_areas import ask_areas_of_edition
from grids.findings import OF_THE_FILE, FindingNotFoundError, find_all
from maps.finding_layers import write_findings

router = APIRouter(prefix="/api/boundaries/{edition_id}", tags=["boundaries"])

_CODES = ("log_in_required", "boundaries_for_administrators", "edition_not_found", "invalid_request", "database_gone")


@router.get("/findings", responses=problems(*_CODES))
async def findings(
    visit: Visiting,
    edition_id: EditionId,
    kind: Annotated[str | None, Query(max_length=32)] = None,
    severity: Annotated[str | None, Query(max_length=32)] = None,
) -> FindingsDocument:
    """What checks found in an edition, the worst first, and whether that forbids its activation; for administrators."""
    await check_looks_after(visit)
    return FindingsDocument.of(await found_in(visit, edition_id), visit.words, kind, severity)


@router.post("/findings", responses=problems(*_CODES, "cross_site", "checks_busy"))
async def check_edition(
    request: Request, service: Annotated[Service, Depends(service_of)], edition_id: EditionId
) -> FindingsDocument:
    """Check an edition again; takes seconds.  What only its file could show stays."""
    await check_now(request, service, edition_id)
    async with visiting(request, service) as visit:
        return FindingsDocument.of(await found_in(visit, edition_id), visit.words)


@router.get(
    "/findings.gpkg",
    response_class=Response,
    responses={200: {"content": {"application/geopackage+sqlite3": {}}}, **problems(*_CODES, "checks_busy")},
)
async def findings_file(
    visit: Visiting,
    service: Annotated[Service, Depends(service_of)],
    edition_id: EditionId,
    every: Annotated[
        bool, Query(alias="all", description="found anew, which takes seconds, and not the 500 largest of a kind alone")
    ] = False,
) -> Response:
    """The same as a GeoPackage that opens in QGIS with its styles."""
    await check_looks_after(visit)
    kept = [one for _, one in (await found_in(visit, edition_id)).findings]
    found = kept
    if every:
        anew = await find_all(service.connections.lend, edition_id, visit.now)
        found = in_order([*(one for one in kept if one.of_kind in OF_THE_FILE), *anew])
    areas = await _areas(visit, edition_id, sorted({code for one in found for code in one.codes}))
    content = await asyncio.to_thread(_file, found, areas)
    return Response(
        content,
        media_type="application/geopackage+sqlite3",
        headers={"Content-Disposition": f'attachment; filename="findings-{edition_id}.gpkg"'},
    )


@router.get("/findings/{n}", responses=problems(*_CODES, "finding_not_found"))
async def finding(
    visit: Visiting, edition_id: EditionId, n: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> OneFindingDocument:
    """One finding with the outlines of the areas that it concerns, twenty at most."""
    await check_looks_after(visit)
    found = await found_in(visit, edition_id, n)
    if not found.findings:
        raise FindingNotFoundError("There is no such finding; the edition may have been checked again.")
    number, one = found.findings[0]
    areas = await _areas(visit, edition_id, one.codes[:20])
    concerned = [
        ConcernedDocument(code=code, name=name, level=areas.levels[level], shape=geojson(shape) or {})
        for code, name, level, shape in zip(areas.codes, areas.names, areas.level, areas.shapes, strict=True)
    ]
    return OneFindingDocument(**FindingDocument.numbered(number, one, visit.words).model_dump(), areas=concerned)


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
