"""Counting senders: what is held in any minute, in how much memory, and whatever the clock does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.quotas import Bucket, Counts, Limits, Minute, Quotas, Sender, TooManyReportsError

steps = st.lists(st.floats(0, 40), min_size=1, max_size=120)


@given(steps)
def test_no_minute_ever_holds_more(waits: list[float]) -> None:
    minute, now, taken = Minute(5), 1000.0, []
    for wait in waits:
        now += wait
        if minute.wait_s(now) == 0:
            minute.take(now)
            taken.append(now)
    assert all(sum(at <= other < at + 60 for other in taken) <= 5 for at in taken)


@given(steps)
def test_a_bucket_gives_no_more_than_it_says(waits: list[float]) -> None:
    bucket, now, taken = Bucket(3, 10), 1000.0, []
    for wait in waits:
        now += wait
        if bucket.wait_s(now) == 0:
            bucket.take(now)
            taken.append(now)
    for first, at in enumerate(taken):
        for last in range(first, len(taken)):
            assert last - first + 1 <= 3 + (taken[last] - at) / 10 + 1e-6


@pytest.mark.parametrize("count", [Bucket(3, 10), Minute(3)])
def test_who_waits_as_told_may_come(count: Bucket | Minute) -> None:
    now = 1000.0
    for _ in range(20):
        now += count.wait_s(now)
        assert count.wait_s(now) == 0
        count.take(now)


@pytest.mark.parametrize("count", [Bucket(3, 10), Minute(3)])
def test_a_clock_that_is_set_back_locks_nobody_out(count: Bucket | Minute) -> None:
    for _ in range(3):
        count.take(1_000_000)
    assert count.wait_s(1_000) <= 60


def test_a_million_addresses_take_no_more_room_than_the_map_has() -> None:
    counts = Counts[int](lambda _: Bucket(10, 10), most=1000)
    for n in range(20_000):
        counts.take(n, 0)
    assert len(counts) == 1000
    for n in range(20_000, 21_000):
        counts.take(n, 200)
    assert len(counts) <= 1000
    for _ in range(2000):
        counts.take(0, 10_000)
    assert len(counts) == 1, "those who are quiet are forgotten"


def test_a_refused_device_takes_nothing_from_its_network() -> None:
    quotas, now = Quotas(Limits(device_at_once=2, network_per_minute=3)), datetime(2026, 3, 2, tzinfo=UTC)
    noisy, neighbour = Sender("n", "a"), Sender("n", "b")
    for _ in range(2):
        quotas.take_report(noisy, now)
    for _ in range(50):
        with pytest.raises(TooManyReportsError) as refused:
            quotas.take_report(noisy, now)
        assert refused.value.params["until"] == now + timedelta(seconds=10)
    quotas.take_report(neighbour, now)
    with pytest.raises(TooManyReportsError):
        quotas.take_report(Sender("n", "c"), now)
