"""How a text file is encoded that an office sends: UTF-8, else GBK (GB 18030), else it is refused.  Knows no format."""

import codecs
from typing import Final

TRIED: Final = ("utf-8", "gb18030")
"""In this order: what is UTF-8 throughout is hardly ever meant as anything else."""


def decoded(data: bytes) -> str | None:
    r"""Answer the text of a whole file without its mark; None where it is in neither encoding throughout.

    Spreadsheets that save "Unicode text" write UTF-16, with a mark that says so.

    Examples
    --------
    >>> decoded("网格长".encode("gbk")), decoded("网格长".encode("utf-8-sig")), decoded(b"\xff\xff")
    ('网格长', '网格长', None)
    """
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if marked else TRIED:
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    return None
