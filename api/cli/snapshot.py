"""``gridwarden snapshot``: a map in one file, to mail or to put on a stick.

Owns the options, and what is refused before anything is counted.  ``maps.handout`` says what the map says,
``maps.snapshot`` and ``maps.sheet`` draw it.
"""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from api.cli.opened import opened
from api.cli.outs import OutError, check_new
from api.cli.reading import reading
from gis.errors import GridwardenError
from grids.language import Language, Words
from maps.questions import Layer, Per, Period, Question
from maps.style import Theme

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from gis.store import Store
    from grids.access import Actor
    from maps.handout import Handout
    from maps.hotspots import HotspotLayer

SUFFIXES: Final = (".html", ".png", ".pdf")
_STATIC: Final = Path(__file__).parents[1] / "static"
_DAY: Final[dict[str, Any]] = {"formats": ["%Y-%m-%d"], "metavar": "DAY"}


class FontMissingError(GridwardenError):
    """No font with Chinese signs, so a sheet would show empty boxes."""

    code = "font_missing"


class NotBuiltError(GridwardenError):
    """The pages' assets have not been built."""

    code = "assets_missing"


@dataclass(frozen=True)
class _Wanted:
    """The options beside the question."""

    out: Path
    lang: Language
    theme: Theme
    title: str | None
    login: str | None
    hotspots: bool


def snapshot(
    layer: Annotated[Layer, typer.Option(help="What is counted.")],
    level: Annotated[str, typer.Option(help="By which areas: county, township, village, grid; or cell-5 … cell-9.")],
    out: Annotated[Path, typer.Option(help="The file: .html opens without a network; .png and .pdf are A4 sheets.")],
    per: Annotated[Per, typer.Option(help="Bare counts, per 1,000 households, or per km².")] = Per.COUNT,
    family: Annotated[str | None, typer.Option(help="Only this family of categories.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only what came through this channel.")] = None,
    since: Annotated[datetime | None, typer.Option("--from", help="The first day.", **_DAY)] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="The first day after the period.", **_DAY)] = None,
    vs_since: Annotated[
        datetime | None, typer.Option("--vs-from", help="Compared with: the first day.", **_DAY)
    ] = None,
    vs_until: Annotated[datetime | None, typer.Option("--vs-to", help="And the first day after it.", **_DAY)] = None,
    hotspots: Annotated[
        bool | None, typer.Option("--hotspots/--no-hotspots", help="Hotspots; HTML has them unless told otherwise.")
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language of the map.")] = "zh",
    theme: Annotated[Theme, typer.Option(help="By day or by night; sheets are always light.")] = "light",
    title: Annotated[str | None, typer.Option(help="Instead of the one that follows from the question.")] = None,
    login: Annotated[
        str | None,
        typer.Option("--as", metavar="LOGIN", help="With this member of staff's rights; marked as internal."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
) -> None:
    """Write a map of a layer into one file that can be handed to anybody.

    It shows what the public may see: small numbers are not told, private categories are left out. With --as it shows
    what that member of staff may see, and says so on the map.

    Example: gridwarden snapshot --layer unsolved --level township --out map.html
    """
    began = perf_counter()
    against = _period(vs_since, vs_until) if vs_since or vs_until else None
    question = Question(layer, level, per, family, channel, _period(since, until), against)
    check_new(out, SUFFIXES, force=force)
    hot = layer is not Layer.VACANCIES and (out.suffix == ".html" if hotspots is None else hotspots)
    from gis.settings import DatabaseSettings

    settings = DatabaseSettings()
    # matplotlib's list of fonts; a home of the user's own may not exist.
    os.environ.setdefault("MPLCONFIGDIR", str(settings.data.absolute() / "matplotlib"))
    wanted = _Wanted(out, lang, theme, title, login, hot)
    draw = _pen(wanted)
    with opened(settings) as store:
        handout, counted = asyncio.run(_ask(store, question, wanted, datetime.now(UTC)))
    made = draw(handout)
    _write(out, made)
    now = perf_counter()
    typer.echo(f"{out}: {len(made) / 1e6:.2f} MB in {now - began:.1f} s, {now - counted:.1f} s of it to draw", err=True)
    if handout.empty:
        typer.echo(handout.empty, err=True)


async def _ask(store: Store, question: Question, wanted: _Wanted, at: datetime) -> tuple[Handout, float]:
    """Answer what is drawn, and when it had been counted."""
    from maps.classes import diverging, sequential
    from maps.frames import cells_frame, frames_of
    from maps.handout import Asked, Handout
    from maps.layers import figures as count

    words = Words(wanted.lang, ("grids", "api", "maps"))
    async with reading(store, wanted.login, at) as (connection, who):
        figures = await count(connection, question, who, at)
        found = await _hotspots(connection, question, who, at) if wanted.hotspots else None
        counted = perf_counter()
        classes = (sequential if figures.before is None else diverging)(figures.values)
        frames = await frames_of(connection, figures, classes)
        cells = await cells_frame(connection, found.edition, found.question.kind) if found else None
    asked = Asked(
        title=wanted.title,
        family=question.family and words("family", family=question.family),
        channel=question.channel and words(f"channel-{question.channel}"),
        name=who.name if who else None,
    )
    return Handout(figures, classes, frames, found, cells, words, asked), counted


async def _hotspots(connection: AsyncConnection, question: Question, who: Actor | None, at: datetime) -> HotspotLayer:
    from maps.hotspots import hotspot_layer

    return await hotspot_layer(connection, replace(question, against=None), who, at)


def _pen(wanted: _Wanted) -> Any:
    """Answer what draws the file, once all that it needs is known to be there."""
    if wanted.out.suffix == ".html":
        assets = _assets(wanted.theme)
        from maps.snapshot import snapshot as page

        return lambda handout: page(handout, assets, wanted.theme).encode()
    from maps.sheet import han_font, sheet

    font = han_font()
    if font is None:
        raise FontMissingError(
            "No font with Chinese signs was found, so a sheet would show empty boxes. Install one "
            "(Debian and Ubuntu: apt-get install fonts-noto-cjk), or write .html instead."
        )
    return lambda handout: sheet(handout, font, wanted.out.suffix.removeprefix("."))


def _assets(theme: Theme) -> Any:
    from maps.snapshot import Assets

    manifest = _STATIC / "manifest.json"
    names = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    wanted = ("snapshot.js", "snapshot.css" if theme == "light" else "snapshot-dark.css")
    if not names.keys() >= set(wanted):
        raise NotBuiltError("The map's scripts are missing: run ./run build (it needs Node.js), then try again.")
    return Assets(*((_STATIC / names[name]).read_text(encoding="utf-8") for name in wanted))


def _period(since: datetime | None, until: datetime | None) -> Period:
    return Period(since and since.date(), until and until.date())


def _write(out: Path, made: bytes) -> None:
    """Put the file in its place whole or not at all."""
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        fresh.write_bytes(made)
        fresh.replace(out)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        why = error.strerror or str(error)
        raise OutError(f"{out} cannot be written ({why}); choose another place with --out.") from error
