"""TIFF, JPEG and PNG of unknown origin: frames counted, checked for being whole, decoded to RGB.

Sizes are checked in the header, before a pixel is decoded.
"""

import contextlib
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from ocr.errors import BadScan, Damaged, NoPages, PageMissing, ScanUnavailable, TooLarge
from ocr.pages.opened import PAGE_LIMIT, PIXEL_LIMIT

_SUBFILE_TYPE = 254
_STRIP_OFFSETS, _STRIP_BYTES = 273, 279
_TILE_OFFSETS, _TILE_BYTES = 324, 325
_EXIF_IFD = 0x8769
_ORIENTATION = 0x0112
_SIDEWAYS = (5, 6, 7, 8)
_EXPOSURE_TIME, _F_NUMBER = 0x829A, 0x829D
_SIXTEEN_BIT = 256

# Pillow reports malformed files with whatever its decoders stumble over.
MALFORMED_PICTURE = (
    UnidentifiedImageError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    SyntaxError,
    AssertionError,
    struct.error,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One decoded frame, turned as its orientation tag says."""

    pixels: npt.NDArray[np.uint8]
    """Height x width x 3, RGB."""
    density: tuple[float, float] | None
    """Dots per inch across and down, as the file claims; None: it claims nothing."""
    mode: str
    """Pillow's name of the pixel format in the file: `1`, `L`, `RGB`, ..."""
    from_camera: bool
    """The file carries exposure data."""


@contextlib.contextmanager
def opened_picture(path: Path, *, page: int | None = None) -> Iterator[Image.Image]:
    """Open a TIFF, JPEG or PNG at its first frame; every complaint of the parser becomes a BadScan.

    Raises:
        BadScan: Damaged, which names `page`, or TooLarge.
        ScanUnavailable: the operating system refused.
    """
    try:
        with warnings.catch_warnings(), _own_limit():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=("JPEG", "PNG", "TIFF")) as image:
                _refuse_huge(image, path)
                yield image
    except (BadScan, ScanUnavailable):
        raise
    except OSError as error:
        # With errno it is the operating system's; Pillow's own have none.
        if error.errno is not None:
            raise ScanUnavailable(path, error.strerror or type(error).__name__) from error
        raise Damaged(path, "the picture is cut short or malformed", page=page) from error
    except MALFORMED_PICTURE as error:
        raise Damaged(path, f"the picture cannot be parsed ({type(error).__name__})", page=page) from error


@contextlib.contextmanager
def _own_limit() -> Iterator[None]:
    """Take Pillow's limit off, which lies below ours and does not say how many pixels it found."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _refuse_huge(image: Image.Image, path: Path) -> None:
    pixels = image.width * image.height
    if pixels > PIXEL_LIMIT:
        raise TooLarge(path, what="pixels", found=pixels, limit=PIXEL_LIMIT)
    if pixels == 0:
        raise Damaged(path, "the picture has no pixels")


def count_frames(path: Path) -> int:
    """Return the number of pages; thumbnails kept beside a TIFF page do not count.

    Raises:
        BadScan: NoPages, Damaged or TooLarge.
    """
    with opened_picture(path) as image:
        pages = sum(1 for _ in _page_frames(image, path))
    if pages == 0:
        raise NoPages(path)
    return pages


def check_whole(path: Path) -> None:
    """Raise Damaged where bytes are missing: JPEG and PNG are read through, TIFF frames must lie inside the file."""
    with opened_picture(path) as image:
        if image.format == "PNG":
            image.verify()
        elif image.format == "TIFF":
            size = path.stat().st_size
            for _ in _page_frames(image, path):
                _refuse_missing_strips(image, path, size)
        else:
            # Every byte is still entropy-decoded, into an eighth of the pixels.
            image.draft("L", (image.width // 8, image.height // 8))
            image.load()


def decode(path: Path, page: int) -> Frame:
    """Return page `page` (from 1) in RGB.

    Raises:
        BadScan: Damaged, PageMissing or TooLarge.
    """
    with opened_picture(path) as image:
        count = 0
        for count, _ in enumerate(_page_frames(image, path), start=1):
            if count == page:
                break
        if count != page:
            raise PageMissing(path, page, count)
        mode = image.mode
        bits = _bits_per_sample(image)
        density = _density(image)
        from_camera = _from_camera(image)
        image.load()
        orientation = image.getexif().get(_ORIENTATION, 1)
        # Each copy of the largest page takes half a gigabyte.
        turned = image if orientation == 1 else ImageOps.exif_transpose(image)
        swapped = orientation in _SIDEWAYS
        pixels = to_rgb(turned)
    if swapped and density is not None:
        density = density[1], density[0]
    return Frame(pixels=pixels, density=density, mode="1" if bits == 1 else mode, from_camera=from_camera)


def _page_frames(image: Image.Image, path: Path) -> Iterator[int]:
    """Seek to each page in turn and yield its frame's number, from 0."""
    frame = found = 0
    while True:
        try:
            image.seek(frame)
        except EOFError:
            return
        if not (image.format == "TIFF" and frame and _tag(image, _SUBFILE_TYPE, 0) & 1):
            _refuse_huge(image, path)
            found += 1
            if found > PAGE_LIMIT:
                raise TooLarge(path, what="pages", found=found, limit=PAGE_LIMIT)
            yield frame
        if image.format != "TIFF":
            return
        frame += 1


def _tag(image: Image.Image, tag: int, default: int) -> int:
    value = getattr(image, "tag_v2", {}).get(tag, default)
    return value if isinstance(value, int) else default


def _bits_per_sample(image: Image.Image) -> int | None:
    value = getattr(image, "tag_v2", {}).get(258)
    if isinstance(value, tuple) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, int) else None


def _refuse_missing_strips(image: Image.Image, path: Path, size: int) -> None:
    tags = getattr(image, "tag_v2", {})
    for starts, lengths in ((_STRIP_OFFSETS, _STRIP_BYTES), (_TILE_OFFSETS, _TILE_BYTES)):
        for start, length in zip(tags.get(starts, ()), tags.get(lengths, ()), strict=False):
            if start + length > size:
                raise Damaged(path, "the picture is cut short", page=image.tell() + 1)


def _density(image: Image.Image) -> tuple[float, float] | None:
    found = image.info.get("dpi")
    if not isinstance(found, tuple) or len(found) != 2:
        return None
    across, down = float(found[0]), float(found[1])
    return (across, down) if across > 1 and down > 1 and np.isfinite(across + down) else None


def _from_camera(image: Image.Image) -> bool:
    details = image.getexif().get_ifd(_EXIF_IFD)
    return _EXPOSURE_TIME in details or _F_NUMBER in details


def to_rgb(image: Image.Image) -> npt.NDArray[np.uint8]:
    """Return the picture as RGB, 8 bits each; what is transparent shows white paper."""
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) // _SIXTEEN_BIT).astype(np.uint8))
    elif image.mode in {"I", "F"}:
        values = np.asarray(image, dtype=np.float64)
        scale = 255.0 / max(float(np.nanmax(values, initial=1.0)), 1.0)
        image = Image.fromarray(np.nan_to_num(values * scale).clip(0, 255).astype(np.uint8))
    elif image.has_transparency_data:
        seen = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    if image.mode in {"1", "L"}:
        # Pillow's own RGB takes four bytes a pixel.
        return np.repeat(np.asarray(image.convert("L"))[..., np.newaxis], 3, axis=2)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
