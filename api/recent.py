"""Answers that are true for a short while, kept by the process so that a crowd asks for them once.

For what is the same for everybody; by whoever asks under the same key at the same time it is made once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from fastapi import Request

_MOST: Final = 64
_T = TypeVar("_T")


@dataclass(slots=True)
class _Held:
    """One answer, the instant until which it is true, and who makes it now."""

    answer: Any = None
    until: datetime | None = None
    making: asyncio.Lock = field(default_factory=asyncio.Lock)


class Recent:
    """The answers that were made last.

    Parameters
    ----------
    most : int
        How many are held; the one that was asked for longest ago is given up first.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._held: OrderedDict[Hashable, _Held] = OrderedDict()

    async def answer(self, key: Hashable, make: Callable[[], Awaitable[_T]], now: datetime, true_for_s: float) -> _T:
        """Answer what is held under a key and still true at ``now``; else make it.  What fails is not held."""
        held = self._held.setdefault(key, _Held())
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)
        # Whoever waits here makes it himself where the one before him gave up.
        async with held.making:
            if held.until is None or not held.until - timedelta(seconds=true_for_s) <= now < held.until:
                held.answer = await make()
                held.until = now + timedelta(seconds=true_for_s)
            answer: _T = held.answer
            return answer


def recent_of(request: Request) -> Recent:
    """Answer what this application holds."""
    state = request.app.state
    if not hasattr(state, "recent"):
        state.recent = Recent()
    recent: Recent = state.recent
    return recent
