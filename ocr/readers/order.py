"""Lines with places -> the order a person reads them in: left header, right header, title, body, recipients, signature.

Rows are read one after the other, cells of a table included. An official document stands in two columns at its
head (agency and number beside the national motto) and at its foot (recipients beside the signature): there the
left column is read to its end first. Pure.
Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục IV (sơ đồ bố trí các thành phần thể thức).
"""

import re
import unicodedata
from collections.abc import Sequence
from statistics import median

from rapidfuzz import fuzz

from ocr.lines import Box

Row = list[int]

_MOTTOS = ("conghoaxahoichunghiavietnam", "doclaptudohanhphuc", "dangcongsanvietnam")
_ADDRESSEE = "kinhgui"
_RECIPIENTS = "noinhan"
_ALIKE = 80
_CENTRED = 0.04
"""Share of the page's width within which a line alone in its row stands in the middle: the title."""
_WIDE = 0.55
"""Share of the page's width: such a line belongs to no column."""


def reading_order(boxes: Sequence[Box], texts: Sequence[str], width: int) -> list[int]:
    """Return the indices of level boxes in reading order; `width` is the page's."""
    rows = _rows(boxes)
    folded = [_folded(text) for text in texts]
    head_end, head_gutter = _head(rows, boxes, folded, width)
    foot_start, foot_end, foot_gutter = _foot(rows, boxes, folded, width)
    foot_start = max(foot_start, head_end)
    return [
        *_columns(rows[:head_end], boxes, head_gutter),
        *(index for row in rows[head_end:foot_start] for index in row),
        *_columns(rows[foot_start:foot_end], boxes, foot_gutter),
        *(index for row in rows[max(foot_start, foot_end) :] for index in row),
    ]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.lower()).replace("đ", "d")
    return re.sub(r"[^a-z0-9]", "", plain)


def _rows(boxes: Sequence[Box]) -> list[Row]:
    """Group lines whose middles lie within each other's height, top to bottom; within a row left to right."""
    rows: list[Row] = []
    for index in sorted(range(len(boxes)), key=lambda i: boxes[i][1] + boxes[i][3]):
        if rows and any(_beside(boxes[index], boxes[other]) for other in rows[-1]):
            rows[-1].append(index)
        else:
            rows.append([index])
    return [sorted(row, key=lambda i: boxes[i][0]) for row in rows]


def _beside(one: Box, two: Box) -> bool:
    """Whether the lower of two lines shares a row with the upper: their middles are near, measured by the thinner."""
    apart = abs((one[1] + one[3]) - (two[1] + two[3])) / 2
    return apart < 0.5 * min(one[3] - one[1], two[3] - two[1])


def _columns(rows: Sequence[Row], boxes: Sequence[Box], gutter: float) -> list[int]:
    indices = [index for row in rows for index in row]
    left = [index for index in indices if _middle(boxes[index]) < gutter]
    return left + [index for index in indices if _middle(boxes[index]) >= gutter]


def _middle(box: Box) -> float:
    return (box[0] + box[2]) / 2


def _crosses(box: Box, gutter: float) -> bool:
    slack = (box[3] - box[1]) / 2
    return box[0] < gutter - slack and box[2] > gutter + slack


def _head(rows: Sequence[Row], boxes: Sequence[Box], folded: Sequence[str], width: int) -> tuple[int, float]:
    """Return how many rows from the top stand in two columns, and where these part; 0 rows where none do."""
    mottos = [
        (place, index)
        for place, row in enumerate(rows)
        for index in row
        if any(len(folded[index]) > 10 and fuzz.ratio(folded[index], motto) >= _ALIKE for motto in _MOTTOS)
    ]
    if not mottos:
        return 0, 0.0
    first, last = mottos[0][0], mottos[-1][0]
    gutter = min(boxes[index][0] for _, index in mottos) - median(box[3] - box[1] for box in boxes) / 4
    if not any(_middle(boxes[index]) < gutter for row in rows[max(0, first - 1) : last + 2] for index in row):
        return 0, 0.0
    centre = width / 2
    for place in range(last + 1, len(rows)):
        row = rows[place]
        alone = len(row) == 1 and abs(_middle(boxes[row[0]]) - centre) < _CENTRED * width
        addressed = any(fuzz.ratio(folded[index][: len(_ADDRESSEE)], _ADDRESSEE) >= _ALIKE for index in row)
        if alone or addressed or any(_crosses(boxes[index], gutter) for index in row):
            return place, gutter
    return len(rows), gutter


def _foot(rows: Sequence[Row], boxes: Sequence[Box], folded: Sequence[str], width: int) -> tuple[int, int, float]:
    """Return the first row of the foot, the first after it, and where its columns part; no rows where there is none."""
    for place, row in enumerate(rows):
        for index in row:
            if folded[index][:7] == _RECIPIENTS or fuzz.ratio(folded[index], _RECIPIENTS) >= _ALIKE:
                return _foot_from(rows, boxes, place, index, width)
    return len(rows), len(rows), 0.0


def _foot_from(
    rows: Sequence[Row], boxes: Sequence[Box], place: int, recipients: int, width: int
) -> tuple[int, int, float]:
    end = place
    while end < len(rows) and not any(boxes[i][2] - boxes[i][0] > _WIDE * width for i in rows[end]):
        end += 1
    below = [boxes[index] for row in rows[place:end] for index in row]
    gutter = _gutter(below, boxes[recipients], width)
    start = place
    # The signer's title often begins a little higher than the recipients.
    while start > 0 and all(boxes[index][0] > gutter for index in rows[start - 1]):
        start -= 1
    return start, end, gutter


def _gutter(lines: Sequence[Box], recipients: Box, width: int) -> float:
    """Return the x that fewest lines cross, between the recipients' beginning and the page's right quarter."""
    low, high = recipients[0] + (recipients[2] - recipients[0]) // 2, round(width * 0.75)
    step = max(1, width // 200)
    candidates = range(low, max(high, low + 1), step)
    crossings = {x: sum(box[0] < x < box[2] for box in lines) for x in candidates}
    fewest = min(crossings.values())
    best = [x for x in candidates if crossings[x] == fewest]
    # The widest run of equally good places, and its middle.
    runs: list[list[int]] = []
    for x in best:
        if runs and x - runs[-1][-1] == step:
            runs[-1].append(x)
        else:
            runs.append([x])
    widest = max(runs, key=len)
    return (widest[0] + widest[-1]) / 2
