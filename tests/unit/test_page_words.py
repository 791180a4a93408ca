"""Every word that a page asks for is there, and none is kept that no page asks for."""

import re
from pathlib import Path

from fluent.syntax import FluentParser
from fluent.syntax.ast import Message

from api.pages.marks import MARKS

ROOT = Path(__file__).parents[2]
_USED = re.compile(r"""\b(?:t|words|self\.words|visit\.words)\(\s*"([a-z][a-z0-9_-]*)"\s*[,)]""")
# Keys that are put together, each from a list that is known.
_UNITS = ("minutes", "hours", "days", "months", "years")
_MADE = {
    *(f"mark-{mark}" for mark in MARKS),
    *(f"time-{side}-{unit}" for side in ("ago", "ahead", "left", "over") for unit in _UNITS),
    *(f"theme-{theme}" for theme in ("auto", "light", "dark")),
    *(f"recipient-{role}" for role in ("head", "deputy", "desk")),
    *(f"nav-{page}" for page in ("desk", "day", "inbox", "moderation", "my-area", "rules")),
    "time-exact",
    "time-exact-year",
}


def _said(*patterns: str) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        for file in ROOT.glob(pattern):
            body = FluentParser().parse(file.read_text(encoding="utf-8")).body
            found |= {entry.id.name for entry in body if isinstance(entry, Message)}
    return found


def _asked() -> set[str]:
    sources = [*ROOT.glob("api/templates/**/*.html"), *ROOT.glob("api/pages/*.py"), *ROOT.glob("api/*.py")]
    found = {key for file in sources for key in _USED.findall(file.read_text(encoding="utf-8").replace("'", '"'))}
    draft = (ROOT / "api/pages/draft.py").read_text(encoding="utf-8")
    # The draft names what is missing by the end of its key.
    found |= {f"report-{key}" for key in re.findall(r'"((?:missing|too-long|bad)-[a-z-]+)"\)', draft)}
    return found | _MADE


def test_what_is_asked_for_is_there() -> None:
    assert _asked() - _said("api/locales/*zh.ftl", "grids/locales/*zh.ftl") == set()


def test_nothing_is_kept_that_nobody_asks_for() -> None:
    assert _said("api/locales/pages.zh.ftl") - _asked() == set()
