"""In which encoding a file's text is: tried strictly, UTF-8 first, then GB18030, which holds GBK and GB2312.

Owns that order and what is refused; runs in a process with limits (``gis.boundary_reader``).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from gis.boundary_refusals import BoundaryFileError

UTF_8: Final = "utf-8"
_CHINESE: Final = "gb18030"
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PROLOGUE: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
# What stands between values in JSON and XML; no second byte of GBK or Big5 is one of these.
_VALUE: Final = re.compile(r"""[^"<>\x00-\x1f]+""")
_VALUE_OF_BYTES: Final = re.compile(_VALUE.pattern.encode())
# Text in another encoding is not these by chance; in one byte a letter any text is anything.
_TELLING_ENCODINGS: Final = frozenset({"big5", "big5hkscs", "cp950", _CHINESE})
_LATIN: Final = re.compile(r"(?:iso[ -]?)?8859-?(\d{1,2})", re.IGNORECASE)
_PAGE: Final = re.compile(r"(?:ansi |oem )?(\d{3,5})", re.IGNORECASE)
# Of what is not plain ASCII: text in GBK is seldom UTF-8 by chance, so that so much of it shows damaged UTF-8.
_MOSTLY: Final = 0.5
_LAST_OF_TWO_BYTES: Final = "\u07ff"
_AFTER_LATIN: Final = "\u0250"
# So many different letters of one script are no chance.
_TELLING: Final = 12


def known(encoding: str) -> str:
    """Answer an encoding by the name that Python has for it.

    Raises
    ------
    BoundaryFileError
        ``encoding_unknown``.

    Examples
    --------
    >>> known("GBK"), known("UTF8")
    ('gbk', 'utf-8')
    """
    try:
        # Codecs that make bytes of bytes are none.
        b"".decode(encoding)
        return codecs.lookup(encoding).name
    except (LookupError, ValueError):
        raise BoundaryFileError("encoding_unknown", encoding=encoding) from None


def decoded(raw: bytes, given: str | None) -> tuple[str, str]:
    """Answer the text of a file and its encoding.

    Parameters
    ----------
    raw : bytes
        All of the file.
    given : str, optional
        What somebody says that it is: held to, never tried around.

    Raises
    ------
    BoundaryFileError
        ``encoding``, ``encoding_given``, ``encoding_cut``, ``encoding_mixed``, ``encoding_unsure``,
        ``encoding_unknown``.
    """
    mark = next((name for start, name in _MARKS if raw.startswith(start)), None)
    if given is None and mark is not None:
        given = mark
    text, encoding = _all_of([raw], given)
    return text[0], encoding


def decoded_values(values: Sequence[bytes], given: str | None, noted: str | None = None) -> tuple[list[str], str]:
    """Answer the texts of a table, all in one encoding, and that encoding; as ``decoded``.

    Parameters
    ----------
    values : sequence of bytes
        Names of columns and what stands in them.
    given : str, optional
        What somebody says that it is.
    noted : str, optional
        What a ``.cpg`` says that it is: believed where UTF-8 does not fit, asked about where it does not fit either.

    Raises
    ------
    BoundaryFileError
        ``encoding_noted`` and as ``decoded``.

    Examples
    --------
    >>> decoded_values(["香河县".encode("gbk"), b"131024"], None)
    (['香河县', '131024'], 'gb18030')
    >>> decoded_values(["香河縣".encode("big5")], None, "950")
    (['香河縣'], 'cp950')
    """
    return _all_of(values, given, _named(noted) if noted is not None else None)


def _refuse_cut(values: Sequence[bytes], encoding: str) -> None:
    """Refuse texts of which most are GBK and one ends within a character: a field was too short for it."""
    if encoding not in (_CHINESE, "gbk", "gb2312"):
        return
    spoken = [value for value in values if not value.isascii()]
    broken = [value for value in spoken if _strictly([value], _CHINESE) is None]
    cut = next((value for value in broken if _strictly([value[:-1]], _CHINESE) is not None), None)
    if cut is not None and len(broken) <= _MOSTLY * len(spoken):
        raise BoundaryFileError("encoding_cut", sample=cut[:-1].decode(_CHINESE)[-40:], count=len(broken))


def _named(noted: str) -> str | None:
    """Answer the encoding that a .cpg names, as programs write it; None where it names none.

    >>> [_named(noted) for noted in ("BIG5", "ANSI 936", "ISO 88591", "65001", "System")]
    ['big5', 'gb18030', 'iso8859-1', 'utf-8', None]
    """
    said = noted.strip()
    latin, page = _LATIN.fullmatch(said), _PAGE.fullmatch(said)
    try:
        name = known(f"iso8859-{latin[1]}" if latin else f"cp{page[1]}" if page else said)
    except BoundaryFileError:
        return None
    return _CHINESE if name in ("gb2312", "gbk") else name


def _all_of(values: Sequence[bytes], given: str | None, noted: str | None = None) -> tuple[list[str], str]:
    if given is not None:
        encoding = known(given)
        found = _strictly(values, encoding)
        if found is None:
            _refuse_cut(values, encoding)
            raise BoundaryFileError("encoding_given", encoding=given)
        return found, encoding
    found = _strictly(values, UTF_8)
    doubtful = found is not None and _by_chance(found)
    if found is not None and (not doubtful or noted == UTF_8):
        return found, UTF_8
    damaged = _mostly_utf_8(values)
    if damaged is not None:
        raise BoundaryFileError("encoding_mixed", sample=damaged.decode(UTF_8, "replace")[:40])
    if noted not in (None, UTF_8):
        return _as_noted(values, noted)
    if found is not None:
        sample = next(value for text in found for value in _spoken(text))
        raise BoundaryFileError("encoding_unsure", sample=sample[:20])
    found = _strictly(values, _CHINESE)
    if found is None:
        _refuse_cut(values, _CHINESE)
        raise BoundaryFileError("encoding")
    return found, _CHINESE


def _as_noted(values: Sequence[bytes], noted: str) -> tuple[list[str], str]:
    found = _strictly(values, noted) if noted in _TELLING_ENCODINGS else None
    if found is None:
        sample = next(value for raw in values for value in _spoken_bytes(raw))
        raise BoundaryFileError("encoding_noted", encoding=noted, sample=sample.decode(noted, "replace")[:20])
    return found, noted


def _strictly(values: Sequence[bytes], encoding: str) -> list[str] | None:
    try:
        return [value.decode(encoding) for value in values]
    except UnicodeDecodeError:
        return None


def _by_chance(texts: Sequence[str]) -> bool:
    r"""Whether texts may be UTF-8 by chance: some pairs of GBK are, and then read as a few letters of far scripts.

    >>> _by_chance(["һ"]), _by_chance(["\ue001F"]), _by_chance(["Québec"]), _by_chance(["五百户镇"])
    (True, True, False, False)
    """
    speaking = [value for text in texts for value in _spoken(text)]
    foreign = {character for text in speaking for character in text if not character.isascii()}
    # Nobody writes what no script has: a pair of GBK and half a pair can read as one such and a letter.
    if any(unicodedata.category(character) in ("Co", "Cn") for character in foreign):
        return True
    if not foreign or max(foreign) > _LAST_OF_TWO_BYTES:
        return False
    accented = all(character.isalpha() and character < _AFTER_LATIN for character in foreign)
    if accented and all(any(each.isascii() and each.isalpha() for each in text) for text in speaking):
        return False
    return len(foreign) < _TELLING or len({ord(character) >> 8 for character in foreign}) > 1


def _mostly_utf_8(values: Sequence[bytes]) -> bytes | None:
    """Answer a value that is not UTF-8 where most are, None where that is not so."""
    speaking = [piece for value in values for piece in _spoken_bytes(value)]
    wrong = [piece for piece in speaking if _strictly([piece], UTF_8) is None]
    return wrong[0] if wrong and len(wrong) < _MOSTLY * len(speaking) else None


def _spoken(text: str) -> Iterator[str]:
    """Answer the values in a text that are more than ASCII: a table has them one by one, GeoJSON and KML all in one."""
    return (found[0] for found in _VALUE.finditer(text) if not found[0].isascii())


def _spoken_bytes(raw: bytes) -> Iterator[bytes]:
    return (found[0] for found in _VALUE_OF_BYTES.finditer(raw) if not found[0].isascii())


def as_utf_8(text: str) -> bytes:
    """Answer a text for a program that wants UTF-8; an XML prologue that names another encoding is left out.

    Examples
    --------
    >>> as_utf_8('<?xml version="1.0" encoding="GBK"?><kml/>')
    b'<kml/>'
    """
    return _PROLOGUE.sub("", text).encode()
