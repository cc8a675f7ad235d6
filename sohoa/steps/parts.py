"""Pages of a file -> the parts its separator sheets make of it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ocr.lines import PageReading
from ocr.separator import Separator, read_payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What lies between two separator sheets."""

    pages: tuple[PageReading, ...]
    """At least one."""
    sheet: Separator | None
    """The sheet before it; None: the file begins with it."""
    dossier: str | None
    """Of the last sheet before it that names one."""

    @property
    def is_one_document(self) -> bool:
        """Whether the sheet says that all of it is one document; else documents part at first pages, as ever."""
        return self.sheet is not None and self.sheet.parts_documents


def parts_of(pages: Sequence[PageReading]) -> list[Part]:
    """Return the parts that have pages, in order. A blank page right behind a sheet is its back and goes with it."""
    parts: list[Part] = []
    own: list[PageReading] = []
    sheet: Separator | None = None
    dossier: str | None = None
    for page in pages:
        found = read_payload(page.separator) if page.separator else None
        if found is not None:
            parts += _part(own, sheet, dossier)
            own, sheet, dossier = [], found, found.dossier or dossier
        elif own or not page.blank or sheet is None:
            own.append(page)
    return parts + _part(own, sheet, dossier)


def _part(pages: Sequence[PageReading], sheet: Separator | None, dossier: str | None) -> list[Part]:
    return [Part(pages=tuple(pages), sheet=sheet, dossier=dossier)] if pages else []


def dossier_of(first_page: int, pages: Sequence[PageReading]) -> str | None:
    """Return the dossier that separator sheets name for the document that begins on this page of the file."""
    return next((part.dossier for part in parts_of(pages) if any(p.page == first_page for p in part.pages)), None)
