"""Where an index gets its areas from: an edition of the database, or a boundary file without any database.

Reads no file itself: ``gis.boundary_files`` does, and ``gis.boundary_fields`` says what its columns mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from gis.boundary_fields import Columns, codes_of, flags_of, levels_of
from gis.boundary_files import Layer, read_layer
from gis.boundary_refusals import BoundaryFileError
from gis.datums import Datum
from gis.errors import GridwardenError
from gis.index import AreaIndex, AreasRefusedError


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


def index_of_file(path: Path, given: Fields, datum: Datum | None, tolerances_m: Sequence[float]) -> AreaIndex:
    """Answer an index over the areas of a boundary file.

    Parameters
    ----------
    path : Path
        Whatever ``gis.boundary_files`` reads.
    given : Fields
        Which columns mean what.
    datum : Datum, optional
        Of the outlines; without it the file has to name a CRS of WGS84 or CGCS2000.  One that is given beats the
        file's, because GCJ-02 is often stored as if it were WGS84.
    tolerances_m : sequence of float
        How far off an area of each level still is near.

    Raises
    ------
    BoundaryFileError, AreasRefusedError, UnknownDatumError
        ``boundary_file_refused``, ``areas_refused``, ``unknown_datum``.
    """
    layer = read_layer(path)
    named = Columns(code=given.code, level=given.level, overlay=given.overlay)
    for column in named.told().values():
        if column not in layer.columns:
            raise BoundaryFileError("no_column", layer.file, name=column, names=", ".join(layer.columns))
    codes = codes_of(layer, given.code)
    _refuse_invalid(layer, codes)
    shapes = layer.in_wgs84(layer.datum(datum, "--boundaries-datum"))
    level, levels = None, None
    if given.level is not None:
        order, level, _ = levels_of(layer, given.level, given.levels, codes)
        levels = len(order)
    overlay = None if given.overlay is None else flags_of(layer, given.overlay, codes)
    return AreaIndex(shapes, codes.tolist(), level, overlay, levels=levels, tolerance_m=tolerances_m)


def _refuse_invalid(layer: Layer, codes: NDArray[np.object_]) -> None:
    wrong = np.flatnonzero(~shapely.is_valid(layer.shapes))
    if len(wrong):
        first = codes[wrong[0]]
        raise AreasRefusedError(
            f"{layer.file}: the outline of {first!r} is not valid ({shapely.is_valid_reason(layer.shapes[wrong[0]])}),"
            f" {len(wrong)} in all; mend them first.",
            params={"areas": codes[wrong].tolist()},
        )
