"""A table as a file that a browser saves: written by one of two threads, read away piece by piece.

Owns how the file comes to the reader.  ``maps.export`` says what stands in it.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final, Literal
from urllib.parse import quote

from fastapi.responses import StreamingResponse

from maps.export import Export, write

Ending = Literal["csv", "xlsx", "gpkg", "parquet"]
_TYPES: Final[dict[Ending, str]] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
}
_PIECE_B: Final = 1 << 16
# So that whoever downloads takes no more than a part of the machine; others wait without a connection of the database.
_WRITERS: Final = ThreadPoolExecutor(2, "gridwarden-export")


async def download(export: Export, ending: Ending) -> StreamingResponse:
    """Answer a table as a file to save."""
    file, size = await asyncio.get_running_loop().run_in_executor(_WRITERS, _written, export, ending)
    name = quote(f"{export.name}.{ending}", safe="")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Content-Length": str(size)}
    return StreamingResponse(_pieces(file), media_type=_TYPES[ending], headers=headers)


def _written(export: Export, ending: Ending) -> tuple[BinaryIO, int]:
    """The file, open and without a name any more: it is gone when it is closed."""
    with TemporaryDirectory(prefix="gridwarden-export-") as folder:
        path = Path(folder) / f"export.{ending}"
        write(export, path)
        return path.open("rb"), path.stat().st_size


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_B):
            yield piece
