"""``gridwarden workflow``: draws how a case is worked, for the documentation and the wall.

Owns the file that it writes; ``grids.workflow_picture`` draws.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grids.language import Words
from grids.workflow_picture import picture


class Lang(StrEnum):
    """The language of the picture."""

    zh = "zh"
    en = "en"


def workflow(
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, writable=True, help="An SVG file; without it, to the terminal.")
    ] = None,
    lang: Annotated[Lang, typer.Option(help="The language of the words in it.")] = Lang.zh,
) -> None:
    """Draw the steps of a case as an SVG state diagram: which step leads where, and who may take it.

    Example: gridwarden workflow --out workflow.svg --lang en
    """
    drawn = picture(Words(lang.value))
    if out is None:
        typer.echo(drawn, nl=False)
    else:
        out.write_text(drawn, encoding="utf-8")
        typer.echo(f"{out} is written.")
