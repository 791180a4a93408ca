"""``gridwarden locate``, ``boundaries list`` and ``dispatch`` in the shell: what anybody may ask, over the little town."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gis.migrate import downgrade
from gis.store import Store
from tests import little_town as town
from tests.conftest import cloned

AT = [str(number) for number in town.IN_HEADED]


def test_who_answers_for_a_point(run: Any) -> None:
    said = run("locate", *AT, "--datum", "wgs84", "--lang", "en")
    assert said.exit_code == 0, said.output
    answer = json.loads(said.stdout)
    assert (answer["outcome"], answer["area"]["code"]) == ("inside", town.HEADED)
    assert "东村旧网格长" not in run("locate", *AT, "--datum", "wgs84", "--at", "2019-11-30T12:00+08:00").output


def test_a_database_of_an_older_version_is_brought_up_to_date(
    run: Any, server: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    points = tmp_path / "points.csv"
    points.write_text("lon,lat\n{},{}\n".format(*AT))
    with cloned(server) as store:
        monkeypatch.setenv("GRIDWARDEN_DATABASE_URL", store.dsn("admin"))
        downgrade(store.dsn("migrate"), "base")
        assert json.loads(run("locate", *AT, "--datum", "wgs84").stdout)["outcome"] == "outside"
        downgrade(store.dsn("migrate"), "base")
        said = run("locate", str(points), "--datum", "wgs84", "--out", str(tmp_path / "out.csv"))
        assert getattr(said.exception, "code", None) == "no_boundaries", said.output


def test_editions_are_listed(run: Any) -> None:
    said = run("boundaries", "list")
    assert said.exit_code == 0, said.output
    assert "2019" in said.output


def test_where_a_report_would_go_and_by_which_rule(run: Any, built: Store) -> None:
    asked = ("dispatch", "try", *AT, "--datum", "wgs84", "--category", "dumping", "--lang", "en")
    assert "It would go to the head of 东村第一网格." in run(*asked).output
    assert run("dispatch", "rules", "--lang", "en").output == ""
    with psycopg.connect(built.dsn("migrate")) as owner:
        owner.execute(
            "INSERT INTO dispatch_rules (rank, during, note, target, level, automatic, made_at)"
            " VALUES (10, '[2026-01-01Z,)', '先到村', 'desk', 'village', false, '2026-01-01Z')"
        )
    assert "It would go to 东村值班台." in run(*asked).output
    assert "先到村" in run("dispatch", "rules", "--lang", "en").output
