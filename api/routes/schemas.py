"""The documents of the contract as pydantic models, made from the values of ``grids``; names as DESIGN fixes them."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.instants import Instant
from gis.position import Position
from grids import answers
from grids.areas import AreaRecord
from grids.explain import explain
from grids.language import Words
from grids.reports import MAX_CONTACT, MAX_PLACE_WORDS, MAX_TEXT, MissingPlaceError, NewReport

DatumName = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
Channel = Literal["app", "wechat", "hotline", "village_box", "talking_point", "patrol", "letterbox", "visit"]


class _Value(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class AreaBrief(_Value):
    """An area by code."""

    code: str = Field(examples=["131024106999001"])
    name: str = Field(examples=["示例村第一网格"])
    level: str = Field(examples=["grid"])


class Head(_Value):
    """Who is head; the name only where it may be shown."""

    role: str = Field(examples=["head"])
    name: str | None = Field(examples=["示例村第一网格长"])
    since: datetime
    away_until: datetime | None = Field(None, description="absent, and back then; `owner` acts meanwhile")


class Owner(_Value):
    """Who must act now."""

    area_code: str = Field(examples=["131024106999001"])
    level: str = Field(examples=["grid"])
    role: str = Field(examples=["head"])
    desk: str | None


class Candidate(_Value):
    """An area that the accuracy circle touches."""

    code: str
    name: str
    share: float = Field(ge=0, le=1, description="share of the circle, 0 to 1; all of them make 1 at most")
    distance_m: float = Field(ge=0)


class Located(_Value):
    """Which area answers for a point or an area, who acts, and how that is known."""

    outcome: Literal["inside", "border", "near", "backstop", "outside"]
    area: AreaBrief | None
    head: Head | None = Field(description="null: a vacancy")
    owner: Owner | None = Field(description="null only outside")
    chain: list[AreaBrief]
    also: list[AreaBrief]
    candidates: list[Candidate]
    distance_m: float | None
    border_m: float | None
    edition: str | None
    at: datetime
    explanation: str = Field(examples=["这个位置在示例村第一网格内。由示例村第一网格的负责人处理。"])

    @classmethod
    def of(cls, answer: answers.Answer, words: Words, *, asks: bool = False) -> Self:
        """Answer the document of an answer, explained in a language, perhaps with the question that it leaves open."""
        plain = {name: getattr(answer, name) for name in cls.model_fields if name != "explanation"}
        return cls.model_validate({**plain, "explanation": explain(answer, words, asks=asks)})


class _About(BaseModel):
    """Where, and of what category: ``lon, lat, datum`` (and ``accuracy_m``), or ``area_code``."""

    lon: float | None = None
    lat: float | None = None
    datum: DatumName | None = Field(None, description="no default: name it, or ask")
    accuracy_m: float | None = None
    area_code: str | None = Field(None, max_length=32)
    category: str = Field(max_length=64)

    def position(self) -> Position | None:
        """Answer the position, None if an area is named."""
        if self.lon is None and self.lat is None:
            return None
        # What is missing is told by the value itself: not a number, or no datum.
        lon = float("nan") if self.lon is None else self.lon
        lat = float("nan") if self.lat is None else self.lat
        return Position(lon, lat, self.datum or "", self.accuracy_m)  # type: ignore[arg-type]


class ReportBody(_About):
    """A report: ``lon, lat, datum`` (and ``accuracy_m``), or ``area_code`` with ``place_words``."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "lon": 117.05,
                    "lat": 39.72,
                    "datum": "wgs84",
                    "accuracy_m": 12,
                    "category": "illegal_dumping",
                    "text": "苗圃东边又有人倒垃圾。",
                    "channel": "app",
                }
            ]
        },
    )

    place_words: str | None = Field(None, max_length=MAX_PLACE_WORDS)
    text: str = Field(description="at most 4,000 characters")
    channel: Channel
    seen_at: Instant | None = None
    contact: str | None = Field(None, max_length=MAX_CONTACT)
    to_level: Literal["township", "county", "city"] | None = Field(
        None, description="of a `letterbox` letter, or a `visit` without `rota_id`: whose; without it the township's"
    )
    rota_id: int | None = Field(
        None, ge=1, le=2**31 - 1, description="of a `visit`: the day of the rota on which the visitor was received"
    )
    same_as: int | None = Field(
        None,
        ge=1,
        le=2**63 - 1,
        description="the case, of those that `POST /api/reports/akin` answers, that it is the same as",
    )

    def report(self) -> NewReport:
        """Answer what was said, checked."""
        return NewReport(
            category=self.category,
            text=self.text,
            channel=self.channel,
            position=self.position(),
            area_code=self.area_code,
            place_words=self.place_words,
            seen_at=self.seen_at,
            contact=self.contact,
            to_level=self.to_level,
            rota_id=self.rota_id,
        )


class ReceiptDocument(BaseModel):
    """What the sender keeps."""

    number: str = Field(examples=["1234567897"])
    link: str = Field(examples=["/status/1234567897?key=8Xc…"], description="carries a 128-bit key")
    received_at: datetime
    match: Located
    joined: bool = Field(description="it was put with a case that was there before")


class AkinBody(_About):
    """What somebody is about to report, and what he has said of it so far."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=MAX_TEXT)

    def where(self) -> tuple[float, float] | str:
        """Answer the pin in EPSG:4326 degrees, or the area's code.

        Raises
        ------
        BadPositionError, MissingPlaceError
            Neither was given, or no usable position.
        """
        position = self.position()
        if position is not None:
            return position.wgs84
        if self.area_code is None:
            raise MissingPlaceError("Give lon, lat and datum, or area_code.")
        return self.area_code


class AkinDocument(_Value):
    """A case that may be the same."""

    case_id: int
    category_code: str
    state: str
    confirmed: bool | None
    received_on: date
    closed_on: date | None = Field(description="closed ones are for staff alone")
    area_code: str | None
    reports: int = Field(description="how often it was reported")
    joinable: bool = Field(description="may stand in `same_as`")
    metres: float | None = Field(description="from pin to pin, for staff who see the case")
    words: str | None = Field(description="what a clerk released or, for staff, what was said")
    photo: str | None = Field(description="address of one that a clerk released or, for staff, of any")


class Step(_Value):
    """One line of a case's history."""

    at: datetime
    verb: str
    state: str
    reason: str | None
    again: bool = Field(description="opened again by a report within 30 days of its closing")


class ClosedHereDocument(_Value):
    """A case that was closed at the place of the report."""

    case_id: int
    version: int
    category: str
    state: str
    confirmed: bool | None
    received_at: datetime
    closed_at: datetime
    petition: "ClosingDocument | None" = Field(description="closed as a petition: it cannot be reopened from here")


class ReportDocument(BaseModel):
    """A report by its number; what only its reporter may see stands in ``reporter``, null without the key."""

    number: str
    category: str
    state: str
    confirmed: bool | None
    received_on: date
    area: AreaBrief | None
    reporter: "ReporterPart | None" = None


class MediationBrief(_Value):
    """That a case is or was in mediation, in general words: for all who see the case, and for its reporters."""

    state: str = Field(
        examples=["opened"], description="opened, vacant (a mediator has to be named), agreed, failed or withdrawn"
    )
    outcome: str | None = Field(description="failed: where it goes, to a lawyer or to court")


class ClosingDocument(_Value):
    """By whom and when a petition was closed, and which way is left."""

    closed_at: datetime
    area: str
    role: str = Field(examples=["supervisor"])
    desk: str | None
    review_until: datetime = Field(description="until when the next level can be asked")
    next: str | None = Field(description="the area of the next level up; null: the topmost one closed it")


class HearingSeenDocument(_Value):
    """A hearing as the reporters of its case see it."""

    nth: int
    state: str = Field(examples=["called"], description="called, held, closed, lifted or cancelled")
    at: datetime
    place: str | None
    proposal: str | None = Field(description="close or go_on, of one that was held")


class ReporterPart(BaseModel):
    """What the holder of the link sees besides."""

    received_at: datetime
    words: str | None
    place_words: str | None
    seen_at: datetime
    channel: str
    lon: float | None
    lat: float | None
    due_at: datetime
    provisional: bool = Field(description="the date may still move: the make-up days of its year are not published")
    match: Located
    events: list[Step]
    version: int = Field(description="of the case; a step asks for it")
    evaluation: str | None = Field(description="the least content word of all who told of it")
    my_rating: str | None = Field(description="your own")
    recheck: list[str] = Field(description="why somebody uninvolved has to look at it too; empty: nobody has to")
    mediation: MediationBrief | None = Field(description="null: it is not and was not in mediation")
    hearings: list[HearingSeenDocument]
    petition: ClosingDocument | None = Field(description="null: it was not closed as a petition")
    steps: list[str] = Field(description="what the reporter can say now", examples=[["confirm", "deny"]])
    closed_here: list[ClosedHereDocument] = Field(description="what was closed at this place; it can be reopened")


class AreaDocument(_Value):
    """One area as it stood at an instant; ``bbox`` west, south, east, north and ``label`` lon, lat in EPSG:4326."""

    code: str
    name: str
    level: str
    parent_code: str | None
    chain: list[AreaBrief]
    children: list[AreaBrief]
    bbox: tuple[float, float, float, float]
    label: tuple[float, float]
    households: int | None
    residents: int | None
    area_m2: float
    edition: str
    synthetic: bool
    head: Head | None
    owner: Owner | None

    @classmethod
    def of(cls, record: AreaRecord) -> Self:
        """Answer the document of an area."""
        return cls.model_validate(record)


class AreaHit(_Value):
    """An area found by name or code, with the names above it."""

    code: str
    name: str
    level: str
    chain: list[str]


class CategoryDocument(_Value):
    """A category as it stands from ``since`` on."""

    code: str
    family: str
    name_zh: str
    name_en: str
    private: bool
    urgency: str
    deadlines: dict[str, object]
    since: datetime


Lon = Annotated[float, Field(examples=[117.05], description="longitude in degrees, in the datum named")]
Lat = Annotated[float, Field(examples=[39.72], description="latitude in degrees, in the datum named")]
