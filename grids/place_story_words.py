"""The story of a spot in words, for the shell and for a page.  Decides nothing."""

from grids.clock import ZONE
from grids.language import Words
from grids.letters import owner_words
from grids.place_recipients import Recipient
from grids.place_story import Story, Told
from grids.place_words import deeds, sentence


def said(one: Told, words: Words) -> str:
    """Answer what happened, or which rule would have rung and why."""
    if one.alarm is not None and one.rule is not None:
        return words("replay-alarm", rule=one.rule.note, why=sentence(one.alarm.facts, words))
    if one.line is None or one.line.verb == "report":
        channel = words(f"channel-{one.channel}") if one.channel else ""
        return words("replay-report", n=one.nth, family=_family(one, words), channel=channel or "no")
    # What silence closed is confirmed by whoever evaluates it as solved.
    verb = "evaluate" if one.line.verb == "confirmed" else one.line.verb
    return words("replay-step", case=str(one.line.case_id), step=words(f"verb-{verb}"))


def does(one: Told, words: Words) -> str:
    """Answer what a rule that would have rung does."""
    return words("list-separator").join(deeds(one.rule, words)) if one.rule else ""


def told_to(one: Told, words: Words) -> str:
    """Answer who would have been told; nothing where nobody is known."""
    who = words("list-separator").join(_recipient(each, words) for each in one.who)
    return words("replay-told", who=who) if who else ""


def moral(story: Story, before: str, words: Words) -> list[str]:
    """Answer when a story would first have rung, when it would have gone up, and how long before something worse.

    Parameters
    ----------
    story : Story
        Of a spot.
    before : str
        The category of what is worse.
    words : Words
        Of the reader's language.

    Returns
    -------
    list of str
        A sentence each.
    """
    first, up = story.first_alarm(), story.first_up()
    if first is None:
        return [words("replay-silent")]
    if up is None or up.at == first.at:
        return [_rang(story, first, before, words, up="no")]
    return [words("replay-rings", **_told(first)), _rang(story, up, before, words, up="yes")]


def _rang(story: Story, alarm: Told, before: str, words: Words, up: str) -> str:
    ahead = story.first_report(before, alarm.at)
    if ahead is None:
        return words("replay-went-up" if up == "yes" else "replay-rings", **_told(alarm))
    days = (ahead.at.astimezone(ZONE).date() - alarm.at.astimezone(ZONE).date()).days
    return words("replay-ahead", **_told(alarm), days=days, family=_family(ahead, words), up=up)


def _told(alarm: Told) -> dict[str, str | int]:
    return {"day": f"{alarm.at.astimezone(ZONE):%Y-%m-%d}", "n": alarm.after}


def _family(one: Told, words: Words) -> str:
    return words("family", family=one.family).lower()


def _recipient(one: Recipient, words: Words) -> str:
    if one.part == "supervises":
        return words("replay-supervisor", area=one.area)
    return words("replay-who", part=one.part, who=owner_words(words, one.role, one.area, one.desk))
