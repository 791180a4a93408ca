"""No small number can be reckoned from what the public is told of one level, with the total and what is on no unit."""

from hypothesis import given
from hypothesis import strategies as st

from maps.layers import FEW, shown, told_sums

COUNTS = st.lists(st.one_of(st.just(0), st.integers(0, 12)), min_size=1, max_size=6)


@given(COUNTS, st.integers(0, 8))
def test_what_is_hidden_cannot_be_reckoned(counts: list[int], unplaced: int) -> None:
    told = shown(counts, FEW)
    total, elsewhere = told_sums(counts, told, unplaced, FEW)
    assert all(n is None or n == 0 or n >= FEW for n in (*told, total, elsewhere))
    hidden = [n for n, one in enumerate(told) if one is None]
    if total is None or not hidden + [None] * (elsewhere is None):
        return
    # All that is known of the hidden ones is their sum, and it is that of several, five at least.
    rest = total - sum(n for n in told if n is not None) - (elsewhere or 0)
    parts = len(hidden) + (elsewhere is None)
    assert parts >= 2
    assert rest >= FEW
    assert rest == sum(counts[n] for n in hidden) + (unplaced if elsewhere is None else 0)
