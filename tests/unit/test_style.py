"""The maps' style: complete without any other host, and each base map as a setting."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from grids.areas import Edition
from maps.style import BaseMap, Theme, style, tile_version

LEVELS = ("city", "county", "township", "village", "grid")


def _edition(levels: tuple[str, ...] = LEVELS) -> Edition:
    return Edition(2, "<b>2025</b>", levels, datetime(2024, 12, 1, tzinfo=UTC), "drawn", True)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_own_boundaries_are_the_base_map(theme: Theme) -> None:
    made = style(_edition(), theme)
    assert "glyphs" not in made
    assert "sprite" not in made
    assert {layer["id"] for layer in made["layers"]} >= {
        f"{kind}-{level}" for kind in ("line", "name") for level in LEVELS
    }
    assert made["sources"]["edition"]["tiles"] == [f"/tiles/2/{{z}}/{{x}}/{{y}}.mvt?v={tile_version(_edition())}"]
    assert "<b>" not in made["sources"]["edition"]["attribution"]


def test_no_tile_is_asked_for_beyond_the_edition() -> None:
    box = (116.1, 38.4, 117.3, 40.1)
    assert style(_edition(), "light", bounds=box)["sources"]["edition"]["bounds"] == list(box)
    assert "bounds" not in style(_edition(), "light")["sources"]["edition"]


def test_tiles_of_another_database_have_another_address() -> None:
    one = _edition()
    others = [
        replace(one, id=3),
        replace(one, name="2026"),
        replace(one, loaded_at=datetime(2026, 1, 1, tzinfo=UTC)),
    ]
    versions = {tile_version(each) for each in (one, *others)}
    assert len(versions) == 4
    assert all(version.isalnum() for version in versions)
    # The same instant, however the database's session writes it.
    assert tile_version(replace(one, loaded_at=one.loaded_at.astimezone(ZoneInfo("Asia/Shanghai")))) in versions


def test_a_flat_set_of_wards_has_its_lines_and_names() -> None:
    made = style(_edition(("ward",)), "light")
    assert [layer["id"] for layer in made["layers"]] == ["outside", "land", "line-ward", "name-ward"]


def test_tianditu_comes_in_web_mercator_with_its_names() -> None:
    sources = style(_edition(), "light", BaseMap("tianditu", "a key"))["sources"]
    assert all(
        "_w/wmts" in url and "tk=a%20key" in url for name in ("base-vec", "base-cva") for url in sources[name]["tiles"]
    )


def test_other_base_maps() -> None:
    xyz = style(_edition(), "dark", BaseMap("xyz", "https://t.example.org/{z}/{x}/{y}.png", "<i>somebody"))
    assert xyz["sources"]["base"]["tiles"] == ["https://t.example.org/{z}/{x}/{y}.png"]
    assert xyz["sources"]["base"]["attribution"] == "&lt;i&gt;somebody"
    pmtiles = style(_edition(), "light", BaseMap("pmtiles", "/map/base.pmtiles", max_zoom=3))
    assert pmtiles["sources"]["base"]["tiles"] == ["pmtiles:///map/base.pmtiles/{z}/{x}/{y}"]
    assert pmtiles["sources"]["base"]["maxzoom"] == 3
    assert [layer["id"] for layer in pmtiles["layers"]][:2] == ["outside", "base"]
