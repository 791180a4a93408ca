"""Files of postings are opened in a process with limits: a workbook that is made to take all memory or time dies alone.

``python -m grids.posting_reader`` is that process; what a file may look like is ``grids.posting_files``'.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from gis.confined import Limits, ask_confined, ask_confined_now
from grids.posting_files import MAX_BYTES, read_postings
from grids.posting_rows import Fault, PostingFile, PostingFileError, as_json, from_json, refused

_MODULE: Final = "grids.posting_reader"
_LIMITS: Final = Limits(memory_bytes=1_500_000_000, cpu_s=30, patience_s=60)


async def read_file(name: str, data: bytes, sheet: str | None = None) -> PostingFile:
    """Answer the postings in a file; as :func:`grids.posting_files.read_postings`, in a process of its own.

    Raises
    ------
    PostingFileError
        ``bad_posting_file``.
    """
    return _told(await ask_confined(_MODULE, _order(name, data, sheet), _LIMITS))


def read_file_now(name: str, data: bytes, sheet: str | None = None) -> PostingFile:
    """Answer the same and wait for it: for commands."""
    return _told(ask_confined_now(_MODULE, _order(name, data, sheet), _LIMITS))


def _order(name: str, data: bytes, sheet: str | None) -> bytes:
    # One byte more than is read tells that it is too large; the rest need not travel.
    return json.dumps({"name": name, "sheet": sheet}).encode() + b"\n" + data[: MAX_BYTES + 1]


def _told(answer: bytes) -> PostingFile:
    if not answer:
        raise refused("exhausted")
    said: Mapping[str, Any] = json.loads(answer)
    if "refused" in said:
        raise refused(said["refused"]["code"].removeprefix("file_"), **said["refused"]["params"])
    faults = tuple(Fault(**one) for one in said["faults"])
    return PostingFile(from_json(said["rows"]), faults, tuple(said["ignored"]))


def _main() -> None:
    header, _, data = sys.stdin.buffer.read().partition(b"\n")
    order = json.loads(header)
    _LIMITS.bind()
    try:
        file = read_postings(order["name"], data, order["sheet"])
    except PostingFileError as error:
        said: dict[str, Any] = {"refused": asdict(error.fault)}
    else:
        faults = [asdict(fault) for fault in file.faults]
        said = {"rows": as_json(file.rows), "faults": faults, "ignored": file.ignored}
    sys.stdout.buffer.write(json.dumps(said).encode())


if __name__ == "__main__":
    _main()
