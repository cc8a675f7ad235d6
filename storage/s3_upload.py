"""Bytes into an S3 bucket: once, checked by the server, in parts where they are many."""

import base64
import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import BinaryIO
from xml.sax.saxutils import escape

import urllib3

from storage.errors import StorageError, StoreUnavailable
from storage.objects import Stored
from storage.s3_errors import refused
from storage.s3_wire import S3Wire

PART_BYTES = 8 << 20
"""Up to this size an object goes in one request; a larger one in parts of this size, one in memory at a time."""

SHA256_METADATA = "x-amz-meta-sha256"
"""Where the SHA-256 of the whole object is kept with it; the server's own of a multipart object is another."""

MOST_PARTS = 10_000
"""The limit of S3."""

_UPLOAD_ID = re.compile(rb"<UploadId>([^<]+)</UploadId>")
_OK = 200
_ALREADY_THERE = {404, 409, 412}
"""Another writer was first: 412 it is there, 409 it is being written, 404 our upload was completed or is gone."""

_PROBE = ".sohoa-ping"
"""No key may look like this; see check_key."""


def upload(
    wire: S3Wire, stored: Stored, stream: BinaryIO, *, headers: Mapping[str, str] | None = None, once: bool = True
) -> str | None:
    """Keep the bytes of `stream` as a new version and return its identifier; None when `once` and something is there.

    The server checks the SHA-256 of each request before it keeps anything. Safe to repeat with `once`.

    Raises:
        StoreUnavailable: nothing is known about whether the bytes were kept.
        StoreFull, StoreUnusable: nothing was kept.
    """
    fresh = {
        "Content-Type": "application/octet-stream",
        SHA256_METADATA: stored.sha256,
        **({"x-amz-server-side-encryption": "AES256"} if wire.access.encrypted else {}),
        **(headers or {}),
    }
    condition = {"If-None-Match": "*"} if once else {}
    stream.seek(0)
    if stored.bytes <= PART_BYTES:
        body = stream.read()
        reply = wire.send("PUT", stored.key, headers={**fresh, **condition, **_checksum(body)}, body=body)
    else:
        with _multipart(wire, stored.key, fresh) as upload_id:
            listed = _parts(wire, stored, stream, upload_id)
            query = {"uploadId": upload_id}
            reply = wire.send("POST", stored.key, query=query, headers=condition, body=listed)
    return _version(wire, stored.key, reply, once=once)


def try_writing(wire: S3Wire) -> None:
    """Begin an upload and drop it: needs what every write needs, and leaves nothing. Raises as upload does."""
    with _multipart(wire, _PROBE, {}) as upload_id:
        _aborted(wire, _PROBE, upload_id)


def _version(wire: S3Wire, key: str, reply: urllib3.BaseHTTPResponse, *, once: bool) -> str | None:
    if once and reply.status in _ALREADY_THERE and not _is_bucket_missing(reply):
        return None
    # The end of an upload in parts may answer 200 and fail all the same, in the body.
    if reply.status != _OK or b"<Error" in reply.data[:200]:
        raise refused(wire.access.where, reply)
    return reply.headers.get("x-amz-version-id", "null")


def _is_bucket_missing(reply: urllib3.BaseHTTPResponse) -> bool:
    return b"NoSuchBucket" in reply.data


def _checksum(body: bytes) -> dict[str, str]:
    return {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(body).digest()).decode()}


@contextmanager
def _multipart(wire: S3Wire, key: str, headers: Mapping[str, str]) -> Iterator[str]:
    """Yield the identifier of an upload in parts; drop what it left when it fails."""
    begun = {**headers, "x-amz-checksum-algorithm": "SHA256"}
    reply = wire.send("POST", key, query={"uploads": ""}, headers=begun)
    found = _UPLOAD_ID.search(reply.data)
    if reply.status != _OK or found is None:
        raise refused(wire.access.where, reply)
    upload_id = html.unescape(found[1].decode())
    try:
        yield upload_id
    except BaseException:
        with suppress(StorageError):
            _aborted(wire, key, upload_id)
        raise


def _aborted(wire: S3Wire, key: str, upload_id: str) -> None:
    reply = wire.send("DELETE", key, query={"uploadId": upload_id})
    if reply.status not in {200, 204, 404}:
        raise refused(wire.access.where, reply)


def _parts(wire: S3Wire, stored: Stored, stream: BinaryIO, upload_id: str) -> bytes:
    """Send the parts one by one and return the list that completes the upload (XML)."""
    part_bytes = max(PART_BYTES, -(-stored.bytes // MOST_PARTS))
    listed: list[str] = []
    while body := stream.read(part_bytes):
        number = str(len(listed) + 1)
        checksum = _checksum(body)
        query = {"partNumber": number, "uploadId": upload_id}
        reply = wire.send("PUT", stored.key, query=query, headers=checksum, body=body)
        if reply.status != _OK:
            if reply.status == 404:
                raise StoreUnavailable(wire.access.where, "the upload was dropped by somebody else")
            raise refused(wire.access.where, reply)
        sha256 = checksum["x-amz-checksum-sha256"]
        listed.append(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{escape(reply.headers['etag'])}</ETag>"
            f"<ChecksumSHA256>{sha256}</ChecksumSHA256></Part>"
        )
    return f"<CompleteMultipartUpload>{''.join(listed)}</CompleteMultipartUpload>".encode()
