"""Subsets draw what they should, the same way every time."""

from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

from signing.subset import subset_of
from signing.typeface import missing_letters, text_width

LETTERS = frozenset("Nguyễn Thị Lấp Lánh Ánh 0123456789 Ở Ữ ộ đ Đ")


def test_subset_keeps_outlines_and_widths(typeface: Path) -> None:
    subset = subset_of(typeface, LETTERS)
    with TTFont(typeface) as whole, TTFont(BytesIO(subset.program)) as part:
        names = whole.getBestCmap()
        for letter, glyph in subset.glyphs.items():
            original = whole["hmtx"].metrics[names[ord(letter)]][0] * 1000 / whole["head"].unitsPerEm
            assert subset.widths[glyph] == original == part["hmtx"].metrics[part.getGlyphName(glyph)][0]
        drawn = part["glyf"][part.getGlyphName(subset.glyphs["ễ"])]
        assert drawn.numberOfContours != 0


def test_same_letters_give_the_same_bytes(typeface: Path) -> None:
    first = subset_of(typeface, LETTERS).program
    subset_of.cache_clear()
    assert subset_of(typeface, LETTERS).program == first


def test_subset_is_small(typeface: Path) -> None:
    assert len(subset_of(typeface, LETTERS).program) < 8_000


def test_every_vietnamese_letter_is_in_the_typeface(typeface: Path) -> None:
    marks = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
    assert missing_letters(marks + marks.upper(), typeface=typeface) == ""


def test_width_is_that_of_times(typeface: Path) -> None:
    assert text_width("0123456789", typeface=typeface, size=10) == 50.0
