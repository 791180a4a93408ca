"""A map on paper: A4 across, as PNG or PDF, with title, legend, scale, date, source and Chinese type.

Only this module and ``maps.sheet_column`` know matplotlib.  Degrees of longitude are shortened to the latitude of the
middle, so that the scale bar is true there, in all directions.
"""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patches import Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from pyproj import Geod

from maps.frames import HIDDEN, UNKNOWN, Frame, short_name
from maps.handout import Handout, number
from maps.hotspot_words import colour
from maps.palette import PALETTE
from maps.sheet_column import Column, hatch_of

_A4: Final = (11.69, 8.27)
_DPI: Final = 200
_MAP: Final = (0.04, 0.055, 0.665, 0.80)
_MARGIN: Final = 0.04
_BORDERS: Final = (("#2b373c", 1.5), ("#3c4a50", 1.0), ("#66757b", 0.55), ("#8e9ca2", 0.35))
# Areas narrower than this many points would be all border; names need more room.
_BORDERS_FROM, _NAMES_FROM = 9.0, 24.0
_ROOTS: Final = (
    *(Path(folder) for folder in ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:/Windows/Fonts")),
    Path.home() / ".local/share/fonts",
    Path.home() / ".fonts",
)
# Files, and what the family of simplified signs in them is called.
_FONTS: Final = (
    ("NotoSansCJK-*.ttc", "Noto Sans CJK SC"),
    ("NotoSansCJKsc-*.otf", "Noto Sans CJK SC"),
    ("NotoSansSC*.[ot]tf", "Noto Sans SC"),
    ("SourceHanSansSC-*.otf", "Source Han Sans SC"),
    ("wqy-microhei.ttc", "WenQuanYi Micro Hei"),
    ("msyh*.ttc", "Microsoft YaHei"),
)


def han_font(roots: Sequence[Path] = _ROOTS) -> str | None:
    """Answer the name of a font with Chinese signs, made known to matplotlib; None where there is none.

    The list that matplotlib keeps is not asked: it may name files that are gone, or lack new ones.

    Parameters
    ----------
    roots : sequence of Path
        Folders to search.
    """
    for pattern, family in _FONTS:
        found = [file for root in roots if root.is_dir() for file in sorted(root.rglob(pattern))]
        for file in found:
            fontManager.addfont(file)
        if found:
            return family
    return None


def sheet(handout: Handout, font: str, kind: str) -> bytes:
    """Answer the sheet as a file.

    Parameters
    ----------
    handout : Handout
        What it shows and says.
    font : str
        As ``han_font`` names it.
    kind : {"png", "pdf"}
        PNG with 200 dots an inch, or PDF with its fonts in it.
    """
    look: Any = {
        "font.family": [font, "DejaVu Sans"],
        # Names are no formulas, whatever signs they hold.
        "text.parse_math": False,
        "text.color": PALETTE["ink"],
        "hatch.linewidth": 0.5,
        "pdf.fonttype": 42,
    }
    with rc_context(look), warnings.catch_warnings():
        # A sign that the font lacks is a box on the sheet, and no reason to write to the terminal.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=_A4, dpi=_DPI, facecolor="white")
        FigureCanvasAgg(figure)
        _head(figure, handout)
        axes = _axes(figure, handout)
        _draw_units(axes, handout)
        _draw_borders(axes, handout)
        _draw_hotspots(axes, handout)
        _draw_names(axes, handout)
        ratio = _draw_scale(axes)
        column = Column(figure, left=0.728, right=1 - _MARGIN, top=0.855)
        column.legend(handout)
        column.foot(handout, handout.words("map-ratio", ratio=number(ratio)))
        out = io.BytesIO()
        figure.savefig(out, format=kind, dpi=_DPI, metadata={"Title": handout.title})
    return out.getvalue()


def _head(figure: Figure, handout: Handout) -> None:
    room = 1 - 2 * _MARGIN
    right = 1 - _MARGIN
    for kind, word in reversed(handout.marks):
        colour = {"demo": "due", "internal": "overdue"}[kind]
        box = {"boxstyle": "round,pad=0.35", "facecolor": PALETTE[f"{colour}-soft"], "edgecolor": PALETTE[colour]}
        mark = figure.text(
            right - 0.006, 0.935, word, size=12, weight="bold", color=PALETTE[colour], bbox=box, ha="right", va="center"
        )
        width = mark.get_window_extent().width / figure.bbox.width
        right -= width + 0.022
        room -= width + 0.022
    title = figure.text(_MARGIN, 0.935, handout.title, size=22, weight="bold", va="center")
    wide = title.get_window_extent().width / figure.bbox.width
    if wide > room:
        title.set_fontsize(max(22 * room / wide, 9))
    said = figure.text(_MARGIN, 0.885, handout.words("sentence-separator").join(handout.said), size=10.5, va="center")
    said.set_color(PALETTE["ink-soft"])
    wide = said.get_window_extent().width / figure.bbox.width
    if wide > 1 - 2 * _MARGIN:
        said.set_fontsize(10.5 * (1 - 2 * _MARGIN) / wide)


def _axes(figure: Figure, handout: Handout) -> Axes:
    top = next(iter(handout.frames.borders.values()), handout.frames.units)
    west, south, east, north = top.total_bounds
    axes = figure.add_axes(_MAP, facecolor="white")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(color=PALETTE["line"], linewidth=0.8)
    flat = 1 / np.cos(np.radians((south + north) / 2))
    box = axes.get_window_extent()
    # The frame is filled: the shorter side of the map gets more ground around it.
    tall = max((north - south) * 1.06, (east - west) * 1.06 / flat * box.height / box.width, 1e-4)
    wide = tall * flat * box.width / box.height
    axes.set_xlim((west + east - wide) / 2, (west + east + wide) / 2)
    axes.set_ylim((south + north - tall) / 2, (south + north + tall) / 2)
    axes.set_aspect(flat)
    return axes


def _paths(shapes: NDArray[np.object_]) -> list[Outline]:
    """Outlines with holes, which run the other way round than what they are cut out of."""
    parts, owner = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(ring), Outline.LINETO, dtype=np.uint8)
    begins = np.flatnonzero(np.diff(ring, prepend=-1))
    codes[begins] = Outline.MOVETO
    codes[np.append(begins[1:], len(ring))[: len(begins)] - 1] = Outline.CLOSEPOLY
    ends = np.searchsorted(owner[part[ring]], np.arange(1, len(shapes)))
    return [Outline(xy, code) for xy, code in zip(np.split(places, ends), np.split(codes, ends), strict=True)]


def _draw_units(axes: Axes, handout: Handout) -> None:
    units = handout.frames.units
    classes = units["class"].to_numpy()
    edge = 0.35 if _across(axes, units) >= _BORDERS_FROM else 0.0
    paths = np.array([*_paths(units.geometry.to_numpy()), None], dtype=object)[:-1]
    for place in np.unique(classes):
        name = handout.colour_of(int(place))
        plain = place not in (HIDDEN, UNKNOWN)
        ground = PALETTE[name if plain else f"{name}-ground"]
        # A hair of the own colour closes the seams that an engine without borders leaves between neighbours.
        line = "white" if edge and plain else ground if plain else PALETTE[f"{name}-ink"]
        # All of a class as one path: a hatch drawn for each of thousands takes seconds.
        whole = Outline.make_compound_path(*paths[classes == place])
        look: Any = {"facecolor": ground, "edgecolor": line, "linewidth": edge or 0.15, "hatch": hatch_of(name)}
        axes.add_collection(PathCollection([whole], **look), autolim=False)


def _draw_borders(axes: Axes, handout: Handout) -> None:
    frames = list(handout.frames.borders.values())
    for rank, frame in reversed(list(enumerate(frames))):
        if rank and _across(axes, frame) < _BORDERS_FROM:
            continue
        colour, width = _BORDERS[min(rank, len(_BORDERS) - 1)]
        axes.add_collection(
            PathCollection(
                _paths(frame.geometry.to_numpy()),
                facecolor="none",
                edgecolor=colour,
                linewidth=width,
                joinstyle="round",
            ),
            autolim=False,
        )


def _draw_hotspots(axes: Axes, handout: Handout) -> None:
    found, cells = handout.hotspots, handout.hotspot_cells
    if found is None or cells is None:
        return
    bins = dict(zip(found.n, found.bin, strict=True))
    for bin_ in sorted({one for one in found.bin if one}, key=abs):
        told = cells.loc[[n for n, one in bins.items() if one == bin_]]
        shapes = _paths(told.geometry.to_numpy())
        axes.add_collection(
            PathCollection(shapes, facecolor=PALETTE[colour(bin_)], edgecolor="white", linewidth=0.6, alpha=0.85),
            autolim=False,
        )


def _draw_names(axes: Axes, handout: Handout) -> None:
    """Names as far as there is room, higher levels first; a single area on top is in the title already."""
    frames = [*handout.frames.borders.values(), handout.frames.units]
    taken: list[NDArray[np.float64]] = []
    for rank, frame in enumerate(frames):
        if (rank == 0 and len(frame) == 1) or _across(axes, frame) < _NAMES_FROM:
            continue
        size = 9.5 if rank <= 1 else 6.5
        for name, lon, lat in zip(frame["name"], frame["lon"], frame["lat"], strict=True):
            if name and not np.isnan(lon):
                _place_name(axes, short_name(name), (lon, lat), size, taken)


def _place_name(
    axes: Axes, name: str, place: tuple[float, float], size: float, taken: list[NDArray[np.float64]]
) -> None:
    x, y = axes.transData.transform(place)
    wide = sum(1.0 if ord(sign) > 0x2E80 else 0.6 for sign in name) * size * _DPI / 72 / 2
    tall = size * _DPI / 72 * 0.62
    box = np.array([x - wide, y - tall, x + wide, y + tall])
    if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
        return
    taken.append(box)
    halo = [withStroke(linewidth=size / 3.6, foreground="white")]
    weight = "bold" if size > 9 else "normal"
    axes.text(*place, name, size=size, weight=weight, ha="center", va="center", path_effects=halo, clip_on=True)


def _across(axes: Axes, frame: Frame) -> float:
    """How wide an area of this table is on paper, in points."""
    if not len(frame):
        return 0.0
    west, east = axes.get_xlim()
    metres = _metres(axes, west, east)
    return float(np.sqrt(frame["area_m2"].median()) / metres * axes.get_window_extent().width / _DPI * 72)


def _metres(axes: Axes, west: float, east: float) -> float:
    middle = sum(axes.get_ylim()) / 2
    metres: float = Geod(ellps="WGS84").inv(west, middle, east, middle)[2]
    return metres


def _draw_scale(axes: Axes) -> float:
    """Draw the scale bar, and answer how many times smaller the sheet is than the ground, to two digits."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    metres = _metres(axes, west, east)
    most = metres / 4
    step = 10 ** np.floor(np.log10(most))
    length = step * max(n for n in (1, 2, 5) if n * step <= most)
    wide, tall = east - west, north - south
    degrees = length / metres * wide
    x, y = west + wide * 0.03, south + tall * 0.035
    for part in range(4):
        colour = PALETTE["ink"] if part % 2 == 0 else "white"
        left = x + part * degrees / 4
        bar = Rectangle((left, y), degrees / 4, tall * 0.009, facecolor=colour, edgecolor=PALETTE["ink"], linewidth=0.6)
        axes.add_patch(bar)
    unit, whole = ("km", length / 1000) if length >= 1000 else ("m", length)
    for at, text in ((0.0, "0"), (0.5, number(whole / 2)), (1.0, f"{number(whole)} {unit}")):
        axes.text(x + at * degrees, y + tall * 0.016, text, size=8, ha="center", va="bottom")
    ratio = metres / (axes.get_window_extent().width / _DPI * 0.0254)
    digits = 10 ** (np.floor(np.log10(ratio)) - 1)
    return float(round(ratio / digits) * digits)
