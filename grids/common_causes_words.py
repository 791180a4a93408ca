"""Common causes in words: a sentence for each, a line for each of its areas, what was looked at; and as a letter.

Decides nothing.
"""

from datetime import timedelta
from typing import Final

from grids.common_causes import AREAS_LEAST, PERIODS_LEAST, Findings
from grids.common_causes_kept import CommonCause, cause_of, rows_of
from grids.common_causes_read import Received
from grids.language import Words
from grids.letters import Letter, finished, owner_words

LINES: Final = 20
"""Areas that a letter names; the page has all of them."""


def sentences(found: Findings, received: Received, words: Words) -> list[str]:
    """Answer what was found, the strongest first, or that nothing was; then what was looked at, and what left out."""
    said: list[str] = []
    for row in rows_of(found, received):
        head, areas = raised(cause_of(row, received), words)
        said += [head, *(f"  {area}" for area in areas)]
    if found.too_few:
        said.append(words("causes-too-few", periods=found.periods, days=received.days, least=PERIODS_LEAST))
    elif not found.causes:
        said.append(words("causes-none", least=AREAS_LEAST, level=received.level))
    said.append(_looked_at(found, received, words))
    if found.without_past:
        said.append(words("causes-without-past", n=len(found.without_past), level=received.level))
    if received.unplaced:
        said.append(words("causes-unplaced", n=received.unplaced, level=received.level))
    if received.young:
        said.append(words("causes-young", codes=words("list-separator").join(received.young)))
    return said


def raised(cause: CommonCause, words: Words) -> tuple[str, list[str]]:
    """Answer a common cause as one sentence, and a line for each of its areas."""
    facts = cause.facts
    head = words(
        "causes-found",
        family=words("family", family=cause.family),
        areas=len(facts.areas),
        of=facts.of,
        level=cause.level,
        n=facts.count,
        expected=_expected(facts.expected),
        q=_q(facts.q),
        most=facts.most,
        periods=facts.periods,
    )
    return head, [
        words(
            "causes-area",
            name=cause.names.get(each.area) or each.area,
            code=each.area,
            n=each.count,
            expected=_expected(each.expected),
            q=_q(each.q),
        )
        for each in facts.areas
    ]


def letter(template: str, cause: CommonCause, words: Words, link: str) -> Letter:
    """Answer the letter to whoever has it from now on, or to the supervisor over him.

    Parameters
    ----------
    template : str
        ``cause`` or ``cause-supervise``.
    cause : CommonCause
        As it is known now.
    words : Words
        Of the recipient's language.
    link : str
        Where it stands.
    """
    head, areas = raised(cause, words)
    owner = cause.owner
    values = {
        "family": words("family", family=cause.family),
        "areas": len(areas),
        "owner": owner_words(words, "desk", owner.area, owner.desk) if owner else "",
        "link": link,
    }
    more = [words("letter-cause-more", n=len(areas) - LINES)] if len(areas) > LINES else []
    parts = [
        words(f"letter-{template}-to", **values),
        head,
        "\n".join([*(words("letter-cause-area", area=line) for line in areas[:LINES]), *more]),
        words(f"letter-{template}-body", **values),
        words("letter-cause-foot"),
    ]
    return finished(words("letter-cause-subject", **values), "\n\n".join(parts), link)


def _looked_at(found: Findings, received: Received, words: Words) -> str:
    return words(
        "causes-looked-at",
        since=f"{received.since:%Y-%m-%d}",
        until=f"{received.until - timedelta(days=1):%Y-%m-%d}",
        n=sum(one.count for one in found.families),
        families=len(found.families),
        of=found.areas,
        level=received.level,
        expected=_expected(sum(one.expected for one in found.families) if found.periods else 0.0),
        periods=found.periods,
        days=received.days,
    )


def _expected(value: float) -> str:
    """Answer what was expected: whole, or below 10 to one digit after the point, two that count at least.

    >>> _expected(1234.5), _expected(3.14), _expected(0.038), _expected(0.0)
    ('1,234', '3.1', '0.038', '0')
    """
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"


def _q(value: float) -> str:
    """Answer a q.

    >>> _q(0.0123), _q(1e-9)
    ('0.012', '< 0.001')
    """
    return "< 0.001" if value < 0.001 else f"{value:.3f}"
