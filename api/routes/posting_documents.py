"""Bodies and documents of ``/api/postings``; decide nothing."""

from datetime import date, datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from grids.language import Words
from grids.posting_rows import EARLIEST, LATEST, ROLES
from grids.posting_words import fault_line
from grids.postings import Changed, Reason

_Role = Literal[
    "head", "deputy", "member", "desk", "dispatcher", "department", "handler", "clerk", "supervisor", "planner",
    "administrator", "helper",
]  # fmt: skip


class _Document(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PostingDocument(_Document):
    """A posting, [since, until); ``away_*`` of the absence that is, or comes next."""

    id: int
    area_code: str
    role: str = Field(examples=list(ROLES[:2]))
    name: str | None
    desk: str | None
    name_public: bool
    since: datetime
    until: datetime | None
    away_since: datetime | None
    away_until: datetime | None
    stand_in: int | None = Field(description="the posting that acts meanwhile")


class VacancyDocument(_Document):
    """A grid without a head, now (`vacant`) or soon (`ending`)."""

    area_code: str
    name: str
    kind: Literal["vacant", "ending"]
    since: datetime | None
    until: datetime | None = Field(description="when a head who is posted already begins")


class RowBody(BaseModel):
    """One posting as it should be; `until` is the first day on which it is no longer held.  Days of Asia/Shanghai."""

    model_config = ConfigDict(extra="forbid")

    area_code: str | None = Field(None, max_length=32)
    role: _Role | None = None
    name: str | None = Field(None, max_length=100)
    staff_number: str | None = Field(None, pattern=r"^\S{1,32}$")
    desk: str | None = Field(None, max_length=100)
    name_public: bool | None = None
    email: str | None = Field(None, max_length=200, description="where the person is written to; `-`: nowhere")
    since: date | None = Field(None, ge=EARLIEST, lt=LATEST)
    until: date | None = Field(None, ge=EARLIEST, lt=LATEST)
    posting_id: int | None = Field(None, ge=1, le=2**31 - 1, description="a recorded posting instead of who and where")
    withdraw: bool = Field(False, description="take back a posting that has not begun")


class ChangeBody(BaseModel):
    """Rows to try, or with `commit` to write; with one fault nothing is written."""

    model_config = ConfigDict(extra="forbid")

    rows: list[RowBody] = Field(min_length=1, max_length=5000)
    commit: bool = False
    correct_history: bool = Field(False, description="rewrite the past where a row says so; it is written down")


class FaultDocument(BaseModel):
    """What is wrong with a row and what to do; rows are counted from 1, of a file as its own."""

    row: int
    code: str
    detail: str


class ChangeDocument(_Document):
    """What becomes of one posting."""

    row: int
    kind: str
    correction: bool
    posting_id: int | None = Field(description="null where nothing was tried because of a fault")
    area_code: str
    area: str
    role: str
    desk: str | None
    name: str | None
    since: datetime
    until: datetime | None
    was_since: datetime | None
    was_until: datetime | None


class FollowedDocument(_Document):
    """Open cases of a posting that ends, and who has them then."""

    row: int
    cases: int
    area_code: str
    area: str
    role: str
    desk: str | None
    name: str | None


class ChangedDocument(BaseModel):
    """What a change does, or did."""

    committed: bool
    nothing_new: bool
    counts: dict[str, int]
    corrections: int
    faults: list[FaultDocument]
    changes: list[ChangeDocument] = Field(description="the first 500")
    more: int
    follow: list[FollowedDocument]

    @classmethod
    def of(cls, changed: Changed, words: Words) -> Self:
        """Answer the document of a change in a language."""
        return cls(
            committed=changed.committed,
            nothing_new=changed.nothing_new,
            counts=dict(changed.counts),
            corrections=changed.corrections,
            faults=[FaultDocument(row=f.row, code=f.code, detail=fault_line(f, words)) for f in changed.faults],
            changes=[ChangeDocument.model_validate(one) for one in changed.changes],
            more=changed.more,
            follow=[FollowedDocument.model_validate(one) for one in changed.follow],
        )


class AbsenceBody(BaseModel):
    """From `since` on somebody is away, `until` he is back; `stand_in` is a deputy's posting, else somebody by name."""

    model_config = ConfigDict(extra="forbid")

    since: date = Field(ge=EARLIEST, lt=LATEST)
    until: date = Field(ge=EARLIEST, lt=LATEST)
    reason: Reason
    stand_in: int | None = Field(None, ge=1, le=2**31 - 1)
    name: str | None = Field(None, max_length=100)
    staff_number: str | None = Field(None, pattern=r"^\S{1,32}$")


class LogInBody(BaseModel):
    """The login that is offered."""

    model_config = ConfigDict(extra="forbid")

    login: str = Field(max_length=63)


class LinkDocument(BaseModel):
    """Shown once; whoever opens it chooses the password.  Good for a week."""

    link: str


class EndBody(BaseModel):
    """Whether the log-in is taken away, or only all sessions end."""

    model_config = ConfigDict(extra="forbid")

    take: bool = False
