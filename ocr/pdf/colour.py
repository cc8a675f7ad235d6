"""Colour: the profile a legal copy is meant for, and which profiles of others may stay in it."""

from functools import cache

from PIL import ImageCms

SPACES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
"""Colour spaces of ICC profiles and their number of components."""

_HEADER_BYTES = 128
_CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")
_LATEST_VERSION = 4


@cache
def srgb_profile() -> bytes:
    """Return an ICC profile of sRGB, the same bytes at any time: the library puts the current date into it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"".join(number.to_bytes(2) for number in (2020, 1, 1, 0, 0, 0))
    profile[84:100] = bytes(16)
    return bytes(profile)


def profile_components(profile: bytes) -> int | None:
    """Return the number of components of an ICC profile that PDF/A-2 allows, or None.

    Source: ISO 19005-2, 6.2.4.2; ISO 32000-1, 8.6.5.5; ICC.1:2010, 7.2.
    """
    if len(profile) <= _HEADER_BYTES or profile[36:40] != b"acsp" or profile[8] > _LATEST_VERSION:
        return None
    if int.from_bytes(profile[:4]) > len(profile) or profile[12:16] not in _CLASSES:
        return None
    return SPACES.get(profile[16:20])
