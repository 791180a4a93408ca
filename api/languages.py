"""Which language a request is answered in: ``?lang=``, then the cookie, then Accept-Language, then Chinese."""

import os
import re
from collections.abc import Iterator
from functools import cache

from starlette.requests import HTTPConnection

from grids.language import LANGUAGES, Language, Words

COOKIE = "gridwarden_lang"
_ROOMS = ("grids", "maps", "api")
# A language range with its weight (RFC 9110, 12.4.2 and 12.5.4).
_RANGE = re.compile(r"\s*([a-z]+)(?:-[a-z0-9-]+)?\s*(?:;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?", re.IGNORECASE)


def language_of(request: HTTPConnection) -> Language:
    """Answer the language of a request."""
    for asked in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if asked in LANGUAGES:
            return asked
    # Of two that are wanted alike the first wins.
    return max(_wanted(request.headers.get("accept-language", "")), key=lambda w: w[1], default=("zh", 0.0))[0]


def _wanted(accepted: str) -> Iterator[tuple[Language, float]]:
    """Our languages in an Accept-Language with their weights, without the unwanted and the malformed."""
    for part in accepted.split(","):
        found = _RANGE.fullmatch(part)
        if found is None:
            continue
        weight = float(found[2] or 1)
        for lang in LANGUAGES:
            if found[1].lower() == lang and weight > 0:
                yield lang, weight


@cache
def words_for(lang: Language) -> Words:
    """Answer the words of all rooms in a language."""
    return Words(lang, _ROOMS)


def words_at_terminal(lang: str | None) -> Words:
    """Answer the words of a command: in the language that was asked for, else as LANG says, else in Chinese.

    Examples
    --------
    >>> words_at_terminal("en").lang, words_at_terminal("zh_CN").lang
    ('en', 'zh')
    """
    return words_for("en" if (lang or os.environ.get("LANG", "zh")).startswith(("en", "C", "POSIX")) else "zh")
