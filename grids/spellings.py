"""How a Chinese name is typed on a keyboard without Chinese: its pinyin and its first letters.

Characters with several readings get the library's usual one; for a rare place name people may say another.
"""

import re
from collections.abc import Iterable

from pypinyin import lazy_pinyin

_SIGNS = re.compile(r"[\W_]+")


def spell(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Answer the pinyin and the initials of names: lower case, no tones, no spaces, ü as v.

    Digits and letters that stand in a name stay whole in both.

    >>> spell(["五百户镇", "第12网格", "绿园A区"])
    (['wubaihuzhen', 'di12wangge', 'lvyuanaqu'], ['wbhz', 'd12wg', 'lyaq'])
    """
    said = [_syllables(name) for name in names]
    pinyin = ["".join(syllable for syllable, _ in name) for name in said]
    return pinyin, ["".join(syllable if whole else syllable[0] for syllable, whole in name) for name in said]


def _syllables(name: str) -> list[tuple[str, bool]]:
    """Each syllable, and whether it stood there as it is."""
    spoken = lazy_pinyin(name, errors=lambda run: f" {run}")
    plain = ((_SIGNS.sub("", each).lower(), each.startswith(" ")) for each in spoken)
    return [(syllable, whole) for syllable, whole in plain if syllable]
