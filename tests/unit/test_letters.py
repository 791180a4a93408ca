"""Letters in both languages: every one can be written, and nothing in them is markup."""

from datetime import date
from typing import Any

import pytest

from grids.common_causes_kept import cause_told
from grids.common_causes_words import LINES, letter
from grids.language import LANGUAGES, Language, Words
from grids.letters import RESIDENTS, TOLD, template_for, write
from grids.lists import write_lists
from grids.mediations import MEDIATION_VERBS
from grids.webhooks import TOPICS
from grids.workflow import BY_VERB, STEPS

HOSTILE = '<img src=x onerror="alert(1)">\r\nBcc: everybody@example.org'
CAUSES = ("cause", "cause-supervise")
TEMPLATES = sorted({row.template for row in TOLD} - {"week", *CAUSES} | {"owned"})


def facts(**other: object) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "number": "1234567897",
        "case_id": 17,
        "category": {"zh": "乱倒垃圾", "en": "Illegal dumping"},
        "area": HOSTILE,
        "owner": {"role": "desk", "area": HOSTILE, "desk": HOSTILE},
        "due_at": "2026-03-05T01:00:00+00:00",
        "received_at": "2026-03-02T01:00:00+00:00",
        "reason": HOSTILE,
        "recheck": [],
        "alarm": {"reports": 3, "days": 90, "site": {"kind": "nursery", "name": HOSTILE, "metres": 40}},
    }
    return plain | other


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_can_be_written_and_holds_no_markup(template: str, lang: Language) -> None:
    link = "https://grid.example.org/status/1234567897?key=abc&x=1"
    letter = write(template, Words(lang), facts(), link)
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject
    assert link in letter.text
    assert "<img" not in letter.html
    assert letter.html.count("<a ") == 1
    assert 'href="https://grid.example.org/status/1234567897?key=abc&amp;x=1"' in letter.html


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("role", ["head", "deputy", "desk", "department"])
def test_every_owner_has_a_name(role: str, lang: Language) -> None:
    letter = write(
        "handed-on", Words(lang), facts(owner={"role": role, "area": "东村", "desk": None}), "https://x.org/"
    )
    assert "东村" in letter.text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("template", CAUSES)
def test_the_letter_of_a_common_cause_holds_its_numbers_and_no_markup(template: str, lang: Language) -> None:
    codes = [f"13102400{n:04d}" for n in range(LINES + 2)]
    told = {
        "id": 3,
        "family": "waste",
        "level": "township",
        "raised_at": "2026-03-01T16:00:00+00:00",
        "since": "2026-02-15T16:00:00+00:00",
        "until": "2026-03-01T16:00:00+00:00",
        "facts": {
            "count": 1361,
            "expected": 412.5,
            "most": 520,
            "q": 0.0001,
            "of": 90,
            "periods": 26,
            "days": 14,
            "areas": [{"area": code, "count": 77, "expected": 12.0, "q": 0.01} for code in codes],
        },
        "names": dict.fromkeys(codes, HOSTILE),
        "owner": {"area_code": "131024", "area": HOSTILE, "desk": HOSTILE},
    }
    written = letter(template, cause_told(told), Words(lang), "https://grid.example.org/watch")
    assert "\r" not in written.subject
    assert "\n" not in written.subject
    assert str(LINES + 2) in written.subject
    for number in ("1,361", "412", "520", "90", "77"):
        assert number in written.text
    # So many are named, of the others their number is.
    assert [code in written.text for code in codes] == [True] * LINES + [False] * 2
    assert "<img" not in written.html
    assert 'href="https://grid.example.org/watch"' in written.html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lists_name_every_state_and_verb(lang: Language) -> None:
    states = sorted({target for step in STEPS if (target := step.target)} | {"received"})
    cases = [
        {
            "case_id": n,
            "category": {"zh": "火", "en": "fire"},
            "area": "东村",
            "state": state,
            "due_at": "2026-03-05T01:00:00Z",
            "overdue": n % 2 == 0,
        }
        for n, state in enumerate(states)
    ]
    lists = {
        "open": 1,
        "overdue": 2,
        "unsolved": 3,
        "due": 4,
        "problems": cases,
        "due_cases": [],
        "done": dict.fromkeys(BY_VERB, 2),
    }
    posted = {"area": "东村", "role": "head", "desk": None}
    letter = write_lists(Words(lang), posted, lists, date(2026, 3, 2), "https://x.org/areas/1")
    assert len(letter.text.splitlines()) > len(cases) + len(BY_VERB)


def test_every_topic_of_the_table_is_one_that_there_is() -> None:
    # Neither the lists nor common causes are for programs: these count private categories.  Nor is a mediation.
    rooms = {f"case.{verb}" for verb in MEDIATION_VERBS}
    assert {row.topic for row in TOLD} - {"week.begun", "cause.raised"} - rooms <= set(TOPICS)
    assert not rooms & set(TOPICS)
    # Two rows of one topic and relation would hide each other.
    assert len({(row.topic, row.relation) for row in TOLD}) == len(TOLD)


def test_a_resident_hears_of_each_turn_and_of_nothing_else() -> None:
    told = {topic: template_for(topic, "reporter", {"state": "closed"}) for topic in TOPICS}
    assert {topic for topic, template in told.items() if template} == {
        "report.received", "case.accept", "case.take", "case.dispatch", "case.pause", "case.claim", "case.confirm", "case.pass_recheck",
        "case.return", "case.escalate", "case.merge", "case.join", "case.split_off", "case.lapse", "case.decline", "case.will_not_do", "case.deny", "case.fail_recheck", "case.reopen",
        "case.hearing_call", "case.hearing_move", "case.hearing_cancel", "case.hearing_find", "case.petition_close",
    }  # fmt: skip
    rooms = {verb: template_for(f"case.{verb}", "reporter", {"state": "in_progress"}) for verb in MEDIATION_VERBS}
    # That there is a mediation, and that it has ended: nothing of what is done in it, nor with whom.
    assert {verb: template for verb, template in rooms.items() if template} == {
        "mediation_open": "mediating", "mediation_agree": "mediated", "mediation_fail": "mediated", "mediation_withdraw": "mediated",
    }  # fmt: skip
    assert {*told.values(), *rooms.values()} - {None} == RESIDENTS
    # New boundaries or somebody's leaving: whoever reported hears of it where another has the case now.
    assert template_for("case.follow", "reporter", {"state": "accepted", "handed_over": True}) == "handed-on"
    assert template_for("case.follow", "owner", {"state": "accepted", "handed_over": True}) == "owned"
    assert template_for("case.follow", "owner", {"state": "accepted", "handed_over": False}) is None
    # A note is told to nobody.
    assert template_for("case.note", "owner", {"handed_over": False}) is None


@pytest.mark.parametrize(
    ("lang", "closes", "waits"), [("zh", "七天之内", "没有经手的人"), ("en", "seven days", "did not work on it")]
)
def test_closing_by_silence_is_said_only_where_silence_closes(lang: Language, closes: str, waits: str) -> None:
    silent = write("claimed", Words(lang), facts(), "https://x.org/").text
    looked_at = write("claimed", Words(lang), facts(recheck=["hazard"]), "https://x.org/").text
    assert (closes in silent, waits in silent) == (True, False)
    assert (closes in looked_at, waits in looked_at) == (False, True)
