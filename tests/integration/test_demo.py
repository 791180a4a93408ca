"""The demo as a newcomer meets it: the whole city of Langfang, its pins, its log-ins, its pages, in real processes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from grids.sample.build import LOG_INS
from tests.conftest import private_folder
from tests.serving import gridwarden, serving

PASSWORD = "for this test alone"


@dataclass(frozen=True)
class Demo:
    """A built city that is being served."""

    data: Path
    address: str
    said: str
    pins: list[dict[str, Any]]

    def pin(self, name: str) -> dict[str, Any]:
        return next(pin for pin in self.pins if pin["name"].startswith(name))


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with private_folder() as data:
        built = gridwarden(data, "demo", "build", "--reports", "500", "--password", PASSWORD)
        pins = json.loads(gridwarden(data, "demo", "pins", "--json").stdout)
        with serving(data) as (_, address):
            yield Demo(data, address, built.stdout, pins)


def test_the_story_rings_long_before_the_fire(demo: Demo) -> None:
    gridwarden(demo.data, "places", "replay")
    said = gridwarden(demo.data, "replay", "--place", "nursery", "--lang", "en").stdout
    assert "demo data, its dates are invented" in said
    assert "▲ Alarm" in said
    assert said.strip().splitlines()[-2:] == [
        "Today's rules would have rung on 2019-03-11, after report 1.",
        "They would have taken it up on 2019-10-13, after report 4: 66 days before the fire.",
    ]


def test_the_watch_list_holds_the_nursery(demo: Demo) -> None:
    waiting = re.search(r"/cases/(\d+)\n", demo.said)
    assert waiting is not None
    with httpx2.Client(base_url=demo.address) as client:
        client.post("/login", data={"login": "dispatcher", "password": PASSWORD})
        listed = client.get("/api/places").json()
    (nursery,) = [place for place in listed if place["case_id"] == int(waiting[1])]
    # Its owner alone spoke, of rubbish that was said to be gone.
    assert nursery["signs"] == ["again"]
    assert (nursery["reports"], nursery["reporters"]) == (2, 1)


def test_the_pins_show_every_outcome(demo: Demo) -> None:
    assert {pin["outcome"] for pin in demo.pins} == {"inside", "border", "near", "backstop", "outside"}
    for pin in demo.pins:
        assert f"{pin['lon']} {pin['lat']}" in demo.said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_shell_and_api_agree_on_every_field(demo: Demo, lang: str) -> None:
    at = "2026-11-01T08:00:00+08:00"
    for where in [(pin["lon"], pin["lat"]) for pin in demo.pins] + [(116.40, 39.90)]:
        lon, lat = map(str, where)
        asked: dict[str, str | int] = {
            "lon": lon,
            "lat": lat,
            "datum": "wgs84",
            "accuracy_m": 30,
            "at": at,
            "lang": lang,
        }
        over_http = httpx2.get(f"{demo.address}/api/locate", params=asked).json()
        options = ["--datum", "wgs84", "--accuracy-m", "30", "--at", at, "--lang", lang]
        in_shell = json.loads(gridwarden(demo.data, "locate", lon, lat, *options).stdout)
        assert in_shell == over_http
        assert over_http.keys() == {
            *("outcome", "area", "head", "owner", "chain", "also", "candidates", "distance_m", "border_m"),
            *("edition", "at", "explanation"),
        }


def test_building_again_changes_nothing(demo: Demo) -> None:
    again = gridwarden(demo.data, "demo", "build", "--if-missing")
    assert json.loads(gridwarden(demo.data, "demo", "pins", "--json").stdout) == demo.pins
    assert PASSWORD in again.stdout + again.stderr, "a newcomer finds the log-ins again"


def test_a_pin_beside_the_nursery_reaches_its_head(demo: Demo) -> None:
    pin = next(pin for pin in demo.pins if pin["outcome"] == "inside")
    words = "苗圃东边又有人倒垃圾，味道很大。"
    body = {"lon": pin["lon"], "lat": pin["lat"], "datum": "wgs84", "accuracy_m": 15, "text": words, "channel": "app"}
    category = next(c["code"] for c in httpx2.get(f"{demo.address}/api/categories").json() if "dump" in c["code"])
    headers = {"Idempotency-Key": "a-resident-beside-the-nursery"}
    sent = httpx2.post(f"{demo.address}/api/reports", json=body | {"category": category}, headers=headers)
    assert sent.status_code == 201, sent.text
    assert sent.json()["match"]["area"]["name"] == "示例村第一网格"
    with httpx2.Client(base_url=demo.address, headers={"Accept": "text/html"}, follow_redirects=True) as head:
        head.post("/login", data={"login": "head", "password": PASSWORD})
        landed = head.get(f"/areas/{sent.json()['match']['area']['code']}")
        assert words in landed.text
        assert "演示数据" in landed.text
    public = httpx2.get(f"{demo.address}{landed.url.path}", headers={"Accept": "text/html"})
    assert public.status_code == 200
    assert words not in public.text


def test_there_is_a_log_in_for_every_role(demo: Demo) -> None:
    kept = json.loads((demo.data / "demo-log-ins.json").read_text(encoding="utf-8"))
    assert kept == dict.fromkeys(LOG_INS, PASSWORD)
    for login in LOG_INS:
        assert re.search(rf"^  {login} +{PASSWORD} +\S", demo.said, re.MULTILINE), login
        with httpx2.Client(base_url=demo.address, headers={"Accept": "text/html"}) as client:
            assert client.post("/login", data={"login": login, "password": PASSWORD}).status_code == 303, login


def test_the_nursery_waits_for_its_readers_and_goes_round_the_loop(demo: Demo) -> None:
    found = re.search(r"/cases/(\d+)\n.*/status/(\d{10})\?key=(\S+)", demo.said)
    assert found is not None
    case, number, key = found.groups()
    readers = {}
    for login in LOG_INS:
        with httpx2.Client(base_url=demo.address) as client:
            client.post("/login", data={"login": login, "password": PASSWORD})
            readers[login] = client.get(f"/api/cases/{case}").status_code
    # The handler meets it when it is handed to his department; a planner sees figures, a helper his team's part of another.
    others = {"handler", "planner", "helper"}
    assert {login for login, status in readers.items() if status == 200} == set(LOG_INS) - others, readers
    told = httpx2.get(f"{demo.address}/api/reports/{number}", params={"key": key}).json()
    assert told["state"] == "received"
    with httpx2.Client(base_url=demo.address) as client:
        client.post("/login", data={"login": "dispatcher", "password": PASSWORD})
        step = {"verb": "accept", "version": client.get(f"/api/cases/{case}").json()["version"]}
        taken = client.post(f"/api/cases/{case}/steps", json=step)
    assert (taken.status_code, taken.json()["state"]) == (200, "accepted"), taken.text


def test_names_and_codes_are_langfangs(demo: Demo) -> None:
    wubaihu = httpx2.get(f"{demo.address}/api/areas/131024106").json()
    assert (wubaihu["name"], wubaihu["level"]) == ("五百户镇", "township")
    assert len(wubaihu["children"]) == 43 + 1, "its villages, and the invented one of the story"
    city = httpx2.get(f"{demo.address}/api/areas/1310").json()
    assert len(city["children"]) == 11
    assert re.fullmatch(r"2025.*", city["edition"])
