"""Receipt numbers and keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.receipts import BadNumberError, Keys, clean_number, new_number


def test_numbers_are_ten_digits_and_survive_grouping() -> None:
    for _ in range(200):
        number = new_number()
        assert clean_number(f" {number[:3]} {number[3:6]}-{number[6:]}") == number


@given(st.integers(0, 9), st.integers(1, 9))
def test_any_single_slip_is_noticed(place: int, change: int) -> None:
    number = new_number()
    slipped = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    with pytest.raises(BadNumberError):
        clean_number(slipped)


@pytest.mark.parametrize("given_number", ["", "123", "12345678970", "abcdefghij", "１２３４５６７８９７"])
def test_other_things_are_no_numbers(given_number: str) -> None:
    with pytest.raises(BadNumberError):
        clean_number(given_number)


def test_keys_have_128_bits_and_depend_on_number_and_secret() -> None:
    keys = Keys(b"s" * 32)
    assert keys.key("1234567897") == keys.key("1234567897")
    assert len({keys.key("1234567897"), keys.key("1234567805"), Keys(b"t" * 32).key("1234567897")}) == 3
    assert len(keys.key("1234567897")) == 22
