"""An answer of ``locate`` as a page tells it: to whom it goes, and the one question worth asking.

Knows no request; decides nothing about who answers.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from grids.answers import Answer
from grids.areas import names_of, served
from grids.explain import explain
from grids.language import Words

# A neighbour with less of the circle than this is not worth a question.
_WORTH_ASKING: Final = 0.2
# Beyond this accuracy the village answers, and no side of a road can be told.
_COARSE_M: Final = 500


@dataclass(frozen=True, slots=True)
class Told:
    """An answer with its words.

    ``others`` are the names of grids that it might be instead, likeliest first; ``served`` names the jurisdictions that
    are served, where this one is not.
    """

    answer: Answer
    explanation: str
    recipient: str
    others: tuple[str, ...]
    served: str


async def tell(connection: AsyncConnection, answer: Answer, words: Words, accuracy_m: float | None = None) -> Told:
    """Answer how a page tells an answer.

    Parameters
    ----------
    connection : AsyncConnection
        For the names of the candidates.
    answer : Answer
        What ``locate`` said.
    words : Words
        The language.
    accuracy_m : float, optional
        Of the position that was asked.
    """
    codes = _worth_asking(answer, accuracy_m)
    names = await names_of(connection, codes, answer.at)
    tops = await served(connection, answer.at) if answer.area is None else ()
    return Told(
        answer=answer,
        explanation=explain(answer, words),
        recipient=recipient(answer, words),
        others=tuple(names.get(c, c) for c in codes),
        served=words("list-separator").join(a.name for a in tops),
    )


def _worth_asking(answer: Answer, accuracy_m: float | None) -> tuple[str, ...]:
    if answer.area is None or not accuracy_m or accuracy_m > _COARSE_M:
        return ()
    others = [c for c in answer.candidates if c.code != answer.area.code and c.share >= _WORTH_ASKING]
    return tuple(c.code for c in sorted(others, key=lambda c: (-c.share, c.code)))


def recipient(answer: Answer, words: Words) -> str:
    """Answer who gets it, as a person would name them; empty where nobody does.

    A head's name only where the answer carries it; else the role and the area, and for a desk its public name.
    """
    owner, area = answer.owner, answer.owner_area
    if owner is None or area is None:
        return ""
    if owner.role == "head" and answer.head and answer.head.name:
        return answer.head.name
    if owner.role == "desk":
        return owner.desk or words("recipient-desk", area=area.name)
    # "示例村第一网格" and "网格长" share a word.
    shared = "yes" if area.name.endswith("网格") else "no"
    return words(f"recipient-{owner.role}", area=area.name, shared=shared)
