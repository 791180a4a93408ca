"""An answer of ``locate`` in words: where it is, who acts, and what to ask if it matters.  Decides nothing."""

from typing import Final
from zoneinfo import ZoneInfo

from grids.answers import Answer, AreaBrief, Owner
from grids.language import Words

_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
# Less than this from a border is on it: metres are told to the millimetre.
_ON_BORDER_M = 0.0005


def explain(answer: Answer, words: Words, *, asks: bool = False) -> str:
    """Answer in a sentence or two how it is known which area answers, and who must act.

    Parameters
    ----------
    answer : Answer
        What ``locate`` said.
    words : Words
        The language.
    asks : bool
        Whether to ask which side of a border is meant, where the accuracy leaves it open.
    """
    if answer.area is None or answer.owner is None:
        sentences = [words("explain-no-edition" if answer.edition is None else "explain-outside")]
    else:
        sentences = [where(answer, words), _who(answer.area, answer.owner, answer, words)]
    if answer.overlay and answer.basis in ("point", "coarse"):
        sentences.insert(1, words("explain-overlay"))
    if asks and answer.might_be:
        sentences.append(words("explain-ask", others=words("list-separator").join(c.name for c in answer.might_be)))
    return words("sentence-separator").join(sentences)


def where(answer: Answer, words: Words) -> str:
    """Answer in a sentence how it is known which area it is; empty where there is none."""
    if answer.area is None:
        return ""
    return words(
        f"explain-{_how(answer)}",
        area=answer.area.name,
        level=level_name(answer.area.level, words),
        others=words("list-separator").join(a.name for a in answer.also),
        distance_m=round(answer.distance_m or 0, 1),
    )


def _how(answer: Answer) -> str:
    """Answer by which rule an area was found, as the end of a key."""
    if answer.basis in ("named", "bypass", "letterbox", "visit"):
        return answer.basis
    if answer.outcome == "near":
        return "near" if answer.basis == "point" else "coarse-near"
    if answer.basis == "coarse":
        return "coarse" if answer.outcome == "backstop" else "coarse-flat"
    if answer.outcome == "border" and (answer.border_m or 0) > _ON_BORDER_M:
        return "overlap"
    if answer.outcome == "backstop" and answer.also:
        return "backstop-border"
    return answer.outcome


def level_name(level: str, words: Words) -> str:
    """Answer the name of a level; an edition may declare levels of its own, which are their own names."""
    return words(f"level-{level}") if level in _LEVELS else level


_LEVELS = frozenset({"city", "county", "township", "village", "grid"})


def _who(area: AreaBrief, owner: Owner, answer: Answer, words: Words) -> str:
    if owner.role == "head":
        return words("explain-head", area=area.name)
    owner_area = answer.owner_area
    name = owner.desk or (owner_area.name if owner_area else owner.area_code)
    if answer.head and answer.head.away_until:
        back = answer.head.away_until.astimezone(_SHANGHAI)
        acts = "deputy" if owner.role == "deputy" else "desk"
        return words(f"explain-away-{acts}", area=area.name, owner=name, back=f"{back:%Y-%m-%d}")
    if not answer.vacancy and owner.role != "deputy":
        return words("explain-desk", owner=name)
    return words(f"explain-vacancy-{owner.role}", area=area.name, owner=name)
