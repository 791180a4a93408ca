"""What becomes public: only what a clerk who did not handle the case has released, and for as long as it stands."""

import html
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from pydantic import SecretStr

from api.app import create_app
from gis.store import Store
from tests import hostile_photos as made
from tests.api.conftest import Clock
from tests.api.photographed import Keys, act, add, case_of, files, one, photo, report, report_id, settings_with

LogIn = Callable[[str], None]
PAGE = {"Accept": "text/html"}


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


@pytest.fixture
def told(client: TestClient, key: Keys, town: Store) -> tuple[int, int, int]:
    """A report with a photo: its case, its row, its photo."""
    number, secret = report(client, key, text="张三又倒垃圾，电话 13800000000。")
    sent = add(client, number, secret, photo())
    return case_of(town, number), report_id(town, number), int(sent.json()["id"])


def words(client: TestClient, report: int, decision: str, **body: object) -> Any:
    return client.post(f"/api/moderation/words/{report}", json={"decision": decision, **body})


def picture(client: TestClient, photo: int, decision: str, **body: object) -> Any:
    return client.post(f"/api/moderation/photos/{photo}", json={"decision": decision, **body})


def public(client: TestClient, case: int) -> Any:
    client.cookies.clear()
    answer = client.get(f"/api/cases/{case}/public")
    assert answer.status_code == 200, answer.text
    return answer.json()


def verbs(town: Store, case: int) -> list[str]:
    return list(one(town, "SELECT array_agg(verb ORDER BY seq) FROM events WHERE case_id = %s", case))


def test_nothing_is_public_before_it_is_released(client: TestClient, told: tuple[int, int, int]) -> None:
    case, _, photo_id = told
    shown = public(client, case)
    assert shown["category"] == "dumping"
    assert shown["state"] == "received"
    assert shown["area"]["code"] == "9001001"
    assert (shown["words"], shown["photos"]) == ([], [])
    assert client.get(f"/photos/{photo_id}").status_code == 404
    assert client.get("/api/cases/999999/public").json()["code"] == "case_not_found"


def test_a_clerk_releases_and_withdraws_words(
    client: TestClient, told: tuple[int, int, int], log_in: LogIn, town: Store
) -> None:
    case, row, _ = told
    log_in("clerk")
    waiting = client.get("/api/moderation").json()
    assert [i["words"] for i in waiting if i["what"] == "words" and i["id"] == row] == [
        "张三又倒垃圾，电话 13800000000。"
    ]
    answer = words(client, row, "released", words="又倒垃圾。")
    assert answer.json() == {"case_id": case, "decision": "released", "repeated": False}
    assert words(client, row, "released", words="又倒垃圾。").json()["repeated"]
    assert [i for i in client.get("/api/moderation").json() if (i["what"], i["id"]) == ("words", row)] == []
    released = client.get("/api/moderation", params={"decision": "released"}).json()
    assert [i["words"] for i in released if (i["what"], i["id"]) == ("words", row)] == ["又倒垃圾。"]
    assert public(client, case)["words"] == [{"words": "又倒垃圾。", "received_on": "2026-03-02"}]
    # What was said stays as it was said.
    assert one(town, "SELECT words FROM report_words WHERE report_id = %s", row) == "张三又倒垃圾，电话 13800000000。"
    log_in("clerk")
    assert words(client, row, "withdrawn").json()["code"] == "missing_reason"
    assert words(client, row, "withdrawn", reason="认得出人").status_code == 200
    assert public(client, case)["words"] == []
    assert one(town, "SELECT words FROM releases WHERE report_id = %s", row) is None, "the released version is gone"
    assert verbs(town, case) == ["receive", "photo", "release", "withdraw"]
    events = str(one(town, "SELECT array_agg(data::text) FROM events WHERE case_id = %s", case))
    assert "垃圾" not in events
    assert "认得出人" not in events
    digest = (
        "SELECT encode(sha256(w.salt || convert_to(w.words, 'UTF8')), 'hex') = e.data ->> 'words_digest' FROM events e"
        " JOIN event_words w ON w.event_id = e.id WHERE e.case_id = %s AND e.verb = 'withdraw'"
    )
    assert one(town, digest, case) is True


def test_a_photo_is_released_blurred_and_the_original_stays(
    client: TestClient, told: tuple[int, int, int], log_in: LogIn, folder: Path, town: Store
) -> None:
    case, _, photo_id = told
    log_in("clerk")
    original = client.get(f"/photos/{photo_id}").content
    answer = picture(client, photo_id, "released", blur=[{"left": 0, "top": 0, "width": 50, "height": 100}])
    assert answer.status_code == 200, answer.text
    assert len(files(folder)) == 2
    assert client.get(f"/photos/{photo_id}").content == original, "staff see the original"
    assert public(client, case)["photos"][0]["id"] == photo_id
    shown = client.get(f"/photos/{photo_id}")
    assert shown.headers["cache-control"] == "no-cache", "asked for anew each time"
    assert shown.content != original
    before, after = (Image.open(io.BytesIO(each)) for each in (original, shown.content))
    assert before.getpixel((38, 38)) != after.getpixel((38, 38))
    assert before.getpixel((300, 100)) == pytest.approx(after.getpixel((300, 100)), abs=6)
    log_in("clerk")
    assert client.get(f"/photos/{photo_id}", params={"released": "true"}).content == shown.content
    assert picture(client, photo_id, "withdrawn", reason="认得出人").status_code == 200
    assert public(client, case)["photos"] == []
    gone = client.get(f"/photos/{photo_id}", headers={"If-None-Match": shown.headers["etag"]})
    assert gone.status_code == 404, "at once, also for whoever kept it"
    log_in("clerk")
    assert picture(client, photo_id, "released").status_code == 200
    client.cookies.clear()
    assert client.get(f"/photos/{photo_id}").content == original
    assert verbs(town, case)[-3:] == ["release", "withdraw", "release"]


def test_withholding_needs_a_reason_and_can_be_thought_over(
    client: TestClient, told: tuple[int, int, int], log_in: LogIn
) -> None:
    case, row, photo_id = told
    log_in("clerk")
    assert words(client, row, "withheld").json()["code"] == "missing_reason"
    assert words(client, row, "withdrawn", reason="x").json()["code"] == "decision_not_possible"
    assert words(client, row, "withheld", reason="私事").status_code == 200
    assert picture(client, photo_id, "withheld", reason="人脸").status_code == 200
    assert words(client, row, "withheld", reason="私事").json()["repeated"]
    assert [i for i in client.get("/api/moderation").json() if i["case_id"] == case] == []
    kept = [i for i in client.get("/api/moderation?decision=withheld").json() if i["case_id"] == case]
    assert [(i["what"], i["words"]) for i in kept] == [("words", "张三又倒垃圾，电话 13800000000。"), ("photo", None)]
    page = client.get("/moderation?show=withheld", headers=PAGE).text
    assert f'action="/moderation/words/{row}"' in page
    assert words(client, row, "released", words="好。").status_code == 200
    assert words(client, row, "withheld", reason="私事").json()["code"] == "decision_not_possible"
    assert [w["words"] for w in public(client, case)["words"]] == ["好。"]


@pytest.mark.parametrize("text", ["", "   ", "\0"])
def test_empty_words_are_not_released(client: TestClient, told: tuple[int, int, int], log_in: LogIn, text: str) -> None:
    log_in("clerk")
    answer = words(client, told[1], "released", words=text)
    assert answer.status_code == (200 if text == "\0" else 422)


@pytest.mark.parametrize("login", ["head", "desk", "admin", "planner", "supervisor", None])
def test_only_clerks_decide(client: TestClient, told: tuple[int, int, int], log_in: LogIn, login: str | None) -> None:
    if login:
        log_in(login)
    code = "moderation_for_clerks" if login else "log_in_required"
    assert client.get("/api/moderation").json()["code"] == code
    assert words(client, told[1], "released", words="x").json()["code"] == code
    assert picture(client, told[2], "released").json()["code"] == code
    assert public(client, told[0])["words"] == []


def test_whoever_handled_the_case_does_not_decide(
    client: TestClient, told: tuple[int, int, int], log_in: LogIn, town: Store
) -> None:
    case, row, photo_id = told
    act(
        town,
        "INSERT INTO events (case_id, seq, at, verb, state, posting_id)"
        " SELECT e.case_id, max(e.seq) + 1, '2026-03-02T01:00Z', 'recategorise', 'received', p.id"
        " FROM events e, postings p WHERE p.role = 'clerk' AND e.case_id = %s GROUP BY e.case_id, p.id",
        case,
    )
    log_in("clerk")
    assert [i for i in client.get("/api/moderation").json() if i["case_id"] == case] == []
    assert words(client, row, "released", words="x").json()["code"] == "handled_case"
    assert picture(client, photo_id, "released", blur=[]).json()["code"] == "handled_case"


def test_whoever_handled_what_was_merged_into_it_does_not_decide_either(
    client: TestClient, told: tuple[int, int, int], log_in: LogIn, town: Store
) -> None:
    case, row, _ = told
    act(
        town,
        "WITH other AS (INSERT INTO cases (category_code, private, urgency, state, chain, owner_area_code, owner_role, received_at, due_at,"
        " closed_at, merged_into, channel, synthetic) SELECT category_code, private, urgency, 'merged', chain, owner_area_code, owner_role,"
        " received_at, due_at, received_at, id, channel, synthetic FROM cases WHERE id = %s RETURNING id),"
        " worked AS (INSERT INTO events (case_id, seq, at, verb, state, posting_id)"
        " SELECT o.id, 1, '2026-03-02T01:00Z', 'recategorise', 'received', p.id FROM other o, postings p WHERE p.role = 'clerk' RETURNING case_id)"
        " INSERT INTO events (case_id, seq, at, verb, state, data) SELECT m.case_id, m.seq + 1, '2026-03-02T01:00Z', 'merge_in', 'received',"
        " jsonb_build_object('from', w.case_id) FROM worked w, (SELECT case_id, max(seq) AS seq FROM events GROUP BY 1) m WHERE m.case_id = %s",
        case,
        case,
    )
    log_in("clerk")
    assert [i for i in client.get("/api/moderation").json() if i["case_id"] == case] == []
    assert words(client, row, "released", words="x").json()["code"] == "handled_case"


@pytest.mark.parametrize("column", ["private", "about_official"])
def test_private_cases_and_those_about_officials_are_never_offered(
    client: TestClient, told: tuple[int, int, int], log_in: LogIn, town: Store, column: str
) -> None:
    case, row, photo_id = told
    log_in("clerk")
    assert words(client, row, "released", words="好。").status_code == 200
    assert picture(client, photo_id, "released").status_code == 200
    # What was released before is hidden as soon as the case turns out to be such a one.
    act(town, f"UPDATE cases SET {column} = true WHERE id = %s", case)
    for decision in ("waiting", "released"):
        listed = client.get("/api/moderation", params={"decision": decision}).json()
        assert [i for i in listed if i["case_id"] == case] == []
    assert words(client, row, "released", words="别的。").json()["code"] == "never_public"
    assert picture(client, photo_id, "withdrawn", reason="x").json()["code"] == "never_public"
    client.cookies.clear()
    assert client.get(f"/photos/{photo_id}").status_code == 404
    answer = client.get(f"/api/cases/{case}/public")
    if column == "private":
        assert answer.status_code == 404
    else:
        assert (answer.json()["words"], answer.json()["photos"]) == ([], [])


def test_a_clerk_of_another_area_decides_nothing(
    client: TestClient, told: tuple[int, int, int], log_in: LogIn, town: Store
) -> None:
    act(town, "UPDATE postings SET area_code = '9002' WHERE role = 'clerk'")
    try:
        log_in("clerk")
        assert client.get("/api/moderation").json() == []
        assert words(client, told[1], "released", words="x").json()["code"] == "case_not_found"
        assert picture(client, told[2], "released").json()["code"] == "photo_not_found"
    finally:
        act(town, "UPDATE postings SET area_code = '90' WHERE role = 'clerk'")


@pytest.mark.parametrize(
    "part",
    [{"left": 101, "top": 0, "width": 1, "height": 1}, {"left": 0, "top": 0, "width": 0, "height": 1}, {"left": 1}],
)
def test_parts_outside_the_photo_are_refused(
    client: TestClient, told: tuple[int, int, int], log_in: LogIn, part: dict[str, float]
) -> None:
    log_in("clerk")
    assert picture(client, told[2], "released", blur=[part]).status_code == 422
    assert (
        picture(client, told[2], "released", blur=[{"left": 0, "top": 0, "width": 1, "height": 1}] * 21).status_code
        == 422
    )
    assert public(client, told[0])["photos"] == []


def test_the_page_works_without_a_script(client: TestClient, told: tuple[int, int, int], log_in: LogIn) -> None:
    case, row, photo_id = told
    log_in("clerk")
    page = client.get("/moderation", headers=PAGE).text
    assert f'action="/moderation/words/{row}"' in page
    assert "张三又倒垃圾，电话 ●●●。</textarea>" in page, "numbers are masked in what is proposed"
    assert "13800000000" in page, "and stand in what was said"
    wrong = client.post(f"/moderation/words/{row}", data={"decision": "withheld", "words": "改过的话"}, headers=PAGE)
    assert wrong.status_code == 422
    assert "need a reason" in html.unescape(wrong.text)
    assert "改过的话</textarea>" in wrong.text, "what was typed stays"
    done = client.post(f"/moderation/words/{row}", data={"decision": "released", "words": "好。"}, headers=PAGE)
    assert (done.status_code, "It is public now." in done.text) == (200, True)
    bad = {"decision": "released", "left": "10", "top": "x", "width": "5", "height": "5"}
    refused = client.post(f"/moderation/photos/{photo_id}", data=bad, headers=PAGE)
    assert refused.status_code == 422
    assert 'name="left" min="0" max="100" step="0.1" inputmode="decimal" value="10"' in refused.text
    good = {"decision": "released", "left": ["10", ""], "top": ["10", ""], "width": ["5", ""], "height": ["5", ""]}
    assert client.post(f"/moderation/photos/{photo_id}", data=good, headers=PAGE).status_code == 200
    listed = client.get("/moderation?show=released", headers=PAGE).text
    assert f"/photos/{photo_id}?released=true" in listed
    client.post(f"/moderation/photos/{photo_id}", data={"decision": "withdrawn", "reason": "x"}, headers=PAGE)
    shown = public(client, case)
    assert ([w["words"] for w in shown["words"]], shown["photos"]) == (["好。"], [])


def test_the_page_is_for_clerks(client: TestClient, log_in: LogIn) -> None:
    assert client.get("/moderation", headers=PAGE).status_code == 401
    log_in("head")
    assert client.get("/moderation", headers=PAGE).status_code == 403


def test_a_receipt_page_sends_a_photo_without_a_script(client: TestClient, key: Keys) -> None:
    number, secret = report(client, key)

    def send(data: bytes) -> str:
        answer = client.post(
            f"/status/{number}/photos",
            params={"key": secret},
            files={"photo": ("p.jpg", data, "image/jpeg")},
            headers=PAGE,
            follow_redirects=False,
        )
        assert answer.status_code == 303
        return str(answer.headers["location"])

    assert send(photo()) == f"/status/{number}?key={secret}&photo=added#photos"
    assert send(made.PDF).endswith("photo=not_a_photo#photos")
    listed = client.get(f"/api/reports/{number}/photos", params={"key": secret}).json()
    assert len(listed) == 1
    large = client.post(
        f"/status/{number}/photos", params={"key": secret}, files={"photo": ("p.jpg", bytes(50_000_000))}, headers=PAGE
    )
    assert large.status_code == 413
    assert re.search(r"10\s*MB", html.unescape(large.text))


def test_hostile_words_stay_words_on_the_page(client: TestClient, key: Keys, log_in: LogIn) -> None:
    report(client, key, text="</textarea><script>alert(1)</script>")
    log_in("clerk")
    assert "<script>alert" not in client.get("/moderation", headers=PAGE).text


def test_what_waits_longest_comes_first_and_nothing_is_out_of_reach(
    client: TestClient, key: Keys, town: Store, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = []
    for n in range(5):
        number, _ = report(client, key, text=f"第 {n} 次")
        rows.append(report_id(town, number))
    log_in("clerk")
    found: list[int] = []
    after = ""
    while page := [i["id"] for i in client.get(f"/api/moderation?limit=2{after}").json() if i["what"] == "words"]:
        found += page
        after = f"&after_words={page[-1]}"
    assert [row for row in found if row in rows] == rows
    assert found == sorted(found)
    monkeypatch.setattr("api.pages.moderation.SHOWN", 2)
    address, seen = "/moderation", []
    while address:
        shown = client.get(address, headers=PAGE).text
        seen += [int(n) for n in re.findall(r'action="/moderation/words/(\d+)"', shown)]
        onward = re.search(r'class="button" href="(/moderation\?show=waiting&amp;[^"]+)"', shown)
        address = html.unescape(onward[1]) if onward else ""
    assert seen == found
