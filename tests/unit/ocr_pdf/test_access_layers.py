"""Layers of access copies: ink in masks without loss, paper filled in behind it, pictures and bits left as they are."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from ocr.pages.raster import page_image
from ocr.pdf.access_layers import part
from ocr.pdf.access_level import level_pixels, levelling_of
from sohoa.wiring import typeface
from tests.unit.ocr_pdf.fed_sheets import (
    BLACK,
    BLUE,
    DPI,
    HEIGHT,
    RED,
    TEXT,
    WIDTH,
    ink_box,
    paper,
    pictures,
    printed,
    reading_of,
    scanned,
    shown,
    unlike,
)


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


def test_a_grey_scan_has_a_grey_background(tmp_path: Path, access: Callable[..., tuple]) -> None:
    source = tmp_path / "grey.png"
    printed().image.convert("L").save(source, dpi=(DPI, DPI))
    copy, _ = access(source, reading_of(printed()))
    assert pictures(copy)[0].space == "/DeviceGray"


def test_no_symbols_are_substituted(tmp_path: Path, access: Callable[..., tuple]) -> None:
    copy, _ = access(*scanned(printed(), tmp_path))
    assert {picture.coding for picture in pictures(copy)} == {"/DCTDecode", "/CCITTFaxDecode"}
