"""Image files of many kinds: the copy holds the same bytes, or at least the same pixels, and looks the same."""

import io
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageOps, TiffImagePlugin

from ocr.pages.raster import page_image
from ocr.pdf.likeness import look_alike

SIZE = (827, 1169)
"""A4 at 100 dpi."""
DPI = (100, 100)


def drawing(mode: str = "RGB") -> Image.Image:
    """A page that is different in each corner, so that a wrong turn shows."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 300, 120), fill=(200, 30, 40))
    draw.ellipse((500, 80, 760, 340), outline=(20, 40, 160), width=12)
    draw.polygon([(80, 1000), (400, 1100), (80, 1120)], fill="black")
    for index in range(40):
        draw.line((100, 400 + 12 * index, 400 + 8 * index, 400 + 12 * index), fill=(index * 6, 0, 90), width=4)
    return image.convert(mode)


def saved(folder: Path, name: str, image: Image.Image, **how: object) -> Path:
    path = folder / name
    image.save(path, dpi=DPI, **how)
    return path


def deep_grey() -> Image.Image:
    return Image.fromarray(np.asarray(drawing("L")).astype(np.uint16) * 257 + 3)


def with_alpha() -> Image.Image:
    image = drawing("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(SIZE))
    return image


def page_picture(pdf: pikepdf.Pdf, page: int = 1) -> pikepdf.Object:
    (image,) = pdf.pages[page - 1].Resources.XObject.values()
    return image


def decoded(path: Path, page: int = 1) -> np.ndarray:
    """The picture's pixels, as stored."""
    with pikepdf.open(path) as pdf:
        return np.asarray(pikepdf.PdfImage(page_picture(pdf, page)).as_pil_image(apply_mask=False))


def test_a_jpeg_is_taken_over_byte_for_byte(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    for name, how in {"plain": {}, "progressive": {"progressive": True}, "coarse": {"quality": 30}}.items():
        source = saved(tmp_path, f"{name}.jpg", drawing(), **how)
        copy, composed = compose(source)
        with pikepdf.open(copy) as pdf:
            image = page_picture(pdf)
            assert image.read_raw_bytes() == source.read_bytes()
            assert (image.Filter, image.ColorSpace) == ("/DCTDecode", "/DeviceRGB")
        assert composed.findings == ()


def test_a_grey_jpeg_stays_grey(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    source = saved(tmp_path, "a.jpg", drawing("L"))
    with pikepdf.open(compose(source)[0]) as pdf:
        assert page_picture(pdf).ColorSpace == "/DeviceGray"
        assert page_picture(pdf).read_raw_bytes() == source.read_bytes()


def test_the_files_own_colour_profile_goes_with_its_picture(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name in ("a.jpg", "a.png", "a.tif"):
        source = saved(tmp_path, name, drawing(), icc_profile=profile)
        with pikepdf.open(compose(source)[0]) as pdf:
            space = page_picture(pdf).ColorSpace
            assert space[0] == "/ICCBased"
            assert space[1].read_bytes() == profile


def test_a_profile_that_does_not_fit_is_left_out(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    source = saved(tmp_path, "a.jpg", drawing("L"), icc_profile=b"no profile at all" * 20)
    with pikepdf.open(compose(source)[0]) as pdf:
        assert page_picture(pdf).ColorSpace == "/DeviceGray"


PNG_KINDS = {
    "colour": drawing,
    "grey": lambda: drawing("L"),
    "bilevel": lambda: drawing("1"),
    "palette": lambda: drawing().quantize(13),
    "sixteen-bits": deep_grey,
}


@pytest.mark.parametrize("kind", PNG_KINDS)
def test_a_pngs_compressed_pixels_are_taken_over(kind: str, tmp_path: Path, compose: Callable[..., tuple]) -> None:
    image = PNG_KINDS[kind]()
    source = saved(tmp_path, "a.png", image)
    copy, composed = compose(source)
    with pikepdf.open(copy) as pdf:
        assert page_picture(pdf).read_raw_bytes() in source.read_bytes()
    if kind == "sixteen-bits":
        with pikepdf.open(copy) as pdf:
            stored = np.frombuffer(page_picture(pdf).read_bytes(), ">u2").reshape(SIZE[::-1])
    else:
        with pikepdf.open(copy) as pdf:
            stored = np.asarray(pikepdf.PdfImage(page_picture(pdf)).as_pil_image().convert("RGB"))
        image = image.convert("RGB")
    assert np.array_equal(stored, np.asarray(image))
    assert composed.findings == ()


def test_sixteen_bits_of_colour_are_kept(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    cv2 = pytest.importorskip("cv2")
    deep = np.asarray(drawing()).astype(np.uint16) * 200 + 7
    source = tmp_path / "a.png"
    cv2.imwrite(str(source), deep[:, :, ::-1])
    with pikepdf.open(compose(source)[0]) as pdf:
        stored = np.frombuffer(page_picture(pdf).read_bytes(), ">u2").reshape(*SIZE[::-1], 3)
    assert np.array_equal(stored, deep)


def test_an_interlaced_png_is_coded_anew_pixel_for_pixel(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(interlaced(drawing()))
    copy, composed = compose(source)
    assert np.array_equal(decoded(copy), np.asarray(drawing()))
    assert composed.findings == ()


def interlaced(image: Image.Image) -> bytes:
    """Pillow reads interlaced files and writes none: seven passes, no filter."""
    pixels = np.asarray(image)
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    rows = b"".join(
        b"\0" + row.tobytes() for top, left, down, right in passes for row in pixels[top::down, left::right]
    )
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, 2, 0, 0, 1)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )


def test_transparency_becomes_a_mask_and_no_pixel_changes(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    image = with_alpha()
    copy, _ = compose(saved(tmp_path, "a.png", image))
    with pikepdf.open(copy) as pdf:
        stored = page_picture(pdf)
        mask = np.asarray(pikepdf.PdfImage(stored.SMask).as_pil_image())
    assert np.array_equal(decoded(copy), np.asarray(image)[:, :, :3])
    assert np.array_equal(mask, np.asarray(image)[:, :, 3])


def test_transparency_that_hides_nothing_needs_no_mask(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    copy, _ = compose(saved(tmp_path, "a.png", drawing("RGBA")))
    with pikepdf.open(copy) as pdf:
        assert "/SMask" not in page_picture(pdf)


@pytest.mark.parametrize("photometric", [0, 1], ids=["white-is-zero", "black-is-zero"])
@pytest.mark.parametrize("least_bit_first", [False, True])
def test_a_group_4_strip_is_taken_over(
    photometric: int, least_bit_first: bool, tmp_path: Path, compose: Callable[..., tuple]
) -> None:
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[262], info[266] = photometric, 1
    source = saved(tmp_path, "a.tif", drawing("1"), compression="group4", strip_size=1 << 30, tiffinfo=info)
    if least_bit_first:
        source.write_bytes(reversed_bits(source))
    copy, composed = compose(source)
    assert np.array_equal(decoded(copy), np.asarray(drawing("1")))
    with pikepdf.open(copy) as pdf:
        assert page_picture(pdf).Filter == "/CCITTFaxDecode"
        if not least_bit_first:
            assert page_picture(pdf).read_raw_bytes() in source.read_bytes()
    assert composed.findings == ()


def reversed_bits(path: Path) -> bytes:
    """The same TIFF with its bits filled from the least significant one."""
    data = bytearray(path.read_bytes())
    with Image.open(path) as image:
        start, length = image.tag_v2[273][0], image.tag_v2[279][0]
    table = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
    data[start : start + length] = data[start : start + length].translate(table)
    fill_order = (266).to_bytes(2, "little") + (3).to_bytes(2, "little") + (1).to_bytes(4, "little")
    at = data.index(fill_order + (1).to_bytes(2, "little"))
    data[at + 8] = 2
    return bytes(data)


TIFF_KINDS = {
    "raw-colour": (drawing, {}),
    "lzw-colour": (drawing, {"compression": "tiff_lzw"}),
    "deflate-grey": (lambda: drawing("L"), {"compression": "tiff_adobe_deflate"}),
    "packbits-palette": (lambda: drawing().quantize(20), {"compression": "packbits"}),
    "group3": (lambda: drawing("1"), {"compression": "group3"}),
    "group4-in-strips": (lambda: drawing("1"), {"compression": "group4", "strip_size": 4000}),
    "raw-bilevel": (lambda: drawing("1"), {}),
    "jpeg-in-strips": (drawing, {"compression": "jpeg", "strip_size": 40000}),
    "sixteen-bit-grey": (deep_grey, {"compression": "tiff_lzw"}),
}


@pytest.mark.parametrize("kind", TIFF_KINDS)
def test_a_tiff_is_stored_pixel_for_pixel(kind: str, tmp_path: Path, compose: Callable[..., tuple]) -> None:
    image, how = TIFF_KINDS[kind]
    source = saved(tmp_path, "a.tif", image(), **how)
    with Image.open(source) as opened:
        expected = np.asarray(opened.convert("RGB") if opened.mode == "P" else opened)
    copy, composed = compose(source)
    with pikepdf.open(copy) as pdf:
        picture = page_picture(pdf)
        if kind == "sixteen-bit-grey":
            stored = np.frombuffer(picture.read_bytes(), ">u2").reshape(SIZE[::-1])
        else:
            stored = np.asarray(pikepdf.PdfImage(picture).as_pil_image().convert(Image.fromarray(expected).mode))
    assert np.array_equal(stored, expected)
    assert composed.findings == ()


def test_a_jpeg_in_a_tiff_is_taken_over_with_its_tables(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    source = saved(tmp_path, "a.tif", drawing(), compression="jpeg", strip_size=1 << 30)
    with Image.open(source) as opened:
        assert 347 in opened.tag_v2
        expected = np.asarray(opened.convert("RGB"))
    copy, _ = compose(source)
    with pikepdf.open(copy) as pdf:
        assert page_picture(pdf).Filter == "/DCTDecode"
    assert np.array_equal(decoded(copy), expected)


def test_each_page_of_a_tiff_becomes_a_page(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    pages = [drawing("1"), drawing(), drawing("L").rotate(180)]
    source = tmp_path / "a.tif"
    pages[0].save(source, save_all=True, append_images=pages[1:], dpi=DPI)
    copy, composed = compose(source)
    assert composed.page_count == 3
    for index, page in enumerate(pages):
        assert np.array_equal(decoded(copy, index + 1), np.asarray(page))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif"])
def test_the_files_orientation_is_said_and_the_page_looks_as_before(
    name: str, orientation: int, tmp_path: Path, compose: Callable[..., tuple]
) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    source = saved(tmp_path, name, drawing(), exif=exif.tobytes() if name != "a.tif" else exif)
    copy, _ = compose(source)
    shown = page_image(copy, 1)
    plain = drawing()
    plain.getexif()[274] = orientation
    assert look_alike(np.asarray(ImageOps.exif_transpose(plain)), shown.pixels)
    assert (shown.width_mm, shown.height_mm) == pytest.approx(sheet(orientation), abs=0.1)
    if name != "a.tif":
        assert np.array_equal(decoded(copy), np.asarray(Image.open(source)))


def sheet(orientation: int) -> tuple[float, float]:
    sides = SIZE[0] * 0.254, SIZE[1] * 0.254
    return sides if orientation < 5 else sides[::-1]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_the_rotation_found_by_reading_is_said_and_no_pixel_moves(
    rotation: int, tmp_path: Path, compose: Callable[..., tuple], by_hand: Callable[..., object]
) -> None:
    source = saved(tmp_path, "a.jpg", drawing())
    copy, _ = compose(source, [by_hand(source, rotation=rotation)])
    with pikepdf.open(copy) as pdf:
        assert page_picture(pdf).read_raw_bytes() == source.read_bytes()
        assert int(pdf.pages[0].obj.get("/Rotate", 0)) == rotation
    assert look_alike(np.asarray(drawing().rotate(-rotation, expand=True)), page_image(copy, 1).pixels)


def test_inks_without_a_profile_are_drawn_and_said(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    source = saved(tmp_path, "a.jpg", drawing("CMYK"))
    copy, composed = compose(source)
    assert [finding.code for finding in composed.findings] == ["rendered_page"]
    assert composed.findings[0].detail == {"why": "pixels"}
    assert look_alike(np.asarray(Image.open(source).convert("RGB")), page_image(copy, 1).pixels)


def test_uneven_density_gives_the_sheet_its_true_proportions(tmp_path: Path, compose: Callable[..., tuple]) -> None:
    source = tmp_path / "fax.tif"
    drawing("1").resize((1728, 1145)).save(source, dpi=(204, 100), compression="group4")
    with pikepdf.open(compose(source)[0]) as pdf:
        width, height = (float(side) for side in pdf.pages[0].mediabox[2:])
    assert (width, height) == pytest.approx((1728 / 204 * 72, 1145 / 100 * 72), abs=0.01)


@pytest.mark.service("poppler")
@pytest.mark.parametrize("kind", ["photo.jpg", "palette.png", "bilevel.tif", "alpha.png"])
def test_poppler_sees_what_we_see(kind: str, tmp_path: Path, compose: Callable[..., tuple]) -> None:
    image = {"photo.jpg": drawing, "palette.png": PNG_KINDS["palette"], "bilevel.tif": PNG_KINDS["bilevel"]}.get(
        kind, with_alpha
    )()
    copy, _ = compose(saved(tmp_path, kind, image))
    drawn = subprocess.run(["pdftoppm", "-r", "100", "-png", copy], capture_output=True, check=True).stdout
    on_paper = Image.new("RGBA", SIZE, "white")
    on_paper.alpha_composite(image.convert("RGBA"))
    assert look_alike(np.asarray(on_paper.convert("RGB")), np.asarray(Image.open(io.BytesIO(drawn)).convert("RGB")))
