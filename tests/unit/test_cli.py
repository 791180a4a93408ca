"""The command line: what it lists is what it has, and listing is cheap."""

import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import COMMANDS, load

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_line_in_the_list_begins_the_command_s_own_help(name: str) -> None:
    own = " ".join((load(name).help or "").split())
    assert own.startswith(COMMANDS[name][2].rstrip("."))


def test_listing_the_commands_imports_none_of_them() -> None:
    heavy = "{'fastapi', 'pydantic', 'sqlalchemy', 'numpy', 'psycopg', 'asyncpg'}"
    script = f"import sys, api.cli; print(*{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("\n", "")


def test_an_error_is_text_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", "db", "stop"],
        cwd=ROOT,
        env={"GRIDWARDEN_DATABASE_URL": "postgresql://u:geheim@127.0.0.1/d", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "GRIDWARDEN_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "geheim" not in done.stderr


def test_every_verb_of_run_is_in_its_help() -> None:
    shown = subprocess.run([ROOT / "run", "help"], capture_output=True, text=True, check=True).stdout
    for verb in ("demo", "serve", "test", "check", "bench", "db", "build", "help"):
        assert f"\n  {verb} " in shown
    wrong = subprocess.run([ROOT / "run", "nonsense"], capture_output=True, text=True, check=False)
    assert wrong.returncode != 0
    assert "nonsense" in wrong.stderr
