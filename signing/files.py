"""A file that appears whole or not at all, and replaces nothing."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from signing.errors import OutputExists, OutputUnwritable

CHUNK = 1 << 20


@contextmanager
def appearing(out: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Give a scratch file beside `out` to write and read; it becomes `out` when the block ends without an error.

    Raises:
        OutputExists: `out` is there already, or came to be there in the meantime.
        OutputUnwritable: nothing is left at `out`.
    """
    if out.exists() or out.is_symlink():
        raise OutputExists(path=str(out))
    scratch = out.parent / f".seal-{secrets.token_hex(8)}"
    try:
        with scratch.open("x+b") as file:
            yield scratch, file
            file.flush()
            os.fsync(file.fileno())
        # link(), unlike rename(), refuses to replace: two writers cannot both win.
        os.link(scratch, out)
        settle(out.parent)
    except FileExistsError as error:
        raise OutputExists(path=str(out)) from error
    except OSError as error:
        raise OutputUnwritable(path=str(out), reason=str(error.strerror or error)) from error
    finally:
        scratch.unlink(missing_ok=True)


def settle(folder: Path) -> None:
    """Make the names in the folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest_of(file: BinaryIO) -> tuple[str, int]:
    """Return the SHA-256 (hex) and the length of a whole open file."""
    file.seek(0)
    digest, length = sha256(), 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        length += len(chunk)
    return digest.hexdigest(), length
