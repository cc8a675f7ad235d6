"""PDFs as scanners write them, made here: one page that shows one picture, stored and placed in many ways."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw

from ocr.pdf.pixels import bilevel_raster

Make = Callable[[pikepdf.Pdf], pikepdf.Object]
"""Puts a picture into a PDF and returns it."""
Change = Callable[[pikepdf.Pdf, pikepdf.Object], None]
"""Changes a PDF and its one page."""

WIDTH, HEIGHT = 595, 842
PIXELS = (827, 1170)
FILL = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im Do Q"


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
    image: Make = jpeg,
    *,
    content: str = FILL,
    change: Change = lambda pdf, page: None,
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


def drawn_by(content: str) -> Change:
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


def inks(pdf: pikepdf.Pdf) -> pikepdf.Object:
    image = jpeg(pdf, "CMYK", Name.DeviceCMYK)
    image.Decode = Array([1, 0] * 4)
    return image


def wrong_profile(pdf: pikepdf.Pdf) -> pikepdf.Object:
    profile = pdf.make_stream(b"this is no profile")
    profile.N, profile.Alternate = 3, Name.DeviceRGB
    return jpeg(pdf, space=Array([Name.ICCBased, profile]))


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
