"""Who is told when a rule on places rings, as it would be done on a day."""

from datetime import UTC, datetime, timedelta

import pytest

from grids.place_recipients import Hands, Owned, Posted, Worked
from grids.place_rules import PlaceRule

AT = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CHAIN = ("c", "co", "t", "v", "g")
LEVELS = dict(zip(CHAIN, ("city", "county", "township", "village", "grid"), strict=True))
POSTED = [
    *(Posted(code, LEVELS[code], "desk", f"desk {code}", None, None) for code in ("c", "t", "v")),
    Posted("co", "county", "supervisor", None, None, None),
    Posted("g", "grid", None, None, None, None),
    # Came later.
    Posted("t", "township", "supervisor", None, AT + DAY, None),
]


def told(
    *deeds: str, owner: tuple[str, str] | None = ("g", "head"), state: str = "in_progress", emergency: bool = False
) -> list[tuple[str, str]]:
    owned = [Owned(1, AT - DAY, False, *owner, None)] if owner else []
    hands = Hands([Worked(1, False, emergency, CHAIN)], owned, POSTED, {})
    rule = PlaceRule(1, "", deeds, reports_from=3)  # type: ignore[arg-type]
    return [(one.part, one.desk or one.area) for one in hands.ring(rule, 1, state, AT)]


@pytest.mark.parametrize(
    ("deeds", "expected"),
    [
        (("urgent",), [("keeps", "g")]),
        (("up",), [("takes", "desk v")]),
        (("township",), [("takes", "desk t")]),
        (("up", "township"), [("takes", "desk t")]),
        (("up", "supervise"), [("takes", "desk v"), ("supervises", "co")]),
        (("recheck_above",), [("keeps", "g"), ("rechecks", "desk v")]),
        # The level above whoever has it then.
        (("up", "recheck_above"), [("takes", "desk v"), ("rechecks", "desk t")]),
    ],
)
def test_what_a_rule_does_says_who_is_told(deeds: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert told(*deeds) == expected


def test_what_a_rule_does_not_move_stays_with_its_owner() -> None:
    assert told("up", state="claimed_solved") == [("keeps", "g")]
    assert told("up", emergency=True) == [("keeps", "g")]
    assert told("up", owner=("co", "department")) == [("keeps", "co")]
    assert told("township", owner=("t", "desk")) == [("keeps", "t")]
    assert told("township", "recheck_above", owner=("c", "desk")) == [("keeps", "c")]
    assert told("urgent", owner=None) == []


def test_who_took_a_case_over_has_it_when_the_next_rule_rings() -> None:
    owned = [Owned(1, AT - DAY, False, "g", "head", None), Owned(1, AT + 2 * DAY, False, "g", "head", None)]
    hands = Hands([Worked(1, False, False, CHAIN)], owned, POSTED, {"v": "East village"})
    up = PlaceRule(1, "", ("up",), reports_from=3)
    hazard = PlaceRule(2, "", ("hazard", "supervise"), reports_from=3)
    assert [one.desk for one in hands.ring(up, 1, "in_progress", AT)] == ["desk v"]
    kept = hands.ring(hazard, 1, "in_progress", AT)
    assert [(one.part, one.area) for one in kept] == [("keeps", "East village"), ("supervises", "co")]
    # Then its history goes on, and somebody else supervises.
    later = hands.ring(hazard, 1, "in_progress", AT + 3 * DAY)
    assert [(one.part, one.area) for one in later] == [("keeps", "g"), ("supervises", "t")]
