"""A clerk's decision as a page or a program sends it, carried out: what both ways in share.  No rights of its own."""

from collections.abc import Sequence

from fastapi import Request

from api.errors import LogInRequiredError
from api.service import Service
from api.visits import Visit, visiting
from grids.moderation import Decided, Decision, check_clerk, decide_photo, decide_words, original_of
from grids.photo_blur import Rectangle


def clerk(visit: Visit) -> None:
    """Pass where a clerk asks.

    Raises
    ------
    LogInRequiredError, ModerationForClerksError
        ``log_in_required``, ``moderation_for_clerks``.
    """
    if visit.actor is None:
        raise LogInRequiredError("Moderation is for clerks: log in first.")
    check_clerk(visit.actor)


async def about_words(
    request: Request, service: Service, report_id: int, decision: Decision, words: str, reason: str
) -> Decided:
    """Decide about the words of a report; as ``decide_words``."""
    async with visiting(request, service) as visit:
        clerk(visit)
        return await decide_words(visit.connection, report_id, decision, words, reason, visit.now)


async def about_photo(
    request: Request, service: Service, photo_id: int, decision: Decision, parts: Sequence[Rectangle], reason: str
) -> Decided:
    """Decide about a photo, its parts blurred before it is released; as ``decide_photo``."""
    uploads = service.uploads
    shown = None
    if decision == "released" and parts:
        async with visiting(request, service) as visit:
            clerk(visit)
            digest, _, _ = await original_of(visit.connection, photo_id)
        # No connection is held while the photo is blurred.
        shown = await uploads.decoder.blur(await uploads.read(digest), parts)
    async with visiting(request, service) as visit:
        clerk(visit)
        return await decide_photo(visit.connection, uploads.files, photo_id, decision, shown, reason, visit.now)
