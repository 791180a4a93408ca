"""``gridwarden boundaries check``: a file or an edition, on the terminal, as JSON and as a GeoPackage."""

import json
from pathlib import Path

import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from api.cli.boundaries import app
from api.routes.finding_documents import FindingDocument
from gis.candidates import Candidate
from gis.store import Store
from tests import little_town
from tests.candidates import box, candidate, town

RUN = CliRunner()


@pytest.fixture(scope="module")
def address(database: Store) -> str:
    """The little town, as a database of one's own."""
    little_town.build(database)
    return database.dsn("admin")


@pytest.fixture
def _town(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", address)


def written(path: Path, given: Candidate) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name, "level": given.levels[level], "parent_code": parent},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, name, level, parent, shape in zip(
            given.codes, given.names, given.level, given.parents, given.shapes, strict=True
        )
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    return path


def of_level(given: Candidate, level: int) -> Candidate:
    """The areas of one level."""
    kept = given.level == level
    columns = ("codes", "names", "level", "parents", "overlay", "households", "shapes")
    return Candidate(given.levels, *(getattr(given, column)[kept] for column in columns))


@pytest.mark.usefixtures("_town")
def test_a_file_with_an_error_ends_with_1_and_writes_where_it_is(tmp_path: Path) -> None:
    file = written(tmp_path / "drawn.geojson", town({"1001002": box(950, 0, 2000, 1000)}))
    out = tmp_path / "found.gpkg"
    options = ["--levels", "town,village,grid", "--datum", "wgs84", "--lang", "en", "--out", str(out)]
    answer = RUN.invoke(app, ["check", str(file), *options])
    assert answer.exit_code == 1, answer.output
    assert "overlap" in answer.output.lower()
    assert "Errors 1" in answer.output
    assert pyogrio.read_info(out, layer="shapes")["features"] == 1


@pytest.mark.usefixtures("_town")
def test_a_good_file_of_other_codes_says_nothing(tmp_path: Path) -> None:
    file = written(tmp_path / "drawn.geojson", town())
    options = ["--levels", "town,village,grid", "--datum", "wgs84", "--json"]
    answer = RUN.invoke(app, ["check", str(file), *options])
    found = json.loads(answer.stdout)
    assert (answer.exit_code, found) == (0, [])


@pytest.mark.usefixtures("_town")
def test_a_file_for_each_level_is_checked_as_one_set(tmp_path: Path) -> None:
    whole = town({"1001002": box(950, 0, 2000, 1000)})
    one = written(tmp_path / "drawn.geojson", whole)
    options = ["--datum", "wgs84", "--json"]
    together = RUN.invoke(app, ["check", str(one), "--levels", "town,village,grid", *options])
    several = [str(written(tmp_path / f"{level}.geojson", of_level(whole, n))) for n, level in enumerate(whole.levels)]
    levels = [word for level in whole.levels for word in ("--level", level)]
    apart = RUN.invoke(app, ["check", *several, *levels, *options])
    assert apart.exit_code == 1, apart.output
    assert json.loads(apart.stdout) == json.loads(together.stdout)


@pytest.mark.usefixtures("_town")
def test_a_file_that_redraws_one_area_is_checked_with_what_stays(tmp_path: Path) -> None:
    rows = [("9001", "village", "东村", "90", shapely.box(117, 39.7, 117.032, 39.71))]
    for n, (west, east) in enumerate([(117, 117.01), (117.01, 117.02), (117.02, 117.032)], 1):
        rows.append((f"900100{n}", "grid", f"东村第{n}网格", "9001", shapely.box(west, 39.7, east, 39.71)))
    file = written(tmp_path / "part.geojson", candidate(rows, levels=("village", "grid")))
    options = ["--datum", "wgs84", "--json"]

    def kinds(*more: str) -> set[tuple[str, str]]:
        answer = RUN.invoke(app, ["check", str(file), *options, *more])
        return {(one["severity"], one["kind"]) for one in json.loads(answer.stdout)}

    assert ("error", "unknown_parent") in kinds()
    assert not [kind for severity, kind in kinds("--within", "9001") if severity == "error"]
    missing = RUN.invoke(app, ["check", str(file), *options, "--within", "77"])
    assert getattr(missing.exception, "params", {}).get("reason") == "unknown_within"


@pytest.mark.usefixtures("_town")
def test_a_flat_file_is_told_its_level_and_its_households(tmp_path: Path) -> None:
    rows = [(f"9001{n}", "grid", f"第{n}网格", None, shapely.box(117 + n, 39, 118 + n, 40)) for n in range(2)]
    file = written(tmp_path / "flat.geojson", candidate(rows, levels=("grid",)))
    told = ["check", str(file), "--datum", "wgs84", "--level-field", "", "--json"]
    answer = RUN.invoke(app, [*told, "--level", "grid"])
    assert (answer.exit_code, answer.stdout) == (0, "[]\n")
    missing = RUN.invoke(app, [*told, "--level", "grid", "--households-field", "户数"])
    assert getattr(missing.exception, "params", {}).get("reason") == "no_column"


@pytest.mark.usefixtures("_town")
def test_an_edition_by_its_name() -> None:
    answer = RUN.invoke(app, ["check", "2025", "--against", "2019", "--json", "--lang", "zh"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    gap = next(one for one in found if one["kind"] == "gap")
    assert "之间有一条缝隙没有归属" in gap["sentence"]
    assert gap["shape"]["type"] == "Polygon"
    # The very document of the service.
    assert gap.keys() == FindingDocument.model_fields.keys()
    assert gap["place"].keys() == {"lon", "lat"}


@pytest.mark.usefixtures("_town")
def test_an_edition_that_is_not_there_and_a_wrong_ending() -> None:
    missing = RUN.invoke(app, ["check", "1999"])
    assert missing.exit_code == 1
    assert getattr(missing.exception, "code", None) == "edition_not_found"
    wrong = RUN.invoke(app, ["check", "2025", "--out", "found.shp"])
    assert wrong.exit_code == 2
