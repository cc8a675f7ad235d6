"""Line boxes of a page -> its zones: left head, right head, body, recipients, signature.

Works on places alone, so it does not depend on the order in which the engine gave the lines. Source: Nghị định
30/2020/NĐ-CP, Phụ lục I, phần I, mục IV (sơ đồ bố trí thể thức), zones 1 to 9.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.fields.doctypes import titles_bare
from ocr.fields.folding import fold, is_capitals, letters, likeness
from ocr.fields.pieces import Piece, by_rows, cut, pieces_of, rows
from ocr.lines import PageReading

NATION = "cong hoa xa hoi chu nghia viet nam"
MOTTO = "doc lap tu do hanh phuc"
PARTY = "dang cong san viet nam"


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
    # What looks like a head may be a title on a page without one: the body has it too.
    return Head(left=left, right=right, body=tuple(pieces), above=(), anchored=False)


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
