"""Crops of lines: what their greys tell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ocr.readers.crops import is_light_on_dark, paper_level
from ocr.readers.ports import Grey

crops = arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=st.integers(0, 255))


@given(crops)
def test_the_paper_is_the_grey_that_all_but_the_lightest_pixels_reach(crop: Grey) -> None:
    assert paper_level(crop) == int(np.percentile(crop, 85) + 1e-9)


@given(crops)
def test_part_of_a_page_tells_the_same_as_its_copy(page: Grey) -> None:
    part = page[: (page.shape[0] + 1) // 2, : (page.shape[1] + 1) // 2]
    assert paper_level(part) == paper_level(part.copy())
    assert is_light_on_dark(part) == is_light_on_dark(part.copy())


@pytest.mark.parametrize(("paper", "ink", "negative"), [(235, 20, False), (20, 235, True), (200, 190, False)])
def test_a_line_printed_in_negative_is_known(paper: int, ink: int, negative: bool) -> None:
    crop = np.full((40, 300), paper, dtype=np.uint8)
    crop[10:30, 20:280:6] = ink
    assert is_light_on_dark(crop) is negative
