"""``gridwarden categories``: a category from a day on, and nothing that was promised before."""

from typing import Any

import psycopg
import pytest

from gis.store import Store

DAY = "2027-01-01"


def set_(run: Any, *given: str) -> tuple[int, str, str]:
    said = run("categories", "set", *given)
    return said.exit_code, getattr(said.exception, "code", ""), said.stdout


def deadlines(built: Store, code: str, at: str) -> Any:
    with psycopg.connect(built.dsn("migrate")) as owner:
        row = owner.execute("SELECT deadlines, urgency FROM category_at(%s, %s)", (code, at)).fetchone()
        assert row
        return row


def test_a_category_changes_from_a_day_on(run: Any, built: Store) -> None:
    given = (
        "--deadline",
        "solve:work_days=2",
        "--deadline",
        "emergency.solve:urgent_hours=4",
        "--deadline",
        "accept:work_hours=2",
    )
    code, _, said = set_(run, "dumping", "--since", DAY, *given)
    assert (code, said) == (
        0, "dumping from 2027-01-01 on: urgent; accept: work_hours=2; solve: work_days=2; emergency.solve: urgent_hours=4.\n"
    )  # fmt: skip
    assert deadlines(built, "dumping", "2026-12-31T15:59Z") == ({"solve": {"hours": 24}}, "urgent")
    after = {"solve": {"work_days": 2}, "accept": {"work_hours": 2}, "emergency": {"solve": {"urgent_hours": 4}}}
    assert deadlines(built, "dumping", "2026-12-31T16:00Z") == (after, "urgent")
    # As long as no case came under it, it is mended; what is not given stays.
    assert set_(run, "dumping", "--since", DAY, "--urgency", "normal", "--deadline", "accept:")[0] == 0
    assert deadlines(built, "dumping", "2026-12-31T16:00Z") == (
        {"solve": {"work_days": 2}, "emergency": after["emergency"]},
        "normal",
    )
    # What stood for an urgency that is now its own stands outside, and what was its own is that of the one before.
    assert set_(run, "dumping", "--since", "2027-02-01", "--urgency", "emergency")[0] == 0
    turned = {"solve": {"urgent_hours": 4}, "normal": {"solve": {"work_days": 2}}}
    assert deadlines(built, "dumping", "2027-02-01T00:00Z") == (turned, "emergency")
    listed = run("categories", "list")
    assert listed.exit_code == 0, listed.output
    assert [line.split()[3] for line in listed.output.splitlines() if line.startswith("│ dumping")] == [
        "2027-02-01", "2027-01-01", "2026-01-01", "2019-01-01",
    ]  # fmt: skip


def test_a_new_category_tells_what_it_lacks(run: Any, built: Store) -> None:
    names = ("--family", "works", "--name-zh", "井盖缺失", "--name-en", "Manhole")
    assert set_(run, "manhole", "--since", DAY, "--deadline", "solve:days=1")[1] == "bad_category"
    assert set_(run, "manhole", "--since", DAY, *names)[1] == "bad_category"
    assert set_(run, "Man hole", "--since", DAY, *names, "--deadline", "solve:days=1")[1] == "bad_category"
    assert set_(run, "manhole", "--since", DAY, *names, "--deadline", "solve=days:1")[1] == "bad_deadline"
    assert (
        set_(run, "manhole", "--since", DAY, *names[:-1], "Man\0hole", "--deadline", "solve:days=1")[1]
        == "bad_category"
    )
    assert set_(run, "manhole", "--since", DAY, *names, "--deadline", "great.solve:days=1")[1] == "bad_deadline"
    assert set_(run, "manhole", "--since", DAY, *names, "--deadline", "solve:days=1")[0] == 0
    assert deadlines(built, "manhole", "2027-01-02T00:00Z") == ({"solve": {"days": 1}}, "normal")


@pytest.mark.parametrize("day", ["2026-03-02", "2025-06-01"])
def test_what_was_promised_stays(run: Any, built: Store, day: str) -> None:
    with psycopg.connect(built.dsn("migrate")) as owner:
        owner.execute(
            "INSERT INTO cases (category_code, private, urgency, state, chain, owner_area_code, owner_role, received_at, due_at, channel)"
            " VALUES ('dumping', false, 'urgent', 'accepted', '{90}', '90', 'desk', '2026-03-02T04:00Z', '2026-03-03Z', 'app')"
        )
    assert set_(run, "dumping", "--since", day, "--deadline", "solve:days=9")[1] == "bad_category"
    assert set_(run, "dumping", "--since", "2026-03-03", "--deadline", "solve:days=9")[0] == 0
