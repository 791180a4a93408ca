"""``/places/{id}/replay``: the story of a spot, day by day, through the rules that are in force today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.errors import LogInRequiredError
from api.pages.place import PlaceId
from api.rendering import page
from api.visits import Visiting
from grids.categories import categories
from grids.clock import ZONE
from grids.language import Words
from grids.place_story import BEFORE, Story, Told
from grids.place_story_words import does, moral, said, told_to
from grids.place_views import place_seen, story_seen

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a day.

    Attributes
    ----------
    kind : str
        ``report``, ``worse`` (a report of what should not have come), ``step`` or ``alarm``.
    case_id : int
        Of a step.
    after, does, told : int, str, str
        Of an alarm: after how many reports, what its rule does, who is told.
    """

    kind: str
    at: datetime
    said: str
    case_id: int = 0
    after: int = 0
    does: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the story on which something happened; the first one is 1."""

    nth: int
    at: datetime
    entries: tuple[Entry, ...]

    def has(self, kind: str) -> bool:
        """Whether there is a line of a kind."""
        return any(one.kind == kind for one in self.entries)


@router.get("/places/{place_id}/replay")
async def show(request: Request, visit: Visiting, place_id: PlaceId) -> HTMLResponse:
    """Play a place through today's rules for those who see one of its cases."""
    if visit.actor is None:
        raise LogInRequiredError("Places are for staff: log in first.")
    place = await place_seen(visit.connection, place_id, visit.now)
    story = await story_seen(visit.connection, place, visit.now)
    category = place.seen[0].category_code
    kinds = {kind.code: kind.name(visit.lang) for kind in await categories(visit.connection, visit.now)}
    return await page(
        request,
        visit,
        "place_replay.html",
        place=place,
        called=kinds.get(category, category),
        invented=story.invented,
        days=[*_days(story, story.told[0].at.astimezone(ZONE).date(), visit.words)],
        moral=moral(story, BEFORE, visit.words),
    )


def _days(story: Story, first: date, words: Words) -> Iterator[Day]:
    for day, told in groupby(story.told, lambda one: one.at.astimezone(ZONE).date()):
        entries = tuple(_entry(one, words) for one in told)
        yield Day((day - first).days + 1, entries[0].at, entries)


def _entry(one: Told, words: Words) -> Entry:
    if one.line is None:
        told = told_to(one, words)
        return Entry("alarm", one.at, said(one, words), after=one.after, does=does(one, words), told=told)
    if one.line.verb != "report":
        return Entry("step", one.at, said(one, words), one.line.case_id)
    return Entry("worse" if one.line.category == BEFORE else "report", one.at, said(one, words))
