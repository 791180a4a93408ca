"""Findings as a GeoPackage that opens in QGIS with its styles: place, shape and repair of each, the areas concerned.

Owns layers, columns and styles of that file.  QGIS reads the styles from the table ``layer_styles``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from gis.candidates import Candidate, Finding, Severity
from grids.finding_words import advice, kind_name, place, sentence
from grids.language import Words

# As in api/assets/css/tokens.css: overdue, due, new; and the repair, and the areas.
_COLOURS: Final[dict[Severity, str]] = {"error": "185,44,18", "warning": "130,85,0", "note": "29,90,166"}
_REPAIR: Final = "34,107,54"
_AREA: Final = "74,86,92"
_POLYGONS: Final = (3, 6)


def write_findings(path: Path, found: Sequence[Finding], areas: Candidate) -> None:
    """Write findings into a GeoPackage; what was there is replaced.

    Layers: ``findings`` (a point each, also those that are nowhere, without geometry), ``shapes`` (the ground),
    ``repairs`` (what an area would become) and ``areas`` (the outlines concerned); each row carries both languages.

    Parameters
    ----------
    path : Path
        Ends in ``.gpkg``.
    found : sequence of Finding
        In the order in which they are to stand.
    areas : Candidate
        Where the outlines of the areas concerned are looked up.
    """
    path.unlink(missing_ok=True)
    columns = _columns(found)
    points = np.array([None if at is None else shapely.Point(at) for at in map(place, found)], dtype=object)
    _write(path, "findings", "Point", points, columns)
    _write(path, "shapes", "MultiPolygon", *_with_ground((one.shape for one in found), columns))
    _write(path, "repairs", "MultiPolygon", *_with_ground((one.repaired for one in found), columns))
    _write(path, "areas", "MultiPolygon", *_concerned(found, areas))
    _style(path)


def _columns(found: Sequence[Finding]) -> dict[str, NDArray[Any]]:
    zh, en = Words("zh"), Words("en")
    text: dict[str, list[str]] = {
        "severity": [one.severity for one in found],
        "kind": [one.kind for one in found],
        "codes": [" ".join(one.codes) for one in found],
    }
    for words in (zh, en):
        text[f"kind_{words.lang}"] = [kind_name(one.kind, words) for one in found]
        text[f"what_{words.lang}"] = [sentence(one, words) for one in found]
        text[f"do_{words.lang}"] = [advice(one, words) for one in found]
    area = np.array([np.nan if one.area_m2 is None else one.area_m2 for one in found], dtype=np.float64)
    numbers = {"n": np.arange(1, len(found) + 1, dtype=np.int64), "area_m2": area}
    return {**numbers, **{name: np.array(values, dtype=object) for name, values in text.items()}}


def _with_ground(
    shapes: Iterable[Any], columns: dict[str, NDArray[Any]]
) -> tuple[NDArray[np.object_], dict[str, NDArray[Any]]]:
    listed = list(shapes)
    drawn = np.empty(len(listed), dtype=object)
    drawn[:] = listed
    kept = np.isin(shapely.get_type_id(drawn), _POLYGONS) & ~shapely.is_empty(drawn)
    return drawn[kept], {name: values[kept] for name, values in columns.items()}


def _concerned(found: Sequence[Finding], areas: Candidate) -> tuple[NDArray[np.object_], dict[str, NDArray[Any]]]:
    codes = {code for one in found for code in one.codes}
    drawn = np.isin(shapely.get_type_id(areas.shapes), _POLYGONS) & ~shapely.is_empty(areas.shapes)
    kept = np.array([str(code) in codes for code in areas.codes], dtype=bool) & drawn
    levels = np.array(areas.levels, dtype=object)
    named = {
        "code": areas.codes,
        "name": areas.names,
        "level": levels[areas.level] if len(areas.level) else areas.codes,
    }
    return areas.shapes[kept], {name: np.array(values[kept], dtype=object) for name, values in named.items()}


def _write(path: Path, layer: str, kind: str, shapes: NDArray[np.object_], columns: dict[str, NDArray[Any]]) -> None:
    # A layer holds one type of geometry, or QGIS shows it several times.
    several = shapely.multipolygons
    drawn = [several(shapely.get_parts(shape)) if kind == "MultiPolygon" else shape for shape in shapes]
    pyogrio.raw.write(
        path,
        geometry=np.array([None if each is None else shapely.to_wkb(each) for each in drawn], dtype=object),
        field_data=list(columns.values()),
        fields=list(columns),
        layer=layer,
        driver="GPKG",
        geometry_type=kind,
        crs="EPSG:4326",
        append=path.exists(),
        encoding="UTF-8",
    )


def _style(path: Path) -> None:
    """Write the styles, which QGIS takes up by itself when it opens a layer."""
    styles = {
        "findings": _by_severity("marker", _marker),
        "shapes": _by_severity("fill", lambda colour: _fill(colour, 90)),
        "repairs": _single("fill", _fill(_REPAIR, 40)),
        "areas": _single("fill", _fill(_AREA, 0)),
    }
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),"
            " f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30),"
            " styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),"
            " update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')))"
        )
        columns = dict(file.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall())
        file.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
            " styleQML, styleSLD, useAsDefault, description, owner)"
            " VALUES ('', '', ?, ?, ?, ?, '', 1, 'Gridwarden', '')",
            [(layer, columns[layer], layer, qml) for layer, qml in styles.items()],
        )
        file.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES"
            " ('layer_styles', 'attributes', 'layer_styles', '')"
        )


_HEAD: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"


def _by_severity(kind: str, layer_of: Any) -> str:
    categories = "".join(
        f'<category render="true" value="{severity}" label="{severity}" symbol="{n}"/>'
        for n, severity in enumerate(_COLOURS)
    )
    symbols = "".join(
        f'<symbol type="{kind}" name="{n}" alpha="1" clip_to_extent="1">{layer_of(colour)}</symbol>'
        for n, colour in enumerate(_COLOURS.values())
    )
    return (
        f'{_HEAD}<qgis version="3.28" styleCategories="Symbology"><renderer-v2 type="categorizedSymbol" attr="severity"'
        f' symbollevels="0"><categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2></qgis>'
    )


def _single(kind: str, layer: str) -> str:
    return (
        f'{_HEAD}<qgis version="3.28" styleCategories="Symbology"><renderer-v2 type="singleSymbol" symbollevels="0">'
        f'<symbols><symbol type="{kind}" name="0" alpha="1" clip_to_extent="1">{layer}</symbol></symbols>'
        "</renderer-v2></qgis>"
    )


def _marker(colour: str) -> str:
    return (
        '<layer class="SimpleMarker" enabled="1" locked="0" pass="0">'
        f'<prop k="name" v="circle"/><prop k="color" v="{colour},255"/><prop k="outline_color" v="255,255,255,255"/>'
        '<prop k="size" v="3"/><prop k="size_unit" v="MM"/></layer>'
    )


def _fill(colour: str, opacity: int) -> str:
    return (
        '<layer class="SimpleFill" enabled="1" locked="0" pass="0">'
        f'<prop k="color" v="{colour},{opacity}"/><prop k="style" v="solid"/><prop k="outline_color" v="{colour},255"/>'
        '<prop k="outline_width" v="0.4"/><prop k="outline_width_unit" v="MM"/></layer>'
    )
