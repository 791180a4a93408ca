"""The service's own methods for a notebook: GeoDataFrames in and out, no database, no network.

    from maps.notebook import hotspots, located, save

Owns what is asked of a frame, and the frames that come back.  ``gis`` does the work, the same that answers a pin and
draws the planner's map; ``docs/notebook.md`` is a worked example.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gis import hotspots as statistic
from gis.cells import RESOLUTIONS, Cells, as_key, cells_of_many, cells_within, neighbours, outlines
from gis.datums import Datum, to_wgs84
from gis.hotspot_resolution import Resolution, choose_resolution
from gis.index import AreaIndex
from gis.index_outcomes import OUTCOMES
from gis.point_files_out import Geometry, OutRefusedError, write_points, write_whole
from gis.spreadsheets import fits_excel, write_csv, write_xlsx
from gis.tolerances import LOWEST_M
from maps.export import ENDINGS, GEOMETRY

_POINT: Final = 0
_POLYGONS: Final = (3, 6)
_WGS84: Final = 4326
_SEED: Final = 2019


class FrameRefusedError(ValueError):
    """A frame that cannot be worked with: without CRS, with other shapes than are needed, or with gaps."""


def located(
    points: GeoDataFrame,
    areas: GeoDataFrame,
    *,
    code: str = "code",
    datum: Datum | str = Datum.WGS84,
    tolerance_m: float = LOWEST_M,
) -> GeoDataFrame:
    """Answer which area answers for each point, as the service answers a pin.

    Parameters
    ----------
    points : GeoDataFrame
        Points of any CRS.
    areas : GeoDataFrame
        Polygons of one level, of any CRS; valid, each code once.
    code : str
        The column of their codes.
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}
        What the numbers of the points mean: maps of Chinese phones give ``gcj02`` under the name of WGS84.
    tolerance_m : float
        How far off an area a point still is near it, 0 to 10,000.

    Returns
    -------
    GeoDataFrame
        The points in EPSG:4326, under their own index and with three more columns: ``outcome`` (``inside``, ``border``,
        ``near``, ``outside``), ``in_area`` (the code, or nothing) and ``distance_m`` to it.

    Raises
    ------
    FrameRefusedError, AreasRefusedError, BadToleranceError
        What is wrong with which frame.
    """
    if code not in areas.columns:
        raise FrameRefusedError(f"The areas have no column {code!r}; their columns are {', '.join(areas.columns)}.")
    lon, lat = _lon_lat(points, Datum(datum))
    shapes = _polygons(areas)
    index = AreaIndex(shapes, [str(each) for each in areas[code]], tolerance_m=tolerance_m)
    found = index.match(lon, lat)
    answered = points.set_geometry(shapely.points(lon, lat), crs=_WGS84)
    codes = np.concatenate([index.codes, np.array([None], dtype=object)])
    return answered.assign(
        outcome=np.array(OUTCOMES, dtype=object)[found.outcome], in_area=codes[found.area], distance_m=found.distance_m
    )


def hotspots(
    points: GeoDataFrame,
    areas: GeoDataFrame,
    *,
    resolution: int | None = None,
    datum: Datum | str = Datum.WGS84,
    seed: int = _SEED,
) -> GeoDataFrame:
    """Answer where more points, or fewer, lie together than chance would do, by H3 cell.

    Parameters
    ----------
    points : GeoDataFrame
        Points of any CRS.
    areas : GeoDataFrame
        Polygons of any CRS: where a point could have been.  Cells of them without a point are tested too, for what is
        much is told from what is little; a point in none of them does not count.
    resolution : int, optional
        Of the cells, 5 to 9; without it the finest at which chance can be judged.
    datum : {"wgs84", "cgcs2000", "gcj02", "bd09"}
        What the numbers of the points mean.
    seed : int
        Of the permutations by which few points are tested.

    Returns
    -------
    GeoDataFrame
        All cells that were tested, EPSG:4326: ``cell``, ``count``, ``observed`` (in it and its neighbours),
        ``expected``, ``z`` (Gi*), ``p``, ``q`` (after Benjamini-Hochberg) and ``bin`` (3, 2, 1 hot at 99, 95, 90 %;
        below zero cold; 0 not told from chance).  ``attrs`` say ``resolution``, ``method`` and ``lack``: of what there
        is too little to test, and then there are no rows.

    Raises
    ------
    FrameRefusedError
        What is wrong with which frame.
    """
    if resolution is not None and resolution not in RESOLUTIONS:
        raise FrameRefusedError(f"Cells are made of resolutions {RESOLUTIONS[0]} to {RESOLUTIONS[-1]}.")
    ground = shapely.union_all(_polygons(areas))
    cells = {r: cells_within(ground, r) for r in (RESOLUTIONS if resolution is None else (resolution,))}
    at = cells_of_many(*_lon_lat(points, Datum(datum)))
    counts = {r: _counted(at[:, RESOLUTIONS.index(r)], cells[r]) for r in cells}
    chosen = _chosen(int(counts[max(counts)].sum()), cells)
    told = {"resolution": chosen.resolution, "method": chosen.method, "lack": chosen.lack}
    if chosen.resolution is None:
        return _frame(np.empty(0, dtype=np.int64), {}, told)
    tested, many = cells[chosen.resolution], counts[chosen.resolution]
    found = statistic.hotspots(many, neighbours(tested), method=chosen.method, rng=np.random.default_rng(seed))
    columns = {"count": many, "observed": found.observed.astype(np.int64), "expected": found.expected}
    return _frame(tested, columns | {"z": found.z, "p": found.p, "q": found.q, "bin": found.bin.astype(np.int64)}, told)


def save(frame: GeoDataFrame, path: Path | str) -> None:
    """Write a frame into a file, whole or not at all; what is there is replaced.

    Parameters
    ----------
    frame : GeoDataFrame
        Of any CRS; written in EPSG:4326.
    path : Path or str
        ``.gpkg`` or ``.parquet`` with the shapes; ``.csv`` or ``.xlsx`` with ``lon, lat`` of a point inside of each,
        and with no text that a spreadsheet would take for a formula.

    Raises
    ------
    FrameRefusedError, OutRefusedError
        No CRS; another ending, or no way to write there.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise OutRefusedError(f"{path.name}: frames are written to files that end in {', '.join(ENDINGS)}.")
    shapes = np.asarray(_in_wgs84(frame).geometry.to_numpy(), dtype=object)
    plain = frame.drop(columns=frame.geometry.name)
    table = pa.Table.from_pandas(plain, preserve_index=False).replace_schema_metadata(None)
    if ending in (".gpkg", ".parquet"):
        table = table.append_column(GEOMETRY, pa.array(shapely.to_wkb(shapes), pa.binary()))
        batches = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=table.schema)]
        write_points(path, table.schema, batches, Geometry(GEOMETRY, "EPSG:4326", layer=path.stem))
        return
    inside = shapely.point_on_surface(shapes)
    for name, values in (("lon", shapely.get_x(inside)), ("lat", shapely.get_y(inside))):
        if name not in table.schema.names:
            table = table.append_column(name, pa.array(np.round(values, 6)))
    if ending == ".csv":
        write_whole(path, partial(write_csv, table=table, headings={}))
        return
    if not fits_excel(table.num_rows):
        raise OutRefusedError(f"{table.num_rows:,} rows are more than a workbook holds; write .csv or .parquet.")
    about = [("attrs", str(frame.attrs))] if frame.attrs else []
    write_whole(path, partial(write_xlsx, table=table, headings={}, titles=("data", "about"), about=about))


def _in_wgs84(frame: GeoDataFrame) -> GeoDataFrame:
    if frame.crs is None:
        raise FrameRefusedError("The frame does not say in which CRS it is; set one, as frame.set_crs(4326).")
    return frame.to_crs(_WGS84)


def _lon_lat(points: GeoDataFrame, datum: Datum) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shapes = np.asarray(_in_wgs84(points).geometry.to_numpy(), dtype=object)
    if (shapely.get_type_id(shapes) != _POINT).any() or shapely.is_empty(shapes).any():
        raise FrameRefusedError("Each row of the points needs a point; drop the others, as points[points.is_valid].")
    lon_lat = to_wgs84(shapely.get_coordinates(shapes), datum)
    return lon_lat[:, 0], lon_lat[:, 1]


def _polygons(areas: GeoDataFrame) -> NDArray[np.object_]:
    shapes = np.asarray(_in_wgs84(areas).geometry.to_numpy(), dtype=object)
    if not len(shapes) or not np.isin(shapely.get_type_id(shapes), _POLYGONS).all():
        raise FrameRefusedError("The areas need a polygon in each row, and one row at least.")
    if not shapely.is_valid(shapes).all():
        raise FrameRefusedError("Some outlines of the areas are not valid; mend them, as with areas.make_valid().")
    return shapes


def _counted(at: Cells, cells: Cells) -> NDArray[np.int64]:
    """How many positions lie in each cell; cells ascend."""
    place = np.minimum(np.searchsorted(cells, at), max(len(cells) - 1, 0))
    held = cells[place] == at if len(cells) else np.zeros(len(at), dtype=bool)
    return np.bincount(place[held], minlength=len(cells)).astype(np.int64)


def _chosen(points: int, cells: dict[int, Cells]) -> Resolution:
    """The resolution, once the neighbourhoods of it have been looked at: at a border they are not whole."""
    many, sizes = {r: len(each) for r, each in cells.items()}, dict[int, float]()
    while True:
        chosen = choose_resolution(points, many, sizes)
        if chosen.resolution is None or chosen.resolution in sizes:
            return chosen
        near = neighbours(cells[chosen.resolution])
        sizes[chosen.resolution] = 1 + float(near.sum()) / near.shape[0]


def _frame(cells: Cells, columns: dict[str, Any], told: dict[str, Any]) -> GeoDataFrame:
    named = {name: columns.get(name, []) for name in ("count", "observed", "expected", "z", "p", "q", "bin")}
    keys = np.array([as_key(cell) for cell in cells.tolist()], dtype=object)
    frame = GeoDataFrame({"cell": keys, **named}, geometry=outlines(cells.tolist()), crs=_WGS84)
    frame.attrs.update(told)
    return frame
