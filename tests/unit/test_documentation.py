"""What the reference says exists, and what exists stands in the reference."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from pydantic_settings import BaseSettings

from api import cli, routes
from api.errors import STATUS
from api.settings import (
    BaseMapSettings,
    PhotoSettings,
    QuotaSettings,
    ServiceSettings,
    SmtpSettings,
    WebhookSettings,
    WorkerSettings,
)
from gis.settings import DatabaseSettings

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading: its first column without marks, and the rest."""
    section = REFERENCE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("| `")
    ]
    return {first.strip("`"): rest for first, *rest in cells}


def test_settings() -> None:
    kinds: list[type[BaseSettings]] = [
        DatabaseSettings,
        ServiceSettings,
        BaseMapSettings,
        QuotaSettings,
        PhotoSettings,
        SmtpSettings,
        WebhookSettings,
        WorkerSettings,
    ]
    parts = {"database", "base_map", "quotas", "photo_store"}
    names = {
        f"GRIDWARDEN_{n.upper()}"
        for kind in kinds
        for n in kind.model_fields
        if kind is not ServiceSettings or n not in parts
    }
    assert rows("Settings").keys() == names


def test_errors() -> None:
    assert {code: int(status) for code, (status, _) in rows("Errors").items()} == STATUS


def test_routes() -> None:
    found = set()
    for part in (
        routes.locating,
        routes.reports,
        routes.rota,
        routes.areas,
        routes.patrols,
        routes.boundaries,
        routes.boundary_import,
        routes.cases,
        routes.parts,
        routes.desk,
        routes.orders,
        routes.supervision,
        routes.escalation,
        routes.handovers,
        routes.teams,
        routes.dispatch,
        routes.figures,
        routes.emerging,
        routes.clusters,
        routes.findings,
        routes.health,
        routes.mediations,
        routes.hearings,
        routes.points,
        routes.postings,
        routes.tiles,
        routes.photos,
        routes.moderation,
        routes.deliveries,
        routes.why,
        routes.causes,
        routes.place_decisions,
        routes.places,
    ):
        for route in part.router.routes:
            assert isinstance(route, APIRoute)
            found |= {f"{method} {route.path}" for method in route.methods or ()}
    assert rows("Routes").keys() == found


def test_commands() -> None:
    found = set()
    for name in cli.COMMANDS:
        command = cli.load(name)
        below = getattr(command, "commands", None)
        found |= {f"gridwarden {name} {sub}" for sub in below or ()}
        # Some do something by themselves, too.
        if not below or command.invoke_without_command:
            found.add(f"gridwarden {name}")
    assert {re.sub(r" [A-Z-].*", "", command) for command in rows("Commands")} == found


def test_every_command_has_help_worth_reading() -> None:
    for name in cli.COMMANDS:
        command = cli.load(name)
        for each in getattr(command, "commands", {name: command}).values():
            assert each.help, each.name
            assert len(each.help) > 40, each.name


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readmes_name_the_two_commands_and_real_files(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert "./run demo" in text
    assert "./run test" in text
    for target in re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(r'src="([^":]+)"', text):
        assert (ROOT / target).exists(), target


def test_ci_calls_what_the_readme_names() -> None:
    assert re.search(r"^(exec )?\./run test$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_packages_imported_are_ours() -> None:
    import api
    import gis
    import grids
    import maps

    for package in (gis, grids, maps, api):
        assert package.__file__ is not None
        assert Path(package.__file__).parents[1] == ROOT


def test_dependencies_have_their_reason() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for dependency in project["dependencies"]:
        name = re.split(r"[\[><=]", dependency)[0]
        assert name in reasons, name
