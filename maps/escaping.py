"""Text of people on its way into a file of markup and script: the one place where it is made harmless.

Names of areas, titles and sources are data; whoever writes a file of HTML passes each of them through here, whatever
they hold.  Beside what markup needs, the signs of template literals and of templates are replaced too, so that a text
stays a text even if somebody puts it into one.
"""

import json
from typing import Final

_SIGNS: Final = "&<>\"'`${}"
_IN_MARKUP: Final = str.maketrans({sign: f"&#{ord(sign)};" for sign in _SIGNS} | {"\0": "\ufffd"})
# Line separators end a statement in older script engines; the others end or begin a script element or a comment.
_IN_SCRIPT: Final = {sign: f"\\u{ord(sign):04x}" for sign in "&<>'`$\u2028\u2029"}


def in_markup(text: str) -> str:
    """Answer a text as HTML shows it, in an element or in a quoted attribute.

    >>> in_markup('<b title="${x}">`')
    '&#60;b title=&#34;&#36;&#123;x&#125;&#34;&#62;&#96;'
    """
    return text.translate(_IN_MARKUP)


def in_script(value: object) -> str:
    r"""Answer a value as JSON that may stand inside a script element.

    Raises
    ------
    ValueError
        For NaN and infinity, which JSON does not know.

    >>> in_script(["</script>", "村"])
    '["\\u003c/script\\u003e","村"]'
    """
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign, escaped in _IN_SCRIPT.items():
        # Outside strings JSON has none of these signs.
        plain = plain.replace(sign, escaped)
    # Half a surrogate pair cannot be written to a file.
    return plain.encode("utf-8", "replace").decode("utf-8")
