"""A report (说事) as it is shown afterwards: its number alone tells little, its link tells its reporter the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.answers import Answer, AreaBrief, answer_of
from grids.receipts import digest
from grids.workflow import State, allowed


class UnknownReportError(GridwardenError):
    """No report of this number, or the key does not fit it."""

    code: ClassVar[str] = "unknown_report"


@dataclass(frozen=True, slots=True)
class PublicReport:
    """What a receipt number alone tells."""

    number: str
    category: str
    state: str
    confirmed: bool | None
    received_on: date
    area: AreaBrief | None


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a case's history as its reporter sees it; ``again``: somebody reported it again after its closing."""

    at: datetime
    verb: str
    state: str
    reason: str | None
    again: bool


@dataclass(frozen=True, slots=True)
class Mediated:
    """That a case is or was in mediation, in general words; ``outcome``: where it goes since that failed."""

    state: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class ReporterView:
    """What the holder of the link may see besides; ``lon, lat`` in EPSG:4326.

    ``evaluation`` is the least content word of all who told of it, ``my_rating`` the holder's own; ``provisional``: the
    date that it is due may still move with the calendar of its year; ``joined``: it was put with a case that was
    there before, as he or the service said, which he follows from then on.
    """

    received_at: datetime
    words: str | None
    place_words: str | None
    seen_at: datetime
    channel: str
    lon: float | None
    lat: float | None
    match: Answer
    due_at: datetime
    provisional: bool
    case_id: int
    version: int
    evaluation: str | None
    my_rating: str | None
    has_confirmed: bool
    joined: bool
    recheck: tuple[str, ...]
    owner_area_code: str
    owner_role: str
    owner_desk: str | None
    mediation: Mediated | None
    events: tuple[Step, ...]

    def may_say(self, state: State) -> list[str]:
        """Answer the verbs that are open to him from a state.

        What he has confirmed he does not confirm again; that it is solved is for those to say whose case it was before
        his was put with it, and he evaluates it as partly solved or not.
        """
        open_steps = [step for step in allowed(state, {"reporter"}) if step.verb != "join"]
        if self.joined:
            open_steps = [step for step in open_steps if step.verb != "confirm"]
        return [step.verb for step in open_steps if not (self.has_confirmed and "first_word" in step.needs)]


async def receipt(connection: AsyncConnection, number: str, now: datetime) -> PublicReport:
    """Answer what a receipt number alone tells: category, area, state.

    Raises
    ------
    UnknownReportError
        ``unknown_report``.
    """
    row = (
        await connection.execute(text("SELECT receipt(:number, :at)"), {"number": number, "at": now})
    ).scalar_one_or_none()
    if row is None:
        raise UnknownReportError("No report has this number; compare it with the receipt.")
    return PublicReport(
        number=row["number"],
        category=row["category"],
        state=row["state"],
        confirmed=row["confirmed"],
        received_on=date.fromisoformat(row["received_on"]),
        area=AreaBrief(**row["area"]) if row["area"] else None,
    )


async def reporter_view(connection: AsyncConnection, number: str, key: str) -> ReporterView:
    """Answer what the holder of a report's link may see: words, pin, the answer given, the history; no names of staff.

    Raises
    ------
    UnknownReportError
        ``unknown_report`` if the key does not fit the number.
    """
    row = (
        await connection.execute(
            text("SELECT reporter_view(:number, :digest)"), {"number": number, "digest": digest(key)}
        )
    ).scalar_one_or_none()
    if row is None:
        raise UnknownReportError("This link does not fit the report; open the link from the receipt.")
    return ReporterView(
        received_at=datetime.fromisoformat(row["received_at"]),
        words=row["words"],
        place_words=row["place_words"],
        seen_at=datetime.fromisoformat(row["seen_at"]),
        channel=row["channel"],
        lon=row["lon"],
        lat=row["lat"],
        match=answer_of(row["match"], names=False),
        due_at=datetime.fromisoformat(row["due_at"]),
        provisional=row["provisional"],
        case_id=row["case_id"],
        version=row["version"],
        evaluation=row["evaluation"],
        my_rating=row["my_rating"],
        has_confirmed=row["has_confirmed"],
        joined=row["joined"],
        recheck=tuple(row["recheck"]),
        owner_area_code=row["owner"]["area_code"],
        owner_role=row["owner"]["role"],
        owner_desk=row["owner"]["desk"],
        mediation=Mediated(**row["mediation"]) if row["mediation"] else None,
        events=tuple(
            Step(datetime.fromisoformat(e["at"]), e["verb"], e["state"], e["reason"], e["again"])
            for e in row["events"] or ()
        ),
    )
