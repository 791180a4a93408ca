"""An answer of ``locate`` in words: one sentence for where, one for who.  Decides nothing."""

from grids.answers import Answer, AreaBrief, Owner
from grids.language import Words


def explain(answer: Answer, words: Words) -> str:
    """Answer in a sentence or two how it is known which area answers, and who must act.

    Parameters
    ----------
    answer : Answer
        What ``locate`` said.
    words : Words
        The language.
    """
    if answer.area is None or answer.owner is None:
        return words("explain-no-edition" if answer.edition is None else "explain-outside")
    where = words(
        _HOW.get((answer.basis, answer.outcome), f"explain-{answer.outcome}"),
        area=answer.area.name,
        level=level_name(answer.area.level, words),
        others=words("list-separator").join(a.name for a in answer.also),
        distance_m=round(answer.distance_m or 0, 1),
    )
    return where + words("sentence-separator") + _who(answer.area, answer.owner, answer, words)


# Why no grid is named, where it is not that there is none.
_HOW = {
    ("coarse", "backstop"): "explain-coarse",
    ("named", "backstop"): "explain-named",
    ("named", "inside"): "explain-named",
    ("bypass", "backstop"): "explain-bypass",
}


def level_name(level: str, words: Words) -> str:
    """Answer the name of a level; an edition may declare levels of its own, which are their own names."""
    return words(f"level-{level}") if level in _LEVELS else level


_LEVELS = frozenset({"city", "county", "township", "village", "grid"})


def _who(area: AreaBrief, owner: Owner, answer: Answer, words: Words) -> str:
    if owner.role == "head":
        return words("explain-head", area=area.name)
    owner_area = answer.owner_area
    name = owner.desk or (owner_area.name if owner_area else owner.area_code)
    if not answer.vacancy:
        return words("explain-desk", owner=name)
    return words(f"explain-vacancy-{owner.role}", area=area.name, owner=name)
