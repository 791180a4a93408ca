"""Letters: what is told to whom, and when, as one table, and how it is put into words.

Pure: no database, no clock, no mail.  A letter holds what its recipient may see on the pages and nothing more: no words
of a report, nobody's contact, no name of staff.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from grids.language import Words
from grids.place_words import sentence

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
Relation = Literal[
    "reporter",
    "owner",
    "assistant",
    "rechecker",
    "supervisor",
    "orderer",
    "mediator",
    "lead",
    "receiver",
    "helper",
    "helper_before",
    "presider",
    "lists",
    "program",
]
"""Whom news concerns: who reported it, who answers for it, who has a part of it, who may re-check its claim, who has to
supervise it, who gave an order on it, who mediates in it or has to name another mediator, who received the visitor who
told of it, whose team has a part of it or had it before, who presides over a hearing of it, who gets the weekly lists,
a program that asked."""


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the table: after this topic, to this relation, this letter.

    Only in the state named, if one is; ``handed_over``: only where another owner has it now.
    """

    topic: str
    relation: Relation
    template: str
    state: str | None = None
    handed_over: bool = False


# A cadre can read it: what happened, who hears of it, by which letter.  The first row that fits counts.
TOLD: Final[tuple[Told, ...]] = (
    Told("report.received", "reporter", "received"),
    Told("case.accept", "reporter", "accepted"),
    # A head who solves it alone accepts it by beginning.
    Told("case.take", "reporter", "taken"),
    Told("case.dispatch", "reporter", "handed-on"),
    # Sent back by whoever had it: the desk above has it now.
    Told("case.return", "reporter", "handed-on"),
    # It was more than its level could do.
    Told("case.escalate", "reporter", "handed-on"),
    Told("case.merge", "reporter", "merged"),
    # Put by the service with what it opened again.
    Told("case.join", "reporter", "merged"),
    Told("case.split_off", "reporter", "split-off"),
    # A new border that leaves a case in the same hands is no news to its reporters.
    Told("case.follow", "reporter", "handed-on", handed_over=True),
    # What keeps coming back went up; one that stays where it is is no news.
    Told("case.alarm", "reporter", "handed-on", handed_over=True),
    Told("case.pause", "reporter", "paused"),
    Told("case.claim", "reporter", "claimed"),
    Told("case.confirm", "reporter", "closed", "closed"),
    Told("case.pass_recheck", "reporter", "closed"),
    Told("case.lapse", "reporter", "lapsed"),
    Told("case.decline", "reporter", "declined"),
    Told("case.will_not_do", "reporter", "will-not-do"),
    Told("case.deny", "reporter", "reopened"),
    Told("case.fail_recheck", "reporter", "reopened"),
    Told("case.reopen", "reporter", "reopened"),
    Told("case.due_soon", "owner", "due-soon"),
    Told("case.overdue", "owner", "overdue"),
    Told("case.stage_due_soon", "owner", "stage-soon"),
    Told("case.stage_overdue", "owner", "stage-overdue"),
    # A claim is told to those who may look again: when it waits for them, and when it has waited too long.
    Told("case.claim", "rechecker", "recheck"),
    Told("case.alarm", "rechecker", "recheck"),
    Told("case.stage_due_soon", "rechecker", "recheck-soon"),
    Told("case.stage_overdue", "rechecker", "recheck-late"),
    # Work that comes back to the same hands is told like work that is new.
    Told("case.fail_recheck", "owner", "owned"),
    Told("case.resume", "owner", "owned"),
    Told("case.set_urgency", "owner", "urgency"),
    # What was received as a case of its own is this one.
    Told("case.merge_in", "owner", "told-again"),
    # What is remembered of a place rang: whoever has the case now, and whoever has to see that it is solved.
    Told("case.alarm", "owner", "alarm"),
    Told("case.alarm", "supervisor", "supervise"),
    # A mediation: general words for who reported it; its mediator, and who has to name another one.
    Told("case.mediation_open", "reporter", "mediating"),
    Told("case.mediation_agree", "reporter", "mediated"),
    Told("case.mediation_fail", "reporter", "mediated"),
    Told("case.mediation_withdraw", "reporter", "mediated"),
    Told("case.mediation_open", "mediator", "mediator"),
    Told("case.mediation_hand_over", "mediator", "mediator"),
    Told("case.mediation_conflict", "lead", "mediation-vacant"),
    # A hearing: whoever reported it is invited, hears of every change, what was found and what was decided.
    Told("case.hearing_call", "reporter", "hearing-called"),
    Told("case.hearing_move", "reporter", "hearing-moved"),
    Told("case.hearing_cancel", "reporter", "hearing-cancelled"),
    Told("case.hearing_find", "reporter", "hearing-held"),
    Told("case.petition_close", "reporter", "petition-closed"),
    Told("case.hearing_call", "presider", "hearing-yours"),
    Told("case.hearing_cancel", "presider", "hearing-not-yours"),
    # Joint handling: who assists hears of his part, and who leads of what became of it.
    Told("case.part_ask", "assistant", "part-asked"),
    Told("case.part_move", "assistant", "part-changed"),
    Told("case.part_until", "assistant", "part-changed"),
    Told("case.part_redo", "assistant", "part-changed"),
    Told("case.part_withdraw", "assistant", "part-withdrawn"),
    Told("case.part_late", "assistant", "part-late"),
    Told("case.part_late", "owner", "part-late-lead"),
    Told("case.part_done", "owner", "part-done"),
    Told("case.part_back", "owner", "part-back"),
    # A helper team hears of its part alone.
    Told("case.part_ask", "helper", "helper-asked"),
    Told("case.part_move", "helper", "helper-asked"),
    Told("case.part_move", "helper_before", "helper-withdrawn"),
    Told("case.part_until", "helper", "helper-changed"),
    Told("case.part_redo", "helper", "helper-changed"),
    Told("case.part_withdraw", "helper", "helper-withdrawn"),
    Told("case.part_late", "helper", "helper-late"),
    # An order is told to whoever has the case, its answer to whoever gave it; that it is late to both.
    Told("case.order_give", "owner", "order"),
    Told("case.order_until", "owner", "order-until"),
    Told("case.order_withdraw", "owner", "order-withdrawn"),
    Told("case.order_not_keep", "owner", "order-not-kept"),
    Told("case.order_late", "owner", "order-late"),
    Told("case.order_answer", "orderer", "order-answered"),
    Told("case.order_late", "orderer", "order-unanswered"),
    # Whoever received a visitor leads what he said to its end, and is told of it.
    Told("case.confirm", "receiver", "visit-solved", "closed"),
    Told("case.pass_recheck", "receiver", "visit-solved"),
    Told("case.lapse", "receiver", "visit-lapsed"),
    Told("case.decline", "receiver", "visit-not-done"),
    Told("case.will_not_do", "receiver", "visit-not-done"),
    Told("case.petition_close", "receiver", "visit-not-done"),
    # What rises in many areas at once is one thing, and somebody's: the desk's over all of them; it is supervised.
    Told("cause.raised", "owner", "cause"),
    Told("cause.raised", "supervisor", "cause-supervise"),
    Told("week.begun", "lists", "week"),
)
_ROWS: Final = {(row.topic, row.relation): row for row in TOLD}
IN_THE_ROOM: Final = frozenset({"mediator", "mediation-vacant"})
"""Whose link leads to the mediation of the case."""
OF_A_TEAM: Final = frozenset(row.template for row in TOLD if row.relation in ("helper", "helper_before"))
"""Whose link leads to the team's part, never to the case."""
AT_THE_HEARING: Final = frozenset({"hearing-yours", "hearing-not-yours"})
"""Whose link leads to the hearings of the case."""
RESIDENTS: Final = frozenset(row.template for row in TOLD if row.relation == "reporter")


def template_for(topic: str, relation: Relation, facts: Mapping[str, Any]) -> str | None:
    """Answer which letter somebody gets after a change; None: none.

    A program gets its topic.  Whoever becomes the owner of a case by whatever step is told that he has it.

    Parameters
    ----------
    topic : str
        Of the outbox: ``report.received``, ``case.<verb>``, ``cause.raised``, ``week.begun``.
    relation : str
        Whom it concerns.
    facts : mapping
        ``state`` after the step, and whether the case was ``handed_over`` by it.

    Examples
    --------
    >>> template_for("case.confirm", "reporter", {"state": "closed"})
    'closed'
    >>> template_for("case.confirm", "reporter", {"state": "claimed_solved"}) is None  # waits for its re-check
    True
    >>> template_for("case.return", "owner", {"handed_over": True})
    'owned'
    """
    if relation == "program":
        return topic
    row = _ROWS.get((topic, relation))
    fits = row is not None and row.state in (None, facts.get("state"))
    if row is not None and fits and (not row.handed_over or facts.get("handed_over")):
        return row.template
    return "owned" if relation == "owner" and facts.get("handed_over") else None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter ready to be sent; ``html`` says the same as ``text``."""

    subject: str
    text: str
    html: str


def when(words: Words, at: str | datetime) -> str:
    """Answer day and clock in Asia/Shanghai.

    Examples
    --------
    >>> when(Words("en"), "2026-11-20T01:12:00+00:00")
    '2026-11-20 09:12'
    """
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    here = instant.astimezone(SHANGHAI)
    return words("letter-when", year=str(here.year), month=f"{here:%m}", day=f"{here:%d}", clock=f"{here:%H:%M}")


def owner_words(words: Words, role: str, area: str, desk: str | None) -> str:
    """Answer how a letter calls an owner: a desk or department by its name, else role and area.

    Examples
    --------
    >>> owner_words(Words("zh"), "head", "东村第一网格", None), owner_words(Words("zh"), "head", "东村", None)
    ('东村第一网格长', '东村网格长')
    """
    # "东村第一网格" and "网格长" share a word.
    shared = "yes" if area.endswith("网格") else "no"
    return words(f"letter-owner-{role}", area=area, desk=desk or area, shared=shared)


def write(template: str, words: Words, facts: Mapping[str, Any], link: str) -> Letter:
    """Answer a letter about a case.

    Parameters
    ----------
    template : str
        Of ``TOLD``, or ``owned``.
    words : Words
        Of the recipient's language.
    facts : mapping
        What the database's ``letter_facts`` answers: ``number`` or ``case_id``, ``category`` by language, ``area``,
        ``owner``, ``due_at``, ``received_at``, why a ``recheck`` must come, the ``reason`` of the step, or None, and
        what was found where an ``alarm`` rang, or None; of an ``order`` which one, and its deadline;
        of a team's ``part`` the same; of a ``hearing`` when and where, what is proposed, and how the petition was
        closed.
    link : str
        Where the recipient reads more.
    """
    owner = facts["owner"]
    order, part, hearing = (facts.get(name) for name in ("order", "part", "hearing"))
    values = {
        "number": facts["number"] or "",
        "case": str(facts["case_id"]),
        "category": facts["category"][words.lang],
        "area": facts["area"],
        "owner": owner_words(words, owner["role"], owner["area"], owner["desk"]),
        "due": when(words, facts["due_at"]),
        "received": when(words, facts["received_at"]),
        "reason": facts["reason"] or words("letter-no-reason"),
        "recheck": "yes" if facts["recheck"] else "no",
        "alarm": sentence(facts["alarm"], words) if facts["alarm"] else "",
        "ordered": "yes" if order else "no",
        "nth": str(order["nth"]) if order else "",
        "order_due": when(words, order["due_at"]) if order else "",
        "part_due": when(words, part["due_at"]) if part else "",
        "link": link,
        **_heard(words, hearing or {}),
    }
    body = words(f"letter-{template}-body", **values)
    foot = words("letter-foot-resident" if template in RESIDENTS else "letter-foot-staff")
    return finished(words(f"letter-{template}-subject", **values), f"{body}\n\n{foot}", link)


def _heard(words: Words, hearing: Mapping[str, Any]) -> dict[str, str]:
    """Answer what a letter says of a hearing, empty where it tells of none."""
    closing = hearing.get("closing")
    return {
        "hearing_at": when(words, hearing["at"]) if hearing else "",
        "hearing_place": hearing.get("place") or words("letter-hearing-no-place"),
        "proposal": hearing.get("proposal") or "none",
        "closed_by": words("petition-by", role=closing["role"], area=closing["area"], desk=closing["desk"] or "none")
        if closing
        else "",
        "next": (closing["next"] or "none") if closing else "none",
        "review_until": when(words, closing["review_until"]) if closing else "",
    }


def finished(subject: str, text: str, link: str) -> Letter:
    r"""Answer the letter with its HTML: paragraphs, everything escaped, our own link and no other to click on.

    Examples
    --------
    >>> finished("s", "a < b\n\nhttps://x/y", "https://x/y").html
    '<!doctype html><meta charset="utf-8"><p>a &lt; b</p>\n<p><a href="https://x/y">https://x/y</a></p>'
    """
    paragraphs = [escape(part).replace("\n", "<br>\n") for part in text.split("\n\n")]
    html = "\n".join(f"<p>{part}</p>" for part in paragraphs)
    shown = escape(link)
    html = html.replace(shown, f'<a href="{shown}">{shown}</a>')
    return Letter(" ".join(subject.split()), text, f'<!doctype html><meta charset="utf-8">{html}')
