"""One picture as PDF stores it: coded pixels and how to read them, independent of any document."""

import zlib
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name

from ocr.pdf.colour import profile_components

_DEVICE = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """Coded pixels, from the file's own bytes wherever possible."""

    width: int
    height: int
    bits: int
    """A component: 1, 2, 4, 8 or 16."""
    components: int
    """Of a pixel's colour: 1 grey, 3 RGB, 4 CMYK. With a palette: 3."""
    coding: str
    """Filter: `FlateDecode`, `DCTDecode`, `CCITTFaxDecode`."""
    coded: bytes
    parameters: dict[str, int | bool] = field(default_factory=dict)
    """Of the filter."""
    palette: bytes | None = None
    """RGB triples; a pixel is an index into them."""
    inverted: bool = False
    """Full values mean no light, as Adobe's programs write CMYK."""
    profile: bytes | None = None
    """ICC profile found in the file; left out where PDF/A refuses it."""
    opacity: "Raster | None" = None
    orientation: int = 1
    """As Exif numbers it: what must be done to the pixels for display. Source: TIFF 6.0, tag 274."""


def add_raster(pdf: pikepdf.Pdf, raster: Raster) -> pikepdf.Object:
    """Add the picture to the document and return its image XObject. Its bytes are stored as they are.

    Source: ISO 32000-1, 8.9.5.
    """
    image = pikepdf.Stream(pdf, raster.coded)
    entries = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=raster.width,
        Height=raster.height,
        BitsPerComponent=raster.bits,
        ColorSpace=_colour_space(pdf, raster),
        Filter=Name("/" + raster.coding),
    )
    if raster.parameters:
        entries.DecodeParms = Dictionary({f"/{key}": value for key, value in raster.parameters.items()})
    if raster.inverted:
        entries.Decode = Array([1, 0] * raster.components)
    if raster.opacity is not None:
        entries.SMask = add_raster(pdf, raster.opacity)
    for key, value in entries.items():
        image[key] = value
    return pdf.make_indirect(image)


def _colour_space(pdf: pikepdf.Pdf, raster: Raster) -> pikepdf.Object:
    base: pikepdf.Object = _DEVICE[raster.components]
    if raster.profile is not None and profile_components(raster.profile) == raster.components:
        base = Array([Name.ICCBased, add_profile(pdf, raster.profile)])
    if raster.palette is None:
        return base
    return Array([Name.Indexed, base, len(raster.palette) // 3 - 1, pikepdf.String(raster.palette)])


def add_profile(pdf: pikepdf.Pdf, profile: bytes) -> pikepdf.Object:
    """Add an ICC profile to the document and return its stream."""
    components = profile_components(profile)
    assert components is not None
    stream = pikepdf.Stream(pdf, zlib.compress(profile, 9), Dictionary(N=components, Filter=Name.FlateDecode))
    return pdf.make_indirect(stream)
