"""Official documents, set as the decree asks: heads side by side, title, body, recipients, signature.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, phần I, mục I (khổ giấy, lề) and mục II (thể thức), mục IV (vị trí).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sohoa.samplebox.layout import HEIGHT_MM, Mark, Sheet, Style, Word, mm_of, styled, width_of, wrap

LEFT, RIGHT, TOP, BOTTOM = 30.0, 195.0, 20.0, HEIGHT_MM - 20.0
HEAD_LEFT, HEAD_RIGHT = 61.0, 146.0
"""Centres of the two heads."""
SIGNATURE = 152.0
"""Centre of the signature block."""
INDENT = 12.0
LEADING = 1.24
"""Line height by type size."""
MOTTO = "Độc lập - Tự do - Hạnh phúc"
NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """One official document, before it is set."""

    type_code: str
    type_name: str
    issuer: tuple[str, ...]
    """Rows of the head, capitals, the issuer's own."""
    issuer_name: str
    parent: tuple[str, ...] = ()
    parent_name: str | None = None
    number: str
    place: str
    date: str
    """ISO 8601."""
    subject: str
    opener: str | None = None
    """Who decides, in capitals, between subject and grounds of a decision."""
    addressee: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    body: tuple[str, ...]
    """Paragraphs; **…** is bold; one that begins with "=" is centred and bold."""
    capacity: tuple[str, ...] = ()
    title: str
    """Capitals, as printed."""
    signer_title: str
    """As it is written down."""
    signer: str
    recipients: tuple[str, ...]
    urgency: str | None = None
    seal: tuple[str, str]
    """Words round the top and the bottom of the seal."""


def set_official(document: Official) -> list[Sheet]:
    """Return the pages of the document."""
    flow = _Flow()
    flow.y = _head(flow.sheet, document)
    if document.type_code == "CV":
        _addressees(flow, document.addressee)
    else:
        _title(flow, document)
        if document.addressee:
            _addressees(flow, document.addressee)
    for ground in document.grounds:
        flow.paragraph(styled(ground, Style(14, italic=True)))
    for text in document.body:
        if text.startswith("="):
            flow.centred(styled(text[1:], Style(14, bold=True)), before=3.5)
        else:
            flow.paragraph(styled(text, Style(14)))
    _foot(flow, document)
    return flow.sheets


@dataclass(slots=True)
class _Flow:
    """Text that runs from page to page."""

    sheets: list[Sheet] = field(default_factory=lambda: [Sheet()])
    y: float = TOP
    """Bottom of what was set last, millimetres."""

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    def paragraph(self, words: Sequence[Word], *, before: float = 2.1, indent: float = INDENT) -> None:
        """Set a justified paragraph, at least two of its lines on a page."""
        lines = wrap(words, RIGHT - LEFT, indent=indent)
        self.y += before
        for index, line in enumerate(lines):
            self._room(_height(line) * (2 if index == 0 and len(lines) > 1 else 1))
            self.y += _height(line)
            start = LEFT + (indent if index == 0 else 0.0)
            fill = None if index == len(lines) - 1 else RIGHT - start
            self.sheet.line(line, start, self.y, zone="body", fill_to=fill)

    def centred(self, words: Sequence[Word], *, before: float, width: float = RIGHT - LEFT) -> list[Word]:
        """Set centred lines; return the last one."""
        self.y += before
        lines = wrap(words, width)
        for line in lines:
            self._room(_height(line))
            self.y += _height(line)
            self.sheet.centred(line, (LEFT + RIGHT) / 2, self.y, zone="body")
        return lines[-1]

    def keep_together(self, height: float) -> None:
        """Begin a new page unless so many millimetres are left."""
        self._room(height)

    def _room(self, height: float) -> None:
        if self.y + height > BOTTOM:
            self.sheets.append(Sheet())
            page = [(str(len(self.sheets)), Style(14))]
            self.sheet.centred(page, (LEFT + RIGHT) / 2, 14.0, zone="number")
            self.y = TOP


def _height(line: Sequence[Word]) -> float:
    return mm_of(max(style.size for _, style in line)) * LEADING


def _head(sheet: Sheet, document: Official) -> float:
    y = TOP + 2.0
    rows = [(row, Style(13)) for row in document.parent] + [(row, Style(13, bold=True)) for row in document.issuer]
    left = y
    for row, style in rows:
        left += mm_of(13) * 1.2
        sheet.centred(styled(row, style), HEAD_LEFT, left, zone="left")
    _short_rule(sheet, HEAD_LEFT, left + 1.6, width_of(styled(document.issuer[-1], Style(13, bold=True))) * 0.42)
    right = y + mm_of(13) * 1.2
    sheet.centred(styled(NATION, Style(13, bold=True)), HEAD_RIGHT, right, zone="right")
    right += mm_of(14) * 1.2
    sheet.centred(styled(MOTTO, Style(14, bold=True)), HEAD_RIGHT, right, zone="right")
    _short_rule(sheet, HEAD_RIGHT, right + 1.6, width_of(styled(MOTTO, Style(14, bold=True))))
    at = max(left, right) + 8.6
    sheet.centred(styled(f"Số: {document.number}", Style(13)), HEAD_LEFT, at, zone="left")
    sheet.centred(
        styled(f"{document.place}, {in_words(document.date)}", Style(14, italic=True)), HEAD_RIGHT, at, zone="right"
    )
    if document.type_code == "CV":
        at += 1.0
        for line in wrap(styled(document.subject, Style(12)), 56.0):
            at += mm_of(12) * 1.2
            sheet.centred(line, HEAD_LEFT, at, zone="left")
    if document.urgency:
        at = _urgency(sheet, document.urgency, at)
    return at + 3.0


def in_words(date: str) -> str:
    """Return "ngày 05 tháng 02 năm 2025": a zero before days below ten and the months January and February."""
    year, month, day = date.split("-")
    return f"ngày {day} tháng {month if int(month) <= 2 else int(month)} năm {year}"


def _urgency(sheet: Sheet, urgency: str, row: float) -> float:
    words = styled(urgency, Style(13, bold=True))
    half = max(width_of(words) / 2 + 3.0, 10.0)
    sheet.frame(HEAD_LEFT - half, row + 3.0, HEAD_LEFT + half, row + 11.0, thick=0.5)
    sheet.centred(words, HEAD_LEFT, row + 8.7, zone="left")
    return row + 11.0


def _short_rule(sheet: Sheet, centre: float, y: float, length: float) -> None:
    sheet.rule(centre - length / 2, y, centre + length / 2, y)


def _title(flow: _Flow, document: Official) -> None:
    flow.centred(styled(document.type_name.upper(), Style(14, bold=True)), before=5.0)
    last = flow.centred(styled(document.subject, Style(14, bold=True)), before=0.4, width=138.0)
    _short_rule(flow.sheet, (LEFT + RIGHT) / 2, flow.y + 2.0, min(width_of(last) * 0.42, 55.0))
    flow.y += 3.5
    if document.opener:
        flow.centred(styled(document.opener, Style(14, bold=True)), before=3.0)
        flow.y += 2.0


def _addressees(flow: _Flow, addressee: Sequence[str]) -> None:
    flow.y += 7.0
    if len(addressee) == 1:
        flow.centred(styled(f"Kính gửi: {addressee[0]}.", Style(14)), before=0.0)
    else:
        flow.y += mm_of(14) * LEADING
        flow.sheet.line(styled("Kính gửi:", Style(14)), LEFT + 32.0, flow.y, zone="body")
        for index, one in enumerate(addressee):
            flow.y += mm_of(14) * LEADING
            end = "." if index == len(addressee) - 1 else ";"
            flow.sheet.line(styled(f"- {one}{end}", Style(14)), LEFT + 54.0, flow.y, zone="body")
    flow.y += 4.0


def _foot(flow: _Flow, document: Official) -> None:
    block = [*document.capacity, document.title]
    flow.keep_together(max(len(block) * 6.2 + 46.0, len(document.recipients) * 5.0 + 14.0))
    sheet, top = flow.sheet, flow.y + 6.0
    y = top + mm_of(12) * 1.2
    sheet.line(styled("Nơi nhận:", Style(12, bold=True, italic=True)), LEFT, y, zone="recipients")
    for index, recipient in enumerate(document.recipients):
        end = "." if index == len(document.recipients) - 1 else ";"
        for line in wrap(styled(f"- {recipient}{end}", Style(11)), 78.0):
            y += mm_of(11) * 1.22
            sheet.line(line, LEFT, y, zone="recipients")
    row = top
    for text in block:
        for line in wrap(styled(text, Style(14, bold=True)), 84.0):
            row += mm_of(14) * 1.2
            sheet.centred(line, SIGNATURE, row, zone="signature")
    sheet.marks.append(Mark("signature", SIGNATURE + 3.0, row + 18.0))
    sheet.marks.append(Mark("seal", SIGNATURE - 16.0, row + 18.5, document.seal))
    sheet.centred(styled(document.signer, Style(14, bold=True)), SIGNATURE, row + 38.5, zone="signature")
    flow.y = max(y, row + 40.0)
