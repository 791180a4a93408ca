"""``gridwarden who``, ``postings`` and ``log-ins`` in the shell, over the little town."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import Result

from gis.errors import GridwardenError
from gis.store import Store
from tests import little_town as town

LIST = (
    "辖区代码,角色,姓名,工号,起始日期\n9001003,网格长,新网格长,A1,2099-04-01\n9001003,管理员,新管理员,A2,2099-04-01\n"
)


def refused(result: Result) -> str:
    assert isinstance(result.exception, GridwardenError), result.output
    return result.exception.code


def test_who_answered_on_a_past_day(run: Any) -> None:
    said = run("who", town.HEADED, "--at", "2019-11-30")
    assert said.exit_code == 0, said.output
    for words in (
        "9001001 · 2019-11-30",
        "小城市 › 东村 › 东村第一网格",
        "网格长: 姓名未公开（2019-01-01 至 2025-01-01）",
        "值班台: 东村值班台",
        "边界版本: 2019",
    ):
        assert words in said.output, words
    assert "东村旧网格长" not in said.output, "names of past days are for staff"
    assert "网格长: 东村旧网格长" in run("who", town.HEADED, "--at", "2019-11-30", "--as", "desk").output
    today = run("who", town.HEADED)
    assert "网格长: 东村第一网格长" in today.output
    assert "东村第一网格员" not in today.output, "his posting does not say name_public"
    english = run("who", town.VACANT, "--lang", "en")
    assert "has no head at present" in english.output


def test_who_as_json(run: Any) -> None:
    said = json.loads(run("who", town.HEADED, "--at", "2025-01-01", "--as", "head", "--json").stdout)
    (part,) = said["parts"]
    assert (part["answer"]["head"]["name"], part["vacancy"], part["since"]) == (
        "东村第一网格长", False, "2025-01-01T00:00:00+08:00",
    )  # fmt: skip
    assert {held["role"] for held in part["posted"]} == {"head", "member", "desk"}


def test_who_of_what_is_not_there(run: Any) -> None:
    assert refused(run("who", "nowhere")) == "area_not_found"
    assert refused(run("who", town.HEADED, "--at", "1990-01-01")) == "area_not_found"
    assert refused(run("who", town.HEADED, "--as", "nobody")) == "unknown_log_in"


def test_a_list_is_tried_then_done_then_nothing_new(run: Any, tmp_path: Path, built: Store) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(LIST.encode("gbk"))
    tried = run("postings", "import", str(path))
    assert tried.exit_code == 0, tried.output
    assert "新任：2" in tried.output
    assert "尚未作任何更改" in tried.stderr
    assert "已完成" in run("postings", "import", str(path), "--commit").stderr
    assert "无需更改" in run("postings", "import", str(path), "--commit", "--lang", "zh").stderr
    assert "新网格长" in run("postings", "list", town.VACANT, "--as", "admin").output
    assert "2099-04-01 到任" in run("postings", "vacancies", town.CITY).output
    with psycopg.connect(built.dsn("migrate")) as owner:
        found = owner.execute("SELECT kind, made_by FROM staff_changes").fetchall()
    assert found == [("new", None)] * 2


def test_a_list_with_a_fault_changes_nothing(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(LIST.replace("管理员", "主任") + "9001001,网格长,另一人,B1,2099-01-01\n", encoding="utf-8")
    result = run("postings", "import", str(path), "--commit")
    assert refused(result) == "postings_refused"
    assert "第 3 行：“主任”不是这里的角色" in result.output
    assert "第 4 行：同时有两个网格长：东村第一网格长" in result.output
    assert "另一人" not in run("postings", "list", town.HEADED, "--as", "admin").output
    path.write_bytes(b"\xff\xff")
    assert refused(run("postings", "import", str(path))) == "bad_posting_file"


def test_the_first_administrator_of_a_list_gets_in(run: Any, built: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDWARDEN_PUBLIC_URL", "https://g.example/grid/")
    given = run("log-ins", "give", "A2", "Chief")
    assert given.exit_code == 0, given.output
    assert "https://g.example/grid/password?key=" in given.stdout
    with psycopg.connect(built.dsn("migrate")) as owner:
        offer = "SELECT o.login, w.name FROM log_in_offers o JOIN people w ON w.id = o.person_id"
        assert owner.execute(offer).fetchall() == [("chief", "新管理员")]
    assert refused(run("log-ins", "give", "A1", "chief")) == "log_in_refused"
    assert refused(run("log-ins", "give", "A1", "邮箱")) == "log_in_refused"
    assert refused(run("log-ins", "give", "nobody", "x1")) == "unknown_person"
    assert run("log-ins", "end-sessions", "desk").exit_code == 0
    assert run("log-ins", "take", "desk").exit_code == 0
    assert refused(run("log-ins", "take", "desk")) == "unknown_person"
