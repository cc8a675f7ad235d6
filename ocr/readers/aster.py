"""Lines -> text with the aster recogniser (wheel asterocr), the most accurate single reader we have measured.

Recipe as measured: plain x/255, 32 px high, no padding from the page but flat ground at both ends, long lines
cut at their emptiest columns. The network fails above 1024 columns and reads worse above 600.
"""

import json
import math
import re
import unicodedata
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from ocr.readers.alphabet import require_vietnamese
from ocr.readers.crops import paper_level, strip
from ocr.readers.models import ASTER, ASTER_LETTERS, model_file
from ocr.readers.ports import Grey, Quad, Reading
from ocr.readers.sessions import session

_HEIGHT = 32
_PIECE_WIDTH = 600
_MARGIN = 10
"""0.3 line heights."""
_STEP = 4
_GAP = 4
"""Empty columns that part words rather than letters, at 32 px height."""
_GAP_WINDOW = 7
_INVENTED = "[]{}|_ "
"""What the network makes of ruled lines at the ends of table cells."""
_INK = 40


class AsterReader:
    """See LineReader. Not to be shared between threads."""

    def __init__(self) -> None:
        letters: list[str] = json.loads(model_file(ASTER_LETTERS).read_text(encoding="utf-8"))["chars"]
        self._letters = letters
        self.alphabet = require_vietnamese("aster", letters[1:])
        self._session = session(ASTER)
        self._input = self._session.get_inputs()[0].name

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read. Confidence is the mean over letters of the network's probability."""
        return [self._read_line(strip(grey, quad)) for quad in quads]

    def _read_line(self, line: Grey) -> Reading:
        scale = _HEIGHT / line.shape[0]
        width = max(_STEP, round(line.shape[1] * scale))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        small = np.asarray(cv2.resize(line, (width, _HEIGHT), interpolation=how), dtype=np.uint8)
        text, sure = "", list[float]()
        for piece, spaced in split(small):
            read, confidences = self._read_piece(piece, paper_level(small))
            text += (" " if spaced and text else "") + read
            sure.extend(confidences)
        text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip(_INVENTED)
        return Reading(text=text, confidence=float(np.mean(sure)) if text and sure else 0.0)

    def _read_piece(self, piece: Grey, paper: int) -> tuple[str, list[float]]:
        width = piece.shape[1] + 2 * _MARGIN
        canvas = np.full((_HEIGHT, math.ceil(width / _STEP) * _STEP), paper, dtype=np.uint8)
        canvas[:, _MARGIN : _MARGIN + piece.shape[1]] = piece
        pixels = np.repeat((canvas.astype(np.float32) / 255.0)[None, None], 3, axis=1)
        scores = np.asarray(self._session.run(None, {self._input: pixels})[0])[:, 0, :]
        return self._decode(scores)

    def _decode(self, scores: npt.NDArray[np.float32]) -> tuple[str, list[float]]:
        """Greedy CTC over log-probabilities, steps x classes, class 0 blank."""
        best = scores.argmax(axis=1)
        fresh = (best != 0) & np.concatenate(([True], best[1:] != best[:-1]))
        probabilities = np.exp(scores[np.arange(len(best)), best])
        return "".join(self._letters[index] for index in best[fresh]), [float(p) for p in probabilities[fresh]]


def split(line: Grey) -> list[tuple[Grey, bool]]:
    """Cut a line into pieces of at most 600 px at its emptiest columns; with each, whether a space goes before it."""
    width = line.shape[1]
    count = math.ceil(width / _PIECE_WIDTH)
    if count == 1:
        return [(line, False)]
    ink = (paper_level(line) - line.astype(np.int16) > _INK).sum(axis=0).astype(np.float64)
    emptiness = np.convolve(ink, np.ones(_GAP_WINDOW) / _GAP_WINDOW, mode="same")
    # Pieces may differ: room to look for a gap on both sides of the even cut.
    reach = min(max(1, width // (4 * count)), (_PIECE_WIDTH - width // count) // 2 + _HEIGHT)
    pieces, start, spaced = list[tuple[Grey, bool]](), 0, False
    for number in range(1, count):
        even = width * number // count
        places = np.arange(max(start + 1, even - reach), even + reach)
        # Of equally empty columns the one nearest to the even cut.
        cut = int(min(places, key=lambda place: (emptiness[place], abs(int(place) - even))))
        pieces.append((line[:, start:cut], spaced))
        start, spaced = cut, bool(ink[max(0, cut - _GAP // 2) : cut + _GAP // 2].sum() == 0)
    pieces.append((line[:, start:], spaced))
    return pieces
