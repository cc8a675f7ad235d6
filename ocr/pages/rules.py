"""The vertical rules of tables: where cells part, and strokes that readers would take for letters."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

_LONG_MM = 12.0
"""No letter of running text is as tall."""
_MM_PER_INCH = 25.4
_THICK_MM = 1.2
_DARKER = 60
_GROWN_PX = 3
_LEAST_PX = 24


def vertical_rules(grey: Grey, dpi: float) -> npt.NDArray[np.bool_]:
    """Return where vertical rules are, on a level page; their blurred edges included."""
    long = max(_LEAST_PX, round(_LONG_MM / _MM_PER_INCH * dpi))
    thick = max(3, round(_THICK_MM / _MM_PER_INCH * dpi))
    ink = (grey < max(0, int(np.median(grey)) - _DARKER)).astype(np.uint8)
    # Crooked rules step sideways: closed by one pixel, they still count as one.
    joined = cv2.dilate(ink, np.ones((1, 2), np.uint8))
    # Opened in two steps: most pages have no rules, which the first tells.
    column = np.ones((long, 1), np.uint8)
    worn = cv2.erode(joined, column)
    if not worn.any():
        return np.zeros(grey.shape, dtype=np.bool_)
    upright = cv2.dilate(worn, column)
    # Pictures and seals are tall as well, but not thin.
    broad = cv2.morphologyEx(upright, cv2.MORPH_OPEN, np.ones((1, thick), np.uint8))
    broad = cv2.dilate(broad, np.ones((3, thick), np.uint8))
    thin = np.where(broad > 0, 0, upright).astype(np.uint8)
    return np.asarray(cv2.dilate(thin, np.ones((_GROWN_PX, _GROWN_PX), np.uint8)) > 0)


def without(grey: Grey, rules: npt.NDArray[np.bool_]) -> Grey:
    """Return the page with paper where the rules were."""
    if not rules.any():
        return grey
    return np.asarray(np.where(rules, np.uint8(np.median(grey)), grey), dtype=np.uint8)
