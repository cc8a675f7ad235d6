"""What is stamped in red on a page -> lines beside those of the print."""

from collections.abc import Sequence

from ocr.lines import Box
from ocr.pages.red import marks
from ocr.readers.crops import bounding_box
from ocr.readers.ports import Grey, LineFinder, LineReader, Quad, Reading

_SURE = 0.6
_LETTERS = 3
_COVERED = 0.3
"""Share of a red line that lies on print already read."""
_MOST = 6
"""Pages printed in red throughout are not what this is for."""


def read_red(
    layer: Grey | None, dpi: float, known: Sequence[Quad], finder: LineFinder, reader: LineReader
) -> list[tuple[Quad, Reading]]:
    """Return red lines that are not among the known ones and that the reader is sure of; none where nothing is red."""
    places = marks(layer, dpi) if layer is not None else []
    if layer is None or len(places) > _MOST:
        return []
    height, width = layer.shape
    taken = [bounding_box(quad, width, height) for quad in known]
    found: list[tuple[Quad, Reading]] = []
    for place in places:
        left, top, right, bottom = place
        quads = [_moved(quad, left, top) for quad in finder.find(layer[top:bottom, left:right].copy())]
        quads = [quad for quad in quads if not _is_taken(bounding_box(quad, width, height), taken)]
        found.extend(
            (quad, reading)
            for quad, reading in zip(quads, reader.read(layer, quads), strict=True)
            if reading.confidence >= _SURE and sum(map(str.isalpha, reading.text)) >= _LETTERS
        )
    return found


def _moved(quad: Quad, right: int, down: int) -> Quad:
    a, b, c, d = ((x + right, y + down) for x, y in quad)
    return a, b, c, d


def _is_taken(box: Box, taken: Sequence[Box]) -> bool:
    area = max(1, (box[2] - box[0]) * (box[3] - box[1]))
    for other in taken:
        across = min(box[2], other[2]) - max(box[0], other[0])
        down = min(box[3], other[3]) - max(box[1], other[1])
        if across > 0 and down > 0 and across * down > _COVERED * area:
            return True
    return False
