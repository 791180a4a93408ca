"""Boundary files that somebody sent and has not loaded yet: kept on disk for an hour for him alone, or for one request.

Owns where they lie and when they go.  They are opened by ``gis.boundary_files`` in a process of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
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
        await asyncio.to_thread(self._sweep, now, person_id)
        token = secrets.token_urlsafe(16)
        kept = KeptFile(token, _name(sent), person_id, now, self.folder / token)
        kept.folder.mkdir(parents=True, mode=0o700)
        try:
            await _write(sent, kept)
        except BoundaryFileError:
            self.remove(kept)
            raise
        about = {"name": kept.name, "person": person_id, "at": now.isoformat()}
        (kept.folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
        return kept

    @asynccontextmanager
    async def at_hand(self, sent: UploadFile, person_id: int, now: datetime) -> AsyncIterator[KeptFile]:
        """Answer a file for as long as a request lasts; what the person keeps is not touched.

        Raises
        ------
        BoundaryFileError
            As :meth:`keep`.
        """
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        # Among the others: what a process that died left behind goes with them.
        with TemporaryDirectory(prefix="once-", dir=self.folder) as folder:
            kept = KeptFile("", _name(sent), person_id, now, Path(folder))
            await _write(sent, kept)
            yield kept

    async def find(self, token: str, person_id: int, now: datetime) -> KeptFile:
        """Answer a file that was sent by whoever asks, within the hour.

        Raises
        ------
        BoundaryFileError
            ``kept_upload``.
        """
        await asyncio.to_thread(self._sweep, now)
        kept = self._read(self.folder / token) if _TOKEN.fullmatch(token) else None
        if kept is None or kept.person_id != person_id or kept.at < now - _HOUR:
            raise BoundaryFileError("kept_upload")
        return kept

    async def layer(self, kept: KeptFile, layer: str | None, encoding: str | None) -> Layer:
        """Answer a layer of a file; asked again it is not opened again.

        Raises
        ------
        BoundaryFileError
            ``boundary_file_refused``; ``kept_upload`` where newer files of the same person took its place meanwhile.
        """
        asked = hashlib.sha256(json.dumps([layer, encoding]).encode()).hexdigest()[:16]
        answer = kept.folder / f"layer-{asked}"
        said = await asyncio.to_thread(_got, answer)
        if not said:
            async with self.turn:
                said = await asyncio.to_thread(_got, answer) or await _ask(kept, layer, encoding)
                await asyncio.to_thread(_put, answer, said)
        return await asyncio.to_thread(layer_of, kept.name, said)

    def remove(self, kept: KeptFile) -> None:
        """Forget a file."""
        shutil.rmtree(kept.folder, ignore_errors=True)

    def _sweep(self, now: datetime, person_id: int | None = None) -> None:
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
            # One that is being written has no word about it yet; one that is for one request has none and may be gone.
            with suppress(FileNotFoundError):
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


def _name(sent: UploadFile) -> str:
    if not sent.filename:
        raise BoundaryFileError("no_upload")
    return Path(sent.filename).name[-_MOST_OF_A_NAME:]


async def _write(sent: UploadFile, kept: KeptFile) -> None:
    size = 0
    with kept.path.open("wb") as file:
        while block := await sent.read(_BLOCK):
            size += len(block)
            await asyncio.to_thread(file.write, block)
    if size == 0:
        raise BoundaryFileError("empty_file", kept.name)


async def _ask(kept: KeptFile, layer: str | None, encoding: str | None) -> bytes:
    if not kept.path.exists():
        raise BoundaryFileError("kept_upload")
    return await ask_layer(kept.path, layer, encoding)


def _got(answer: Path) -> bytes:
    try:
        return answer.read_bytes()
    except FileNotFoundError:
        return b""


def _put(answer: Path, said: bytes) -> None:
    # An answer of nothing is one that took too long: next time it may not.
    if not said:
        return
    # Whole or not at all; its file may be gone meanwhile.
    with suppress(FileNotFoundError):
        aside = answer.with_suffix(".part")
        aside.write_bytes(said)
        aside.replace(answer)


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
