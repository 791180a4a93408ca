"""Hand-overs as pages tell them: who gave and who takes, and what each case is called.  Decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.holders import holder
from api.pages.listed import Row, rows_of
from api.visits import Visit
from grids.areas import names_of
from grids.handovers import DeskKind, Handover, Mattering, ShiftDesk, desk_names, handovers_of
from grids.listed import listed
from grids.owners import Holding, holdings
from grids.tables import cases


@dataclass(frozen=True, slots=True)
class Shown:
    """A hand-over with all that it names; ``lines`` are those whose cases the reader sees, each as it is today."""

    handover: Handover
    where: str
    by: str
    to: str | None
    taken_by: str | None
    lines: tuple[tuple[Row, Mattering], ...]


def called(desk: ShiftDesk, visit: Visit) -> str:
    """Answer what a page calls a desk."""
    return visit.words("handover-desk", kind=desk.kind, area=desk.area, desk=desk.called or desk.area)


async def waiting_at(visit: Visit, kind: DeskKind) -> list[Shown]:
    """Answer the hand-overs that wait for the reader at a kind of desk, the newest first."""
    return await shown(visit, await handovers_of(visit.connection, visit.now, waiting=True, kind=kind))


async def shown(visit: Visit, found: Sequence[Handover]) -> list[Shown]:
    """Answer hand-overs with names of people, areas and cases."""
    if not found:
        return []
    ids = {line.case_id for each in found for line in each.lines}
    rows = await rows_of(visit, await listed(visit.connection, visit.now, cases.c.id.in_(ids))) if ids else []
    by_case = {row.case.id: row for row in rows}
    postings = {p for each in found for p in (each.given_by, each.to_posting, each.accepted_by) if p is not None}
    held = await holdings(visit.connection, postings)
    codes = {each.area_code for each in found} | {each.area_code for each in held.values()}
    areas = await names_of(visit.connection, codes, visit.now)
    desks = await desk_names(visit.connection, {each.area_code for each in found if each.kind == "desk"}, visit.now)

    def who(posting_id: int | None) -> str | None:
        return None if posting_id is None else _named(held.get(posting_id), areas, visit)

    return [
        Shown(
            each,
            visit.words(
                "handover-desk",
                kind=each.kind,
                area=(area := areas.get(each.area_code, each.area_code)),
                desk=each.desk or desks.get(each.area_code, area),
            ),
            who(each.given_by) or "",
            who(each.to_posting),
            who(each.accepted_by),
            tuple((by_case[line.case_id], line) for line in each.lines if line.case_id in by_case),
        )
        for each in found
    ]


def _named(held: Holding | None, areas: dict[str, str], visit: Visit) -> str:
    """Answer who somebody is at a desk: by name, which his colleagues know him by."""
    if held is None:
        return visit.words("handover-somebody")
    return held.name or holder(held.role, areas.get(held.area_code, held.area_code), held.desk, visit.words)
