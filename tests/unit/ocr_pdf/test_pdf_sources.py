"""PDFs as scanners write them: the picture is carried over byte for byte, or the page is drawn and that is said."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

from ocr.errors import CannotCompose, Damaged, PageMissing, ScanUnavailable
from ocr.lines import PageReading
from ocr.pages.raster import page_image
from ocr.pdf.likeness import look_alike
from ocr.pdf.pixels import bilevel_raster

WIDTH, HEIGHT = 595, 842
PIXELS = (827, 1170)
FILL = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im Do Q"

ByHand = Callable[..., PageReading]
Draw = Callable[..., np.ndarray]
Compose = Callable[..., tuple]


def drawing(mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", PIXELS, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 300, 120), fill=(200, 30, 40))
    draw.ellipse((500, 80, 760, 340), outline=(20, 40, 160), width=12)
    draw.polygon([(80, 1000), (400, 1100), (80, 1120)], fill="black")
    return image.convert(mode)


def jpeg_bytes(mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    drawing(mode).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def jpeg(pdf: pikepdf.Pdf, mode: str = "RGB", space: object = Name.DeviceRGB) -> pikepdf.Object:
    return picture(pdf, jpeg_bytes(mode), Filter=Name.DCTDecode, ColorSpace=space)


def picture(pdf: pikepdf.Pdf, data: bytes, bits: int = 8, **entries: object) -> pikepdf.Object:
    stream = pikepdf.Stream(pdf, data)
    base = {"Type": Name.XObject, "Subtype": Name.Image, "Width": PIXELS[0], "Height": PIXELS[1]}
    for key, value in (base | {"BitsPerComponent": bits} | entries).items():
        stream["/" + key] = value
    return pdf.make_indirect(stream)


def flate(pdf: pikepdf.Pdf, mode: str = "RGB", **entries: object) -> pikepdf.Object:
    return picture(pdf, zlib.compress(drawing(mode).tobytes()), Filter=Name.FlateDecode, **entries)


def write(
    path: Path,
    image: Callable[[pikepdf.Pdf], pikepdf.Object] = jpeg,
    *,
    content: str = FILL,
    change: Callable[[pikepdf.Pdf, pikepdf.Object], None] = lambda pdf, page: None,
) -> Path:
    """A PDF of one page that shows one picture, then changed."""
    with pikepdf.new() as pdf:
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, WIDTH, HEIGHT]),
            Resources=Dictionary(XObject=Dictionary(Im=image(pdf))),
            Contents=pdf.make_stream(content.encode()),
        )
        pdf.pages.append(pikepdf.Page(page))
        change(pdf, pdf.pages[0].obj)
        pdf.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return path


@contextmanager
def stored(path: Path) -> Iterator[pikepdf.Object]:
    with pikepdf.open(path) as pdf:
        objects = pdf.pages[0].Resources.XObject
        yield objects.Fm.Resources.XObject.Im if "/Fm" in objects else next(iter(objects.values()))


def raw(path: Path) -> bytes:
    with stored(path) as image:
        return bytes(image.read_raw_bytes())


def size_of(path: Path) -> tuple[float, float]:
    """Width and height of the first page as displayed, in points."""
    with pypdfium2.PdfDocument(path) as document:
        width, height = document[0].get_size()
    return width, height


def jbig2(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """One generic region whose code is that of CCITT Group 4. Source: ITU-T T.88, 7.2, 7.4.6 and 7.4.8."""
    width, height = PIXELS
    inverted = Image.eval(drawing("L"), lambda value: 255 - value).convert("1", dither=Image.Dither.NONE)
    code = bilevel_raster(Image.eval(inverted.convert("L"), lambda value: 255 - value).convert("1")).coded
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x01" + code
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)

    def segment(number: int, kind: int, body: bytes, of_page: int) -> bytes:
        return struct.pack(">IBBBI", number, kind, 0, of_page, len(body)) + body

    # An extension segment without effect, so that there is something shared.
    shared = pdf.make_stream(segment(0, 62, struct.pack(">I", 0x20000000) + b"a\0b\0\0", 0))
    return picture(
        pdf,
        segment(1, 48, page, 1) + segment(2, 38, region, 1),
        bits=1,
        Filter=Name.JBIG2Decode,
        DecodeParms=Dictionary(JBIG2Globals=shared),
        ColorSpace=Name.DeviceGray,
    )


def jpx(pdf: pikepdf.Pdf) -> pikepdf.Object:
    buffer = io.BytesIO()
    drawing().save(buffer, "JPEG2000", irreversible=False)
    return picture(pdf, buffer.getvalue(), Filter=Name.JPXDecode)


def group4(pdf: pikepdf.Pdf) -> pikepdf.Object:
    raster = bilevel_raster(drawing("1"))
    parameters = Dictionary({f"/{key}": value for key, value in raster.parameters.items()})
    return picture(
        pdf, raster.coded, bits=1, Filter=Name.CCITTFaxDecode, DecodeParms=parameters, ColorSpace=Name.DeviceGray
    )


CARRIED = {
    "jpeg": jpeg,
    "flate": lambda pdf: flate(pdf, ColorSpace=Name.DeviceRGB),
    "flate-and-jpeg": lambda pdf: picture(
        pdf,
        zlib.compress(jpeg_bytes()),
        Filter=Array([Name.FlateDecode, Name.DCTDecode]),
        ColorSpace=Name.DeviceRGB,
    ),
    "group-4": group4,
    "jbig2": jbig2,
    "jpeg-2000": jpx,
    "calibrated": lambda pdf: jpeg(
        pdf, space=Array([Name.CalRGB, Dictionary(WhitePoint=Array([0.9505, 1, 1.089]), Gamma=Array([2.2, 2.2, 2.2]))])
    ),
}


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


def inherited_rotation(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    page.Parent.Rotate = 90
    page.Parent.MediaBox = page.MediaBox
    del page["/MediaBox"]


def moved_origin(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    page.MediaBox = Array([100, 200, 100 + WIDTH, 200 + HEIGHT])
    page.Contents = pdf.make_stream(f"q {WIDTH} 0 0 {HEIGHT} 100 200 cm /Im Do Q".encode())


def cropped(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    page.CropBox = Array([20, 30, WIDTH - 40, HEIGHT - 50])


def in_a_form(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    form = pdf.make_stream(b"q 0.5 0 0 0.5 0 0 cm /Im Do Q")
    form.Subtype, form.BBox, form.Matrix = Name.Form, Array([0, 0, 1, 1]), Array([2, 0, 0, 2, 0, 0])
    form.Resources = Dictionary(XObject=Dictionary(Im=page.Resources.XObject.Im))
    page.Resources = Dictionary(XObject=Dictionary(Fm=form))
    page.Contents = pdf.make_stream(f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Fm Do Q".encode())


def large_units(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    page.UserUnit = 1.5


def drawn_by(content: str) -> Callable[[pikepdf.Pdf, pikepdf.Object], None]:
    def change(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
        page.Contents = pdf.make_stream(content.encode())

    return change


PLACED = {
    "turned-by-a-parent": inherited_rotation,
    "origin-elsewhere": moved_origin,
    "cropped": cropped,
    "inside-a-form": in_a_form,
    "user-unit": large_units,
    "upside-down": drawn_by(f"q -{WIDTH} 0 0 -{HEIGHT} {WIDTH} {HEIGHT} cm /Im Do Q"),
    "mirrored": drawn_by(f"q -{WIDTH} 0 0 {HEIGHT} {WIDTH} 0 cm /Im Do Q"),
    "with-margins": drawn_by("q 500 0 0 707 40 60 cm /Im Do Q"),
    "turned-by-matrix": drawn_by(f"q 0 {HEIGHT} -{WIDTH} 0 {WIDTH} 0 cm /Im Do Q"),
    "under-invisible-text": drawn_by(FILL + " BT 3 Tr 1 0 0 1 50 50 Tm () Tj ET"),
    "scaled-twice": drawn_by(f"q 2 0 0 2 0 0 cm q {WIDTH / 2} 0 0 {HEIGHT / 2} 0 0 cm /Im Do Q Q"),
}


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


def negative(pdf: pikepdf.Pdf) -> pikepdf.Object:
    image = group4(pdf)
    image.Decode = Array([1, 0])
    return image


def stencil(pdf: pikepdf.Pdf) -> pikepdf.Object:
    image = group4(pdf)
    del image["/ColorSpace"]
    image.ImageMask = True
    return image


def masked(pdf: pikepdf.Pdf) -> pikepdf.Object:
    image = jpeg(pdf)
    image.SMask = picture(
        pdf, zlib.compress(drawing("L").tobytes()), Filter=Name.FlateDecode, ColorSpace=Name.DeviceGray
    )
    return image


@pytest.mark.parametrize("image", [negative, stencil, masked])
def test_unusual_pictures_are_carried_when_the_page_looks_the_same(
    image: Callable[[pikepdf.Pdf], pikepdf.Object], tmp_path: Path, compose: Compose, draw: Draw
) -> None:
    source = write(tmp_path / "scan.pdf", image)
    copy, composed = compose(source)
    assert composed.findings == ()
    assert raw(copy) == raw(source)
    assert size_of(copy) == pytest.approx(size_of(source), abs=0.5)
    assert look_alike(draw(source), draw(copy))


def inks(pdf: pikepdf.Pdf) -> pikepdf.Object:
    image = jpeg(pdf, "CMYK", Name.DeviceCMYK)
    image.Decode = Array([1, 0] * 4)
    return image


def wrong_profile(pdf: pikepdf.Pdf) -> pikepdf.Object:
    profile = pdf.make_stream(b"this is no profile")
    profile.N, profile.Alternate = 3, Name.DeviceRGB
    return jpeg(pdf, space=Array([Name.ICCBased, profile]))


@pytest.mark.parametrize("image", [inks, wrong_profile])
def test_colours_that_pdfa_refuses_are_drawn_and_said(
    image: Callable[[pikepdf.Pdf], pikepdf.Object], tmp_path: Path, compose: Compose, draw: Draw
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


def lzw_literal(data: bytes) -> bytes:
    """LZW of literals only, the table cleared before it outgrows nine bits. Source: ISO 32000-1, 7.4.4.2."""
    codes = [code for start in range(0, len(data), 200) for code in (256, *data[start : start + 200])] + [257]
    bits = "".join(f"{code:09b}" for code in codes)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8)


def numbered(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    """A number laid over the scan, as a note."""
    looks = pdf.make_stream(b"0 0 1 rg 0 0 120 30 re f")
    looks.Type, looks.Subtype, looks.BBox = Name.XObject, Name.Form, Array([0, 0, 120, 30])
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.FreeText,
        Rect=Array([100, 700, 220, 730]),
        F=4,
        Contents="575",
        AP=Dictionary(N=looks),
    )
    page.Annots = Array([pdf.make_indirect(note)])


def text_under(pdf: pikepdf.Pdf, page: pikepdf.Object) -> None:
    page.Contents = pdf.make_stream(b"0 0 1 rg 100 20 300 60 re f q 500 0 0 707 40 100 cm /Im Do Q")


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
