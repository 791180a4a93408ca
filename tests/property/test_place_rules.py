"""Rules on places against their words: counted anew from all lines each time, in the slowest and plainest way."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from grids.place_rules import Line, NearSite, PlaceRule, rings_in_turn, rings_now
from grids.workflow import CLOSED

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STATES = {
    "receive": "received", "take": "in_progress", "claim": "claimed_solved", "deny": "accepted", "lapse": "closed",
    "pass_recheck": "closed", "confirm": "closed", "decline": "declined", "reopen": "accepted", "dispatch": "dispatched",
    "merge": "merged",
}  # fmt: skip

rules = st.lists(
    st.builds(
        PlaceRule,
        st.integers(1, 5),
        st.just(""),
        st.just(("urgent",)),
        st.sampled_from([None, "waste", "works"]),
        st.sampled_from([None, "dumping"]),
        st.sampled_from([None, "80", "81"]),
        st.integers(1, 60),
        st.none() | st.integers(2, 4),
        st.none() | st.integers(1, 3),
        st.none() | st.integers(1, 3),
        st.none() | st.integers(2, 3),
        st.just(("nursery",)),
        st.none() | st.just(100.0),
    ).filter(
        lambda r: any((r.reports_from, r.reopened_from, r.unconfirmed_from, r.handed_from, r.within_m))
    ),
    max_size=4,
    unique_by=lambda r: r.id,
)  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> list[Line]:
    at, lines, cases = BEGIN, [], 0
    for _ in range(draw(st.integers(1, 25))):
        at += timedelta(hours=draw(st.integers(0, 400)))
        if not cases or draw(st.booleans()):
            cases += 1
            sites = (NearSite("n", "nursery", "", draw(st.sampled_from([10.0, 99.0, 150.0]))),)
            kind, line = draw(st.sampled_from(["dumping", "rubbish"])), ("80", "8001")
            lines.append(Line(at, "report", cases, None, None, kind, line, sites if draw(st.booleans()) else ()))
            lines.append(Line(at, "receive", cases, "received", draw(st.sampled_from([None, "a", "b"]))))
        else:
            verb = draw(st.sampled_from(sorted(set(STATES) - {"receive"})))
            head = draw(st.sampled_from(["a", "b"])) if verb == "dispatch" else None
            case = draw(st.integers(1, cases))
            # What went into another one has ended.
            if not any(line.case_id == case and line.state == "merged" for line in lines):
                lines.append(Line(at, verb, case, STATES[verb], head))
    return lines


def handed_at(lines: list[Line]) -> list[datetime]:
    """Answer when the place went from one grid to another, a second time for each after which it came back."""
    merged = {line.case_id for line in lines if line.state == "merged"}
    moves: list[list[tuple[int, int, str, str]]] = []
    back: list[set[int]] = []
    for n, line in enumerate(lines):
        if line.head_area is None:
            continue
        heads = [each.head_area for each in lines[:n] if each.case_id == line.case_id and each.head_area]
        state = {each.case_id: each.state for each in lines[:n] if each.state}
        if not heads:
            if moves and moves[-1][-1][2] == line.head_area and all(state[each[1]] in CLOSED for each in moves[-1]):
                back[-1].add(line.case_id)
        elif heads[-1] != line.head_area:
            move = (n, line.case_id, heads[-1], line.head_area)
            if moves and moves[-1][-1][2:] == move[2:] and line.case_id not in back[-1]:
                moves[-1].append(move)
            else:
                moves.append([move])
                back.append(set())
    return [
        lines[run[-1][0]].at for run, cases in zip(moves, back, strict=True) for _ in range(2 if cases - merged else 1)
    ]


def holds(rule: PlaceRule, family: str, lines: list[Line], case: int, at: datetime) -> bool:
    """Answer whether a rule holds for a case after these lines, by its words."""
    lately = [line for line in lines if at - timedelta(days=rule.days) < line.at <= at]
    own = [line for line in lines if line.verb == "report" and line.case_id == case]
    solved = [n for n, line in enumerate(lines) if line.verb in ("confirm", "pass_recheck") and line.state == "closed"]
    since = lines[solved[-1] + 1 :] if solved else lines
    unconfirmed = [line for line in since if line.verb in ("lapse", "decline") and line in lately]
    handed = sum(at - timedelta(days=rule.days) < one for one in handed_at(lines))
    return all(
        (
            rule.family in (None, family),
            rule.category_code is None or any(line.category == rule.category_code for line in own),
            rule.area_code is None or any(rule.area_code in line.chain for line in own),
            rule.reports_from is None or sum(line.verb == "report" for line in lately) >= rule.reports_from,
            rule.reopened_from is None or sum(line.verb in ("deny", "reopen") for line in lately) >= rule.reopened_from,
            rule.unconfirmed_from is None or len(unconfirmed) >= rule.unconfirmed_from,
            rule.handed_from is None or handed >= rule.handed_from,
            rule.within_m is None or any(site.metres <= rule.within_m for line in own for site in line.sites),
        )
    )


@given(rules, stories())
def test_what_rings_is_what_the_words_say(some: list[PlaceRule], story: list[Line]) -> None:
    rung: set[tuple[int, int]] = set()
    expected = []
    for n, line in enumerate(story, 1):
        # What happens at one instant is looked at once.
        if line.verb == "report" or (n < len(story) and story[n].at == line.at):
            continue
        state = {each.case_id: each.state for each in story[:n] if each.state}
        due = {
            (rule.id, case)
            for rule in some
            for case, is_in in state.items()
            if is_in not in CLOSED and holds(rule, "waste", story[:n], case, line.at)
        } - rung
        # As the worker looks, after each step.
        now = {(one.rule_id, one.case_id) for one in rings_now(some, "waste", story[:n], line.at, rung)}
        assert now == due
        expected += [(line.at, *pair) for pair in sorted(due)]
        rung |= due
    played = [(one.at, one.rule_id, one.case_id) for one in rings_in_turn(some, "waste", story)]
    assert sorted(played) == sorted(expected)


@given(rules, stories(), st.integers(0, 400))
def test_what_came_before_is_remembered_and_rings_nothing(some: list[PlaceRule], story: list[Line], day: int) -> None:
    since = BEGIN + timedelta(days=day)
    late = list(rings_in_turn(some, "waste", story, since))
    assert all(one.at >= since for one in late)
    # What would have rung since then for the first time rings now, too.
    whole = {(one.rule_id, one.case_id, one.at) for one in rings_in_turn(some, "waste", story) if one.at >= since}
    assert whole <= {(one.rule_id, one.case_id, one.at) for one in late}
