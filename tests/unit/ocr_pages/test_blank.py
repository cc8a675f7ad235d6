"""Whether a page carries anything."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.pages.blank import Presence, is_blank, presence
from ocr.pages.raster import page_image

DPI = 150.0


def _noisy(sheet: np.ndarray, spread: float = 4.0) -> np.ndarray:
    noise = np.random.default_rng(1).normal(0, spread, sheet.shape)
    return np.clip(sheet + noise, 0, 255).astype(np.uint8)


def _empty(level: int = 240) -> Image.Image:
    return Image.new("RGB", (1240, 1754), (level, level, level))


@pytest.mark.parametrize("level", [255, 235, 190])
def test_paper_of_any_shade_is_blank(level) -> None:
    assert is_blank(_noisy(np.asarray(_empty(level))), DPI)


def test_the_other_side_showing_through_softly_is_blank(paper) -> None:
    behind = cv2.GaussianBlur(np.asarray(paper())[:, ::-1], (5, 5), 0)
    assert is_blank(_noisy(245 - (255 - behind) // 10), DPI)


def test_pale_and_soft_print_is_left_to_the_readers(paper) -> None:
    soft = cv2.GaussianBlur(np.asarray(paper()), (0, 0), 3)
    assert presence(240 - (255 - soft) // 2, DPI) is Presence.DOUBTFUL


def test_pale_and_sharp_print_is_of_this_side(paper) -> None:
    assert presence(_noisy(240 - (255 - np.asarray(paper())) // 4), DPI) is Presence.PRINTED


@pytest.mark.parametrize("words", ["Nơi nhận", "- 12 -", "7"])
def test_a_word_or_a_page_number_alone_is_not_blank(paper, words) -> None:
    assert presence(np.asarray(paper(words)), DPI) is Presence.PRINTED


def test_holes_staples_edges_and_dust_are_blank() -> None:
    sheet = _empty()
    draw = ImageDraw.Draw(sheet)
    for y in (600, 1070):
        draw.ellipse((50, y, 86, y + 36), fill=(20, 20, 20))
    draw.polygon([(0, 0), (30, 0), (12, 1753), (0, 1753)], fill=(10, 10, 10))
    draw.line((90, 60, 140, 90), fill=(120, 120, 120), width=3)
    for spot in range(40):
        draw.point((100 + spot * 17, 90 + spot * 23), fill=(30, 30, 30))
    assert is_blank(np.asarray(sheet), DPI)


def test_a_red_stamp_is_not_blank_and_specks_of_one_that_bled_through_are() -> None:
    stamped, bled = _empty(), _empty()
    ImageDraw.Draw(stamped).ellipse((700, 1200, 915, 1415), outline=(210, 30, 40), width=6)
    for angle in range(0, 360, 12):
        ImageDraw.Draw(bled).arc((700, 1200, 915, 1415), angle, angle + 4, fill=(235, 120, 130), width=6)
    assert presence(np.asarray(stamped), DPI) is Presence.PRINTED
    assert is_blank(np.asarray(bled), DPI)


def test_a_thin_grey_stroke_of_pencil_is_not_blank() -> None:
    sheet = _empty()
    ImageDraw.Draw(sheet).line([(300, 400), (340, 460), (380, 390), (430, 470)], fill=(170, 170, 174), width=3)
    assert presence(_noisy(np.asarray(sheet), 2.0), DPI) is Presence.PRINTED


@pytest.mark.service("samples")
def test_the_empty_verso_with_a_seal_showing_through_is_blank(samples_dir) -> None:
    image = page_image(samples_dir / "scans" / "qn_574_p2_blank.jpg", 1)
    assert is_blank(image.pixels, image.dpi)


@pytest.mark.service("samples")
def test_no_sample_with_text_is_blank(samples_dir) -> None:
    for truth in samples_dir.glob("scans/*.gt.txt"):
        scan = next(
            p for p in truth.parent.glob(truth.name.removesuffix(".gt.txt") + ".*") if p.suffix in {".jpg", ".png"}
        )
        image = page_image(scan, 1)
        assert presence(image.pixels, image.dpi) is Presence.PRINTED, scan.name
