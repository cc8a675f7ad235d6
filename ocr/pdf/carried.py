"""A PDF page that is one picture -> that picture in another document, its coded bytes untouched.

What the picture must not have in PDF/A is taken off its dictionary; pixels never change.
Source: ISO 19005-2, 6.1.7.2 (filters), 6.2.4 (colour), 6.2.8 (images).
"""

import zlib

import pikepdf
from pikepdf import Name

from ocr.pages.content import drawn_objects, filters_of, instructions, stream_size
from ocr.pages.picture import picture_bytes
from ocr.pdf.colour import profile_components
from ocr.pdf.geometry import Matrix
from ocr.pdf.jpx import fits_pdfa

_KEPT_FILTERS = frozenset(
    {
        "/FlateDecode",
        "/DCTDecode",
        "/CCITTFaxDecode",
        "/JBIG2Decode",
        "/RunLengthDecode",
        "/ASCII85Decode",
        "/ASCIIHexDecode",
        "/JPXDecode",
    }
)
_REFUSED = "/LZWDecode"
_UNWANTED = (
    "/Alternates",
    "/OPI",
    "/Metadata",
    "/PieceInfo",
    "/StructParent",
    "/OC",
    "/Measure",
    "/PtData",
    "/AF",
    "/ID",
)
_INTENTS = frozenset({"/RelativeColorimetric", "/AbsoluteColorimetric", "/Perceptual", "/Saturation"})
_PLAIN_SPACES = frozenset({"/DeviceGray", "/DeviceRGB", "/CalGray", "/CalRGB", "/Lab"})
_PROFILE_BYTES = 4_000_000
_DEPTH = 4


def carry_picture(pdf: pikepdf.Pdf, image: pikepdf.Stream) -> pikepdf.Object | None:
    """Return the picture as an object of `pdf`, or None if PDF/A cannot carry it as it is. Changes the dictionary of
    `image` in memory. The document of `image` must stay open until `pdf` is saved."""
    if not _is_allowed(image):
        return None
    for part in (image, image.get("/SMask"), image.get("/Mask")):
        if isinstance(part, pikepdf.Stream):
            if part is not image and not _is_allowed(part):
                return None
            _cleanse(part)
    return pdf.copy_foreign(image)


def _is_allowed(image: pikepdf.Stream) -> bool:
    filters = filters_of(image)
    if "/F" in image or not set(filters) <= _KEPT_FILTERS | {_REFUSED}:
        return False
    limit = picture_bytes(image)
    if stream_size(image, limit=limit) > limit:
        return False
    if "/JPXDecode" in filters:
        return filters == ["/JPXDecode"] and fits_pdfa(image.read_raw_bytes(), has_space="/ColorSpace" in image)
    return bool(image.get("/ImageMask", False)) or _is_defined(image.get("/ColorSpace"), _DEPTH)


def _is_defined(space: pikepdf.Object | None, depth: int) -> bool:
    """Whether a colour space means the same everywhere, given the sRGB intent of the document."""
    if space is None or depth == 0:
        return False
    if not isinstance(space, pikepdf.Array):
        return str(space) in _PLAIN_SPACES
    name = str(space[0]) if len(space) else ""
    if name == "/Indexed":
        return _is_defined(space[1], depth - 1)
    if name == "/ICCBased":
        profile = space[1]
        return isinstance(profile, pikepdf.Stream) and profile_components(_some(profile)) == profile.get("/N")
    return name in _PLAIN_SPACES


def _some(profile: pikepdf.Stream) -> bytes:
    plain: bytes = profile.read_bytes()
    return plain if len(plain) <= _PROFILE_BYTES else b""


def _cleanse(image: pikepdf.Stream) -> None:
    for key in _UNWANTED:
        if key in image:
            del image[key]
    if image.get("/Interpolate") is not None:
        image.Interpolate = False
    if image.get("/Intent") is not None and str(image.Intent) not in _INTENTS:
        del image.Intent
    filters = filters_of(image)
    if _REFUSED in filters:
        # Decoded as far as filters without loss go: a JPEG inside stays as it is.
        last = [name for name in filters[-1:] if name in {"/DCTDecode", "/CCITTFaxDecode", "/JBIG2Decode"}]
        parameters = image.get("/DecodeParms")
        plain = image.read_bytes(pikepdf.StreamDecodeLevel.generalized)
        if last:
            inner = parameters[-1] if isinstance(parameters, pikepdf.Array) else None
            inner = inner if isinstance(inner, pikepdf.Dictionary) else None
            image.write(plain, filter=Name(last[0]), decode_parms=inner)
        else:
            image.write(zlib.compress(plain, 6), filter=Name.FlateDecode)


def picture_place(page: pikepdf.Page) -> Matrix | None:
    """Return where the first picture of the page is drawn, as matrix from the unit square to user space."""
    found = _place(page.obj, _joined(page.obj.get("/Contents")), pikepdf.Matrix(), _DEPTH)
    if found is None:
        return None
    return found.a, found.b, found.c, found.d, found.e, found.f


def _joined(contents: pikepdf.Object | None) -> bytes:
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return b"\n".join(part.read_bytes() for part in parts if isinstance(part, pikepdf.Stream))


def _place(owner: pikepdf.Object, content: bytes, base: pikepdf.Matrix, depth: int) -> pikepdf.Matrix | None:
    objects = drawn_objects(owner)
    place, saved = base, list[pikepdf.Matrix]()
    for operands, name in instructions(content):
        if name == "q":
            saved.append(place)
        elif name == "Q" and saved:
            place = saved.pop()
        elif name == "cm":
            place = pikepdf.Matrix(*map(float, operands)) @ place
        elif name == "Do" and objects is not None:
            found = _place_of(objects.get(str(operands[0])), place, depth)
            if found is not None:
                return found
    return None


def _place_of(target: pikepdf.Object | None, place: pikepdf.Matrix, depth: int) -> pikepdf.Matrix | None:
    if not isinstance(target, pikepdf.Stream) or depth == 0:
        return None
    if target.get("/Subtype") == Name.Image:
        return place
    inner = target.get("/Matrix")
    if inner is not None:
        place = pikepdf.Matrix(*map(float, inner)) @ place
    return _place(target, target.read_bytes(), place, depth - 1)
