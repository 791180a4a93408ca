"""Both languages say the same things."""

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser
from fluent.syntax.ast import Message, VariableReference
from fluent.syntax.visitor import Visitor

from grids.language import LANGUAGES, UnknownWordError, Words

ROOT = Path(__file__).parents[2]


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: VariableReference) -> None:  # noqa: N802  (the visitor's own naming)
        self.names.add(node.id.name)


def _messages(room: str, lang: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in sorted((ROOT / room / "locales").glob(f"*{lang}.ftl")):
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body:
            assert entry.__class__.__name__ != "Junk", f"{file.name}: {entry.content}"  # type: ignore[union-attr]
            if isinstance(entry, Message):
                assert entry.id.name not in found, f"{file.name}: {entry.id.name} stands twice"
                variables = _Variables()
                variables.visit(entry)
                found[entry.id.name] = variables.names
    return found


@pytest.mark.parametrize("room", ["grids", "maps", "api"])
def test_languages_have_the_same_keys_and_values(room: str) -> None:
    zh, en = (_messages(room, lang) for lang in LANGUAGES)
    assert zh.keys() == en.keys()
    # A language may leave a value out (zh names a level where en does not need to), never invent one.
    for key in zh:
        assert zh[key] <= en[key] or en[key] <= zh[key], key


def test_every_error_code_has_a_title_and_a_text() -> None:
    from api.errors import STATUS

    keys = _messages("api", "zh").keys()
    assert {k.removeprefix("error-") for k in keys if k.startswith("error-")} == STATUS.keys()
    assert {k.removeprefix("title-") for k in keys if k.startswith("title-")} >= STATUS.keys()


def test_every_error_of_the_service_is_in_the_table() -> None:
    from api.errors import STATUS

    sources = [p for room in ("grids", "maps") for p in (ROOT / room).glob("*.py")]
    codes = {
        c for p in sources for c in re.findall(r'^    code(?:: ClassVar\[str\])? = "(\w+)"', p.read_text("utf-8"), re.M)
    }
    assert codes <= STATUS.keys()


def test_an_unknown_key_is_a_mistake() -> None:
    with pytest.raises(UnknownWordError):
        Words("zh")("no-such-key")
    with pytest.raises(UnknownWordError):
        Words("en")("explain-inside")
