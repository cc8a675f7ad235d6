"""Printed page numbers of one document -> what is missing, and what lies in the wrong place (thiếu trang). Pure.

Where numbers stand: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục I, khoản 7: Arabic, centred in the top margin, not
shown on the first page; annexes are numbered each for itself. "Trang 2/3" and "Page 2 of 3" are read as well. A number
that was not read breaks nothing, and neither does a single one that those around it contradict.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ocr.fields.folding import fold
from ocr.lines import Finding, Line, PageReading

_BARE = re.compile(r"^[\W_]*(\d{1,3})[\W_]*$")
_SAID = re.compile(r"(?:^|\W)(?:trang|page)\s*(?:so\s*)?[:.]?\s*(\d{1,3})(?:\s*(?:/|of|tren)\s*(\d{1,3}))?\W*$")
_MARGIN = 0.1
"""Share of the page's height in which a number may stand, at the top; one that says "Trang" also at the bottom."""
_OFF_CENTRE = 0.12
"""Share of the width by which a bare number may stand beside the middle."""
_FEW = 2
"""So many pages may be missing by the word of one number; more than these are believed of two alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a page says of its own place."""

    page: int
    """In the document, from 1."""
    place: int
    """Among the pages that are not blank, from 0: the blank back of a sheet has no number."""
    number: int
    total: int | None = None

    @property
    def ahead(self) -> int:
        """By how much the number runs ahead of the place."""
        return self.number - self.place


def printed_numbers(pages: Sequence[PageReading]) -> list[Printed]:
    """Return what was read of page numbers, in the order of the document's pages."""
    full = [(at, page) for at, page in enumerate(pages, start=1) if not page.blank]
    found = []
    for place, (at, page) in enumerate(full):
        said = next((s for s in (_said(line, page) for line in page.lines) if s is not None), None)
        if said is not None:
            found.append(Printed(page=at, place=place, number=said[0], total=said[1]))
    return found


def numbering_findings(pages: Sequence[PageReading], *, stop: bool = True) -> tuple[Finding, ...]:
    """Return what the printed numbers say is wrong; pages are those of the file.

    `stop`: a page that is plainly missing, by the word of two numbers that agree, waits for a person before the seal:
    a sealed copy says that it is the whole paper. All else is only noted.
    """
    full = sum(not page.blank for page in pages)
    found: list[Finding] = []
    for run in _runs(_believed(printed_numbers(pages))):
        found += _swapped(run)
        found += _gaps(run, stop=stop)
        found += _short(run, full - 1 - run[-1].place, stop=stop)
    return tuple(replace(one, page=pages[one.page - 1].page if one.page else None) for one in found)


def _said(line: Line, page: PageReading) -> tuple[int, int | None] | None:
    left, top, right, bottom = line.box
    level = (top + bottom) / 2 / page.height_px
    text = fold(line.text)
    if (match := _SAID.search(text)) and (level < _MARGIN or level > 1 - _MARGIN):
        number, total = int(match[1]), int(match[2]) if match[2] else None
        return (number, total) if number >= 1 and (total is None or number <= total) else None
    beside = abs((left + right) / 2 / page.width_px - 0.5)
    if (match := _BARE.match(text)) and level < _MARGIN and beside < _OFF_CENTRE and int(match[1]) >= 1:
        return int(match[1]), None
    return None


def _believed(numbers: Sequence[Printed]) -> list[Printed]:
    """Return the numbers without those that stand alone against two neighbours who agree with each other."""
    start = [] if numbers and numbers[0].place == 0 else [Printed(page=1, place=0, number=1)]
    line = [*start, *numbers]
    kept = []
    for at, one in enumerate(line):
        before, behind = line[at - 1] if at else None, line[at + 1] if at + 1 < len(line) else None
        alone = before and behind and before.ahead == behind.ahead != one.ahead
        far = behind is None and before is not None and one.ahead - before.ahead > _FEW and one.total is None
        if not alone and not far:
            kept.append(one)
    return kept


def _runs(numbers: Sequence[Printed]) -> list[list[Printed]]:
    """Return the numbers parted where numbering begins anew: with 1, or further on with pages before it unnumbered."""
    runs: list[list[Printed]] = []
    for one in numbers:
        last = runs[-1][-1] if runs else None
        unnumbered = one.place - last.place - 1 if last else 0
        anew = last is not None and one.number <= last.number and unnumbered >= one.number - 1
        if last is None or anew:
            begin = Printed(page=one.page, place=one.place - one.number + 1, number=1)
            runs.append([begin, one] if anew and one.number > 1 else [one])
        else:
            runs[-1].append(one)
    return runs


def _swapped(run: Sequence[Printed]) -> list[Finding]:
    """Return a finding where a page lies behind the one that follows it."""
    return [
        Finding(code="page_out_of_order", page=two.page, detail={"number": str(two.number), "before": str(one.number)})
        for one, two in pairwise(run)
        if two.number < one.number and all(two.number != other.number for other in run if other is not two)
    ]


def _gaps(run: Sequence[Printed], *, stop: bool) -> list[Finding]:
    """Return a finding for each place where numbers go on faster than pages."""
    found, seen = [], {one.number for one in run}
    if run[0].place == 0 and run[0].number > 1:
        found.append(_missing(run[0], range(1, run[0].number), blocks=False))
    for at, (one, two) in enumerate(pairwise(run), start=1):
        lost = two.ahead - one.ahead
        numbers = [n for n in range(two.number - lost, two.number) if n not in seen]
        if lost < 1 or len(numbers) < lost:
            continue
        agrees = any(later.ahead == two.ahead for later in run[at + 1 :]) or two.total is not None
        if agrees or lost <= _FEW:
            found.append(_missing(two, numbers, blocks=stop and agrees))
    return found


def _missing(behind: Printed, numbers: Sequence[int], *, blocks: bool) -> Finding:
    """Return the finding; two pages that begin with an odd one are both sides of a sheet (hai tờ cuốn một lượt)."""
    sheet = len(numbers) == 2 and numbers[0] % 2 == 1 and numbers[0] > 1
    shown = str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
    code = "sheet_missing" if sheet else "numbers_missing"
    return Finding(code=code, page=behind.page, blocks_seal=blocks, detail={"numbers": shown})


def _short(run: Sequence[Printed], behind: int, *, stop: bool) -> list[Finding]:
    """Return a finding where the pages end before the total that they print; `behind` pages follow the last number."""
    totals = Counter(one.total for one in run if one.total is not None)
    if len(totals) != 1:
        return []
    ((total, times),) = totals.items()
    reached = run[-1].number + behind
    if total is None or reached >= total:
        return []
    detail = {"reached": str(reached), "total": str(total)}
    return [Finding(code="total_not_reached", page=run[-1].page, blocks_seal=stop and times > 1, detail=detail)]
