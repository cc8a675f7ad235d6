"""What is made of the small network's maps."""

import numpy as np
import pytest

from ocr.readers.finder import lines_on, scaled_ink

HIGH, WIDE = 64, 96
Place = tuple[int, int, int, int]


def _maps(*bands: Place, tall: float = 24.0, sure: float = 0.95) -> np.ndarray:
    """Return maps with bands (left, top, right, bottom in pixels of the maps), each in the middle of a line."""
    maps = np.zeros((3, HIGH, WIDE), dtype=np.float32)
    for left, top, right, bottom in bands:
        maps[0, top:bottom, left:right] = sure
        middle = (top + bottom) * 2
        rows = (np.arange(top - 1, bottom + 1) + 0.5) * 4
        maps[1, top - 1 : bottom + 1, left - 1 : right + 1] = (rows - middle + tall / 2)[:, None]
        maps[2, top - 1 : bottom + 1, left - 1 : right + 1] = (middle + tall / 2 - rows)[:, None]
    return maps


def test_a_line_is_as_tall_as_the_edges_say_and_its_ends_stand_out_of_the_band() -> None:
    (line,) = lines_on(_maps((20, 30, 70, 33)), WIDE * 4, HIGH * 4)
    left, top = line[0]
    right, bottom = line[2]
    assert top == pytest.approx(126 - 12, abs=0.5)
    assert bottom == pytest.approx(126 + 12, abs=0.5)
    assert left == pytest.approx(80 - 6, abs=2)
    assert right == pytest.approx(280 + 6, abs=2)


def test_corners_are_in_pixels_of_the_page() -> None:
    small = lines_on(_maps((20, 30, 70, 33)), WIDE * 4, HIGH * 4)[0]
    large = lines_on(_maps((20, 30, 70, 33)), WIDE * 12, HIGH * 8)[0]
    assert np.allclose(np.array(large), np.array(small) * (3, 2))


def test_two_columns_and_two_tight_lines_stay_apart() -> None:
    maps = _maps((5, 10, 40, 13), (48, 10, 90, 13), (5, 16, 40, 19))
    assert len(lines_on(maps, WIDE * 4, HIGH * 4)) == 3


def test_a_line_inside_a_ring_is_found() -> None:
    maps = _maps((40, 30, 56, 33))
    rows, columns = np.mgrid[:HIGH, :WIDE]
    distance = np.hypot(rows - 31, columns - 48)
    maps[0][(distance > 20) & (distance < 23)] = 0.9
    corners = [np.array(line) for line in lines_on(maps, WIDE * 4, HIGH * 4)]
    assert any(abs(quad[:, 0].mean() - 192) < 4 and np.ptp(quad[:, 0]) < 100 for quad in corners)


def test_what_the_network_is_not_sure_of_is_left_out() -> None:
    assert lines_on(_maps((20, 30, 70, 33), sure=0.4), WIDE * 4, HIGH * 4) == []


def test_a_leaning_line_gets_leaning_corners() -> None:
    maps = np.zeros((3, HIGH, WIDE), dtype=np.float32)
    for column in range(8, 88):
        middle = 20 + 0.05 * column
        maps[0, round(middle) - 1 : round(middle) + 2, column] = 0.95
        rows = np.arange(HIGH) + 0.5
        maps[1, :, column] = (rows - middle) * 4 + 12
        maps[2, :, column] = (middle - rows) * 4 + 12
    (line,) = lines_on(maps, WIDE * 4, HIGH * 4)
    rise = (line[1][1] - line[0][1]) / (line[1][0] - line[0][0])
    assert rise == pytest.approx(0.05, abs=0.01)
    assert np.linalg.norm(np.subtract(line[3], line[0])) == pytest.approx(24, abs=1)


def test_corners_are_kept_on_the_page() -> None:
    for corners in lines_on(_maps((1, 1, 95, 3), tall=40), WIDE * 4, HIGH * 4):
        assert all(0 <= x <= WIDE * 4 and 0 <= y <= HIGH * 4 for x, y in corners)


@pytest.mark.parametrize(
    ("shape", "seen"),
    [((3508, 2480), (1280, 896)), ((40, 40), (32, 32)), ((900, 6), (896, 32)), ((1, 5000), (32, 1280))],
)
def test_the_network_sees_multiples_of_32_and_no_more_than_asked_for(
    shape: tuple[int, int], seen: tuple[int, int]
) -> None:
    assert scaled_ink(np.full(shape, 255, dtype=np.uint8), 1280).shape == seen


def test_paper_is_0_and_ink_is_1() -> None:
    page = np.full((64, 64), 255, dtype=np.uint8)
    page[:, 32:] = 0
    ink = scaled_ink(page, 1280)
    assert ink[:, :32].max() == 0
    assert ink[:, 32:].min() == 1
