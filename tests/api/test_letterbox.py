"""Letters to the secretary go past village and grid to the desk of a level, as ordinary cases."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import chains
from tests import small_county as county
from tests.api.at_doors import WORDS, body, client, clock, code_of, enter, form, kept, sees, send, spot, with_levels
from tests.api.conftest import Clock

__all__ = ["client", "clock", "enter", "with_levels"]


@pytest.mark.parametrize(
    ("asked", "where"), [(None, county.TOWNSHIP), ("township", county.TOWNSHIP), ("county", county.COUNTY)]
)
def test_a_letter_goes_past_the_grid_to_the_desk_of_its_level(
    enter: Callable[..., TestClient], town: Store, asked: str | None, where: str
) -> None:
    answer = send(enter(None), "letterbox", **({"to_level": asked} if asked else {}))
    assert answer.status_code == 201, answer.text
    match = answer.json()["match"]
    assert (match["owner"]["area_code"], match["owner"]["role"], match["head"]) == (where, "desk", None)
    assert match["area"]["code"] == where
    assert "A letter to the secretary passes over village and grid" in match["explanation"]
    case, chain, owner, role, _, words, channel = kept(town, answer.json()["number"])
    assert (owner, role, channel) == (where, "desk", "letterbox")
    assert tuple(chain) == tuple(words) == county.chain(where)
    assert sees(enter(f"desk@{where}"), case)
    for below in (f"head@{county.GRID}", f"desk@{county.VILLAGE}", f"clerk@{county.VILLAGE}"):
        assert not sees(enter(below), case)
    if where == county.COUNTY:
        assert not sees(enter(f"desk@{county.TOWNSHIP}"), case)


def test_the_city_without_a_level_of_that_name_is_the_topmost_area(enter: Callable[..., TestClient]) -> None:
    match = send(enter(None), "letterbox", to_level="city").json()["match"]
    assert match["owner"]["area_code"] == county.COUNTY


def test_a_letter_may_go_without_a_pin(enter: Callable[..., TestClient], town: Store) -> None:
    answer = send(enter(None), "letterbox", area_code=county.VILLAGE, place_words="东头水沟边")
    assert answer.status_code == 201, answer.text
    _, chain, owner, *_ = kept(town, answer.json()["number"])
    assert (tuple(chain), owner) == (county.chain(county.TOWNSHIP), county.TOWNSHIP)


def test_the_same_letter_again_answers_its_receipt_and_another_level_is_another_letter(
    enter: Callable[..., TestClient],
) -> None:
    client, key = enter(None), {"Idempotency-Key": uuid4().hex}
    first = client.post("/api/reports", json=body("letterbox", to_level="county"), headers=key)
    again = client.post("/api/reports", json=body("letterbox", to_level="county"), headers=key)
    assert again.json()["number"] == first.json()["number"]
    other = client.post("/api/reports", json=body("letterbox", to_level="township"), headers=key)
    assert code_of(other) == (422, "idempotency_conflict")


def test_a_letter_is_not_put_with_the_case_that_it_goes_past(enter: Callable[..., TestClient], town: Store) -> None:
    first = send(enter(None), "app").json()
    case = kept(town, first["number"])[0]
    letter = send(enter(None), "letterbox", same_as=case).json()
    assert (letter["joined"], kept(town, letter["number"])[0] == case) == (False, False)


def test_nothing_is_put_with_a_letter_nor_a_letter_with_what_lies_below(
    enter: Callable[..., TestClient], town: Store
) -> None:
    letter = kept(town, send(enter(None), "letterbox").json()["number"])
    # Neither the public nor whoever has the letter is asked whether his is the same.
    lon, lat = spot(county.GRID)
    asked = {"lon": lon, "lat": lat, "datum": "wgs84", "category": "dumping", "text": WORDS}
    for login in (None, f"head@{county.GRID}", f"desk@{county.TOWNSHIP}"):
        found = enter(login).post("/api/reports/akin", json=asked)
        assert found.status_code == 200, found.text
        assert letter[0] not in [each["case_id"] for each in found.json()]
    joined = send(enter(None), "app", same_as=letter[0]).json()
    assert not joined["joined"]
    below = kept(town, joined["number"])
    desk = enter(f"desk@{county.TOWNSHIP}")
    for one, other in ((letter, below), (below, letter)):
        step = {"verb": "merge", "version": one[4], "into": other[0]}
        if one is letter:
            desk.post(f"/api/cases/{one[0]}/steps", json={"verb": "accept", "version": one[4]})
            step["version"] += 1
        answer = desk.post(f"/api/cases/{one[0]}/steps", json=step)
        assert code_of(answer) == (422, "step_incomplete"), answer.text
    assert not sees(enter(f"head@{county.GRID}"), letter[0])


def test_what_is_about_an_official_stays_above_him(enter: Callable[..., TestClient], town: Store) -> None:
    letter = send(enter(None), "letterbox", category="conduct", to_level="township").json()
    assert kept(town, letter["number"])[2] == county.COUNTY


def test_rules_do_not_hand_it_down_but_a_dispatcher_may(
    enter: Callable[..., TestClient], town: Store, clock: Clock
) -> None:
    """Even the rule that hands everything to the grid head by itself finds a desk."""
    letter = send(enter(None), "letterbox").json()
    case = kept(town, letter["number"])[0]
    with chains.owner(town) as owner:
        target = owner.execute("SELECT (d.target) FROM dispatch_target(%s, %s) d", (case, clock.now)).fetchone()
        assert target
        assert (target[0]["area_code"], target[0]["role"]) in {
            (county.TOWNSHIP, "head"),
            (county.TOWNSHIP, "desk"),
        }
        head = owner.execute(
            "SELECT id FROM postings WHERE area_code = %s AND role = 'head' AND during @> %s", (county.GRID, clock.now)
        ).fetchone()
        assert head
    desk = enter(f"desk@{county.TOWNSHIP}")
    done = desk.post(
        f"/api/cases/{case}/steps",
        json={"verb": "dispatch", "version": 1, "words": "请核实", "posting_id": head[0]},
    )
    assert done.status_code == 200, done.text
    assert sees(enter(f"head@{county.GRID}"), case)
    assert not sees(enter(f"clerk@{county.VILLAGE}"), case)


def test_the_case_says_why_it_is_where_it_is_and_the_bench_agrees(
    enter: Callable[..., TestClient], town: Store
) -> None:
    case = kept(town, send(enter(None), "letterbox", to_level="county").json()["number"])[0]
    desk = enter(f"desk@{county.COUNTY}")
    why = desk.get(f"/api/cases/{case}/why")
    assert why.status_code == 200, why.text
    assert '"letterbox"' in why.text
    page = desk.get(f"/cases/{case}")
    assert page.status_code == 200
    assert "passes over village and grid" in page.text
    lon, lat = spot(county.GRID)
    asked = {"category": "dumping", "lon": lon, "lat": lat, "datum": "wgs84"}
    tried = {
        channel: desk.post("/api/dispatch/try", json=asked | {"channel": channel}).json()["target"]["area_code"]
        for channel in ("app", "letterbox", "visit")
    }
    assert tried == {"app": county.GRID, "letterbox": county.TOWNSHIP, "visit": county.TOWNSHIP}


def test_it_counts_as_residents_words(enter: Callable[..., TestClient], town: Store) -> None:
    letter = send(enter(None), "letterbox").json()
    with chains.owner(town) as owner:
        row = owner.execute("SELECT channel, taken_by FROM reports WHERE number = %s", (letter["number"],)).fetchone()
    assert row == ("letterbox", None)


def test_a_letter_stays_past_the_grid_when_borders_are_drawn_anew(
    enter: Callable[..., TestClient], town: Store, clock: Clock
) -> None:
    letter = send(enter(None), "letterbox").json()
    case = kept(town, letter["number"])[0]
    with chains.owner(town) as owner:
        owner.execute("SELECT follow_open_cases(%s, true)", (clock.now,))
        owner.commit()
    after = kept(town, letter["number"])
    assert (after[0], tuple(after[1]), after[2]) == (case, county.chain(county.TOWNSHIP), county.TOWNSHIP)


# The form.


def test_a_letter_is_written_without_script(enter: Callable[..., TestClient], town: Store) -> None:
    client = enter(None)
    page = client.get("/letterbox?to_level=county")
    assert page.status_code == 200
    assert "Write to the secretary" in page.text
    assert "The desk of that level reads" in page.text
    looked = client.post("/report", data=form(step="look"))
    assert "Write to the secretary" in looked.text
    assert f"辖区{county.COUNTY}" in looked.text
    sent = client.post("/report", data=form(), follow_redirects=False)
    assert sent.status_code == 303
    number = sent.headers["location"].split("/")[2].split("?")[0]
    assert kept(town, number)[2] == county.COUNTY
    status = client.get(sent.headers["location"])
    assert status.status_code == 200
    assert WORDS in status.text


def test_what_was_typed_is_kept_when_the_letter_lacks_something(enter: Callable[..., TestClient]) -> None:
    answer = enter(None).post("/report", data=form(lon="", lat="", to_level="city"))
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert 'value="city" checked' in answer.text
