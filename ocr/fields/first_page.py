"""Where a stack of pages parts into documents: which page is the first of one.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục I, khoản 7: page numbers are not shown on the first page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ocr.fields.doctypes import load_types
from ocr.fields.document_number import DocumentNumber, find_document_number
from ocr.fields.document_type import find_title
from ocr.fields.folding import fold, is_capitals, letters
from ocr.fields.foot import find_foot
from ocr.fields.issued_date import find_issued_date
from ocr.fields.layout import head_of
from ocr.fields.pieces import pieces_of
from ocr.lines import PageReading

_ANNEX = re.compile(r"^\W*(phu luc|phu bieu)\b")
_SAMPLE = re.compile(r"^\W*(mau so|mau|bieu so|bieu mau|phu luc|phu bieu)\W*(so\W*)?[0-9ivx]{1,4}\w?\b")
_ATTACHED = re.compile(r"^\W*(kem theo|ban hanh kem|dinh kem|(duoc )?ban hanh theo|cung voi)")
_PAGE_NUMBER = re.compile(r"^\W*(?:trang\s*)?(\d{1,4})(?:\s*/\s*\d{1,4})?\W*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """One document's pages."""

    pages: tuple[PageReading, ...]
    begins_sure: bool = True
    """False when the cues disagree on whether a document begins here."""
    ends_sure: bool = True
    """False when they disagree on whether the next one begins where it was cut off."""
    doubts: tuple[int, ...] = ()
    """Pages inside of which it is not sure that no document begins there."""

    @property
    def sure(self) -> bool:
        """Whether nobody need be asked where the document begins and ends."""
        return self.begins_sure and self.ends_sure and not self.doubts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cues:
    blank: bool
    nation: bool
    number: DocumentNumber | None
    dated: bool
    titled: bool
    annex: bool
    page_number: int | None
    closed: bool
    """Whether the document is signed on this page."""


def split(pages: Sequence[PageReading]) -> tuple[Stack, ...]:
    """Return the documents of a stack, in order, every page in one of them.

    Blank pages stay with the document before; so do annexes, even under a head of their own.
    """
    groups: list[list[PageReading]] = []
    sure: list[bool] = []
    doubts: list[list[int]] = []
    closed = False
    for page in pages:
        cues = _cues(page)
        begins, certain = _begins(cues, first=not groups, closed=closed)
        if begins:
            groups.append([page])
            sure.append(certain)
            doubts.append([])
            closed = cues.closed
        else:
            groups[-1].append(page)
            if not certain:
                doubts[-1].append(page.page)
            closed = closed or cues.closed
    ends = [*sure, True][1:]
    return tuple(
        Stack(pages=tuple(group), begins_sure=begins, ends_sure=end, doubts=tuple(inside))
        for group, begins, end, inside in zip(groups, sure, ends, doubts, strict=True)
    )


def _begins(cues: _Cues, *, first: bool, closed: bool) -> tuple[bool, bool]:
    """Return whether a document begins on the page, and whether that is sure."""
    if first:
        return True, True
    if cues.blank:
        return False, True
    continues = cues.page_number is not None and cues.page_number > 1
    strong = cues.nation and (cues.number is not None or cues.titled or cues.dated)
    if cues.annex:
        return False, not (cues.nation and cues.number is not None and bool(cues.number.serial))
    if strong and not continues:
        return True, closed or (cues.number is not None and cues.dated)
    if strong:
        return closed, False
    if cues.nation and not continues:
        return True, False
    if cues.number is not None and cues.dated and not continues:
        return True, False
    return False, not (cues.nation or (closed and cues.titled and cues.number is not None))


def _cues(page: PageReading) -> _Cues:
    pieces = pieces_of(page)
    if page.blank or sum(len(letters(p.text)) for p in pieces) < 8:
        return _Cues(
            blank=True,
            nation=False,
            number=None,
            dated=False,
            titled=False,
            annex=False,
            page_number=None,
            closed=False,
        )
    head = head_of(page)
    top = [p for p in pieces if p.level < 0.4 * page.height_px]
    date = find_issued_date(head) if head.anchored else None
    foot = find_foot([page])
    return _Cues(
        blank=False,
        nation=head.anchored,
        number=find_document_number(head) if head.anchored or head.left else None,
        dated=date is not None,
        titled=find_title(head, load_types()) is not None,
        annex=_is_annex([p.text for p in top]),
        page_number=_page_number([p.text for p in pieces if p.level < 0.1 * page.height_px]),
        closed=foot is not None and bool(foot.signature),
    )


def _is_annex(top: Sequence[str]) -> bool:
    """Whether the page opens an annex: "PHỤ LỤC", "Mẫu số 01" at its head, or "(Kèm theo ...)" under a title."""
    attached = any(_ATTACHED.match(fold(text)) and text.lstrip()[:1] in "([" for text in top)
    named = any(_ANNEX.match(fold(text)) and is_capitals(text, least=4) for text in top[:6])
    return attached or named or any(_SAMPLE.match(fold(text)) for text in top[:5])


def _page_number(top: Sequence[str]) -> int | None:
    for text in top:
        match = _PAGE_NUMBER.match(fold(text))
        if match:
            return int(match[1])
    return None
