"""The outbox behind any number of writers: whatever the order of their commits, everything is read, and once."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from grids.news import Horizon, News, Reading


@dataclass
class Writer:
    """A transaction: its number, the ids it drew, whether it has ended, and how."""

    xid: int
    ids: list[int] = field(default_factory=list)
    committed: bool | None = None


@dataclass
class Outbox:
    """A model of the outbox with PostgreSQL's rules: ids ascend as they are drawn, rows appear with their commit."""

    writers: list[Writer] = field(default_factory=list)
    drawn: int = 0

    def begin(self) -> None:
        self.writers.append(Writer(len(self.writers) + 1))

    def running(self) -> list[Writer]:
        return [w for w in self.writers if w.committed is None]

    def draw(self, which: int) -> None:
        if running := self.running():
            self.drawn += 1
            running[which % len(running)].ids.append(self.drawn)

    def end(self, which: int, committed: bool) -> None:
        if running := self.running():
            running[which % len(running)].committed = committed

    def seen(self) -> list[int]:
        return sorted(i for w in self.writers if w.committed for i in w.ids)

    def read(self, horizon: Horizon) -> list[int]:
        lows, highs = horizon.ranges()
        ids = [
            i
            for i in self.seen()
            if any(low <= i < (high or self.drawn + 1) for low, high in zip(lows, highs, strict=True))
        ]
        oldest = min((w.xid for w in self.running()), default=len(self.writers) + 1)
        news = tuple(News(i, i, ()) for i in ids)
        horizon.take(Reading(oldest, len(self.writers) + 1, tuple(ids), news))
        return ids


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("begin")),
        st.tuples(st.just("draw"), st.integers(0, 9)),
        st.tuples(st.just("end"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("read")),
    ),
    max_size=60,
)


@given(_STEPS)
def test_everything_is_read_once(steps: list[tuple[object, ...]]) -> None:
    outbox, horizon = Outbox(), Horizon(top=1)
    read: list[int] = []
    for step in steps:
        match step:
            case ("begin",):
                outbox.begin()
            case ("draw", int(which)):
                outbox.draw(which)
            case ("end", int(which), bool(committed)):
                outbox.end(which, committed)
            case _:
                read += outbox.read(horizon)
    while outbox.running():
        outbox.end(0, True)
    for _ in range(3):
        read += outbox.read(horizon)
    assert sorted(read) == outbox.seen()
    # What was rolled back is not asked for ever.
    assert horizon.gaps == []
    assert horizon.top == max(outbox.seen(), default=0) + 1
