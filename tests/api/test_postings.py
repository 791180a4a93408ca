"""Postings over HTTP: who may see and change them, pages that need no script, files, absences, log-ins."""

import html
import json
import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.settings import ServiceSettings
from gis.store import Store
from grids.posting_rows import ROLES
from tests import chains, little_town
from tests.api.conftest import Clock

ROW = {"area_code": little_town.VACANT, "role": "head", "name": "新网格长", "staff_number": "A1", "since": "2026-04-01"}
_PLANNED = """
INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at) VALUES
    ('2027', '{city,village,grid}', 'drawn for tests', 'wgs84', true, '2026-02-01Z');
INSERT INTO areas VALUES ('9001004', 'grid'), ('9009', 'village'), ('9009001', 'grid');
INSERT INTO boundaries
SELECT e.id, b.code, b.level, b.name, b.parent_code, b.chain, b.overlay, b.households, b.residents, b.area_m2, b.synthetic, b.label, b.geom
FROM boundaries b, editions e WHERE b.edition_id = 2 AND e.name = '2027';
INSERT INTO boundaries
SELECT e.id, '9001004', 'grid', '东村第四网格', '9001', '{90,9001,9001004}', false, 1, 3, 1, true, b.label, b.geom
FROM boundaries b, editions e WHERE b.edition_id = 2 AND b.code = '9001003' AND e.name = '2027';
INSERT INTO boundaries
SELECT e.id, n.code, n.level, n.name, n.parent, n.chain, false, 1, 3, 1, true, b.label, b.geom
FROM boundaries b, editions e, (VALUES
    ('9009', 'village', '新村', '90', '{90,9009}'::text[]), ('9009001', 'grid', '新村第一网格', '9009', '{90,9009,9009001}')
) n (code, level, name, parent, chain) WHERE b.edition_id = 2 AND b.code = '9001003' AND e.name = '2027'
"""
LIST = "辖区代码,角色,姓名,工号,起始日期,最后一天\n9001003,网格长,新网格长,A1,2026-04-01,2026-12-31\n"


@pytest.fixture(autouse=True)
def clean(town: Store) -> Iterator[None]:
    """What a test changed is taken back after it."""
    with chains.tampering(town) as superuser:
        superuser.execute("CREATE TABLE kept_postings AS SELECT * FROM postings")
        superuser.execute("CREATE TABLE kept_people AS SELECT id, name, login, password_hash, staff_number FROM people")
    yield
    with chains.tampering(town) as superuser:
        superuser.execute("TRUNCATE absences, staff_changes, log_in_offers")
        superuser.execute("DELETE FROM postings p WHERE NOT EXISTS (SELECT FROM kept_postings k WHERE k.id = p.id)")
        superuser.execute("UPDATE postings p SET during = k.during FROM kept_postings k WHERE k.id = p.id")
        superuser.execute("DELETE FROM people p WHERE NOT EXISTS (SELECT FROM kept_people k WHERE k.id = p.id)")
        superuser.execute(
            "UPDATE people p SET login = k.login, password_hash = k.password_hash, staff_number = k.staff_number"
            " FROM kept_people k WHERE k.id = p.id"
        )
        superuser.execute("DROP TABLE kept_postings, kept_people")


def change(client: TestClient, *rows: dict[str, Any], **how: Any) -> Any:
    return client.post("/api/postings/rows", json={"rows": list(rows), **how})


def number(client: TestClient, role: str, area: str = little_town.VILLAGE) -> int:
    found = client.get(f"/api/postings?area={area}").json()
    return int(next(one["id"] for one in found if one["role"] == role))


@pytest.mark.parametrize(
    ("login", "sees", "changes"),
    [
        ("admin", True, True), ("city", True, False), ("desk", True, False), ("supervisor", True, False),
        ("head", False, False), ("member", False, False), ("clerk", False, False), ("planner", False, False), ("handler", False, False),
    ],
)  # fmt: skip
def test_who_sees_and_changes(
    client: TestClient, log_in: Callable[[str], None], login: str, sees: bool, changes: bool
) -> None:
    log_in(login)
    for path in ("/postings", "/api/postings?area=9001", "/api/postings/vacancies?area=90"):
        assert client.get(path).status_code == (200 if sees else 403), path
    assert client.get("/postings/file").status_code == (200 if changes else 403)
    assert change(client, ROW).status_code == (200 if changes else 403)
    link = 'href="/postings"' in client.get("/areas/9001").text
    assert link == changes


def test_nobody_who_is_not_logged_in(client: TestClient) -> None:
    for path in ("/postings", "/postings/file", "/postings/1", "/api/postings?area=9001"):
        assert client.get(path).status_code == 401, path
    assert change(client, ROW).json()["code"] == "log_in_required"


def test_a_dry_run_then_the_change_then_nothing_new(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    tried = change(client, ROW).json()
    assert (tried["committed"], tried["counts"]["new"], tried["changes"][0]["area"]) == (False, 1, "东村第三网格")
    done = change(client, ROW, commit=True).json()
    assert done["committed"]
    again = change(client, ROW, commit=True).json()
    assert again["nothing_new"]
    (coming,) = [one for one in client.get("/api/postings?area=9001003").json() if one["role"] == "head"]
    assert (coming["name"], coming["since"]) == ("新网格长", "2026-03-31T16:00:00Z")
    vacancies = {one["area_code"]: one for one in client.get("/api/postings/vacancies?area=90").json()}
    assert vacancies[little_town.VACANT]["until"] == "2026-03-31T16:00:00Z"
    assert [one["name"] for one in client.get("/api/postings?q=新网格").json()] == ["新网格长"]


def test_faults_are_told_in_words_with_who_has_it(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    said = change(
        client,
        ROW,
        ROW | {"area_code": little_town.HEADED, "role": "head", "name": "又一人", "staff_number": "A2"},
        commit=True,
    ).json()
    assert not said["committed"]
    (fault,) = said["faults"]
    assert (fault["row"], fault["code"]) == (2, "two_heads")
    assert fault["detail"].startswith(
        "Two heads at once: 东村第一网格长 is head from 2025-01-01 to until further notice"
    )
    assert not [one for one in client.get("/api/postings?area=9001003").json() if one["role"] == "head"]


def test_a_file_by_the_api_and_by_the_page(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    sent = {"file": ("名单.csv", LIST.encode("gbk"))}
    tried = client.post("/api/postings/file", files=sent).json()
    assert (tried["committed"], tried["counts"]["new"]) == (False, 1)
    page = client.post("/postings/file", files=sent)
    assert (page.status_code, "新网格长" in page.text) == (200, True)
    rows = re.search(r'name="rows" value="([^"]+)"', page.text)
    assert rows
    told = rows[1].replace("&#34;", '"').replace("&quot;", '"')
    done = client.post("/postings/file", data={"rows": told, "commit": "1"})
    assert "Done." in done.text
    assert "Nothing to do" in client.post("/postings/file", files=sent).text
    assert "Read a list" in client.get("/postings/file").text


def test_where_somebody_is_written_to(client: TestClient, town: Store, log_in: Callable[[str], None]) -> None:
    log_in("admin")

    def address(login: str = "head") -> Any:
        with chains.owner(town) as owner:
            return owner.execute("SELECT email FROM people WHERE login = %s", (login,)).fetchall()[0][0]

    (head,) = [one["id"] for one in client.get("/api/postings?area=9001001").json() if one["role"] == "head"]
    row = {"posting_id": head, "email": "head@example.org"}
    assert change(client, row).json()["counts"]["addressed"] == 1
    assert address() is None
    assert change(client, row, commit=True).json()["committed"]
    assert address() == "head@example.org"
    assert change(client, row, commit=True).json()["nothing_new"]
    bad = change(client, {"posting_id": head, "email": "head@"}).json()["faults"]
    assert (bad[0]["code"], "head@ is no e-mail address" in bad[0]["detail"]) == ("bad_email", True)
    # Nothing became of the posting itself; the line says that an address was noted.
    page = client.get(f"/postings/{head}").text
    assert 'value="head@example.org"' in page
    assert page.count("address noted") == 1
    answer = client.post(
        f"/postings/{head}", data={"verb": "address", "email": "", "commit": "1"}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert address() is None
    listed = "辖区代码,角色,姓名,邮箱\n9001001,网格长,东村第一网格长,head@example.com\n"
    done = client.post("/api/postings/file?commit=true", files={"file": ("名单.csv", listed.encode())})
    assert done.json()["counts"]["addressed"] == 1, done.text
    assert address() == "head@example.com"
    nobody = change(
        client, {"area_code": "9002", "role": "desk", "desk": "西村值班台", "email": "a@b.org", "since": "2026-04-01"}
    )
    assert nobody.json()["faults"][0]["code"] == "email_of_nobody"


def test_the_lists_of_the_week_for_those_who_work_for_them(client: TestClient, log_in: Callable[[str], None]) -> None:
    for who, whose in (
        ("head", "东村第一网格"),
        ("deputy", "东村第二网格"),
        ("desk", "东村值班台"),
        ("city", "市网格中心"),
    ):
        log_in(who)
        (mine,) = client.get("/api/week").json()["postings"]
        assert (mine["desk"] or mine["area"]) == whose
        page = client.get("/week").text
        assert whose in page
        assert "Problem list" in page
    log_in("planner")
    assert client.get("/api/week").json()["code"] == "list_for_others"
    client.cookies.clear()
    assert client.get("/api/week").status_code == 401


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.xls", b"x", "save the file as one of them"),
        ("a.xlsx", b"x", "The workbook cannot be read"),
        ("a.csv", "辖区代码,角色\n9001003,主任\n".encode(), "主任 is no role here"),
        ("a.csv", b"area_code,role,name,from,to\n1,head,x,2026-01-01,2026-02-01\n", "last_day"),
    ],
)
def test_files_that_are_refused(
    client: TestClient, log_in: Callable[[str], None], name: str, data: bytes, said: str
) -> None:
    log_in("admin")
    page = client.post("/postings/file", files={"file": (name, data)}, headers={"Accept-Language": "en"})
    assert (page.status_code, said in page.text) == (422, True)
    assert client.post("/postings/file", data={"rows": "[{}"}).status_code == 422
    assert client.post("/postings/file", data={"rows": '[{"evil": 1}]'}).status_code == 422


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"staff_number": "A 1"}, "bad_number"),
        ({"staff_number": "A" * 33}, "bad_number"),
        ({"role": "emperor"}, "unknown_role"),
        ({"role": " "}, "role_missing"),
        ({"area_code": ""}, "area_missing"),
        ({"name": " ", "staff_number": ""}, "person_missing"),
        ({"role": "desk", "desk": "\u3000", "name": "", "staff_number": ""}, "desk_missing"),
    ],
)
def test_every_door_says_what_is_wrong_with_a_row(
    client: TestClient, log_in: Callable[[str], None], row: dict[str, str], code: str
) -> None:
    log_in("admin")
    typed = ROW | row
    page = client.post("/postings", data=typed | {"commit": "1"})
    assert (page.status_code, 'role="alert"' in page.text) == (422, True)
    travelled = json.dumps([{"n": 7} | typed])
    assert client.post("/postings/file", data={"rows": travelled, "commit": "1"}).status_code == 422
    said = change(client, typed, commit=True)
    if said.status_code == 200:
        assert [fault["code"] for fault in said.json()["faults"]] == [code]
    else:
        assert (said.status_code, said.json()["code"]) == (422, "invalid_request")


def test_every_role_can_be_posted_and_blanks_around_a_name_are_none(
    client: TestClient, log_in: Callable[[str], None]
) -> None:
    log_in("admin")
    for n, role in enumerate(ROLES):
        row = {"area_code": "9002", "role": role, "since": "2026-04-01"}
        row |= {"desk": f"台{n}"} if role in ("desk", "department", "handler", "helper") else {}
        row |= {} if role in ("desk", "department") else {"name": f" 某人{n}\u3000", "staff_number": f"R{n}"}
        assert change(client, row, commit=True).json()["committed"], role
    named = {one["name"] for one in client.get("/api/postings?area=9002").json() if one["name"]}
    assert "某人0" in named
    assert not [name for name in named if name != name.strip()]


@pytest.mark.parametrize(
    "rows",
    [
        '[{"n": "x"}]', '[{"n": 1}, {"n": 1}]', '[{"n": true}]', '[{"n": 99999999999}]', '[{"area_code": "9001"}]',
        '[{"n": 1, "since": "0001-01-01"}]', '[{"n": 1, "area_code": 9001}]', '[{"n": 1, "withdraw": "x"}]', "[[]]",
        "[" * 100_000,
    ],
)  # fmt: skip
def test_rows_that_no_page_made_are_refused(client: TestClient, log_in: Callable[[str], None], rows: str) -> None:
    log_in("admin")
    assert client.post("/postings/file", data={"rows": rows}).status_code == 422


def test_text_that_cannot_be_kept_is_refused(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    assert change(client, ROW | {"name": "a\0"}).json()["code"] == "invalid_request"
    assert client.post("/postings", data=ROW | {"name": "a\0"}).status_code == 422
    head = number(client, "head", little_town.HEADED)
    body = {"since": "2026-03-05", "until": "2026-03-09", "reason": "leave", "name": "a\0"}
    assert client.post(f"/api/postings/{head}/absences", json=body).json()["code"] == "invalid_request"
    said = client.post(f"/api/postings/{head}/absences", json=body | {"name": ""})
    assert (said.status_code, said.json()["code"]) == (422, "posting_refused")


def test_a_long_list_that_was_tried_can_be_done(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    where = list(product(("90", "9001", "9002", "9001001"), ("member", "clerk", "planner", "supervisor", "dispatcher")))
    lines = [f"{','.join(where[n % len(where)])},第{n}号网格员,M{n},2026-04-01" for n in range(9000)]
    file = "辖区代码,角色,姓名,工号,起始日期\n" + "\n".join(lines)
    tried = client.post("/postings/file", files={"file": ("名单.csv", file.encode())})
    rows = re.search(r'name="rows" value="([^"]+)"', tried.text)
    assert rows
    told = html.unescape(rows[1])
    assert len(told.encode()) > 1_000_000
    done = client.post("/postings/file", data={"commit": "1"}, files={"rows": (None, told)})
    assert (done.status_code, "Done." in done.text) == (200, True)
    too_large = client.post("/postings/file", files={"file": ("名单.csv", b"x" * 1_000_001)})
    assert too_large.status_code == 413


def test_the_page_lists_and_searches(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("desk")
    page = client.get("/postings?area=9001").text
    for said in ("东村第一网格长", "东村第二网格副职", "东村值班台", "2 grids have no head today"):
        assert said in page, said
    assert "Add a posting" not in page
    assert "东村旧网格长" not in page
    assert "东村旧网格长" in client.get("/postings?area=9001001&past=1").text
    assert "东村第二网格副职" in client.get("/postings?q=副职").text
    assert "/postings?area=9001001" in client.get("/postings?q=第一网格").text
    assert "No area and no person" in client.get("/postings?q=xyzzy").text
    assert client.get("/postings?area=nowhere").status_code == 404
    assert client.get("/postings/999999").status_code == 404


def test_adding_on_the_page_needs_a_second_look(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    tried = client.post("/postings", data=ROW, follow_redirects=False)
    assert (tried.status_code, "Yes, do it" in tried.text) == (200, True)
    assert not [one for one in client.get("/api/postings?area=9001003").json() if one["role"] == "head"]
    done = client.post("/postings", data=ROW | {"commit": "1"}, follow_redirects=False)
    head = next(
        one["id"] for one in client.get(f"/api/postings?area={little_town.VACANT}").json() if one["role"] == "head"
    )
    assert (done.status_code, done.headers["location"]) == (303, f"/postings/{head}")
    wrong = client.post("/postings", data=ROW | {"since": "soon"})
    assert (wrong.status_code, "soon is no day" in wrong.text, 'value="新网格长"' in wrong.text) == (422, True, True)


def test_a_mistyped_code_keeps_the_form(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    wrong = client.post("/postings", data=ROW | {"area_code": "9001999"})
    assert (wrong.status_code, "No boundaries know the area 9001999" in wrong.text) == (422, True)
    assert 'value="9001999"' in wrong.text
    assert 'value="新网格长"' in wrong.text


def test_a_head_for_a_grid_that_is_to_come(client: TestClient, town: Store, log_in: Callable[[str], None]) -> None:
    with chains.owner(town) as owner:
        owner.execute(_PLANNED)
        owner.commit()
    log_in("admin")
    assert "东村第四网格" in client.get("/postings?area=9001004").text
    row = ROW | {"area_code": "9001004"}
    tried = client.post("/postings", data=row)
    assert (tried.status_code, "Yes, do it" in tried.text) == (200, True)
    done = client.post("/postings", data=row | {"commit": "1"})
    assert (done.status_code, "东村第四网格" in done.text, "新网格长" in done.text) == (200, True, True)
    assert "新网格长" in client.get("/postings?area=9001004").text
    assert change(client, ROW | {"area_code": "9009001"}, commit=True).json()["committed"]
    assert [one["area_code"] for one in client.get("/api/postings?area=9009").json()] == ["9009001"]


def test_nothing_is_done_that_was_not_named(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    head = number(client, "head", little_town.HEADED)
    for path in (f"/postings/{head}", f"/postings/{head}/log-in"):
        for said in ({}, {"verb": "explode"}):
            answer = client.post(path, data=said, follow_redirects=False)
            assert (answer.status_code, "not said what is to be done" in answer.text) == (422, True), path


def test_a_refusal_is_shown_also_where_its_section_is_not(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    head = number(client, "head", little_town.HEADED)
    begun = client.post(f"/postings/{head}", data={"verb": "withdraw"})
    assert (begun.status_code, "cannot be taken back" in begun.text) == (422, True)
    desk = number(client, "desk", little_town.CITY)
    away = client.post(f"/postings/{desk}/absences", data={"since": "2026-03-05", "last_day": "2026-03-06"})
    assert (away.status_code, "Only heads, deputies and those who share a desk" in away.text) == (422, True)


def test_before_an_end_the_page_says_to_whom_open_cases_go(
    client: TestClient, town: Store, log_in: Callable[[str], None], key: Callable[[], dict[str, str]]
) -> None:
    report = little_town.Told(*little_town.IN_HEADED).body()
    assert client.post("/api/reports", json=report, headers=key()).status_code == 201
    log_in("admin")
    head = number(client, "head", little_town.HEADED)
    asked = client.post(f"/postings/{head}", data={"verb": "end", "until": "2026-03-20"})
    assert "One open case goes to 东村 · Desk · 东村值班台" in asked.text
    handed = client.post(
        f"/postings/{head}", data={"verb": "hand_over", "since": "2026-03-20", "name": "接任者", "staff_number": "N1"}
    )
    assert "One open case goes to 东村第一网格 · Grid head · 接任者" in handed.text
    done = client.post(
        f"/postings/{head}", data={"verb": "hand_over", "since": "2026-03-20", "name": "接任者", "staff_number": "N1", "commit": "1"},
        follow_redirects=False,
    )  # fmt: skip
    assert done.status_code == 303
    page = client.get(f"/postings/{head}").text
    assert "20 Mar 2026" in page
    assert "What was changed" in page
    assert "系统管理员" in page
    moved = client.post(f"/postings/{head}", data={"verb": "end", "until": "2026-02-01", "commit": "1"})
    assert (moved.status_code, "would end before today" in moved.text) == (422, True)
    coming = next(
        one["id"] for one in client.get(f"/api/postings?area={little_town.HEADED}").json() if one["name"] == "接任者"
    )
    assert "Take back" in client.get(f"/postings/{coming}").text
    gone = client.post(f"/postings/{coming}", data={"verb": "withdraw", "commit": "1"}, follow_redirects=False)
    assert gone.headers["location"] == "/postings"
    with chains.tampering(town) as superuser:
        superuser.execute("UPDATE cases SET closed_at = received_at, state = 'declined' WHERE closed_at IS NULL")


def test_an_absence_on_the_page_and_what_residents_are_told(
    client: TestClient, clock: Clock, log_in: Callable[[str], None]
) -> None:
    log_in("admin")
    head = number(client, "head", little_town.HEADED)
    typed = {"since": "2026-03-05", "last_day": "2026-03-08", "reason": "sick", "name": "代班人", "staff_number": "D1"}
    wrong = client.post(f"/postings/{head}/absences", data=typed | {"since": "2026-02-01"})
    assert (wrong.status_code, "today at the earliest" in wrong.text) == (422, True)
    wrong = client.post(f"/postings/{head}/absences", data=typed | {"since": "2026-03-08", "last_day": "2026-03-05"})
    assert (wrong.status_code, "would end before it begins" in wrong.text) == (422, True)
    assert client.post(f"/postings/{head}/absences", data=typed, follow_redirects=False).status_code == 303
    page = client.get(f"/postings/{head}").text
    assert "代班人 stands in" in page
    assert "sick" in page
    client.post("/logout")
    clock.go_on(days=4)
    lon, lat = little_town.IN_HEADED
    said = client.get(f"/api/locate?lon={lon}&lat={lat}&datum=wgs84").json()
    assert (said["head"]["name"], said["head"]["away_until"], said["owner"]["role"]) == (
        "东村第一网格长", "2026-03-08T16:00:00Z", "deputy",
    )  # fmt: skip
    assert "is away and back on 2026-03-09; the deputy acts" in said["explanation"]
    assert "sick" not in str(said)
    log_in("admin")
    again = re.search(rf"/postings/{head}/absences/(\d+)/end", client.get(f"/postings/{head}").text)
    assert again
    assert client.post(again[0], follow_redirects=False).status_code == 303
    said = client.get(f"/api/locate?lon={lon}&lat={lat}&datum=wgs84").json()
    assert (said["head"]["away_until"], said["owner"]["role"]) == (None, "head")
    assert client.post(f"/api/postings/absences/{again[1]}/end").json()["code"] == "posting_not_found"


def test_an_absence_by_the_api(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    head = number(client, "head", little_town.HEADED)
    body = {"since": "2026-03-05", "until": "2026-03-09", "reason": "leave"}
    made = client.post(f"/api/postings/{head}/absences", json=body)
    assert made.status_code == 201, made.text
    wrong = client.post(f"/api/postings/{head}/absences", json=body | {"since": "2026-03-29", "until": "2026-03-20"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "posting_refused")
    again = client.post(f"/api/postings/{head}/absences", json=body)
    assert (again.status_code, again.json()["code"]) == (422, "posting_refused")
    assert "entered already" in again.json()["detail"]
    assert client.post(f"/api/postings/absences/{made.json()['absence_id']}/end").status_code == 204


def test_a_link_by_which_somebody_chooses_a_password(client: TestClient, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    assert change(client, ROW | {"since": "2026-03-02"}, commit=True).json()["committed"]
    head = number(client, "head", little_town.VACANT)
    refused = client.post(f"/api/postings/{head}/log-in", json={"login": "HEAD"})
    assert (refused.status_code, refused.json()["code"]) == (422, "log_in_refused"), "another person's"
    first = client.post(f"/api/postings/{head}/log-in", json={"login": "new.head"}).json()["link"]
    page = client.post(f"/postings/{head}/log-in", data={"verb": "offer", "login": "new.head"})
    link = re.search(r"http://testserver/password\?key=[\w-]+", page.text)
    assert link
    client.post("/logout")
    assert client.get(_path(first)).status_code == 404, "replaced by the second one"
    form = client.get(_path(link[0]))
    assert (form.status_code, form.headers["cache-control"]) == (200, "no-store")
    key = link[0].partition("key=")[2]
    for password, again, said in (
        ("short", "short", "At least 10"),
        ("a long sentence", "another one", "not the same"),
        ("aaaaaaaaaaaa", "aaaaaaaaaaaa", "At least 10"),
    ):
        wrong = client.post("/password", data={"key": key, "password": password, "again": again})
        assert (wrong.status_code, said in wrong.text) == (422, True)
    chosen = {"key": key, "password": "a long sentence", "again": "a long sentence"}
    assert client.post("/password", data=chosen, follow_redirects=False).headers["location"] == "/login"
    assert client.post("/password", data=chosen).status_code == 404, "used up"
    entered = client.post("/login", data={"login": "new.head", "password": "a long sentence"}, follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, "/day")
    # Taken away, the session ends at once.
    cookie = client.cookies["gridwarden_session"]
    client.cookies.clear()
    log_in("admin")
    assert "Logs in as new.head; one session is open" in client.get(f"/postings/{head}").text
    assert client.post(f"/api/postings/{head}/log-in/end", json={"take": True}).status_code == 204
    client.cookies.clear()
    client.cookies.set("gridwarden_session", cookie)
    assert client.get("/api/day").status_code == 401


def test_a_link_leads_to_where_the_service_is_known(town: Store, clock: Clock) -> None:
    settings = ServiceSettings(secret=SecretStr("s" * 32), public_url="https://g.example/grid/")
    app = create_app(settings, town.asyncpg_kwargs("web"), clock=clock)
    # A service that is known by https lends its cookies to https alone.
    with TestClient(app, base_url="https://g.example") as client:
        opened = client.post(
            "/login", data={"login": "admin", "password": little_town.PASSWORD}, follow_redirects=False
        )
        assert "Secure" in opened.headers["set-cookie"]
        assert opened.headers["strict-transport-security"]
        link = client.post(f"/api/postings/{number(client, 'deputy')}/log-in", json={"login": "deputy"}).json()["link"]
    assert link.startswith("https://g.example/grid/password?key=")


def test_a_link_is_good_for_a_week(client: TestClient, clock: Clock, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    link = client.post(f"/api/postings/{number(client, 'deputy')}/log-in", json={"login": "deputy"}).json()["link"]
    clock.go_on(days=6, hours=23)
    assert client.get(_path(link)).status_code == 200
    clock.go_on(hours=1)
    assert client.get(_path(link)).status_code == 404


def test_a_link_is_void_once_somebody_is_posted_beyond_who_gave_it(
    client: TestClient, town: Store, log_in: Callable[[str], None]
) -> None:
    log_in("admin")
    row = {"role": "member", "name": "小王", "staff_number": "W1", "since": "2026-03-02"}
    assert change(client, row | {"area_code": little_town.VACANT}, commit=True).json()["committed"]
    member = number(client, "member", little_town.VACANT)
    with chains.tampering(town) as superuser:
        superuser.execute("UPDATE postings SET area_code = '9001' WHERE role = 'administrator'")
    link = client.post(f"/api/postings/{member}/log-in", json={"login": "xiaowang"}).json()["link"]
    try:
        assert client.get(_path(link)).status_code == 200
        with chains.tampering(town) as superuser:
            superuser.execute(
                "INSERT INTO postings (area_code, role, person_id, during)"
                " SELECT '90', 'supervisor', id, '[2026-03-01Z,)' FROM people WHERE staff_number = 'W1'"
            )
        chosen = {"key": link.partition("key=")[2], "password": "a long sentence", "again": "a long sentence"}
        assert client.get(_path(link)).status_code == 404
        assert client.post("/password", data=chosen).status_code == 404
        assert client.post("/login", data={"login": "xiaowang", "password": "a long sentence"}).status_code == 401
    finally:
        with chains.tampering(town) as superuser:
            superuser.execute("UPDATE postings SET area_code = '90' WHERE role = 'administrator'")


def test_the_rights_of_an_administrator_below(client: TestClient, town: Store, log_in: Callable[[str], None]) -> None:
    log_in("admin")
    head, city = number(client, "head", little_town.HEADED), number(client, "dispatcher", little_town.CITY)
    with chains.tampering(town) as superuser:
        superuser.execute("UPDATE postings SET area_code = '9001' WHERE role = 'administrator'")
    try:
        assert change(client, ROW).json()["faults"] == []
        assert change(client, ROW | {"area_code": "9002"}).json()["faults"][0]["code"] == "area_of_others"
        assert client.post(f"/api/postings/{head}/log-in", json={"login": "head"}).status_code == 201
        for path, body in (("log-in", {"login": "x1"}), ("log-in/end", {"take": True})):
            assert client.post(f"/api/postings/{city}/{path}", json=body).status_code == 404
        # Somebody who is posted elsewhere, too, is no longer his alone.
        with chains.owner(town) as owner:
            owner.execute(
                "INSERT INTO postings (area_code, role, person_id, during) SELECT '90', 'member', person_id, '[2026-01-01Z,)' FROM postings WHERE id = %s",
                (head,),
            )
            owner.commit()
        refused = client.post(f"/api/postings/{head}/log-in", json={"login": "head"})
        assert (refused.status_code, refused.json()["code"]) == (403, "postings_for_administrators")
        assert client.post(f"/api/postings/{head}/log-in/end", json={"take": True}).status_code == 403
        assert (
            client.post(
                f"/api/postings/{city}/absences", json={"since": "2026-03-05", "until": "2026-03-06", "reason": "leave"}
            ).status_code
            == 403
        )
    finally:
        with chains.tampering(town) as superuser:
            superuser.execute("UPDATE postings SET area_code = '90' WHERE role = 'administrator'")


def _path(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"
