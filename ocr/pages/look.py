"""An upright page -> a short code of what it looks like: the same sheet fed twice gives nearly the same code.

A difference hash of 256 bits: the page, shrunk until lines of print run together, is cut into 16 x 16 cells, and
each bit says whether a cell is lighter than its right neighbour.
Source: N. Krawetz, "Kind of Like That" (2013), with more cells: papers of one office have one layout.
"""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

_CELLS = 16


def look_of(grey: Grey) -> str:
    """Return the code of an upright, level page: 64 hexadecimal digits."""
    small = cv2.resize(grey, (_CELLS + 1, _CELLS), interpolation=cv2.INTER_AREA).astype(np.int16)
    return np.packbits(small[:, :-1] > small[:, 1:]).tobytes().hex()


def difference(one: str, two: str) -> int:
    """Return how many of the 256 bits of two codes differ."""
    return (int(one, 16) ^ int(two, 16)).bit_count()
