"""Lines as places: levelled, cut at a column, joined to rows, and turned into values with their provenance."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ocr.fields.folding import nfc
from ocr.fields.result import Found
from ocr.lines import Box, Line, PageReading

DOUBT_PER_LETTER = 0.3
"""Of the letters its two readers dispute, the reading has about one in three wrong (0.31 on 22 typed pages); of those
they agree on, three in ten thousand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A line, or the part of one that stands in one column, on the levelled page."""

    text: str
    """NFC."""
    left: float
    top: float
    right: float
    bottom: float
    """Pixels after the skew is taken out; only for comparing places."""
    confidence: float
    box: Box
    """On the page as read."""
    page: int

    @property
    def middle(self) -> float:
        """Horizontal middle."""
        return (self.left + self.right) / 2

    @property
    def level(self) -> float:
        """Vertical middle."""
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        """At least 1."""
        return max(1.0, self.bottom - self.top)


def pieces_of(page: PageReading) -> list[Piece]:
    """Return the page's lines levelled, from top to bottom."""
    slope = math.tan(math.radians(page.skew_degrees))
    return sorted((_levelled(line, page.page, slope) for line in page.lines if line.text.strip()), key=_by_level)


def _by_level(piece: Piece) -> tuple[float, float]:
    return (piece.level, piece.left)


def _levelled(line: Line, page: int, slope: float) -> Piece:
    left, top, right, bottom = line.box
    rise = slope * (left + right) / 2
    # A box around slanted text is taller than the text by what the text climbs.
    spare = min(abs(slope) * (right - left), 0.7 * (bottom - top)) / 2
    return Piece(
        text=nfc(line.text),
        left=left,
        top=top - rise + spare,
        right=right,
        bottom=bottom - rise - spare,
        confidence=line.confidence,
        box=line.box,
        page=page,
    )


def cut(piece: Piece, at: int) -> tuple[Piece, Piece]:
    """Return the two parts of a piece cut before character `at`, boxes shared out by length."""
    share = at / max(1, len(piece.text))
    middle = piece.left + share * (piece.right - piece.left)
    left, top, right, bottom = piece.box
    seam = round(left + share * (right - left))
    return (
        replace(piece, text=piece.text[:at].strip(), right=middle, box=(left, top, max(left, seam), bottom)),
        replace(piece, text=piece.text[at:].strip(), left=middle, box=(min(seam, right), top, right, bottom)),
    )


def around(pieces: Iterable[Piece]) -> Box:
    """Return the box around all pieces, on the page as read."""
    boxes = [piece.box for piece in pieces]
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def sureness(pieces: Iterable[Piece], *, per_letter: float = DOUBT_PER_LETTER) -> float:
    """Return how sure the reading of some lines is, 0 to 1, from what the engine says of each.

    A line's confidence is the share of letters its two readers agree on, so (1 - confidence) * letters is how many
    they dispute; each disputed letter may be the one that is wrong.
    """
    disputed = sum((1.0 - piece.confidence) * len(piece.text) for piece in pieces)
    return math.exp(-per_letter * max(0.0, disputed))


def found_in(pieces: Sequence[Piece], value: str | tuple[str, ...], *, weight: float = 1.0) -> Found:
    """Return a value with the place and the sureness of the lines it was read from."""
    return Found(
        value=value,
        confidence=weight * sureness(pieces),
        page=pieces[0].page,
        box=around(pieces),
        raw="\n".join(piece.text for piece in pieces),
    )


def rows(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Return the pieces with those on one level joined from left to right."""
    return tuple(joined(row) for row in by_rows(pieces))


def by_rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Return the pieces by levels from the top, each level from left to right."""
    done: list[list[Piece]] = []
    for piece in sorted(pieces, key=_by_level):
        if done and _on_one_level(done[-1], piece):
            done[-1].append(piece)
        else:
            done.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in done]


def _on_one_level(row: Sequence[Piece], piece: Piece) -> bool:
    last = row[-1]
    overlap = min(last.bottom, piece.bottom) - max(last.top, piece.top)
    return overlap > 0.55 * min(last.height, piece.height) and all(
        min(p.right, piece.right) - max(p.left, piece.left) < 0.3 * min(p.right - p.left, piece.right - piece.left)
        for p in row
    )


def joined(row: Sequence[Piece]) -> Piece:
    """Return the pieces of one level, given from left to right, as one."""
    if len(row) == 1:
        return row[0]
    return Piece(
        text=" ".join(piece.text for piece in row),
        left=row[0].left,
        top=min(p.top for p in row),
        right=max(p.right for p in row),
        bottom=max(p.bottom for p in row),
        confidence=min(p.confidence for p in row),
        box=around(row),
        page=row[0].page,
    )
