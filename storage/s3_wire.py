"""Signed requests to an S3 bucket: the SDK's client, and the requests that its public methods cannot make.

Minio.put_object can neither send `If-None-Match` nor a checksum: given as metadata, the first is silently not
enforced. So bytes go in and out by requests of our own, signed by the SDK and sent through its pool.
"""

import hashlib
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import urllib3
from minio.credentials.credentials import Credentials
from minio.helpers import BaseURL, DictType
from minio.signer import sign_v4_s3
from urllib3.exceptions import HTTPError

from storage.errors import StorageError
from storage.s3_access import S3Access, open_client, open_pool
from storage.s3_errors import refused, unreachable

log = logging.getLogger(__name__)

ATTEMPTS = 4
"""How often a request is made that gets no answer, or one that says the server failed."""

_FIRST_PAUSE_SECONDS = 0.2
_SERVER_FAILS = 500


class S3Wire:
    """One bucket, by signed requests. May be shared between threads."""

    def __init__(self, access: S3Access, pool: urllib3.PoolManager | None = None) -> None:
        """Ask the server nothing yet. Raises StoreUnusable for settings that cannot work."""
        self.access = access
        self._pool = pool or open_pool(access)
        self.client = open_client(access, self._pool)
        address = urlsplit(access.endpoint)
        self._url = BaseURL(f"{address.scheme}://{address.netloc}", access.region)
        self._credentials = Credentials(access.access_key, access.secret_key)

    def send(
        self,
        method: str,
        key: str = "",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> urllib3.BaseHTTPResponse:
        """Return the answer, whatever its status; a server that fails or is silent is asked again.

        So the first of several requests may have been obeyed: send only what may be repeated.

        Raises:
            StoreUnavailable: nothing is known about whether the request was obeyed.
            StoreUnusable: the server cannot be trusted.
        """
        failed: StorageError | None = None
        for attempt in range(ATTEMPTS):
            if failed is not None:
                time.sleep(_FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
                log.info("request to the store repeated", extra={"method": method, "key": key, "why": str(failed)})
            try:
                reply = self.send_once(method, key, query=query, headers=headers, body=body)
            except HTTPError as error:
                failed = unreachable(self.access.where, error)
                if failed.remedy != "retry":
                    break
                continue
            if reply.status < _SERVER_FAILS:
                return reply
            failed = refused(self.access.where, reply)
            if failed.remedy != "retry":
                break
        assert failed is not None
        raise failed

    def send_once(
        self,
        method: str,
        key: str = "",
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        whole: bool = True,
    ) -> urllib3.BaseHTTPResponse:
        """Return the answer to one request; not `whole`: its body is still to be read. Raises urllib3's HTTPError."""
        region = self.access.region
        url = self._url.build(
            method=method,
            region=region,
            bucket_name=self.access.bucket,
            object_name=key or None,
            query_params=dict(query or {}),
        )
        now = datetime.now(UTC)
        body_sha256 = hashlib.sha256(body).hexdigest()
        to_sign: DictType = {
            **(headers or {}),
            "Host": url.netloc,
            "x-amz-content-sha256": body_sha256,
            "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
        }
        signed = sign_v4_s3(
            method=method,
            url=url,
            region=region,
            headers=to_sign,
            credentials=self._credentials,
            content_sha256=body_sha256,
            date=now,
        )
        return self._pool.urlopen(
            method,
            urlunsplit(url),
            body=body if method in {"PUT", "POST"} else None,
            headers={name: str(value) for name, value in signed.items()},
            retries=False,
            redirect=False,
            preload_content=whole,
            decode_content=False,
        )
