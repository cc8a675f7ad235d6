"""Access copies: small, upright, level; words in their place, nothing that was printed gone."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from ocr.errors import CannotCompose
from ocr.pdf.access_level import level_pixels, levelling_of
from tests.unit.ocr_pdf.fed_sheets import (
    BLACK,
    DPI,
    HEIGHT,
    RED,
    TEXT,
    WIDTH,
    paper,
    printed,
    reading_of,
    scanned,
    shown,
    unlike,
)
from tests.unit.ocr_pdf.test_pdfa import refused
from tests.unit.ocr_pdf.test_text_layer import boxes_by_poppler

ASKEW = [(0.0, 0), (0.0, 90), (3.0, 0), (-3.0, 270), (7.0, 180), (-7.0, 90), (7.0, 0)]
"""Degrees clockwise that the sheet leans, and that would bring it upright after."""


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
