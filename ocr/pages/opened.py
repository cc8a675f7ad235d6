"""A PDF of unknown origin, opened with limits; every complaint of the parser becomes a BadScan.

Nothing here trusts what the file says about itself: pages are counted by walking the tree.
"""

import contextlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pikepdf.exceptions
import pikepdf.settings

from ocr.errors import BadScan, Damaged, Encrypted, NoPages, ScanUnavailable, TooLarge

PAGE_LIMIT = 5_000
PIXEL_LIMIT = 180_000_000
"""A page of A0 at 300 dpi has 139 million."""

_NODE_LIMIT = 4 * PAGE_LIMIT
_STRUCTURE_BYTES = 64 << 20
"""Of one packed stream, unless a picture's own size allows more: an object stream of a gigabyte is an attack."""
_TAIL_BYTES = 65_536
_JUNK_BYTES = 1_024

# What the parser's bindings raise when an object is not of the kind that the standard wants there.
MALFORMED = (
    pikepdf.exceptions.PikepdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    NotImplementedError,
    AssertionError,
    zlib.error,
)
"""RuntimeError includes RecursionError: nesting without end."""


@contextlib.contextmanager
def complaints(path: Path, *, page: int | None = None) -> Iterator[None]:
    """Turn what the PDF parser raises into ours.

    Raises:
        BadScan: Encrypted or Damaged.
        ScanUnavailable: the operating system refused.
    """
    try:
        yield
    except (BadScan, ScanUnavailable):
        raise
    except pikepdf.PasswordError:
        raise Encrypted(path) from None
    except OSError as error:
        raise ScanUnavailable(path, error.strerror or type(error).__name__) from error
    except MALFORMED as error:
        if "encrypt" in str(error):
            raise Encrypted(path) from None
        if "no pages" in str(error):
            raise NoPages(path) from None
        raise Damaged(path, f"the PDF cannot be parsed ({type(error).__name__})", page=page) from error


@contextlib.contextmanager
def opened_pdf(path: Path) -> Iterator[pikepdf.Pdf]:
    """Open a PDF whose end is there and whose page tree is finite. A password only the owner has does not matter.

    Raises:
        BadScan: Damaged, Encrypted, NoPages or TooLarge.
        ScanUnavailable: the operating system refused.
    """
    with complaints(path):
        _refuse_missing_end(path)
        # Process-wide in qpdf, and the same for every caller.
        pikepdf.settings.set_qpdf_limits(doc_max_warnings=10_000)
        with unpacking(_STRUCTURE_BYTES), pikepdf.open(path) as pdf:
            if _count_leaves(pdf, path) == 0 or len(pdf.pages) == 0:
                raise NoPages(path)
            yield pdf


@contextlib.contextmanager
def unpacking(limit_bytes: int) -> Iterator[None]:
    """Let no stream of a PDF become longer than this while the block runs; one that would is a parser's complaint."""
    before: dict[str, Any] = pikepdf.settings.set_qpdf_limits(
        flate_max_memory=limit_bytes, run_length_max_memory=limit_bytes
    )
    try:
        yield
    finally:
        pikepdf.settings.set_qpdf_limits(**before)


def _refuse_missing_end(path: Path) -> None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read().rstrip(b"\0\t\n\f\r ")
    _, mark, after = tail.rpartition(b"%%EOF")
    # Some scanners and web servers append a little; an update cut short holds objects.
    if not mark or len(after) > _JUNK_BYTES or b"obj" in after or b"xref" in after:
        raise Damaged(path, "its end is missing")


def _count_leaves(pdf: pikepdf.Pdf, path: Path) -> int:
    """Count pages without believing /Count, and before qpdf walks the tree without a limit."""
    leaves = nodes = 0
    waiting = [pdf.Root.Pages]
    while waiting:
        node = waiting.pop()
        nodes += 1
        if nodes > _NODE_LIMIT:
            raise Damaged(path, "its page tree has no end")
        if not isinstance(node, pikepdf.Dictionary):
            continue
        kids = node.get("/Kids")
        if kids is None:
            leaves += 1
        elif isinstance(kids, pikepdf.Array):
            waiting.extend(kids)
        if leaves > PAGE_LIMIT or len(waiting) > _NODE_LIMIT:
            raise TooLarge(path, what="pages", found=max(leaves, len(waiting)), limit=PAGE_LIMIT)
    return leaves
