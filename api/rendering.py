"""How a page comes to be: the templates, the names of the built assets, and what every page needs to know.

Owns language, type size and theme as cookies.  Decides nothing about areas and cases; asks the database only whether
the boundaries in force are synthetic, because every page of a demo says so.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api import languages
from api.errors import FieldProblem
from api.moments import Moments
from api.navigation import begins_at, ways
from api.settings import ServiceSettings
from api.visits import Visit
from grids.access import Actor, may
from grids.areas import Edition, edition_at, served
from grids.explain import level_name
from grids.language import LANGUAGES, Words

STATIC: Final = Path(__file__).parent / "static"
# A page may be answered in this size and these colours; the first is what nobody has to ask for.
CHOICES: Final = {"type": ("normal", "large"), "theme": ("auto", "light", "dark")}
_YEAR_S: Final = 365 * 24 * 3600


class AssetsMissingError(RuntimeError):
    """The assets have not been built, or a template names one that does not exist."""


@cache
def _manifest(written_at: float) -> dict[str, str]:  # noqa: ARG001  the argument is what the cache is keyed by
    names: dict[str, str] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return names


@cache
def _imports(written_at: float) -> dict[str, list[str]]:  # noqa: ARG001
    names: dict[str, list[str]] = json.loads((STATIC / "imports.json").read_text(encoding="utf-8"))
    return names


def asset(name: str) -> str:
    """Answer the address of a built asset.

    Raises
    ------
    AssetsMissingError
        If ``node api/assets/build.mjs`` has not been run, or made no such file.
    """
    try:
        return f"/static/{_manifest((STATIC / 'manifest.json').stat().st_mtime)[name]}"
    except (FileNotFoundError, KeyError):
        raise AssetsMissingError(f"{name}: run `node api/assets/build.mjs`.") from None


def imported(*scripts: str) -> list[str]:
    """Answer the addresses of what built scripts import, so that a browser need not read one to ask for the next."""
    known = _imports((STATIC / "manifest.json").stat().st_mtime)
    return [f"/static/{name}" for name in dict.fromkeys(part for script in scripts for part in known.get(script, ()))]


@cache
def environment() -> Environment:
    """Answer the templates: everything escaped, a missing value an error."""
    made = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset
    made.globals["imported"] = imported
    return made


def choice_of(request: Request, name: str) -> str:
    """Answer the reader's type size or theme: the query asks, the cookie remembers."""
    allowed = CHOICES[name]
    for asked in (request.query_params.get(name), request.cookies.get(f"gridwarden_{name}")):
        if asked in allowed:
            return str(asked)
    return allowed[0]


def switch(request: Request) -> Callable[..., str]:
    """Answer a function that gives this page's address with another language, size or theme."""

    def switched(**changed: str) -> str:
        kept = {k: v for k, v in request.query_params.items() if k not in ("lang", *CHOICES)}
        # What was posted cannot be asked for again; a form's own page can.
        return f"{request.url.path}?{urlencode(kept | changed)}"

    return switched


def frame(
    request: Request,
    words: Words,
    *,
    demo: bool,
    actor: Actor | None = None,
    topmost: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Answer what the frame of every page needs."""
    return {
        "t": words,
        "level_name": level_name,
        "lang": words.lang,
        "demo": demo,
        "actor": actor,
        "ways": ways(actor, topmost),
        "begins": begins_at(actor.postings if actor else ()),
        "path": request.url.path,
        "switch": switch(request),
        "type": choice_of(request, "type"),
        "theme": choice_of(request, "theme"),
    }


async def page(request: Request, visit: Visit, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Answer a page or a fragment in the reader's language, size and colours.

    Parameters
    ----------
    request : Request
        What was asked.
    visit : Visit
        Who asks; its connection says whether the boundaries are synthetic.
    template : str
        File below ``api/templates``.
    status : int
        Of the answer.
    **context
        What the template shows.
    """
    edition = await edition_at(visit.connection, visit.now)
    demo = edition is not None and edition.synthetic
    request.app.state.demo = demo
    topmost = await _topmost(visit)
    content = (
        environment()
        .get_template(template)
        .render(
            frame(request, visit.words, demo=demo, actor=visit.actor, topmost=topmost)
            | {"moments": Moments(visit.words, visit.now), "edition": edition, "map": map_data(edition, visit)}
            | context
        )
    )
    response = HTMLResponse(content, status)
    remember(request, response, visit.settings)
    return response


async def _topmost(visit: Visit) -> frozenset[str]:
    # Whoever administers nothing is led nowhere by them.
    if not may(visit.actor, "look_after_boundaries"):
        return frozenset()
    return frozenset(area.code for area in await served(visit.connection, visit.now))


def error_page(
    request: Request, status: int, code: str, title: str, detail: str, errors: Sequence[FieldProblem] = ()
) -> HTMLResponse:
    """Answer an error as a page, or as a fragment where a fragment was asked for.  Needs no database.

    Parameters
    ----------
    request : Request
        What was asked.
    status : int
        Of the answer.
    code : str
        The error's stable code, shown small for whoever is told of it.
    title, detail : str
        In the reader's language: what happened and what to do.
    errors : sequence of FieldProblem
        Field by field, what to change.
    """
    words = languages.words_for(languages.language_of(request))
    fragment = "hx-request" in request.headers
    content = (
        environment()
        .get_template("fragments/error.html" if fragment else "error.html")
        .render(
            frame(request, words, demo=bool(getattr(request.app.state, "demo", False)))
            | {
                "status": status,
                "posted": request.method == "POST",
                "code": code,
                "title": title,
                "detail": detail,
                "errors": errors,
                "request_id": getattr(request.state, "request_id", ""),
            }
        )
    )
    return HTMLResponse(content, status)


def remember(request: Request, response: HTMLResponse, settings: ServiceSettings) -> None:
    """Keep in cookies what the query asked for: language, size, theme."""
    asked = {
        languages.COOKIE: (request.query_params.get("lang"), LANGUAGES),
        **{f"gridwarden_{name}": (request.query_params.get(name), allowed) for name, allowed in CHOICES.items()},
    }
    for cookie, (value, allowed) in asked.items():
        if value in allowed:
            response.set_cookie(
                cookie, str(value), max_age=_YEAR_S, samesite="lax", secure=settings.secure_cookies, path="/"
            )


def map_data(edition: Edition | None, visit: Visit) -> dict[str, Any] | None:
    """Answer what a script needs to open a map: addresses and the words of its controls; None without boundaries."""
    if edition is None:
        return None
    words = visit.words
    return {
        "pmtiles": visit.settings.base_map.base_map == "pmtiles",
        "maplibre": asset("maplibre-gl.mjs"),
        "worker": asset("maplibre-gl-worker.mjs"),
        "sheet": asset("maplibre-gl.css"),
        "style": f"/map/{edition.id}/THEME.json",
        "locale": {
            "Map.Title": words("map-title"),
            "Marker.Title": words("map-pin"),
            "NavigationControl.ZoomIn": words("map-zoom-in"),
            "NavigationControl.ZoomOut": words("map-zoom-out"),
            "AttributionControl.ToggleAttribution": words("map-attribution"),
            "ScaleControl.Meters": words("map-metres"),
            "ScaleControl.Kilometers": words("map-kilometres"),
        },
        "failed": words("map-failed"),
    }
