"""Photos over HTTP: taken or refused, once however often they are sent, and shown to whom they are for."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from gis.store import Store
from grids.photo_check import compare, remove_orphans
from grids.photo_files import PhotoFiles
from tests import hostile_photos as made
from tests.api.conftest import Clock
from tests.api.photographed import Keys, act, add, case_of, files, one, photo, report, settings_with

LogIn = Callable[[str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
def app(town: Store, clock: Clock, folder: Path) -> FastAPI:
    return create_app(settings_with(folder, SecretStr("s" * 32)), town.asyncpg_kwargs("web"), clock=clock)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://testserver", headers={"Accept-Language": "en"}) as client:
        yield client


def test_a_photo_of_a_report_is_kept_and_shown_to_its_reporter(
    client: TestClient, key: Keys, folder: Path, town: Store
) -> None:
    number, secret = report(client, key)
    answer = add(client, number, secret, made.with_everything())
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["position"] == {"lon": 116.9876, "lat": 39.7654, "datum": "wgs84"}
    assert (told["width"], told["height"], told["repeated"]) == (200, 320, False)
    assert len(files(folder)) == 1
    listed = client.get(f"/api/reports/{number}/photos", params={"key": secret}).json()
    assert [(p["id"], p["kind"], p["decision"]) for p in listed] == [(told["id"], "report", None)]
    shown = client.get(told["url"], params={"number": number, "key": secret})
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "private, no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert b"TOLD" not in shown.content
    again = client.get(
        told["url"], params={"number": number, "key": secret}, headers={"If-None-Match": shown.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    # Nowhere is kept where the photo was taken.
    assert "116.98" not in str(one(town, "SELECT array_agg(p::text) FROM photos p"))
    assert "116.98" not in str(one(town, "SELECT array_agg(e.data::text) FROM events e"))


def test_nobody_else_sees_it(client: TestClient, key: Keys, log_in: LogIn) -> None:
    number, secret = report(client, key)
    other, other_secret = report(client, key)
    url = add(client, number, secret, photo()).json()["url"]
    for params in ({}, {"number": number, "key": "wrong"}, {"number": other, "key": other_secret}, {"number": number}):
        refused = client.get(url, params=params)
        assert (refused.status_code, refused.json()["code"]) == (404, "photo_not_found"), params
    assert client.get(f"/api/reports/{number}/photos", params={"key": "wrong"}).status_code == 404
    log_in("deputy")
    assert client.get(url).status_code == 404, "the deputy of another grid"
    log_in("admin")
    assert client.get(url).status_code == 404, "an administrator reads no words"
    log_in("head")
    assert client.get(url).status_code == 200


def test_the_same_photo_again_is_there_once(client: TestClient, key: Keys, folder: Path, town: Store) -> None:
    number, secret = report(client, key)
    first = add(client, number, secret, photo()).json()
    second = add(client, number, secret, photo())
    assert second.status_code == 201
    assert second.json() == first | {"repeated": True}
    case = case_of(town, number)
    assert one(town, "SELECT count(*) FROM photos WHERE case_id = %s", case) == 1
    assert one(town, "SELECT count(*) FROM events WHERE case_id = %s AND verb = 'photo'", case) == 1
    # Of another report: a row of its own on the same file.
    other, other_secret = report(client, key)
    assert add(client, other, other_secret, photo()).json()["id"] != first["id"]
    assert len(files(folder)) == 1


def test_two_at_once_of_the_same_photo(app: FastAPI, client: TestClient, key: Keys, folder: Path, town: Store) -> None:
    number, secret = report(client, key)

    async def send() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as racer:
            sent = (
                racer.post(
                    f"/api/reports/{number}/photos",
                    params={"key": secret},
                    files={"photo": ("p.jpg", photo(), "image/jpeg")},
                )
                for _ in range(4)
            )
            return list(await asyncio.gather(*sent))

    assert client.portal is not None
    answers = client.portal.call(send)
    assert [a.status_code for a in answers] == [201] * 4
    assert len({a.json()["id"] for a in answers}) == 1
    assert [a.json()["repeated"] for a in answers].count(False) == 1
    assert len(files(folder)) == 1
    assert one(town, "SELECT count(*) FROM photos WHERE case_id = %s", case_of(town, number)) == 1


def test_five_photos_and_no_more(client: TestClient, key: Keys) -> None:
    number, secret = report(client, key)
    assert [add(client, number, secret, photo(n)).status_code for n in range(6)] == [201] * 5 + [409]
    refused = add(client, number, secret, photo(6))
    assert refused.json()["code"] == "too_many_photos"
    assert "5 photos" in refused.json()["detail"]
    assert add(client, number, secret, photo(0)).json()["repeated"], "one that is there is not one more"


@pytest.mark.parametrize(
    ("data", "status", "code", "word"),
    [
        (made.encoded(made.picture()) + bytes(50_000_000), 413, "photo_too_large", "10 MB"),
        (made.encoded(made.picture()) + bytes(10_000_001), 413, "photo_too_large", "10 MB"),
        (made.PDF, 415, "not_a_photo", "JPEG"),
        (made.HEIC, 415, "photo_heic", "Most Compatible"),
        (made.bomb_png(), 422, "photo_too_many_pixels", "25 million"),
        (made.with_archive(), 415, "not_a_photo", "something else"),
        (made.encoded(made.picture())[:1500], 422, "photo_broken", "again"),
        (b"", 422, "missing_photo", "Choose"),
    ],
    ids=["50 MB", "10 MB and a byte", "renamed pdf", "heic", "bomb", "archive", "cut off", "nothing"],
)
def test_what_is_no_photo_is_refused_in_words(
    client: TestClient, key: Keys, folder: Path, data: bytes, status: int, code: str, word: str
) -> None:
    number, secret = report(client, key)
    answer = add(client, number, secret, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert word in answer.json()["detail"]
    assert files(folder) == [], "nothing is kept of it"
    assert client.get(f"/api/reports/{number}/photos", params={"key": secret}).json() == []


def test_a_body_that_does_not_say_how_large_it_is_is_counted_as_it_comes(client: TestClient, key: Keys) -> None:
    number, secret = report(client, key)
    head = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="p.jpg"\r\n\r\n'

    def endless() -> Iterator[bytes]:
        yield head
        for _ in range(20):
            yield bytes(1_000_000)

    answer = client.post(
        f"/api/reports/{number}/photos",
        params={"key": secret},
        content=endless(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "photo_too_large")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"--b\r\nrubbish", "multipart/form-data; boundary=b"),
        (b"photo=x", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_is_refused(client: TestClient, key: Keys, content: bytes, kind: str) -> None:
    number, secret = report(client, key)
    answer = client.post(
        f"/api/reports/{number}/photos", params={"key": secret}, content=content, headers={"Content-Type": kind}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "missing_photo")


def test_other_addresses_take_no_more_than_before(client: TestClient, key: Keys) -> None:
    answer = client.post("/api/reports", content=bytes(1_000_001), headers=key())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_a_wrong_key_is_refused_before_the_photo_is_looked_at(client: TestClient, key: Keys) -> None:
    number, _ = report(client, key)
    answer = add(client, number, "wrong", made.PDF)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_report")
    assert add(client, "1234567890", "wrong", photo()).json()["code"] == "bad_number"


def test_photos_count_against_the_quota_of_reports(client: TestClient, key: Keys, clock: Clock) -> None:
    number, secret = report(client, key)
    codes = [add(client, number, secret, photo(n % 5)).status_code for n in range(12)]
    assert codes[:9] == [201] * 9
    assert set(codes[9:]) == {429}
    waits = int(add(client, number, secret, photo()).headers["Retry-After"])
    clock.go_on(seconds=waits)
    assert add(client, number, secret, photo()).status_code == 201


def test_staff_add_photos_of_the_work(client: TestClient, key: Keys, town: Store, log_in: LogIn) -> None:
    number, secret = report(client, key)
    case = case_of(town, number)
    url = f"/api/cases/{case}/photos"
    sent = {"files": {"photo": ("p.jpg", photo(), "image/jpeg")}}
    assert client.post(url, data={"kind": "after"}, **sent).json()["code"] == "log_in_required"  # type: ignore[arg-type]
    assert client.get(url).json()["code"] == "log_in_required"
    log_in("deputy")
    assert client.post(url, data={"kind": "after"}, **sent).json()["code"] == "case_not_found"  # type: ignore[arg-type]
    log_in("head")
    assert client.post(url, data={"kind": "report"}, **sent).json()["code"] == "unknown_photo_kind"  # type: ignore[arg-type]
    answer = client.post(url, data={"kind": "after"}, **sent)  # type: ignore[arg-type]
    assert answer.status_code == 201, answer.text
    assert client.post(url, data={"kind": "after"}, **sent).json()["repeated"]  # type: ignore[arg-type]
    assert client.post(url, data={"kind": "before"}, **sent).json()["id"] != answer.json()["id"]  # type: ignore[arg-type]
    listed = client.get(url).json()
    assert [(p["kind"], p["decision"]) for p in listed] == [("after", "waiting"), ("before", "waiting")]
    role = "SELECT p.role FROM events e JOIN postings p ON p.id = e.posting_id WHERE e.case_id = %s AND e.verb = 'photo' LIMIT 1"
    assert one(town, role, case) == "head"
    # The reporter is shown what was done, another one's photos never.
    client.cookies.clear()
    assert [p["kind"] for p in client.get(f"/api/reports/{number}/photos", params={"key": secret}).json()] == [
        "after",
        "before",
    ]
    act(town, "UPDATE cases SET private = true WHERE id = %s", case)
    assert client.get(f"/api/reports/{number}/photos", params={"key": secret}).json() == []


def test_a_department_sees_the_photos_of_the_cases_that_it_owns(
    client: TestClient, key: Keys, town: Store, log_in: LogIn
) -> None:
    number, secret = report(client, key)
    url = add(client, number, secret, photo()).json()["url"]
    case = case_of(town, number)
    log_in("handler")
    assert client.get(url).status_code == 404
    act(
        town,
        "UPDATE cases SET owner_area_code = d.area_code, owner_role = 'department', owner_posting_id = d.id,"
        " elsewhere = ARRAY['posting:' || d.id] FROM postings d WHERE d.role = 'department' AND cases.id = %s",
        case,
    )
    assert client.get(url).status_code == 200
    sent = {"files": {"photo": ("p.jpg", photo(1), "image/jpeg")}, "data": {"kind": "after"}}
    assert client.post(f"/api/cases/{case}/photos", **sent).status_code == 201  # type: ignore[arg-type]


def test_a_report_that_moves_takes_its_photos_along(client: TestClient, key: Keys, town: Store) -> None:
    number, secret = report(client, key)
    url = add(client, number, secret, photo()).json()["url"]
    other = case_of(town, report(client, key)[0])
    act(town, "UPDATE reports SET case_id = %s WHERE number = %s", other, number)
    assert one(town, "SELECT case_id FROM photos WHERE id = %s", int(url.rpartition("/")[2])) == other
    assert client.get(url, params={"number": number, "key": secret}).status_code == 200


def test_no_room_on_the_disk_is_said(client: TestClient, key: Keys, folder: Path, town: Store) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    number, secret = report(client, key)
    answer = add(client, number, secret, photo())
    assert (answer.status_code, answer.json()["code"]) == (503, "photo_store_failed")
    assert answer.headers["Retry-After"]
    assert one(town, "SELECT count(*) FROM photos WHERE case_id = %s", case_of(town, number)) == 0


def test_photos_in_another_kind_of_store(town: Store, clock: Clock, key: Keys) -> None:
    settings = settings_with("memory://photos-of-this-test", SecretStr("s" * 32))
    app = create_app(settings, town.asyncpg_kwargs("web"), clock=clock)
    with TestClient(app, base_url="http://testserver") as client:
        number, secret = report(client, key)
        url = add(client, number, secret, photo()).json()["url"]
        assert client.get(url, params={"number": number, "key": secret}).content.startswith(b"\xff\xd8")
        assert len(list(app.state.service.uploads.files.digests())) == 1


def test_what_no_photo_tells_of_is_removed_when_it_is_old(
    client: TestClient, key: Keys, folder: Path, town: Store
) -> None:
    number, secret = report(client, key)
    assert add(client, number, secret, photo(50)).status_code == 201
    (told,) = folder.rglob("*.jpg")
    kept = PhotoFiles(str(folder))
    old, young = sha256(b"old").digest(), sha256(b"young").digest()
    kept.put(old, b"old")
    kept.put(young, b"young")
    half = folder / old.hex()[:2] / f"{old.hex()}.0123.part"
    half.write_bytes(b"half")
    long_ago = time.time() - 25 * 3600
    for path in (told, half, folder / old.hex()[:2] / f"{old.hex()}.jpg"):
        os.utime(path, (long_ago, long_ago))
    with psycopg.connect(town.dsn("migrate")) as owner:
        # Others of this module have sent theirs into other folders.
        found = compare(owner, kept)
        assert set(found.orphans) == {old, young}
        assert remove_orphans(owner, kept, found, datetime.now(UTC)) == 2
        assert remove_orphans(owner, kept, found, datetime.now(UTC)) == 0, "gone by now"
    assert told.exists()
    assert set(kept.digests()) == {young, bytes.fromhex(told.stem)}
    assert list(kept.unfinished()) == []


def test_a_photo_that_is_sent_meanwhile_keeps_its_file(folder: Path) -> None:
    kept, digest = PhotoFiles(str(folder)), sha256(b"again").digest()
    kept.put(digest, b"again")
    (path,) = folder.rglob("*.jpg")
    now = datetime.now(UTC)
    os.utime(path, (0, 0))
    # Between the look at its age and the end: sent again, as new; or its row is there by now.
    assert not kept.remove_old(path.name, now - timedelta(days=1), lambda: not kept.put(digest, b"again") or True)
    assert kept.get(digest) == b"again"
    os.utime(path, (0, 0))
    assert kept.put(digest, b"again") is False
    assert not kept.remove_old(path.name, now - timedelta(days=1), lambda: False), "as new as its newest row"
    assert kept.get(digest) == b"again"
    elsewhere = PhotoFiles("memory://orphans")
    elsewhere.put(digest, b"again")
    assert not elsewhere.remove_old(path.name, now - timedelta(days=1), lambda: False)
    assert elsewhere.remove_old(path.name, now + timedelta(days=1), lambda: False)
    assert not elsewhere.has(digest)
