"""``gridwarden postings``: read a file of postings, list them, name the grids without a head.

Owns the words on the terminal; ``grids.posting_files`` reads, ``grids.postings`` asks the database.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer

from api.cli.opened import opened
from api.cli.reading import answered
from gis.errors import GridwardenError

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from grids.language import Words
    from grids.postings import Changed

app = typer.Typer(help="Who is posted where: read a file, list, name the grids without a head.", no_args_is_help=True)

_Lang = Annotated[str | None, typer.Option(help="zh or en; follows LANG.")]
_Login = Annotated[str | None, typer.Option("--as", metavar="LOGIN", help="With somebody's rights: all names.")]
_SHOWN = 40


class PostingsRefusedError(GridwardenError):
    """A file of postings with faults; it changed nothing."""

    code: ClassVar[str] = "postings_refused"


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .csv or .xlsx with a row of headings.")],
    sheet: Annotated[str | None, typer.Option(help="Of a workbook with several.")] = None,
    commit: Annotated[bool, typer.Option("--commit", help="Do it; without it nothing is changed.")] = False,
    correct_history: Annotated[
        bool, typer.Option("--correct-history", help="Rewrite the past where the file says so; it is written down.")
    ] = False,
    lang: _Lang = None,
) -> None:
    """Say what a file of postings would change, and with --commit do it, all or nothing.

    Columns: area_code, role, person, staff_number, desk, name_public, email, from, and until (the first day on which it
    is no longer held) or last_day; Chinese headings and roles likewise (辖区代码, 角色, 姓名, 工号, 邮箱, 起始日期,
    最后一天). What stands in no row stays as it is. The past is not rewritten; "today" means from now on.

    Example: gridwarden postings import heads.xlsx

    Example: gridwarden postings import heads.csv --commit
    """
    import psycopg

    from api.languages import words_at_terminal
    from grids.posting_reader import read_file_now
    from grids.posting_rows import PostingFileError
    from grids.posting_words import fault_line
    from grids.postings import change_on_server, with_faults

    words = words_at_terminal(lang)
    try:
        read = read_file_now(file.name, file.read_bytes(), sheet)
    except PostingFileError as error:
        said = fault_line(error.fault, words)
        raise PostingFileError(f"{file.name}: {said}", params=error.params) from error
    with opened() as store, psycopg.connect(store.dsn("migrate")) as connection:
        does = commit and not read.faults
        changed = change_on_server(connection, read.rows, now=datetime.now(UTC), correct=correct_history, commit=does)
    changed = with_faults(changed, read)
    if read.ignored:
        typer.echo(words("postings-ignored", columns=words("list-separator").join(read.ignored)), err=True)
    for line in _told(changed, words):
        typer.echo(line)
    if changed.faults:
        raise PostingsRefusedError(words("postings-nothing-changed", n=len(changed.faults)))
    typer.echo(words(_verdict(changed)), err=True)


def _verdict(changed: Changed) -> str:
    if changed.nothing_new:
        return "postings-nothing-new"
    return "postings-done" if changed.committed else "postings-dry"


def _told(changed: Changed, words: Words) -> list[str]:
    from grids.posting_words import day, fault_line, holder

    if changed.faults:
        shown = [words("postings-row", row=str(f.row), said=fault_line(f, words)) for f in changed.faults[:_SHOWN]]
        left = len(changed.faults) - len(shown)
        return [*shown, *([words("postings-more", n=left)] if left else [])]
    said = [words("postings-count", kind=words(f"posting-kind-{kind}"), n=n) for kind, n in changed.counts.items() if n]
    for one in changed.changes[:_SHOWN]:
        mark = f" [{words('posting-correction')}]" if one.correction else ""
        span = f"{day(one.since, words)} → {day(one.until, words)}"
        said.append(f"{one.row}\t{words(f'posting-kind-{one.kind}')}{mark}\t{holder(one, words)}\t{span}")
    left = len(changed.changes[_SHOWN:]) + changed.more
    said += [words("postings-more", n=left)] if left else []
    said += [
        words("postings-follow", row=str(f.row), n=f.cases, holder=holder(f, words)) for f in changed.follow[:_SHOWN]
    ]
    return said


@app.command(name="list")
def list_(
    code: Annotated[str, typer.Argument(help="Of an area; it and the areas one level below are listed.")],
    past: Annotated[bool, typer.Option("--past", help="Those that are over, too.")] = False,
    login: _Login = None,
    lang: _Lang = None,
) -> None:
    """Show who is posted for an area and the areas one level below: today, and to come.

    Example: gridwarden postings list 131024106201
    """
    from api.languages import words_at_terminal
    from grids.areas import names_of
    from grids.posted import below, postings_of
    from grids.posting_words import day

    now = datetime.now(UTC)
    words = words_at_terminal(lang)

    async def ask(connection: AsyncConnection) -> list[str]:
        codes = await below(connection, code, now)
        names = await names_of(connection, codes, now)
        return [
            "\t".join(
                (
                    one.area_code,
                    names.get(one.area_code, one.area_code),
                    words(f"role-{one.role}"),
                    " ".join(part for part in (one.desk, one.name) if part) or words("who-name-not-public"),
                    f"{day(one.since, words)} → {day(one.until, words)}",
                    *([words("postings-away", until=day(one.away_until, words))] if one.away(now) else []),
                )
            )
            for one in await postings_of(connection, codes, now, past=past)
        ]

    for line in answered(ask, login, now):
        typer.echo(line)


@app.command()
def vacancies(
    code: Annotated[str, typer.Argument(help="Of an area; all grids below it are looked at.")],
    days: Annotated[int, typer.Option(min=0, help="Also those whose head leaves within so many days.")] = 30,
    lang: _Lang = None,
) -> None:
    """Name the grids without a head today, and those that will have none soon.

    Example: gridwarden postings vacancies 1310
    """
    from api.languages import words_at_terminal
    from grids import posted
    from grids.posting_words import day

    now = datetime.now(UTC)
    words = words_at_terminal(lang)

    async def ask(connection: AsyncConnection) -> list[str]:
        found = await posted.vacancies(connection, code, now, timedelta(days=days))
        said = []
        for one in found:
            since = day(one.since, words) if one.since else words("postings-never")
            next_one = words("postings-next", day=day(one.until, words)) if one.until else ""
            said.append(
                "\t".join((one.area_code, one.name, words(f"postings-{one.kind}", since=since), next_one)).rstrip()
            )
        return said or [words("postings-no-vacancy")]

    for line in answered(ask, None, now):
        typer.echo(line)
