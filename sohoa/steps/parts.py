"""Pages of a file -> the parts its separator sheets make of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ocr.lines import PageReading
from ocr.separator import Separator, read_payload
from sohoa.masking import bears_personal_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What lies between two separator sheets."""

    pages: tuple[PageReading, ...]
    """At least one, once it is complete."""
    sheet: Separator | None
    """The sheet before it; None: the file begins with it."""
    dossier: str | None
    """Of the last sheet before it that names one; None: not known."""
    doubt: str | None = None
    """Code of the finding that says why nobody knows whether that is its dossier; None: there is no doubt."""

    @property
    def is_one_document(self) -> bool:
        """Whether the sheet says that all of it is one document; else documents part at first pages, as ever."""
        return self.sheet is not None and self.sheet.whole and self.sheet.parts_documents


def parts_of(pages: Sequence[PageReading]) -> list[Part]:
    """Return the parts that have pages, in order. One blank page right behind a sheet is its back and goes with it."""
    parts: list[Part] = []
    own: list[PageReading] = []
    part = Part(pages=(), sheet=None, dossier=None)
    behind_sheet = False
    for page in pages:
        found = read_payload(page.separator) if page.separator else None
        if found is not None:
            parts += _with_pages(part, own)
            part, own = _begun(found, part), []
        elif not (page.blank and behind_sheet):
            own.append(page)
        behind_sheet = found is not None
    return parts + _with_pages(part, own)


def _begun(sheet: Separator, before: Part) -> Part:
    """Return the part behind the sheet, still without pages; the dossier before goes on unless the sheet ends it."""
    dossier, doubt = before.dossier, before.doubt
    if not sheet.whole:
        dossier, doubt = None, HALF_READ
    elif sheet.dossier is not None and bears_personal_number(sheet.dossier):
        dossier, doubt = None, BEARS_NUMBER
    elif sheet.dossier is not None:
        dossier, doubt = sheet.dossier, None
    return Part(pages=(), sheet=sheet, dossier=dossier, doubt=doubt)


def _with_pages(part: Part, pages: Sequence[PageReading]) -> list[Part]:
    return [replace(part, pages=tuple(pages))] if pages else []


def dossier_of(first_page: int, pages: Sequence[PageReading]) -> str | None:
    """Return the dossier that separator sheets name for the document that begins on this page of the file."""
    return next((part.dossier for part in parts_of(pages) if any(p.page == first_page for p in part.pages)), None)


HALF_READ = "separator_half_read"
"""Code of the finding that what a sheet says is not known, whether it begins a dossier or not."""

BEARS_NUMBER = "separator_bears_number"
"""Code of the finding that a sheet names a personal number as the dossier, which no record may bear in clear."""

DOSSIER_DOUBTS = (HALF_READ, BEARS_NUMBER)
"""What is asked of a document because of the sheet before it: no reading of its own pages answers that."""
