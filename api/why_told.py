"""Why a case is where it is, in sentences, for the page, the API and the shell.

Pure; ``grids.why`` reads what was kept.  Names no person: a posting is told by its number.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from api.holders import holder
from api.moments import Moments
from grids.answers import Answer
from grids.explain import where
from grids.language import Words
from grids.why import Holder, Matched, Move, Why


@dataclass(frozen=True, slots=True)
class Reasons:
    """Sentences of each report, by its number, and of each move."""

    reports: tuple[tuple[str, tuple[str, ...]], ...]
    moves: tuple[str, ...]


def reasons(why: Why, moments: Moments) -> Reasons:
    """Answer why a case is where it is, a sentence for each thing that decided it.

    Parameters
    ----------
    why : Why
        What was kept.
    moments : Moments
        Says when something was, in the reader's language.
    """
    words = moments.words
    return Reasons(
        tuple((each.number, tuple(_of_report(each, moments))) for each in why.matched),
        tuple(words("sentence-separator").join(_of_move(move, moments)) for move in why.moves)
        or (words("why-not-moved"),),
    )


def _of_report(each: Matched, moments: Moments) -> Iterator[str]:
    words, answer = moments.words, each.answer
    if answer.basis != "named" and each.datum is not None:
        key = "why-point" if each.accuracy_m is None else "why-point-accuracy"
        yield words(key, datum=words(f"datum-{each.datum}"), accuracy_m=each.accuracy_m or 0)
    if answer.edition is not None:
        yield words("why-edition", edition=answer.edition, at=moments.exact(answer.at))
    if answer.area is None:
        yield words("explain-outside")
        return
    yield where(answer, words)
    yield from _by_which_rule(answer, words)
    yield _who(answer, moments)
    if each.seen_head is not None and (answer.head is None or answer.head.posting_id != each.seen_head):
        yield words("why-seen", posting=str(each.seen_head), at=moments.exact(each.seen_at))


def _by_which_rule(answer: Answer, words: Words) -> Iterator[str]:
    if answer.overlay and answer.basis in ("point", "coarse"):
        yield words("explain-overlay")
    if answer.tolerance_m is not None:
        yield words("why-tolerance", tolerance_m=answer.tolerance_m)
    if answer.also and answer.area is not None:
        others = words("list-separator").join(a.code for a in answer.also)
        yield words("why-tie", code=answer.area.code, others=others)
    if answer.outcome == "inside" and answer.border_m is not None:
        yield words("why-border", border_m=round(answer.border_m))
    here = answer.area.code if answer.area else None
    shares = [(c.name, str(round(c.share * 100))) for c in answer.candidates if c.code != here]
    if shares:
        listed = [words("why-share", area=name, percent=percent) for name, percent in shares]
        yield words("why-candidates", others=words("list-separator").join(listed))


def _who(answer: Answer, moments: Moments) -> str:
    """Answer who had to act then, by which posting."""
    words, owner = moments.words, answer.owner
    if owner is None:
        return words("explain-outside")
    if owner.posting_id is None:
        return words("why-nobody", area=answer.owner_area.name if answer.owner_area else owner.area_code)
    posting = str(owner.posting_id)
    if owner.role == "head" and answer.head is not None:
        return words("why-head", posting=posting, since=moments.day(answer.head.since))
    area = answer.owner_area.name if answer.owner_area else owner.area_code
    called = holder(owner.role, area, owner.desk, words)
    return words("why-vacancy" if answer.vacancy else "why-owner", owner=called, posting=posting)


def _of_move(move: Move, moments: Moments) -> Iterator[str]:
    words = moments.words
    told = {"at": moments.exact(move.at), "verb": words(f"verb-{move.verb}")}
    if move.redrawn is not None:
        gone = words("why-no-area")
        drawn = move.redrawn
        yield words(
            "why-redrawn", **told, edition=drawn.edition, before=drawn.before or gone, after=drawn.after or gone
        )
    if move.before is None or move.after is None:
        return
    told |= {"before": _called(move.before, words), "after": _called(move.after, words)}
    if move.rule is None:
        yield words("why-moved", **told)
    else:
        yield words("why-moved-by-rule", **told, note=move.rule.note, rule=str(move.rule.id))


def _called(owner: Holder, words: Words) -> str:
    called = holder(owner.role, owner.area_name, owner.desk, words)
    return called if owner.posting_id is None else words("why-posting", owner=called, posting=str(owner.posting_id))
