"""Access copies: small, upright, level; ink without loss, words in their place, nothing that was printed gone."""

import math
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocr.errors import CannotCompose
from ocr.lines import Box, Line, PageReading
from ocr.pages.raster import page_image
from ocr.pdf.access import AccessCopy, compose_access
from ocr.pdf.access_layers import part
from ocr.pdf.access_level import level_pixels, levelling_of
from sohoa.wiring import typeface
from tests.unit.ocr_pdf.test_pdfa import refused
from tests.unit.ocr_pdf.test_text_layer import boxes_by_poppler

DPI = 200
WIDTH, HEIGHT = 1654, 2339
CREATED = datetime(2026, 11, 24, 2, 30, 15, tzinfo=UTC)
ASKEW = [(0.0, 0), (0.0, 90), (3.0, 0), (-3.0, 270), (7.0, 180), (-7.0, 90), (7.0, 0)]
"""Degrees clockwise that the sheet leans, and that would bring it upright after."""
PAPER = (250, 248, 243)
BLACK, RED, BLUE = (25, 22, 28), (205, 35, 45), (40, 60, 150)
TEXT = [
    "ỦY BAN NHÂN DÂN TỈNH VÍ DỤ",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015",
    "Xét đề nghị của Giám đốc Sở Nội vụ tại Tờ trình số 64/TTr-SNV",
    "Điều 1. Phê duyệt Kế hoạch số hóa hồ sơ, giấy tờ, kết quả giải quyết thủ tục hành chính",
    "(ii) 1.111.111 đồng; MMM WWW iii lll: khoẻ khoắn, quý giá",
]


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A drawn page whose words' places are known."""

    image: Image.Image
    lines: tuple[Line, ...]
    words: tuple[tuple[str, Box], ...]
    """Word and the box of its ink."""


@cache
def grained() -> np.ndarray:
    grain = np.random.default_rng(7).normal(0, 2.5, (HEIGHT, WIDTH, 1))
    return np.clip(np.array(PAPER) + grain, 0, 255).astype(np.uint8)


def paper() -> Image.Image:
    return Image.fromarray(grained())


def printed(texts: list[str] = TEXT, ink: tuple[int, int, int] = BLACK, top: int = 300) -> Sheet:
    image = paper()
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(typeface()), 38)
    lines, words = [], []
    for row, text in enumerate(texts):
        x, y = 180.0, top + 110 * row
        boxes = []
        for word in text.split():
            box = draw.textbbox((x, y), word, font=font)
            draw.text((x, y), word, font=font, fill=ink)
            boxes.append(tuple(round(edge) for edge in box))
            x += draw.textlength(word + " ", font=font)
        words += list(zip(text.split(), boxes, strict=True))
        lines.append(Line(text=text, box=around(boxes), confidence=1.0))
    return Sheet(image=image, lines=tuple(lines), words=tuple(words))


def around(boxes: list[tuple[int, ...]]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def turned_point(x: float, y: float, degrees: float) -> tuple[float, float]:
    """Where a point lies when the page is turned clockwise about its middle."""
    turn = math.radians(degrees)
    across, down = x - WIDTH / 2, y - HEIGHT / 2
    return (
        WIDTH / 2 + across * math.cos(turn) - down * math.sin(turn),
        HEIGHT / 2 + across * math.sin(turn) + down * math.cos(turn),
    )


def scanned(
    sheet: Sheet, folder: Path, *, tilt: float = 0.0, rotation: int = 0, **how: object
) -> tuple[Path, PageReading]:
    """The sheet fed askew and lying on its side, and what a reader says of it."""
    image = sheet.image.rotate(-tilt, Image.Resampling.BICUBIC, fillcolor=PAPER)
    image = Image.fromarray(np.rot90(np.asarray(image), rotation // 90))
    path = folder / f"scan-{tilt}-{rotation}.jpg"
    image.save(path, dpi=(DPI, DPI), **({"quality": 92} | how))
    return path, reading_of(sheet, tilt=tilt, rotation=rotation)


def reading_of(sheet: Sheet, *, tilt: float = 0.0, rotation: int = 0) -> PageReading:
    lines = []
    for line in sheet.lines:
        left, top, right, bottom = line.box
        corners = [turned_point(x, y, tilt) for x in (left, right) for y in (top, bottom)]
        xs, ys = zip(*corners, strict=True)
        lines.append(replace(line, box=(round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys)))))
    return PageReading(
        page=1,
        width_px=WIDTH,
        height_px=HEIGHT,
        dpi=DPI,
        width_mm=WIDTH / DPI * 25.4,
        height_mm=HEIGHT / DPI * 25.4,
        rotation=rotation,
        skew_degrees=tilt,
        lines=tuple(lines),
    )


@pytest.fixture
def access(tmp_path: Path) -> Callable[..., tuple[Path, AccessCopy]]:
    def make(source: Path, *readings: PageReading, name: str = "access.pdf") -> tuple[Path, AccessCopy]:
        out = tmp_path / name
        return out, compose_access(source, readings, out, title="Công văn số 575/UBND-KTTH", created=CREATED)

    return make


def shown(path: Path, page: int = 1) -> np.ndarray:
    with pypdfium2.PdfDocument(path) as document:
        # A hair less: pdfium rounds sizes up.
        return np.asarray(document[page - 1].render(scale=(DPI - 0.001) / 72).to_pil().convert("RGB"))


@dataclass(frozen=True, kw_only=True)
class Stored:
    coding: str
    bits: int
    space: str
    coded: bytes


def pictures(path: Path, page: int = 1) -> list[Stored]:
    with pikepdf.open(path) as pdf:
        return [
            Stored(
                coding=str(picture.Filter),
                bits=int(picture.BitsPerComponent),
                space=str(picture.get("/ColorSpace")),
                coded=picture.read_raw_bytes(),
            )
            for picture in pdf.pages[page - 1].Resources.XObject.values()
        ]


def ink_box(pixels: np.ndarray) -> tuple[int, int, int, int]:
    down, across = np.nonzero(pixels[..., 0] < 128)
    return int(across.min()), int(down.min()), int(across.max()), int(down.max())


def unlike(one: np.ndarray, two: np.ndarray) -> float:
    """Mean difference of two pictures of a page, looked at from arm's length."""
    size = WIDTH // 4, HEIGHT // 4
    near, far = (np.asarray(Image.fromarray(x).resize(size, Image.Resampling.BOX), dtype=float) for x in (one, two))
    return float(np.abs(near - far).mean())


@pytest.mark.service("poppler")
@pytest.mark.parametrize(("tilt", "rotation"), ASKEW)
def test_the_middle_of_each_words_box_lies_in_its_ink(
    tilt: float, rotation: int, tmp_path: Path, access: Callable[..., tuple]
) -> None:
    sheet = printed()
    copy, _ = access(*scanned(sheet, tmp_path, tilt=tilt, rotation=rotation))
    found = boxes_by_poppler(copy)
    assert [word for word, _ in found] == [word for word, _ in sheet.words]
    outside = []
    for (word, (left, top, right, bottom)), (_, ink) in zip(found, sheet.words, strict=True):
        x, y = (left + right) / 2 * DPI / 150, (top + bottom) / 2 * DPI / 150
        if not (ink[0] <= x <= ink[2] and ink[1] <= y <= ink[3]):
            outside.append((word, x, y, ink))
    assert outside == []


@pytest.mark.parametrize(("tilt", "rotation"), ASKEW)
def test_the_page_is_shown_upright_and_level(
    tilt: float, rotation: int, tmp_path: Path, access: Callable[..., tuple]
) -> None:
    sheet = printed()
    copy, _ = access(*scanned(sheet, tmp_path, tilt=tilt, rotation=rotation))
    assert shown(copy).shape[:2] == (HEIGHT, WIDTH)
    assert unlike(shown(copy), np.asarray(sheet.image)) < 1.5


@pytest.mark.service("poppler")
def test_masks_are_stored_without_loss(tmp_path: Path, access: Callable[..., tuple]) -> None:
    sheet = printed()
    draw = ImageDraw.Draw(sheet.image)
    draw.ellipse((900, 1300, 1300, 1700), outline=RED, width=14)
    draw.line([(300, 1500), (500, 1400), (800, 1600)], fill=BLUE, width=6)
    source, reading = scanned(sheet, tmp_path, tilt=1.5)
    copy, _ = access(source, reading)
    scan = page_image(source, 1)
    layers = part(level_pixels(scan.pixels, levelling_of(scan.pixels, 1.5)), scan.dpi, background_dpi=150)
    subprocess.run(["pdfimages", "-png", copy, tmp_path / "found"], check=True)
    listed = subprocess.run(["pdfimages", "-list", copy], capture_output=True, text=True, check=True).stdout
    stencils = [row.split() for row in listed.splitlines() if " stencil " in row]
    assert [row[8] for row in stencils] == ["ccitt"] * len(layers.inks) and len(layers.inks) == 3
    for row, ink in zip(stencils, layers.inks, strict=True):
        decoded = np.asarray(Image.open(tmp_path / f"found-{int(row[1]):03}.png").convert("L"))
        assert set(np.unique(decoded)) <= {0, 255}
        assert np.array_equal(decoded == 0, ink.mask) or np.array_equal(decoded == 255, ink.mask)


def test_masks_say_what_pdfium_and_libtiff_decode(tmp_path: Path, access: Callable[..., tuple]) -> None:
    source, reading = scanned(printed(), tmp_path)
    copy, _ = access(source, reading)
    scan = page_image(source, 1)
    (ink,) = part(scan.pixels, scan.dpi, background_dpi=150).inks
    with pikepdf.open(copy) as pdf:
        stencil = pdf.pages[0].Resources.XObject.Im1
        assert stencil.ImageMask and str(stencil.Filter) == "/CCITTFaxDecode"
        header = pikepdf.Stream(pdf, stencil.read_raw_bytes(), dict(stencil.items()))
        del header.ImageMask, header.Decode
        header.ColorSpace = pikepdf.Name.DeviceGray
        decoded = np.asarray(pikepdf.PdfImage(header).as_pil_image().convert("L")) > 0
    assert np.array_equal(~decoded, ink.mask)


@pytest.mark.parametrize(("ink", "place"), [(BLACK, 2), (RED, 0), (BLUE, 1)])
def test_ink_is_told_by_its_colour(ink: tuple[int, int, int], place: int) -> None:
    inks = part(np.asarray(printed(ink=ink).image), DPI, background_dpi=150).inks
    most = max(inks, key=lambda one: one.mask.sum())
    assert np.abs(np.array(most.colour) - ink).max() < 25
    assert most.mask.sum() > 0.97 * sum(one.mask.sum() for one in inks)


def test_print_in_a_seal_is_black_and_the_seal_red() -> None:
    sheet = printed()
    seal = Image.new("L", sheet.image.size)
    ImageDraw.Draw(seal).ellipse((150, 250, 750, 850), outline=255, width=40)
    under = np.asarray(sheet.image).astype(float)
    over = np.where(np.asarray(seal)[..., None] > 0, under * np.array(RED) / 255, under).astype(np.uint8)
    red, *_, black = part(over, DPI, background_dpi=150).inks
    stamped = np.asarray(seal) > 0
    dark = np.asarray(sheet.image.convert("L")) < 60
    assert (red.mask | black.mask)[stamped].mean() > 0.98
    assert black.mask[dark & stamped].mean() > 0.95
    assert black.mask[stamped & (np.asarray(sheet.image.convert("L")) > 220)].mean() < 0.03


def test_a_photograph_stays_a_photograph(tmp_path: Path, access: Callable[..., tuple]) -> None:
    sheet = printed()
    noise = np.random.default_rng(3).integers(0, 255, (30, 24, 3), dtype=np.uint8)
    face = Image.fromarray(noise).resize((240, 320), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(4))
    sheet.image.paste(face, (1200, 1400))
    source, reading = scanned(sheet, tmp_path)
    copy, _ = access(source, reading)
    box = slice(1402, 1718), slice(1202, 1438)
    error = np.abs(shown(copy)[box].astype(float) - page_image(source, 1).pixels[box])
    assert float(error.mean()) < 4


def test_what_is_pale_is_not_lost() -> None:
    image = paper()
    ImageDraw.Draw(image).text(
        (300, 800), "hiện mờ từ mặt sau", font=ImageFont.truetype(str(typeface()), 90), fill=(205, 203, 200)
    )
    layers = part(np.asarray(image), DPI, background_dpi=150)
    assert all(ink.mask.mean() < 1e-4 for ink in layers.inks)
    darker = np.asarray(Image.fromarray(layers.background).convert("L")) < 222
    assert darker.mean() > 0.001


def test_the_paper_behind_ink_is_filled_in() -> None:
    layers = part(np.asarray(printed().image), DPI, background_dpi=150)
    assert np.asarray(Image.fromarray(layers.background).convert("L")).min() > 200


@pytest.mark.parametrize("tilt", [0.0, 2.0])
def test_a_bilevel_scan_stays_its_own_bits(tilt: float, tmp_path: Path, access: Callable[..., tuple]) -> None:
    source = tmp_path / "scan.tif"
    bits = printed().image.convert("L").rotate(-tilt, fillcolor=250).point(lambda v: 255 * (v > 128)).convert("1")
    bits.save(source, compression="group4", dpi=(DPI, DPI), strip_size=1 << 30)
    as_bits = np.asarray(printed().image.convert("L").point(lambda v: 255 * (v > 128)).convert("RGB"))
    copy, _ = access(source, reading_of(printed(), tilt=tilt))
    (picture,) = pictures(copy)
    assert picture.bits == 1 and picture.coded in source.read_bytes()
    with pikepdf.open(copy) as pdf:
        decoded = pikepdf.PdfImage(pdf.pages[0].Resources.XObject.Im0).as_pil_image()
    assert np.array_equal(np.asarray(decoded.convert("L")), np.asarray(bits.convert("L")))
    assert unlike(shown(copy), as_bits) < 3.5
    assert ink_box(shown(copy)) == pytest.approx(ink_box(as_bits), abs=3)


def test_a_scan_that_is_smaller_than_its_layers_is_shown_itself(tmp_path: Path, access: Callable[..., tuple]) -> None:
    sheet = printed(TEXT[:1])
    flat = sheet.image.convert("L").point(lambda value: 255 * (value > 128))
    source = tmp_path / "flat.png"
    Image.fromarray(np.rot90(np.asarray(flat.rotate(-3, fillcolor=255)))).save(source, dpi=(DPI, DPI))
    copy, _ = access(source, reading_of(sheet, tilt=3.0, rotation=90))
    (picture,) = pictures(copy)
    assert picture.coding == "/FlateDecode" and copy.stat().st_size < source.stat().st_size + 16_000
    assert ink_box(shown(copy)) == pytest.approx(ink_box(np.asarray(flat.convert("RGB"))), abs=3)


def test_a_coarse_scan_stays_one_picture(tmp_path: Path, access: Callable[..., tuple]) -> None:
    sheet = printed()
    source = tmp_path / "coarse.png"
    sheet.image.resize((WIDTH // 2, HEIGHT // 2), Image.Resampling.BOX).save(source, dpi=(100, 100))
    copy, _ = access(source, reading_of(sheet))
    (picture,) = pictures(copy)
    assert picture.coding == "/DCTDecode"
    assert unlike(shown(copy), np.asarray(sheet.image)) < 3


def test_a_copy_is_a_fifth_of_a_scan_in_colour(tmp_path: Path, access: Callable[..., tuple]) -> None:
    source, reading = scanned(printed(), tmp_path, tilt=1.0)
    copy, _ = access(source, reading)
    assert copy.stat().st_size < source.stat().st_size / 5


def test_blank_backs_are_left_out_and_pages_keep_their_numbers(tmp_path: Path, access: Callable[..., tuple]) -> None:
    source = tmp_path / "scan.tif"
    sheet = printed()
    sheet.image.save(source, save_all=True, append_images=[paper(), sheet.image], dpi=(DPI, DPI))
    front = reading_of(sheet)
    back = replace(front, page=2, blank=True, lines=())
    copy, made = access(source, front, back, replace(front, page=3))
    assert (made.page_count, made.dropped) == (2, (2,))
    with pikepdf.open(copy) as pdf:
        assert [page.label for page in pdf.pages] == ["1", "3"]
    assert access(source, back, replace(back, page=3), name="empty.pdf")[1].page_count == 1


def test_nothing_is_cut_off_a_page_fed_askew() -> None:
    image = paper()
    ImageDraw.Draw(image).rectangle((WIDTH - 90, 120, WIDTH - 30, 150), fill=BLACK)
    pixels = np.asarray(image)
    level = level_pixels(pixels, levelling_of(pixels, -7.0))
    assert level.shape[1] > WIDTH
    dark = (np.asarray(Image.fromarray(level).convert("L")) < 100).sum()
    assert dark == pytest.approx(61 * 31, rel=0.05)


def test_equal_input_gives_equal_bytes(tmp_path: Path, access: Callable[..., tuple]) -> None:
    source, reading = scanned(printed(), tmp_path, tilt=1.0)
    one, two = (access(source, reading, name=name)[0].read_bytes() for name in ("one.pdf", "two.pdf"))
    assert one == two


def test_a_grey_scan_has_a_grey_background(tmp_path: Path, access: Callable[..., tuple]) -> None:
    source = tmp_path / "grey.png"
    printed().image.convert("L").save(source, dpi=(DPI, DPI))
    copy, _ = access(source, reading_of(printed()))
    assert pictures(copy)[0].space == "/DeviceGray"


def test_no_pages_and_no_place_are_refused(tmp_path: Path, access: Callable[..., tuple]) -> None:
    source, reading = scanned(printed(), tmp_path)
    with pytest.raises(CannotCompose):
        access(source)
    with pytest.raises(CannotCompose):
        access(source, replace(reading, rotation=45))


@pytest.mark.service("verapdf")
def test_verapdf_accepts_every_kind_of_access_copy(tmp_path: Path, access: Callable[..., tuple]) -> None:
    sheet = printed()
    sheet.image.paste(RED, (900, 1300, 1100, 1310))
    grey, bits = tmp_path / "grey.png", tmp_path / "bits.tif"
    sheet.image.convert("L").save(grey, dpi=(DPI, DPI))
    sheet.image.convert("1").save(bits, compression="group4", dpi=(DPI, DPI))
    kinds = [
        scanned(sheet, tmp_path, tilt=2.0, rotation=90),
        scanned(sheet, tmp_path, tilt=1.0, quality=1),
        (grey, reading_of(sheet)),
        (bits, reading_of(sheet, tilt=1.0)),
    ]
    copies = [access(*kind, name=f"{number}.pdf")[0] for number, kind in enumerate(kinds)]
    assert refused(copies) == {}


def test_what_is_copied_reads_as_it_was_read(tmp_path: Path, access: Callable[..., tuple]) -> None:
    copy, _ = access(*scanned(printed(), tmp_path, tilt=3.0))
    with pypdfium2.PdfDocument(copy) as document:
        text = document[0].get_textpage().get_text_range()
    assert re.sub(r"\s+", " ", text).strip() == " ".join(TEXT)


def test_no_symbols_are_substituted(tmp_path: Path, access: Callable[..., tuple]) -> None:
    copy, _ = access(*scanned(printed(), tmp_path))
    assert {picture.coding for picture in pictures(copy)} == {"/DCTDecode", "/CCITTFaxDecode"}
