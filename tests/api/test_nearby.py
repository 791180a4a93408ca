"""What stands and what was said near a case: counts, distances, and that each sees what is his to see."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import ServiceSettings
from gis.store import Store
from tests.api.conftest import Clock
from tests.little_town import HEADED, IN_HEADED, VILLAGE, Told

_SITES = """
INSERT INTO sites (code, kind, name, during, synthetic, geom) VALUES
    ('n1', 'nursery', '苗圃<b>一</b>', '[2019-01-01,)', true, ST_MakeEnvelope(117.0055, 39.7049, 117.0065, 39.7055, 4326)),
    ('d1', 'ditch', '东沟', '[2019-01-01,)', true, ST_SetSRID(ST_MakeLine(ST_MakePoint(116.9, 39.7055), ST_MakePoint(117.2, 39.7055)), 4326)),
    ('o1', 'school', '旧学校', '[2019-01-01,2025-01-01)', true, ST_SetSRID(ST_MakePoint(117.005, 39.7051), 4326)),
    ('f1', 'fuel_store', '远处油库', '[2019-01-01,)', true, ST_SetSRID(ST_MakePoint(117.0095, 39.7052), 4326))
"""


# Three dumpings about one spot by the border, another thing there, one 60 m off, one beyond the border; an hour apart.
_SPOTS: dict[str, tuple[tuple[float, float], dict[str, object]]] = {
    "first": ((117.00995, 39.705), {}),
    "second": ((117.00995, 39.7052), {}),
    "other": ((117.00995, 39.70501), {"category": "dispute"}),
    "far": ((117.00995, 39.7058), {}),
    "over": ((117.0101, 39.705), {}),
    "third": ((117.00995, 39.7051), {"text": "<script>alert(1)</script>${7*7}"}),
}


def tell(client: TestClient, owner: psycopg.Connection, body: Mapping[str, object], key: str) -> int:
    """Take a report in, and answer its case."""
    answer = client.post("/api/reports", json=body, headers={"Idempotency-Key": f"a-key-of-this-test-{key}"})
    assert answer.status_code == 201, answer.text
    found = owner.execute("SELECT case_id FROM reports WHERE number = %s", (answer.json()["number"],)).fetchone()
    assert found
    return int(found[0])


@pytest.fixture
def owner(town: Store) -> Iterator[psycopg.Connection]:
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        yield connection


@pytest.fixture(scope="module")
def told(town: Store) -> dict[str, int]:
    """The cases of these reports by name."""
    clock = Clock()
    app = create_app(ServiceSettings(secret=SecretStr("s" * 32)), town.asyncpg_kwargs("web"), clock=clock)
    cases = {}
    with psycopg.connect(town.dsn("migrate"), autocommit=True) as owner, TestClient(app) as client:
        owner.execute("SET ROLE gridwarden_owner")
        owner.execute(_SITES)
        for name, (at, other) in _SPOTS.items():
            clock.go_on(hours=1)
            cases[name] = tell(client, owner, Told(*at).body(**other), name)
    return cases


def spot(client: TestClient, code: str, case: int) -> str:
    answer = client.get(f"/areas/{code}/cases/{case}", headers={"HX-Request": "true"})
    assert answer.status_code == 200, answer.text
    return answer.text


def nths(client: TestClient, code: str, told: dict[str, int]) -> dict[str, str]:
    """What the list of an area says of each case, by its name; of those that it lists."""
    page = client.get(f"/areas/{code}/cases").text
    lines = {int(part.partition('"')[0]): part for part in page.split('data-case="')[1:]}
    return {
        name: lines[case].partition("Report no. ")[2].partition(" ")[0] for name, case in told.items() if case in lines
    }


def test_a_later_report_does_not_look_like_a_first_one(client: TestClient, told: dict[str, int], log_in: Any) -> None:
    log_in("desk")
    assert nths(client, VILLAGE, told) == {
        "first": "",
        "second": "2",
        "other": "",
        "far": "",
        "over": "3",
        "third": "4",
    }
    detail = spot(client, VILLAGE, told["third"])
    assert [f"<strong>{name}</strong>" in detail for name in ("No. 1", "No. 3", "No. 4", "No. 5", "Another kind")] == [
        *(True, True, True, False, True)
    ]


def test_each_counts_what_he_may_see(client: TestClient, told: dict[str, int], log_in: Any) -> None:
    log_in("head")
    # The one over the border is not his to know of.
    assert nths(client, HEADED, told) == {"first": "", "second": "2", "other": "", "far": "", "third": "3"}
    detail = spot(client, HEADED, told["third"])
    seen = {name for name, case in told.items() if f'data-go="{case}"' in detail}
    assert seen == {"first", "second", "other"}
    log_in("desk")
    assert f'data-go="{told["over"]}"' in spot(client, VILLAGE, told["third"])


def test_words_stay_words(client: TestClient, told: dict[str, int], log_in: Any) -> None:
    log_in("head")
    for page in (client.get(f"/areas/{HEADED}/cases").text, client.get(f"/areas/{HEADED}/cases/{told['third']}").text):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;${7*7}" in page


def test_an_administrator_sees_the_spot_and_no_words(client: TestClient, told: dict[str, int], log_in: Any) -> None:
    log_in("admin")
    page = client.get(f"/areas/{HEADED}/cases/{told['third']}").text
    assert "alert(1)" not in page
    assert "No. " in page


@pytest.mark.usefixtures("told")
def test_what_stands_near_is_named_by_distance(client: TestClient, owner: psycopg.Connection, log_in: Any) -> None:
    case = tell(client, owner, Told(*IN_HEADED).body(), "near")
    log_in("admin")
    detail = spot(client, HEADED, case)
    beside = detail.partition("beside-list")[2].partition("</ul>")[0]
    # 43 m to the nursery's western edge (0.0005 degrees of longitude), 56 m to the ditch; the school is no more.
    assert "苗圃&lt;b&gt;一&lt;/b&gt;" in beside
    assert "about 40 m" in beside
    assert "about 60 m" in beside
    assert beside.index("苗圃") < beside.index("东沟")
    assert "旧学校" not in detail
    assert "远处油库" not in detail
    around = json.loads(detail.partition('class="around">')[2].partition("</script>")[0])
    ditch = next(site for site in around["sites"] if site["name"] == "东沟")
    # As far as it is near, not all 26 km of it.
    west, east = ditch["shape"]["coordinates"][0][0], ditch["shape"]["coordinates"][-1][0]
    assert 0.004 < east - west < 0.009
    assert ditch["lon"] == pytest.approx(IN_HEADED[0], abs=1e-6)


def test_without_script_a_case_is_a_page(client: TestClient, told: dict[str, int], log_in: Any) -> None:
    log_in("head")
    page = client.get(f"/areas/{HEADED}").text
    address = f"/areas/{HEADED}/cases/{told['third']}"
    assert f'href="{address}"' in page
    alone = client.get(address).text
    assert "<html" in alone
    assert "<html" not in spot(client, HEADED, told["third"])
    assert f'href="/areas/{HEADED}#case-{told["third"]}"' in alone


def test_a_case_without_a_pin_says_so(client: TestClient, owner: psycopg.Connection, log_in: Any) -> None:
    body = {"area_code": HEADED, "place_words": "村口", "category": "dumping", "text": "话", "channel": "hotline"}
    case = tell(client, owner, body, "unpinned")
    log_in("head")
    assert "Without a pin" in spot(client, HEADED, case)


def test_closed_and_declined_cases_are_remembered(
    client: TestClient, owner: psycopg.Connection, told: dict[str, int], log_in: Any
) -> None:
    for name, state in (("first", "closed"), ("second", "declined")):
        owner.execute("UPDATE cases SET state = %s, closed_at = received_at WHERE id = %s", (state, told[name]))
    log_in("desk")
    detail = spot(client, VILLAGE, told["third"])
    assert f'data-go="{told["first"]}"' in detail
    assert "mark-unconfirmed" in detail
    assert "mark-declined" in detail
    # The newest first.
    assert detail.index(f'data-go="{told["over"]}"') < detail.index(f'data-go="{told["first"]}"')
