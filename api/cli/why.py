"""``gridwarden why``: why a report went where it went, from what was kept then.

Owns the words on the terminal; ``grids.why`` reads, with the rights of whoever runs the database.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.opened import opened
from api.cli.reading import connected

if TYPE_CHECKING:
    from gis.store import Store
    from grids.language import Words


def why(
    number: Annotated[str, typer.Argument(help="The receipt number, however it is grouped.")],
    lang: Annotated[str | None, typer.Option(help="zh or en; follows LANG.")] = None,
) -> None:
    """Say why a report went where it went: the edition, the rule and the posting of that day, and what moved it since.

    Read from what was kept, whatever boundaries and postings are today. Tells no names and no words of residents.

    Example: gridwarden why 1234567897
    """
    from api.languages import words_at_terminal
    from grids.receipts import clean_number

    digits = clean_number(number)
    words = words_at_terminal(lang)
    with opened() as store:
        for line in asyncio.run(_ask(store, digits, words)):
            typer.echo(line)


async def _ask(store: Store, number: str, words: Words) -> list[str]:
    from api.moments import Moments
    from api.why_told import reasons
    from grids.cases import case_of_number
    from grids.report_views import UnknownReportError
    from grids.why import why as why_here

    async with connected(store, "migrate") as connection:
        case_id = await case_of_number(connection, number)
        if case_id is None:
            raise UnknownReportError(f"There is no report {number}.")
        said = reasons(await why_here(connection, case_id), Moments(words, datetime.now(UTC)))
    lines = []
    for told, sentences in said.reports:
        lines.append(words("case-number", number=told) + (" *" if told == number and len(said.reports) > 1 else ""))
        lines += [f"  {sentence}" for sentence in sentences]
    return [*lines, words("why-since"), *(f"  {move}" for move in said.moves)]
