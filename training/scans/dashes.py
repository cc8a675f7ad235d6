"""A line's ink -> which of its dashes are hyphens and which en dashes: the readers write a hyphen for both. Pure.

In roman faces a hyphen is about a quarter of an em wide, an en dash half an em; the height of small letters, or of
capitals in a line of those, tells the em.
"""

import re

import cv2
import numpy as np

from ocr.readers.ports import Grey

HYPHEN, EN_DASH = "-", "–"
_SURELY_HYPHEN, _SURELY_EN = 0.31, 0.38
"""Widths, em. On 1,041 lines of 28 pages nothing lay between: hyphens were 0.15 to 0.30, en dashes 0.40 to 0.55."""
_NARROWEST, _WIDEST = 0.12, 0.8
_FLATTEST = 0.16
"""Height of a stroke, em."""
_SMALL, _CAPITAL = 0.47, 0.66
"""Height of letters, em."""
_LETTER = 0.2
"""Lower components are marks and specks, not letters; of the line's height."""
_MOSTLY = 0.6
_BAND = (0.3, 0.75)
"""Where strokes lie, and beside them nothing above or below: else they are parts of a letter. Of the line's height."""
_ALONE = (0.2, 0.85)
_INSIDE_WORD = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")


def with_dashes(text: str, line: Grey) -> str | None:
    """Return the text with its dashes as they are printed; None where that cannot be told.

    Args:
        text: with a hyphen for every dash.
        line: the line alone, dark on light.
    """
    if HYPHEN not in text:
        return text
    # Between letters nobody sets a dash: document numbers, names of two places.
    free = _INSIDE_WORD.sub("", text).count(HYPHEN)
    signs = [_sign(width) for width in dash_widths(line, capitals=_is_capitals(text))]
    if len(signs) == text.count(HYPHEN) and None not in signs:
        given = iter(signs)
        return re.sub(HYPHEN, lambda _: next(given) or HYPHEN, text)
    if free == 0 or (set(signs) == {HYPHEN} and len(signs) >= free):
        return text
    return None


def _sign(width: float) -> str | None:
    if width <= _SURELY_HYPHEN:
        return HYPHEN
    return EN_DASH if width >= _SURELY_EN else None


def _is_capitals(text: str) -> bool:
    return sum(map(str.isupper, text)) > _MOSTLY * sum(map(str.isalpha, text))


def dash_widths(line: Grey, *, capitals: bool) -> list[float]:
    """Return the widths of flat strokes that stand alone at middle height, left to right, in em."""
    height = line.shape[0]
    _, ink = cv2.threshold(line, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    letters = [high for high in stats[1:, cv2.CC_STAT_HEIGHT].tolist() if high > _LETTER * height]
    if not letters:
        return []
    em = float(np.median(letters)) / (_CAPITAL if capitals else _SMALL)
    band = labels[round(_ALONE[0] * height) : round(_ALONE[1] * height)]
    found = []
    for index in range(1, len(stats)):
        left, _, wide, high = (int(side) for side in stats[index][:4])
        stroke = high <= _FLATTEST * em and wide >= 1.3 * high and _NARROWEST <= wide / em <= _WIDEST
        if stroke and _BAND[0] <= centres[index][1] / height <= _BAND[1]:
            around = band[:, left : left + wide]
            if not np.any((around != 0) & (around != index)):
                found.append((left, wide / em))
    return [width for _, width in sorted(found)]
