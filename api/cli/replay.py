"""``gridwarden replay``: play the story of a spot day by day through today's rules on places."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.opened import as_owner

if TYPE_CHECKING:
    from grids.language import Words
    from grids.place_story import Story, Told


def replay(
    place: Annotated[str, typer.Option(help="Number of a place, or code, kind or name of a site: nursery.")],
    before: Annotated[str, typer.Option(help="The category of report of which the alarm is to come ahead.")] = "fire",
    lang: Annotated[str | None, typer.Option(help="zh or en; follows LANG.")] = None,
) -> None:
    """Say what happened at a spot, day by day, and when today's rules would have rung, for whom, and how far ahead.

    Changes nothing.

    Example: gridwarden replay --place nursery
    """
    from api.languages import words_at_terminal
    from grids.place_story import story_of

    words = words_at_terminal(lang)
    with as_owner(autocommit=True) as connection:
        story = story_of(connection, place, datetime.now(UTC))
    for line in _lines(story, before, words):
        typer.echo(line)


def _lines(story: Story, before: str, words: Words) -> list[str]:
    from grids.clock import ZONE

    title = story.name or words("replay-place", n=story.told[0].place_id)
    lines = [f"{title} · {words('replay-invented')}" if story.invented else title]
    last = ""
    for one in story.told:
        day = f"{one.at.astimezone(ZONE):%Y-%m-%d}"
        said = _said(one, words)
        if said is not None:
            lines.append(f"{day if day != last else ' ' * 10}  {said}")
            last = day
    return [*lines, _moral(story, before, words)]


def _said(one: Told, words: Words) -> str | None:
    from grids.place_words import deeds, sentence

    if one.alarm is not None and one.rule is not None:
        told = words("list-separator").join(deeds(one.rule, words))
        who = [one.desk] if one.desk else []
        who += [words("replay-supervisor", area=one.supervisor_of)] if one.supervisor_of else []
        ringing = words("replay-alarm", rule=one.rule.note, why=sentence(one.alarm.facts, words), does=told)
        return ringing + (words("replay-told", who=words("list-separator").join(who)) if who else "")
    if one.line is None or one.line.verb in ("receive", "look", "photo", "note"):
        return None
    if one.line.verb == "report":
        return words("replay-report", n=one.nth, family=words("family", family=one.family))
    return words("replay-step", case=one.line.case_id, step=words(f"verb-{one.line.verb}"))


def _moral(story: Story, before: str, words: Words) -> str:
    alarm = story.first_alarm()
    if alarm is None:
        return words("replay-silent")
    from grids.clock import ZONE

    reports = sum(one.nth > 0 and one.at <= alarm.at and one.place_id == alarm.place_id for one in story.told)
    ahead = story.first_report(before, alarm.at)
    day = f"{alarm.at.astimezone(ZONE):%Y-%m-%d}"
    if ahead is None:
        return words("replay-rings", day=day, n=reports)
    family = words("family", family=ahead.family)
    days = (ahead.at.astimezone(ZONE).date() - alarm.at.astimezone(ZONE).date()).days
    return words("replay-ahead", day=day, n=reports, days=days, family=family)
