"""Where a block can be placed without covering anything."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.pages.raster import PageImage, page_image
from ocr.pages.space import find_free_box

SIZE = {"width_mm": 60.0, "height_mm": 20.0}
RIGHT_HALF = {"left_mm": 105.0, "right_mm": 200.0, "top_mm": 5.0, "bottom_mm": 290.0}
PER_MM = 150 / 25.4


def _page(*dark: tuple[float, float, float, float], colour: object = "black", ground: int = 250) -> PageImage:
    """An A4 sheet at 150 dpi, grainy, with dark boxes given in millimetres."""
    sheet = Image.new("RGB", (1240, 1754), (ground, ground, ground))
    draw = ImageDraw.Draw(sheet)
    for box in dark:
        draw.rectangle(tuple(edge * PER_MM for edge in box), fill=colour)
    grain = np.random.default_rng(2).normal(0, 3, (1754, 1240, 3))
    pixels = np.clip(np.asarray(sheet) + grain, 0, 255).astype(np.uint8)
    return PageImage(pixels=pixels, dpi=150, width_mm=210, height_mm=297)


@pytest.mark.parametrize("ground", [255, 230, 180])
def test_on_an_empty_sheet_the_top_right_corner_is_taken(ground) -> None:
    box = find_free_box(_page(ground=ground), **SIZE, **RIGHT_HALF)
    assert box == pytest.approx((140, 5, 200, 25), abs=0.5)


@pytest.mark.parametrize("colour", ["black", (220, 40, 50), (40, 60, 180), (200, 200, 200)])
def test_ink_of_any_colour_is_avoided_with_clearance(colour) -> None:
    box = find_free_box(_page((150, 8, 190, 12), colour=colour), **SIZE, **RIGHT_HALF)
    assert box is not None
    assert box[1] >= 12 + 3.5


def test_dust_is_no_ink() -> None:
    dust = [(110 + 4 * n, 7 + 5 * n, 110.2 + 4 * n, 7.2 + 5 * n) for n in range(20)]
    assert find_free_box(_page(*dust), **SIZE, **RIGHT_HALF) == pytest.approx((140, 5, 200, 25), abs=0.5)


def test_a_tight_gap_is_better_than_none() -> None:
    box = find_free_box(_page((100, 0, 210, 101), (100, 123, 210, 297)), **SIZE, **RIGHT_HALF)
    assert box is not None
    assert (box[1] > 101, box[3] < 123) == (True, True)


def test_a_full_page_has_no_room() -> None:
    rows = [(20, 8 * n, 200, 8 * n + 3) for n in range(1, 36)]
    assert find_free_box(_page(*rows), **SIZE, **RIGHT_HALF) is None


def test_a_block_larger_than_its_region_has_no_room() -> None:
    assert find_free_box(_page(), width_mm=150, height_mm=20, **RIGHT_HALF) is None


@pytest.mark.service("samples")
def test_on_real_scans_the_box_holds_no_ink(samples_dir) -> None:
    for scan in sorted(samples_dir.glob("scans/*_p1.jpg")):
        page = page_image(scan, 1)
        # A letter whose head begins at 20 mm leaves no more than this.
        box = find_free_box(page, width_mm=60, height_mm=10, **RIGHT_HALF)
        assert box is not None, scan.name
        left, top, right, bottom = (round(edge * page.dpi / 25.4) for edge in box)
        inside = page.pixels[top:bottom, left:right].min(axis=2)
        assert float((inside < 110).mean()) < 0.002, scan.name
