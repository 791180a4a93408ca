"""Files that somebody may send as a photo: honest ones of every kind, and those that are made to do harm."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HEIC = b"\x00\x00\x00\x24ftypheic\x00\x00\x00\x00mif1MiHEmiaf" + bytes(200)
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>TOLD-BY-XMP</x:xmpmeta>"


def picture(width: int = 320, height: int = 200, mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and whose right half is blue, with a texture that survives no wrong decoding."""
    image = Image.new("RGB", (width, height), (200, 20, 20))
    image.paste((20, 20, 200), (width // 2, 0, width, height))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The bytes of a picture."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def with_everything(lon: float = 116.9876, lat: float = 39.7654) -> bytes:
    """A JPEG with EXIF (position, camera, thumbnail's place), XMP, IPTC, an ICC profile and a comment; turned by EXIF."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "TOLD-BY-EXIF"
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
            ExifTags.GPS.GPSLatitude: _dms(abs(lat)),
            ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
            ExifTags.GPS.GPSLongitude: _dms(abs(lon)),
            ExifTags.GPS.GPSMapDatum: "WGS-84",
        }
    )
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = encoded(picture(), exif=exif, icc_profile=profile, comment=b"TOLD-BY-COMMENT", xmp=XMP)
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x10\x1c\x02\x78\x00\x0bTOLD-BY-IPT"
    return plain[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + plain[2:]


def _dms(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 6)


def bomb_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few megabytes at most that claims, and holds, more pixels than fit into memory."""
    packer = zlib.compressobj(9)
    # A tenth of its lines is enough to be dangerous.
    body = b"".join(packer.compress(bytes(width + 1)) for _ in range(height // 10)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def text_bomb_png() -> bytes:
    """A small PNG whose compressed text unpacks to a hundred megabytes."""
    text = zlib.compress(bytes(100_000_000), 9)
    plain = encoded(picture(), "PNG")
    return plain[:33] + _chunk(b"zTXt", b"k\0\0" + text) + _chunk(b"iCCP", b"k\0\0" + text) + plain[33:]


def lying_jpeg() -> bytes:
    """A small JPEG whose header claims 60,000 × 60,000 pixels."""
    plain = bytearray(encoded(picture()))
    frame = plain.index(b"\xff\xc0")
    plain[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    return bytes(plain)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_archive() -> bytes:
    """A JPEG that is a ZIP archive as well."""
    out = io.BytesIO(encoded(picture()))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.sh", "echo harm")
    return out.getvalue()


def with_page() -> bytes:
    """A JPEG that is a page as well."""
    return encoded(picture(), comment=b"--><!DOCTYPE html><script>alert(1)</script>")


def with_film() -> bytes:
    """A JPEG with a film behind it, as phones write them."""
    return encoded(picture()) + b"\x00\x00\x00\x18ftypmp42TOLD-BEHIND-IT" + bytes(5000)


def animated(kind: str) -> bytes:
    """A picture of three frames."""
    frames = [picture(), picture().rotate(180), picture()]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def palette_with_transparency() -> bytes:
    """A PNG with a palette, one colour of which is transparent."""
    image = picture().quantize(8)
    return encoded(image, "PNG", transparency=0)


def png_with_text() -> bytes:
    """A PNG that carries words."""
    told = PngInfo()
    told.add_text("Author", "TOLD-BY-TEXT")
    return encoded(picture(), "PNG", pnginfo=told)
