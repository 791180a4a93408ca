"""A base map of an operator's own: one PMTiles file on the disk, read in pieces by the browser."""

import gzip
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from api.settings import BaseMapSettings
from gis.store import Store
from tests.browser.conftest import Visitors, drawn, serving
from tests.conftest import cloned

COLOUR = (200, 30, 200)


def _png(colour: tuple[int, int, int], size: int = 256) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * size) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _varints(*numbers: int) -> bytes:
    out = bytearray()
    for number in numbers:
        while number >= 128:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)
    return bytes(out)


def _archive(tile: bytes) -> bytes:
    """One picture for all 21 tiles of the zooms 0 to 2, behind a leaf directory, as PMTiles version 3 writes it."""
    leaf = gzip.compress(_varints(1, 0, 21, len(tile), 1))
    root = gzip.compress(_varints(1, 0, 0, len(leaf), 1))
    at_leaf = 127 + len(root)
    at_tiles = at_leaf + len(leaf)
    offsets = (127, len(root), at_leaf, 0, at_leaf, len(leaf), at_tiles, len(tile), 21, 1, 1)
    # Clustered, directories gzipped, tiles as they are, PNG, zooms 0 to 2; bounds and centre do not matter here.
    kinds = bytes((1, 2, 1, 2, 0, 2))
    return b"PMTiles\x03" + struct.pack("<11Q", *offsets) + kinds + bytes(25) + root + leaf + tile


@pytest.fixture(scope="module")
def mapped(server: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("base") / "base.pmtiles"
    path.write_bytes(_archive(_png(COLOUR)))
    settings = BaseMapSettings(base_map="pmtiles", base_map_url=str(path), base_map_attribution="<b>me</b>")
    with cloned(server) as store, serving(store, base_map=settings) as address:
        yield address


def test_a_pmtiles_file_lies_under_the_boundaries(browser: Browser, mapped: str) -> None:
    visitors = Visitors(browser, mapped)
    page = visitors.come()
    page.goto("/report")
    drawn(page)
    colours = page.evaluate(_COUNT_PURPLE, page.locator("#map").screenshot().hex())
    assert colours > 0.3
    visitors.leave()


# The share of pixels that look like the picture, which the style pales.
_COUNT_PURPLE = """async (hex) => {
    const bytes = Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
    pen.drawImage(image, 0, 0);
    const { data } = pen.getImageData(0, 0, image.width, image.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
        count += Number(data[at] > data[at + 1] + 30 && data[at + 2] > data[at + 1] + 30);
    }
    return count / (data.length / 4);
}"""
