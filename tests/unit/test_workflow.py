"""The picture of the workflow shows the table: every step once, every state once, and nothing from elsewhere."""

from collections import Counter
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from api import cli
from grids.language import LANGUAGES, Language, Words
from grids.workflow import STEPS, State
from grids.workflow_picture import HEIGHT, WIDTH, picture

DOCS = Path(__file__).parents[2] / "docs"
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_step_and_each_state_is_drawn_once(lang: Language) -> None:
    root = ElementTree.fromstring(picture(Words(lang)))  # noqa: S314, our own
    drawn = Counter(element.get("data-verb") for element in root.iter() if element.get("data-verb"))
    assert drawn == Counter(step.verb for step in STEPS)
    states = Counter(element.get("data-state") for element in root.iter() if element.get("data-state"))
    assert states == Counter(get_args(State))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_step_that_changes_the_state_is_an_arrow_with_its_name_and_who_may(lang: Language) -> None:
    words = Words(lang)
    root = ElementTree.fromstring(picture(words))  # noqa: S314
    arrows = {path.get("data-verb") for path in root.iter(f"{_SVG}path")} - {None}
    assert arrows == {step.verb for step in STEPS if step.target is not None}
    said = ["".join(text.itertext()) for text in root.iter(f"{_SVG}text")]
    for step in STEPS:
        by = words("workflow-and").join(words(f"relation-{who}") for who in step.who)
        assert any(text.startswith(words(f"step-{step.verb}")) and by in text for text in said), step.verb


@pytest.mark.parametrize("lang", LANGUAGES)
def test_words_stand_inside_the_picture_and_nothing_comes_from_elsewhere(lang: Language) -> None:
    drawn = picture(Words(lang))
    for text in ElementTree.fromstring(drawn).iter(f"{_SVG}text"):  # noqa: S314
        assert 0 < float(text.get("x", 0)) < WIDTH
        assert 0 < float(text.get("y", 0)) < HEIGHT
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
    assert not {"<script", "<image", "href", "@import"} & {
        part for part in ("<script", "<image", "href", "@import") if part in drawn
    }


@pytest.mark.parametrize(("lang", "name"), [("zh", "workflow.svg"), ("en", "workflow.en.svg")])
def test_the_picture_in_the_documentation_is_the_one_of_today(lang: Language, name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == picture(Words(lang)), (
        f"gridwarden workflow --lang {lang} --out docs/{name}"
    )


def test_the_command_writes_a_file_or_to_the_terminal(tmp_path: Path) -> None:
    out = tmp_path / "workflow.svg"
    written = CliRunner().invoke(cli.app, ["workflow", "--lang", "en", "--out", str(out)])
    assert written.exit_code == 0, written.output
    told = CliRunner().invoke(cli.app, ["workflow"])
    assert out.read_text(encoding="utf-8") == picture(Words("en"))
    assert told.output == picture(Words("zh"))
