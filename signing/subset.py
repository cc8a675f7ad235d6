"""A TrueType file becomes a small subset that a PDF can carry, with its measures."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """The glyphs of some characters, as a font program and its measures."""

    name: str
    """PostScript name, without the tag of six letters."""
    program: bytes
    """TrueType."""
    glyphs: dict[str, int]
    """Character -> glyph number in `program`."""
    widths: dict[int, float]
    """Glyph number -> advance, thousandths of an em."""
    box: tuple[float, float, float, float]
    """Left, bottom, right, top of all glyphs, thousandths of an em."""
    ascent: float
    descent: float
    """Negative, thousandths of an em."""


@lru_cache(maxsize=32)
def subset_of(typeface: Path, letters: frozenset[str]) -> Subset:
    """Return the subset of `typeface` that draws `letters`: the same bytes for the same letters."""
    # Hinting and layout tables are four fifths of the size, and the block is drawn glyph by glyph.
    options = subset.Options(hinting=False, layout_features=[], glyph_names=True, notdef_outline=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "DSIG", "kern", "name", "OS/2"]
    with TTFont(typeface, recalcTimestamp=False) as font:
        name = str(font["name"].getDebugName(6) or typeface.stem)
        scale = 1000 / font["head"].unitsPerEm
        head, heights = font["head"], font["hhea"]
        box = tuple(float(value) * scale for value in (head.xMin, head.yMin, head.xMax, head.yMax))
        names = {chr(code): glyph for code, glyph in font.getBestCmap().items() if chr(code) in letters}
        subsetter = subset.Subsetter(options=options)
        subsetter.populate(unicodes=[ord(letter) for letter in letters])
        subsetter.subset(font)
        order = {glyph: number for number, glyph in enumerate(font.getGlyphOrder())}
        advances = {order[glyph]: measures[0] * scale for glyph, measures in font["hmtx"].metrics.items()}
        for table in ("post", "cmap"):  # the PDF maps characters itself
            del font[table]
        program = BytesIO()
        font.save(program)
        return Subset(
            name=name,
            program=program.getvalue(),
            glyphs={letter: order[glyph] for letter, glyph in names.items()},
            widths=advances,
            box=(box[0], box[1], box[2], box[3]),
            ascent=heights.ascent * scale,
            descent=heights.descent * scale,
        )
