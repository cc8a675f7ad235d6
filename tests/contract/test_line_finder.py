"""What every finder of lines promises: this file is the definition of the port."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.readers.crops import bounding_box
from ocr.readers.finder import SohoaFinder
from ocr.readers.ports import LineFinder, Quad
from ocr.readers.ppocr import PpocrFinder
from ocr.readers.replay import ReplayFinder

TYPEFACE = Path(__file__).parents[2] / "sohoa" / "typefaces" / "Tinos-Regular.ttf"
LINES = ("ỦY BAN NHÂN DÂN", "Kính gửi: Các sở, ban, ngành", "Nơi nhận: Như trên; Lưu: VT.")
WIDTH, HEIGHT = 1240, 1754


def _printed() -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    sheet = Image.new("L", (WIDTH, HEIGHT), 250)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(TYPEFACE), 32)
    boxes = []
    for row, line in enumerate(LINES):
        place = (150 + 200 * row, 200 + 400 * row)
        draw.text(place, line, font=font, fill=20)
        left, top, right, bottom = draw.textbbox(place, line, font=font)
        boxes.append((int(left), int(top), int(right), int(bottom)))
    return np.asarray(sheet), boxes


def _quad(box: tuple[int, int, int, int]) -> Quad:
    left, top, right, bottom = (float(edge) for edge in box)
    return (left, top), (right, top), (right, bottom), (left, bottom)


FINDERS = [
    pytest.param(lambda: ReplayFinder([_quad(box) for box in _printed()[1]]), id="replay"),
    pytest.param(PpocrFinder, id="ppocr", marks=pytest.mark.slow),
    pytest.param(SohoaFinder, id="sohoa"),
]


@pytest.fixture(scope="module", params=FINDERS)
def finder(request: pytest.FixtureRequest) -> LineFinder:
    build: Callable[[], LineFinder] = request.param
    return build()


def _share(one: tuple[int, ...], two: tuple[int, ...]) -> float:
    """Share of `one` that `two` covers."""
    across = min(one[2], two[2]) - max(one[0], two[0])
    down = min(one[3], two[3]) - max(one[1], two[1])
    return max(0, across) * max(0, down) / ((one[2] - one[0]) * (one[3] - one[1]))


def test_every_printed_line_is_found_once(finder: LineFinder) -> None:
    grey, boxes = _printed()
    found = [bounding_box(quad, WIDTH, HEIGHT) for quad in finder.find(grey)]
    assert len(found) == len(boxes)
    for box in boxes:
        assert max(_share(box, other) for other in found) > 0.9


def test_corners_lie_inside_and_start_at_the_top_left(finder: LineFinder) -> None:
    for a, b, c, d in finder.find(_printed()[0]):
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in (a, b, c, d))
        assert a[0] < b[0]
        assert d[0] < c[0]
        assert a[1] < d[1]
        assert b[1] < c[1]


def test_an_empty_page_has_no_lines(finder: LineFinder) -> None:
    assert finder.find(np.full((600, 400), 255, dtype=np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (900, 3), (40, 40)])
def test_a_scrap_is_no_trouble(finder: LineFinder, shape: tuple[int, int]) -> None:
    assert finder.find(np.full(shape, 200, dtype=np.uint8)) == []


def test_the_page_is_left_as_it_was_and_the_answer_repeats(finder: LineFinder) -> None:
    grey, _ = _printed()
    before = grey.copy()
    assert finder.find(grey) == finder.find(grey)
    assert np.array_equal(grey, before)
