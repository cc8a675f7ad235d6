"""Whether two drawings of a page show the same, as far as a reader could tell."""

import numpy as np
import numpy.typing as npt
from PIL import Image

_CELLS = 100
"""Across: a cell is about two millimetres of A4."""
_PROPORTION = 0.02
_FAINT = 48.0
"""Of 255. Lines drawn half a pixel beside each other stay well below; a missing word does not."""


def look_alike(one: npt.NDArray[np.uint8], two: npt.NDArray[np.uint8]) -> bool:
    """Whether two RGB images of a page, of any resolution, show the same."""
    proportions = [image.shape[0] / image.shape[1] for image in (one, two)]
    if abs(proportions[0] / proportions[1] - 1) > _PROPORTION:
        return False
    size = _CELLS, max(1, round(_CELLS * proportions[0]))
    cells = [np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX), dtype=float) for image in (one, two)]
    return float(np.abs(cells[0] - cells[1]).max()) < _FAINT
