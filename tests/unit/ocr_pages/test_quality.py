"""What a scan is like, measured without knowing what is printed, and what to tell the person at the scanner."""

import cv2
import numpy as np
import pytest

from ocr.lines import PageQuality
from ocr.pages.quality import doubts, limits, measured, quality_findings
from ocr.pages.upright import Direction
from sohoa.messages import known

DPI = 150.0


@pytest.fixture
def sheet(paper) -> np.ndarray:
    return np.asarray(paper())


def _codes(quality: PageQuality, *, dpi: float = 300, skew: float = 0.0) -> list[str]:
    found = quality_findings(quality, dpi, skew, 1, limits())
    assert all(known(finding.code) and not finding.blocks_seal for finding in found)
    return [finding.code for finding in found]


def test_a_clean_page_has_no_findings(sheet) -> None:
    assert _codes(measured(sheet, DPI)) == []


def test_an_empty_page_is_neither_blurred_nor_pale() -> None:
    quality = measured(np.full((900, 700, 3), 245, dtype=np.uint8), DPI)
    assert (quality.sharpness, quality.contrast, _codes(quality)) == (None, None, [])


def test_sharpness_falls_with_blur_whatever_the_contrast(sheet) -> None:
    pale = 255 - (255 - sheet) // 2
    blurred = [cv2.GaussianBlur(sheet, (0, 0), spread) for spread in (1.0, 2.0, 3.0)]
    values = [measured(pixels, DPI).sharpness for pixels in (sheet, *blurred)]
    assert values == sorted(values, reverse=True)
    assert measured(pale, DPI).sharpness == pytest.approx(values[0], abs=0.06)
    assert "blurred" in _codes(measured(blurred[-1], DPI))


def test_pale_print_dark_paper_and_yellow_paper_are_told_apart(sheet) -> None:
    pale = (255 - (255 - sheet.astype(float)) * 0.3).astype(np.uint8)
    yellow = (sheet * np.array([1, 0.93, 0.72])).astype(np.uint8)
    assert _codes(measured(pale, DPI)) == ["low_contrast"]
    assert _codes(measured((sheet * 0.6).astype(np.uint8), DPI)) == ["dark_background"]
    assert _codes(measured(yellow, DPI)) == ["tinted_background"]


@pytest.mark.parametrize(("cut", "edge"), [(np.s_[:, 120:], "left"), (np.s_[:, :300], "right"), (np.s_[110:], "top")])
def test_print_that_runs_over_an_edge_is_found(sheet, cut, edge) -> None:
    assert measured(np.ascontiguousarray(sheet[cut]), DPI).cut_off == (edge,)


def test_a_dark_edge_of_the_glass_cuts_nothing_off(sheet) -> None:
    dark = sheet.copy()
    dark[:, :12] = 20
    assert measured(dark, DPI).cut_off == ()


@pytest.mark.parametrize(("dpi", "codes"), [(150, []), (199.6, ["resolution_below_target"]), (299.7, []), (600, [])])
def test_the_target_is_a_remark_between_floor_and_target(dpi, codes) -> None:
    assert _codes(PageQuality(), dpi=dpi) == codes


def test_a_page_fed_askew_is_told_by_how_much() -> None:
    (finding,) = quality_findings(PageQuality(), 300, -3.24, 4, limits())
    assert (finding.code, finding.page, finding.detail) == ("skewed", 4, {"degrees": "3.2", "most": "2"})


def test_only_a_page_that_seems_to_lie_wrong_waits_for_a_person() -> None:
    sure, upright, wrong = (
        Direction(rotation=0, confidence=confidence, likeliest=likeliest)
        for confidence, likeliest in ((0.99, 0), (0.6, 0), (0.9, 180))
    )
    assert doubts(sure, 1) == []
    assert [finding.blocks_seal for finding in (*doubts(upright, 1), *doubts(wrong, 1))] == [False, True]
