"""Pages of several scans -> one legal copy: a page may have been scanned again. See ocr.pdf.legal for each part."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf

from ocr.lines import Finding, PageReading
from ocr.pdf.document import save_pdf
from ocr.pdf.legal import Composed, compose_legal

Piece = tuple[Path, Sequence[PageReading]]
"""A scan and readings of those of its pages that follow each other in the document."""


def compose_joined(pieces: Sequence[Piece], out: Path, *, title: str, created: datetime) -> Composed:
    """Write the legal copy of all pieces, in order, to `out`. Equal input, equal bytes.

    Pages of the findings are those of the document, from 1.

    Raises: what compose_legal raises.
    """
    findings: list[Finding] = []
    with TemporaryDirectory() as folder:
        parts: list[Path] = []
        done = 0
        for number, (scan, readings) in enumerate(pieces):
            part = Path(folder) / f"{number}.pdf"
            composed = compose_legal(scan, readings, part, title=title, created=created)
            places = {reading.page: done + place for place, reading in enumerate(readings, start=1)}
            findings += [replace(f, page=None if f.page is None else places[f.page]) for f in composed.findings]
            done += len(readings)
            parts.append(part)
        _join(parts, out)
    return Composed(page_count=done, findings=tuple(findings))


def _join(parts: Sequence[Path], out: Path) -> None:
    """Put the pages of all parts into the first one, their pictures' bytes untouched."""
    with pikepdf.open(parts[0]) as whole:
        for part in parts[1:]:
            with pikepdf.open(part) as more:
                whole.pages.extend(more.pages)
        save_pdf(whole, out)
