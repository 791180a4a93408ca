"""``/planner``: the map of the figures, its table, and one unit of it.  The same address serves each by rights.

Owns the addresses and what each page needs; what is asked is read by ``planner_view``, what is said made by
``planner_picture``.
"""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.downloads import Ending, download
from api.pages.planner_hotspots import HotspotPicture, HotspotTable
from api.pages.planner_picture import Picture, kind_name
from api.pages.planner_span import NAMED_SPANS, month_of, months
from api.pages.planner_table import Table, order_of, table
from api.pages.planner_unit import unit_of
from api.pages.planner_view import CELLS, COMPARISONS, Complaint, View, read_view
from api.rendering import page
from api.service import Service
from api.visits import Visit, Visiting, service_of, visiting
from gis.cells import PUBLIC_RESOLUTIONS
from grids.access import Actor, may
from grids.areas import AreaNotFoundError, Edition, edition_at, extent, search
from grids.categories import Category, categories
from grids.place_marks import UNSOLVED_FOR
from maps.automatic import AUTOMATIC, level_at, steps, zoom_to_fit
from maps.export import WITH_SHAPES, Export, check_size
from maps.export_tables import table_of_figures, table_of_hotspots
from maps.hotspots import hotspot_layer, tested_categories
from maps.layers import Figures, figures
from maps.named import kind_of
from maps.questions import MAP_CHANNELS, Layer, NoEditionError, Per, PrivateElsewhereError
from maps.style import tile_version
from maps.tiles import CELL_KINDS, least_zoom

router = APIRouter(prefix="/planner")

# How large the map is on the screen that the first picture is made for.
_SCREEN: Final = (900, 700)
_HITS_SHOWN: Final = 10


@router.get("")
async def show(request: Request, visit: Visiting) -> HTMLResponse:
    """Show the whole page: the controls, the sentence, the legend, the first figures and their table."""
    edition, kinds = await _basis(visit)
    view = await _view(request, visit, edition, kinds)
    box = await extent(visit.connection, visit.now)
    picture = await _picture(visit, view, _kind(view, edition, box))
    return await page(
        request,
        visit,
        "planner.html",
        **_controls(visit, view, edition, kinds),
        asked=request.query_params,
        **await _tabled(visit, picture),
        hits=await search(visit.connection, view.q, visit.now, _HITS_SHOWN) if view.q else None,
        extent=box,
        steps=steps(edition.levels),
        found=await _found(visit, view, edition, view.unit) if view.unit else None,
    )


@router.get("/picture")
async def picture(request: Request, visit: Visiting) -> HTMLResponse:
    """Answer the sentence, the legend and the figures of another picture, to be put into the page."""
    edition, kinds = await _basis(visit)
    view = await _view(request, visit, edition, kinds)
    told = await _picture(visit, view, _kind(view, edition, None))
    return await page(request, visit, "fragments/planner_told.html", **_told(told, await _hotspots(visit, told)))


@router.get("/table")
async def rows(request: Request, visit: Visiting) -> HTMLResponse:
    """Answer a page of the table."""
    edition, kinds = await _basis(visit)
    view = await _view(request, visit, edition, kinds)
    told = await _picture(visit, view, _kind(view, edition, None))
    return await page(request, visit, "fragments/planner_table.html", **await _tabled(visit, told))


@router.get("/export.{ending}")
async def export(request: Request, service: Annotated[Service, Depends(service_of)], ending: Ending) -> Response:
    """Answer the whole table as a file; an address that makes no sense is shown on the page, which says what is wrong.

    Raises
    ------
    ExportTooLargeError
        ``export_too_large``.
    """
    async with visiting(request, service) as visit:
        edition, kinds = await _basis(visit)
        view = await _view(request, visit, edition, kinds)
        if view.complaints:
            return RedirectResponse(f"/planner?{request.url.query}", status_code=303)
        made = await _exported(visit, await _picture(visit, view, _kind(view, edition, None)), ending)
    return await download(made, ending)


@router.get("/unit/{key}")
async def one_unit(request: Request, visit: Visiting, key: str) -> HTMLResponse:
    """Answer what is known of one unit.

    Raises
    ------
    AreaNotFoundError
        ``area_not_found`` if the map has no such unit.
    """
    edition, kinds = await _basis(visit)
    view = await _view(request, visit, edition, kinds)
    found = await _found(visit, view, edition, key)
    if found is None:
        raise AreaNotFoundError(f"There is no unit {key[:32]}.", params={"code": key[:32]})
    return await page(request, visit, "fragments/planner_unit.html", view=view, **found)


async def _exported(visit: Visit, picture: Picture, ending: Ending) -> Export:
    """What the table shows, all pages of it, in its order."""
    shapes = f".{ending}" in WITH_SHAPES
    hotspots = await _hotspots(visit, picture)
    if hotspots is not None:
        check_size(len(hotspots.found.n), f".{ending}")
        return await table_of_hotspots(visit.connection, hotspots.found, visit.actor, visit.words, shapes=shapes)
    told = picture.figures
    check_size(len(told.counts), f".{ending}")
    order = order_of(told, picture.view.sort)
    return await table_of_figures(visit.connection, told, visit.actor, visit.words, shapes=shapes, order=order)


async def _found(visit: Visit, view: View, edition: Edition, key: str) -> dict[str, Any] | None:
    """One unit and the picture of its kind; None if no map has it."""
    kind = await kind_of(visit.connection, edition, key, (*edition.levels, *_cells(visit.actor)))
    if kind is None:
        return None
    told = await _picture(visit, view, kind)
    unit = await unit_of(visit, told, key)
    if unit is None:
        return None
    hotspots = await _hotspots(visit, told, key) if unit["cell"] else None
    return {"picture": told, "unit": unit, "hotspot": hotspots and hotspots.of_cell(kind)}


async def _basis(visit: Visit) -> tuple[Edition, list[Category]]:
    edition = await edition_at(visit.connection, visit.now)
    if edition is None:
        raise NoEditionError("No boundaries are in force yet; an administrator has to activate an edition.")
    return edition, await categories(visit.connection, visit.now)


def _families(visit: Visit, kinds: list[Category]) -> set[str]:
    """The families that the reader may narrow a map to: the public none of which all is private."""
    return {kind.family for kind in kinds if visit.actor is not None or not kind.private}


async def _view(request: Request, visit: Visit, edition: Edition, kinds: list[Category]) -> View:
    """What the address asks for; without hotspots, and told why, where the reader sees too little to test them."""
    view = read_view(request.query_params, edition.levels, _families(visit, kinds), _cells(visit.actor), visit.now)
    if view.hotspots:
        try:
            await tested_categories(visit.connection, view.question(edition.levels[0]), edition, visit.actor)
        except PrivateElsewhereError:
            refused = Complaint("hotspots", "private-elsewhere", view.family or "")
            return replace(view, hotspots=False, complaints=(*view.complaints, refused))
    return view


def _cells(actor: Actor | None) -> list[str]:
    """The cells that somebody may ask for: those smaller than a grid are for staff."""
    return [f"cell-{r}" for r in PUBLIC_RESOLUTIONS] if actor is None else list(CELLS)


def _kind(view: View, edition: Edition, box: tuple[float, float, float, float] | None) -> str:
    """The kind of unit of a picture: the chosen one, or what fits the zoom."""
    if view.level != AUTOMATIC:
        return view.level
    whole = zoom_to_fit(box, *_SCREEN) if box else 0.0
    return level_at(edition.levels, view.place.zoom if view.place else whole)


async def _picture(visit: Visit, view: View, kind: str) -> Picture:
    told = await figures(visit.connection, view.question(kind), visit.actor, visit.now)
    return Picture.of(view, told, visit.words)


async def _hotspots(visit: Visit, picture: Picture, cell: str | None = None) -> HotspotPicture | None:
    """The hotspots instead of a picture's figures, all or one cell; None unless they are asked for."""
    if not picture.view.hotspots:
        return None
    found = await hotspot_layer(visit.connection, picture.figures.question, visit.actor, visit.now, cell=cell)
    return HotspotPicture(found, visit.words)


def _told(picture: Picture, hotspots: HotspotPicture | None) -> dict[str, Any]:
    painted = picture.data(_tiles(picture.figures)) | {"hotspots": hotspots and hotspots.data()}
    return {"picture": picture, "view": picture.view, "hotspots": hotspots, "painted": painted}


def _tiles(told: Figures) -> dict[str, Any]:
    """Where the outlines and the names of units are; KIND stands for their kind."""
    edition, version = told.edition, tile_version(told.edition)
    return {
        "tiles": f"/tiles/{edition.id}/KIND/{{z}}/{{x}}/{{y}}.mvt?v={version}",
        "index": f"/tiles/{edition.id}/index/KIND.json?v={version}",
        "least": {kind: least_zoom(kind) for kind in CELL_KINDS},
    }


async def _tabled(visit: Visit, picture: Picture) -> dict[str, Any]:
    """The picture and a page of its table: of the hotspots where they are asked for, else of the units."""
    hotspots = await _hotspots(visit, picture)
    if hotspots is None:
        rows: Table | HotspotTable = await table(visit.connection, picture, visit.actor)
    else:
        rows = await hotspots.table(visit.connection, picture.view.page, visit.actor)
    return {**_told(picture, hotspots), "table": rows}


def _controls(visit: Visit, view: View, edition: Edition, kinds: list[Category]) -> dict[str, Any]:
    """The choices of the form."""
    words = visit.words
    months_offered = months(visit.now)
    if month_of(view.span) and view.span not in months_offered:
        months_offered.append(view.span)
    wrong = {each.field: words("planner-complaint", what=each.what, given=each.given) for each in view.complaints}
    return {
        "layers": [each.value for each in Layer],
        "levels": [(kind, kind_name(kind, words)) for kind in (*edition.levels, *_cells(visit.actor))],
        "pers": [each.value for each in Per],
        "families": sorted(_families(visit, kinds)),
        "channels": MAP_CHANNELS,
        "sees_places": may(visit.actor, "see_places"),
        "unsolved_for": UNSOLVED_FOR.days,
        "spans": NAMED_SPANS,
        "months": [(span, month_of(span)) for span in months_offered],
        "comparisons": COMPARISONS,
        "wrong": wrong,
    }
