"""An answer of ``locate`` as a page tells it: to whom it goes, and the one question worth asking.

Knows no request; decides nothing about who answers.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from grids.answers import Answer
from grids.areas import served
from grids.explain import explain
from grids.language import Words


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


async def tell(connection: AsyncConnection, answer: Answer, words: Words) -> Told:
    """Answer how a page tells an answer.

    Parameters
    ----------
    connection : AsyncConnection
        For the jurisdictions that are served.
    answer : Answer
        What ``locate`` said.
    words : Words
        The language.
    """
    tops = await served(connection, answer.at) if answer.area is None else ()
    return Told(
        answer=answer,
        explanation=explain(answer, words),
        recipient=recipient(answer, words),
        others=tuple(c.name for c in answer.might_be) if answer.area else (),
        served=words("list-separator").join(a.name for a in tops),
    )


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
