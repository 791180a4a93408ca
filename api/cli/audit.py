"""``gridwarden audit``: whether the record is what was written, and the anchors to keep elsewhere.

Owns the words on the terminal; ``grids.audit`` asks the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.opened import as_owner

if TYPE_CHECKING:
    from grids.audit import Fault, Verification

app = typer.Typer(help="Whether the record is what was written; the anchors to keep elsewhere.", no_args_is_help=True)

_Since = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what touches this day or later.")]

_WHY = {
    "missing": "the event before it is missing",
    "changed": "it, or the event before it, is not what was written",
    "no_case": "there is no such case",
    "no_events": "the case has no events",
    "state": "it is the last event, and the case is in another state",
    "words_changed": "its text is not the one that was said",
    "photo_changed": "the photo is not the one that was sent",
    "words_added": "it had no text when it was written",
    "anchored_gone": "an anchor folds this event, and it is not there",
    "anchor_changed": "events that this anchor folds, or the anchor, are not what they were",
    "anchor_order": "the anchor of the day before is missing, or another one",
    "anchor_not_as_kept": "the anchor is not the one that was kept elsewhere",
}


@app.command()
def verify(
    since: _Since = None,
    kept: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Anchors kept elsewhere, as `audit anchors` wrote them."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON object instead of text.")] = False,
) -> None:
    """Recompute every chain of events and every anchor. Exit code 1: something is not what was written.

    An erased text is told and is no fault.

    Example: gridwarden audit verify --kept anchors.txt
    """
    from grids import audit

    expected = audit.read_kept(kept.read_text(encoding="utf-8").splitlines()) if kept else {}
    with as_owner() as connection:
        found = audit.verify(connection, since.date() if since else None, expected)
    typer.echo(json.dumps(asdict(found), default=_plain, indent=2) if as_json else "\n".join(_lines(found)))
    if found.faults:
        raise typer.Exit(1)


@app.command()
def anchors(since: _Since = None) -> None:
    """Print the anchors, one a line: day, number of cases, digest. Keep them where nobody of this service can write.

    Example: gridwarden audit anchors --since 2026-03-01 >> anchors.txt
    """
    from grids.audit import list_anchors

    with as_owner() as connection:
        for anchor in list_anchors(connection, since.date() if since else None):
            typer.echo(anchor.line())


@app.command()
def anchor(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A day that is over, Asia/Shanghai.")],
) -> None:
    """Make the anchor of a day, and of each day since the last one; again changes nothing.

    The worker does it each night.

    Example: gridwarden audit anchor 2026-03-01
    """
    from datetime import UTC

    from grids.audit import anchor_day

    with as_owner() as connection:
        made = anchor_day(connection, day.date(), datetime.now(UTC))
    typer.echo(made.line())


def _lines(found: Verification) -> Iterator[str]:
    for fault in found.faults:
        yield f"NOT AS WRITTEN  {_where(fault)}: {_WHY[fault.why]} ({fault.why})"
    for gone in found.erasures:
        yield f"erased          case {gone.case_id}, event {gone.seq} ({gone.verb}): its text, not its digest"
    if found.unanchored_since:
        since = found.unanchored_since
        yield f"not anchored    events since {since}: nothing would show that one is gone; is a worker running?"
    verdict = f"{len(found.faults):,} do not fit" if found.faults else "all as written"
    erased = f"; {len(found.erasures):,} texts erased" if found.erasures else ""
    yield f"{found.events:,} events of {found.cases:,} cases and {found.anchors:,} anchors: {verdict}{erased}."


def _where(fault: Fault) -> str:
    parts = (
        f"case {fault.case_id}" if fault.case_id is not None else "",
        f"event {fault.seq}" if fault.seq is not None else "",
        f"anchor of {fault.day}" if fault.day is not None else "",
    )
    return ", ".join(part for part in parts if part)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in JSON")
