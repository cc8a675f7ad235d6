"""TIFF, JPEG and PNG that are bad or odd. Every picture bears its own words: no two files are alike."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.badinput.kind import Kind, Make, as_bytes, read, refused

TYPEFACE = Path(__file__).parents[2] / "sohoa" / "typefaces" / "Tinos-Regular.ttf"
A5_150 = (874, 1240)
TENTHS = range(1, 10)


def sheet(words: str, size: tuple[int, int] = A5_150, mode: str = "RGB") -> Image.Image:
    """Return a page with a line of print: A5 at 150 dpi unless told otherwise."""
    page = Image.new("RGB", size, "white")
    font = ImageFont.truetype(str(TYPEFACE), max(6, size[1] // 40))
    for row, line in enumerate(("CÔNG VĂN", words)):
        ImageDraw.Draw(page).text((size[0] // 10, size[1] // 10 + row * size[1] // 20), line, font=font, fill="black")
    return page.convert(mode)


def saved(picture: Image.Image, how: str, **more: object) -> bytes:
    """Return the picture as a file of this format."""
    out = io.BytesIO()
    picture.save(out, how, **{"dpi": (150, 150)} | more)
    return out.getvalue()


@cache
def whole(how: str) -> bytes:
    """Return a sound file, for cutting."""
    more = {"compression": "tiff_lzw"} if how == "TIFF" else {}
    return saved(sheet(f"cắt {how}"), how, **more)


def _cut(data: Callable[[], bytes], tenths: int) -> Make:
    return as_bytes(lambda: data()[: len(data()) * tenths // 10])


def truncated(name: str, suffix: str, data: Callable[[], bytes]) -> list[Kind]:
    """Return a file cut after each tenth."""
    return [refused(f"{name}-cut-{n}0", f"cut/{name} {n}0{suffix}", _cut(data, n)) for n in TENTHS]


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *, bits: int = 8, colour: int = 2, before: bytes = b"", rows: bytes = b"") -> bytes:
    """Return a PNG with this header, whatever its pixels are."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + before + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def zeros(count: int) -> bytes:
    """Return `count` zeros as zlib packs them, without packing them: one packed MiB, over and over."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(b"\0" * (count & 0xFFFFF)) + packer.flush()
    # Adler-32 of zeros: the sum stays 1, the sum of sums counts them.
    return head + block * (count >> 20) + rest[:-4] + struct.pack(">I", (count % 65_521) << 16 | 1)


def _huge_png() -> bytes:
    return png(30_000, 30_000, rows=zeros(50_000_000))


def _longer_than_its_header() -> bytes:
    """Say a hundred pixels and hold a billion bytes."""
    return png(100, 100, rows=zeros(1 << 30))


def _largest_allowed() -> bytes:
    side = 13_400
    row = b"\0" + b"\xff" * ((side + 7) // 8)
    return png(side, side, bits=1, colour=0, rows=zlib.compress(row * side, 9))


def _text_bomb() -> bytes:
    body = b"Comment\0\0" + zeros(1 << 28)
    return png(10, 10, before=chunk(b"zTXt", body), rows=zlib.compress(b"\0" * 310))


def _profile_bomb() -> bytes:
    body = b"icc\0\0" + zeros(1 << 28)
    return png(10, 10, before=chunk(b"iCCP", body), rows=zlib.compress(b"\0" * 310))


def _huge_jpeg() -> bytes:
    """Say 900 megapixels in the frame header of a small JPEG."""
    data = bytearray(saved(sheet("900 triệu điểm"), "JPEG"))
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 30_000, 30_000)
    return bytes(data)


def tiff(*directories: dict[int, tuple[int, int, int]], next_of_last: int = 0, pixels: bytes = b"") -> bytes:
    """Return a little-endian TIFF of these directories (tag: type, count, value); the pixels stand first, at 8."""
    out = b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels
    at = 8 + len(pixels)
    for number, tags in enumerate(directories):
        at += 2 + 12 * len(tags) + 4
        after = next_of_last if number == len(directories) - 1 else at
        entries = b"".join(struct.pack("<HHII", tag, *tags[tag]) for tag in sorted(tags))
        out += struct.pack("<H", len(tags)) + entries + struct.pack("<I", after)
    return out


def _grey(width: int, height: int, **change: tuple[int, int, int]) -> dict[int, tuple[int, int, int]]:
    tags = {256: (4, 1, width), 257: (4, 1, height), 258: (3, 1, 8), 259: (3, 1, 1), 262: (3, 1, 1)}
    tags |= {273: (4, 1, 8), 277: (3, 1, 1), 278: (4, 1, height), 279: (4, 1, min(width * height, 2**32 - 1))}
    return tags | {int(tag[1:]): value for tag, value in change.items()}


def _ring_of_directories() -> bytes:
    return tiff(_grey(8, 8), next_of_last=8 + 64, pixels=b"\xff" * 64)


def _many_pages() -> bytes:
    return tiff(*[_grey(8, 8)] * 6_000, pixels=b"\xff" * 64)


def _turned_jpeg() -> bytes:
    page = sheet("xoay theo EXIF")
    tags = page.getexif()
    tags[0x0112] = 6
    return saved(page, "JPEG", exif=tags)


def _two_pages() -> bytes:
    first, second = sheet("trang một"), sheet("trang hai", mode="L")
    return saved(first, "TIFF", save_all=True, append_images=[second], compression="tiff_lzw")


def _deep_grey() -> bytes:
    return saved(Image.fromarray(np.asarray(sheet("16 bit", mode="L"), dtype=np.uint16) * 257), "PNG")


def _deep_colour() -> bytes:
    rows = np.asarray(sheet("16 bit màu"), dtype=">u2") * 257
    packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    return png(*A5_150, bits=16, rows=packed)


def _floats() -> bytes:
    values = np.asarray(sheet("số thực", mode="L"), dtype=np.float32) / 255
    values[0, 0] = np.nan
    return saved(Image.fromarray(values), "TIFF")


def _packed_tiff(mode: str) -> Make:
    return as_bytes(lambda: saved(sheet(f"{mode} TIFF", mode=mode), "TIFF", compression="tiff_lzw"))


def _palette() -> bytes:
    return saved(sheet("bảng màu", mode="P"), "PNG", transparency=b"\xff" * 9)


def _no_density() -> bytes:
    """State a density of nought divided by nought."""
    data = bytearray(saved(sheet("mật độ 0/0"), "TIFF"))
    return bytes(data).replace(struct.pack("<II", 150, 1), struct.pack("<II", 0, 0))


KINDS: list[Kind] = [
    *truncated("jpeg", ".jpg", lambda: whole("JPEG")),
    *truncated("png", ".png", lambda: whole("PNG")),
    *truncated("tiff", ".tif", lambda: whole("TIFF")),
    refused("png-900-megapixels", "lớn/900 triệu điểm.png", as_bytes(_huge_png), "too_large", what="pixels"),
    refused("jpeg-900-megapixels", "lớn/900 triệu điểm.jpg", as_bytes(_huge_jpeg), "too_large", what="pixels"),
    refused(
        "tiff-900-megapixels", "lớn/900.tif", as_bytes(lambda: tiff(_grey(30_000, 30_000))), "too_large", what="pixels"
    ),
    refused(
        "tiff-two-thousand-million-wide",
        "lớn/rộng.tif",
        as_bytes(lambda: tiff(_grey(2**31 - 1, 2**31 - 1))),
        "too_large",
    ),
    read("largest-page-allowed", "lớn/180 triệu điểm.png", as_bytes(_largest_allowed)),
    read("png-longer-than-its-header", "bom/dữ liệu thừa.png", as_bytes(_longer_than_its_header)),
    refused("png-text-bomb", "bom/chữ.png", as_bytes(_text_bomb)),
    refused("png-profile-bomb", "bom/hồ sơ màu.png", as_bytes(_profile_bomb)),
    read("tiff-ring-of-directories", "bom/vòng.tif", as_bytes(_ring_of_directories)),
    refused("tiff-of-six-thousand-pages", "bom/6000 trang.tif", as_bytes(_many_pages), "too_large", what="pages"),
    refused("tiff-without-area", "lạ/không diện tích.tif", as_bytes(lambda: tiff(_grey(0, 8)))),
    read("strip-of-20000-pixels", "lạ/dải 20000.png", as_bytes(lambda: saved(sheet("dải", (20_000, 60)), "PNG"))),
    read("column-of-20000-pixels", "lạ/cột 20000.png", as_bytes(lambda: saved(sheet("cột", (60, 20_000)), "PNG"))),
    read("one-pixel", "lạ/một điểm.png", as_bytes(lambda: saved(Image.new("RGB", (1, 1), "black"), "PNG"))),
    read("one-bit", "lạ/1 bit.tif", as_bytes(lambda: saved(sheet("1 bit", mode="1"), "TIFF", compression="group4"))),
    read("sixteen-bit-grey", "lạ/16 bit xám.png", as_bytes(_deep_grey)),
    read("sixteen-bit-colour", "lạ/16 bit màu.png", as_bytes(_deep_colour)),
    read("floats", "lạ/số thực.tif", as_bytes(_floats)),
    read("cmyk-jpeg", "lạ/CMYK.jpg", as_bytes(lambda: saved(sheet("mực in", mode="CMYK"), "JPEG"))),
    read(
        "cmyk-tiff",
        "lạ/CMYK.tif",
        as_bytes(lambda: saved(sheet("mực in tiff", mode="CMYK"), "TIFF", compression="tiff_lzw")),
    ),
    read("lab-tiff", "lạ/Lab.tif", _packed_tiff("LAB")),
    read("alpha", "lạ/trong suốt.png", as_bytes(lambda: saved(sheet("trong suốt", mode="RGBA"), "PNG"))),
    read("grey-and-alpha", "lạ/xám trong.png", as_bytes(lambda: saved(sheet("xám trong", mode="LA"), "PNG"))),
    read("palette", "lạ/bảng màu.png", as_bytes(_palette)),
    read("turned-by-exif", "lạ/xoay EXIF.jpg", as_bytes(_turned_jpeg)),
    read("progressive", "lạ/lũy tiến.jpg", as_bytes(lambda: saved(sheet("lũy tiến"), "JPEG", progressive=True))),
    read("many-page-tiff", "lạ/hai trang.tif", as_bytes(_two_pages)),
    read("density-of-nothing", "lạ/mật độ 0.tif", as_bytes(_no_density)),
    read("density-of-a-million", "lạ/mật độ lớn.png", as_bytes(lambda: saved(sheet("dpi"), "PNG", dpi=(1e6, 1e6)))),
    read("jpeg-called-pdf", "lạ/ảnh.pdf", as_bytes(lambda: saved(sheet("JPEG tên pdf"), "JPEG"))),
    read("tiff-called-png", "lạ/tiff.png", as_bytes(lambda: saved(sheet("TIFF tên png"), "TIFF"))),
    read("no-extension", "lạ/không đuôi", as_bytes(lambda: saved(sheet("không đuôi"), "PNG"))),
    refused("gif", "lạ/ảnh.gif", as_bytes(lambda: saved(sheet("gif", mode="P"), "GIF")), "not_a_scan"),
    refused("bmp-called-jpg", "lạ/bmp.jpg", as_bytes(lambda: saved(sheet("bmp"), "BMP")), "not_a_scan"),
    refused("webp", "lạ/ảnh.webp", as_bytes(lambda: saved(sheet("webp"), "WEBP")), "not_a_scan"),
]
