"""``/boundaries/import``: files are sent, columns get a meaning, what would change is shown, they are loaded.

For administrators of a topmost area.  Works without script: each answer to a question is in the address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.boundary_importing import FIELDS, asked_of, load, understand
from api.boundary_uploads import KeptFiles, sent_files
from api.errors import STATUS, problem_of
from api.looking_after import check_looks_after
from api.pages.boundary_sketch import HEIGHT, WIDTH, draw
from api.rendering import page
from api.visits import Visit, service_of, session_digest, visiting
from gis.boundary_fields import Columns, guess, text
from gis.boundary_files import Layer
from gis.boundary_refusals import BoundaryFileError
from gis.candidates import counts
from gis.datums import Datum
from gis.errors import GridwardenError
from grids.boundary_import import Understood
from grids.editions import editions
from grids.finding_words import advice, kind_name, place, sentence

router = APIRouter()

_SAMPLES: Final = 3
_SAMPLE_LENGTH: Final = 24
_SHOWN: Final = 60
_MOST_OF_AN_ANSWER: Final = 200
# The same file may do when something else is said of it.
_ASK_AGAIN: Final = frozenset(
    {"layers", "no_layer", "encoding", "encoding_given", "encoding_noted", "encoding_unknown", "encoding_unsure"}
)


@router.get("/boundaries/import")
async def ask(request: Request) -> HTMLResponse:
    """Ask for a file, or for several of one set."""
    async with visiting(request, service_of(request)) as visit:
        await check_looks_after(visit)
        return await page(request, visit, "boundary_import.html", **_NOTHING)


@router.post("/boundaries/import")
async def take(request: Request) -> Response:
    """Keep what is sent, and lead on to what it holds."""
    service = service_of(request)
    async with visiting(request, service) as visit:
        person = await _person(visit)
    try:
        sent, form = await sent_files(request)
        try:
            kept = await service.boundary_uploads.keep(sent, person, service.clock())
        finally:
            await form.close()
    except GridwardenError as error:
        async with visiting(request, service) as visit:
            return await page(
                request,
                visit,
                "boundary_import.html",
                status=_status(error),
                **_NOTHING | {"error": _said(error, visit)},
            )
    return RedirectResponse(f"/boundaries/import/{kept.token}", 303)


@router.get("/boundaries/import/{token}")
async def show(request: Request, token: str) -> HTMLResponse:
    """Show what the files hold and ask what columns mean; once that is said, what loading would change."""
    return await _answer(request, token, _typed(request.query_params))


@router.post("/boundaries/import/{token}/load")
async def begin(request: Request, token: str) -> Response:
    """Load what was sent as an edition."""
    service = service_of(request)
    typed = _typed({name: value for name, value in (await request.form()).items() if isinstance(value, str)})
    try:
        kept = await _kept(request, token)
        layers = await service.boundary_uploads.layers(kept, typed.get("layer"), typed.get("encoding"))
        now = service.clock()
        read = await understand(service, layers, typed, now)
        number = await load(service, read, typed, kept.names, session_digest(request), now)
    except GridwardenError as error:
        if isinstance(error, BoundaryFileError) and error.reason == "kept_upload":
            raise
        return await _answer(request, token, typed, error)
    service.boundary_uploads.remove(kept)
    return RedirectResponse(f"/boundaries/{number}", 303)


async def _answer(
    request: Request, token: str, typed: Mapping[str, str], error: GridwardenError | None = None
) -> HTMLResponse:
    service = service_of(request)
    kept = await _kept(request, token)
    layers, read, drawing = None, None, None
    try:
        layers = await service.boundary_uploads.layers(kept, typed.get("layer"), typed.get("encoding"))
        if typed.get("edition") and error is None:
            read = await understand(service, layers, typed, service.clock())
            drawing = await asyncio.to_thread(draw, read.draft.candidate, read.found)
    except GridwardenError as refused:
        error = refused
    async with visiting(request, service) as visit:
        now = [edition for edition in await editions(visit.connection, visit.now) if edition.state == "in_force"]
        return await page(
            request, visit, "boundary_import.html", status=_status(error) if error else 200,
            files=kept.names, token=token, typed=typed, error=_said(error, visit) if error else "",
            again=isinstance(error, BoundaryFileError) and error.reason in _ASK_AGAIN,
            held=None if layers is None else _shown(layers, typed), datums=tuple(Datum),
            near_now=_near(now[0].tolerances) if now else [],
            result=None if read is None else _result(read, visit), drawing=drawing, size=(WIDTH, HEIGHT),
        )  # fmt: skip


_NOTHING: Final[dict[str, Any]] = {
    "files": (), "token": None, "typed": {}, "error": "", "again": False, "held": None, "result": None,
    "drawing": None,
}  # fmt: skip


async def _kept(request: Request, token: str) -> KeptFiles:
    service = service_of(request)
    async with visiting(request, service) as visit:
        return await service.boundary_uploads.find(token, await _person(visit), visit.now)


async def _person(visit: Visit) -> int:
    await check_looks_after(visit)
    if visit.actor is None:
        raise RuntimeError("whoever looks after boundaries is logged in")
    return visit.actor.person_id


def _typed(given: Mapping[str, str]) -> dict[str, str]:
    held = {name: str(given.get(name, "")).strip()[:_MOST_OF_AN_ANSWER] for name in FIELDS}
    return {name: value for name, value in held.items() if value}


def _shown(layers: Sequence[Layer], typed: Mapping[str, str]) -> dict[str, Any]:
    columns = _columns(layers)
    try:
        guessed = guess(list(columns), asked_of(typed).columns)
    except GridwardenError:
        guessed = guess(list(columns), Columns())
    named = next((layer for layer in layers if layer.named), None)
    return {
        "layers": layers,
        "named": named if all(layer.named for layer in layers) else None,
        "columns": columns,
        "guessed": guessed,
    }


def _columns(layers: Sequence[Layer]) -> dict[str, list[str]]:
    """Answer the first few values of each column, by name; files have columns in common."""
    held: dict[str, list[str]] = {}
    for layer in layers:
        for name in layer.columns:
            held[name] = list(dict.fromkeys([*held.get(name, []), *_samples(layer, name)]))[:_SAMPLES]
    return held


def _samples(layer: Layer, name: str) -> list[str]:
    held = (text(value) for value in layer.columns[name])
    kept = list(dict.fromkeys(value for value, _ in zip((v for v in held if v), range(50), strict=False)))[:_SAMPLES]
    return [value if len(value) <= _SAMPLE_LENGTH else f"{value[:_SAMPLE_LENGTH]}…" for value in kept]


def _near(tolerances: Mapping[str, float]) -> list[tuple[str, float]]:
    """Answer the levels near which a point can be, and within how many metres."""
    return [(level, metres) for level, metres in tolerances.items() if metres]


def _result(read: Understood, visit: Visit) -> dict[str, Any]:
    told = read.draft.told
    changes = read.changes or {}
    return {
        "levels": list(read.draft.candidate.counts().items()),
        "datum": read.draft.datum,
        "parents": [(way, told.parents[way]) for way in ("column", "code", "ground") if told.parents.get(way)],
        "kept": told.kept,
        "left_out": told.left_out,
        "counts": counts(read.found),
        "changes": [
            (level, [(kind, n) for kind, n in kinds.items() if n and kind != "unchanged"])
            for level, kinds in changes.items()
            if any(n for kind, n in kinds.items() if kind != "unchanged")
        ],
        "near": _near(read.draft.tolerances),
        "tolerances": read.tolerances,
        "compared": read.changes is not None,
        "findings": [
            {
                "n": n,
                "severity": one.severity,
                "kind": kind_name(one.kind, visit.words),
                "says": sentence(one, visit.words),
                "do": advice(one, visit.words),
                "place": place(one),
            }
            for n, one in enumerate(read.found[:_SHOWN], 1)
        ],
        "more": max(0, len(read.found) - _SHOWN),
    }


def _status(error: GridwardenError) -> int:
    return STATUS[problem_of(error).code]


def _said(error: GridwardenError, visit: Visit) -> str:
    return problem_of(error).said(visit.words)
