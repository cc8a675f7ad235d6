"""How far a page is turned."""

import cv2
import numpy as np
import pytest

from ocr.pages.upright import direction_of, skew_of, skewed_points, straightened, turned


class _Says:
    def __init__(self, *probabilities: float) -> None:
        self._probabilities = probabilities

    def turns(self, grey: np.ndarray) -> tuple[float, ...]:
        del grey
        return self._probabilities


def _leaning(paper, degrees: float) -> np.ndarray:
    grey = np.asarray(paper(mode="L"))
    return straightened(grey, -degrees, paper=255)


@pytest.mark.parametrize("degrees", [-8.0, -5.0, -1.3, -0.4, 0.0, 0.7, 2.0, 4.8, 8.0])
def test_a_lean_is_measured_to_a_fifth_of_a_degree(paper, degrees) -> None:
    assert skew_of(_leaning(paper, degrees)) == pytest.approx(degrees, abs=0.2)


def test_a_lean_clockwise_is_positive(paper) -> None:
    grey = np.asarray(paper(mode="L"))
    height, width = grey.shape
    clockwise = cv2.warpAffine(
        grey, cv2.getRotationMatrix2D((width / 2, height / 2), -2, 1), (width, height), borderValue=(255,)
    )
    assert skew_of(clockwise) == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_page_does_not_lean(level) -> None:
    assert skew_of(np.full((900, 600), level, dtype=np.uint8)) == 0


def test_points_go_back_to_where_they_were_on_the_leaning_page() -> None:
    page = np.full((800, 600), 255, dtype=np.uint8)
    page[200:206, 400:406] = 0
    level = straightened(page, 3.0, paper=255)
    y, x = (float(np.mean(where)) for where in np.nonzero(level < 128))
    assert skewed_points(np.array([[x, y]]), 600, 800, 3.0)[0] == pytest.approx([402.5, 202.5], abs=1.0)


@pytest.mark.parametrize(
    ("probabilities", "rotation", "likeliest"),
    [
        ((0.99, 0.01, 0, 0), 0, 0),
        ((0.01, 0.98, 0, 0), 90, 90),
        ((0.01, 0, 0.98, 0), 180, 180),
        ((0.01, 0, 0, 0.98), 270, 270),
        ((0.10, 0, 0.90, 0), 0, 180),
    ],
)
def test_a_page_is_turned_only_when_the_compass_is_sure(probabilities, rotation, likeliest) -> None:
    found = direction_of(np.full((100, 100), 255, dtype=np.uint8), _Says(*probabilities))
    assert (found.rotation, found.likeliest, found.sure) == (rotation, likeliest, max(probabilities) > 0.95)


class _Keeps:
    """Keeps the page it was asked about."""

    def turns(self, grey: np.ndarray) -> tuple[float, ...]:
        self.seen = grey
        return (1.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("quarter", [0, 1])
@pytest.mark.parametrize("degrees", [-8.0, 8.0])
def test_the_compass_sees_a_level_page_even_of_one_that_lies_on_its_side(paper, degrees, quarter) -> None:
    compass = _Keeps()
    direction_of(np.ascontiguousarray(np.rot90(_leaning(paper, degrees), quarter)), compass)
    assert skew_of(turned(compass.seen, 90 * quarter)) == pytest.approx(0, abs=0.3)


def test_turning_is_clockwise() -> None:
    page = np.array([[1, 2], [3, 4]], dtype=np.uint8)
    assert turned(page, 90).tolist() == [[3, 1], [4, 2]]
