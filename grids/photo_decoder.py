"""Where strange pictures are decoded: a process of its own with limits, one for each, and few at once.

A decoder that is tricked into taking all memory or time dies alone (``gis.confined``).  Owns how many there are and
what is said to them; what is done to a picture stands in ``grids.photo_intake`` and ``grids.photo_blur``.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, ClassVar, Final

from gis.confined import Limits, ask_confined
from gis.errors import GridwardenError
from grids.photo_blur import BadRectangleError, Rectangle, blur
from grids.photo_intake import (
    BrokenPhotoError,
    HeicError,
    NotAPhotoError,
    Photo,
    PhotoError,
    PhotoPosition,
    PhotoTooLargeError,
    TooManyPixelsError,
    take_photo,
)

# 25 million pixels of four bytes, a progressive JPEG's coefficients and a turned copy fit; a bomb does not.
_LIMITS: Final = Limits(memory_bytes=1 << 30, cpu_s=15, patience_s=20.0)

_ERRORS: Final[dict[str, type[GridwardenError]]] = {
    error.code: error
    for error in (
        PhotoTooLargeError,
        TooManyPixelsError,
        NotAPhotoError,
        HeicError,
        BrokenPhotoError,
        BadRectangleError,
    )
}


class PhotosBusyError(PhotoError):
    """More photos at once than are decoded; send it again in a moment."""

    code: ClassVar[str] = "photos_busy"


@dataclass(slots=True)
class Decoder:
    """Decodes photos off the event loop.

    Parameters
    ----------
    at_once : int
        Processes at most, of some 100 to 400 MB each for a large photo.
    waiting : int
        Photos that may wait for one; whoever comes later is told to come again.
    """

    at_once: int = 2
    waiting: int = 8
    _held: int = field(default=0, init=False)
    _places: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.at_once)

    async def take(self, data: bytes) -> Photo:
        """Answer the photo that these bytes show; as ``take_photo``.

        Raises
        ------
        PhotoError
            As ``take_photo``, and ``photos_busy``.
        """
        return await self._run({"do": "take"}, data)

    async def blur(self, jpeg: bytes, rectangles: Sequence[Rectangle]) -> Photo:
        """Answer a photo of ours with parts blurred; as ``grids.photo_blur.blur``.

        Raises
        ------
        PhotoError, BadRectangleError
            ``photos_busy``, ``bad_rectangle``.
        """
        return await self._run({"do": "blur", "rectangles": [asdict(each) for each in rectangles]}, jpeg)

    def check_room(self) -> None:
        """Pass where one more photo can wait its turn: asked before its bytes are read.

        Raises
        ------
        PhotosBusyError
            ``photos_busy``.
        """
        if self._held >= self.at_once + self.waiting:
            raise PhotosBusyError("Many photos at once; send it again in a moment.")

    async def _run(self, order: dict[str, Any], data: bytes) -> Photo:
        self.check_room()
        self._held += 1
        try:
            async with self._places:
                said = json.dumps(order).encode() + b"\n" + data
                return _told(await ask_confined("grids.photo_decoder", said, _LIMITS))
        finally:
            self._held -= 1


def _told(answer: bytes) -> Photo:
    head, _, jpeg = answer.partition(b"\n")
    if not head:
        raise BrokenPhotoError("The photo could not be decoded; send a screenshot of it.")
    said = json.loads(head)
    if "error" in said:
        raise _ERRORS[said["error"]](said["message"])
    position = PhotoPosition(**said["position"]) if said["position"] else None
    return Photo(jpeg, said["width"], said["height"], position)


def _answer(order: dict[str, Any], data: bytes) -> bytes:
    try:
        if order["do"] == "take":
            photo = take_photo(data)
        else:
            photo = blur(data, [Rectangle(**each) for each in order["rectangles"]])
    except (PhotoError, BadRectangleError) as error:
        return json.dumps({"error": error.code, "message": str(error)}).encode() + b"\n"
    head = {
        "width": photo.width,
        "height": photo.height,
        "position": asdict(photo.position) if photo.position else None,
    }
    return json.dumps(head).encode() + b"\n" + photo.jpeg


def main(said: BinaryIO, answer: BinaryIO) -> None:
    """Be the process: bound itself, read one order and one file, answer, end."""
    _LIMITS.bind()
    order = json.loads(said.readline())
    answer.write(_answer(order, said.read()))
    answer.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
