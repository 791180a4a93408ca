"""Photos of a case: keeping one, and showing those that somebody may see.

What the actor may see is held by row-level security and by the functions of ``0008_photos.sql``; the bytes lie in
``grids.photo_files`` and are there before a row tells of them.  What of it is public, ``grids.moderation`` decides.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, cast

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from gis.errors import GridwardenError
from grids.cases import CaseNotFoundError
from grids.photo_files import PhotoFiles
from grids.photo_intake import Photo, PhotoError, PhotoPosition
from grids.receipts import digest
from grids.report_views import UnknownReportError
from grids.tables import cases
from grids.tables_photos import photos

KINDS: Final = ("before", "after", "recheck")
MOST_OF_REPORT: Final = 5
# Of each kind; nobody looks at more.
MOST_OF_WORK: Final = 20


class PhotoNotFoundError(GridwardenError):
    """No such photo, or none for whoever asks."""

    code: ClassVar[str] = "photo_not_found"


class TooManyPhotosError(PhotoError):
    """As many photos as there may be; ``params["most"]``."""

    code: ClassVar[str] = "too_many_photos"


class UnknownPhotoKindError(PhotoError):
    """Staff take photos before, after or at a re-check."""

    code: ClassVar[str] = "unknown_photo_kind"


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo in a list; ``decision`` is None where the reader does not learn what became of it."""

    id: int
    kind: str
    width: int
    height: int
    at: datetime
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What the sender of a photo is told; ``position``, where it was taken, is told now and then forgotten."""

    id: int
    case_id: int
    at: datetime
    width: int
    height: int
    repeated: bool
    position: PhotoPosition | None


@dataclass(frozen=True, slots=True)
class Shown:
    """Which file a reader gets, and whether anybody would get it."""

    digest: bytes
    public: bool


_ADD = text("SELECT photo_add(:number, :link, :case, :kind, :digest, :width, :height, :bytes, :most, :at)")


async def keep_report_photo(
    connection: AsyncConnection, files: PhotoFiles, photo: Photo, number: str, key: str, now: datetime
) -> Kept:
    """Keep a photo of a report for the holder of its link, and commit.

    Raises
    ------
    UnknownReportError, TooManyPhotosError
        ``unknown_report``, ``too_many_photos``.
    """
    asked = {"number": number, "link": digest(key), "case": None, "kind": "report", "most": MOST_OF_REPORT}
    return await _keep(connection, files, photo, asked, now)


async def keep_case_photo(
    connection: AsyncConnection, files: PhotoFiles, photo: Photo, case_id: int, kind: str, now: datetime
) -> Kept:
    """Keep a photo of the work on a case for a member of staff who reads its words, and commit.

    Raises
    ------
    CaseNotFoundError, TooManyPhotosError, UnknownPhotoKindError
        ``case_not_found``, ``too_many_photos``, ``unknown_photo_kind``.
    """
    check_kind(kind)
    asked = {"number": None, "link": None, "case": case_id, "kind": kind, "most": MOST_OF_WORK}
    return await _keep(connection, files, photo, asked, now)


def check_kind(kind: str) -> None:
    """Pass where staff may send a photo of this kind.

    Raises
    ------
    UnknownPhotoKindError
        ``unknown_photo_kind``.
    """
    if kind not in KINDS:
        raise UnknownPhotoKindError(f"One of {', '.join(KINDS)}.")


async def _keep(
    connection: AsyncConnection, files: PhotoFiles, photo: Photo, asked: dict[str, Any], now: datetime
) -> Kept:
    # The file first: a row that commits always has its file.
    await asyncio.to_thread(files.put, photo.digest, photo.jpeg)
    values = asked | {
        "digest": photo.digest,
        "width": photo.width,
        "height": photo.height,
        "bytes": len(photo.jpeg),
        "at": now,
    }
    try:
        said = (await connection.execute(_ADD, values)).scalar_one()
    except DBAPIError as error:
        raise _translated(error, asked["most"]) from error
    await connection.commit()
    return Kept(
        id=said["id"],
        case_id=said["case_id"],
        at=datetime.fromisoformat(said["at"]),
        width=photo.width,
        height=photo.height,
        repeated=said["repeated"],
        position=photo.position,
    )


def _translated(error: DBAPIError, most: int) -> Exception:
    state = getattr(error.orig, "sqlstate", "")
    if state == "GW080":
        return UnknownReportError("This link does not fit the report; open the link from the receipt.")
    if state == "GW081":
        return CaseNotFoundError("There is no such case for you.")
    if state == "GW082":
        return TooManyPhotosError(f"There are {most} photos already.", params={"most": most})
    return error


async def check_case(connection: AsyncConnection, case_id: int) -> None:
    """Pass where the actor sees a case.

    Raises
    ------
    CaseNotFoundError
        ``case_not_found``.
    """
    found = await connection.execute(select(cases.c.id).where(cases.c.id == case_id))
    if found.scalar_one_or_none() is None:
        raise CaseNotFoundError(f"There is no case {case_id} for you.", params={"id": case_id})


async def photos_of_case(connection: AsyncConnection, case_id: int) -> list[PhotoRow]:
    """Answer the photos of a case that the actor may see as a member of staff, the first one first."""
    return (await photos_of_cases(connection, [case_id])).get(case_id, [])


async def photos_of_cases(connection: AsyncConnection, case_ids: Sequence[int]) -> dict[int, list[PhotoRow]]:
    """Answer the same of several cases; those without any are left out."""
    p = photos.c
    chosen = select(p.case_id, p.id, p.kind, p.width, p.height, p.at, p.decision)
    found = await connection.execute(chosen.where(p.case_id.in_(case_ids)).order_by(p.at, p.id))
    shown = defaultdict[int, list[PhotoRow]](list)
    for case_id, *photo in found:
        shown[case_id].append(PhotoRow(*photo))
    return dict(shown)


async def photos_for_reporter(connection: AsyncConnection, number: str, key: str) -> list[PhotoRow]:
    """Answer the photos that the holder of a report's link may see, the first one first; none with a wrong key."""
    found = await connection.execute(
        text("SELECT id, kind, width, height, at FROM reporter_photos(:number, :link)"),
        {"number": number, "link": digest(key)},
    )
    return [PhotoRow(*cast("Sequence[Any]", row)) for row in found]


async def photo_to_show(
    connection: AsyncConnection, photo_id: int, number: str = "", key: str = "", *, as_public: bool = False
) -> Shown:
    """Answer which file whoever asks gets of a photo: the original for staff and its reporter, else what was released.

    Parameters
    ----------
    connection : AsyncConnection
        As the web role; it knows the actor.
    photo_id : int
        Of the photo.
    number, key : str
        From the link of a report.
    as_public : bool
        Leave the rights of whoever asks aside: what does everybody see?

    Raises
    ------
    PhotoNotFoundError
        ``photo_not_found``.
    """
    if not as_public:
        own = (await connection.execute(select(photos.c.digest).where(photos.c.id == photo_id))).scalar_one_or_none()
        if own is None and number and key:
            own = (
                await connection.execute(
                    text("SELECT digest FROM reporter_photos(:number, :link) WHERE id = :id"),
                    {"number": number, "link": digest(key), "id": photo_id},
                )
            ).scalar_one_or_none()
        if own is not None:
            return Shown(own, public=False)
    released = (await connection.execute(text("SELECT public_photo(:id)"), {"id": photo_id})).scalar_one()
    if released is None:
        raise PhotoNotFoundError("There is no such photo for you.")
    return Shown(released, public=True)
