"""``/api/desk``, ``/api/inbox``, ``/api/day``, ``/api/week``: the lists of staff, with the rights of their pages."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.errors import problems
from api.instants import Instant
from api.visits import Visiting
from api.working_lists import day_areas, departments_or_refusal, desk_of, in_order, week_or_refusal
from grids.desk import After, Filters, Flag, Section, desk_look
from grids.duties import INBOX_SECTIONS, InboxSection, day_list, inbox
from grids.listed import Listed
from grids.round_trip import Spot

router = APIRouter(prefix="/api", tags=["lists"])

_REFUSALS = problems("log_in_required", "list_for_others", "invalid_request", "bad_instant", "database_gone")


class ListedCase(BaseModel):
    """A case in a list."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    version: int
    number: str = Field(description="receipt number of its first report")
    category: str = Field(validation_alias="category_code")
    state: str
    urgency: str
    hazard: bool
    recurring: bool
    supervised: bool = Field(description="somebody was named to see that it is solved")
    reopened: int
    returned: int
    reports: int
    received_at: datetime
    due_at: datetime
    stage_due_at: datetime | None
    act_by: datetime = Field(description="the deadline that comes first")
    asked_until: datetime | None
    paused_until: datetime | None
    area_code: str | None
    owner_area_code: str
    owner_role: str
    owner_desk: str | None
    held: bool = Field(description="whether somebody is posted as its owner today")
    lon: float | None
    lat: float | None
    words: str | None = Field(description="how the first report begins")
    place_words: str | None


class AfterDocument(BaseModel):
    """Where the next page begins: ask with ``after_at`` and ``after_id``."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(validation_alias="act_by")
    id: int


class DeskDocument(BaseModel):
    """A page of a section of the desk, with the counts of all sections under the same filters."""

    section: str
    counts: dict[Section, int]
    cases: list[ListedCase]
    after: AfterDocument | None


class InboxDocument(BaseModel):
    """What a department owns, with the counts of all sections."""

    section: str
    counts: dict[str, int]
    cases: list[ListedCase]


class VisitDocument(BaseModel):
    """A case of the day list; ``leg_m`` are the metres from the visit before, null off the way."""

    case: ListedCase
    leg_m: float | None


class DayDocument(BaseModel):
    """The day list; ``length_m`` of the whole way there and back, null by deadline."""

    by: Literal["deadline", "way"]
    resting: int = Field(description="owned cases that wait for others")
    length_m: float | None
    visits: list[VisitDocument]

    @classmethod
    def of(cls, rows: tuple[Listed, ...], legs_m: tuple[float, ...], **more: object) -> Self:
        """Answer the document of rows, the first of which are the way."""
        legs = [*legs_m, *[None] * (len(rows) - len(legs_m))]
        visits = [{"case": row, "leg_m": leg} for row, leg in zip(rows, legs, strict=True)]
        return cls.model_validate({"visits": visits, **more}, from_attributes=True)


class NameDocument(BaseModel):
    """A name in two languages."""

    zh: str
    en: str


class WeekCase(BaseModel):
    """A case in a list of the week."""

    case_id: int
    category: NameDocument
    area: str
    state: str
    due_at: datetime
    overdue: bool
    reopened: int


class WeekListsDocument(BaseModel):
    """The two lists of a head, deputy or desk; of each list the most urgent, beside the full numbers."""

    open: int
    overdue: int
    unsolved: int = Field(description="with those closed in the past 30 days without confirmation")
    problems: list[WeekCase] = Field(description="问题清单: what is open or was closed without confirmation")
    done: dict[str, int] = Field(description="履职清单: steps of the past week, by verb")
    due: int
    due_cases: list[WeekCase] = Field(description="履职清单: due in this week, or overdue")


class PostingWeek(BaseModel):
    """The lists of one posting."""

    model_config = ConfigDict(from_attributes=True)

    posting_id: int
    area_code: str
    area: str
    role: str
    desk: str | None
    lists: WeekListsDocument


class WeekDocument(BaseModel):
    """The lists of a week, one pair for each posting that you work for."""

    week: date = Field(description="its Monday")
    postings: list[PostingWeek]


@router.get("/desk", responses=_REFUSALS)
async def desk(
    visit: Visiting,
    section: Section = "open",
    area: Annotated[str | None, Query(max_length=32)] = None,
    category: Annotated[str | None, Query(max_length=64)] = None,
    flag: Flag | None = None,
    after_at: Instant | None = None,
    after_id: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> DeskDocument:
    """What a dispatcher or supervisor directs, the most urgent first."""
    desk_of(visit)
    filters = Filters(area, category, flag)
    after = After(after_at, after_id) if after_at else None
    found = await desk_look(visit.connection, visit.now, section, filters, after)
    return DeskDocument(
        section=section,
        counts=found.counts,
        cases=[ListedCase.model_validate(row) for row in found.rows],
        after=AfterDocument.model_validate(found.after) if found.after else None,
    )


@router.get("/inbox", responses=_REFUSALS)
async def departments_inbox(visit: Visiting, section: InboxSection = "open") -> InboxDocument:
    """What the departments own for which you work, the most urgent first."""
    owned = await inbox(visit.connection, await departments_or_refusal(visit), visit.now)
    return InboxDocument(
        section=section,
        counts={each: len(owned.section(each, visit.now)) for each in INBOX_SECTIONS},
        cases=[ListedCase.model_validate(row) for row in owned.section(section, visit.now)],
    )


@router.get("/day", responses=_REFUSALS)
async def day(
    visit: Visiting,
    by: Literal["deadline", "way"] = "deadline",
    lon: Annotated[float | None, Query(ge=-180, le=180, description="where you are, WGS84")] = None,
    lat: Annotated[float | None, Query(gt=-90, lt=90)] = None,
) -> DayDocument:
    """What you and those beside you have to do, by deadline or as a short round trip from where you are."""
    found = await day_list(visit.connection, day_areas(visit), visit.now)
    start = Spot(lon, lat) if lon is not None and lat is not None else None
    rows, trip = in_order(found.rows, by, start)
    return DayDocument.of(
        rows,
        trip.legs_m if trip else (),
        by=by,
        resting=found.resting,
        length_m=trip.length_m if trip else None,
    )


@router.get("/week", responses=_REFUSALS)
async def week(visit: Visiting) -> WeekDocument:
    """The problem list and the duty list of this week, as they are now, of every grid or desk that you work for."""
    monday, found = await week_or_refusal(visit)
    return WeekDocument(week=monday, postings=[PostingWeek.model_validate(one) for one in found])
