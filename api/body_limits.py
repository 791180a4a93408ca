"""How many bytes a request may carry to some addresses.  The guard holds it; who owns the addresses says how many."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """Addresses by a pattern of their whole path, the bytes that one takes, and the code by which more is refused."""

    path: re.Pattern[str]
    most_bytes: int
    code: str
