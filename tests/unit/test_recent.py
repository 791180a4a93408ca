"""What is true for a short while is made once, and again when it is old or could not be made."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from api.recent import Recent

_NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Counting:
    """Makes an answer and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    async def make(self) -> int:
        self.made += 1
        await asyncio.sleep(0.01)
        return self.made


def test_a_crowd_asks_for_it_once() -> None:
    async def crowd() -> tuple[list[int], int]:
        recent, counting = Recent(), Counting()
        answers = await asyncio.gather(*(recent.answer("a", counting.make, _NOW, 60) for _ in range(20)))
        return answers, counting.made

    assert asyncio.run(crowd()) == ([1] * 20, 1)


@pytest.mark.parametrize(("later_s", "made"), [(59, 1), (60, 2), (-1, 2)])
def test_what_is_old_or_from_a_later_day_is_made_again(later_s: int, made: int) -> None:
    async def asked() -> int:
        recent, counting = Recent(), Counting()
        await recent.answer("a", counting.make, _NOW, 60)
        return await recent.answer("a", counting.make, _NOW + timedelta(seconds=later_s), 60)

    assert asyncio.run(asked()) == made


def test_what_fails_or_is_given_up_is_made_by_the_next_who_asks() -> None:
    async def fails() -> int:
        await asyncio.sleep(0)
        raise ConnectionError

    async def asked() -> tuple[int, int]:
        recent, counting = Recent(), Counting()
        with pytest.raises(ConnectionError):
            await recent.answer("a", fails, _NOW, 60)
        given_up = asyncio.create_task(recent.answer("a", counting.make, _NOW, 60))
        waiting = asyncio.create_task(recent.answer("a", counting.make, _NOW, 60))
        await asyncio.sleep(0.001)
        given_up.cancel()
        return await waiting, counting.made

    assert asyncio.run(asked()) == (2, 2)


def test_no_more_are_held_than_said() -> None:
    async def asked() -> int:
        recent, counting = Recent(most=2), Counting()
        for key in ("a", "b", "c", "b", "a"):
            await recent.answer(key, counting.make, _NOW, 60)
        return counting.made

    assert asyncio.run(asked()) == 4
