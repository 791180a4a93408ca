"""Why a step was not taken, for the page on which somebody tried: of a case, a mediation, a hearing, a part."""

from dataclasses import dataclass

from api.errors import STATUS, problem_of
from grids.language import Words
from grids.reports import TextTooLongError
from grids.steps import StepError, StepIncompleteError


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a step was not taken; ``field`` names the field that it lies in, "" for none."""

    title: str
    detail: str
    status: int
    code: str
    field: str


def trouble_of(error: StepError | TextTooLongError, words: Words) -> Trouble:
    """Answer a refusal in the reader's language."""
    problem = problem_of(error)
    told = problem.document(words, "")
    field = error.field if isinstance(error, StepIncompleteError) else "words"
    return Trouble(told["title"], told["detail"], STATUS[problem.code], problem.code, field or "")
