"""``/boundaries/{edition_id}/checks``: what checks found in an edition, a list beside a map; it needs no script."""

from collections import Counter
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.looking_after import EditionId, check_looks_after, check_now, found_in
from api.rendering import page
from api.service import Service
from api.visits import Visiting, service_of
from gis.candidates import SEVERITIES, Finding
from grids.finding_words import advice, kind_name, place, sentence
from grids.findings import Checked
from grids.language import Words

router = APIRouter()

MOST: Final = 200
"""More lines are nobody's list; a filter or the file shows the rest."""


@router.get("/boundaries/{edition_id}/checks")
async def show(
    request: Request, visit: Visiting, edition_id: EditionId, kind: str = "", severity: str = ""
) -> HTMLResponse:
    """Show what was found, all of it or of one kind or severity."""
    await check_looks_after(visit)
    found = await found_in(visit, edition_id)
    chosen = found.chosen(kind, severity)
    lines = [_line(n, one, visit.words) for n, one in chosen[:MOST]]
    return await page(
        request,
        visit,
        "findings.html",
        found=found,
        counts=found.counts(),
        kinds=_kinds(found, visit.words),
        kind=kind,
        severity=severity,
        severities=SEVERITIES,
        address=_address(edition_id, kind, severity),
        lines=lines,
        marks=[{name: line[name] for name in ("n", "severity", "kind", "place", "box")} for line in lines],
        more=sum(one.count for _, one in chosen) - sum(one.count for _, one in chosen[:MOST] if one.kind != "more"),
        unlisted=any(one.kind == "more" for _, one in found.findings),
    )


@router.post("/boundaries/{edition_id}/checks")
async def again(request: Request, service: Annotated[Service, Depends(service_of)], edition_id: EditionId) -> Response:
    """Check the edition again and lead back to the list."""
    await check_now(request, service, edition_id)
    return RedirectResponse(f"/boundaries/{edition_id}/checks", 303)


def _kinds(found: Checked, words: Words) -> list[tuple[str, str, int]]:
    """Answer the kinds that were found, in the order of their worst, with their names and how many there are."""
    count: Counter[str] = Counter()
    for _, one in found.findings:
        count[one.of_kind] += one.count
    return [(kind, kind_name(kind, words), number) for kind, number in count.items()]


def _address(edition_id: int, kind: str, severity: str) -> Any:
    def address(**changed: str) -> str:
        asked = {"kind": kind, "severity": severity, **changed}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"/boundaries/{edition_id}/checks{'?' if query else ''}{query}"

    return address


def _line(n: int, one: Finding, words: Words) -> dict[str, Any]:
    where = place(one)
    shape = one.shape if one.shape is not None else one.repaired
    return {
        "n": n,
        "severity": one.severity,
        "kind": kind_name(one.kind, words),
        "sentence": sentence(one, words),
        "advice": advice(one, words),
        "place": where,
        "box": None if shape is None or shape.is_empty else shape.bounds,
    }
