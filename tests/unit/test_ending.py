"""What runs beside each other ends, also where a cancellation is forgotten."""

import asyncio

from api.worker.ending import end


async def forgets(times: int) -> None:
    """Go on as if nothing had been said, so many times."""
    for _ in range(times):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            continue
    await asyncio.sleep(60)


async def fails() -> None:
    try:
        await asyncio.sleep(60)
    finally:
        msg = "the connection is gone"
        raise OSError(msg)


def test_what_forgets_that_it_is_cancelled_is_told_again() -> None:
    async def both() -> None:
        obeys, stubborn, failing = (asyncio.create_task(one) for one in (forgets(0), forgets(1), fails()))
        await asyncio.sleep(0)
        await end(obeys, stubborn, failing)
        assert obeys.cancelled()
        assert stubborn.cancelled()
        assert isinstance(failing.exception(), OSError)

    asyncio.run(asyncio.wait_for(both(), 20))


def test_whoever_ends_the_one_that_ends_others_ends_them_all() -> None:
    async def both() -> None:
        inner = asyncio.create_task(forgets(1))

        async def outer() -> None:
            try:
                await asyncio.sleep(60)
            finally:
                await end(inner)

        ending = asyncio.create_task(outer())
        await asyncio.sleep(0)
        ending.cancel()
        await asyncio.sleep(0.01)
        await end(ending)
        assert inner.cancelled()
        assert ending.cancelled()

    asyncio.run(asyncio.wait_for(both(), 20))


def test_nothing_to_end() -> None:
    asyncio.run(end())
