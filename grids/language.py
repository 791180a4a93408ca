"""Words for people, in Chinese and English: Fluent files, ``zh.ftl`` or ``errors.zh.ftl``, in each room.

No sentence is built by joining pieces.  Knows no page and no error; a room hands in its own folder of ``.ftl`` files.
"""

from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from fluent.runtime import FluentBundle, FluentResource

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
# Sentences that are kept as they were said: pages repeat themselves, line after line.
_KEPT = 10_000


class UnknownWordError(KeyError):
    """A key that no catalogue holds, or a sentence with a missing value: a mistake of ours, never of the user."""


class Words:
    """What to say in one language.

    Parameters
    ----------
    lang : {"zh", "en"}
        The language.
    rooms : tuple of str
        Packages with a folder ``locales``; the later one wins where two say the same key.

    Examples
    --------
    >>> Words("en")("level-township")
    'township'
    """

    def __init__(self, lang: Language, rooms: tuple[str, ...] = ("grids",)) -> None:
        self.lang = lang
        self._bundle = _bundle(lang, rooms)
        self._said: dict[tuple[object, ...], str] = {}

    def __call__(self, key: str, **values: Any) -> str:
        """Answer the sentence of a key, its values filled in."""
        # The same sentence with the same values is always the same; of numbers 1 and 1.0 are told apart.
        asked = (key, *((name, type(value), value) for name, value in values.items()))
        try:
            said = self._said.get(asked)
        except TypeError:
            return self._say(key, values)
        if said is None:
            if len(self._said) >= _KEPT:
                self._said.clear()
            said = self._said[asked] = self._say(key, values)
        return said

    def _say(self, key: str, values: dict[str, Any]) -> str:
        pattern = self._bundle.get_message(key).value if self._bundle.has_message(key) else None
        if pattern is None:
            raise UnknownWordError(key)
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise UnknownWordError(f"{key}: {errors}")
        return str(text)


@cache
def _bundle(lang: Language, rooms: tuple[str, ...]) -> FluentBundle:
    # No isolation marks: they show as boxes in terminals and upset copy and paste; both languages run left to right.
    bundle = FluentBundle([lang], use_isolating=False)
    for room in rooms:
        files = (f for f in resources.files(room).joinpath("locales").iterdir() if f.name.endswith(f"{lang}.ftl"))
        for file in sorted(files, key=lambda f: f.name):
            bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")), allow_overrides=True)
    return bundle
