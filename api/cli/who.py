"""``gridwarden who``: who answers for an area on a day.

Owns the words on the terminal; ``grids.who`` asks the database.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.opened import opened
from api.cli.reading import reading

if TYPE_CHECKING:
    from grids.language import Words
    from grids.posted import Held
    from grids.who import Stretch

_DAY: dict[str, Any] = {"formats": ["%Y-%m-%d"], "metavar": "DAY"}


def who(
    code: Annotated[str, typer.Argument(help="Of the area, as its page shows it.")],
    at: Annotated[
        datetime | None, typer.Option(help="A day of Asia/Shanghai, 2019-11-30; today if absent.", **_DAY)
    ] = None,
    lang: Annotated[str | None, typer.Option(help="zh or en; follows LANG.")] = None,
    login: Annotated[
        str | None, typer.Option("--as", metavar="LOGIN", help="With this member of staff's rights: all names.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Say who answers for an area on a day: head, deputies, members, desks, and why.

    It is the whole day; where somebody took over within it, both are said. Names are those that the public may see
    today; with --as what that member of staff may see.

    Example: gridwarden who 131024106201001 --at 2019-11-30
    """
    from api.languages import words_at_terminal
    from grids.who import SHANGHAI, who_on

    now = datetime.now(UTC)
    day = (at or now.astimezone(SHANGHAI)).date()
    words = words_at_terminal(lang)
    with opened() as store:

        async def ask() -> tuple[Stretch, ...]:
            async with reading(store, login, now) as (connection, reader):
                return await who_on(connection, code, day, reader, now)

        parts = asyncio.run(ask())
    typer.echo(_document(code, day, parts, words) if as_json else "\n".join(_lines(code, day, parts, words)))


def _lines(code: str, day: date, parts: tuple[Stretch, ...], words: Words) -> list[str]:
    from grids.explain import explain
    from grids.who import SHANGHAI

    said = [f"{code} · {day}"]
    for part in parts:
        if len(parts) > 1:
            span = (f"{at.astimezone(SHANGHAI):%H:%M}" for at in (part.since, part.until))
            said += ["", "–".join(span)]
        answer = part.answer
        said.append(" › ".join(area.name for area in answer.chain))
        said.append(explain(answer, words))
        for role in ("head", "deputy", "member", "desk"):
            said += [f"{words(f'role-{role}')}: {_holder(held, words)}" for held in part.of(role)]
        said.append(f"{words('who-edition')}: {answer.edition}")
    return said


def _holder(held: Held, words: Words) -> str:
    from grids.posting_words import day

    who = " ".join(part for part in (held.desk, held.name) if part) or words("who-name-not-public")
    return words("who-holds", who=who, since=day(held.since, words), until=day(held.until, words))


def _document(code: str, day: date, parts: tuple[Stretch, ...], words: Words) -> str:
    from api.routes.schemas import Located

    return json.dumps(
        {
            "code": code,
            "day": day.isoformat(),
            "parts": [
                {
                    "since": part.since.isoformat(),
                    "until": part.until.isoformat(),
                    "answer": Located.of(part.answer, words).model_dump(mode="json"),
                    "vacancy": part.answer.vacancy,
                    "posted": [
                        {
                            "posting_id": held.id,
                            "area_code": held.area_code,
                            "role": held.role,
                            "name": held.name,
                            "desk": held.desk,
                            "since": held.since.isoformat(),
                            "until": held.until and held.until.isoformat(),
                        }
                        for held in part.posted
                    ],
                }
                for part in parts
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
