"""What an answer of an S3 server, or its silence, means to us."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import urllib3
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError
from urllib3.exceptions import HTTPError, MaxRetryError, SSLError

from storage.errors import ObjectMissing, StorageError, StoreFull, StoreUnavailable, StoreUnusable

_MISSING = {"NoSuchKey", "NoSuchVersion"}
_FULL = {"XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded"}
_DAMAGED_ON_THE_WAY = {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
_BUSY = {"SlowDown", "OperationAborted", "RequestTimeout", "ConditionalRequestConflict"}
_REMEDIES = {
    "NoSuchBucket": "there is no such bucket; make it with object lock, or let an administrator do so",
    "InvalidAccessKeyId": "the server does not know the access key; check SOHOA_S3_ACCESS_KEY",
    "SignatureDoesNotMatch": "the secret does not fit the access key; check SOHOA_S3_SECRET_KEY",
    "AccessDenied": "the account lacks a right; give it infra/s3/policy.json",
    "RequestTimeTooSkewed": "this machine's clock and the server's differ too much; set both by NTP",
    "AuthorizationHeaderMalformed": "the server signs for another region; check SOHOA_S3_REGION",
}
_STORAGE_FULL = 507
_SERVER_FAILS = 500
_NOT_IMPLEMENTED = 501
_TOO_MANY = 429


def error_code(reply: urllib3.BaseHTTPResponse) -> str:
    """Return the server's own name of what is wrong, or `HTTP 404` and the like where it gives none."""
    return _told(reply)[0]


def refused(where: str, reply: urllib3.BaseHTTPResponse, key: str = "") -> StorageError:
    """Return what an answer other than success means to us."""
    code, message = _told(reply)
    return _meaning(where, code, message, reply.status, key)


def unreachable(where: str, error: HTTPError) -> StorageError:
    """Return what a failure to talk to the server means to us."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, SSLError) and isinstance(cause.args[0], ssl.SSLCertVerificationError):
        return StoreUnusable(where, f"its certificate is not trusted ({cause.args[0].verify_message}); set SOHOA_S3_CA")
    return StoreUnavailable(where, f"{type(cause).__name__}: {cause}")


@contextmanager
def translated(where: str, key: str = "") -> Iterator[None]:
    """Turn what the SDK raises into our errors."""
    try:
        yield
    except S3Error as error:
        code = error.code or f"HTTP {error.response.status}"
        raise _meaning(where, code, error.message or "", error.response.status, key) from error
    except ServerError as error:
        raise _meaning(where, f"HTTP {error.status_code}", "", error.status_code, key) from error
    except InvalidResponseError as error:
        raise StoreUnavailable(where, "what answers there does not speak S3") from error
    except MinioException as error:
        raise StoreUnavailable(where, str(error)) from error
    except HTTPError as error:
        raise unreachable(where, error) from error


def _told(reply: urllib3.BaseHTTPResponse) -> tuple[str, str]:
    if b"<Error" in reply.data[:200]:
        told = S3Error.fromxml(reply)
        if told.code:
            return told.code, told.message or ""
    return f"HTTP {reply.status}", ""


def _meaning(where: str, code: str, message: str, status: int, key: str) -> StorageError:
    if key and (code in _MISSING or code == "HTTP 404"):
        return ObjectMissing(key)
    why = f"{code}: {message}" if message else code
    if code in _FULL or status == _STORAGE_FULL:
        return StoreFull(where, why)
    if code in _REMEDIES:
        return StoreUnusable(where, f"{_REMEDIES[code]} ({why})")
    if status == _NOT_IMPLEMENTED:
        return StoreUnusable(where, f"the server lacks what an archive needs, see docs/worm.md ({why})")
    if status >= _SERVER_FAILS or status == _TOO_MANY or code in _BUSY | _DAMAGED_ON_THE_WAY:
        return StoreUnavailable(where, why)
    return StoreUnusable(where, why)
