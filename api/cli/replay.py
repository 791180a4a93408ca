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
        story = story_of(connection, place, datetime.now(UTC), before)
    for line in _lines(story, before, words):
        typer.echo(line)


def _lines(story: Story, before: str, words: Words) -> list[str]:
    from grids.clock import ZONE
    from grids.place_story_words import moral

    title = story.name or words("replay-place", n=str(next(one.place_id for one in story.told if one.place_id)))
    lines = [f"{title} · {words('replay-invented')}" if story.invented else title]
    last = ""
    for one in story.told:
        day = f"{one.at.astimezone(ZONE):%Y-%m-%d}"
        lines.append(f"{day if day != last else ' ' * 10}  {_line(one, words)}")
        last = day
    return [*lines, *moral(story, before, words)]


def _line(one: Told, words: Words) -> str:
    from grids.place_story_words import does, said, told_to

    if one.rule is None:
        return said(one, words)
    return f"▲ {said(one, words)} → " + " · ".join(part for part in (does(one, words), told_to(one, words)) if part)
