"""What becomes of the bytes that somebody sends as a photo: refused with a reason, or a plain JPEG of our own making.

Pure: bytes in, a photo out.  Nothing of the file that came is kept but what it shows: it is decoded in full, turned
upright, made smaller, and written anew, so that no metadata, no second file behind the picture and no trick of a format
gets through.  Opens nothing that names another file, and keeps nothing.
"""

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from typing import Any, ClassVar, Final

from PIL import ExifTags, Image, ImageOps

from gis.errors import GridwardenError

MAX_BYTES: Final = 10_000_000
MAX_PIXELS: Final = 25_000_000
# What a screen shows of a photo, and a face or a number plate is still told by.
LONGEST_SIDE: Final = 2560
_QUALITY: Final = 85
# Of gis.datums, which brings numpy along: too much for a process that lives for one photo.
_DATUMS: Final = ("wgs84", "cgcs2000", "gcj02", "bd09")


class PhotoError(GridwardenError):
    """A photo that cannot be taken as it is."""


class PhotoTooLargeError(PhotoError):
    """More bytes than a photo may have."""

    code: ClassVar[str] = "photo_too_large"


class TooManyPixelsError(PhotoError):
    """More pixels than a photo may have, as it says itself; it was not decoded."""

    code: ClassVar[str] = "photo_too_many_pixels"


class NotAPhotoError(PhotoError):
    """No JPEG, PNG or WebP; or one that is something else as well."""

    code: ClassVar[str] = "not_a_photo"


class HeicError(PhotoError):
    """The format of new iPhones, which no free library of ours decodes."""

    code: ClassVar[str] = "photo_heic"


class BrokenPhotoError(PhotoError):
    """It begins like a photo and cannot be decoded to its end."""

    code: ClassVar[str] = "photo_broken"


@dataclass(frozen=True, slots=True)
class PhotoPosition:
    """Where a photo says that it was taken: degrees, and the datum that it names, None where it names none."""

    lon: float
    lat: float
    datum: str | None


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as we keep it: a JPEG without metadata, its size in pixels; beside it, where it says it was taken."""

    jpeg: bytes
    width: int
    height: int
    position: PhotoPosition | None = None

    @property
    def digest(self) -> bytes:
        """SHA-256 of the JPEG: the same photo gives the same file."""
        return sha256(self.jpeg).digest()


def take_photo(data: bytes) -> Photo:
    """Answer the photo that these bytes show.

    Parameters
    ----------
    data : bytes
        The file as it came.

    Raises
    ------
    PhotoError
        ``photo_too_large``, ``not_a_photo``, ``photo_heic``, ``photo_too_many_pixels``, ``photo_broken``.

    Examples
    --------
    >>> plain = io.BytesIO()
    >>> Image.new("RGB", (4000, 3000), "green").save(plain, "PNG")
    >>> photo = take_photo(plain.getvalue())
    >>> photo.width, photo.height, photo.jpeg[:2].hex(), photo.position
    (2560, 1920, 'ffd8', None)
    """
    kind = _kind(data)
    with _opened(data, kind) as image:
        position = _position(image)
        return made(_upright(image), position)


def made(image: Image.Image, position: PhotoPosition | None = None) -> Photo:
    """Answer a picture as a photo: no larger than ``LONGEST_SIDE``, on white where it was transparent."""
    plain = _opaque(image)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # A new picture, for the old one carries its comment, profile and resolution along.
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=_QUALITY)
    return Photo(out.getvalue(), clean.width, clean.height, position)


_MAGIC: Final = (
    ("JPEG", re.compile(rb"\xff\xd8\xff")),
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("WEBP", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
)
_HEIC: Final = re.compile(rb".{4}ftyp(hei|hev|mif1|msf1|avif)", re.DOTALL)
# What makes a file that is a picture also a document, an archive or a page to a program that looks elsewhere in it.
_PDF: Final = re.compile(rb"%PDF-")
_ZIP_END: Final = re.compile(rb"PK\x05\x06\0\0\0\0")
_PAGE: Final = re.compile(rb"<script|<!doctype|<html[ >]|<\?php\s", re.IGNORECASE)


def _kind(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise PhotoTooLargeError("At most 10 MB; take a screenshot of it, or send it smaller.")
    if _HEIC.match(data):
        raise HeicError("HEIC cannot be read here; set the camera to its most compatible format, or send a screenshot.")
    kind = next((name for name, magic in _MAGIC if magic.match(data)), None)
    if kind is None:
        raise NotAPhotoError("Send a photo as JPEG, PNG or WebP.")
    if _PDF.search(data, 0, 1024) or _ZIP_END.search(data, max(0, len(data) - 66_000)) or _PAGE.search(data):
        raise NotAPhotoError("This file is something else besides a photo; send a screenshot of it.")
    return kind


@contextmanager
def _opened(data: bytes, kind: str) -> Iterator[Image.Image]:
    """Open a file as one kind alone, look at the size that it claims, then decode it; whatever fails is its fault."""
    try:
        with warnings.catch_warnings():
            # What it claims is compared here; Pillow's own limit is another one.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=(kind,)) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise TooManyPixelsError("At most 25 million pixels; send it smaller.")
                # A JPEG is decoded at half or a quarter of its size where that is enough.
                image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
                image.load()
                yield image
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError("At most 25 million pixels; send it smaller.") from error
    except PhotoError:
        raise
    # Decoders meet anything in a hostile file: there is no list of what they raise.
    except Exception as error:
        raise BrokenPhotoError("The photo is damaged or incomplete; send it again.") from error


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # a broken note about the camera is no reason to refuse what it saw
        return image


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # 16 bits of grey: the upper eight; convert() would cut off whatever is brighter than 255.
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    if (image.mode == "P" and "transparency" in image.info) or image.mode in ("LA", "PA", "La", "RGBa"):
        image = image.convert("RGBA")
    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    return image.convert("RGB")


def _position(image: Image.Image) -> PhotoPosition | None:
    """Answer where the photo says it was taken; None where it says nothing that makes sense."""
    try:
        told = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(told, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S")
        lon = _degrees(told, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W")
        named = str(told.get(ExifTags.GPS.GPSMapDatum, "")).strip("\0 ").lower().replace("-", "").replace(" ", "")
    except Exception:  # anything may stand in these fields
        return None
    if not (isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180) or lat == lon == 0:
        return None
    return PhotoPosition(round(lon, 7), round(lat, 7), named if named in _DATUMS else None)


def _degrees(told: Mapping[int, Any], value: int, side: int, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in told[value])
    size = degrees + minutes / 60 + seconds / 3600
    return -size if str(told.get(side, "")).strip("\0 ").upper() == negative else size
