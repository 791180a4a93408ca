"""``POST /api/boundaries/import``: what a boundary file would change and what is wrong with it; perhaps loaded."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.boundary_importing import FIELDS, load, understand
from api.boundary_uploads import sent_files
from api.errors import problems
from api.languages import language_of, words_for
from api.looking_after import check_looks_after
from api.routes.finding_documents import FoundDocument
from api.visits import service_of, session_digest, visiting
from gis.candidates import counts
from grids.boundary_import import Understood
from grids.language import Words

router = APIRouter(prefix="/api/boundaries", tags=["boundaries"])

_FILE: dict[str, Any] = {"type": "string", "format": "binary", "description": "at most 50 MB, all together"}
_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file", "edition"],
    "properties": {"file": {"type": "array", "items": _FILE, "maxItems": 12}}
    | {name: {"type": "string"} for name in (*FIELDS, "commit")},
}
_MOST_FINDINGS = 500


class LevelCount(BaseModel):
    """A level and how many areas it has."""

    level: str
    areas: int


class ImportDocument(BaseModel):
    """What loading would store, or has stored."""

    edition_id: int | None = Field(description="null: nothing was changed; say `commit=true`")
    datum: str
    levels: list[LevelCount] = Field(description="top first")
    parents: dict[str, int] = Field(description="how many were found by column, code or ground")
    kept: int = Field(description="areas that stay as they are in force; with `within` alone")
    left_out: int = Field(description="areas of the file that lie outside of what is redrawn")
    changes: dict[str, dict[str, int]] | None = Field(description="by level and kind; null: nothing is in force")
    tolerances_m: dict[str, float] = Field(description="how far off an area of each level is near; 0: never")
    counts: dict[str, int] = Field(description="findings by severity, all of them")
    findings: list[FoundDocument] = Field(description="the worst first, the first 500")


@router.post(
    "/import",
    responses=problems(
        "log_in_required", "boundaries_for_administrators", "boundary_file_refused", "boundary_file_too_large",
        "same_edition", "unknown_datum", "bad_tolerance", "cross_site", "invalid_request", "database_gone",
    ),
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
)  # fmt: skip
async def import_boundaries(request: Request) -> ImportDocument:
    """Read boundary files, all of one set, and answer what they would change; with `commit=true` load an edition."""
    service = service_of(request)
    async with visiting(request, service) as visit:
        await check_looks_after(visit)
        person = visit.actor.person_id if visit.actor else 0
    sent, form = await sent_files(request)
    now, uploads, number = service.clock(), service.boundary_uploads, None
    try:
        typed = {name: value.strip() for name in (*FIELDS, "commit") if isinstance(value := form.get(name), str)}
        async with uploads.at_hand(sent, person, now) as kept:
            layers = await uploads.layers(kept, typed.get("layer") or None, typed.get("encoding") or None)
            read = await understand(service, layers, typed, now)
            if typed.get("commit") == "true":
                number = await load(service, read, typed, kept.names, session_digest(request), now)
    finally:
        await form.close()
    return _document(read, number, words_for(language_of(request)))


def _document(read: Understood, number: int | None, words: Words) -> ImportDocument:
    told = read.draft.told
    return ImportDocument(
        edition_id=number,
        datum=str(read.draft.datum),
        levels=[LevelCount(level=level, areas=n) for level, n in read.draft.candidate.counts().items()],
        parents={way: n for way, n in told.parents.items() if way != "none"},
        kept=told.kept,
        left_out=told.left_out,
        changes={level: dict(kinds) for level, kinds in read.changes.items()} if read.changes is not None else None,
        tolerances_m=read.draft.tolerances,
        counts={str(severity): n for severity, n in counts(read.found).items()},
        findings=[FoundDocument.of(one, words) for one in read.found[:_MOST_FINDINGS]],
    )
