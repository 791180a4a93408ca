"""A boundary file on a page and over HTTP: sent, given its meaning, looked at, loaded; for administrators alone."""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from starlette.datastructures import UploadFile

from api import boundary_uploads
from api.app import create_app
from api.boundary_uploads import BoundaryUploads
from api.settings import ServiceSettings
from gis.boundary_refusals import BoundaryFileError
from gis.settings import DatabaseSettings
from gis.store import Store
from tests import chains
from tests.api.conftest import Clock
from tests.security import hostile_boundaries as hostile


@pytest.fixture
def client(town: Store, clock: Clock, tmp_path: Path) -> Iterator[TestClient]:
    settings = ServiceSettings(secret=SecretStr("s" * 32), database=DatabaseSettings(data=tmp_path / "var"))
    app = create_app(settings, town.asyncpg_kwargs("web"), clock=clock)
    with TestClient(app, base_url="http://testserver", headers={"Accept-Language": "en"}) as client:
        yield client


@pytest.fixture(autouse=True)
def clean(town: Store) -> None:
    with chains.tampering(town) as superuser:
        for table in ("boundaries", "findings", "edition_checks", "lineage", "units"):
            superuser.execute(f"DELETE FROM {table} WHERE edition_id > 2")
        superuser.execute("DELETE FROM editions WHERE id > 2")


def box(west: float, east: float, south: float = 39.7, north: float = 39.71) -> dict[str, Any]:
    return hostile.polygon([[west, south], [east, south], [east, north], [west, north], [west, south]])


AREAS = (
    ("90", "小城市", None, box(116.95, 117.1, 39.65, 39.8)),
    ("9001", "东村", "90", box(117, 117.032)),
    ("9002", "<b>西村</b>", "90", box(117.032, 117.04)),
    ("9001001", "东村第一网格", "9001", box(117, 117.008)),
    ("9001002", "东村第二网格", "9001", box(117.008, 117.02)),
    ("9001003", "东村第三网格", "9001", box(117.02, 117.032)),
    ("9002001", "西村网格", "9002", box(117.032, 117.04)),
)
LEVELS = {2: "city", 4: "village", 7: "grid"}


def redrawn(crs: Any = hostile.CRS84, *, level: int | None = None) -> bytes:
    """The town redrawn; of one level alone, told by the digits of its codes, without a column of levels."""
    features = [
        {
            "type": "Feature",
            "properties": {"编码": code, "名称": name, "上级": parent} | ({} if level else {"层级": LEVELS[len(code)]}),
            "geometry": shape,
        }
        for code, name, parent, shape in AREAS
        if level in (None, len(code))
    ]
    named = {} if crs is None else {"crs": crs}
    return json.dumps({"type": "FeatureCollection", **named, "features": features}, ensure_ascii=False).encode()


def send(client: TestClient, content: bytes, name: str = "新边界.geojson") -> str:
    answer = client.post("/boundaries/import", files={"file": (name, content)}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


ASKED = {"edition": "2027", "parent": "上级"}


def stored(town: Store, query: str) -> list[tuple[Any, ...]]:
    with chains.owner(town) as owner:
        return owner.execute(query).fetchall()


def test_from_the_file_to_the_edition(
    client: TestClient, town: Store, log_in: Callable[[str], None], tmp_path: Path
) -> None:
    log_in("admin")
    assert "Read the file" in client.get("/boundaries/import").text
    address = send(client, redrawn())
    page = client.get(address)
    assert page.status_code == 200
    assert "新边界.geojson" in page.text
    # Guessed, and shown with what stands in each column.
    assert '<option value="编码" selected>' in page.text
    assert '<option value="上级" selected>' not in page.text
    assert "小城市" in page.text
    assert "&lt;b&gt;西村" in page.text
    assert "<b>西村" not in page.text
    looked = client.get(address, params=ASKED)
    assert looked.status_code == 200
    assert "Nothing has been changed so far." in looked.text
    assert re.search(r"grid</?[^>]*>? ?4|Grid 4|grid 4", looked.text, re.IGNORECASE)
    assert "6 from their column" in looked.text
    assert "<svg" in looked.text
    assert stored(town, "SELECT count(*) FROM editions") == [(2,)]
    loaded = client.post(f"{address}/load", data=ASKED, follow_redirects=False)
    assert loaded.status_code == 303, loaded.text
    ((number, name, datum, source),) = stored(town, "SELECT id, name, datum, source FROM editions WHERE id > 2")
    assert (name, datum, source) == ("2027", "wgs84", "新边界.geojson")
    assert loaded.headers["location"] == f"/boundaries/{number}"
    assert stored(town, "SELECT areas FROM edition_checks WHERE edition_id > 2") == [(7,)]
    # What was sent is gone, and its page with it.
    assert not list((tmp_path / "var" / "uploads" / "boundaries").iterdir())
    assert client.get(address).status_code == 422


def test_the_datum_is_asked_for_where_the_file_does_not_name_it(
    client: TestClient, log_in: Callable[[str], None]
) -> None:
    log_in("admin")
    address = send(client, redrawn(crs=None))
    assert "The file does not say; choose one" in client.get(address).text
    refused = client.get(address, params=ASKED)
    assert (refused.status_code, "500" in refused.text) == (422, True)
    assert client.get(address, params=ASKED | {"datum": "gcj02"}).status_code == 200


def test_a_part_alone_over_http(client: TestClient, town: Store, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    sent = {"file": ("a.geojson", redrawn())}
    asked = ASKED | {"within": "9002"}
    dry = client.post("/api/boundaries/import", files=sent, data=asked)
    assert dry.status_code == 200, dry.text
    said = dry.json()
    assert (said["edition_id"], said["kept"], said["left_out"]) == (None, 5, 5)
    assert said["changes"]["grid"]["new"] == 1
    done = client.post("/api/boundaries/import", files=sent, data=asked | {"commit": "true"})
    assert done.status_code == 200, done.text
    number = done.json()["edition_id"]
    assert stored(town, f"SELECT count(*) FROM boundaries WHERE edition_id = {number}") == [(7,)]
    # The little town's own outline of grid 1, not the file's.
    assert stored(
        town,
        f"SELECT round(ST_XMax(geom)::numeric, 3)::float FROM boundaries WHERE edition_id = {number} AND code = '9001001'",
    ) == [(117.01,)]
    again = client.post("/api/boundaries/import", files=sent, data=asked | {"commit": "true"})
    assert (again.status_code, again.json()["code"]) == (409, "same_edition")


ONE_EACH = [("file", (f"{LEVELS[digits]}.geojson", redrawn(level=digits))) for digits in (7, 2, 4)]
"""A file for each level, in the order of an alphabet of other words."""
LEVELS_OF_FILES = {"level_column": "+", "levels": "city,village,grid"}


def test_a_file_for_each_level_on_the_page_and_over_http(
    client: TestClient, town: Store, log_in: Callable[[str], None], tmp_path: Path
) -> None:
    log_in("admin")
    answer = client.post("/boundaries/import", files=ONE_EACH, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    page = client.get(address).text
    # The topmost has the fewest areas, in whatever order they were sent.
    assert [page.index(f"{level}.geojson:") for level in ("city", "village", "grid")] == sorted(
        page.index(f"{level}.geojson:") for level in LEVELS.values()
    )
    assert '<option value="+" selected>' in page
    refused = client.get(address, params=ASKED | LEVELS_OF_FILES | {"levels": "city,grid"})
    assert refused.status_code == 422
    assert "3 files and 2 levels" in refused.text
    looked = client.get(address, params=ASKED | LEVELS_OF_FILES)
    assert looked.status_code == 200, looked.text
    at_once = client.post("/api/boundaries/import", files=ONE_EACH, data=ASKED | LEVELS_OF_FILES)
    assert at_once.status_code == 200, at_once.text
    together = client.post("/api/boundaries/import", files={"file": ("a.geojson", redrawn())}, data=ASKED)
    assert at_once.json() == together.json()
    assert client.post(f"{address}/load", data=ASKED | LEVELS_OF_FILES, follow_redirects=False).status_code == 303
    assert stored(town, "SELECT levels, source FROM editions WHERE id > 2") == [
        (["city", "village", "grid"], "grid.geojson, city.geojson, village.geojson")
    ]
    assert not list((tmp_path / "var" / "uploads" / "boundaries").iterdir())


def test_tolerances_are_said_on_the_page_as_in_the_shell(
    client: TestClient, town: Store, log_in: Callable[[str], None]
) -> None:
    log_in("admin")
    address = send(client, redrawn())
    # What is in force is shown, so that it can be kept.
    assert "In force: grid=25." in client.get(address).text
    unsaid = client.get(address, params=ASKED).text
    assert "grid within 25 m" in unsaid
    for wrong in ("ward=20", "grid=far", "grid=20000"):
        refused = client.get(address, params=ASKED | {"tolerance_m": wrong})
        assert (refused.status_code, "LEVEL=METRES" in refused.text) == (422, True)
    asked = ASKED | {"tolerance_m": "grid=40，village=100"}
    looked = client.get(address, params=asked).text
    assert "village within 100 m, grid within 40 m" in looked
    assert "a point is near within 40 m, before 25 m" in looked
    over_http = client.post("/api/boundaries/import", files={"file": ("a.geojson", redrawn())}, data=asked)
    assert over_http.json()["tolerances_m"] == {"city": 0, "village": 100, "grid": 40}
    assert client.post(f"{address}/load", data=asked, follow_redirects=False).status_code == 303
    assert stored(town, "SELECT tolerances_m FROM editions WHERE id > 2") == [([0, 100, 40],)]


def test_more_files_than_a_set_has_are_refused(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    answer = client.post("/boundaries/import", files=[("file", (f"{n}.geojson", redrawn())) for n in range(13)])
    assert answer.status_code == 422
    assert "At most 12 files" in answer.text


def test_what_was_found_says_where_it_is(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    said = client.post("/api/boundaries/import", files={"file": ("a.geojson", redrawn())}, data=ASKED).json()
    assert said["findings"]
    page = client.get(send(client, redrawn()), params=ASKED).text
    for n, one in enumerate(said["findings"], 1):
        place = one["place"]
        assert 116.9 < place["lon"] < 117.2, one
        assert 39.6 < place["lat"] < 39.9, one
        assert f'href="#mark-{n}"' in page
        assert f'id="mark-{n}"' in page
        assert f"{place['lon']:.5f}, {place['lat']:.5f}" in page


@pytest.mark.parametrize("login", [None, "head", "desk", "planner", "clerk", "supervisor"])
def test_it_is_for_administrators(
    client: TestClient, town: Store, log_in: Callable[[str], None], login: str | None
) -> None:
    if login:
        log_in(login)
    code = (403, "boundaries_for_administrators") if login else (401, "log_in_required")
    sent = {"file": ("a.geojson", redrawn())}
    answer = client.post("/api/boundaries/import", files=sent, data=ASKED | {"commit": "true"})
    assert (answer.status_code, answer.json()["code"]) == code
    assert client.get("/boundaries/import").status_code == code[0]
    assert client.post("/boundaries/import", files=sent).status_code == code[0]
    assert client.post(f"/boundaries/import/{'a' * 22}/load", data=ASKED).status_code == code[0]
    assert stored(town, "SELECT count(*) FROM editions") == [(2,)]


def test_the_database_asks_again(town: Store, clock: Clock) -> None:
    import psycopg

    arrays = ", ".join(["'{}'"] * 12)
    call = f"SELECT load_edition_as(%s, %s, 'x', '{{a}}', '{{25}}', 's', 'wgs84', '\\x00', {arrays})"
    with psycopg.connect(town.dsn("web")) as web, pytest.raises(psycopg.Error) as refused:
        web.execute(call, (b"nobody", clock.now))
    assert refused.value.sqlstate == "GW130"
    with psycopg.connect(town.dsn("web")) as web, pytest.raises(psycopg.errors.InsufficientPrivilege):
        web.execute(call.replace("load_edition_as(%s, ", "load_edition("), (clock.now,))


def test_a_file_belongs_to_whoever_sent_it_and_goes_after_an_hour(
    client: TestClient, clock: Clock, log_in: Callable[[str], None], tmp_path: Path
) -> None:
    log_in("admin")
    address = send(client, redrawn())
    clock.go_on(minutes=59)
    assert client.get(address).status_code == 200
    about = next((tmp_path / "var" / "uploads" / "boundaries").rglob("about.json"))
    mine = about.read_text(encoding="utf-8")
    about.write_text(mine.replace('"person": ', '"person": 9'), encoding="utf-8")
    assert client.get(address).status_code == 422
    about.write_text(mine, encoding="utf-8")
    clock.go_on(minutes=2)
    assert client.get(address).status_code == 422
    # The next one clears it away; of one person's three are kept.
    for _ in range(4):
        address = send(client, redrawn())
        clock.go_on(seconds=1)
    assert len(list((tmp_path / "var" / "uploads" / "boundaries").iterdir())) == 3
    for bad in ("a" * 22, "x"):
        assert client.get(f"/boundaries/import/{bad}").status_code in (404, 422)


def test_programs_that_send_at_once_do_not_take_each_others_files(
    client: TestClient, log_in: Callable[[str], None], tmp_path: Path
) -> None:
    log_in("admin")
    address = send(client, redrawn())

    def ask(n: int) -> int:
        files = {"file": (f"{n}.geojson", redrawn())}
        return client.post("/api/boundaries/import", files=files, data=ASKED).status_code

    with ThreadPoolExecutor(5) as at_once:
        assert list(at_once.map(ask, range(5))) == [200] * 5
    assert len(list((tmp_path / "var" / "uploads" / "boundaries").iterdir())) == 1
    assert client.get(address).status_code == 200, "the one of the page is still there"


def test_a_file_that_went_while_it_waited_is_to_be_sent_again(tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)

    async def go() -> None:
        uploads = BoundaryUploads(tmp_path / "kept")
        kept = [
            await uploads.keep([UploadFile(BytesIO(redrawn()), filename="a.geojson")], 1, now + timedelta(seconds=n))
            for n in range(4)
        ]
        with pytest.raises(BoundaryFileError) as refused:
            await uploads.layers(kept[0], None, None)
        assert refused.value.reason == "kept_upload"
        assert len((await uploads.layers(kept[3], None, None))[0].shapes) == len(AREAS)
        # Looked for once their hour is over, they are cleared away, whoever sent them.
        with pytest.raises(BoundaryFileError):
            await uploads.find("x" * 22, 2, now + timedelta(minutes=61))
        assert not list((tmp_path / "kept").iterdir())

    asyncio.run(go())


def test_a_file_that_took_too_long_once_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> bytes:
        return b""

    async def go() -> None:
        uploads = BoundaryUploads(tmp_path / "kept")
        sent = UploadFile(BytesIO(redrawn()), filename="a.geojson")
        kept = await uploads.keep([sent], 1, datetime(2026, 3, 2, tzinfo=UTC))
        with monkeypatch.context() as patched:
            patched.setattr(boundary_uploads, "ask_layer", nothing)
            with pytest.raises(BoundaryFileError) as refused:
                await uploads.layers(kept, None, None)
        assert refused.value.reason == "over_limits"
        assert len((await uploads.layers(kept, None, None))[0].shapes) == len(AREAS)

    asyncio.run(go())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n", "This is none of GeoPackage"),
        (hostile.zipped({"../x.geojson": b"{}"}), "leads out of its folder"),
        (hostile.geojson(hostile.polygon([[y, x] for x, y in hostile.SQUARE])), "latitude first"),
    ],
)
def test_what_is_refused_says_what_to_do(
    client: TestClient, log_in: Callable[[str], None], content: bytes, words: str
) -> None:
    log_in("admin")
    answer = client.post("/boundaries/import", files={"file": ("a.zip", content)})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Read the file" in answer.text
    problem = client.post("/api/boundaries/import", files={"file": ("a.zip", content)}, data=ASKED)
    assert (problem.status_code, problem.json()["code"]) == (422, "boundary_file_refused")


def test_no_file_and_too_large_a_one(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    assert "Choose a file first" in client.post("/boundaries/import", data={"a": "b"}).text
    large = client.post("/api/boundaries/import", content=b"x", headers={"Content-Length": "60000000"})
    assert (large.status_code, large.json()["code"]) == (413, "boundary_file_too_large")


def test_layers_and_encodings_are_asked_for(client: TestClient, log_in: Callable[[str], None]) -> None:
    import shapely

    log_in("admin")
    address = send(client, hostile.gpkg([shapely.box(117, 39, 118, 40)], layers=2), "a.gpkg")
    page = client.get(address)
    assert page.status_code == 422
    assert "层0, 层1" in page.text
    assert 'name="layer"' in page.text
    assert client.get(address, params={"layer": "层1"}).status_code == 200
