"""Every kind of bad or odd input, and a box that holds them all.

Files that change while they are read are not here: see test_changing_source.py, and the box's own in the e2e test.
"""

import os
from pathlib import Path

from tests.badinput import pdfs, pictures, places
from tests.badinput.kind import Kind

KINDS: list[Kind] = [*places.KINDS, *pictures.KINDS, *pdfs.KINDS, *pdfs.STOPPED]

NOT_FOR_ROOT = {"closed-file", "closed-folder"}
"""Root reads everything: what these kinds are about does not exist for it."""


def makeable() -> list[Kind]:
    """Return the kinds that this account can make."""
    return [kind for kind in KINDS if os.geteuid() != 0 or kind.name not in NOT_FOR_ROOT]


def make_box(folder: Path) -> list[Kind]:
    """Write one file of each kind below the folder, and return the kinds."""
    kinds = makeable()
    for kind in kinds:
        path = folder / kind.file
        path.parent.mkdir(parents=True, exist_ok=True)
        kind.make(path)
    return kinds
