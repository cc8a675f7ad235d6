"""A new PDF that claims to be PDF/A-2b and still lacks its pages: what legal copy and access copy have in common."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name

from ocr.errors import CannotCompose, ScanUnavailable
from ocr.lines import PageReading
from ocr.pdf.colour import srgb_profile
from ocr.pdf.glyphless import add_font
from ocr.pdf.raster import add_profile
from ocr.pdf.xmp import information, xmp_packet

LANGUAGE = "vi-VN"


class NewDocument:
    """A copy in the making."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.font = add_font(pdf)

    def save(self, out: Path) -> None:
        """Write the document: see save_pdf."""
        save_pdf(self.pdf, out)


@contextmanager
def new_document(title: str, created: datetime) -> Iterator[NewDocument]:
    """Lend a document without pages. Source: ISO 19005-2, 6.2.3 and 6.6."""
    with pikepdf.new() as pdf:
        packet = pikepdf.Stream(pdf, xmp_packet(title, created), Dictionary(Type=Name.Metadata, Subtype=Name.XML))
        pdf.Root.Metadata = pdf.make_indirect(packet)
        pdf.Root.Lang = pikepdf.String(LANGUAGE)
        intent = Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier="sRGB",
            Info="sRGB IEC61966-2.1",
            DestOutputProfile=add_profile(pdf, srgb_profile()),
        )
        pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
        for key, value in information(title, created).items():
            pdf.docinfo[key] = value
        yield NewDocument(pdf)


def check_placed(source: Path, pages: Sequence[PageReading]) -> None:
    """Refuse readings of which no copy can be made.

    Raises:
        CannotCompose: there are none, or what was read has no place on its page.
    """
    if not pages:
        raise CannotCompose(source, "no pages were given")
    for reading in pages:
        if reading.width_px <= 0 or reading.height_px <= 0 or reading.rotation not in (0, 90, 180, 270):
            raise CannotCompose(source, "what was read has no place on the page", page=reading.page)


def save_pdf(pdf: pikepdf.Pdf, out: Path) -> None:
    """Write a PDF, the bytes of its pictures untouched. Equal input, equal bytes.

    Raises:
        ScanUnavailable: the operating system refused; half a file may lie there.
    """
    try:
        pdf.save(
            out,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            # Or qpdf decodes pictures and codes them again in its own way.
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            deterministic_id=True,
        )
    except OSError as error:
        raise ScanUnavailable(out, f"it cannot be written ({error.strerror})") from error
