"""The look of the maps as a MapLibre style: our own boundaries and names are the base map, by day and by night.

Owns colours, widths and from which zoom a name appears; the colours are those of the tokens.  Knows levels only
by their place in the edition, so that a flat set of wards looks right too.  Fetches nothing and names no font that has
to be fetched: without ``glyphs`` the browser draws all text with fonts of its own.
"""

from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from html import escape
from typing import Any, Final, Literal
from urllib.parse import quote

from grids.areas import Edition
from maps.tiles import MAX_ZOOM, TILE_FORMAT

Theme = Literal["light", "dark"]
TileKind = Literal["tianditu", "xyz", "pmtiles"]

# Where the service hands out a PMTiles file that lies on its own disk.
BASE_MAP_FILE: Final = "/map/base.pmtiles"

_FONTS: Final = ["PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", "sans-serif"]


# A committee's formal name is too long for a map: 周庄村村民委员会 is 周庄村 there.
_SHORT_NAME: Final = [
    "match",
    ["slice", ["get", "name"], -5],
    ["村民委员会", "居民委员会"],
    ["slice", ["get", "name"], 0, -5],
    ["get", "name"],
]
# 东村第二网格 in two lines: the village, then which of its grids.
_GRID_NAME: Final = [
    "let",
    "at",
    ["index-of", "第", ["get", "name"]],
    [
        "case",
        [">", ["var", "at"], 0],
        ["concat", ["slice", ["get", "name"], 0, ["var", "at"]], "\n", ["slice", ["get", "name"], ["var", "at"]]],
        _SHORT_NAME,
    ],
]


@dataclass(frozen=True, slots=True)
class BaseMap:
    """What lies under the boundaries.

    Parameters
    ----------
    kind : {"tianditu", "xyz", "pmtiles"}
        Where the pictures come from.  All of them have to be unshifted (WGS84 or CGCS2000), never GCJ-02.
    address : str
        The key of 天地图, the URL with {z} {x} {y}, or the address of the PMTiles file (raster tiles).
    attribution : str
        Whose map it is; plain text.
    max_zoom : int
        The closest zoom that there are pictures for.
    """

    kind: TileKind
    address: str
    attribution: str = ""
    max_zoom: int = 18


@dataclass(frozen=True, slots=True)
class _Rank:
    """How one level is drawn; counted from the grid upwards."""

    line_from: float
    width: tuple[tuple[float, float], ...]
    name_from: float
    name_to: float
    name_size: tuple[tuple[float, float], ...]


# Grid (hairline), village (thin), township (medium), county (strong), and whatever stands above.
_RANKS: Final = (
    _Rank(13, ((13, 0.5), (16, 1), (19, 2)), 13.8, 24, ((14, 11), (17, 14))),
    _Rank(10, ((10, 0.4), (13, 1), (16, 2)), 11.6, 16, ((11, 11), (15, 15))),
    _Rank(7, ((7, 0.5), (10, 1.4), (14, 2.6)), 9, 13.5, ((9, 11), (13, 15))),
    _Rank(0, ((6, 0.6), (8, 1), (11, 2.4), (14, 3.4)), 5, 10, ((6, 12), (10, 17))),
    _Rank(0, ((6, 1), (8, 1.6), (11, 3), (14, 4)), 3, 6.5, ((5, 13), (7, 17))),
)

_COLOURS: Final[dict[Theme, dict[str, Any]]] = {
    "light": {
        "outside": "#dfe5e5",
        "land": "#f8faf9",
        "lines": ("#aab6ba", "#8e9ca2", "#66757b", "#3c4a50", "#2b373c"),
        "names": ("#4a565c", "#37444a", "#26343a", "#182024", "#182024"),
        "halo": "#ffffff",
    },
    "dark": {
        "outside": "#0b1113",
        "land": "#182124",
        "lines": ("#3f4d52", "#57666c", "#7f8e94", "#b2bfc4", "#cfd9dc"),
        "names": ("#a9b6bb", "#bcc8cc", "#d3dde0", "#e8eef0", "#e8eef0"),
        "halo": "#0f1618",
    },
}


def style(
    edition: Edition,
    theme: Theme,
    base_map: BaseMap | None = None,
    bounds: tuple[float, float, float, float] | None = None,
) -> dict[str, Any]:
    """Answer the MapLibre style of an edition.

    Parameters
    ----------
    edition : Edition
        Whose boundaries are shown; levels top first.
    theme : {"light", "dark"}
        By day or by night.
    base_map : BaseMap, optional
        What lies under the boundaries.
    bounds : west, south, east, north, optional
        Of the edition, EPSG:4326 degrees: a browser asks for no tile beyond them.

    Returns
    -------
    dict
        As of the MapLibre style specification, version 8.  Layers: ``land``, then per level ``line-<level>`` and
        ``name-<level>``; scripts put their own below ``name-…``.
    """
    colours = _COLOURS[theme]
    ranks = [(level, min(len(edition.levels) - 1 - n, len(_RANKS) - 1)) for n, level in enumerate(edition.levels)]
    background = {"id": "outside", "type": "background", "paint": {"background-color": colours["outside"]}}
    return {
        "version": 8,
        "name": f"gridwarden-{theme}",
        "sources": {"edition": _edition_source(edition, bounds), **_base_sources(base_map)},
        "layers": [
            background,
            *([] if base_map else [_land(edition.levels[0], colours["land"])]),
            *_base_layers(base_map, theme),
            *(_line(level, rank, colours) for level, rank in reversed(ranks)),
            # Names of the higher levels come last: they are placed first where room is short.
            *(_names(level, rank, colours) for level, rank in reversed(ranks)),
        ],
    }


def tile_version(edition: Edition) -> str:
    """Answer what the address of an edition's tiles carries besides its id.

    Ids begin at 1 in each database, and tiles are kept for good: without this a browser would show the boundaries of
    the database that answered at this address before.
    """
    told = (edition.id, edition.name, edition.loaded_at.astimezone(UTC).isoformat(), TILE_FORMAT)
    return sha256(repr(told).encode()).hexdigest()[:12]


def _edition_source(edition: Edition, bounds: tuple[float, float, float, float] | None) -> dict[str, Any]:
    return {
        "type": "vector",
        "tiles": [f"/tiles/{edition.id}/{{z}}/{{x}}/{{y}}.mvt?v={tile_version(edition)}"],
        "maxzoom": MAX_ZOOM,
        **({"bounds": list(bounds)} if bounds else {}),
        "promoteId": "code",
        # MapLibre takes an attribution for markup.
        "attribution": escape(edition.name),
    }


def _land(top: str, colour: str) -> dict[str, Any]:
    return {
        "id": "land",
        "type": "fill",
        "source": "edition",
        "source-layer": "areas",
        "filter": ["==", ["get", "level"], top],
        "paint": {"fill-color": colour, "fill-antialias": False},
    }


def _line(level: str, rank: int, colours: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"line-{level}",
        "type": "line",
        "source": "edition",
        "source-layer": "areas",
        "minzoom": _RANKS[rank].line_from,
        "filter": ["==", ["get", "level"], level],
        "layout": {"line-join": "round"},
        "paint": {"line-color": colours["lines"][rank], "line-width": _by_zoom(_RANKS[rank].width)},
    }


def _names(level: str, rank: int, colours: dict[str, Any]) -> dict[str, Any]:
    drawn = _RANKS[rank]
    return {
        "id": f"name-{level}",
        "type": "symbol",
        "source": "edition",
        "source-layer": "labels",
        "minzoom": drawn.name_from,
        "maxzoom": drawn.name_to,
        "filter": ["==", ["get", "level"], level],
        "layout": {
            "text-field": _SHORT_NAME if rank else _GRID_NAME,
            "text-font": _FONTS,
            "text-size": _by_zoom(drawn.name_size),
            "text-max-width": 7,
            "text-padding": 6,
            "symbol-sort-key": rank,
        },
        "paint": {
            "text-color": colours["names"][rank],
            "text-halo-color": colours["halo"],
            "text-halo-width": 1.6,
        },
    }


def _by_zoom(stops: tuple[tuple[float, float], ...]) -> list[Any]:
    return ["interpolate", ["linear"], ["zoom"], *(value for stop in stops for value in stop)]


def _base_sources(base_map: BaseMap | None) -> dict[str, Any]:
    match base_map:
        case None:
            return {}
        case BaseMap("tianditu", key):
            return {
                f"base-{layer}": {
                    "type": "raster",
                    "tiles": [_tianditu(n, layer, key) for n in range(8)],
                    "tileSize": 256,
                    "maxzoom": 18,
                    "attribution": "天地图",
                }
                for layer in ("vec", "cva")
            }
        case BaseMap(kind, address, attribution, max_zoom):
            tiles = f"pmtiles://{address}/{{z}}/{{x}}/{{y}}" if kind == "pmtiles" else address
            return {
                "base": {
                    "type": "raster",
                    "tiles": [tiles],
                    "tileSize": 256,
                    "maxzoom": max_zoom,
                    "attribution": escape(attribution),
                }
            }


def _tianditu(server: int, layer: str, key: str) -> str:
    return (
        f"https://t{server}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
        f"&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILECOL={{x}}&TILEROW={{y}}&TILEMATRIX={{z}}&tk={quote(key)}"
    )


def _base_layers(base_map: BaseMap | None, theme: Theme) -> list[dict[str, Any]]:
    # Pale, so that boundaries and pins stand out; dimmed by night.
    paint = {"raster-saturation": -0.5, "raster-opacity": 0.85}
    if theme == "dark":
        paint["raster-brightness-max"] = 0.5
    return [{"id": name, "type": "raster", "source": name, "paint": paint} for name in _base_sources(base_map)]
