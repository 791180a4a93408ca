"""How a photo arrives over HTTP: which addresses take ten megabytes, and what of a form is the photo.

Owns the reading of the form; what is done to the bytes stands in ``grids.photo_intake``.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import ClassVar, Final

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.body_limits import BodyLimit
from grids.photo_decoder import Decoder
from grids.photo_files import PhotoFiles
from grids.photo_intake import MAX_BYTES, Photo, PhotoError, PhotoTooLargeError

# The photo, and what a form puts around it.
PHOTO_BODIES: Final = BodyLimit(
    re.compile(r"/api/reports/[^/]+/photos|(/api)?/cases/[0-9]+/photos|/status/[^/]+/photos"),
    MAX_BYTES + 100_000,
    "photo_too_large",
)


class MissingPhotoError(PhotoError):
    """A form without a photo in it, or no form at all."""

    code: ClassVar[str] = "missing_photo"


@dataclass(frozen=True, slots=True)
class Uploads:
    """Where the photos of a service are decoded and kept."""

    files: PhotoFiles
    decoder: Decoder

    async def read(self, digest: bytes) -> bytes:
        """Answer the file of a digest, off the event loop; as ``PhotoFiles.get``."""
        return await asyncio.to_thread(self.files.get, digest)


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo as it was sent, decoded, and the kind that the form names."""

    photo: Photo
    kind: str


async def sent_photo(request: Request, uploads: Uploads) -> Sent:
    """Read the form of a request, field ``photo`` (a file) and perhaps ``kind``, and decode the photo.

    Raises
    ------
    PhotoError
        As ``Decoder.take``, and ``missing_photo``.
    """
    uploads.decoder.check_room()
    try:
        async with request.form(max_files=1, max_fields=8) as form:
            given, kind = form.get("photo"), form.get("kind")
            # Browsers send an empty file where none was chosen.
            data = await given.read(MAX_BYTES + 1) if isinstance(given, UploadFile) else b""
    except HTTPException as error:
        if error.status_code == 413:
            raise PhotoTooLargeError("At most 10 MB; send it smaller.") from error
        raise MissingPhotoError("Send a form with the photo in the field `photo`.") from error
    if not data:
        raise MissingPhotoError("Choose a photo first.")
    return Sent(await uploads.decoder.take(data), kind if isinstance(kind, str) else "")
