"""Making parts of a photo unrecognisable, for what the public sees of it.  Pure; knows no rights and no files."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from PIL import Image

from gis.errors import GridwardenError
from grids.photo_intake import Photo, made

MAX_RECTANGLES: Final = 20
# A blurred part keeps at most so many squares a side: nobody can be told by them, nor a number plate be worked out.
_SQUARES: Final = 6


class BadRectangleError(GridwardenError):
    """A part that lies outside the photo, or is no part at all."""

    code: ClassVar[str] = "bad_rectangle"


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of a photo, in percent of its width and height from the upper left corner.

    Raises
    ------
    BadRectangleError
        ``bad_rectangle``.

    Examples
    --------
    >>> Rectangle(10, 20, 30, 40).pixels(1000, 500)
    (100, 100, 400, 300)
    """

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        within = 0 <= self.left <= 100 and 0 <= self.top <= 100 and 0 < self.width <= 100 and 0 < self.height <= 100
        if not within:
            raise BadRectangleError("A part lies inside the photo: left, top, width and height from 0 to 100 percent.")

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Answer the box (left, upper, right, lower) in pixels of a photo, rounded outwards and at least one pixel."""
        left, top = int(self.left * width / 100), int(self.top * height / 100)
        right = -int(-(self.left + self.width) * width // 100)
        lower = -int(-(self.top + self.height) * height // 100)
        left, top = min(left, width - 1), min(top, height - 1)
        return left, top, max(left + 1, min(right, width)), max(top + 1, min(lower, height))


def blur(jpeg: bytes, rectangles: Sequence[Rectangle]) -> Photo:
    """Answer a photo of ours with these parts blurred, as a photo of its own.

    Parameters
    ----------
    jpeg : bytes
        A file that ``take_photo`` made.
    rectangles : sequence of Rectangle
        At most ``MAX_RECTANGLES``; without any the photo is only written anew.

    Raises
    ------
    BadRectangleError
        ``bad_rectangle``: there are too many.
    """
    if len(rectangles) > MAX_RECTANGLES:
        raise BadRectangleError(f"At most {MAX_RECTANGLES} parts.")
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        shown = image.convert("RGB")
    for rectangle in rectangles:
        box = rectangle.pixels(*shown.size)
        part = shown.crop(box)
        squares = part.resize((min(_SQUARES, part.width), min(_SQUARES, part.height)), Image.Resampling.BOX)
        shown.paste(squares.resize(part.size, Image.Resampling.BILINEAR), box)
    return made(shown)
