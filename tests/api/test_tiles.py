"""Tiles and indexes as a browser meets them; GDAL reads what the service wrote."""

import asyncio
import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyogrio
import pytest
import shapely
from fastapi.testclient import TestClient

from api.kept import PACKED, Kept
from gis.cells import cells_within
from gis.store import Store
from grids.activation import prepare_edition
from grids.spellings import spell
from maps.tiles import CELL_KINDS, least_zoom
from tests import little_town as town
from tests.api.conftest import Clock

# The tiles of the little town at 14 and at 8.
NEAR, FAR = "14/13517/6220", "8/211/97"
GRIDS = ["9001001", "9001002", "9001003"]


def layers(content: bytes, folder: Path) -> dict[str, tuple[dict[str, Any], np.ndarray[Any, Any]]]:
    """The layers of a tile by name: fields and shapes, in 0 to 1 of the tile."""
    file = folder / "tile.mvt"
    file.write_bytes(content)
    found = {}
    for name in pyogrio.list_layers(f"MVT:{file}")[:, 0]:
        meta, _, geometry, fields = pyogrio.raw.read(f"MVT:{file}", layer=name)
        values = dict(zip(meta["fields"], fields, strict=True))
        found[str(name)] = (values, np.asarray(shapely.from_wkb(geometry)))
    return found


def test_the_base_tile_holds_areas_and_labels(client: TestClient, tmp_path: Path) -> None:
    found = layers(client.get(f"/tiles/2/{NEAR}.mvt").content, tmp_path)
    assert found.keys() == {"areas", "labels"}
    fields, _ = found["areas"]
    assert {"code", "name", "level", "parent"} <= fields.keys()
    assert set(GRIDS) <= set(fields["code"])
    assert set(fields["level"]) == {"city", "village", "grid"}
    far = layers(client.get("/tiles/2/8/211/97.mvt").content, tmp_path)
    assert set(far["areas"][0]["level"]) == {"city"}


def test_a_tile_of_units_holds_numbers_and_nothing_else(client: TestClient, tmp_path: Path) -> None:
    index = client.get("/tiles/2/index/grid.json").json()
    found = layers(client.get(f"/tiles/2/grid/{NEAR}.mvt").content, tmp_path)
    fields, shapes = found["units"]
    assert fields.keys() == {"mvt_id"}
    assert [index["keys"][n - 1] for n in fields["mvt_id"]] == GRIDS
    # The first two share a border, the third lies across a gap: what is drawn says the same.
    assert shapely.distance(shapes[0], shapes[1]) == 0
    assert shapely.intersection(shapes[0], shapes[1]).length == pytest.approx(
        shapely.bounds(shapes[0])[3] - shapely.bounds(shapes[0])[1]
    )
    assert shapely.distance(shapes[1], shapes[2]) > 0


@pytest.mark.parametrize("place", ["6/52/24", "7/105/48", FAR])
def test_grids_of_a_square_kilometre_are_seen_from_afar(client: TestClient, tmp_path: Path, place: str) -> None:
    fields, _ = layers(client.get(f"/tiles/2/grid/{place}.mvt").content, tmp_path)["units"]
    assert fields["mvt_id"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("kind", ["city", "village", "grid", *CELL_KINDS])
def test_every_kind_has_tiles_from_its_least_zoom_on(client: TestClient, kind: str) -> None:
    for zoom, place in ((14, NEAR), (8, FAR)):
        answer = client.get(f"/tiles/2/{kind}/{place}.mvt")
        if zoom >= least_zoom(kind):
            assert answer.status_code == 200
        else:
            assert (answer.status_code, answer.json()["code"]) == (404, "tile_not_found")


@pytest.mark.parametrize(
    "path",
    [
        "2/street/14/13517/6220.mvt",
        "2/cell-4/14/13517/6220.mvt",
        "2/cell-9/9/422/194.mvt",
        "2/grid/15/0/0.mvt",
        "2/grid/30/5/5.mvt",
        "2/grid/-1/0/0.mvt",
        "2/grid/3/8/0.mvt",
        "2/grid/3/0/9.mvt",
        "999/grid/3/0/0.mvt",
        "2/index/street.json",
        "999/index/grid.json",
    ],
)
def test_tiles_that_cannot_be(client: TestClient, path: str) -> None:
    answer = client.get(f"/tiles/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "tile_not_found")
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_a_tile_where_nothing_lies_is_empty(client: TestClient) -> None:
    for path in ("2/14/0/0.mvt", "2/grid/14/0/0.mvt", "2/cell-9/14/0/0.mvt"):
        answer = client.get(f"/tiles/{path}")
        assert (answer.status_code, answer.content) == (200, b"")


def test_an_overlay_is_drawn_over_what_it_lies_on(client: TestClient, town: Store, tmp_path: Path) -> None:
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("UPDATE boundaries SET overlay = true WHERE edition_id = 1 AND code = '9001001'")
    fields, _ = layers(client.get(f"/tiles/1/grid/{NEAR}.mvt").content, tmp_path)["units"]
    assert fields["mvt_id"].tolist() == [2, 3, 1]
    fields, _ = layers(client.get(f"/tiles/1/{NEAR}.mvt").content, tmp_path)["areas"]
    assert fields["code"][-1] == "9001001"


@pytest.mark.parametrize("path", [f"2/{NEAR}.mvt", f"2/grid/{NEAR}.mvt", "2/index/grid.json"])
def test_what_is_kept_for_good_travels_as_the_client_reads_it(client: TestClient, path: str) -> None:
    packed = client.get(f"/tiles/{path}", headers={"Accept-Encoding": "gzip"})
    plain = client.get(f"/tiles/{path}", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content != b""
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, PACKED, mtime=0))
    for answer in (packed, plain):
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["etag"] == packed.headers["etag"]
        assert answer.headers["etag"].startswith('W/"')
    again = client.get(f"/tiles/{path}", headers={"If-None-Match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_tile_asked_for_again_asks_no_database(client: TestClient, town: Store) -> None:
    first = client.get(f"/tiles/1/village/{NEAR}.mvt")
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("CREATE TEMP TABLE lent AS SELECT * FROM shapes WHERE edition_id = 1 AND kind = 'village'")
        owner.execute("DELETE FROM shapes WHERE edition_id = 1 AND kind = 'village'")
        owner.commit()
        assert client.get(f"/tiles/1/village/{NEAR}.mvt").content == first.content != b""
        assert client.get("/tiles/1/village/14/13517/6221.mvt").content == b""
        owner.execute("INSERT INTO shapes SELECT * FROM lent")


def test_the_least_used_is_given_up_first() -> None:
    made: list[str] = []
    kept = Kept(most_bytes=100)

    async def ask(*keys: str) -> None:
        for key in keys:

            async def make(content: str = key) -> bytes:
                made.append(content)
                return content.encode()

            assert gzip.decompress((await kept.answer(key, make)).packed) == key.encode()

    # Each takes 21 bytes, so that four fit.
    asyncio.run(ask(*"abacdab"))
    assert made == [*"abcd"]
    asyncio.run(ask(*"ebc"))
    assert made == [*"abcdec"]
    assert kept.held_bytes == 84
    # What is larger than all room is answered and not kept.
    asyncio.run(ask("".join(map(chr, range(256)))))
    assert kept.held_bytes == 0


def test_the_index_says_what_the_numbers_stand_for(client: TestClient) -> None:
    answer = client.get("/tiles/2/index/grid.json")
    assert b", " not in answer.content
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "kind": "grid",
        "keys": GRIDS,
        "names": ["东村第一网格", "东村第二网格", "东村第三网格"],
        "parents": ["东村"] * 3,
        "households": [100] * 3,
        "area_km2": [0.9522, 0.9522, 0.9331],
        "bbox": [117, 39.7, 117.03, 39.71],
        "centres": [[117.005, 39.705], [117.015, 39.705], [117.0251, 39.705]],
    }
    assert client.get("/tiles/2/index/city.json").json()["parents"] == [None]


def test_the_index_of_cells(client: TestClient) -> None:
    found = client.get("/tiles/2/index/cell-7.json").json()
    cells = cells_within(shapely.box(116.95, 39.65, 117.1, 39.8), 7)
    assert found["keys"] == [format(cell, "x") for cell in cells]
    assert (found["names"], found["parents"]) == (None, None)
    assert len(found["households"]) == len(found["area_km2"]) == len(found["centres"]) == len(cells)
    assert sum(found["households"]) == pytest.approx(400, abs=1)
    assert all(116.9 < lon < 117.2 and 39.6 < lat < 39.9 for lon, lat in found["centres"])


def test_a_kind_without_units_has_an_empty_index(client: TestClient, town: Store) -> None:
    # As in a town so small that no centre of a cell of 250 km² lies in it.
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute("DELETE FROM units WHERE edition_id = 1 AND kind = 'cell-5'")
    assert client.get("/tiles/1/index/cell-5.json").json() == {
        "kind": "cell-5",
        "keys": [],
        "households": [],
        "area_km2": [],
        "centres": [],
        "names": None,
        "parents": None,
        "bbox": None,
    }


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("dongcun", ["9001", *GRIDS]),
        ("DongCun", ["9001", *GRIDS]),
        ("dc", ["9001", *GRIDS]),
        ("cundi", GRIDS),
        ("xicun", [town.EMPTY_VILLAGE]),
        ("dongcun diyi", ["9001001"]),
        ("xicun diyi", []),
        ("dongcun dcdyw", ["9001001"]),
        ("东村 dcdy", ["9001001"]),
        ("xiao 东村", ["9001", *GRIDS]),
        ("un", []),
        ("zzz", []),
        ("9001", ["9001", *GRIDS]),
    ],
)
def test_search_by_pinyin(client: TestClient, text: str, codes: list[str]) -> None:
    assert [hit["code"] for hit in client.get("/api/areas", params={"q": text}).json()] == codes


def test_spelling() -> None:
    assert spell(["廊坊市", "A区（北）", "", "第12网格"]) == (
        ["langfangshi", "aqubei", "", "di12wangge"],
        ["lfs", "aqb", "", "d12wg"],
    )
    assert spell([]) == ([], [])


def test_an_edition_that_is_to_come_is_drawn_for_nobody(client: TestClient, town: Store, clock: Clock) -> None:
    """Nor is what was taken back: nothing of it was kept while it was planned."""
    path = "/tiles/3/index/grid.json"
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(
            "INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at)"
            " VALUES ('2027', '{city,village,grid}', 'drawn for tests', 'wgs84', true, '2026-01-01Z')"
        )
        owner.execute(
            "INSERT INTO boundaries SELECT 3, b.code, b.level, b.name, b.parent_code, b.chain, b.overlay, b.households,"
            " b.residents, b.area_m2, b.synthetic, b.label, b.geom FROM boundaries b WHERE b.edition_id = 2"
        )
        owner.commit()
        prepare_edition(owner, 3)
        begins = datetime(2026, 3, 31, 16, tzinfo=UTC)
        owner.execute(
            "INSERT INTO activations (valid_from, edition_id, activated_at) VALUES (%s, 3, %s)", (begins, clock.now)
        )
    for address in (path, "/tiles/3/grid/14/13518/6219.mvt", "/tiles/3/10/844/388.mvt"):
        assert client.get(address).json()["code"] == "tile_not_found", address
    clock.now = begins
    assert client.get(path).status_code == 200
