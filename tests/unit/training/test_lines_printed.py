"""Lines of born-digital pages: their words are those of the text layer, and what is doubtful is left out."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from training.lines.corpus import Excluded
from training.lines.print_pages import drawn, plausible, print_lines, strangers
from training.lines.printed import is_held_out, lines

DPI = 200.0


def _page(path: Path, *texts: tuple[str, float, float, float]) -> Path:
    """Write a page of texts, each with its place and size in points."""
    document = pypdfium2.PdfDocument.new()
    page = document.new_page(420, 300)
    for text, x, y, size in texts:
        piece = pdfium.FPDFPageObj_NewTextObj(document, b"Times-Roman", size)
        words = (text + "\0").encode("utf-16-le")
        pdfium.FPDFText_SetText(piece, (pdfium.FPDF_WCHAR * (len(words) // 2)).from_buffer_copy(words))
        pdfium.FPDFPageObj_Transform(piece, 1, 0, 0, 1, x, y)
        pdfium.FPDFPage_InsertObject(page, piece)
    pdfium.FPDFPage_GenerateContent(page)
    document.save(str(path))
    document.close()
    return path


@pytest.fixture
def page(tmp_path: Path) -> Iterator[pypdfium2.PdfPage]:
    texts = (
        ("Dear sir, this is a line", 40, 250, 12),
        ("left column", 40, 200, 12),
        ("right column", 220, 200, 12),
        ("ten square metres m", 40, 150, 12),
        ("2", 139, 155, 7),
    )
    document = pypdfium2.PdfDocument(_page(tmp_path / "page.pdf", *texts))
    yield document[0]
    document.close()


def test_columns_are_lines_of_their_own(page: pypdfium2.PdfPage) -> None:
    texts = {line.text for line in print_lines(page, DPI)}
    assert {"Dear sir, this is a line", "left column", "right column"} <= texts


def test_a_line_with_a_raised_note_is_doubtful(page: pypdfium2.PdfPage) -> None:
    found = print_lines(page, DPI)
    doubtful = {line.text for line, strange in zip(found, strangers(found), strict=True) if strange}
    assert doubtful == {"ten square metres m", "2"}


def test_words_without_ink_are_not_believed(page: pypdfium2.PdfPage) -> None:
    grey = drawn(page, DPI)
    line = next(line for line in print_lines(page, DPI) if line.text == "left column")
    assert plausible(line, grey)
    assert not plausible(line, np.full_like(grey, 255))


def test_lines_are_cut_with_their_words_and_excluded_ones_left_out(tmp_path: Path) -> None:
    _page(tmp_path / "a.pdf", ("one two three four five six seven eight", 40, 250, 12), ("short one", 40, 200, 12))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "a.txt").write_text("One two three four five six seven eight nine", encoding="utf-8")
    made = list(lines(tmp_path, Excluded(tmp_path / "kept"), np.random.default_rng(1)))
    assert [label.text for _, label in made] == ["short one"]
    assert all(label.kind == "a" and label.source == "print" for _, label in made)


def test_a_twelfth_of_the_documents_is_held_out() -> None:
    assert 50 < sum(is_held_out(f"{number}.pdf") for number in range(1200)) < 150
