"""The small parsers refuse what they do not know and never stumble."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocr.pdf.colour import profile_components, srgb_profile
from ocr.pdf.jpeg import jpeg_raster
from ocr.pdf.jpx import fits_pdfa
from ocr.pdf.png import SIGNATURE, png_raster


def coded(kind: str, mode: str = "RGB", **how: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (40, 30), 7).save(buffer, kind, **how)
    return buffer.getvalue()


@given(st.binary(max_size=400))
def test_no_bytes_make_them_stumble(junk: bytes) -> None:
    for data in (junk, b"\xff\xd8" + junk, b"\xff\xd8\xff\xc0" + junk):
        jpeg_raster(data)
    png_raster(SIGNATURE + junk)
    fits_pdfa(b"\x00\x00\x00\x0cjP  " + junk, has_space=False)
    profile_components(junk)


@pytest.mark.parametrize("keep", range(0, 120, 7))
def test_nor_do_files_cut_short(keep: int) -> None:
    jpeg_raster(coded("JPEG")[:keep])
    png_raster(coded("PNG")[:keep])
    fits_pdfa(coded("JPEG2000")[:keep], has_space=False)


def test_kinds_of_jpeg_that_pdf_does_not_know_are_refused() -> None:
    plain = coded("JPEG")
    for marker in (0xC3, 0xC9, 0xCA):
        assert jpeg_raster(plain.replace(b"\xff\xc0\x00\x11", bytes((0xFF, marker, 0, 0x11)))) is None
    assert jpeg_raster(plain.replace(b"\xff\xc0\x00\x11\x08", b"\xff\xc0\x00\x11\x0c")) is None


def test_red_green_blue_stored_as_such_are_said_to_be() -> None:
    raster = jpeg_raster(coded("JPEG", keep_rgb=True))
    assert raster is not None
    assert raster.parameters == {"ColorTransform": 0} or b"Adobe" in raster.coded


@pytest.mark.parametrize(("mode", "fits"), [("RGB", True), ("L", True), ("RGBA", False)])
def test_jpeg_2000_stays_if_its_colours_are_plain(mode: str, fits: bool) -> None:
    assert fits_pdfa(coded("JPEG2000", mode), has_space=False) is fits


def test_a_bare_code_stream_is_no_file_that_pdfa_knows() -> None:
    assert not fits_pdfa(coded("JPEG2000", no_jp2=True), has_space=True)


def test_the_profile_of_the_copy_is_the_same_at_any_time() -> None:
    assert profile_components(srgb_profile()) == 3
    assert srgb_profile()[24:36] == bytes.fromhex("07e400010001000000000000")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda profile: profile[:100],
        lambda profile: profile[:8] + b"\x05" + profile[9:],
        lambda profile: profile[:12] + b"link" + profile[16:],
        lambda profile: profile[:16] + b"LUV " + profile[20:],
        lambda profile: profile[:-10],
    ],
    ids=["cut", "version-5", "device-link", "odd-space", "shorter-than-it-says"],
)
def test_profiles_that_pdfa_refuses(spoil: object) -> None:
    assert profile_components(spoil(srgb_profile())) is None
