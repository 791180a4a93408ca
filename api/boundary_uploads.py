"""Boundary files that somebody sent and has not loaded yet: kept on disk for an hour for him alone, or for one request.

What is sent at once is one set of boundaries: a file, or several that hold it together, perhaps one for each level.

Owns where they lie and when they go.  They are opened by ``gis.boundary_files`` in a process of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
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
_MOST_AT_ONCE: Final = 12
_BLOCK: Final = 1 << 20
_MOST_OF_A_NAME: Final = 120


class BoundaryFileTooLargeError(GridwardenError):
    """More bytes than a file of boundaries may have."""

    code: ClassVar[str] = "boundary_file_too_large"


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """Files that were sent at once: their secret name, what they were called, who sent them and when."""

    token: str
    names: tuple[str, ...]
    person_id: int
    at: datetime
    folder: Path

    def path(self, n: int) -> Path:
        """Where one of them lies."""
        return self.folder / f"file-{n}"


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

    async def keep(self, sent: Sequence[UploadFile], person_id: int, now: datetime) -> KeptFiles:
        """Write files down; of one person's the oldest go, and everybody's after an hour.

        Raises
        ------
        BoundaryFileError
            ``no_upload``, ``empty_file``.
        """
        await asyncio.to_thread(self._sweep, now, person_id)
        token = secrets.token_urlsafe(16)
        kept = KeptFiles(token, _names(sent), person_id, now, self.folder / token)
        kept.folder.mkdir(parents=True, mode=0o700)
        try:
            await _write(sent, kept)
        except BoundaryFileError:
            self.remove(kept)
            raise
        about = {"names": kept.names, "person": person_id, "at": now.isoformat()}
        (kept.folder / "about.json").write_text(json.dumps(about), encoding="utf-8")
        return kept

    @asynccontextmanager
    async def at_hand(self, sent: Sequence[UploadFile], person_id: int, now: datetime) -> AsyncIterator[KeptFiles]:
        """Answer files for as long as a request lasts; what the person keeps is not touched.

        Raises
        ------
        BoundaryFileError
            As :meth:`keep`.
        """
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        # Among the others: what a process that died left behind goes with them.
        with TemporaryDirectory(prefix="once-", dir=self.folder) as folder:
            kept = KeptFiles("", _names(sent), person_id, now, Path(folder))
            await _write(sent, kept)
            yield kept

    async def find(self, token: str, person_id: int, now: datetime) -> KeptFiles:
        """Answer files that were sent by whoever asks, within the hour.

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

    async def layers(self, kept: KeptFiles, layer: str | None, encoding: str | None) -> list[Layer]:
        """Answer a layer of each file, the one with fewest areas first, as levels go; asked again none is opened again.

        Raises
        ------
        BoundaryFileError
            ``boundary_file_refused``; ``kept_upload`` where newer files of the same person took their place meanwhile.
        """
        read = [await self._layer(kept, n, layer, encoding) for n in range(len(kept.names))]
        return sorted(read, key=lambda each: len(each.shapes))

    async def _layer(self, kept: KeptFiles, n: int, layer: str | None, encoding: str | None) -> Layer:
        asked = hashlib.sha256(json.dumps([layer, encoding]).encode()).hexdigest()[:16]
        answer = kept.folder / f"layer-{n}-{asked}"
        said = await asyncio.to_thread(_got, answer)
        if not said:
            async with self.turn:
                said = await asyncio.to_thread(_got, answer) or await _ask(kept, n, layer, encoding)
                await asyncio.to_thread(_put, answer, said)
        return await asyncio.to_thread(layer_of, kept.names[n], said)

    def remove(self, kept: KeptFiles) -> None:
        """Forget files."""
        shutil.rmtree(kept.folder, ignore_errors=True)

    def _sweep(self, now: datetime, person_id: int | None = None) -> None:
        mine: list[KeptFiles] = []
        for kept, folder in self._all():
            if kept is None or kept.at < now - _HOUR:
                shutil.rmtree(folder, ignore_errors=True)
            elif kept.person_id == person_id:
                mine.append(kept)
        for kept in sorted(mine, key=lambda each: each.at, reverse=True)[_MOST_OF_ONE - 1 :]:
            self.remove(kept)

    def _all(self) -> Iterator[tuple[KeptFiles | None, Path]]:
        for folder in self.folder.iterdir() if self.folder.exists() else ():
            kept = self._read(folder)
            # One that is being written has no word about it yet; one that is for one request has none and may be gone.
            with suppress(FileNotFoundError):
                fresh = datetime.fromtimestamp(folder.stat().st_mtime, UTC) > datetime.now(UTC) - _HOUR
                if kept is not None or not fresh:
                    yield kept, folder

    def _read(self, folder: Path) -> KeptFiles | None:
        try:
            about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        at = datetime.fromisoformat(about["at"])
        return KeptFiles(folder.name, tuple(about["names"]), about["person"], at, folder)


def _names(sent: Sequence[UploadFile]) -> tuple[str, ...]:
    # Browsers send an empty file where none was chosen.
    if not all(each.filename for each in sent):
        raise BoundaryFileError("no_upload")
    return tuple(Path(str(each.filename)).name[-_MOST_OF_A_NAME:] for each in sent)


async def _write(sent: Sequence[UploadFile], kept: KeptFiles) -> None:
    for n, each in enumerate(sent):
        size = 0
        with kept.path(n).open("wb") as file:
            while block := await each.read(_BLOCK):
                size += len(block)
                await asyncio.to_thread(file.write, block)
        if size == 0:
            raise BoundaryFileError("empty_file", kept.names[n])


async def _ask(kept: KeptFiles, n: int, layer: str | None, encoding: str | None) -> bytes:
    if not kept.path(n).exists():
        raise BoundaryFileError("kept_upload")
    return await ask_layer(kept.path(n), layer, encoding)


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


async def sent_files(request: Request) -> tuple[list[UploadFile], FormData]:
    """Answer the files of a form, field ``file``, and the form; whoever asks closes the form.

    Raises
    ------
    BoundaryFileError, BoundaryFileTooLargeError
        ``no_upload``, ``many_uploads``; ``boundary_file_too_large``.
    """
    try:
        form = await request.form(max_fields=30)
    except HTTPException as error:
        if error.status_code == 413:
            raise BoundaryFileTooLargeError("At most 50 MB.") from error
        raise BoundaryFileError("no_upload") from error
    given = form.getlist("file")
    sent = [each for each in given if isinstance(each, UploadFile)]
    if not sent or len(sent) != len(given):
        await form.close()
        raise BoundaryFileError("no_upload")
    if len(sent) > _MOST_AT_ONCE:
        await form.close()
        raise BoundaryFileError("many_uploads", most=_MOST_AT_ONCE)
    return sent, form
