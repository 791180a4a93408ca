"""The methods for notebooks: the same answers as the service's, whatever frame comes in; and the worked example runs."""

import csv
import doctest
import io
from pathlib import Path

import geopandas
import numpy as np
import openpyxl
import pytest
import shapely

from gis.cells import cells_within, neighbours
from gis.datums import Datum, from_wgs84
from gis.hotspots import hotspots as statistic
from gis.index import AreasRefusedError
from gis.point_files_out import OutRefusedError
from maps.notebook import FrameRefusedError, hotspots, located, save

ROOT = Path(__file__).parents[2]
AREAS = geopandas.GeoDataFrame(
    {"code": ["东一", "东二"]}, geometry=[shapely.box(117, 39.7, 117.1, 39.8), shapely.box(117.1, 39.7, 117.2, 39.8)], crs=4326
)  # fmt: skip

SMALL = AREAS.set_geometry([shapely.box(117.05, 39.75, 117.055, 39.755), shapely.box(117.15, 39.75, 117.155, 39.755)])


def points(lon: list[float], lat: list[float]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"n": range(len(lon))}, geometry=geopandas.points_from_xy(lon, lat), crs=4326)


def heap(many: int = 200) -> geopandas.GeoDataFrame:
    dice = np.random.default_rng(1)
    lon = np.append(dice.uniform(117, 117.2, many), dice.normal(117.15, 0.002, many // 4))
    lat = np.append(dice.uniform(39.7, 39.8, many), dice.normal(39.75, 0.002, many // 4))
    return points(lon.tolist(), lat.tolist())


def test_the_worked_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    tried = doctest.testfile(str(ROOT / "docs" / "notebook.md"), module_relative=False)
    assert tried.failed == 0
    assert tried.attempted > 15


def test_points_go_where_a_pin_goes() -> None:
    given = (
        points([117.05, 117.1, 117.2001, 118], [39.75, 39.75, 39.75, 39.75]).assign(row=[7, 7, 8, 9]).set_index("row")
    )
    found = located(given, AREAS)
    assert found.outcome.tolist() == ["inside", "border", "near", "outside"]
    assert found.in_area.tolist()[:3] == ["东一", "东一", "东二"]
    assert found.in_area.isna().tolist() == [False, False, False, True]
    assert found.distance_m.iloc[2] == pytest.approx(8.57, abs=0.01)
    assert found.index.tolist() == [7, 7, 8, 9]
    assert "in_area" not in given.columns
    assert located(given, AREAS, tolerance_m=0).outcome.tolist()[2] == "outside"


def test_any_crs_and_any_datum() -> None:
    given = points([117.05, 117.15], [39.75, 39.75])
    there = located(given.to_crs(32650), AREAS.to_crs(3857))
    assert there.crs.to_epsg() == 4326
    assert there.in_area.tolist() == ["东一", "东二"]
    shifted = from_wgs84(np.array([[117.0999, 39.75]]), Datum.GCJ02)
    told = points(*shifted.T.tolist())
    assert located(told, AREAS).in_area.tolist() == ["东二"]
    assert located(told, AREAS, datum="gcj02").in_area.tolist() == ["东一"]


def test_hotspots_are_those_of_the_service() -> None:
    given = heap()
    found = hotspots(given, AREAS, resolution=7)
    cells = cells_within(shapely.union_all(AREAS.geometry.to_numpy()), 7)
    assert found.cell.tolist() == [f"{cell:x}" for cell in cells.tolist()]
    assert found["count"].sum() == sum(found.geometry.contains(point).any() for point in given.geometry)
    direct = statistic(found["count"].to_numpy(), neighbours(cells), method="analytic", rng=np.random.default_rng(0))
    for name in ("z", "p", "q", "bin", "observed", "expected"):
        assert np.allclose(found[name], getattr(direct, name)), name
    hot = found[found.bin == 3]
    assert len(hot)
    assert shapely.distance(hot.geometry.to_numpy(), shapely.Point(117.15, 39.75)).max() < 0.03


def test_the_cells_are_as_fine_as_the_points_carry_and_chance_is_the_same_each_time() -> None:
    assert hotspots(heap(), AREAS).attrs == {"resolution": 7, "method": "analytic", "lack": None}
    few = [hotspots(heap(16), AREAS) for _ in range(2)]
    assert few[0].attrs["method"] == "permutation"
    assert few[0].equals(few[1])


@pytest.mark.parametrize(
    ("many", "areas", "lack"),
    [
        (8, AREAS, "few_reports"),
        (400, SMALL, "few_cells"),
    ],
)
def test_too_little_is_no_map(many: int, areas: geopandas.GeoDataFrame, lack: str) -> None:
    found = hotspots(heap().head(many), areas)
    assert (len(found), found.attrs["lack"], found.attrs["method"]) == (0, lack, "too_few")
    assert {"cell", "z", "p", "q", "bin"} <= set(found.columns)


def test_what_is_refused() -> None:
    good = points([117.05], [39.75])
    nowhere = geopandas.GeoDataFrame(geometry=[None, shapely.Point()], crs=4326)
    bow = geopandas.GeoDataFrame(
        {"code": ["a"]}, geometry=[shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])], crs=4326
    )
    for given, areas in (
        (good.set_crs(None, allow_override=True), AREAS),
        (good, AREAS.set_crs(None, allow_override=True)),
        (AREAS, AREAS),
        (nowhere, AREAS),
        (good, good),
        (good, AREAS.head(0)),
        (good, bow),
    ):
        for ask in (located, hotspots):
            with pytest.raises(FrameRefusedError):
                ask(given, areas)
    with pytest.raises(FrameRefusedError, match="code, geometry"):
        located(good, AREAS, code="nothing")
    with pytest.raises(AreasRefusedError):
        located(good, AREAS.assign(code="twice"))
    with pytest.raises(FrameRefusedError, match="5 to 9"):
        hotspots(good, AREAS, resolution=12)


@pytest.mark.parametrize("ending", [".gpkg", ".parquet"])
def test_frames_come_back_as_they_went(tmp_path: Path, ending: str) -> None:
    wanted = hotspots(heap(), AREAS)
    save(wanted.to_crs(3857), tmp_path / f"cells{ending}")
    read = geopandas.read_parquet if ending == ".parquet" else geopandas.read_file
    back = read(tmp_path / f"cells{ending}")
    assert back.crs.to_epsg() == 4326
    assert back["bin"].tolist() == wanted["bin"].tolist()
    assert back.q.tolist() == wanted.q.tolist()
    assert shapely.equals_exact(back.geometry.to_numpy(), wanted.geometry.to_numpy(), 1e-9).all()


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_no_text_of_a_frame_becomes_a_formula(tmp_path: Path, ending: str) -> None:
    names = ["=1+1", "＝1＋1"]
    path = tmp_path / f"a{ending}"
    save(AREAS.assign(code=names, kind=names, n=[-1, 2]).astype({"kind": "category"}), path)
    if ending == ".csv":
        found = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))[1:]
    else:
        found = [[str(value) for value in row] for row in openpyxl.load_workbook(path).worksheets[0].values][1:]
    assert found[0] == ["'=1+1", "'=1+1", "-1", "117.05", "39.75"]
    assert found[1][:3] == ["'＝1＋1", "'＝1＋1", "2"]


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutRefusedError, match="csv"):
        save(AREAS, tmp_path / "a.shp")
    assert list(tmp_path.iterdir()) == []
