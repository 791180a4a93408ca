"""Files of boundaries and sites as tables: asked of a process with limits, so that no strange file is opened here.

GeoPackage, zipped shapefile, GeoJSON, GeoParquet and KML.  Owns what is asked and what comes back; what a column means
is ``gis.boundary_fields``'s question.  The one place where such a file is parsed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from gis.boundary_limits import ENVIRONMENT, LIMITS, WKB
from gis.boundary_refusals import BoundaryFileError
from gis.confined import ask_confined, ask_confined_now
from gis.datums import Datum, to_wgs84
from gis.position import UnknownDatumError

_MODULE: Final = "gis.boundary_reader"

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a file, as it was written.

    Attributes
    ----------
    file : str
        What the file is called.
    format : str
        ``gpkg``, ``shp``, ``geojson``, ``parquet`` or ``kml``.
    encoding : str
        In which its text was.
    crs : str, optional
        What its CRS is called; None where it names none.
    named : Datum, optional
        The datum of that CRS, where it is one of ours.
    columns : mapping
        Text, numbers or truths by name, ``(n,)``; None or nan where there is nothing.
    shapes : (n,) object
        Lon lat in degrees of the datum as given.
    """

    file: str
    format: str
    encoding: str
    crs: str | None
    named: Datum | None
    columns: dict[str, NDArray[Any]]
    shapes: Shapes

    def datum(self, given: Datum | None, option: str = "--datum") -> Datum:
        """Answer the datum of the outlines; one that is given beats the file's: GCJ-02 is often stored as WGS84.

        Raises
        ------
        UnknownDatumError
            ``unknown_datum``: none is given, and the file names none that is known.
        """
        if given is None and self.named is None:
            # Xian 1980 and Beijing 1954 lie some 100 m off, and no two places by the same.
            named = f"names {self.crs}, which is none of these" if self.crs else "names none"
            raise UnknownDatumError(
                f"WGS84, CGCS2000, GCJ-02 and BD-09 are known; {self.file} {named}. Turn it into CGCS2000 with a GIS;"
                f" or, if its numbers are those of one of the four all the same, say which by {option}."
                " Numbers of GCJ-02 read as WGS84 lie some 500 m away; whoever made the file knows it.",
                params={"given": self.crs or ""},
            )
        return given or self.named or Datum.WGS84

    def in_wgs84(self, datum: Datum) -> Shapes:
        """Answer the outlines in EPSG:4326, given their datum."""
        return np.asarray(shapely.transform(self.shapes, lambda xy: to_wgs84(xy, datum)), dtype=object)


def read_layer(path: Path, layer: str | None = None, encoding: str | None = None, *, any_shape: bool = False) -> Layer:
    """Answer a layer of a file.

    Parameters
    ----------
    path : Path
        GeoPackage, zipped shapefile, GeoJSON, GeoParquet or KML.
    layer : str, optional
        Which, where it has several.
    encoding : str, optional
        Of the text of a shapefile, GeoJSON or KML; else UTF-8 is tried, then GB18030, strictly.
    any_shape : bool
        Also points and lines; else polygons alone.

    Raises
    ------
    BoundaryFileError
        ``boundary_file_refused``.
    """
    if not path.is_file():
        raise BoundaryFileError("not_found", str(path))
    with _room() as room:
        return _told(path.name, ask_confined_now(_MODULE, _order(path, layer, encoding, any_shape), LIMITS, room))


async def ask_layer(path: Path, layer: str | None = None, encoding: str | None = None) -> bytes:
    """Answer what the process says of a file of areas, for ``layer_of``: without holding the event loop."""
    with _room() as room:
        return await ask_confined(_MODULE, _order(path, layer, encoding, any_shape=False), LIMITS, room)


@contextmanager
def _room() -> Iterator[dict[str, str]]:
    """The environment of a process with a folder of its own, which goes with it however it ends."""
    with TemporaryDirectory(prefix="gridwarden-boundaries-") as folder:
        yield {**ENVIRONMENT, "TMPDIR": folder}


def layer_of(file: str, answer: bytes) -> Layer:
    """Answer a layer from what the process said of it; as ``read_layer``.

    Parameters
    ----------
    file : str
        What the file is called.
    answer : bytes
        Of ``ask_layer``.
    """
    return _told(file, answer)


def _order(path: Path, layer: str | None, encoding: str | None, any_shape: bool) -> bytes:
    order = {"path": str(path.absolute()), "layer": layer, "encoding": encoding, "any_shape": any_shape}
    return json.dumps(order).encode() + b"\n"


def _told(file: str, answer: bytes) -> Layer:
    head, _, body = answer.partition(b"\n")
    if not head:
        raise BoundaryFileError("over_limits", file)
    said = json.loads(head)
    if "refused" in said:
        raise BoundaryFileError(said["refused"], file, **said["params"])
    table = pa.ipc.open_stream(io.BytesIO(body)).read_all()
    shapes = np.asarray(shapely.from_wkb(table[WKB].to_pylist()), dtype=object)
    columns = {name: _values(table[name]) for name in table.column_names if name != WKB}
    named = Datum(said["datum"]) if said["datum"] else None
    return Layer(file, said["format"], said["encoding"], said["crs"], named, columns, shapes)


def _values(column: pa.ChunkedArray) -> NDArray[Any]:
    if column.null_count or pa.types.is_string(column.type):
        return np.array(column.to_pylist(), dtype=object)
    return np.asarray(column.to_numpy())
