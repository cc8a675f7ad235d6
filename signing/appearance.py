"""The conversion block drawn: lines of text become the appearance stream of the signature's widget.

Text only, black, upright as displayed, in an embedded subset whose widths and characters a reader can trust.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần II, Mục I (no image, 10 pt, upright, black); ISO 19005-2, 6.2.11.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NumberObject,
    StreamObject,
    pdf_name,
)
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp import BaseStampStyle
from pyhanko.stamp.base import BaseStamp

from signing.block import FONT_SIZE, LEADING, PADDING
from signing.subset import Subset, subset_of

_DIGITS = frozenset(string.digits)
_BATCH = 100
"""Most entries one bfchar block may have. Source: Adobe Technical Note 5014, 5.1."""


@dataclass(frozen=True)
class BlockStyle(BaseStampStyle):
    """What pyHanko asks for when it draws the widget."""

    lines: tuple[str, ...] = ()
    typeface: Path = Path()
    rotation: int = 0
    """Of the page, degrees clockwise."""
    size: tuple[float, float] = (0.0, 0.0)
    """Width and height in points, as displayed. pyHanko passes whole numbers only, which would stretch the text."""

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, str]
    ) -> "BlockDrawing":
        """See BaseStampStyle.create_stamp."""
        return BlockDrawing(writer, self)


class BlockDrawing(BaseStamp):
    """The appearance stream."""

    def __init__(self, writer: BasePdfFileWriter, style: BlockStyle) -> None:
        super().__init__(writer, style)
        self._target = writer
        self._style = style

    def as_form_xobject(self) -> StreamObject:
        """Return the form, turned against the page's rotation so that it stands upright on it."""
        # Digits whatever the time, so that the subset of an agency is made once.
        letters = frozenset("".join(self._style.lines)) | _DIGITS
        subset = subset_of(self._style.typeface, letters)
        font = _embedded(self._target, subset)
        width, height = self._style.size
        form = StreamObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): ArrayObject([FloatObject(round(value, 2)) for value in (0, 0, width, height)]),
                pdf_name("/Matrix"): ArrayObject([FloatObject(value) for value in _turn(self._style.rotation)]),
                pdf_name("/Resources"): DictionaryObject(
                    {pdf_name("/Font"): DictionaryObject({pdf_name("/F1"): font})}
                ),
            },
            stream_data=_text(self._style.lines, subset, height),
        )
        form.compress()
        return form


def _turn(rotation: int) -> tuple[int, ...]:
    """Return the matrix that turns anticlockwise by as much as the page is turned clockwise."""
    return {0: (1, 0, 0, 1, 0, 0), 90: (0, 1, -1, 0, 0, 0), 180: (-1, 0, 0, -1, 0, 0), 270: (0, -1, 1, 0, 0, 0)}[
        rotation
    ]


def _text(lines: Sequence[str], subset: Subset, height: float) -> bytes:
    # The first baseline lies so that an accent over a capital (Ở, Ễ) still fits within the padding.
    first = height - PADDING - FONT_SIZE * subset.ascent / 1000
    shown = [f"<{_codes(line, subset)}> Tj" for line in lines]
    body = "\nT*\n".join(shown)
    start = f"0 g\nBT\n/F1 {FONT_SIZE:g} Tf\n{LEADING:g} TL\n{PADDING:g} {first:.2f} Td"
    return f"{start}\n{body}\nET".encode("ascii")


def _codes(line: str, subset: Subset) -> str:
    return "".join(f"{subset.glyphs.get(letter, 0):04x}" for letter in line)


def _embedded(writer: BasePdfFileWriter, subset: Subset) -> IndirectObject:
    tag = "".join(chr(ord("A") + byte % 26) for byte in sha256(subset.program).digest()[:6])
    name = pdf_name(f"/{tag}+{subset.name}")
    program = StreamObject(
        {pdf_name("/Length1"): NumberObject(len(subset.program))},
        stream_data=subset.program,
    )
    program.compress()
    descriptor = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/FontDescriptor"),
            pdf_name("/FontName"): name,
            pdf_name("/Flags"): NumberObject(6),  # serif, symbolic: glyph numbers, not a standard encoding
            pdf_name("/FontBBox"): ArrayObject([FloatObject(round(value, 1)) for value in subset.box]),
            pdf_name("/ItalicAngle"): NumberObject(0),
            pdf_name("/Ascent"): FloatObject(subset.ascent),
            pdf_name("/Descent"): FloatObject(subset.descent),
            pdf_name("/CapHeight"): NumberObject(662),
            pdf_name("/StemV"): NumberObject(84),
            pdf_name("/FontFile2"): writer.add_object(program),
        }
    )
    widths = [FloatObject(round(subset.widths[glyph], 3)) for glyph in sorted(subset.widths)]
    descendant = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
            pdf_name("/BaseFont"): name,
            pdf_name("/CIDSystemInfo"): DictionaryObject(
                {
                    pdf_name("/Registry"): ByteStringObject(b"Adobe"),
                    pdf_name("/Ordering"): ByteStringObject(b"Identity"),
                    pdf_name("/Supplement"): NumberObject(0),
                }
            ),
            pdf_name("/FontDescriptor"): writer.add_object(descriptor),
            pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
            pdf_name("/W"): ArrayObject([NumberObject(0), ArrayObject(widths)]),
        }
    )
    font = DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/Type0"),
            pdf_name("/BaseFont"): name,
            pdf_name("/Encoding"): pdf_name("/Identity-H"),
            pdf_name("/DescendantFonts"): ArrayObject([writer.add_object(descendant)]),
            pdf_name("/ToUnicode"): writer.add_object(_to_unicode(subset)),
        }
    )
    return writer.add_object(font)


def _to_unicode(subset: Subset) -> StreamObject:
    pairs = sorted((glyph, letter) for letter, glyph in subset.glyphs.items())
    entries = [f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for glyph, letter in pairs]
    blocks = [entries[start : start + _BATCH] for start in range(0, len(entries), _BATCH)]
    mapped = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    cmap = f"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
{mapped}
endcmap
CMapName currentdict /CMap defineresource pop
end
end"""
    stream = StreamObject(stream_data=cmap.encode("ascii"))
    stream.compress()
    return stream
