"""Ends what runs beside each other in a loop, for certain."""

import asyncio
import contextlib
from typing import Any

# Longer than a letter under way may take (`running`), shorter than the service waits for its worker (`beside`).
_AGAIN_S = 2.0


async def end(*tasks: asyncio.Future[Any]) -> None:
    """Cancel these, and again those that go on, until all have ended; what they raised stays with them.

    Cancelled once is not always enough: up to Python 3.11 ``asyncio.wait_for``, which drivers and pools wait with,
    forgets a cancellation that comes just as what it waits for is done, and its task goes on for ever.
    """
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        # Whoever ends this one meanwhile ends what it waits for; it is at that already.
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait(running, timeout=_AGAIN_S)
