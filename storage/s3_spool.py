"""Where the bytes of one object lie while they are hashed: memory while they are few, then a file without a name."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from storage.durable import disk_errors
from storage.s3_access import S3Access
from storage.s3_upload import PART_BYTES


def spool(access: S3Access) -> BinaryIO:
    """Return an empty place for bytes, seekable. Whoever gets it closes it."""
    folder = str(access.scratch) if access.scratch else None
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=PART_BYTES, dir=folder))


@contextmanager
def room(access: S3Access) -> Iterator[None]:
    """Turn a full or unwritable disk under the spool into our errors."""
    with disk_errors(access.scratch or Path(tempfile.gettempdir())):
        yield
