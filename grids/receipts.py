"""What a resident takes away: a number that can be told over the telephone, and a key that nobody can guess.

The number has ten digits, the last a check digit (Luhn, ISO/IEC 7812-1), so that a slip is noticed before it is looked
up.  The key is derived from the number and the service's secret; the database keeps its digest alone, and a repeated
request gets the same link again without its ever having been stored.
"""

import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

import numpy as np
from stdnum import luhn

from gis.errors import GridwardenError


class BadNumberError(GridwardenError):
    """Not a receipt number: wrong length or check digit."""

    code: ClassVar[str] = "bad_number"


def new_number() -> str:
    """Answer a fresh receipt number; whether it is taken, the database says.

    >>> len(new_number())
    10
    """
    digits = f"{secrets.randbelow(10**9):09d}"
    return digits + str(luhn.calc_check_digit(digits))


def new_numbers(count: int) -> list[str]:
    """Answer many fresh receipt numbers, one perhaps twice; whether they are taken, the database says.

    >>> all(luhn.is_valid(number) and len(number) == 10 for number in new_numbers(100))
    True
    """
    nine = np.frombuffer(secrets.token_bytes(8 * count), dtype=np.uint64).astype(np.int64) % 10**9
    digits = nine[:, None] // 10 ** np.arange(8, -1, -1) % 10
    # From the last one leftwards every other digit counts twice, and what has two digits then counts as their sum.
    twice = digits[:, ::2] * 2
    total = digits[:, 1::2].sum(axis=1) + (twice - 9 * (twice > 9)).sum(axis=1)
    return [f"{number:010d}" for number in (nine * 10 + -total % 10).tolist()]


def clean_number(given: str) -> str:
    """Answer the ten digits of a number however it was grouped.

    Raises
    ------
    BadNumberError
        ``bad_number`` if it has not ten digits or its check digit is wrong.

    Examples
    --------
    >>> clean_number("123 456-7897")
    '1234567897'
    """
    digits = re.sub(r"[\s·.-]", "", given)
    if not re.fullmatch(r"[0-9]{10}", digits) or not luhn.is_valid(digits):
        raise BadNumberError("A receipt number has ten digits; compare it with the receipt once more.")
    return digits


@dataclass(frozen=True, slots=True)
class Keys:
    """Makes and checks the keys of residents' links.

    Parameters
    ----------
    secret : bytes
        The service's own, at least 32 bytes; the same in all processes.
    """

    secret: bytes

    def key(self, number: str) -> str:
        """Answer the key of a report: 128 bits, as 22 characters for a link."""
        return urlsafe_b64encode(hmac.digest(self.secret, number.encode(), "sha256")[:16]).rstrip(b"=").decode()


def digest(secret_text: str) -> bytes:
    """Answer the SHA-256 under which a key or token is kept."""
    return sha256(secret_text.encode()).digest()
