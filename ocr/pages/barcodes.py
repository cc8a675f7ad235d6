"""A page's pixels -> the text of the separator sheet it is, or None. Looked for before anything is read.

A sheet's codes are large, so a coarse copy of the page will do; codes of other makers, on bills or certificates, say
something else and change nothing.
"""

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from ocr.separator import read_payload

_DPI = 100.0
"""At this a module of a sheet's codes is four pixels wide and more, and a page of 300 dpi takes 10 to 40 ms."""
_LEAST_SIDE_PX = 400
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])


def separator_payload(pixels: npt.NDArray[np.uint8], dpi: float) -> str | None:
    """Return the text of the separator sheet; `pixels` are grey or RGB, however turned, `dpi` is theirs.

    The sheet's QR code is asked before its Code 128, which may have no room for all that the sheet says.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    scale = max(_DPI / dpi, _LEAST_SIDE_PX / min(grey.shape[:2]))
    if scale < 1:
        size = round(grey.shape[1] * scale), round(grey.shape[0] * scale)
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    found = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=_FORMATS, try_invert=False)
    ours = [code for code in found if read_payload(code.text) is not None]
    ours.sort(key=lambda code: code.format != zxingcpp.BarcodeFormat.QRCode)
    return ours[0].text if ours else None
