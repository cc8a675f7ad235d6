"""A scan and what was read on it -> its legal copy: PDF/A-2b with the scan's own pictures under invisible text.

The pictures' bytes are those of the scan wherever PDF/A can carry them, else the same pixels coded without loss. A
page that is no single picture, or whose picture PDF/A refuses, is drawn and stored without loss, and a finding says
so. Nothing is resampled, turned or cleaned: rotation is said, not done.

Source: NĐ 30/2020/NĐ-CP, PL I, Phần II, Mục I (ND30-DIG-01 to 04); ISO 19005-2 (PDF/A-2b).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image

from ocr.errors import CannotCompose, PageMissing, ScanUnavailable
from ocr.lines import Finding, PageReading
from ocr.pages.opened import complaints, opened_pdf
from ocr.pages.overlay import keep_printed
from ocr.pages.picture import only_picture, rotation_said
from ocr.pages.raster import page_image
from ocr.pages.scan import Kind, kind_of
from ocr.pdf.carried import carry_picture, picture_place
from ocr.pdf.colour import srgb_profile
from ocr.pdf.files import file_raster
from ocr.pdf.geometry import POINTS_PER_MM, Box
from ocr.pdf.glyphless import add_font
from ocr.pdf.likeness import look_alike
from ocr.pdf.pages import Placed, add_page, upright_place
from ocr.pdf.pixels import pixels_raster
from ocr.pdf.raster import add_profile, add_raster
from ocr.pdf.xmp import information, xmp_packet

LANGUAGE = "vi-VN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A legal copy that was written."""

    page_count: int
    findings: tuple[Finding, ...]
    """What came up beyond the findings of the readings; pages as in the scan, from 1."""


def compose_legal(source: Path, pages: Sequence[PageReading], out: Path, *, title: str, created: datetime) -> Composed:
    """Write the legal copy of the given pages of `source` to `out`, in the order given. Equal input, equal bytes.

    `created` stands in its metadata, to the second.

    Raises:
        BadScan: the scan cannot be parsed.
        CannotCompose: there are no pages to compose, or what was read does not belong to the page.
        ScanUnavailable: the operating system refused to read the scan, or to write `out`, which may lie there half.
    """
    if not pages:
        raise CannotCompose(source, "no pages were given")
    for reading in pages:
        if reading.width_px <= 0 or reading.height_px <= 0 or reading.rotation not in (0, 90, 180, 270):
            raise CannotCompose(source, "what was read has no place on the page", page=reading.page)
    if kind_of(source) is Kind.PDF:
        return _from_pdf(source, pages, out, title, created)
    return _from_image_file(source, pages, out, title, created)


def _from_pdf(source: Path, pages: Sequence[PageReading], out: Path, title: str, created: datetime) -> Composed:
    drawn: dict[int, str] = {}
    while True:
        with opened_pdf(source) as scan, _new_copy(title, created) as copy:
            doubtful: list[tuple[int, PageReading]] = []
            findings: list[Finding] = []
            for place_in_copy, reading in enumerate(pages, start=1):
                with complaints(source, page=reading.page):
                    carried = _carry(copy.pdf, scan, source, reading, drawn)
                    if isinstance(carried, _Carried):
                        copy.add(carried.placed, reading)
                        if not carried.sure:
                            doubtful.append((place_in_copy, reading))
                        continue
                copy.add(_draw(copy.pdf, source, reading), reading)
                findings += _told(reading, why=carried)
            copy.save(out)
        unlike = [reading.page for at, reading in doubtful if not _shows_the_same(source, reading, out, at)]
        if not unlike:
            return Composed(page_count=len(pages), findings=tuple(findings))
        drawn |= dict.fromkeys(unlike, "placement")


def _from_image_file(source: Path, pages: Sequence[PageReading], out: Path, title: str, created: datetime) -> Composed:
    kind = kind_of(source)
    findings: list[Finding] = []
    with _new_copy(title, created) as copy:
        for reading in pages:
            raster = file_raster(source, kind, reading.page)
            if raster is None:
                placed = _draw(copy.pdf, source, reading)
                findings += _told(reading, why="pixels")
            else:
                image = add_raster(copy.pdf, raster)
                placed = _fill(image, raster.orientation, reading)
            copy.add(placed, reading)
        copy.save(out)
    return Composed(page_count=len(pages), findings=tuple(findings))


class _Copy:
    """A legal copy in the making."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self._font = add_font(pdf)

    def add(self, placed: Placed, reading: PageReading) -> None:
        add_page(self.pdf, placed, reading, self._font)

    def save(self, out: Path) -> None:
        try:
            self.pdf.save(
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


@contextmanager
def _new_copy(title: str, created: datetime) -> Iterator[_Copy]:
    """Lend a document that claims to be PDF/A-2b and still lacks its pages."""
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
        yield _Copy(pdf)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Carried:
    placed: Placed
    sure: bool
    """Whether the picture alone must look like the page; if not, the copy is to be compared with it."""


def _carry(
    pdf: pikepdf.Pdf, scan: pikepdf.Pdf, source: Path, reading: PageReading, drawn: dict[int, str]
) -> _Carried | str:
    """Return the page's own picture in its place, or why it cannot be carried."""
    if not 1 <= reading.page <= len(scan.pages):
        raise PageMissing(source, reading.page, len(scan.pages))
    page = scan.pages[reading.page - 1]
    if reading.page in drawn:
        return drawn[reading.page]
    picture = only_picture(page)
    if picture is None:
        return "several_things"
    if keep_printed(page):
        return "notes"
    place = picture_place(page)
    image = carry_picture(pdf, picture.image)
    if place is None or image is None:
        return "pixels"
    placed = Placed(
        image=image,
        place=place,
        media_box=_box(page.mediabox),
        visible_box=_box(page.cropbox),
        rotate=rotation_said(page.obj),
        unit=float(page.obj.get("/UserUnit", 1.0)),
    )
    return _Carried(placed=placed, sure=picture.fills_page)


def _draw(pdf: pikepdf.Pdf, source: Path, reading: PageReading) -> Placed:
    """Return the page drawn as it is displayed."""
    drawing = page_image(source, reading.page)
    raster = pixels_raster(Image.fromarray(drawing.pixels))
    assert raster is not None
    box = (0.0, 0.0, drawing.width_mm * POINTS_PER_MM, drawing.height_mm * POINTS_PER_MM)
    place = (box[2], 0.0, 0.0, box[3], 0.0, 0.0)
    return Placed(image=add_raster(pdf, raster), place=place, media_box=box, visible_box=box, rotate=0)


def _fill(image: pikepdf.Object, orientation: int, reading: PageReading) -> Placed:
    """Return a picture that is the whole sheet, in the size that was read."""
    _, turns = upright_place(1, 1, orientation)
    width, height = reading.width_mm * POINTS_PER_MM, reading.height_mm * POINTS_PER_MM
    if (turns + reading.rotation) % 180:
        width, height = height, width
    place, turns = upright_place(width, height, orientation)
    box = (0.0, 0.0, width, height)
    return Placed(image=image, place=place, media_box=box, visible_box=box, rotate=turns)


def _told(reading: PageReading, *, why: str) -> list[Finding]:
    """Return the finding that the page was drawn, unless reading said already what it comes from."""
    if any(finding.code == "not_single_picture" for finding in reading.findings):
        return []
    return [Finding(code="rendered_page", page=reading.page, detail={"why": why})]


def _shows_the_same(source: Path, reading: PageReading, out: Path, place_in_copy: int) -> bool:
    scan, copy = page_image(source, reading.page), page_image(out, place_in_copy)
    return look_alike(np.rot90(scan.pixels, -reading.rotation // 90), copy.pixels)


def _box(edges: pikepdf.Array) -> Box:
    left, bottom, right, top = (float(edge) for edge in edges)
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)
