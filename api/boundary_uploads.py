"""Boundary files that somebody sent and has not loaded yet: kept on disk between two pages, for an hour, for him alone.

Owns where they lie and when they go.  They are opened by ``gis.boundary_files`` in a process of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar, Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.body_limits import BodyLimit
from gis.boundary_files import Layer, ask_layer, layer_of
from gis.boundary_refusals import MAX_BYTES, BoundaryFileError
from gis.errors import GridwardenError

BOUNDARY_BODIES: Final = BodyLimit(
    re.compile(r"(/api)?/boundaries/import"), MAX_BYTES + 100_000, "boundary_file_too_large"
)
_HOUR: Final = timedelta(hours=1)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_MOST_OF_ONE: Final = 3
_BLOCK: Final = 1 << 20
_MOST_OF_A_NAME: Final = 120


class BoundaryFileTooLargeError(GridwardenError):
    """More bytes than a file of boundaries may have."""

    code: ClassVar[str] = "boundary_file_too_large"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was sent: its secret name, what it was called, who sent it and when."""

    token: str
    name: str
    person_id: int
    at: datetime
    folder: Path

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / "file"


@dataclass(slots=True)
class BoundaryUploads:
    """Keeps the files of a service.

    Parameters
    ----------
    folder : Path
        Of nothing else.
    """

    folder: Path
    # A file takes some hundred megabytes while it is read, and its checks a core.
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keep(self, sent: UploadFile, person_id: int, now: datetime) -> KeptFile:
        """Write a file down; of one person's the oldest go, and everybody's after an hour.

        Raises
        ------
        BoundaryFileError
            ``no_upload``, ``empty_file``.
        """
        if not sent.filename:
            raise BoundaryFileError("no_upload")
        await asyncio.to_thread(self._sweep, now, person_id)
        token = secrets.token_urlsafe(16)
        kept = KeptFile(token, Path(sent.filename).name[-_MOST_OF_A_NAME:], person_id, now, self.folder / token)
        kept.folder.mkdir(parents=True, mode=0o700)
        size = 0
        with kept.path.open("wb") as file:
            while block := await sent.read(_BLOCK):
                size += len(block)
                await asyncio.to_thread(file.write, block)
        about = {"name": kept.name, "person": person_id, "at": now.isoformat()}
        (kept.folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
        if size == 0:
            self.remove(kept)
            raise BoundaryFileError("empty_file", kept.name)
        return kept

    def find(self, token: str, person_id: int, now: datetime) -> KeptFile:
        """Answer a file that was sent by whoever asks, within the hour.

        Raises
        ------
        BoundaryFileError
            ``kept_upload``.
        """
        kept = self._read(self.folder / token) if _TOKEN.fullmatch(token) else None
        if kept is None or kept.person_id != person_id or kept.at < now - _HOUR:
            raise BoundaryFileError("kept_upload")
        return kept

    async def layer(self, kept: KeptFile, layer: str | None, encoding: str | None) -> Layer:
        """Answer a layer of a file; asked again it is not opened again."""
        asked = hashlib.sha256(json.dumps([layer, encoding]).encode()).hexdigest()[:16]
        answer = kept.folder / f"layer-{asked}"
        if not answer.exists():
            async with self.turn:
                said = await ask_layer(kept.path, layer, encoding)
            await asyncio.to_thread(answer.write_bytes, said)
        return await asyncio.to_thread(lambda: layer_of(kept.name, answer.read_bytes()))

    def remove(self, kept: KeptFile) -> None:
        """Forget a file."""
        shutil.rmtree(kept.folder, ignore_errors=True)

    def _sweep(self, now: datetime, person_id: int) -> None:
        mine: list[KeptFile] = []
        for kept, folder in self._all():
            if kept is None or kept.at < now - _HOUR:
                shutil.rmtree(folder, ignore_errors=True)
            elif kept.person_id == person_id:
                mine.append(kept)
        for kept in sorted(mine, key=lambda each: each.at, reverse=True)[_MOST_OF_ONE - 1 :]:
            self.remove(kept)

    def _all(self) -> Iterator[tuple[KeptFile | None, Path]]:
        for folder in self.folder.iterdir() if self.folder.exists() else ():
            kept = self._read(folder)
            # One that is being written has no word about it yet.
            fresh = datetime.fromtimestamp(folder.stat().st_mtime, UTC) > datetime.now(UTC) - _HOUR
            if kept is not None or not fresh:
                yield kept, folder

    def _read(self, folder: Path) -> KeptFile | None:
        try:
            about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        at = datetime.fromisoformat(about["at"])
        return KeptFile(folder.name, about["name"], about["person"], at, folder)


async def sent_file(request: Request) -> tuple[UploadFile, FormData]:
    """Answer the file of a form, field ``file``, and the form; whoever asks closes the form.

    Raises
    ------
    BoundaryFileError, BoundaryFileTooLargeError
        ``no_upload``; ``boundary_file_too_large``.
    """
    try:
        form = await request.form(max_files=1, max_fields=30)
    except HTTPException as error:
        if error.status_code == 413:
            raise BoundaryFileTooLargeError("At most 50 MB.") from error
        raise BoundaryFileError("no_upload") from error
    given = form.get("file")
    if not isinstance(given, UploadFile):
        await form.close()
        raise BoundaryFileError("no_upload")
    return given, form
