"""What a file is, by its content: PDF, TIFF, JPEG or PNG, how many pages, whether signed.

A name says nothing here: a JPEG called .pdf is a JPEG, a program called .pdf is refused.
"""

import stat
import warnings
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pikepdf

from ocr.errors import EmptyFile, NotAScan, ScanUnavailable, TooLarge
from ocr.pages.image import check_whole, count_frames
from ocr.pages.opened import PIXEL_LIMIT, opened_pdf

_HEAD_BYTES = 1_024
_FIELD_LIMIT = 10_000

# Seen under the names of scans; named so that the sender understands the refusal.
_STRANGERS = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"#!", "a script"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"Rar!", "an archive"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "a text document"),
)


class Kind(StrEnum):
    """Formats we take."""

    PDF = "pdf"
    TIFF = "tiff"
    JPEG = "jpeg"
    PNG = "png"


_SIGNS = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\0", Kind.TIFF),
    (b"MM\0*", Kind.TIFF),
    (b"II+\0", Kind.TIFF),
    (b"MM\0+", Kind.TIFF),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A file that can be taken in."""

    kind: Kind
    page_count: int
    signed: bool
    """A PDF with at least one filled signature field; nothing is said about its validity."""


def kind_of(path: Path) -> Kind:
    """Return the format the first bytes show.

    Raises:
        BadScan: EmptyFile or NotAScan.
        ScanUnavailable: the operating system refused.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotAScan(path, "not a regular file")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise ScanUnavailable(path, error.strerror or type(error).__name__) from error
    if not head:
        raise EmptyFile(path)
    for sign, name in _STRANGERS:
        if head.startswith(sign):
            raise NotAScan(path, name)
    for sign, kind in _SIGNS:
        if head.startswith(sign):
            return kind
    # Readers accept a PDF whose header stands anywhere in the first kilobyte (ISO 32000-1, annex H.3).
    if b"%PDF-" in head:
        return Kind.PDF
    raise NotAScan(path)


def inspect_scan(path: Path) -> Scan:
    """Say what the file is, having checked that it is whole as far as that is cheap: one pass, bounded memory.

    Raises:
        BadScan: see ocr.errors; the file is untouched.
        ScanUnavailable: the operating system refused.
    """
    kind = kind_of(path)
    if kind is Kind.PDF:
        with opened_pdf(path) as pdf:
            _refuse_huge_pictures(pdf, path)
            return Scan(kind=kind, page_count=len(pdf.pages), signed=_has_filled_signature(pdf))
    with warnings.catch_warnings():
        # Pillow warns at half our own limit, and about oddities in tags that do not concern us.
        warnings.simplefilter("ignore")
        frames = count_frames(path)
        check_whole(path)
    return Scan(kind=kind, page_count=frames, signed=False)


def _refuse_huge_pictures(pdf: pikepdf.Pdf, path: Path) -> None:
    for page in pdf.pages:
        resources = page.obj.get("/Resources")
        pictures = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
        if not isinstance(pictures, pikepdf.Dictionary):
            continue
        for picture in pictures.values():
            if isinstance(picture, pikepdf.Stream) and picture.get("/Subtype") == pikepdf.Name.Image:
                pixels = int(picture.get("/Width", 0)) * int(picture.get("/Height", 0))
                if pixels > PIXEL_LIMIT:
                    raise TooLarge(path, what="pixels", found=pixels, limit=PIXEL_LIMIT)


def _has_filled_signature(pdf: pikepdf.Pdf) -> bool:
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    waiting: list[tuple[pikepdf.Object, pikepdf.Object | None]] = []
    if isinstance(fields, pikepdf.Array):
        waiting.extend((field, None) for field in fields)
    for _ in range(_FIELD_LIMIT):
        if not waiting:
            return False
        field, inherited = waiting.pop()
        if not isinstance(field, pikepdf.Dictionary):
            continue
        kind = field.get("/FT", inherited)
        if kind == pikepdf.Name.Sig and isinstance(field.get("/V"), pikepdf.Dictionary):
            return True
        kids = field.get("/Kids")
        if isinstance(kids, pikepdf.Array):
            waiting.extend((kid, kind) for kid in kids)
    return False
