"""The rows that were not taken in, written as a list of their own: the columns as they came, and why.

Owns that file.  Mended, it can be given again: what was taken in already is known by its id.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely

from gis.spreadsheets import KNOWS_UTF8, defused

_REASON: Final = "reason"
# No formula, whatever its sign.
_NUMBER: Final = r"^[+-]?[0-9.]+([eE][+-]?[0-9]+)?$"


class Rejects:
    """A CSV of refused rows; without a path they are counted alone.

    Parameters
    ----------
    path : Path, optional
        Written when the first row is refused, and replaced if it is there.
    geometry : str, optional
        A column of WKB; it is written as WKT.
    more : bool
        Whether rows are added to those that are there.
    """

    def __init__(self, path: Path | None, geometry: str | None, *, more: bool = False) -> None:
        self._path = path
        self._more = more
        self._geometry = geometry
        self._file: Any = None

    def __enter__(self) -> Self:
        if self._path is not None and not self._more:
            # Of an earlier run.
            self._path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, batch: Any, reason: Any) -> None:
        """Add rows, each with its reason (a pyarrow array of text)."""
        if self._path is None or not batch.num_rows:
            return
        names = [*batch.schema.names, _REASON if _REASON not in batch.schema.names else f"{_REASON}_refused"]
        columns = [self._written(batch.column(name), name) for name in batch.schema.names]
        written = pa.RecordBatch.from_arrays([*columns, reason], names=names)
        headed = self._file is not None
        if self._file is None:
            headed = self._more and self._path.exists()
            self._file = self._path.open("ab" if self._more else "wb")
        if not headed:
            self._file.write(KNOWS_UTF8.encode())
        pyarrow.csv.write_csv(written, self._file, pyarrow.csv.WriteOptions(include_header=not headed))

    def _written(self, column: Any, name: str) -> Any:
        if name == self._geometry:
            shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False), on_invalid="ignore")
            return pa.array(shapely.to_wkt(shapes, rounding_precision=-1), pa.string())
        if isinstance(column, pa.DictionaryArray):
            column = column.dictionary_decode()
        if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
            return column
        return pc.if_else(pc.match_substring_regex(column, _NUMBER), column, defused(column))
