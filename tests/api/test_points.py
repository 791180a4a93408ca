"""Tiles of bins and spots: by rights, snapped, never a small number in public, and nothing where nothing is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from fastapi.testclient import TestClient

from tests import little_town as town
from tests.api.test_tiles import FAR, NEAR, layers

_Z, _X, _Y = (int(part) for part in NEAR.split("/"))


@pytest.fixture
def told(client: TestClient, key: Callable[[], dict[str, str]], log_in: Callable[[str], None]) -> TestClient:
    """Seven reports in the first grid, one of them private, and one in the second; told once for the module."""
    if client.get("/api/figures", params={"layer": "received", "level": "city"}).json()["total"]:
        return client
    log_in("desk")
    spots = [(117.0052 + n / 5000, 39.7042) for n in range(6)]
    for lon, lat in spots:
        send(client, key(), town.Told(lon, lat))
    send(client, key(), town.Told(117.0066, 39.7046, category="dispute"))
    send(client, key(), town.Told(*town.IN_DEPUTISED))
    client.cookies.clear()
    return client


def send(client: TestClient, headers: dict[str, str], report: town.Told) -> None:
    answer = client.post("/api/reports", json=report.body(), headers=headers)
    assert answer.status_code == 201, answer.text


def tile(client: TestClient, place: str, folder: Path, layer: str = "received") -> Any:
    answer = client.get(f"/tiles/points/{place}.mvt", params={"layer": layer})
    assert answer.status_code == 200, answer.text
    assert "private" in answer.headers["cache-control"]
    return layers(answer.content, folder) if answer.content else {}


def degrees(shape: shapely.Point) -> tuple[float, float]:
    """Where a point of the near tile lies: GDAL gives it in the tile's own units, y upwards."""
    tiles = 2.0**_Z
    x, y = (_X + shape.x / 4096) / tiles, (_Y + 1 - shape.y / 4096) / tiles
    return x * 360 - 180, float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y)))))


def test_the_public_sees_bins_alone_and_no_small_number(told: TestClient, tmp_path: Path) -> None:
    for place in (FAR, NEAR):
        found = tile(told, place, tmp_path)
        assert found.keys() <= {"bins"}
    fields, _ = tile(told, FAR, tmp_path)["bins"]
    counts = [n for n in fields.get("many", []) if n is not None and not np.isnan(n)]
    # The one in the second grid lies in a bin of its own.  With the total told, six would give it away.
    assert counts == []
    assert len(tile(told, FAR, tmp_path)["bins"][1]) == 2
    figures = told.get("/api/figures", params={"layer": "received", "level": "cell-6"}).json()
    assert (figures["total"], figures["unplaced"]) == (7, 0)
    assert [n for n in figures["counts"] if n] == counts


def test_a_planner_sees_spots_snapped_to_a_thousandth_of_a_degree(
    told: TestClient, log_in: Callable[[str], None], tmp_path: Path
) -> None:
    log_in("planner")
    fields, shapes = tile(told, NEAR, tmp_path)["spots"]
    assert len(shapes) == 8
    assert set(fields) >= {"id"}
    for lon, lat in map(degrees, shapes):
        # A pixel of the tile is some 5e-6 degrees.
        assert abs(lon - round(lon, 3)) < 1e-5
        assert abs(lat - round(lat, 3)) < 1e-5
    assert len(tile(told, NEAR, tmp_path, "open")["spots"][1]) == 8
    assert tile(told, NEAR, tmp_path, "reopened") == {}


def test_a_head_sees_the_spots_of_the_own_grid(told: TestClient, log_in: Callable[[str], None], tmp_path: Path) -> None:
    log_in("head")
    _, shapes = tile(told, NEAR, tmp_path)["spots"]
    assert len(shapes) == 7
    assert max(lon for lon, _ in map(degrees, shapes)) < 117.01


def test_from_afar_staff_see_bins_with_every_number(
    told: TestClient, log_in: Callable[[str], None], tmp_path: Path
) -> None:
    log_in("planner")
    fields, _ = tile(told, FAR, tmp_path)["bins"]
    assert sum(fields["many"]) == 8


@pytest.mark.parametrize(
    ("path", "question", "status", "code"),
    [
        (NEAR, {"layer": "vacancies"}, 422, "not_by_cell"),
        (NEAR, {"layer": "open", "from": "2026-02-02", "to": "2026-02-01"}, 422, "empty_period"),
        (NEAR, {"layer": "open", "family": "no such"}, 422, "unknown_family"),
        ("30/0/0", {"layer": "open"}, 404, "tile_not_found"),
        ("-1/0/0", {"layer": "open"}, 404, "tile_not_found"),
        ("3/8/0", {"layer": "open"}, 404, "tile_not_found"),
        ("3/x/0", {"layer": "open"}, 422, "invalid_request"),
    ],
)
def test_tiles_that_cannot_be(client: TestClient, path: str, question: dict[str, str], status: int, code: str) -> None:
    answer = client.get(f"/tiles/points/{path}.mvt", params=question)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_tile_outside_the_town_is_empty(told: TestClient, log_in: Callable[[str], None], tmp_path: Path) -> None:
    assert tile(told, "14/1/1", tmp_path) == {}
    log_in("planner")
    assert tile(told, "14/1/1", tmp_path) == {}
