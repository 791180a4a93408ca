"""The history of a case as sentences: who, what was said, and what changed with it.

Reads the lines that ``grids.steps`` answers; decides nothing about who may read them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.holders import holder
from api.moments import Moments
from api.visits import Visit
from grids.areas import names_of
from grids.escalation import rules_named
from grids.language import Words
from grids.owners import Holding, holdings
from grids.place_words import sentence
from grids.steps import Line


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the time line.

    ``verb`` is in words, ``step`` its name.  ``others`` are the cases that it leads to, ``part`` and ``order`` the part
    or the order that it is about.
    """

    seq: int
    at: datetime
    verb: str
    who: str
    words: str | None
    changes: tuple[str, ...]
    others: tuple[int, ...]
    part: int | None = None
    order: int | None = None
    step: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called on this page: areas, categories, postings, and rules of escalation by what they are for."""

    areas: Mapping[str, str]
    categories: Mapping[str, str]
    postings: Mapping[int, Holding]
    escalations: Mapping[int, str]

    def area(self, code: str | None) -> str:
        """Answer the name of an area, its code where no boundaries ever knew it."""
        return self.areas.get(code or "", code or "")

    def owner(self, owner: Mapping[str, Any], words: Words) -> str:
        """Answer what the owner in an event is called."""
        posting = self.postings.get(owner.get("posting_id") or 0)
        desk = posting.desk if posting else owner.get("desk")
        return holder(owner["role"], self.area(owner["area_code"]), desk, words)

    def posting(self, posting_id: int, words: Words) -> str:
        """Answer what a posting is called, without the name of who holds it."""
        held = self.postings.get(posting_id)
        return holder(held.role, self.area(held.area_code), held.desk, words) if held else ""


async def names_for(visit: Visit, lines: Sequence[Line], codes: Iterable[str], kinds: Mapping[str, str]) -> Names:
    """Answer the names that a page about a case needs.

    Parameters
    ----------
    visit : Visit
        Who asks.
    lines : sequence of Line
        The history.
    codes : iterable of str
        Areas that the page names besides.
    kinds : mapping
        Categories by code.
    """
    owners = [o for line in lines for key in ("owner", "owner_before", "ordered") if (o := line.data.get(key))]
    named = [o["posting_id"] for o in owners if o.get("posting_id")]
    keys = ("supervisor_posting_id", "posting_id", "posting_before")
    named += [who for line in lines for key in keys if (who := line.data.get(key))]
    postings = await holdings(visit.connection, named)
    followed = {line.data.get(key) for line in lines for key in ("area", "area_before") if line.verb == "follow"}
    wanted = {*codes, *(o["area_code"] for o in owners), *(line.area_code for line in lines if line.area_code)}
    wanted |= {posting.area_code for posting in postings.values()}
    wanted |= {code for code in followed if code}
    by_rule = [rule for line in lines if line.verb == "escalate" and (rule := line.data.get("rule_id"))]
    escalations = await rules_named(visit.connection, by_rule) if by_rule else {}
    return Names(await names_of(visit.connection, wanted, visit.now), kinds, postings, escalations)


def entries(lines: Sequence[Line], names: Names, words: Words, moments: Moments) -> list[Entry]:
    """Answer the time line, the oldest line first."""
    return [
        Entry(
            seq=line.seq,
            at=line.at,
            verb=words(f"verb-{line.verb}"),
            who=_who(line, names, words),
            words=line.words,
            changes=tuple(_changes(line, names, words, moments)),
            others=tuple(line.data[key] for key in ("into", "from") if isinstance(line.data.get(key), int)),
            part=line.data.get("part"),
            order=line.data.get("order"),
            step=line.verb,
        )
        for line in lines
    ]


def _who(line: Line, names: Names, words: Words) -> str:
    if line.role is not None:
        return holder(line.role, names.area(line.area_code), line.desk, words, line.name)
    if line.data.get("channel"):
        return words("case-by-channel", channel=words(f"channel-{line.data['channel']}"))
    said_as = line.data.get("as", ())
    if "affected" in said_as:
        return words("relation-affected")
    # A photo of a report comes by its link; what staff take is of another kind.
    reporter = "reporter" in said_as or line.verb in ("receive", "confirm") or line.data.get("kind") == "report"
    return words("case-by-reporter") if reporter else words("case-by-service")


def _followed(data: Mapping[str, Any], names: Names, words: Words) -> Iterable[str]:
    """What a case followed: other boundaries, or somebody who left."""
    if "area_before" in data:
        # Without an area it waits in the triage list of the topmost one.
        before, after = (names.area(data[key]) or words("case-no-area") for key in ("area_before", "area"))
        yield words("case-change-area", before=before, after=after)
    if data.get("why") == "edition":
        yield words("case-change-why-edition", edition=data["edition"])
    elif data.get("why") == "posting":
        yield words("case-change-why-posting")
    elif data.get("why") == "mediation":
        yield words("case-change-why-mediation")


def _rang(data: Mapping[str, Any], names: Names, words: Words) -> Iterable[str]:
    """Why a rule on places rang, and what it did that no other step does."""
    yield words("case-change-alarm", why=sentence(data["facts"], words))
    if data.get("hazard"):
        yield words("case-change-hazard")
    if data.get("recheck_above"):
        yield words("case-change-recheck-above")
    if "supervisor_posting_id" in data:
        posting = names.postings.get(data["supervisor_posting_id"] or 0)
        if posting is None:
            yield words("case-change-no-supervisor")
        else:
            who = holder(posting.role, names.area(posting.area_code), posting.desk, words, posting.name)
            yield words("case-change-supervisor", who=who)


def _by_rule(data: Mapping[str, Any], names: Names, words: Words) -> Iterable[str]:
    """By which rule it went up, if by any."""
    if "rule_id" in data:
        yield words("case-change-why-escalation", note=names.escalations.get(data["rule_id"], ""))


def _part(data: Mapping[str, Any], names: Names, words: Words, moments: Moments) -> Iterable[str]:
    """Which part of a joint case it is about, if of any, and who has it now."""
    if "part" not in data:
        return
    nth, who = data["part"], names.posting(data["posting_id"], words)
    if not data.get("part_due_at"):
        yield words("case-part-line", nth=nth, who=who)
        return
    due = _exact(data["part_due_at"], moments)
    if data.get("posting_before"):
        before = names.posting(data["posting_before"], words)
        yield words("case-part-line-moved", nth=nth, who=who, before=before, due=due)
    else:
        yield words("case-part-line-due", nth=nth, who=who, due=due)


def _ordered(data: Mapping[str, Any], names: Names, words: Words, moments: Moments) -> Iterable[str]:
    """Which order of a supervisor it is about, if of any, and by when it is to be answered."""
    if "order" not in data:
        return
    nth, due = data["order"], _exact(data["order_due_at"], moments)
    if data.get("ordered"):
        yield words("case-order-line-given", nth=nth, who=names.owner(data["ordered"], words), due=due)
    elif data.get("order_due_before"):
        yield words("case-order-line-until", nth=nth, before=_exact(data["order_due_before"], moments), due=due)
    else:
        yield words("case-order-line", nth=nth, due=due)


def _changes(line: Line, names: Names, words: Words, moments: Moments) -> Iterable[str]:
    data = line.data
    yield from _followed(data, names, words) if line.verb == "follow" else ()
    yield from _rang(data, names, words) if line.verb == "alarm" else ()
    yield from _by_rule(data, names, words) if line.verb == "escalate" else ()
    yield from _part(data, names, words, moments)
    yield from _ordered(data, names, words, moments)
    if "again" in data:
        yield words("case-change-again")
    if data.get("owner") and data.get("owner_before"):
        before, after = names.owner(data["owner_before"], words), names.owner(data["owner"], words)
        yield words("case-change-owner", before=before, after=after)
    elif data.get("owner") and line.verb == "receive":
        yield words("case-change-owner-first", after=names.owner(data["owner"], words))
    if data.get("due_at") and data.get("due_before"):
        yield words(
            "case-change-due", before=_exact(data["due_before"], moments), after=_exact(data["due_at"], moments)
        )
    if data.get("until"):
        yield words("case-change-until", verb=line.verb, until=_exact(data["until"], moments))
    if data.get("recheck"):
        yield words("case-change-recheck", reasons=recheck_words(data["recheck"], words))
    if data.get("rating"):
        yield words("case-change-rating", rating=words(f"rating-{data['rating']}"))
    yield from _said_otherwise(data, names, words)
    yield from _mediated(data, names, words, moments)
    yield from _heard(data, names, words, moments)


def _mediated(data: Mapping[str, Any], names: Names, words: Words, moments: Moments) -> Iterable[str]:
    """What a step of a mediation was about, where it is one."""
    if "mediation" not in data:
        return
    before, after = (names.posting(data.get(key) or 0, words) for key in ("posting_before", "posting_id"))
    if before or after:
        yield words("mediation-line-mediator", before=before or "none", after=after or "none")
    if data.get("party"):
        yield words("mediation-party", nth=data["party"])
    if data.get("sitting"):
        at = _exact(data["sitting_at"], moments) if data.get("sitting_at") else "none"
        yield words("mediation-line-sitting", nth=data["sitting"], at=at)
    if data.get("outcome"):
        yield words("mediation-outcome", outcome=data["outcome"])


def _heard(data: Mapping[str, Any], names: Names, words: Words, moments: Moments) -> Iterable[str]:
    """What a step of a hearing was about, where it is one."""
    if "hearing" not in data:
        return
    if data.get("hearing_at_before"):
        before, at = (_exact(data[key], moments) for key in ("hearing_at_before", "hearing_at"))
        yield words("hearing-line-moved", nth=data["hearing"], before=before, at=at)
    elif data.get("hearing_at"):
        yield words("hearing-line-at", nth=data["hearing"], at=_exact(data["hearing_at"], moments))
    else:
        yield words("hearing-nth", nth=data["hearing"])
    if data.get("posting_id"):
        yield words("hearing-line-presider", who=names.posting(data["posting_id"], words))
    if data.get("proposal"):
        yield words("hearing-line-proposal", proposal=words("hearing-proposal", proposal=data["proposal"]))
    if data.get("record_digest"):
        yield words("hearing-line-digest", digest=data["record_digest"])
    if data.get("review_until"):
        yield words("hearing-line-review", until=_exact(data["review_until"], moments))


def _said_otherwise(data: Mapping[str, Any], names: Names, words: Words) -> Iterable[str]:
    if data.get("category") and data.get("category_before"):
        before, after = (names.categories.get(data[key], data[key]) for key in ("category_before", "category"))
        yield words("case-change-category", before=before, after=after)
    if data.get("urgency") and data.get("urgency_before"):
        before, after = (words(f"urgency-{data[key]}") for key in ("urgency_before", "urgency"))
        yield words("case-change-urgency", before=before, after=after)


def _exact(at: str, moments: Moments) -> str:
    return moments.exact(datetime.fromisoformat(at))


def recheck_words(reasons: Iterable[str], words: Words) -> str:
    """Answer why a re-check is compulsory.

    Examples
    --------
    >>> recheck_words(["hazard", "reopened"], Words("zh", ("grids", "api")))
    '有安全隐患、曾被重新办理'
    """
    return words("list-separator").join(words(f"recheck-{reason}") for reason in reasons)
