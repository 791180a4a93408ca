"""Every fault that the database or a file can tell of has its words, in both languages, with whatever it is told with."""

import re
from pathlib import Path

import pytest

from grids.language import Words
from grids.posting_rows import Fault
from grids.posting_words import fault_line

ROOT = Path(__file__).parents[2]
SQL = "\n".join(
    path.read_text(encoding="utf-8") for path in (ROOT / "gis" / "migrations" / "sql").glob("*_postings.sql")
)
# What posting_told() gives beside what is particular to a fault.
TOLD = {
    "area_code": "9001", "role": "head", "name": "王某", "staff_number": "A1", "given_since": "2026-04-01", "given_until": None,
    "other_row": None, "known": "李某", "since": "2026-04-01", "until": None, "today": "2026-03-02",
    "written": "组长",
}  # fmt: skip
ABSENCES = {"role", "from_after_until", "away_in_past", "not_posted_then", "away_already", "stand_in", "no_stand_in"}


def codes() -> set[str]:
    found = set(re.findall(r"(?:THEN|fault =|ELSE) '([a-z_]+)'", SQL))
    kinds = {"new", "ended", "changed", "withdrawn", "unchanged", "vacant", "ending", "nobody"}
    return found - kinds - {"log_in_taken", "sessions_ended"}


def test_the_faults_are_found() -> None:
    assert {"unknown_area", "two_heads", "same_twice", "history_end", "person_twice", "row_twice"} | ABSENCES <= codes()


@pytest.mark.parametrize("code", sorted(codes()))
def test_each_fault_has_its_words(code: str) -> None:
    for other in (None, 7):
        said = [fault_line(Fault(3, code, TOLD | {"other_row": other}), Words(lang)) for lang in ("zh", "en")]
        assert said[0] != said[1]
    if code in ABSENCES:
        # These come without anything.
        assert fault_line(Fault(1, code), Words("zh"))
