"""What Nghị định 30/2020 asks of the agency's signature on a digitised paper, checked on the sealed file itself.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần II, Mục I.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf

from signing.block import FONT_SIZE, TOP_MM, BlockPlace, PageFrame
from signing.errors import UnreadablePdf
from signing.report import Finding, Words

_SOURCE = "Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần II, Mục I"
TYPEFACES = ("TimesNewRoman", "TimesNewRomanPSMT", "Tinos", "LiberationSerif")
"""Times New Roman, and typefaces with its measures."""

_FORMS = re.compile(r"^\s*(sao y|sao lục|trích sao)\b", re.IGNORECASE)
_TIME = re.compile(r"(\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}) (\+07:00)\s*$")

_WORDS = {
    "ND30-DIG-05": Words(
        vi="Khối xác nhận không ghi hình thức sao y, sao lục hoặc trích sao.",
        en="The block does not name the form of copy: sao y, sao lục or trích sao.",
    ),
    "ND30-DIG-06": Words(
        vi="Chữ ký số của cơ quan không nằm ở góc trên, bên phải trang đầu.",
        en="The agency's signature is not at the top right of page 1.",
    ),
    "ND30-DIG-07": Words(
        vi="Chữ ký số của cơ quan có hình ảnh; quy định chỉ cho phép chữ.",
        en="The agency's signature shows an image; only text is allowed.",
    ),
    "ND30-DIG-08": Words(
        vi="Khối xác nhận thiếu tên cơ quan hoặc thời gian ký (ngày tháng năm, giờ phút giây, múi giờ Việt Nam).",
        en="The block lacks the agency's name or the signing time (date, time, Vietnamese zone).",
    ),
    "ND30-DIG-09": Words(
        vi="Chữ của khối xác nhận không phải phông Times New Roman, kiểu đứng, cỡ 10, màu đen.",
        en="The block is not set in Times New Roman, upright, 10 points, black.",
    ),
}


def check_seal_rules(pdf: Path, *, agency: str | None = None) -> tuple[Finding, ...]:
    """Return the rules ND30-DIG-05 to 09 that the first signature of `pdf` breaks; none means all are kept.

    `agency` is the full name the block has to show (NFC); None: any name will do.

    Raises:
        UnreadablePdf: it cannot be read.
    """
    try:
        with pikepdf.open(pdf) as document:
            shown = _shown(document)
    except (pikepdf.PdfError, OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadablePdf(path=str(pdf), reason=str(error) or type(error).__name__) from error
    return tuple(Finding(code=code, words=_WORDS[code], source=_SOURCE) for code in _broken(shown, agency))


def block_findings(place: BlockPlace) -> tuple[Finding, ...]:
    """Return the finding that the block may lie over printed matter, if its place was not found free."""
    if place.free:
        return ()
    words = Words(
        vi="Không có chỗ trống ở góc trên, bên phải: khối xác nhận có thể đè lên chữ của trang.",
        en="There was no free place at the top right: the block may lie over printed matter.",
    )
    return (Finding(code="block_over_print", words=words),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """The signature as page 1 shows it."""

    on_first_page: bool
    frame: PageFrame
    rectangle: tuple[float, ...]
    lines: tuple[str, ...]
    typefaces: tuple[str, ...]
    embedded: bool
    sizes: frozenset[float]
    colours: frozenset[tuple[float, ...]]
    upright: bool
    images: bool


def _broken(shown: _Shown | None, agency: str | None) -> Iterator[str]:
    if shown is None:
        yield from _WORDS
        return
    checks: tuple[Callable[[_Shown], bool], ...] = (_form, _place, _no_image, partial(_content, agency), _type)
    for code, check in zip(_WORDS, checks, strict=True):
        if not check(shown):
            yield code


def _form(shown: _Shown) -> bool:
    return bool(shown.lines and _FORMS.match(shown.lines[0]))


def _place(shown: _Shown) -> bool:
    left, top, _right, bottom = shown.frame.displayed(shown.rectangle)
    width, _ = shown.frame.size_mm
    return shown.on_first_page and left >= width / 2 - 0.5 and top >= 0 and bottom <= TOP_MM


def _no_image(shown: _Shown) -> bool:
    return not shown.images


def _content(agency: str | None, shown: _Shown) -> bool:
    time = _TIME.search(shown.lines[-1]) if shown.lines else None
    name = " ".join(" ".join(shown.lines[1:-1]).split())
    if time is None or not name or (agency is not None and name != " ".join(agency.split())):
        return False
    try:
        datetime.strptime(f"{time[1]} {time[2]}", "%d/%m/%Y %H:%M:%S %z")
    except ValueError:
        return False
    return True


def _type(shown: _Shown) -> bool:
    names = {name.split("+")[-1].split("-")[0].split(",")[0] for name in shown.typefaces}
    black = shown.colours <= {(0.0,), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0)}
    known = bool(names) and names <= set(TYPEFACES) and shown.embedded
    return known and shown.sizes == {FONT_SIZE} and black and shown.upright


def _shown(document: pikepdf.Pdf) -> _Shown | None:
    widget = _signature_widget(document)
    if widget is None:
        return None
    page = document.pages[0]
    form = widget["/AP"]["/N"] if "/AP" in widget else None
    if not isinstance(form, pikepdf.Stream):
        return None
    drawn = _Drawing(form)
    return _Shown(
        on_first_page=any(annotation.objgen == widget.objgen for annotation in page.get("/Annots", [])),
        frame=_frame(page),
        rectangle=tuple(float(value) for value in widget["/Rect"]),
        lines=tuple(drawn.lines),
        typefaces=tuple(drawn.typefaces),
        embedded=drawn.embedded,
        sizes=frozenset(round(size * _stretch(widget, form, page), 1) for size in drawn.sizes),
        colours=frozenset(drawn.colours),
        upright=drawn.upright and _turned_back(form, int(page.get("/Rotate", 0)) % 360),
        images=drawn.images,
    )


def _signature_widget(document: pikepdf.Pdf) -> pikepdf.Object | None:
    form = document.Root.get("/AcroForm")
    for field in form.get("/Fields", []) if form is not None else []:
        if field.get("/FT") == "/Sig" and "/V" in field and field["/V"].get("/Type", "/Sig") == "/Sig":
            return field if "/Rect" in field else field["/Kids"][0]
    return None


def _frame(page: pikepdf.Page) -> PageFrame:
    left, bottom, right, top = (float(value) for value in page.cropbox)
    return PageFrame(
        box=(left, bottom, right, top),
        rotation=int(page.get("/Rotate", 0)) % 360,
        unit=float(page.get("/UserUnit", 1)),
    )


def _stretch(widget: pikepdf.Object, form: pikepdf.Stream, page: pikepdf.Page) -> float:
    """Return how much larger the text is shown than it is set. Source: ISO 32000-1, 12.5.5 (algorithm 8.1)."""
    rectangle, box = ([float(value) for value in array] for array in (widget["/Rect"], form["/BBox"]))
    wide, high = rectangle[2] - rectangle[0], rectangle[3] - rectangle[1]
    tall = high if int(page.get("/Rotate", 0)) % 180 == 0 else wide
    return tall / (box[3] - box[1]) * float(page.get("/UserUnit", 1))


def _turned_back(form: pikepdf.Stream, rotation: int) -> bool:
    matrix = [float(value) for value in form.get("/Matrix", [1, 0, 0, 1, 0, 0])]
    wanted = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[rotation]
    return all(abs(value - want) < 0.001 for value, want in zip(matrix, wanted, strict=False))


class _Drawing:
    """What an appearance stream shows: its text by lines, and how it is set."""

    def __init__(self, form: pikepdf.Stream) -> None:
        self.lines: list[str] = []
        self.typefaces: list[str] = []
        self.sizes: set[float] = set()
        self.colours: set[tuple[float, ...]] = set()
        self.upright = True
        self.embedded = True
        resources: Any = form.get("/Resources", pikepdf.Dictionary())
        self.images = bool(len(resources.get("/XObject", {})) or len(resources.get("/Shading", {})))
        self._fonts = {str(name): font for name, font in resources.get("/Font", {}).items()}
        self._letters: Mapping[int, str] = {}
        for instruction in pikepdf.parse_content_stream(form):
            self._follow(str(instruction.operator), list(instruction.operands))

    def _follow(self, operator: str, operands: list[Any]) -> None:
        match operator:
            case "Tf":
                self._choose(str(operands[0]), float(operands[1]))
            case "g" | "rg" | "k":
                self.colours.add(tuple(float(value) for value in operands))
            case "Tm":
                self.upright &= [float(value) for value in operands[:4]] == [1, 0, 0, 1]
            case "Tj":
                self.lines.append(self._read(bytes(operands[0])))
            case "TJ":
                self.lines.append("".join(self._read(bytes(p)) for p in operands[0] if isinstance(p, pikepdf.String)))
            case "BI" | "INLINE IMAGE" | "sh":
                self.images = True

    def _choose(self, name: str, size: float) -> None:
        font = self._fonts[name]
        descendant = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
        descriptor: Any = descendant.get("/FontDescriptor", pikepdf.Dictionary())
        self.sizes.add(size)
        self.typefaces.append(str(font["/BaseFont"]).lstrip("/"))
        self.embedded &= any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        self.upright &= float(descriptor.get("/ItalicAngle", 0)) == 0
        self._letters = _letters(font["/ToUnicode"].read_bytes()) if "/ToUnicode" in font else {}

    def _read(self, codes: bytes) -> str:
        pairs = (int.from_bytes(codes[start : start + 2], "big") for start in range(0, len(codes), 2))
        return "".join(self._letters.get(code, "\ufffd") for code in pairs)


def _letters(cmap: bytes) -> Mapping[int, str]:
    """Return code -> character of the bfchar entries of a ToUnicode map."""
    pairs = re.findall(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>\s*\n", b"\n".join(_blocks(cmap)))
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _blocks(cmap: bytes) -> Iterator[bytes]:
    yield from re.findall(rb"beginbfchar(.*?)endbfchar", cmap, re.DOTALL)
