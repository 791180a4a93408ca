"""What a map is drawn of: the areas of an edition and the H3 cells in it, numbered, with their outlines and households.

Written once per edition, when it is activated, because boundaries never change afterwards.  Owns which bands of zooms
outlines are simplified for, and how households are shared among cells.  Which zoom is drawn of which kind is
``maps/tiles.py``'s question.
"""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from struct import pack
from typing import Any, Final, LiteralString, Self

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from gis.cells import RESOLUTIONS, as_key, cells_within, outlines
from gis.clipping import common_area
from gis.simplify import Faces, Floats, Geometries, Ints, assemble, faces_of, simplify

BANDS: Final = (14, 12, 10, 8, 0)
"""From which zoom a band serves, the finest first: band 0 from zoom 14 on, band 4 up to zoom 7."""

PIXEL_M: Final = 2 * np.pi * 6_378_137 / 512
"""A pixel of zoom 0 in EPSG:3857, where a tile is drawn 512 pixels wide; half as much each further zoom."""

_MERCATOR: Final = 3857
_EQUAL_AREA: Final = 6933


@dataclass(frozen=True, slots=True)
class _Areas:
    """The areas of an edition, by kind and number; ``parent`` and ``rank`` decide who holds a piece of ground."""

    kind: NDArray[np.object_]
    n: Ints
    geom: Geometries
    households: Floats  # nan: nobody counted
    leaf: NDArray[np.bool_]
    top: NDArray[np.bool_]
    rank: Ints  # of the code, overlays first


def band_at(zoom: int) -> int:
    """Answer the band that serves a zoom.

    >>> [band_at(zoom) for zoom in (0, 7, 8, 13, 14, 16)]
    [4, 4, 3, 1, 0, 0]
    """
    return next(band for band, first in enumerate(BANDS) if zoom >= first)


def tolerance_m(band: int) -> float:
    """Answer how much a band may be simplified, in metres of EPSG:3857: half a pixel at its largest zoom; 0 for band 0.

    >>> [round(tolerance_m(band), 1) for band in range(5)]
    [0.0, 4.8, 19.1, 76.4, 305.7]
    """
    return 0.0 if band == 0 else float(PIXEL_M / 2 ** (BANDS[band - 1] - 1) / 2)


def prepare(connection: psycopg.Connection[Any], edition_id: int) -> None:
    """Write units, lineage and shapes of an edition that has none yet.

    Cells are those whose centre lies in the topmost areas.  Their households are those of the areas with nothing
    below them, shared by area; where such areas lie over each other, ground belongs to the one that answers for it (an
    overlay, then the lowest code), so that no household counts twice.  What an area has in cells whose centre lies
    outside is in no cell: cells hold a little less than the areas.

    Parameters
    ----------
    connection
        As the owner of the tables, inside the caller's transaction.
    """
    connection.execute("SELECT number_areas(%s)", (edition_id,))
    areas = _read(connection, edition_id)
    if not len(areas.geom):
        return
    faces = faces_of(areas.geom)
    held = _held(areas, faces)
    extent = shapely.union_all(areas.geom[areas.top])
    # GEOS lets other threads work meanwhile: cells and outlines are made beside each other, what takes longest first.
    # They share geometries, but none that is prepared.
    with _Writer(connection, edition_id) as writer, ThreadPoolExecutor(2) as beside:
        made = [
            beside.submit(_write_shapes, writer, areas, faces),
            *(beside.submit(_write_cells, writer, extent, held, resolution) for resolution in RESOLUTIONS[::-1]),
        ]
        for each in made:
            each.result()
        writer.run("ANALYZE units, shapes, lineage")


class _Writer:
    """Sends what is ready to the database, in order, while more is computed."""

    def __init__(self, connection: psycopg.Connection[Any], edition_id: int) -> None:
        self._connection = connection
        self._edition_id = edition_id
        self._thread = ThreadPoolExecutor(1)
        self._sent: list[Future[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self._thread.shutdown(cancel_futures=failed is not None)
        if failed is None:
            for sent in self._sent:
                sent.result()

    def run(self, statement: LiteralString) -> None:
        self._sent.append(self._thread.submit(self._connection.execute, statement))

    def add_cells(self, kind: str, cells: list[int], households: list[float | None], area_m2: list[float]) -> None:
        rows = zip(map(as_key, cells), cells, households, area_m2, strict=True)
        self._copy(
            "COPY units (edition_id, kind, n, key, cell, households, area_m2) FROM STDIN (NULL 'None')",
            # Lines of our own making, none of which needs quoting; psycopg's rows take several times longer.
            "".join(
                f"{self._edition_id}\t{kind}\t{n}\t{key}\t{cell}\t{number}\t{m2}\n"
                for n, (key, cell, number, m2) in enumerate(rows, 1)
            ),
        )

    def add_shapes(self, kinds: Iterable[str], n: Ints, band: int, shapes: Geometries) -> None:
        geoms = shapely.to_wkb(shapely.set_srid(shapes, _MERCATOR), include_srid=True)
        head = pack(">hii", 5, 4, self._edition_id)
        rows = (
            b"".join((head, _text(kind), pack(">iiihi", 4, i, 2, band, len(geom)), geom))
            for kind, i, geom in zip(kinds, n.tolist(), geoms, strict=True)
        )
        # Binary: as text, outlines are twice as long and take several times longer to write and to read.
        self._copy(
            "COPY shapes (edition_id, kind, n, band, geom) FROM STDIN (FORMAT binary)",
            b"".join((b"PGCOPY\n\xff\r\n\0", bytes(8), *rows, pack(">h", -1))),
        )

    def _copy(self, statement: LiteralString, block: str | bytes) -> None:
        def send() -> None:
            with self._connection.cursor().copy(statement) as copy:
                copy.write(block)

        self._sent.append(self._thread.submit(send))


@cache
def _text(value: str) -> bytes:
    """Answer a text as a field of a binary COPY."""
    encoded = value.encode()
    return pack(">i", len(encoded)) + encoded


def _read(connection: psycopg.Connection[Any], edition_id: int) -> _Areas:
    rows = connection.execute(
        "SELECT u.kind, u.n, ST_AsBinary(b.geom), b.households, b.parent_code IS NULL,"
        " NOT EXISTS (SELECT FROM boundaries c WHERE c.edition_id = b.edition_id AND c.parent_code = b.code),"
        " row_number() OVER (ORDER BY b.overlay DESC, b.code)"
        " FROM units u JOIN boundaries b ON b.edition_id = u.edition_id AND b.code = u.key"
        " WHERE u.edition_id = %s AND u.cell IS NULL ORDER BY u.kind, u.n",
        (edition_id,),
    ).fetchall()
    kind, n, geom, households, top, leaf, rank = zip(*rows, strict=True) if rows else ((),) * 7
    return _Areas(
        np.array(kind, dtype=object),
        np.array(n, dtype=np.int64),
        np.asarray(shapely.from_wkb(list(geom)), dtype=object),
        np.array(households, dtype=np.float64),
        np.array(leaf, dtype=bool),
        np.array(top, dtype=bool),
        np.array(rank, dtype=np.int64),
    )


def _write_shapes(writer: _Writer, areas: _Areas, faces: Faces) -> None:
    whole = _in_plane(areas.geom, _MERCATOR)
    writer.add_shapes(areas.kind, areas.n, 0, whole)
    coarser = Faces(_in_plane(faces.shapes, _MERCATOR), faces.face, faces.area)
    for band in range(1, len(BANDS)):
        coarser = simplify(coarser, tolerance_m(band))
        writer.add_shapes(areas.kind, areas.n, band, assemble(coarser, whole))


@dataclass(frozen=True, slots=True)
class _Held:
    """Ground without overlaps, in the plane of equal areas, and how many households live on a square metre of it."""

    pieces: Geometries
    per_m2: Floats  # nan: nobody counted
    edge: Geometries  # where all of it ends, side by side


def _write_cells(writer: _Writer, extent: shapely.Geometry, held: _Held, resolution: int) -> None:
    """Write the cells of a resolution as units, and their outlines."""
    kind = f"cell-{resolution}"
    cells = cells_within(extent, resolution).tolist()
    drawn = outlines(cells)
    writer.add_shapes([kind] * len(cells), np.arange(1, len(cells) + 1), 0, _in_plane(drawn, _MERCATOR))
    level = _in_plane(drawn, _EQUAL_AREA)
    writer.add_cells(kind, cells, _shared(held, level), shapely.area(level).tolist())


def _held(areas: _Areas, faces: Faces) -> _Held:
    """Answer the faces that lie in an area with nothing below it, as ground of the one that answers for it."""
    leaf = areas.leaf[faces.area]
    face, area = faces.face[leaf], faces.area[leaf]
    order = np.lexsort((areas.rank[area], face))
    face, first = np.unique(face[order], return_index=True)
    area = area[order][first]
    pieces = _in_plane(faces.shapes[face], _EQUAL_AREA)
    ground = np.bincount(area, weights=shapely.area(pieces), minlength=len(areas.geom))
    return _Held(pieces, areas.households[area] / ground[area], _sides(shapely.coverage_union_all(pieces)))


def _sides(ground: shapely.Geometry) -> Geometries:
    """Answer the sides of all rings, a line each."""
    places, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(ground)), return_index=True)
    joined = ring[1:] == ring[:-1]
    return np.asarray(shapely.linestrings(np.stack([places[:-1][joined], places[1:][joined]], axis=1)), dtype=object)


def _shared(held: _Held, cells: Geometries) -> list[float | None]:
    """Answer the households of each cell; None where a part of it lies in an area that nobody counted."""
    tree = shapely.STRtree(cells)
    piece, cell = tree.query(held.pieces, predicate="intersects")
    full = np.ones(len(cells), dtype=bool)
    # A cell that has ground, and into which no end of it reaches, has no gap.
    full[tree.query(held.edge, predicate="intersects")[1]] = False
    m2 = _common_m2(held.pieces, cells, full, piece, cell)
    real = m2 > 0
    households = np.bincount(cell[real], weights=(m2 * held.per_m2[piece])[real], minlength=len(cells))
    return [None if np.isnan(number) else number for number in households.tolist()]


def _common_m2(pieces: Geometries, cells: Geometries, full: NDArray[np.bool_], piece: Ints, cell: Ints) -> Floats:
    """Answer how much the two of each pair have in common, by cutting as few of them as can be.

    What is left of a cell without a gap (``full``) belongs to the last of its pieces: pieces do not overlap.
    """
    # The piece with most vertices comes last: cutting it would take longest.
    order = np.lexsort((shapely.get_num_coordinates(pieces)[piece], cell))
    last = np.zeros(len(cell), dtype=bool)
    last[order[np.flatnonzero(np.diff(cell[order], append=-1))]] = True
    rest = last & full[cell]
    m2 = np.zeros(len(cell))
    m2[~rest] = common_area(pieces, cells, piece[~rest], cell[~rest])
    left = shapely.area(cells) - np.bincount(cell, weights=m2, minlength=len(cells))
    m2[rest] = np.maximum(left, 0.0)[cell[rest]]
    return m2


@cache
def _transformer(srid: int) -> Transformer:
    return Transformer.from_crs(4326, srid, always_xy=True)


def _in_plane(shapes: Geometries, srid: int) -> Geometries:
    """Answer shapes of EPSG:4326 in another CRS; equal vertices stay equal."""

    def project(lon_lat: Floats) -> Floats:
        return np.stack(_transformer(srid).transform(lon_lat[:, 0], lon_lat[:, 1]), axis=1)

    return np.asarray(shapely.transform(shapes, project), dtype=object)
