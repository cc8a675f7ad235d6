"""Line boxes of a page -> its zones: left head, right head, body, recipients, signature.

Works on places alone, so it does not depend on the order in which the engine gave the lines. Source: Nghị định
30/2020/NĐ-CP, Phụ lục I, phần I, mục IV (sơ đồ bố trí thể thức), zones 1 to 9.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ocr.fields.doctypes import titles_bare
from ocr.fields.folding import fold, is_capitals, letters, likeness, nfc
from ocr.fields.result import Found
from ocr.lines import Box, Line, PageReading

NATION = "cong hoa xa hoi chu nghia viet nam"
MOTTO = "doc lap tu do hanh phuc"
PARTY = "dang cong san viet nam"

DOUBT_PER_LETTER = 0.3
"""Of the letters two readers dispute, the better reader is wrong on about one in four (measured on the samples)."""

# How far down the page the head's anchor may stand; stamps and a filing note may push it down.
_HEAD_SHARE = 0.45
_NATION_AT = re.compile(r"c[o0]ng\s*h\w{1,3}\s*x[a-z]\s*h[o0]i|dang\s+cong\s+san\s+viet")
_SIGNATURE = re.compile(r"\W*(ky boi|nguoi ky|co quan|ky so)\b")
_MOTTO_AT = re.compile(r"d[o0]c\s*lap\s*[-.~_ ]*\s*tu\s*do")
_ABOUT = re.compile(r"^\W{0,3}(?:v\s?[/1il|.v]\s?v|vv)\b\W*", re.ASCII)
_DATE_AT = re.compile(
    r"(?:[^\W\d][\w.'-]*\s+){0,5}[^\W\d][\w.'-]*\s*[,.;]\s*ng[a-z]{1,2}y\b.*\bth[a-z]{1,3}g\b", re.ASCII
)
_NUMBER_AT = re.compile(r"\W*s[o06dé]\s*[:.;]\s*.{0,30}?/\s*\S+(?:\s?-\s?\S+)*\s", re.ASCII)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The head of a first page, rows from top to bottom."""

    left: tuple[Piece, ...]
    """Issuing authority, number, and for công văn the subject; a secrecy or urgency mark."""
    right: tuple[Piece, ...]
    """Quốc hiệu, Tiêu ngữ, place and date."""
    body: tuple[Piece, ...]
    """Everything below."""
    above: tuple[Piece, ...]
    """What stands higher than Quốc hiệu: stamps of receipt, digital signatures, page number."""
    anchored: bool
    """Whether Quốc hiệu or Tiêu ngữ was found, so that the columns are sure."""


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


def after_about(text: str) -> str | None:
    """Return what follows "V/v" (về việc, also misread VVv, Vlv) at the start of a line, or None."""
    match = _ABOUT.match(fold(text))
    return text[match.end() :] if match else None


def is_nation(text: str) -> bool:
    """Whether the text is the Quốc hiệu, misreadings allowed."""
    return len(letters(text)) > 18 and likeness(text, NATION) >= 0.7


def is_motto(text: str) -> bool:
    """Whether the text is the Tiêu ngữ, misreadings allowed."""
    return len(letters(text)) > 11 and likeness(text, MOTTO) >= 0.7


def _split_at_anchor(piece: Piece) -> list[Piece]:
    """Part a line that the finder drew across both columns of the head."""
    folded = fold(piece.text)
    for pattern in (_NATION_AT, _MOTTO_AT):
        match = pattern.search(folded)
        if match and match.start() >= 4 and not _SIGNATURE.match(folded):
            return list(cut(piece, match.start()))
    number = _NUMBER_AT.match(folded)
    if number and (date := _DATE_AT.search(folded, number.end() - 1)):
        # From the end of the symbol: a place name of several words begins there.
        return list(cut(piece, max(number.end(), date.start())))
    return [piece]


def head_of(page: PageReading) -> Head:
    """Return the zones of a page's head. A page without a head gives everything as body."""
    pieces = [part for piece in pieces_of(page) for part in _split_at_anchor(piece)]
    high = [p for p in pieces if p.top < _HEAD_SHARE * page.height_px]
    anchors = _anchors(high)
    dates = [p for p in high if _DATE_AT.search(fold(p.text)) and p.middle > 0.5 * page.width_px]
    if not anchors and not dates:
        return _headless(pieces, page)
    return _zones(pieces, page, anchors, dates)


def _anchors(high: Sequence[Piece]) -> list[Piece]:
    """Return Quốc hiệu and Tiêu ngữ; the former also stands in digital signatures ("CÔNG BÁO NƯỚC CỘNG HÒA ...")."""
    nations = [p for p in high if is_nation(p.text)]
    motto = next((p for p in high if is_motto(p.text)), None)
    if motto is not None:
        return [*(p for p in nations if 0 < motto.level - p.level < 4 * motto.height), motto]
    return nations[-1:] or [p for p in high if likeness(p.text, PARTY) >= 0.85]


def _headless(pieces: Sequence[Piece], page: PageReading) -> Head:
    """Zones when neither Quốc hiệu nor a date was seen: the issuer and number may still be there, to the left."""
    bottom = _first_across(pieces, page, 0.0, 0.42 * page.width_px)
    top = [p for p in pieces if p.level < min(bottom, 0.35 * page.height_px)]
    left = rows(p for p in top if p.middle < 0.42 * page.width_px)
    right = rows(p for p in top if p.middle >= 0.42 * page.width_px)
    body = tuple(p for p in pieces if p not in top)
    return Head(left=left, right=right, body=body, above=(), anchored=False)


def _zones(pieces: Sequence[Piece], page: PageReading, anchors: Sequence[Piece], dates: Sequence[Piece]) -> Head:
    guides = anchors or dates
    edge = min(p.left for p in guides) - 0.01 * page.width_px
    if edge < 0.3 * page.width_px:
        return _centred_head(pieces, anchors or guides)
    start = min(p.top for p in guides) - (1.2 if anchors else 4.0) * guides[0].height
    below = max(p.bottom for p in guides)
    bottom = _first_across(pieces, page, below, edge)
    zone = [p for p in pieces if start <= p.level < bottom]
    parted = [part for p in zone for part in _split_at_edge(p, edge, page.width_px)]
    return Head(
        left=rows(p for p in parted if p.middle < edge),
        right=rows(p for p in parted if p.middle >= edge),
        body=tuple(p for p in pieces if p.level >= bottom),
        above=tuple(p for p in pieces if p.level < start),
        anchored=bool(anchors),
    )


def _centred_head(pieces: Sequence[Piece], anchors: Sequence[Piece]) -> Head:
    """Zones where Quốc hiệu stands over the whole width, as on forms: there are no columns."""
    below = max(p.bottom for p in anchors)
    high = min(p.top for p in anchors)
    return Head(
        left=(),
        right=tuple(anchors),
        body=tuple(p for p in pieces if p.level > below),
        above=tuple(p for p in pieces if p.level < high),
        anchored=True,
    )


def _split_at_edge(piece: Piece, edge: float, width: float) -> list[Piece]:
    """Part a line in the head that reaches well into both columns, at the blank nearest to the edge."""
    if piece.left > edge - 0.13 * width or piece.right < edge + 0.13 * width:
        return [piece]
    if is_nation(piece.text) or is_motto(piece.text):
        return [piece]
    date = _DATE_AT.search(fold(piece.text))
    wanted = (edge - piece.left) / (piece.right - piece.left) * len(piece.text)
    blanks = [m.start() for m in re.finditer(r"\s", piece.text)]
    if not blanks or (date and date.start() == 0 and piece.left > 0.3 * width):
        return [piece]
    return [part for part in cut(piece, min(blanks, key=lambda at: abs(at - wanted))) if part.text]


def _first_across(pieces: Sequence[Piece], page: PageReading, below: float, edge: float) -> float:
    """Return the top of the first row under the head that belongs to neither column."""
    width = page.width_px
    centre = 0.525 * width
    for row in by_rows(p for p in pieces if p.level > below):
        if not _is_text(" ".join(p.text for p in row)):
            continue
        for piece in row:
            centred = abs(piece.middle - centre) < 0.09 * width and piece.left < min(centre, edge + 0.1 * width)
            if _opens_body(piece) or centred or piece.right - piece.left > 0.62 * width:
                return piece.top
    return page.height_px


def _is_text(text: str) -> bool:
    """Whether the line is neither a date, a number of the head, nor dirt."""
    folded = fold(text)
    return len(letters(text)) > 4 and not _DATE_AT.search(folded) and not _NUMBER_AT.match(folded + " ")


def _opens_body(piece: Piece) -> bool:
    addressed = re.match(r"\W*k[a-z]nh\s+g[a-z]i\b", fold(piece.text)) is not None
    return addressed or (is_capitals(piece.text, least=4) and letters(piece.text) in titles_bare())
