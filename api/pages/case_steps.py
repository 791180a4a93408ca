"""The steps of a case as forms: which are offered, which comes first, what was typed, and what is wrong with it.

Keeps every word that was typed.  What is allowed, ``grids.workflow`` says; what is right, ``take_step``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from api.instants import within_reach
from api.moments import SHANGHAI
from grids.cases import WholeCase, case_of_number, open_steps
from grids.hearings import Hearings, unlifted
from grids.mediations import Told, unhindered
from grids.receipts import BadNumberError, clean_number
from grids.reports import TextTooLongError
from grids.steps import MAX_BODY, MAX_WORDS, OF_THE_CASE
from grids.workflow import BY_VERB, Relation, Step

# What somebody most likely came for; the first of these that is open is the one primary action.
_FIRST: Final = (
    "approve_extension",
    "pass_recheck",
    "claim",
    "start",
    "dispatch",
    "take",
    "resume",
    "accept",
    "reopen",
    "note",
)
# A case that is handed on already has somebody who works on it: handing it on again is not what one came for.
_TO_HAND_ON: Final = frozenset({"received", "accepted"})
# Steps that may carry a word though they need none.
_MAY_SAY: Final = frozenset({"dispatch", "approve_extension", "resume", "accept"})
# What no form asks for besides: the case is so, or it is not, and who gets it is chosen once.
_NOT_ASKED: Final = OF_THE_CASE | {"words", "level", "loop"}
_BIGGEST: Final = {"integer": 2**31 - 1, "bigint": 2**63 - 1}


class Typed(BaseModel):
    """The fields of a step's form, as they came; ``seq`` is the last line of the history that its writer saw."""

    verb: str = ""
    version: str = ""
    seq: str = ""
    words: str = ""
    posting_id: str = ""
    until: str = ""
    rating: str = ""
    into: str = ""
    into_number: str = ""
    report: str = ""
    category: str = ""
    urgency: str = ""
    body: str = ""
    case: str = ""

    def said(self) -> str:
        """Answer the words, with line ends counted once."""
        return self.words.replace("\r\n", "\n").strip()

    def check(self) -> None:
        """Pass for words that a step can carry.

        Raises
        ------
        TextTooLongError
            ``text_too_long``.
        """
        if len(self.said()) > MAX_WORDS:
            raise TextTooLongError(
                f"At most {MAX_WORDS} characters.", params={"length": len(self.said()), "most": MAX_WORDS}
            )

    def number(self, name: str, kind: str = "integer") -> int | None:
        """Answer a field as a number that the database can hold, None for anything else."""
        given = getattr(self, name).strip()
        if not (given.isascii() and given.isdigit() and len(given) <= len(str(_BIGGEST[kind]))):
            return None
        return number if (number := int(given)) <= _BIGGEST[kind] else None

    def moment(self) -> datetime | None:
        """Answer until when, aware: the page's clock is that of Shanghai; None where nothing usable was given."""
        try:
            at = datetime.fromisoformat(self.until)
            return within_reach(at if at.tzinfo else at.replace(tzinfo=SHANGHAI))
        except (ValueError, OverflowError):
            return None

    def data(self, into: int | None = None) -> dict[str, Any]:
        """Answer what the step needs besides its words, as ``grids.steps.take`` wants it.

        Parameters
        ----------
        into : int or None
            The case that takes the reports, where a merge was asked for.
        """
        posting_id, until = self.number("posting_id"), self.moment()
        given = {
            "owner": None if posting_id is None else {"posting_id": posting_id},
            "until": until.isoformat() if until else None,
            "rating": self.rating,
            "into": into,
            "report": self.report,
            "category": self.category,
            "urgency": self.urgency,
            "body": self.body.strip(),
        }
        return {name: value for name, value in given.items() if value}

    async def target(self, connection: AsyncConnection) -> int | None:
        """Answer the case to merge into: one of the list, of a receipt number, or by its own number."""
        if not self.into_number.strip():
            return self.number("into", "bigint")
        try:
            found = await case_of_number(connection, clean_number(self.into_number))
        except BadNumberError:
            found = None
        return found if found is not None else self.number("into_number", "bigint")


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that is open to the reader; ``says`` is "needed", "optional" or "no": whether it carries words."""

    verb: str
    needs: tuple[str, ...]
    says: str
    shown: bool

    @property
    def bare(self) -> bool:
        """Whether nothing has to be filled in."""
        return not self.needs


def offers(case: WholeCase, held: Iterable[Relation]) -> list[Offer]:
    """Answer the steps that the reader may take now and that can succeed, the likeliest first.

    Parameters
    ----------
    case : WholeCase
        As the reader sees it.
    held : iterable of str
        What the reader is to it.
    """
    ranked = sorted((_offer(step) for step in open_steps(case, held)), key=lambda offer: _rank(offer.verb, case.state))
    # A note comes first only where nothing else does.
    return sorted(ranked, key=lambda offer: offer.verb == "note" and offer is not ranked[0])


def unhindered_offers(offered: Iterable[Offer], told: Told, heard: Hearings) -> list[Offer]:
    """Answer those that neither the case's mediation nor its closing as a petition hinders, in their order."""
    free = {step.verb for step in unlifted(unhindered(BY_VERB.values(), told), heard)}
    return [offer for offer in offered if offer.verb in free]


def _offer(step: Step) -> Offer:
    says = "needed" if "words" in step.needs else "optional" if step.verb in _MAY_SAY else "no"
    needs = tuple(need for need in step.needs if need not in _NOT_ASKED)
    return Offer(step.verb, ("words", *needs) if says == "needed" else needs, says, step.shown)


def _rank(verb: str, state: str) -> int:
    late = verb not in _FIRST or (verb == "dispatch" and state not in _TO_HAND_ON)
    return len(_FIRST) if late else _FIRST.index(verb)


LIMITS: Final = {"words": MAX_WORDS, "body": MAX_BODY}
