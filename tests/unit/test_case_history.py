"""Who is said to have written a line of a case's history, where no posting did."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.moments import Moments
from api.pages.case_history import Names, entries
from grids.language import Words
from grids.steps import Line

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verb", "data", "who"),
    [
        ("photo", {"kind": "report", "photo_id": 1}, "Reporter"),
        ("confirm", {"as": ["reporter"]}, "Reporter"),
        ("reopen", {"as": ["affected"]}, "reporter at the same place"),
        ("lapse", {"as": ["service"]}, "The service"),
    ],
)
def test_a_line_without_a_posting_names_who_it_came_from(verb: str, data: dict[str, Any], who: str) -> None:
    words = Words("en", ("grids", "api"))
    line = Line(1, AT, verb, "received", None, None, None, None, None, data)
    (entry,) = entries([line], Names({}, {}, {}, {}), words, Moments(words, AT))
    assert entry.who.casefold() == who.casefold()
