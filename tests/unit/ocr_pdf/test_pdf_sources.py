"""PDFs as scanners write them: the picture is carried over byte for byte, or the page is drawn and that is said."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from ocr.errors import CannotCompose, Damaged, PageMissing, ScanUnavailable
from ocr.lines import PageReading
from ocr.pages.raster import page_image
from ocr.pdf.likeness import look_alike
from tests.unit.ocr_pdf.scanner_pdfs import (
    CARRIED,
    FILL,
    PLACED,
    Make,
    drawing,
    inherited_rotation,
    inks,
    lzw_literal,
    masked,
    negative,
    numbered,
    picture,
    raw,
    size_of,
    stencil,
    stored,
    text_under,
    write,
    wrong_profile,
)

ByHand = Callable[..., PageReading]
Draw = Callable[..., np.ndarray]
Compose = Callable[..., tuple]


@pytest.mark.parametrize("kind", CARRIED)
def test_the_picture_is_carried_byte_for_byte(kind: str, tmp_path: Path, compose: Compose, draw: Draw) -> None:
    source = write(tmp_path / "scan.pdf", CARRIED[kind])
    copy, composed = compose(source)
    assert raw(copy) == raw(source)
    assert composed.findings == ()
    assert size_of(copy) == pytest.approx(size_of(source), abs=0.5)
    assert look_alike(draw(source), draw(copy))


@pytest.mark.parametrize("kind", CARRIED)
def test_the_page_is_read_as_it_is_drawn(kind: str, tmp_path: Path, draw: Draw) -> None:
    """Also where our own tools cannot decode the picture: then it is drawn."""
    source = write(tmp_path / "scan.pdf", CARRIED[kind])
    assert look_alike(page_image(source, 1).pixels, draw(source))


def test_what_pdfa_forbids_is_taken_off_the_dictionary_only(tmp_path: Path, compose: Compose) -> None:
    def spoil(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        image = page.Resources.XObject.Im
        image.Interpolate = True
        image.Alternates = Array([Dictionary(Image=image)])
        image.OPI = Dictionary()
        image.Intent = Name.Whatever
        image.Metadata = pdf.make_stream(b"no XMP")

    source = write(tmp_path / "scan.pdf", change=spoil)
    copy, _ = compose(source)
    with stored(copy) as image:
        assert image.Interpolate is False
        assert not {"/Alternates", "/OPI", "/Intent", "/Metadata"} & set(image.keys())
    assert raw(copy) == raw(source)


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize("kind", PLACED)
def test_the_page_is_shown_as_before_turned_upright(
    kind: str, rotation: int, tmp_path: Path, compose: Compose, by_hand: ByHand, draw: Draw
) -> None:
    source = write(tmp_path / "scan.pdf", change=PLACED[kind])
    copy, composed = compose(source, [by_hand(source, rotation=rotation)])
    assert composed.findings == ()
    assert raw(copy) == raw(source)
    size = size_of(source)
    assert size_of(copy) == pytest.approx(size[::-1] if rotation else size, abs=0.5)
    assert look_alike(np.rot90(draw(source), -rotation // 90), draw(copy))


@pytest.mark.parametrize("image", [negative, stencil, masked])
def test_unusual_pictures_are_carried_when_the_page_looks_the_same(
    image: Make, tmp_path: Path, compose: Compose, draw: Draw
) -> None:
    source = write(tmp_path / "scan.pdf", image)
    copy, composed = compose(source)
    assert composed.findings == ()
    assert raw(copy) == raw(source)
    assert size_of(copy) == pytest.approx(size_of(source), abs=0.5)
    assert look_alike(draw(source), draw(copy))


@pytest.mark.parametrize("image", [inks, wrong_profile])
def test_colours_that_pdfa_refuses_are_drawn_and_said(
    image: Make, tmp_path: Path, compose: Compose, draw: Draw
) -> None:
    source = write(tmp_path / "scan.pdf", image)
    copy, composed = compose(source)
    assert [(f.code, f.page, f.detail, f.blocks_seal) for f in composed.findings] == [
        ("rendered_page", 1, {"why": "pixels"}, False)
    ]
    assert size_of(copy) == pytest.approx(size_of(source), abs=0.5)
    assert look_alike(draw(source), draw(copy))


def test_a_forbidden_compression_is_changed_and_no_pixel(tmp_path: Path, compose: Compose) -> None:
    def lzw(pdf: pikepdf.Pdf) -> pikepdf.Object:
        return picture(pdf, lzw_literal(drawing("L").tobytes()), Filter=Name.LZWDecode, ColorSpace=Name.DeviceGray)

    source = write(tmp_path / "scan.pdf", lzw)
    copy, composed = compose(source)
    with stored(copy) as image:
        assert image.Filter == "/FlateDecode"
        assert image.read_bytes() == drawing("L").tobytes()
    assert composed.findings == ()


def test_notes_over_a_scan_count_as_printed(tmp_path: Path, compose: Compose, draw: Draw) -> None:
    source = write(tmp_path / "scan.pdf", change=numbered)
    copy, composed = compose(source)
    assert [(f.code, f.detail) for f in composed.findings] == [("rendered_page", {"why": "notes"})]
    assert size_of(copy) == pytest.approx(size_of(source), abs=0.5)
    assert look_alike(draw(source), draw(copy))
    blue = draw(copy)[175, 200]
    assert blue[2] > 200
    assert blue[0] < 60


def test_ink_that_the_picture_does_not_cover_is_not_lost(tmp_path: Path, compose: Compose, draw: Draw) -> None:
    source = write(tmp_path / "scan.pdf", change=text_under)
    copy, composed = compose(source)
    assert [(f.code, f.detail) for f in composed.findings] == [("rendered_page", {"why": "placement"})]
    assert size_of(copy) == pytest.approx(size_of(source), abs=0.5)
    assert look_alike(draw(source), draw(copy))


def test_one_fact_is_found_once(tmp_path: Path, compose: Compose, by_hand: ByHand, draw: Draw) -> None:
    source = write(tmp_path / "scan.pdf", content=FILL + " 0 0 1 rg 100 20 300 60 re f")
    reading = by_hand(source)
    assert [finding.code for finding in reading.findings] == ["not_single_picture"]
    copy, composed = compose(source, [reading])
    assert composed.findings == ()
    assert page_image(copy, 1).dpi == pytest.approx(300, abs=0.5)
    assert size_of(copy) == pytest.approx(size_of(source), abs=0.5)
    assert look_alike(draw(source), draw(copy))


def test_a_drawn_page_is_stored_without_loss(tmp_path: Path, compose: Compose) -> None:
    source = write(tmp_path / "scan.pdf", content=FILL + " 0 0 1 rg 100 20 300 60 re f")
    copy, _ = compose(source)
    with stored(copy) as image:
        pixels = np.asarray(pikepdf.PdfImage(image).as_pil_image())
    assert np.array_equal(pixels, page_image(source, 1).pixels)


def test_nothing_of_the_source_is_kept_but_its_pictures(tmp_path: Path, compose: Compose) -> None:
    def burden(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["a", Dictionary(S=Name.JavaScript, JS="1")])))
        page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS="1"))
        pdf.attachments["evil.exe"] = b"MZ"

    source = write(tmp_path / "scan.pdf", change=burden)
    copy, _ = compose(source)
    with pikepdf.open(copy) as pdf:
        everything = b"".join(item.unparse() for item in pdf.objects if item is not None)
        assert set(pdf.Root.keys()) == {"/Type", "/Pages", "/Metadata", "/Lang", "/OutputIntents"}
    assert b"JavaScript" not in everything
    assert b"evil" not in everything


def test_pages_are_chosen_and_ordered_by_the_readings(tmp_path: Path, compose: Compose, by_hand: ByHand) -> None:
    one, two = write(tmp_path / "1.pdf"), write(tmp_path / "2.pdf", change=inherited_rotation)
    source = tmp_path / "scan.pdf"
    with pikepdf.new() as joined, pikepdf.open(one) as first, pikepdf.open(two) as second:
        joined.pages.extend([*first.pages, *second.pages, *first.pages])
        joined.save(source)
    copy, composed = compose(source, [by_hand(source, 2), by_hand(source, 1)])
    assert composed.page_count == 2
    with pikepdf.open(copy) as pdf:
        assert [int(page.obj.get("/Rotate", 0)) for page in pdf.pages] == [90, 0]


def test_equal_input_gives_equal_bytes(tmp_path: Path, compose: Compose) -> None:
    for source in (write(tmp_path / "a.pdf"), write(tmp_path / "b.pdf", change=numbered)):
        assert compose(source)[0].read_bytes() == compose(source, name="again.pdf")[0].read_bytes()


def test_a_copy_that_cannot_be_written_may_be_tried_again(tmp_path: Path, compose: Compose) -> None:
    for source in (write(tmp_path / "a.pdf"), tmp_path / "a.png"):
        if source.suffix == ".png":
            drawing().save(source)
        with pytest.raises(ScanUnavailable, match="cannot be written"):
            compose(source, name="no/such/folder.pdf")


def test_refuses_what_has_no_pages_or_another_files(tmp_path: Path, compose: Compose, by_hand: ByHand) -> None:
    source = write(tmp_path / "a.pdf")
    reading = by_hand(source)
    with pytest.raises(PageMissing):
        compose(source, [PageReading(page=2, width_px=1, height_px=1, dpi=1, width_mm=1, height_mm=1)])
    with pytest.raises(CannotCompose):
        compose(source, [PageReading(page=1, width_px=0, height_px=1, dpi=1, width_mm=1, height_mm=1)])
    source.write_bytes(source.read_bytes()[:-400])
    with pytest.raises(Damaged):
        compose(source, [reading])
