"""``/api/boundaries/{edition_id}/findings``: what checks found in an edition, as JSON and GeoPackage; check again."""

import asyncio
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response

from api.errors import LogInRequiredError, problems
from api.routes.finding_documents import (
    ConcernedDocument,
    FindingDocument,
    FindingsDocument,
    OneFindingDocument,
    geojson,
)
from api.service import Service
from api.visits import Visit, Visiting, service_of, session_digest, visiting
from gis.candidates import Candidate, Finding
from gis.edition_areas import ask_areas_of_edition
from grids.areas import served
from grids.editions import check_looks_after_boundaries
from grids.findings import (
    Checked,
    FindingNotFoundError,
    check_again,
    checked,
)
from maps.finding_layers import write_findings

router = APIRouter(prefix="/api/boundaries/{edition_id}", tags=["boundaries"])

EditionNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
_CODES = ("log_in_required", "boundaries_for_administrators", "edition_not_found", "invalid_request", "database_gone")


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
