"""Whether a page carries anything, and marks in red."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.pages.clean import Presence, is_blank, presence, reading_grey
from ocr.pages.raster import page_image
from ocr.pages.red import marks, red_layer
from ocr.pages.rules import vertical_rules, without

DPI = 150.0


def _noisy(grey: np.ndarray, spread: float = 4.0) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, spread, grey.shape)
    return np.clip(grey + noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("level", [255, 235, 190])
def test_paper_of_any_shade_is_blank(level) -> None:
    assert is_blank(_noisy(np.full((1240, 874), level, dtype=np.uint8)), DPI)


def test_the_other_side_showing_through_softly_is_blank(paper) -> None:
    behind = cv2.GaussianBlur(np.asarray(paper(mode="L"))[:, ::-1], (5, 5), 0)
    assert is_blank(_noisy(245 - (255 - behind) // 10), DPI)


def test_pale_print_is_left_to_the_readers(paper) -> None:
    faint = _noisy(240 - (255 - np.asarray(paper(mode="L"))) // 4)
    assert presence(faint, DPI) is Presence.DOUBTFUL


def test_two_words_are_not_blank(paper) -> None:
    assert presence(np.asarray(paper("Nơi nhận", mode="L")), DPI) is Presence.PRINTED


def test_a_page_number_alone_is_not_blank(paper) -> None:
    assert not is_blank(np.asarray(paper("- 12 -", mode="L")), DPI)


def test_holes_edges_and_dust_are_blank() -> None:
    sheet = Image.new("L", (874, 1240), 240)
    draw = ImageDraw.Draw(sheet)
    for y in (400, 850):
        draw.ellipse((50, y, 86, y + 36), fill=20)
    draw.rectangle((0, 0, 12, 1240), fill=10)
    for spot in range(40):
        draw.point((100 + spot * 17, 90 + spot * 23), fill=30)
    assert is_blank(np.asarray(sheet), DPI)


def test_red_vanishes_from_what_is_read_and_blue_stays() -> None:
    colours = np.array([[(230, 30, 40), (30, 40, 160), (20, 20, 20)]], dtype=np.uint8)
    assert (reading_grey(colours)[0] > 128).tolist() == [True, False, False]


def test_a_red_stamp_is_a_mark_and_a_red_seal_is_not() -> None:
    sheet = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((200, 300, 320, 350), outline=(220, 30, 40), width=6)
    draw.ellipse((700, 1200, 915, 1415), outline=(220, 30, 40), width=8)
    found = marks(red_layer(np.asarray(sheet)), DPI)
    assert len(found) == 1
    left, top, right, bottom = found[0]
    assert left < 200 < 320 < right
    assert top < 300 < 350 < bottom


def test_rules_of_a_table_are_found_and_taken_out_and_letters_stay(paper) -> None:
    sheet = paper("Phường Mỹ Trà", "150.000", mode="L")
    ImageDraw.Draw(sheet).line((300, 60, 300, 500), fill=0, width=3)
    grey = np.asarray(sheet)
    rules = vertical_rules(grey, DPI)
    assert set(np.nonzero(rules)[1]) <= set(range(296, 306))
    assert rules[200, 300]
    clean = without(grey, rules)
    assert clean[150:400, 290:310].min() == 255
    assert np.array_equal(clean[:, :290], grey[:, :290])


@pytest.mark.service("samples")
def test_the_empty_verso_with_a_seal_showing_through_is_blank(samples_dir) -> None:
    image = page_image(samples_dir / "scans" / "qn_574_p2_blank.jpg", 1)
    assert is_blank(reading_grey(image.pixels), image.dpi)


@pytest.mark.service("samples")
def test_no_sample_with_text_is_blank(samples_dir) -> None:
    for truth in samples_dir.glob("scans/*.gt.txt"):
        scan = next(
            p for p in truth.parent.glob(truth.name.removesuffix(".gt.txt") + ".*") if p.suffix in {".jpg", ".png"}
        )
        image = page_image(scan, 1)
        assert presence(reading_grey(image.pixels), image.dpi) is Presence.PRINTED, scan.name
