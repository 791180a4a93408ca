"""A rush of reports in words, for the pages that show it: the place's own, and those of its cases."""

from dataclasses import dataclass

from api.moments import Moments
from grids.crowds import Look, Rush
from grids.language import Words


@dataclass(frozen=True, slots=True)
class RushTold:
    """What a rush looks like, and why: ``why`` holds a sentence for each thing that says something."""

    look: Look
    title: str
    advice: str
    why: list[str]
    contacts: str


def rush_told(rush: Rush, words: Words, moments: Moments) -> RushTold:
    """Answer a rush in words.

    Parameters
    ----------
    rush : Rush
        The fullest hour of a place.
    words : Words
        The language.
    moments : Moments
        How instants are told.
    """
    look, says = rush.looks_like()
    why = []
    if "words" in says:
        why.append(words("place-rush-words", n=rush.words, all=rush.with_words))
    if "spots" in says:
        why.append(words("place-rush-spots", n=rush.spots, all=rush.reports))
    if "gaps" in says:
        why.append(words("place-rush-gaps", says=says["gaps"]))
    return RushTold(
        look,
        words("place-rush", n=rush.reports, moment=moments.exact(rush.until)),
        words("place-rush-look", look=look),
        why,
        words("place-rush-contacts", n=rush.contacts, photos=rush.with_photo),
    )
