"""Findings in the database: written in one statement, read by administrators alone, and what they forbid."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
import shapely

from gis.candidates import Finding
from gis.store import Store
from grids.findings import OF_THE_FILE, keep

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BOX = shapely.box(117.02, 39.7, 117.0202, 39.71)
RING = Finding("invalid_ring", "warning", ("9001001",), 0.4, BOX, BOX, {"reason": "spike"})
GAP = Finding("gap", "warning", ("9001002", "9001003"), 19000.5, BOX, None, {"width_m": 17.1})
OVERLAP = Finding("overlap", "error", ("9001001", "9001002"), 80.0, BOX)
EXCLAVE = Finding("exclave", "note", ("9001001",), params={"parts": 2})


def edition(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT id FROM editions WHERE name = '2025'").fetchone()
    assert row
    return int(row[0])


def forbidden(connection: psycopg.Connection[Any], accepted: bool | None = False) -> str | None:
    row = connection.execute("SELECT activation_forbidden(%s, %s)", (edition(connection), accepted)).fetchone()
    assert row
    return None if row[0] is None else str(row[0])


def test_what_was_found_comes_back_as_it_was_written(owner: psycopg.Connection[Any]) -> None:
    keep(owner, edition(owner), [RING, GAP], areas=6, at=AT)
    rows = owner.execute(
        "SELECT n, kind, severity, codes, area_m2, ST_AsBinary(shape), ST_AsBinary(repaired), params FROM findings"
        " WHERE edition_id = %s ORDER BY n",
        (edition(owner),),
    ).fetchall()
    assert [(n, kind, severity, tuple(codes)) for n, kind, severity, codes, *_ in rows] == [
        (1, "invalid_ring", "warning", ("9001001",)),
        (2, "gap", "warning", ("9001002", "9001003")),
    ]
    assert [(row[4], row[7]) for row in rows] == [(0.4, {"reason": "spike"}), (19000.5, {"width_m": 17.1})]
    assert shapely.from_wkb(bytes(rows[0][5])) == shapely.from_wkb(bytes(rows[0][6])) == BOX
    assert rows[1][6] is None


def test_checking_again_replaces_all_but_what_the_file_alone_could_show(owner: psycopg.Connection[Any]) -> None:
    number = edition(owner)
    keep(owner, number, [RING, GAP, OVERLAP], areas=6, at=AT)
    keep(owner, number, [EXCLAVE], areas=6, at=AT, kept=OF_THE_FILE)
    kinds = owner.execute("SELECT kind FROM findings WHERE edition_id = %s ORDER BY n", (number,)).fetchall()
    assert kinds == [("invalid_ring",), ("exclave",)]
    assert owner.execute(
        "SELECT areas, checked_at FROM edition_checks WHERE edition_id = %s", (number,)
    ).fetchall() == [(6, AT)]


@pytest.mark.parametrize(
    ("found", "plain", "accepted"),
    [
        ([], None, None),
        ([EXCLAVE], None, None),
        ([EXCLAVE, GAP], "warnings", None),
        ([EXCLAVE, GAP, OVERLAP], "errors", "errors"),
    ],
)
def test_errors_forbid_and_warnings_need_saying_so(
    owner: psycopg.Connection[Any], found: list[Finding], plain: str | None, accepted: str | None
) -> None:
    assert forbidden(owner, True) == "unchecked"
    keep(owner, edition(owner), found, areas=6, at=AT)
    assert (forbidden(owner), forbidden(owner, None), forbidden(owner, True)) == (plain, plain, accepted)


TOKEN = "SELECT decode(md5(%s), 'hex')"


@pytest.fixture(scope="module")
def kept(built: Store) -> Store:
    """The gap is on record for 2019, and everybody is logged in."""
    with psycopg.connect(built.dsn("migrate")) as connection:
        connection.execute("SET ROLE gridwarden_owner")
        row = connection.execute("SELECT id FROM editions WHERE name = '2019'").fetchone()
        assert row
        keep(connection, row[0], [GAP], areas=6, at=AT)
        connection.execute(
            "INSERT INTO sessions SELECT decode(md5(login), 'hex'), id, '2026-01-01Z', '2027-01-01Z' FROM people"
            " WHERE login IS NOT NULL"
        )
    return built


def token(connection: psycopg.Connection[Any], login: str) -> bytes:
    row = connection.execute(TOKEN, (login,)).fetchone()
    assert row
    return bytes(row[0])


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(("login", "may"), [("admin", True), ("city", False), ("desk", False), ("head", False)])
def test_only_an_administrator_writes_and_reads(web: psycopg.Connection[Any], login: str, may: bool) -> None:
    mine = token(web, login)
    web.execute("SELECT act_as(%s, %s)", (mine, AT))
    assert (web.execute("SELECT count(*) FROM findings").fetchone() == (1,)) is may
    again = "SELECT keep_findings_as(%s, %s, (SELECT id FROM editions WHERE name = '2019'), NULL, 6, '{}', '[]')"
    if may:
        web.execute(again, (mine, AT))
        assert web.execute("SELECT count(*) FROM findings").fetchone() == (0,)
    else:
        with pytest.raises(psycopg.Error) as refused:
            web.execute(again, (mine, AT))
        assert refused.value.sqlstate == "GW130"


@pytest.mark.usefixtures("kept")
def test_an_edition_that_is_not_there_is_refused(web: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.Error) as refused:
        web.execute("SELECT keep_findings_as(%s, %s, 0, NULL, 6, '{}', '[]')", (token(web, "admin"), AT))
    assert refused.value.sqlstate == "GW131"
