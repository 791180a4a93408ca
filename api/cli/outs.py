"""The file that a command writes: what is refused before anything is counted for it."""

import os
from collections.abc import Sequence
from pathlib import Path

from gis.errors import GridwardenError


class OutError(GridwardenError):
    """The file cannot be written: another ending, no such folder, not allowed, or it is there already."""

    code = "bad_out"


def check_new(out: Path, endings: Sequence[str], *, force: bool) -> None:
    """Refuse a file that could not be written, or that is there; with ``force`` it may be.

    Raises
    ------
    OutError
        ``bad_out``.
    """
    if out.suffix not in endings:
        raise OutError(f"The name of the file says what to make: {', '.join(endings)}. {out} ends otherwise.")
    if out.is_dir() or not out.parent.is_dir():
        raise OutError(f"There is no folder {out.parent} to write to." if not out.is_dir() else f"{out} is a folder.")
    if out.exists() and not force:
        raise OutError(f"{out} is there already. Choose another name, or add --force to overwrite it.")
    if not os.access(out.parent, os.W_OK):
        raise OutError(f"You may not write to the folder {out.parent}; choose another one with --out.")
