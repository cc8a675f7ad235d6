"""Who talks to which S3 bucket, and the client that does: time limits, certificates, repeats."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from urllib3.util import Retry, Timeout

from storage.errors import StoreUnusable

TIMEOUT = Timeout(connect=5, read=60)
"""Seconds to be connected, and seconds without a byte of the answer."""

_REPEATS = Retry(total=3, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504), raise_on_status=False)
"""For the questions about objects that the SDK asks; bytes in and out are repeated by s3_wire.py and s3.py."""

_CONNECTIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Access:
    """One bucket of one S3 server, and the account that uses it."""

    endpoint: str
    """URL with its scheme: `https://host:port`."""
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str
    ca: Path | None = None
    """Certificates (PEM) that vouch for the server; None: those the machine trusts."""
    region: str = "us-east-1"
    lock: Literal["governance", "compliance"] = "compliance"
    """How objects are locked: compliance binds the administrator too."""
    encrypted: bool = False
    """Whether the server is asked to encrypt what it keeps (SSE-S3)."""
    scratch: Path | None = None
    """Where large objects lie while they are hashed; None: the system's folder for temporary files."""

    @property
    def where(self) -> str:
        """The bucket as messages name it."""
        return f"{self.endpoint.rstrip('/')}/{self.bucket}"


def open_pool(access: S3Access) -> urllib3.PoolManager:
    """Return a pool of connections to the server. Raises StoreUnusable when the certificates cannot be read."""
    try:
        context = ssl.create_default_context(cafile=str(access.ca) if access.ca else None)
    except OSError as error:
        raise StoreUnusable(access.where, f"the certificates in {access.ca} cannot be read: {error}") from error
    return urllib3.PoolManager(timeout=TIMEOUT, retries=_REPEATS, maxsize=_CONNECTIONS, ssl_context=context)


def open_client(access: S3Access, pool: urllib3.PoolManager) -> Minio:
    """Return the SDK's client. Raises StoreUnusable for an endpoint that is none; asks the server nothing."""
    address = urlsplit(access.endpoint)
    try:
        return Minio(
            address.netloc,
            access_key=access.access_key,
            secret_key=access.secret_key,
            secure=address.scheme == "https",
            region=access.region,
            http_client=pool,
        )
    except ValueError as error:
        raise StoreUnusable(access.where, str(error)) from error
