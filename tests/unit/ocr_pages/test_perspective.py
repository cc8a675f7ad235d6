"""A photograph of a sheet becomes the sheet, and what is on it is found again on the photograph."""

import cv2
import numpy as np
import pytest
from PIL import Image

from ocr.pages.perspective import find_sheet, flattened, on_picture, sheet_size, turned_corners

CORNERS = ((190.0, 150.0), (1010.0, 210.0), (1090.0, 1430.0), (110.0, 1370.0))


def _photograph(paper, size: tuple[int, int] = (1200, 1600)) -> np.ndarray:
    sheet = np.asarray(paper())
    height, width = sheet.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners, np.array(CORNERS, dtype=np.float32))
    table = np.full((size[1], size[0], 3), (110, 84, 60), dtype=np.uint8)
    return cv2.warpPerspective(sheet, matrix, size, dst=table, borderMode=cv2.BORDER_TRANSPARENT)


def test_the_corners_of_a_sheet_on_a_table_are_found(paper) -> None:
    found = find_sheet(_photograph(paper))
    assert found is not None
    assert np.abs(np.array(found) - np.array(CORNERS)).max() < 4


def test_a_scan_is_no_photograph_even_with_dark_edges(paper) -> None:
    scan = np.asarray(paper()).copy()
    assert find_sheet(scan) is None
    scan[:, :30] = 15
    scan[-40:] = 15
    assert find_sheet(scan) is None


def test_a_light_box_is_a_sheet_unless_there_is_print_around_it(paper) -> None:
    page = Image.new("RGB", (874, 1240), (190, 190, 190))
    page.paste(paper(size=(700, 500)), (87, 600))
    assert find_sheet(np.asarray(page)) is not None
    printed = np.minimum(np.asarray(paper(*["CỘNG HÒA XÃ HỘI CHỦ NGHĨA"] * 5)), 190)
    page.paste(Image.fromarray(printed).crop((0, 0, 874, 560)), (0, 0))
    assert find_sheet(np.asarray(page)) is None


def test_an_even_picture_has_no_sheet() -> None:
    assert find_sheet(np.full((400, 300, 3), 128, dtype=np.uint8)) is None


def test_the_sheet_is_seen_from_above_in_its_own_proportion(paper) -> None:
    flat = flattened(_photograph(paper), CORNERS)
    assert flat.shape[0] / flat.shape[1] == pytest.approx(2**0.5, abs=0.01)
    straight = np.asarray(Image.fromarray(flat).resize((874, 1240)).convert("L"))
    # A line of print is level, and where it was on the sheet; the table's edge may show at the very top.
    rows = 20 + np.flatnonzero((straight[20:, 80:600] < 110).any(axis=1))
    assert rows[0] == pytest.approx(np.flatnonzero((np.asarray(paper(mode="L")) < 128).any(axis=1))[0], abs=4)


def test_places_on_the_sheet_go_back_to_the_photograph() -> None:
    width, height = sheet_size(CORNERS)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)
    assert on_picture(corners, CORNERS) == pytest.approx(np.array(CORNERS), abs=0.01)


def test_corners_turn_with_the_picture(paper) -> None:
    picture = _photograph(paper)
    turned = find_sheet(np.ascontiguousarray(np.rot90(picture, -1)))
    assert turned is not None
    assert np.array(turned) == pytest.approx(np.array(turned_corners(CORNERS, 1200, 1600, 90)), abs=4)
