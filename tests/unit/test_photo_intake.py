"""What becomes of the bytes that are sent as a photo: honest files of every kind, and a corpus of hostile ones."""

import asyncio
import io
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from PIL import Image

from grids import photo_decoder
from grids.photo_blur import BadRectangleError, Rectangle, blur
from grids.photo_decoder import Decoder, PhotosBusyError
from grids.photo_intake import (
    LONGEST_SIDE,
    MAX_BYTES,
    BrokenPhotoError,
    HeicError,
    NotAPhotoError,
    PhotoError,
    PhotoTooLargeError,
    TooManyPixelsError,
    take_photo,
)
from tests import hostile_photos as made

RED, BLUE, WHITE = (200, 20, 20), (20, 20, 200), (255, 255, 255)


def opened(jpeg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.load()
        return image


def near(pixel: object, wanted: tuple[int, int, int], by: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel, wanted, strict=True))


def segments(jpeg: bytes) -> list[int]:
    """The markers of a JPEG up to its picture."""
    found, at = [], 2
    while jpeg[at + 1] != 0xDA:
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


HONEST: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: made.encoded(made.picture()),
    "progressive": lambda: made.encoded(made.picture(), progressive=True),
    "cmyk": lambda: made.encoded(made.picture(mode="CMYK")),
    "png": lambda: made.encoded(made.picture(), "PNG"),
    "png with alpha": lambda: made.encoded(made.picture(mode="RGBA"), "PNG"),
    "png with words": made.png_with_text,
    "palette": lambda: made.encoded(made.picture().quantize(16), "PNG"),
    "animated png": lambda: made.animated("PNG"),
    "webp": lambda: made.encoded(made.picture(), "WEBP"),
    "animated webp": lambda: made.animated("WEBP"),
    "film behind it": made.with_film,
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_photos_come_out_as_they_look(name: str) -> None:
    photo = take_photo(HONEST[name]())
    image = opened(photo.jpeg)
    assert image.mode == "RGB"
    assert image.size == (photo.width, photo.height) == (320, 200)
    assert near(image.getpixel((40, 100)), RED, 30), name
    assert near(image.getpixel((280, 100)), BLUE, 30), name


def test_sixteen_bits_of_grey_keep_their_middle() -> None:
    grey = Image.new("I;16", (64, 64), 32768)
    image = opened(take_photo(made.encoded(grey, "PNG")).jpeg)
    assert near(image.getpixel((30, 30)), (128, 128, 128), 3)


def test_what_was_transparent_is_white() -> None:
    clear = Image.new("RGBA", (64, 64), (200, 20, 20, 0))
    for data in (made.encoded(clear, "PNG"), made.encoded(clear, "WEBP", lossless=True, exact=True)):
        assert near(opened(take_photo(data).jpeg).getpixel((30, 30)), WHITE, 2)
    opened(take_photo(made.palette_with_transparency()).jpeg)


def test_no_metadata_is_left_and_the_position_is_told_once() -> None:
    given = made.with_everything()
    for told in (b"TOLD-BY-EXIF", b"TOLD-BY-XMP", b"TOLD-BY-IPT", b"TOLD-BY-COMMENT", b"ICC_PROFILE"):
        assert told in given, "the corpus carries what is to go"
    photo = take_photo(given)
    assert photo.position is not None
    assert (photo.position.lon, photo.position.lat, photo.position.datum) == pytest.approx((116.9876, 39.7654, "wgs84"))
    for told in (b"TOLD", b"Exif", b"ICC_PROFILE", b"Photoshop", b"http", b"xmp"):
        assert told not in photo.jpeg
    # JFIF, tables and frame; no other application segment (E1-EF) and no comment (FE).
    assert set(segments(photo.jpeg)) <= {0xE0, 0xDB, 0xC0, 0xC4}
    assert opened(photo.jpeg).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_orientation_is_applied() -> None:
    photo = take_photo(made.with_everything())
    # Turned by a quarter: what was left is on top.
    assert (photo.width, photo.height) == (200, 320)
    assert near(opened(photo.jpeg).getpixel((100, 40)), RED, 30)


@pytest.mark.parametrize(("lon", "lat"), [(-70.5, -33.25), (0.0, 0.0)])
def test_positions_of_other_quarters_and_of_nowhere(lon: float, lat: float) -> None:
    position = take_photo(made.with_everything(lon, lat)).position
    if lon == lat == 0:
        assert position is None, "nought and nought is what cameras write that know nothing"
    else:
        assert position is not None
        assert (position.lon, position.lat) == pytest.approx((lon, lat))


def test_nothing_behind_the_picture_is_left() -> None:
    given = made.with_film()
    assert b"TOLD-BEHIND-IT" in given
    jpeg = take_photo(given).jpeg
    assert b"TOLD-BEHIND-IT" not in jpeg
    assert jpeg.endswith(b"\xff\xd9")


def test_a_large_photo_becomes_smaller_and_the_same_photo_the_same_file() -> None:
    given = made.encoded(made.picture(5000, 3000))
    one, two = take_photo(given), take_photo(given)
    assert (one.width, one.height) == (LONGEST_SIDE, 1536)
    assert one.digest == two.digest


HOSTILE: dict[str, tuple[Callable[[], bytes], type[PhotoError]]] = {
    "nothing": (lambda: b"", NotAPhotoError),
    "renamed pdf": (lambda: made.PDF, NotAPhotoError),
    "heic": (lambda: made.HEIC, HeicError),
    "gif": (lambda: made.animated("GIF"), NotAPhotoError),
    "tiff": (lambda: made.encoded(made.picture(), "TIFF"), NotAPhotoError),
    "postscript": (lambda: made.encoded(made.picture(), "EPS"), NotAPhotoError),
    "svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", NotAPhotoError),
    "archive": (made.with_archive, NotAPhotoError),
    "page": (made.with_page, NotAPhotoError),
    "pdf in a jpeg": (lambda: made.encoded(made.picture(), comment=made.PDF), NotAPhotoError),
    "ten megabytes and one": (lambda: made.encoded(made.picture()) + bytes(MAX_BYTES), PhotoTooLargeError),
    "bomb": (lambda: made.bomb_png(20_000, 20_000), TooManyPixelsError),
    "26 megapixels": (lambda: made.encoded(Image.new("1", (6500, 4000)), "PNG"), TooManyPixelsError),
    "lying jpeg": (made.lying_jpeg, TooManyPixelsError),
    "cut off jpeg": (lambda: made.encoded(made.picture())[:1500], BrokenPhotoError),
    "cut off png": (lambda: made.encoded(made.picture(), "PNG")[:150], BrokenPhotoError),
    "cut off webp": (lambda: made.encoded(made.picture(), "WEBP")[:80], BrokenPhotoError),
    "three bytes": (lambda: b"\xff\xd8\xff", BrokenPhotoError),
    "png of nothing": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), BrokenPhotoError),
    "text bomb": (made.text_bomb_png, BrokenPhotoError),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_their_code(name: str) -> None:
    make, error = HOSTILE[name]
    with pytest.raises(PhotoError) as caught:
        take_photo(make())
    assert type(caught.value) is error, str(caught.value)


def test_every_cut_and_every_broken_byte_is_a_photo_or_a_refusal() -> None:
    whole = {kind: made.encoded(made.picture(64, 48), kind) for kind in ("JPEG", "PNG", "WEBP")}
    for data in whole.values():
        for at in range(0, len(data), max(1, len(data) // 60)):
            broken = bytearray(data)
            broken[at] ^= 0xFF
            for each in (data[:at], bytes(broken)):
                try:
                    photo = take_photo(each)
                except PhotoError:
                    continue
                assert photo.jpeg.startswith(b"\xff\xd8\xff")


def test_a_blurred_part_tells_nothing_and_the_rest_stays() -> None:
    noisy = Image.effect_noise((400, 300), 120).convert("RGB")
    original = take_photo(made.encoded(noisy, quality=95))
    shown = blur(original.jpeg, [Rectangle(25, 25, 50, 50)])
    before, after = opened(original.jpeg), opened(shown.jpeg)
    assert after.size == before.size
    inside, outside = (110, 85, 290, 215), (0, 0, 90, 300)
    # Noise has an edge at every pixel; what is left of it inside is as good as none.
    assert _roughness(after.crop(inside)) < _roughness(before.crop(inside)) / 20
    assert _roughness(after.crop(outside)) > _roughness(before.crop(outside)) * 0.8
    assert shown.digest != original.digest


def _roughness(image: Image.Image) -> float:
    grey = image.convert("L")
    values = list(grey.tobytes())
    return sum(abs(a - b) for a, b in pairwise(values)) / len(values)


@pytest.mark.parametrize(
    "part", [(-1, 0, 10, 10), (0, 101, 10, 10), (0, 0, 0, 10), (0, 0, 10, 101), (float("nan"), 0, 1, 1)]
)
def test_a_part_lies_inside(part: tuple[float, float, float, float]) -> None:
    with pytest.raises(BadRectangleError):
        Rectangle(*part)


def test_parts_at_the_edges_have_at_least_a_pixel() -> None:
    assert Rectangle(100, 100, 100, 100).pixels(50, 40) == (49, 39, 50, 40)
    assert Rectangle(0, 0, 0.01, 0.01).pixels(50, 40) == (0, 0, 1, 1)


def test_the_process_of_its_own_answers_as_the_function_does() -> None:
    async def run() -> None:
        decoder = Decoder()
        given = made.with_everything()
        photo = await decoder.take(given)
        assert photo == take_photo(given)
        shown = await decoder.blur(photo.jpeg, [Rectangle(0, 0, 50, 50)])
        assert shown == blur(photo.jpeg, [Rectangle(0, 0, 50, 50)])
        for name in ("renamed pdf", "heic", "bomb", "cut off jpeg"):
            make, error = HOSTILE[name]
            with pytest.raises(error):
                await decoder.take(make())

    asyncio.run(run())


def test_more_at_once_than_may_wait_are_told_to_come_again() -> None:
    async def run() -> None:
        decoder = Decoder(at_once=1, waiting=1)
        data = made.encoded(made.picture())
        answers = await asyncio.gather(*(decoder.take(data) for _ in range(4)), return_exceptions=True)
        assert [type(answer) for answer in answers].count(PhotosBusyError) == 2
        assert (await decoder.take(data)).width == 320

    asyncio.run(run())


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_decoder, "_LIMITS", replace(photo_decoder._LIMITS, patience_s=0.0))

    async def run() -> None:
        decoder = Decoder()
        start = time.monotonic()
        with pytest.raises(BrokenPhotoError):
            await decoder.take(made.encoded(made.picture()))
        assert time.monotonic() - start < 5

    asyncio.run(run())


def test_the_largest_photos_that_are_taken_fit_into_the_process() -> None:
    largest = {
        "jpeg": made.encoded(made.picture(6250, 4000), progressive=True, quality=95),
        "cmyk": made.encoded(made.picture(6250, 4000, "CMYK")),
        "png": made.encoded(made.picture(6250, 4000, "RGBA"), "PNG"),
        "webp": made.encoded(made.picture(6250, 4000), "WEBP"),
    }

    async def run() -> None:
        for name, data in largest.items():
            assert len(data) <= MAX_BYTES
            assert (await Decoder().take(data)).width == LONGEST_SIDE, name

    asyncio.run(run())


def test_the_process_is_bounded_in_memory_and_time() -> None:
    script = (
        'import io, resource; from grids import photo_decoder as d; d.main(io.BytesIO(b\'{"do": "take"}\\n\'), io.BytesIO());'
        "print(resource.getrlimit(resource.RLIMIT_AS)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    memory, seconds = map(int, done.stdout.split())
    assert 0 < memory <= 1 << 30
    assert 0 < seconds <= 30
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY, "ours is not"
