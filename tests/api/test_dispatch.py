"""The rules of dispatch over HTTP: who may see and change them, the bench, and pages that need no script."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gis.store import Store
from tests import chains
from tests import little_town as town
from tests.api.conftest import Clock

LON, LAT = town.IN_HEADED
ASKED = {"lon": LON, "lat": LAT, "datum": "wgs84", "category": "dumping", "channel": "app"}
TYPED = {"rank": "10", "note": "垃圾由村里统一处理", "family": "waste", "target": "desk", "level": "village"}


@pytest.fixture(autouse=True)
def clean(town: Store) -> None:
    with chains.tampering(town) as superuser:
        superuser.execute("DELETE FROM dispatch_rules")


def add(client: TestClient, **other: str) -> Any:
    return client.post("/dispatch/rules", data=TYPED | other, follow_redirects=False)


def tried(client: TestClient, **other: Any) -> Any:
    body = {k: v for k, v in (ASKED | other).items() if v is not None}
    return client.post("/api/dispatch/try", json=body)


def stored(town: Store) -> list[tuple[Any, ...]]:
    with chains.owner(town) as owner:
        return owner.execute(
            "SELECT rank, note, family, target, level, upper_inf(during), isempty(during) FROM dispatch_rules ORDER BY id"
        ).fetchall()


def test_the_bench_is_for_staff(client: TestClient, log_in: Callable[[str], None]) -> None:
    assert (tried(client).status_code, tried(client).json()["code"]) == (401, "log_in_required")
    log_in("member")
    answer = tried(client)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["rule_id"], said["target"]["role"], said["target"]["area_code"]) == (None, "head", town.HEADED)
    assert [line["code"] for line in said["because"]] == ["no_rule"]
    assert said["explanation"] == "It would go to the head of 东村第一网格."


def test_every_rule_that_was_looked_at_with_its_reason(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    assert add(client, rank="5", note="热线", family="", channel="hotline", target="head", level="").status_code == 303
    assert add(client).status_code == 303
    assert add(client, rank="20", note="不会看到").status_code == 303
    said = tried(client).json()
    assert [(one["note"], one["fits"], one["failed"]) for one in said["looked_at"]] == [
        ("热线", False, "channel"),
        ("垃圾由村里统一处理", True, None),
    ]
    assert said["looked_at"][0]["reason"] == "The channel must be hotline; here it is web."
    assert said["target"]["desk"] == "东村值班台"
    chinese = client.post("/api/dispatch/try", json=ASKED, headers={"Accept-Language": "zh"}).json()
    assert chinese["looked_at"][0]["reason"].startswith("渠道要求是热线")


def test_nothing_is_stored(client: TestClient, town: Store, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    with chains.owner(town) as owner:
        count = "SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM outbox), (SELECT count(*) FROM idempotency_keys)"
        before = owner.execute(count).fetchone()
        assert tried(client).status_code == 200
        assert owner.execute(count).fetchone() == before


def test_the_bench_at_another_instant(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    assert add(client).status_code == 303
    assert tried(client).json()["rule_id"] is not None
    assert tried(client, at="2026-02-01T12:00:00+08:00").json()["rule_id"] is None
    assert tried(client, at="2019-06-01T12:00:00+08:00").json()["area"]["code"] == town.HEADED


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"category": "nothing"}, 422, "unknown_category"),
        ({"lon": 116.4, "lat": 39.9}, 422, "outside_service_area"),
        ({"datum": None}, 422, "unknown_datum"),
        ({"lon": None, "lat": None, "datum": None}, 422, "missing_place"),
        ({"area_code": "9001"}, 422, "missing_place"),
        ({"lon": None, "lat": None, "area_code": "nowhere"}, 422, "unknown_area"),
        ({"channel": "pigeon"}, 422, "invalid_request"),
        ({"at": "2026-02-01T12:00:00"}, 422, "bad_instant"),
        ({"words": "x"}, 422, "invalid_request"),
        ({"at": "1960-01-01T00:00:00Z"}, 503, "no_boundaries"),
    ],
)
def test_questions_that_cannot_be_answered(
    client: TestClient, log_in: Callable[[str], None], other: dict[str, Any], status: int, code: str
) -> None:
    log_in("admin")
    answer = tried(client, **other)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(
    ("login", "sees", "changes"),
    [
        ("admin", True, True), ("city", True, False), ("desk", True, False), ("supervisor", True, False),
        ("head", False, False), ("member", False, False), ("clerk", False, False), ("planner", False, False), ("handler", False, False),
    ],
)  # fmt: skip
def test_who_sees_and_changes(
    client: TestClient, town: Store, log_in: Callable[[str], None], login: str, sees: bool, changes: bool
) -> None:
    log_in(login)
    page = client.get("/dispatch")
    assert page.status_code == (200 if sees else 403)
    assert ('action="/dispatch/rules"' in page.text) is changes
    answer = add(client)
    assert answer.status_code == (303 if changes else 403)
    assert len(stored(town)) == int(changes)


def test_the_page_is_for_staff(client: TestClient) -> None:
    assert client.get("/dispatch", headers={"Accept": "text/html"}).status_code == 401
    assert add(client).status_code == 401


def test_a_page_of_another_site_changes_nothing(client: TestClient, town: Store, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    answer = client.post("/dispatch/rules", data=TYPED, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, stored(town)) == (403, [])


def test_a_rule_ends_and_stays(client: TestClient, town: Store, clock: Clock, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    add(client)
    page = client.get("/dispatch").text
    assert "垃圾由村里统一处理" in page
    assert "the desk of the village" in page
    number = int(page.partition("/dispatch/rules/")[2].partition("/")[0])
    clock.go_on(hours=1)
    ended = client.post(f"/dispatch/rules/{number}/end", follow_redirects=False)
    assert (ended.status_code, ended.headers["location"]) == (303, "/dispatch#rules")
    assert "垃圾由村里统一处理" not in client.get("/dispatch").text
    assert stored(town) == [(10, "垃圾由村里统一处理", "waste", "desk", "village", False, False)]
    again = client.post(f"/dispatch/rules/{number}/end", headers={"Accept": "application/json"})
    assert (again.status_code, tried(client).json()["rule_id"]) == (404, None)
    clock.go_on(hours=-0.5)
    assert tried(client).json()["rule_id"] == number, "it counted then"
    clock.go_on(hours=0.5)


def test_a_rule_that_has_not_begun_is_withdrawn(client: TestClient, town: Store, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    add(client, since="2026-05-01T00:00")
    page = client.get("/dispatch").text
    assert "not yet" in page
    assert tried(client).json()["rule_id"] is None
    number = int(page.partition("/dispatch/rules/")[2].partition("/")[0])
    client.post(f"/dispatch/rules/{number}/end")
    assert stored(town)[0][-1] is True
    assert tried(client, at="2026-06-01T00:00:00+08:00").json()["rule_id"] is None


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"rank": "first"}, "rank"), ({"rank": ""}, "whole number"), ({"rank": "1.5"}, "whole number"), ({"rank": "-1"}, "whole number"),
        ({"note": ""}, "why this rule exists"), ({"family": "nothing"}, "family"), ({"category": "dumping"}, "not both"),
        ({"family": "", "category": "nothing"}, "no such category"), ({"area_code": "nowhere"}, "no area of this code"),
        ({"level": ""}, "level of the desk"), ({"level": "province"}, "level of the desk"), ({"target": "department"}, "name of the department"),
        ({"until": "2020-01-01T00:00"}, "end after it begins"), ({"since": "soon"}, "since"), ({"channel": "pigeon"}, "channel"),
        ({"target": "everybody"}, "target"), ({"accuracy_from_m": "-5"}, "accuracy_from_m"), ({"rank": "99999999999"}, "whole number"),
        ({"accuracy_from_m": "nan"}, "accuracy_from_m"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be(
    client: TestClient, town: Store, log_in: Callable[[str], None], other: dict[str, str], said: str
) -> None:
    log_in("admin")
    answer = add(client, **other)
    assert answer.status_code == 422
    alarm = answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert said in alarm
    assert stored(town) == []
    if other.get("note") != "":
        assert "垃圾由村里统一处理" in answer.text, "what was typed is still there"


def test_the_bench_on_the_page(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("desk")
    question = {"category": "dumping", "channel": "app", "area_code": town.DEPUTISED, "at": "2026-03-02T09:00"}
    page = client.get("/dispatch", params=question)
    assert page.status_code == 200
    assert "It would go to the deputy of 东村第二网格." in page.text
    assert "the deputy or the next desk gets it" in page.text
    wrong = client.get("/dispatch", params=question | {"area_code": "", "lon": "east", "lat": "39"})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text


def test_an_administrator_of_a_village_makes_no_rules_for_all(
    client: TestClient, town: Store, log_in: Callable[[str], None]
) -> None:
    with chains.tampering(town) as superuser:
        superuser.execute("UPDATE postings SET area_code = '9001' WHERE role = 'administrator'")
    log_in("admin")
    try:
        assert add(client).status_code == 403
        assert add(client, area_code="9002").status_code == 403
        assert add(client, area_code="9001").status_code == 303
        assert add(client, area_code="9001001").status_code == 303
    finally:
        with chains.tampering(town) as superuser:
            superuser.execute("UPDATE postings SET area_code = '90' WHERE role = 'administrator'")
