"""One thing behind the other: what was made is put away while the next is being made.

Owns the thread that puts away.  It is never more than one thing behind, so that no more than two are in memory, and it
has ended when its block is left, however that is left.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self

P = ParamSpec("P")


class Behind:
    """A thread that does what it is given, one thing at a time and in that order.

    Notes
    -----
    Whoever leaves the block waits for what is under way; how it went is asked by ``do`` and ``finish``.

    Examples
    --------
    >>> put_away = []
    >>> with Behind() as behind:
    ...     for each in range(3):
    ...         behind.do(put_away.append, each)
    ...     behind.finish()
    >>> put_away
    [0, 1, 2]
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._under_way: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()

    def do(self, work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Begin something as soon as what was begun before is done; raise what that raised."""
        self.finish()
        self._under_way = self._thread.submit(work, *args, **kwargs)

    def finish(self) -> None:
        """Wait for what was begun; raise what it raised."""
        if self._under_way is not None:
            self._under_way.result()
