"""The rota of officials who receive visitors: planned, changed and read; and what visitors say, entered and followed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import chains
from tests import small_county as county
from tests.api.at_doors import TODAY, client, clock, code_of, enter, form, kept, send, spot, with_levels
from tests.api.conftest import Clock

__all__ = ["client", "clock", "enter", "with_levels"]


def plan(client: TestClient, **other: Any) -> Any:
    asked = {
        "area_code": county.TOWNSHIP, "days": [str(TODAY)], "from_time": "09:00", "until_time": "11:30",
        "room": f"一楼接待室 {uuid4().hex[:6]}", "title": "镇党委书记",
    } | other  # fmt: skip
    return client.post("/api/rota", json={name: value for name, value in asked.items() if value is not None})


def posting(store: Store, login: str) -> int:
    with chains.owner(store) as owner:
        row = owner.execute(
            "SELECT p.id FROM postings p JOIN people w ON w.id = p.person_id WHERE w.login = %s ORDER BY p.id LIMIT 1",
            (login,),
        ).fetchone()
    assert row
    return int(row[0])


def test_the_desk_plans_and_everybody_reads_without_names(
    enter: Callable[..., TestClient], town: Store, clock: Clock
) -> None:
    supervisor = posting(town, f"supervisor@{county.TOWNSHIP}")
    made = plan(enter(f"desk@{county.TOWNSHIP}"), posting_id=supervisor, title=None, note="带上回执号")
    assert made.status_code == 201, made.text
    (number,) = made.json()["planned"]
    (mine,) = [day for day in enter(None).get("/api/visits").json() if day["id"] == number]
    assert (mine["official"]["role"], mine["official"]["name"], mine["note"]) == ("supervisor", None, "带上回执号")
    (staff,) = [d for d in enter(f"desk@{county.TOWNSHIP}").get("/api/visits").json() if d["id"] == number]
    assert staff["official"]["name"] == f"姓名supervisor@{county.TOWNSHIP}"
    with chains.owner(town) as owner:
        owner.execute("UPDATE postings SET name_public = true WHERE id = %s", (supervisor,))
        owner.commit()
    page = enter(None).get(f"/visits?area={county.VILLAGE}").text
    assert f"姓名supervisor@{county.TOWNSHIP}" in page
    assert "带上回执号" in page
    assert number not in [day["id"] for day in enter(None).get("/api/visits?area=81").json()]
    clock.go_on(days=1)
    assert number not in [day["id"] for day in enter(None).get("/api/visits").json()]


@pytest.mark.parametrize(
    "login", [f"desk@{county.VILLAGE}", f"clerk@{county.TOWNSHIP}", f"desk@{county.OTHER_TOWNSHIP}"]
)
def test_others_do_not_plan_it(enter: Callable[..., TestClient], login: str) -> None:
    assert code_of(plan(enter(login))) == (403, "rota_for_others")
    assert code_of(plan(enter(None))) == (401, "log_in_required")


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ({"days": ["2026-03-01"]}, (409, "rota_past")),
        ({"until_time": "09:00"}, (422, "rota_refused")),
        ({"room": " "}, (422, "rota_refused")),
        ({"title": None}, (422, "rota_refused")),
        ({"posting_id": 999999}, (422, "rota_refused")),
        ({"area_code": county.VILLAGE}, (422, "rota_refused")),
        ({"days": ["2028-03-01"]}, (422, "rota_refused")),
    ],
)
def test_each_refusal_has_its_code(
    enter: Callable[..., TestClient], wrong: dict[str, Any], answer: tuple[int, str]
) -> None:
    assert code_of(plan(enter(f"desk@{county.TOWNSHIP}"), **wrong)) == answer


def test_two_in_one_room_and_one_in_two_are_refused_and_nothing_is_planned(
    enter: Callable[..., TestClient], town: Store
) -> None:
    desk = enter(f"desk@{county.TOWNSHIP}")
    who = posting(town, f"dispatcher@{county.TOWNSHIP}")
    days = [str(TODAY + timedelta(days=n)) for n in (1, 2)]
    assert plan(desk, room="东接待室", days=days, posting_id=who).status_code == 201
    clash = plan(
        desk, room="东接待室", days=[str(TODAY + timedelta(days=9)), days[1]], from_time="11:00", until_time="12:00"
    )
    assert code_of(clash) == (409, "rota_clash")
    assert "2026-03-04, 09:00–11:30" in clash.json()["detail"]
    assert "somebody else receives in 东接待室" in clash.json()["detail"]
    other = plan(desk, room="西接待室", days=days, posting_id=who)
    assert code_of(other) == (409, "rota_clash")
    assert "this official receives in 东接待室" in other.json()["detail"]
    # All or none: the first day of the two was free.
    assert all(day["from_at"][:10] != "2026-03-11" for day in desk.get("/api/visits").json())
    assert plan(desk, room="东接待室", days=days, from_time="11:30", until_time="12:00").status_code == 201


def test_a_day_is_changed_until_it_has_passed(enter: Callable[..., TestClient], town: Store, clock: Clock) -> None:
    desk = enter(f"desk@{county.TOWNSHIP}")
    (number,) = plan(desk).json()["planned"]
    deputy = posting(town, f"supervisor@{county.COUNTY}")
    stands_in = {"kind": "stand_in", "version": 1, "posting_id": deputy, "title": "县信访局副局长"}
    assert desk.post(f"/api/rota/{number}", json=stands_in).json() == {"version": 2}
    assert code_of(desk.post(f"/api/rota/{number}", json=stands_in)) == (409, "rota_changed")
    page = enter(None).get("/visits").text
    assert "县信访局副局长" in page
    assert "planned: 镇党委书记" in page
    desk = enter(f"desk@{county.TOWNSHIP}")
    moved = {"kind": "moved", "version": 2, "words": "改到周五上午，同一地点"}
    assert desk.post(f"/api/rota/{number}", json=moved).json() == {"version": 3}
    assert "改到周五上午，同一地点" in enter(None).get("/visits").text
    assert code_of(enter(f"desk@{county.VILLAGE}").post(f"/api/rota/{number}", json=moved)) == (403, "rota_for_others")
    clock.go_on(days=1)
    past = enter(f"desk@{county.TOWNSHIP}").post(f"/api/rota/{number}", json=moved | {"version": 3})
    assert code_of(past) == (409, "rota_past")
    assert "2026-03-02 has passed" in past.json()["detail"]


def test_who_is_absent_that_day_is_told_until_somebody_stands_in(enter: Callable[..., TestClient], town: Store) -> None:
    who = posting(town, f"administrator@{county.TOWNSHIP}")
    days = [str(TODAY + timedelta(days=n)) for n in (4, 7)]
    away, there = plan(enter(f"desk@{county.TOWNSHIP}"), posting_id=who, days=days).json()["planned"]
    with chains.owner(town) as owner:
        owner.execute(
            "INSERT INTO absences (posting_id, during, reason, made_at) VALUES (%s, tstzrange(%s, %s), 'leave', %s)",
            (who, TODAY + timedelta(days=4), TODAY + timedelta(days=5), county.NOW),
        )
        owner.commit()
    told = {day["id"]: day["away"] for day in enter(None).get("/api/visits").json()}
    assert (told[away], told[there]) == (True, False)
    assert enter(None).get("/visits").text.count("absent that day, and nobody stands in yet") == 1
    desk = enter(f"desk@{county.TOWNSHIP}")
    desk.post(f"/api/rota/{away}", json={"kind": "stand_in", "version": 1, "title": "副镇长"}).raise_for_status()
    assert "absent that day" not in enter(None).get("/visits").text


def test_the_form_plans_by_days_of_the_week_and_warns_of_days_off(enter: Callable[..., TestClient]) -> None:
    client = enter(f"administrator@{county.TOWNSHIP}")
    fields: dict[str, Any] = {
        "area_code": county.TOWNSHIP, "first": "2026-04-01", "last": "2026-04-12", "weekday": ["1", "7"],
        "from_time": "14:00", "until_time": "17:00", "room": "南接待室", "title": "镇长",
    }  # fmt: skip
    # 5 and 6 April 2026 are the holiday of Qingming, 12 April a Sunday.
    answer = client.post("/rota", data=fields)
    assert "3 days are planned" in answer.text
    assert "3 of them fall on weekends or public holidays" in answer.text
    assert "清明" in answer.text
    worked = client.post("/rota", data=fields | {"worked": "1", "room": "北接待室"})
    assert worked.status_code == 422
    assert "Choose days" in worked.text
    assert 'value="北接待室"' in worked.text
    with_tuesday = client.post("/rota", data=fields | {"worked": "1", "weekday": ["2"], "room": "北接待室"})
    assert "1 day is planned" in with_tuesday.text
    assert "of them fall" not in with_tuesday.text


# Visits.


@pytest.fixture
def received(enter: Callable[..., TestClient], town: Store) -> int:
    """A day of today on which the town's supervisor receives."""
    who = posting(town, f"supervisor@{county.TOWNSHIP}")
    with chains.owner(town) as owner:
        owner.execute("UPDATE rota SET withdrawn_at = planned_at WHERE posting_id = %s", (who,))
        owner.commit()
    made = plan(enter(f"desk@{county.TOWNSHIP}"), posting_id=who)
    assert made.status_code == 201, made.text
    return int(made.json()["planned"][0])


def test_a_visit_is_entered_on_its_day_and_followed(
    enter: Callable[..., TestClient], town: Store, received: int
) -> None:
    official = enter(f"supervisor@{county.TOWNSHIP}")
    page = official.get(f"/report?rota={received}")
    assert "Enter a visit" in page.text
    assert f'name="rota_id" value="{received}"' in page.text
    sent = official.post(
        "/report", data=form(channel="visit", rota_id=str(received), contact="13900000000"), follow_redirects=False
    )
    assert sent.status_code == 303, sent.text
    number = sent.headers["location"].split("/")[2].split("?")[0]
    case, chain, owner, *_ = kept(town, number)
    assert (tuple(chain), owner) == (county.chain(county.TOWNSHIP), county.TOWNSHIP)
    day = official.get(f"/api/rota/{received}").json()
    assert [(v["number"], v["state"], v["unsolved"]) for v in day["visits"]] == [(number, "received", False)]
    shown = official.get(f"/rota/{received}").text
    assert number in shown
    assert "1 visit entered: 1 open, 0 confirmed as solved, 0 unsolved" in " ".join(shown.split())
    # The village sees the day, which is public, and no visit.
    assert enter(f"desk@{county.VILLAGE}").get(f"/api/rota/{received}").json()["visits"] == []
    assert number not in enter(f"desk@{county.VILLAGE}").get(f"/rota/{received}").text
    assert case


def test_whoever_received_is_told_how_it_ends(
    enter: Callable[..., TestClient], town: Store, clock: Clock, received: int
) -> None:
    sent = send(enter(f"clerk@{county.TOWNSHIP}"), "visit", rota_id=received)
    assert sent.status_code == 201, sent.text
    case = kept(town, sent.json()["number"])[0]
    enter(f"desk@{county.TOWNSHIP}").post(
        f"/api/cases/{case}/steps", json={"verb": "decline", "version": 1, "words": "不属于镇里的职责，已告知去处。"}
    ).raise_for_status()
    with chains.owner(town) as owner:
        ids = [
            row[0] for row in owner.execute("SELECT id FROM outbox WHERE (payload ->> 'case_id')::bigint = %s", (case,))
        ]
        told = owner.execute("SELECT relation, recipient FROM concerned_by_visits(%s, %s)", (ids, clock.now)).fetchall()
        (person,) = owner.execute(
            "SELECT id FROM people WHERE login = %s", (f"supervisor@{county.TOWNSHIP}",)
        ).fetchone() or (None,)
    assert told == [("receiver", f"person:{person}")]


def test_visits_are_for_those_who_receive(enter: Callable[..., TestClient], town: Store, received: int) -> None:
    assert code_of(send(enter(None), "visit", rota_id=received)) == (403, "channel_for_staff")
    for other in (f"clerk@{county.VILLAGE}", f"head@{county.GRID}", f"desk@{county.OTHER_TOWNSHIP}"):
        assert code_of(send(enter(other), "visit", rota_id=received)) == (403, "visit_for_others")
    clerk = enter(f"clerk@{county.COUNTY}")
    assert send(clerk, "visit", rota_id=received).status_code == 201
    assert code_of(send(clerk, "visit", rota_id=999999)) == (422, "unknown_rota_day")
    lon, lat = spot(county.FAR_GRID)
    assert code_of(send(clerk, "visit", rota_id=received, lon=lon, lat=lat)) == (422, "outside_rota_area")
    (coming,) = plan(enter(f"desk@{county.TOWNSHIP}"), days=[str(TODAY + timedelta(days=3))]).json()["planned"]
    assert code_of(send(enter(f"clerk@{county.COUNTY}"), "visit", rota_id=coming)) == (422, "unknown_rota_day")
    # Without a day of the rota it is the township's, or of the level that is named.
    clerk = enter(f"clerk@{county.COUNTY}")
    assert send(clerk, "visit").json()["match"]["owner"]["area_code"] == county.TOWNSHIP
    sent = clerk.post("/report", data=form(channel="visit", to_level="county"), follow_redirects=False)
    number = sent.headers["location"].split("/")[2].split("?")[0]
    assert kept(town, number)[2] == county.COUNTY


def test_the_rota_page_is_for_staff_and_counts(enter: Callable[..., TestClient], received: int) -> None:
    assert enter(None).get("/rota", headers={"Accept": "application/json"}).status_code == 401
    send(enter(f"clerk@{county.TOWNSHIP}"), "visit", rota_id=received).raise_for_status()
    page = enter(f"dispatcher@{county.TOWNSHIP}").get("/rota").text
    assert "1 visit, 1 open, 0 unsolved" in " ".join(page.split())
    assert "Plan the rota of" in page
    assert "Plan the rota of" not in enter(f"clerk@{county.TOWNSHIP}").get("/rota").text
