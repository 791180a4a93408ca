"""Class breaks: zero apart, every value in one class, whole numbers whole, and few values no trouble."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.classes import MOST, diverging, sequential


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(0, 50)), max_size=200))
def test_every_unit_is_in_one_class(values: list[float | None]) -> None:
    classes = sequential(values)
    assert sum(classes.sizes) + classes.zero + classes.missing == len(values)
    assert len(classes.breaks) == len(classes.sizes) <= MOST
    assert list(classes.breaks) == sorted(set(classes.breaks))
    positive = [value for value in values if value]
    assert all(size > 0 for size in classes.sizes)
    assert set(classes.breaks) <= set(positive)
    if positive:
        assert classes.breaks[-1] == max(positive)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), max_size=200))
def test_differences_have_the_same_bounds_on_both_sides(values: list[float | None]) -> None:
    classes = diverging(values)
    assert sum(classes.sizes) + classes.zero + classes.missing == len(values)
    assert len(classes.sizes) == 2 * len(classes.breaks)
    known = [value for value in values if value is not None]
    half = len(classes.breaks)
    assert sum(classes.sizes[:half]) == sum(value < 0 for value in known)
    assert sum(classes.sizes[half:]) == sum(value > 0 for value in known)


def test_classes_hold_about_as_many_units_each_and_the_highest_is_cut_again() -> None:
    values = np.random.default_rng(4).permutation(np.arange(1, 601)).tolist()
    assert sequential(values).sizes == (120, 120, 120, 120, 60, 60)


def test_many_equal_values_make_fewer_classes() -> None:
    classes = sequential([1] * 500 + [2, 3, 4, 5, 6, 7, 8, 900])
    assert classes.breaks[0] == 1
    assert classes.sizes[0] == 500
    assert classes.sizes[-1] <= 2
