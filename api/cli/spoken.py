"""The language of a terminal: ``--lang``, else ``LANG``, else Chinese."""

import os

from api.languages import words_for
from grids.language import Language, Words


def spoken(lang: str | None) -> Words:
    """Answer the words of the language that was asked for.

    Examples
    --------
    >>> spoken("en").lang, spoken("zh_CN").lang
    ('en', 'zh')
    """
    asked = lang or os.environ.get("LANG", "zh")
    chosen: Language = "en" if asked.startswith(("en", "C", "POSIX")) else "zh"
    return words_for(chosen)
