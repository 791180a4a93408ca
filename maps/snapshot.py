"""A map in one file of HTML that opens without a network: by folium, the only module that knows it.

No text of people reaches folium: names, titles and sources go through ``maps.escaping``, into markup or into one block
of JSON which the page's own script reads and shows as text.  The page runs the scripts that are known when it is
written, by their digests, and fetches nothing: its Content-Security-Policy says so.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import isnan
from typing import Any, Final

import numpy as np
from folium import Element, Figure, LayerControl, Map
from folium.map import Layer
from folium.template import Template

from maps.escaping import in_markup, in_script
from maps.frames import Frame, short_name
from maps.handout import Handout, Row
from maps.hotspot_words import colour
from maps.outlines import STEPS, outlines
from maps.questions import Per
from maps.style import Theme

_MAX_ZOOM: Final = 17
# The scale bar and the signs are Leaflet's; its scripts and styles are ours, so that nothing is fetched.
_OPTIONS: Final[dict[str, Any]] = {
    "attribution_control": False,
    "prefer_canvas": True,
    "zoom_snap": 0.25,
    "min_zoom": 5,
}


@dataclass(frozen=True, slots=True)
class Assets:
    """What the page is made with: Leaflet with our script, and the style sheet; both trusted and complete."""

    script: str
    css: str


class _Page(Figure):
    """Folium's page with a head of our own: its own asks a phone not to zoom, and has no policy."""

    _template = Template(
        "<!doctype html>\n"
        '<html lang="{{ this.lang }}" data-theme="{{ this.theme }}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="{{ this.policy() }}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="generator" content="Gridwarden">\n'
        "<title>{{ this.escaped_title }}</title>\n<style>{{ this.assets.css }}</style>\n</head>\n<body>\n"
        "{{ this.before }}\n{{ this.html.render() }}\n{{ this.after }}\n"
        '<script type="application/json" id="snapshot-data">{{ this.data }}</script>\n'
        "<script>{{ this.assets.script }}</script>\n"
        "<script>{{ this.script.render() }}</script>\n</body>\n</html>\n"
    )

    def __init__(self, assets: Assets, handout: Handout, theme: Theme) -> None:
        super().__init__()
        self.assets = assets
        self.lang = {"zh": "zh-CN"}.get(handout.words.lang, handout.words.lang)
        self.theme = theme
        self.escaped_title = in_markup(handout.title)
        self.before, self.after = _head(handout), _foot(handout)
        self.data = ""

    def policy(self) -> str:
        """Only what is known now may run."""
        known = " ".join(f"'sha256-{_digest(each)}'" for each in (self.assets.script, self.script.render()))
        return (
            f"default-src 'none'; script-src {known}; style-src 'unsafe-inline'; img-src data:;"
            " base-uri 'none'; form-action 'none'"
        )


class _Map(Map):
    """Folium's map; its head (scripts from elsewhere, sizes) is the page's business."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  as folium has it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class _Drawn(Layer):
    """A layer that the page's script draws from its data: ``figures``, ``hotspots``, ``borders`` or ``names``."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = gridwarden.layer({{ this.part|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, part: str, name: str, *, show: bool = True) -> None:
        super().__init__(name=name, overlay=True, control=True, show=show)
        self._name = f"layer_{part}"
        self._id = "0"
        self.part = part


class _Begun(Element):
    """The last line: the page's script takes the map over."""

    _template = Template("gridwarden.begin({{ this.map }});")

    def __init__(self, drawn: str) -> None:
        super().__init__()
        self.map = drawn


def snapshot(handout: Handout, assets: Assets, theme: Theme = "light") -> str:
    """Answer the map as one file of HTML.

    Parameters
    ----------
    handout : Handout
        What it shows and says.
    assets : Assets
        Of the pages' build.
    theme : {"light", "dark"}
        By day or by night; the style sheet has to be the theme's.
    """
    page = _Page(assets, handout, theme)
    bounds = _bounds(handout)
    west, south, east, north = bounds
    drawn = _Map(
        location=[(south + north) / 2, (west + east) / 2], zoom_start=9, tiles=None, maxZoom=_MAX_ZOOM, **_OPTIONS
    )
    drawn._name, drawn._id = "map", "0"
    page.add_child(drawn)
    for part, show in _parts(handout):
        _Drawn(part, handout.words(f"map-show-{part}"), show=show).add_to(drawn)
    control = LayerControl(collapsed=False)
    control._name, control._id = "control", "0"
    control.add_to(drawn)
    page.data = in_script(_data(handout, bounds))
    drawn.render()  # type: ignore[no-untyped-call]
    page.script.add_child(_Begun(drawn.get_name()), name="begun")
    page._children.clear()
    return page.render()


def _parts(handout: Handout) -> list[tuple[str, bool]]:
    """The layers in the order of drawing, and whether they are shown at once."""
    hot = [("hotspots", False)] if handout.hotspot_legend else []
    above = [("borders", True), ("names", True)] if handout.frames.borders else [("names", True)]
    return [("figures", True), *hot, *above]


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode("ascii")


def _bounds(handout: Handout) -> tuple[float, float, float, float]:
    top = next(iter(handout.frames.borders.values()), handout.frames.units)
    west, south, east, north = top.total_bounds
    return float(west), float(south), float(east), float(north)


def _data(handout: Handout, bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    """What the page's script draws and shows as text; lists by unit."""
    frames, words = handout.frames, handout.words
    shapes = outlines([frames.units.geometry.to_numpy(), *(f.geometry.to_numpy() for f in frames.borders.values())])
    west, south, east, north = bounds
    return {
        "bounds": [[south, west], [north, east]],
        "maxZoom": _MAX_ZOOM,
        "lang": words.lang,
        "steps": STEPS,
        "outlines": {"origin": shapes.origin, "stretches": shapes.stretches},
        "units": _units(handout) | {"shapes": shapes.shapes[0]},
        "borders": [
            {"shapes": made, **_labels(frame)}
            for made, frame in zip(shapes.shapes[1:], frames.borders.values(), strict=True)
        ],
        "hotspots": _hotspots(handout),
        "words": {
            "value": handout.heading,
            "of": words(f"map-fact-{handout.figures.question.per.value}"),
            **{key: words(f"map-fact-{key}") for key in ("count", "before", "code", "above", "observed", "expected")},
            "certainty": words("map-fact-certainty"),
            "hidden": handout.not_told,
            "unknown": words("map-no-households"),
            "zoomIn": words("map-zoom-in"),
            "zoomOut": words("map-zoom-out"),
        },
    }


def _units(handout: Handout) -> dict[str, Any]:
    units, question = handout.frames.units, handout.figures.question
    above = sorted(set(units["above"]))
    colours = sorted(set(units["class"].tolist()))
    rated = question.per is not Per.COUNT or handout.figures.before is not None
    return {
        "keys": units["key"].tolist(),
        **_labels(units),
        "above": [above.index(name) for name in units["above"]] if len(above) > 1 else None,
        "aboveNames": above,
        "counts": handout.figures.counts,
        "before": handout.figures.before,
        "values": handout.figures.values if rated else None,
        "of": _plain(units["of"].to_numpy(), 4) if question.per is not Per.COUNT else None,
        "colours": [handout.colour_of(place) for place in colours],
        "classes": [colours.index(place) for place in units["class"].tolist()],
    }


def _labels(frame: Frame) -> dict[str, Any]:
    """Names, where they stand, and how large an area of this table is, in metres across."""
    named = [short_name(name) for name in frame["name"]]
    across = float(np.sqrt(np.median(frame["area_m2"]))) if len(frame) else 0.0
    return {
        "names": frame["name"].tolist(),
        "short": [short if short != name else 0 for short, name in zip(named, frame["name"], strict=True)],
        "lon": _plain(frame["lon"].to_numpy(), 4),
        "lat": _plain(frame["lat"].to_numpy(), 4),
        "across": round(across),
    }


def _hotspots(handout: Handout) -> dict[str, Any] | None:
    found, cells = handout.hotspots, handout.hotspot_cells
    if found is None or cells is None or not handout.hotspot_legend:
        return None
    told = [at for at, bin_ in enumerate(found.bin) if bin_]
    frame = cells.loc[[found.n[at] for at in told]]
    made = outlines([frame.geometry.to_numpy()])
    texts = {row.colour: row.text for row in handout.hotspot_legend}
    names = [colour(found.bin[at]) for at in told]
    return {
        "outlines": {"origin": made.origin, "stretches": made.stretches},
        "shapes": made.shapes[0],
        "colours": names,
        "texts": texts,
        "coarse": found.coarse,
        "counts": [found.count[at] for at in told],
        "observed": [found.observed[at] for at in told],
        "expected": [found.expected[at] for at in told],
        "q": [found.q[at] for at in told],
    }


def _plain(values: Any, digits: int) -> list[float | int | None]:
    """Numbers as JSON writes them shortest; None for nan."""
    rounded = np.round(values, digits).tolist()
    return [None if isnan(v) else int(v) if v.is_integer() else v for v in rounded]


def _head(handout: Handout) -> str:
    marks = "".join(f'<span class="mark mark-{kind}">{in_markup(word)}</span>' for kind, word in handout.marks)
    said = "".join(f"<p>{in_markup(one)}</p>" for one in handout.said)
    return (
        f'<header class="snapshot-head"><h1>{in_markup(handout.title)}</h1>{said}</header>\n'
        f'<main class="snapshot-map" aria-label="{in_markup(handout.words("map-map"))}">'
        f'<div class="marks">{marks}</div>'
    )


def _foot(handout: Handout) -> str:
    words = handout.words
    empty = f'<p class="empty">{in_markup(handout.empty)}</p>' if handout.empty else ""
    hot = ""
    if handout.hotspots is not None:
        hot = (
            f'<section class="legend legend-hotspots"><h2>{in_markup(handout.hotspot_heading)}</h2>'
            + _legend(handout.hotspot_legend, words("map-cells"))
            + "".join(f'<p class="aside">{in_markup(note)}</p>' for note in handout.hotspot_notes)
            + "</section>"
        )
    notes = "".join(f"<p>{in_markup(note)}</p>" for note in handout.notes)
    whose = [words("map-as", name=handout.asked.name)] if handout.asked.name else []
    sources = "".join(f"<p>{in_markup(each)}</p>" for each in [*whose, handout.source, handout.made])
    return (
        f'</main>\n<aside class="snapshot-side" aria-label="{in_markup(words("map-legend"))}">'
        f'<section id="told" class="told" aria-live="polite"><p class="hint">{in_markup(words("map-hint"))}</p>'
        "</section>"
        f"<noscript><p>{in_markup(words('map-no-script'))}</p></noscript>"
        f'<section class="legend"><h2>{in_markup(handout.heading)}</h2><p class="total">{in_markup(handout.total)}</p>'
        f"{empty}{_legend(handout.legend, words('map-units', unit=handout.unit))}</section>{hot}"
        f'<section class="notes">{notes}</section><footer>{sources}</footer></aside>'
    )


def _legend(rows: Sequence[Row], units: str) -> str:
    if not rows:
        return ""
    lines = "".join(
        f'<li><span class="swatch swatch-{row.colour}"></span><span class="bounds">{in_markup(row.text)}</span>'
        f'<span class="units">{row.units:,}</span></li>'
        for row in rows
    )
    return f'<p class="units-head">{in_markup(units)}</p><ul>{lines}</ul>'
