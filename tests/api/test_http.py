"""What holds for every request, whatever it is for: refusals, failures, methods, languages, and how they are described."""

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Form
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.app import create_app
from api.errors import STATUS, retry_after
from api.guard import MAX_BODY_BYTES
from api.languages import language_of
from api.settings import ServiceSettings
from gis.database import DatabaseGoneError, RawConnections
from gis.store import Store
from grids.sessions import LockedError
from tests.api.conftest import Clock

PAGE = {"Accept": "text/html"}
TILE = "/tiles/2/14/13517/6220.mvt"


@pytest.fixture
def app(town: Store, clock: Clock) -> FastAPI:
    return create_app(ServiceSettings(secret=SecretStr("s" * 32)), town.asyncpg_kwargs("web"), clock=clock)


@pytest.fixture
def fragile(app: FastAPI) -> Iterator[TestClient]:
    """The application with addresses where everything goes wrong."""

    @app.get("/api/broken")
    async def broken() -> None:
        raise KeyError("inner words")

    @app.get("/api/half")
    async def half() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"begun"
            raise KeyError("inner words")

        return StreamingResponse(parts())

    @app.get("/api/locked")
    async def locked(in_s: float) -> None:
        raise LockedError("wait", params={"until": app.state.service.clock() + timedelta(seconds=in_s)})

    @app.get("/api/refused/{status}")
    async def refused(status: int) -> None:
        raise HTTPException(status, headers={"X-Told": "yes"})

    @app.post("/a-form")
    async def a_form(number: Annotated[int, Form()]) -> int:
        return number

    with TestClient(app, headers={"Accept-Language": "en"}) as client:
        yield client


def said(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_an_origin_that_is_no_address_is_another_site(client: TestClient) -> None:
    for path in ("/api/reports", "/login", "/report"):
        assert said(client.post(path, headers={"Origin": "http://["})) == (403, "cross_site")


@pytest.mark.parametrize("path", ["/api/broken", "/api/refused/500"])
def test_the_unforeseen_is_answered_under_the_same_headers(fragile: TestClient, path: str) -> None:
    answer = fragile.get(path)
    assert said(answer) == (500, "internal")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert "inner words" not in answer.text


@pytest.mark.parametrize("path", ["/api/broken", "/api/refused/500"])
def test_the_unforeseen_is_logged_under_the_id_that_was_told(
    fragile: TestClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    with caplog.at_level(logging.ERROR, "gridwarden"):
        answer = fragile.get(path)
    assert [r for r in caplog.records if answer.headers["x-request-id"] in r.getMessage() and r.exc_info]


def test_half_an_answer_is_broken_off(fragile: TestClient) -> None:
    with pytest.raises(KeyError):
        fragile.get("/api/half")


async def on_the_hot_path(request: Request) -> None:
    few = RawConnections(request.app.state.connect, size=1, patience_s=0.05)
    try:
        async with few.lend(), few.lend():
            pytest.fail("the only one was lent twice")
    finally:
        await few.close()


async def elsewhere() -> None:
    raise PoolTimeoutError("all lent out")


async def gone() -> None:
    raise DatabaseGoneError("gone")


async def reset() -> None:
    raise ConnectionResetError("gone")


@pytest.mark.parametrize(("fail", "asks"), [(on_the_hot_path, False), (elsewhere, False), (gone, True), (reset, True)])
def test_only_a_dead_database_is_revived(town: Store, fail: Any, asks: bool) -> None:
    asked = Event()
    settings = ServiceSettings(secret=SecretStr("s" * 32))
    app = create_app(settings, town.asyncpg_kwargs("web"), revive=asked.set)
    app.state.connect = town.asyncpg_kwargs("web")
    app.get("/api/failing")(fail)
    with TestClient(app) as client:
        answer = client.get("/api/failing")
        assert said(answer) == (503, "database_gone")
        assert int(answer.headers["retry-after"]) >= 1
        assert asked.wait(5 if asks else 0.2) == asks


@pytest.mark.parametrize(("in_s", "told"), [(90, "90"), (0.2, "1"), (-5, "1")])
def test_who_is_locked_out_is_told_for_how_long(fragile: TestClient, in_s: float, told: str) -> None:
    answer = fragile.get("/api/locked", params={"in_s": in_s})
    assert said(answer) == (429, "log_in_locked")
    assert answer.headers["retry-after"] == told


def test_nothing_to_wait_for() -> None:
    assert retry_after({"code": "x"}, datetime(2026, 3, 2, tzinfo=UTC)) == {}


def in_pieces(size: int) -> Iterator[bytes]:
    for _ in range(0, size, 50_000):
        yield b" " * 50_000


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/reports", "application/json"),
        ("/login", "application/x-www-form-urlencoded"),
        ("/report", "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_grows_too_large_without_saying_so(client: TestClient, path: str, kind: str) -> None:
    headers = {"Content-Type": kind, "Idempotency-Key": "k" * 16}
    answer = client.post(path, content=in_pieces(MAX_BODY_BYTES + 50_000), headers=headers)
    assert said(answer) == (413, "body_too_large")


@pytest.mark.parametrize("size", ["", "-1", "many", "\u00b2"])
def test_a_length_that_is_no_number_breaks_nothing(client: TestClient, size: str) -> None:
    answer = client.get("/healthz", headers=[(b"Content-Length", size.encode("latin-1"))])
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/locate", "GET, HEAD"),
        ("GET", "/api/reports", "POST"),
        ("HEAD", "/api/reports", "POST"),
        ("PUT", "/login", "GET, HEAD, POST"),
        ("POST", "/static/nothing.js", "GET, HEAD"),
    ],
)
def test_what_else_an_address_takes_is_told(client: TestClient, method: str, path: str, allowed: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    ("status", "answered"),
    [
        (400, (400, "not_json")),
        (404, (404, "not_found")),
        (413, (413, "body_too_large")),
        (418, (422, "invalid_request")),
        (501, (500, "internal")),
    ],
)
def test_what_the_frameworks_refuse(fragile: TestClient, status: int, answered: tuple[int, str]) -> None:
    answer = fragile.get(f"/api/refused/{status}")
    assert said(answer) == answered
    assert answer.headers["x-told"] == "yes"


def test_a_form_that_cannot_be_read(client: TestClient) -> None:
    answer = client.post("/login", content=b"x", headers={"Content-Type": "multipart/form-data; boundary=y"})
    assert said(answer) == (422, "invalid_request")


@pytest.mark.parametrize("kind", [None, "text/plain"])
@pytest.mark.parametrize(
    ("lang", "told"), [("en", "Content-Type: application/json"), ("zh", "Content-Type: application/json")]
)
def test_json_that_does_not_say_so(client: TestClient, kind: str | None, lang: str, told: str) -> None:
    headers = {"Idempotency-Key": "k" * 16, "Accept-Language": lang} | ({"Content-Type": kind} if kind else {})
    answer = client.post("/api/reports", content=b'{"lon": 117}', headers=headers)
    assert said(answer) == (400, "not_json")
    assert told in answer.json()["detail"]
    assert answer.json()["errors"] == []


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"null"])
def test_json_that_is_no_object(client: TestClient, body: bytes) -> None:
    headers = {"Idempotency-Key": "k" * 16, "Content-Type": "application/json"}
    assert said(client.post("/api/reports", content=body, headers=headers)) == (400, "not_json")


def test_a_page_lists_what_to_change(fragile: TestClient) -> None:
    answer = fragile.post("/a-form", data={"number": "<b>"}, headers=PAGE)
    assert answer.status_code == 422
    assert "<code>number</code>" in answer.text
    assert "<b>" not in answer.text
    assert "<ul>" not in fragile.get("/no-such-page", headers=PAGE).text.partition("<h1>")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    "path",
    ["/api/categories", "/healthz", "/openapi.json", "/report", "/login", "/", TILE, "/no-such-page", "/api/areas/x"],
)
def test_head_tells_what_get_would(client: TestClient, path: str) -> None:
    # Drawn anew for each.
    own = {"x-request-id", "set-cookie"}
    full = client.get(path, follow_redirects=False)
    client.cookies.clear()
    head = client.head(path, follow_redirects=False)
    assert head.content == b""
    assert head.status_code == full.status_code
    assert {k: v for k, v in head.headers.items() if k not in own | {"content-length"}} == {
        k: v for k, v in full.headers.items() if k not in own | {"content-length"}
    }
    assert ("set-cookie" in head.headers) == ("set-cookie" in full.headers)
    assert ("content-length" in head.headers) == ("content-length" in full.headers)


def test_head_tells_the_length_of_what_get_would_send(client: TestClient) -> None:
    full = client.get("/api/categories", headers={"Accept-Encoding": "identity"})
    head = client.head("/api/categories", headers={"Accept-Encoding": "identity"})
    assert int(head.headers["content-length"]) == len(full.content) > 0


def test_problems_are_described_as_they_are_sent(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    known = {"200", "201", "202", "204", "304"}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            problems = {s: r for s, r in operation["responses"].items() if s not in known}
            assert problems.keys() >= {"405", "500"}, path
            for status, response in problems.items():
                assert response["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
                }, (path, status)
                assert {STATUS[code] for code in response["description"].split(", ")} == {int(status)}
            assert ("503" in problems) == (path != "/healthz"), (method, path)
    schemas = described["components"]["schemas"]
    assert not schemas.keys() & {"HTTPValidationError", "ValidationError"}
    assert schemas["ProblemDocument"]["properties"]["served"]["items"]["$ref"] == "#/components/schemas/ServedArea"
    assert "served" not in schemas["ProblemDocument"]["required"]
    assert schemas.keys() >= {"FieldProblem", "ServedArea"}


def test_served_is_told_outside_alone(client: TestClient) -> None:
    body: dict[str, Any] = {
        "lon": 116.4,
        "lat": 39.9,
        "datum": "wgs84",
        "category": "dumping",
        "text": "x",
        "channel": "app",
    }
    outside = client.post("/api/reports", json=body, headers={"Idempotency-Key": "outside-of-all-1234"})
    assert said(outside) == (422, "outside_service_area")
    assert outside.json()["served"] == [{"code": "90", "name": "小城市", "level": "city"}]
    unknown = client.post(
        "/api/reports", json=body | {"category": "x"}, headers={"Idempotency-Key": "outside-of-all-1235"}
    )
    assert said(unknown) == (422, "unknown_category")
    assert "served" not in unknown.json()


def test_without_boundaries_nothing_is_ready(client: TestClient, clock: Clock) -> None:
    assert client.get("/readyz").status_code == 200
    clock.now = datetime(2010, 1, 1, tzinfo=UTC)
    answer = client.get("/readyz")
    assert said(answer) == (503, "no_boundaries")
    assert "retry-after" in answer.headers


def test_what_a_tile_is_known_by_is_its_content(client: TestClient) -> None:
    full, other = client.get(TILE), client.get("/tiles/2/13/6758/3110.mvt")
    assert full.content
    assert full.headers["etag"].startswith('W/"')
    assert full.headers["etag"] != other.headers["etag"]
    plain = client.get(TILE, headers={"Accept-Encoding": "identity"})
    assert plain.headers["etag"] == full.headers["etag"]
    assert client.get(TILE, params={"v": "1"}).headers["etag"] == full.headers["etag"]


@pytest.mark.parametrize("wrap", ["{}", '"other", {}', "*"])
def test_a_tile_that_is_known_is_not_sent_again(client: TestClient, wrap: str) -> None:
    etag = client.get(TILE).headers["etag"]
    for tag in (etag, etag.removeprefix("W/")):
        again = client.get(TILE, headers={"If-None-Match": wrap.format(tag)})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(TILE, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_tile_that_cannot_be_is_neither_known_nor_kept(client: TestClient) -> None:
    for path in ("/tiles/999/14/13516/6212.mvt", "/tiles/2/15/0/0.mvt"):
        answer = client.get(path, headers={"If-None-Match": "*"})
        assert said(answer) == (404, "tile_not_found")
        assert answer.headers["cache-control"] == "no-store"
    assert client.get("/static/nothing.js").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accepted", "lang"),
    [
        ("en;q=0.1, zh-CN;q=0.9", "zh"),
        ("zh;q=0.1, EN-gb;q=0.9", "en"),
        ("en, zh", "en"),
        ("en;q=0.5, zh;q=0.5", "en"),
        ("fr, en;q=0.3", "en"),
        ("en;q=0", "zh"),
        ("en;q=0.000, fr", "zh"),
        ("zh;q=0, en;q=0.001", "en"),
        ("en;q=high, zh;q=0.1", "zh"),
        ("en;q=7, zh;q=0.1", "zh"),
        ("en;q=, zh;q=0.1", "zh"),
        ("en ; q=1.000", "en"),
        ("zh-Hans-CN;q=0.8, en;q=0.9", "en"),
        ("*", "zh"),
        (",;,", "zh"),
        ("", "zh"),
    ],
)
def test_the_language_that_is_wanted_most(accepted: str, lang: str) -> None:
    headers = [(b"accept-language", accepted.encode())]
    assert language_of(Request({"type": "http", "headers": headers, "query_string": b""})) == lang


def test_assets_travel_as_they_were_packed_when_they_were_built(client: TestClient) -> None:
    from api.rendering import asset

    address = asset("maplibre-gl.mjs")
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert plain.headers.get("content-encoding") is None
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 3
    assert packed.content == plain.content
    assert packed.headers["content-type"] == plain.headers["content-type"]
    assert packed.headers["cache-control"] == plain.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
