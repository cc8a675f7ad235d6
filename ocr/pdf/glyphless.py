"""A typeface without ink, for text that is found and copied but not seen.

Every UTF-16 code unit is a character of its own and shows the one empty glyph, half an em wide.
"""

import io
import zlib
from functools import cache

import pikepdf
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pikepdf import Array, Dictionary, Name

NAME = "Khongmuc"
ADVANCE = 0.5
"""Width of any character, in ems."""
BASELINE = 0.85
"""Where the baseline lies below the top of a line, in heights of the line."""

_UNITS = 1000
_ASCENT, _DESCENT = round(BASELINE * _UNITS), round((BASELINE - 1) * _UNITS)
_RANGES_A_BLOCK = 100


def add_font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Add the typeface to the document and return it, a Type0 font with Identity-H: text is UTF-16BE.

    Source: ISO 32000-1, 9.7; ISO 19005-2, 6.2.11.
    """
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name("/" + NAME),
            Flags=4,
            FontBBox=Array([0, _DESCENT, round(ADVANCE * _UNITS), _ASCENT]),
            ItalicAngle=0,
            Ascent=_ASCENT,
            Descent=_DESCENT,
            CapHeight=_ASCENT,
            StemV=80,
            FontFile2=_stream(pdf, _program()),
        )
    )
    descriptor.FontFile2.Length1 = len(_program())
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/" + NAME),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=descriptor,
        DW=round(ADVANCE * _UNITS),
        CIDToGIDMap=_stream(pdf, b"\x00\x01" * 65_536),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/" + NAME),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=_stream(pdf, _to_unicode()),
        )
    )


def _stream(pdf: pikepdf.Pdf, content: bytes) -> pikepdf.Object:
    return pdf.make_indirect(pikepdf.Stream(pdf, zlib.compress(content, 9), Dictionary(Filter=Name.FlateDecode)))


@cache
def _program() -> bytes:
    builder = FontBuilder(_UNITS, isTTF=True)
    builder.updateHead(created=0, modified=0, fontRevision=1.0)
    builder.setupGlyphOrder([".notdef", "blank"])
    builder.setupCharacterMap({0x20: "blank"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "blank": _blank()})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "blank"), (round(ADVANCE * _UNITS), 0)))
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT, usWinAscent=_ASCENT, usWinDescent=-_DESCENT)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular", "psName": NAME})
    builder.setupPost()
    builder.font.recalcTimestamp = False
    buffer = io.BytesIO()
    builder.save(buffer)
    return buffer.getvalue()


def _blank() -> Glyph:
    """Return a glyph with a box and without ink: a line there and back, from corner to corner.

    pdfium takes the box of what is drawn for the box of the text: without one it leaves out text that runs up or
    down a page, and marks what is selected with a hairline.
    """
    pen = TTGlyphPen(None)
    pen.moveTo((0, _DESCENT))
    pen.lineTo((round(ADVANCE * _UNITS), _ASCENT))
    pen.closePath()
    return pen.glyph()


@cache
def _to_unicode() -> bytes:
    # A range may not run from one first byte into the next: 256 ranges, at most 100 a block.
    ranges = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256)]
    blocks = [ranges[start : start + _RANGES_A_BLOCK] for start in range(0, len(ranges), _RANGES_A_BLOCK)]
    listed = "\n".join(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{listed}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
