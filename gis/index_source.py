"""Where an index gets its areas from: an edition of the database, or a boundary file without any database.

Owns which columns mean what.  A boundary file is read by one function, ``read_boundaries``, and what it answers is all
that the rest knows of files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from gis.datums import Datum, to_wgs84
from gis.errors import GridwardenError
from gis.index import AreaIndex, AreasRefusedError
from gis.index_lattice import Floats, Ints, Shapes
from gis.position import UnknownDatumError

# What the geodetic CRS of a file says of its datum; GCJ-02 and BD-09 have no code of their own.
_DATUMS: Final = {"EPSG:4326": Datum.WGS84, "OGC:CRS84": Datum.WGS84, "EPSG:4490": Datum.CGCS2000}


class NoEditionError(GridwardenError):
    """No boundaries are in force at the instant."""

    code = "no_boundaries"


@dataclass(frozen=True, slots=True)
class Fields:
    """Which columns of a boundary file mean what.

    Attributes
    ----------
    code : str
        Each area's code.
    level : str, optional
        The name of its level; without it all areas are of one.
    levels : sequence of str
        Those names, the topmost first; needed with ``level``.
    overlay : str, optional
        Whether it is an overlay: 0 or 1, true or false.
    """

    code: str
    level: str | None = None
    levels: Sequence[str] = ()
    overlay: str | None = None


@dataclass(frozen=True, slots=True)
class Boundaries:
    """A boundary file as it was read: outlines, columns by name, and the CRS that it names, None where it does not."""

    shapes: Shapes
    columns: dict[str, NDArray[Any]]
    crs: str | None


def index_of_edition(connection: psycopg.Connection[Any], at: datetime) -> tuple[AreaIndex, str]:
    """Answer an index over the edition in force at an instant, and the edition's name.

    Parameters
    ----------
    connection
        In any role that may read boundaries.
    at : datetime
        Aware.

    Raises
    ------
    NoEditionError
        ``no_boundaries``.
    """
    edition = connection.execute("SELECT e.id, e.name FROM edition_at(%s) e WHERE e.id IS NOT NULL", (at,)).fetchone()
    if edition is None:
        raise NoEditionError(f"No boundaries were in force at {at.isoformat()}.")
    number, name = edition
    return index_of_edition_number(connection, number), name


def index_of_edition_number(connection: psycopg.Connection[Any], edition_id: int) -> AreaIndex:
    """Answer an index over one edition, in force or not, with its own tolerances.

    Raises
    ------
    NoEditionError
        ``no_boundaries``: the edition has none.
    """
    rows = connection.execute(
        "SELECT b.code, array_position(e.levels, b.level) - 1, b.overlay, ST_AsBinary(b.geom), e.tolerances_m"
        " FROM boundaries b JOIN editions e ON e.id = b.edition_id WHERE e.id = %s ORDER BY b.code",
        (edition_id,),
        binary=True,
    ).fetchall()
    if not rows:
        raise NoEditionError("The edition has no boundaries.")
    codes, level, overlay, wkb, tolerances_m = zip(*rows, strict=True)
    return AreaIndex(
        np.asarray(shapely.from_wkb(list(wkb)), dtype=object),
        codes,
        np.array(level),
        np.array(overlay),
        levels=len(tolerances_m[0]),
        tolerance_m=tolerances_m[0],
    )


def index_of_file(path: Path, fields: Fields, datum: Datum | None, tolerances_m: Sequence[float]) -> AreaIndex:
    """Answer an index over the areas of a boundary file.

    Parameters
    ----------
    path : Path
        Whatever ``read_boundaries`` reads.
    fields : Fields
        Which columns mean what.
    datum : Datum, optional
        Of the outlines; without it the file has to name a CRS of WGS84 or CGCS2000.  One that is given beats the
        file's, because GCJ-02 is often stored as if it were WGS84.
    tolerances_m : sequence of float
        How far off an area of each level still is near.

    Raises
    ------
    AreasRefusedError, UnknownDatumError
        ``areas_refused``, ``unknown_datum``.
    """
    read = read_boundaries(path)
    codes = [_text(value) for value in _column(path, read, fields.code)]
    _refuse_invalid(path, read.shapes, codes)
    shapes = _in_wgs84(read, datum or _datum(path, read.crs))
    overlay = None if fields.overlay is None else np.array([_flag(v) for v in _column(path, read, fields.overlay)])
    levels = len(fields.levels) if fields.level else None
    return AreaIndex(shapes, codes, _levels(path, read, fields), overlay, levels=levels, tolerance_m=tolerances_m)


def read_boundaries(path: Path) -> Boundaries:
    """Answer what stands in a boundary file: the one place where such a file is parsed.

    Parameters
    ----------
    path : Path
        GeoPackage, GeoJSON, shapefile (also zipped), KML, whatever GDAL knows; one layer.

    Raises
    ------
    AreasRefusedError
        ``areas_refused``: not there, not readable, several layers.
    """
    if not path.is_file():
        raise AreasRefusedError(f"{path}: there is no such file.")
    try:
        layers = pyogrio.list_layers(path)
        if len(layers) != 1:
            raise AreasRefusedError(f"{path.name} has {len(layers)} layers; give a file with one.")
        about, _, wkb, columns = pyogrio.raw.read(path, force_2d=True)
        shapes = np.asarray(shapely.from_wkb(wkb), dtype=object)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, shapely.GEOSException) as error:
        raise AreasRefusedError(f"{path.name} cannot be read: {error}") from error
    return Boundaries(shapes, dict(zip(about["fields"], columns, strict=True)), about["crs"])


def _column(path: Path, read: Boundaries, name: str) -> NDArray[Any]:
    if name not in read.columns:
        raise AreasRefusedError(f"{path.name} has no column {name!r}; it has: {', '.join(read.columns)}.")
    return read.columns[name]


def _text(value: Any) -> str:
    """Answer a code as text; a code that was stored as a number loses no digit and gets no decimal point."""
    if value is None or value != value or not str(value).strip():
        raise AreasRefusedError("An area has no code; every area needs one.")
    return str(int(value)) if isinstance(value, (float, np.floating)) and value == int(value) else str(value).strip()


def _flag(value: Any) -> bool:
    spoken = str(value).strip().lower()
    if spoken in ("1", "1.0", "true", "t", "yes"):
        return True
    if spoken in ("0", "0.0", "false", "f", "no", "", "none", "nan"):
        return False
    raise AreasRefusedError(f"Whether an area is an overlay is 0 or 1, not {value!r}.")


def _levels(path: Path, read: Boundaries, fields: Fields) -> Ints | None:
    if fields.level is None:
        return None
    depth = {name: n for n, name in enumerate(fields.levels)}
    named = [_text(value) for value in _column(path, read, fields.level)]
    unknown = sorted(set(named) - depth.keys())
    if unknown:
        raise AreasRefusedError(
            f"{path.name} has areas of the levels {', '.join(unknown)}; name all, the topmost first, by --levels."
        )
    return np.array([depth[name] for name in named])


def _refuse_invalid(path: Path, shapes: Shapes, codes: list[str]) -> None:
    wrong = np.flatnonzero(~shapely.is_valid(shapes) | shapely.is_missing(shapes))
    if len(wrong):
        first = codes[wrong[0]]
        raise AreasRefusedError(
            f"{path.name}: the outline of {first!r} is not valid ({shapely.is_valid_reason(shapes[wrong[0]])}),"
            f" {len(wrong)} in all; mend them first.",
            params={"areas": [codes[n] for n in wrong]},
        )


def _datum(path: Path, crs: str | None) -> Datum:
    given = CRS.from_user_input(crs) if crs else None
    geodetic = given.geodetic_crs if given is not None else None
    authority = geodetic.to_authority(min_confidence=70) if geodetic is not None else None
    datum = _DATUMS.get(":".join(authority)) if authority else None
    if datum is None:
        raise UnknownDatumError(
            f"{path.name} does not name a datum that is known ({given.name if given else 'no CRS'}); name it by"
            " --boundaries-datum. Numbers of GCJ-02 read as WGS84 lie some 500 m away.",
            params={"given": given.name if given else ""},
        )
    return datum


def _in_wgs84(read: Boundaries, datum: Datum) -> Shapes:
    given = CRS.from_user_input(read.crs) if read.crs else None
    degrees = None
    if given is not None and not given.is_geographic:
        degrees = Transformer.from_crs(given, given.geodetic_crs, always_xy=True)

    def convert(corners: Floats) -> Floats:
        if degrees is not None:
            corners = np.column_stack(degrees.transform(corners[:, 0], corners[:, 1]))
        return to_wgs84(corners, datum)

    return np.asarray(shapely.transform(read.shapes, convert), dtype=object)
