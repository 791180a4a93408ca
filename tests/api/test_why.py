"""Why a case is where it is: told from what was kept, on the page, over HTTP and in the shell, and the same for good."""

import re
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.cli import why as shell
from gis.store import Store
from tests import little_town as town_of
from tests.api.conftest import Clock
from tests.little_town import Told

Send = Callable[..., dict[str, Any]]


@pytest.fixture
def send(client: TestClient, key: Callable[[], dict[str, str]], town: Store) -> Send:
    """Send a report as a resident and answer its number and the id of its case."""

    def sent(where: tuple[float, float] | None, **other: Any) -> dict[str, Any]:
        client.cookies.clear()
        told = Told(*(where or town_of.IN_HEADED))
        body = told.body(**other) if where else told.body(lon=None, lat=None, datum=None, **other)
        answer = client.post("/api/reports", json=body, headers=key())
        assert answer.status_code == 201, answer.text
        number = answer.json()["number"]
        with psycopg.connect(town.dsn("migrate")) as owner:
            row = owner.execute("SELECT case_id FROM reports WHERE number = %s", (number,)).fetchone()
        assert row
        return {"number": number, "case": row[0]}

    return sent


@pytest.fixture
def posting(town: Store) -> dict[str, int]:
    """Numbers of postings by area and role; ``old head`` is the head before."""
    with psycopg.connect(town.dsn("migrate")) as owner:
        rows = owner.execute(
            "SELECT area_code || ' ' || CASE WHEN upper_inf(during) OR upper(during) > '2026-01-01' THEN '' ELSE 'old ' END || role, id"
            " FROM postings"
        ).fetchall()
    return dict(rows)


def told(client: TestClient, case: int, lang: str = "en") -> dict[str, Any]:
    answer = client.get(f"/api/cases/{case}/why", params={"lang": lang})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_an_answer_stays_whatever_is_drawn_and_posted_later(
    client: TestClient, town: Store, log_in: Callable[[str], None], send: Send, clock: Clock, posting: dict[str, int]
) -> None:
    case = send((117.0099, 39.705), accuracy_m=20)["case"]
    log_in("city")
    before = {lang: told(client, case, lang) for lang in ("zh", "en")}
    report = before["en"]["reports"][0]
    assert (report["edition"], report["basis"], report["outcome"]) == ("2025", "point", "inside")
    assert report["owner"] == {
        "area_code": "9001001",
        "role": "head",
        "desk": None,
        "posting_id": posting["9001001 head"],
    }
    assert report["told"] == [
        "Matched by the position given (WGS84), exact to about 20 m.",
        'By the boundaries "2025", in force on 2 Mar 09:00.',
        "This spot lies in 东村第一网格.",
        "Some 9 m from its border.",
        "The position may also lie in: 东村第二网格 (24%).",
        f"The head of that day had to act: posting {posting['9001001 head']}, since 1 Jan 2025.",
    ]
    assert before["zh"]["reports"][0]["told"] == [
        "按给出的位置匹配（WGS84），定位误差约 20 米。",
        "用的是 3月2日 09:00 有效的边界版本“2025”。",
        "这个位置在东村第一网格内。",
        "离边界约 9 米。",
        "误差范围还碰到：东村第二网格（24%）。",
        f"当时由网格长负责：任职编号 {posting['9001001 head']}，2025年1月1日 起任职。",
    ]
    assert before["en"]["moves"] == []
    try:
        with psycopg.connect(town.dsn("migrate")) as owner:
            owner.execute(_ANOTHER_DAY)
        clock.go_on(days=3)
        log_in("city")
        found = client.get("/api/locate", params={"lon": 117.0099, "lat": 39.705, "datum": "wgs84"}).json()
        assert (found["edition"], found["area"]["name"], found["head"]) == ("2026", "改名网格", None)
        after = {lang: told(client, case, lang) for lang in ("zh", "en")}
        assert after == before
        page = client.get(f"/cases/{case}", params={"lang": "zh"}).text
        panel = page.partition('id="why"')[2].partition("</details>")[0]
        assert [re.sub("<.*?>", "", each) for each in re.findall("<li>.*?</li>", panel)] == [
            *before["zh"]["reports"][0]["told"],
            "没有换过负责人。",
        ]
    finally:
        with psycopg.connect(town.dsn("migrate")) as owner:
            owner.execute(_BACK)


# Another edition from the next day on, in which nothing is called or owned as before.
_ANOTHER_DAY = """
    INSERT INTO editions (name, levels, source, datum, synthetic, loaded_at)
        VALUES ('2026', '{city,village,grid}', 'drawn for tests', 'wgs84', true, '2026-03-01Z');
    INSERT INTO boundaries (edition_id, code, level, name, parent_code, chain, overlay, households, residents, area_m2, synthetic, label, geom)
        SELECT e.id, b.code, b.level, CASE b.code WHEN '9001001' THEN '改名网格' ELSE b.name || '新' END, b.parent_code, b.chain, b.overlay,
               b.households, b.residents, b.area_m2, b.synthetic, b.label, b.geom
        FROM boundaries b, editions e WHERE b.edition_id = 2 AND e.name = '2026';
    INSERT INTO activations (valid_from, edition_id, activated_at)
        SELECT '2026-03-02 16:00Z', id, '2026-03-02 01:00Z' FROM editions WHERE name = '2026';
    UPDATE postings SET during = tstzrange(lower(during), '2026-03-02 16:00Z')
        WHERE (area_code, role) IN (('9001001', 'head'), ('9001', 'desk')) AND upper_inf(during);
"""
_BACK = """
    UPDATE postings SET during = tstzrange(lower(during), NULL) WHERE upper(during) = '2026-03-02 16:00Z';
    DELETE FROM activations WHERE edition_id = (SELECT id FROM editions WHERE name = '2026');
    DELETE FROM editions WHERE name = '2026';
"""


@pytest.mark.parametrize(
    ("where", "body", "sentences"),
    [
        (
            town_of.ON_BORDER,
            {},
            ["the lowest code answers: 9001001; the others: 9001002.", "posting {9001001 head}, since"],
        ),
        (
            town_of.IN_DEPUTISED,
            {},
            [
                "how exact it is was not given",
                "There was no head that day; 东村第二网格 · Deputy had to act: posting {9001002 deputy}.",
            ],
        ),
        (town_of.IN_VACANT, {}, ["There was no head that day; 东村值班台 had to act: posting {9001 desk}."]),
        (town_of.IN_GAP, {}, ["about 6.9 m away", "Up to 25 m away counts as near."]),
        (town_of.IN_CITY_ONLY, {}, ["so the city itself answers", "市网格中心", "had to act: posting {90 desk}."]),
        (
            None,
            {"area_code": "9001", "place_words": "东头"},
            ["The area that was named is 东村.", "东村值班台 had to act: posting {9001 desk}."],
        ),
    ],
)
def test_each_rule_has_its_sentence(
    client: TestClient,
    log_in: Callable[[str], None],
    send: Send,
    where: tuple[float, float] | None,
    body: dict[str, Any],
    sentences: list[str],
    posting: dict[str, int],
) -> None:
    case = send(where, **body)["case"]
    log_in("city")
    said = " ".join(told(client, case)["reports"][0]["told"])
    for sentence in sentences:
        assert sentence.format_map(posting) in said


def test_who_was_head_when_it_was_seen_is_told_beside_it(
    client: TestClient, log_in: Callable[[str], None], send: Send, posting: dict[str, int]
) -> None:
    old = posting["9001001 old head"]
    case = send(town_of.IN_HEADED, seen_at="2024-11-30T12:00:00+08:00")["case"]
    log_in("head")
    report = told(client, case)["reports"][0]
    assert report["seen_head"] == old
    assert f"When it was seen (30 Nov 2024 12:00) the head was posting {old};" in report["told"][-1]


def test_a_move_names_both_owners_and_the_rule_that_made_it(
    client: TestClient, town: Store, log_in: Callable[[str], None], send: Send, posting: dict[str, int]
) -> None:
    head, deputy = posting["9001001 head"], posting["9001002 deputy"]
    by_hand, by_rule = send(town_of.IN_HEADED)["case"], send(town_of.IN_HEADED)["case"]
    log_in("desk")
    answer = client.post(
        f"/api/cases/{by_hand}/steps",
        json={"verb": "dispatch", "version": 1, "posting_id": deputy},
        headers={"Origin": "http://testserver"},
    )
    assert answer.status_code == 200, answer.text
    with psycopg.connect(town.dsn("migrate")) as owner:
        row = owner.execute(
            "INSERT INTO dispatch_rules (rank, during, note, target, department, automatic, made_at) VALUES"
            " (1, '[2026-01-01,2026-02-01)', '倒垃圾的先给城管', 'department', '城管局', true, '2026-01-01') RETURNING id"
        ).fetchone()
        assert row
    with psycopg.connect(town.dsn("worker")) as worker:
        worker.execute(
            "SELECT take_step(NULL, NULL, '2026-03-02 02:00Z', %s, 1, 'dispatch', NULL, jsonb_build_object('owner',"
            " jsonb_build_object('posting_id', (SELECT id FROM postings WHERE role = 'department')), 'rule_id', %s::int))",
            (by_rule, row[0]),
        )
    moves = told(client, by_hand)["moves"]
    assert moves[0]["before"] == {"area_code": "9001001", "role": "head", "desk": None, "posting_id": head}
    assert (moves[0]["after"]["posting_id"], moves[0]["rule"]) == (deputy, None)
    assert moves[0]["told"] == (
        f'2 Mar 09:00 Dispatched: from "东村第一网格 · Grid head, posting {head}" to "东村第二网格 · Deputy, posting {deputy}".'
    )
    log_in("city")
    moves = told(client, by_rule)["moves"]
    assert moves[0]["rule"] == {"id": row[0], "note": "倒垃圾的先给城管"}
    assert f'by rule {row[0]} of dispatch, "倒垃圾的先给城管".' in moves[0]["told"]
    assert '"城管局 (小城市), posting' in moves[0]["told"]


def test_a_case_that_follows_the_boundaries_tells_from_where_to_where(
    client: TestClient, town: Store, log_in: Callable[[str], None], send: Send
) -> None:
    case = send(town_of.IN_HEADED)["case"]
    with psycopg.connect(town.dsn("migrate")) as owner:
        owner.execute(
            "INSERT INTO events (case_id, seq, at, verb, state, data) VALUES (%s, 2, '2026-03-02 02:00Z', 'follow', 'received',"
            """ '{"why": "activation", "edition": "2025", "edition_before": "2019", "area": "9001003", "area_before": "9001001"}')""",
            (case,),
        )
    log_in("city")
    move = told(client, case)["moves"][0]
    assert move["redrawn"] == {"edition": "2025", "before": "东村第一网格", "after": "东村第三网格"}
    assert (move["before"], move["after"], move["rule"]) == (None, None, None)
    assert move["told"].endswith('the boundaries "2025" took this place from "东村第一网格" to "东村第三网格".')


def test_it_is_for_those_who_may_read_the_case(client: TestClient, log_in: Callable[[str], None], send: Send) -> None:
    case = send(town_of.IN_HEADED)["case"]
    assert client.get(f"/api/cases/{case}/why").json()["code"] == "log_in_required"
    log_in("deputy")
    assert client.get(f"/api/cases/{case}/why").json()["code"] == "case_not_found"


def test_the_shell_tells_the_same_and_no_words_of_anybody(
    town: Store, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    import typer

    number = send(town_of.IN_GAP)["number"]
    monkeypatch.setattr("gis.store.open_store", lambda _settings: nullcontext(town))
    command = typer.Typer()
    command.command()(shell.why)
    done = CliRunner().invoke(command, [f"{number[:3]} {number[3:]}", "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert f"receipt {number}" in done.output
    assert "Up to 25 m away counts as near." in done.output
    assert "Since then\n  The owner has not changed." in done.output
    assert "苗圃" not in done.output
    wrong = CliRunner().invoke(command, ["1234567897"])
    assert getattr(wrong.exception, "code", "") == "unknown_report"
    typo = CliRunner().invoke(command, ["1234567890"])
    assert getattr(typo.exception, "code", "") == "bad_number"
