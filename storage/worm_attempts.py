"""The attempts to destroy or change what an object lock protects, as plain S3 requests. worm.py makes them and judges.

Each turns (account, locked object) into the server's answer. None keys on a server's own behaviour.
"""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote
from xml.sax.saxutils import escape

from urllib3 import BaseHTTPResponse

from storage.s3_wire import S3Wire

OTHER_BYTES = b"these are not the bytes that were kept"

_BYPASS = {"x-amz-bypass-governance-retention": "true"}
_XMLNS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """An object of the rehearsal: what is under its key, and until when."""

    key: str
    version: str
    until: datetime
    """End of the lock by the server's clock; of a hold, when the rehearsal expects to be through with it."""
    clock: timedelta
    """The server's clock less ours."""


Mode = Literal["COMPLIANCE", "GOVERNANCE", "HOLD"]
Request = Callable[[S3Wire, Locked], BaseHTTPResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One way to get rid of what is kept."""

    name: str
    """Its words are in messages.yaml under `worm_` and this name."""
    request: Request
    expected: Literal["refused", "harmless"]
    """harmless: the server may accept it, for what was kept is still there, and locked as before."""
    lock: Mode = "COMPLIANCE"
    undo: Request | None = None
    """What takes back a change of the bucket that was accepted."""


def change(wire: S3Wire, key: str, query: dict[str, str], body: str, headers: dict[str, str]) -> BaseHTTPResponse:
    """Send a change of settings, with the checksum that S3 asks of it."""
    data = body.encode()
    md5 = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
    return wire.send("PUT", key, query=query, headers={"Content-MD5": md5, **headers}, body=data)


def retain(
    wire: S3Wire, target: Locked, mode: str, until: datetime | None, *, bypass: bool = False
) -> BaseHTTPResponse:
    """Ask for this lock; `until` None asks for none."""
    wanted = f"<Mode>{mode}</Mode><RetainUntilDate>{until:%Y-%m-%dT%H:%M:%SZ}</RetainUntilDate>" if until else ""
    query = {"retention": "", "versionId": target.version}
    return change(wire, target.key, query, f"<Retention {_XMLNS}>{wanted}</Retention>", _BYPASS if bypass else {})


def hold(wire: S3Wire, target: Locked, *, on: bool) -> BaseHTTPResponse:
    """Ask for a legal hold, or for its end."""
    status = "ON" if on else "OFF"
    query = {"legal-hold": "", "versionId": target.version}
    return change(wire, target.key, query, f"<LegalHold {_XMLNS}><Status>{status}</Status></LegalHold>", {})


def delete(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Delete without naming a version: at most a marker is put on top."""
    return wire.send("DELETE", target.key)


def delete_version(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Delete the very version."""
    return wire.send("DELETE", target.key, query={"versionId": target.version})


def delete_version_bypassing(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Delete the very version, and say that the lock is not to count."""
    return wire.send("DELETE", target.key, query={"versionId": target.version}, headers=_BYPASS)


def delete_many(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Delete the very version by the request that deletes many, bypassing; its errors are in the body."""
    named = f"<Object><Key>{escape(target.key)}</Key><VersionId>{target.version}</VersionId></Object>"
    body = f"<Delete {_XMLNS}>{named}</Delete>".encode()
    md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    return wire.send("POST", query={"delete": ""}, headers={"Content-MD5": md5, **_BYPASS}, body=body)


def overwrite(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Put other bytes under the key."""
    return wire.send("PUT", target.key, headers=_checksum(OTHER_BYTES), body=OTHER_BYTES)


def overwrite_once(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Put other bytes under the key as this product writes: only if nothing is there."""
    headers = {**_checksum(OTHER_BYTES), "If-None-Match": "*"}
    return wire.send("PUT", target.key, headers=headers, body=OTHER_BYTES)


def overwrite_hidden(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Hide the key under a marker, then put other bytes on top."""
    delete(wire, target)
    return overwrite(wire, target)


def copy_over(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Copy the object onto itself with other metadata."""
    source = quote(f"/{wire.access.bucket}/{target.key}")
    headers = {"x-amz-copy-source": source, "x-amz-metadata-directive": "REPLACE", "x-amz-meta-sha256": "0" * 64}
    return wire.send("PUT", target.key, headers=headers)


def shorten(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Ask for an earlier end."""
    return retain(wire, target, "COMPLIANCE", _earlier(target))


def shorten_bypassing(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Ask for an earlier end, and say that the lock is not to count."""
    return retain(wire, target, "COMPLIANCE", _earlier(target), bypass=True)


def change_mode(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Ask for the weaker mode with the same end, bypassing."""
    return retain(wire, target, "GOVERNANCE", target.until, bypass=True)


def remove_retention(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Ask for no retention at all, bypassing."""
    return retain(wire, target, "", None, bypass=True)


def shorten_governance(wire: S3Wire, target: Locked) -> BaseHTTPResponse:
    """Ask for an earlier end in the weaker mode, bypassing."""
    return retain(wire, target, "GOVERNANCE", _earlier(target), bypass=True)


def suspend_versioning(wire: S3Wire, _target: Locked) -> BaseHTTPResponse:
    """Ask the bucket to keep no more versions."""
    body = f"<VersioningConfiguration {_XMLNS}><Status>Suspended</Status></VersioningConfiguration>"
    return change(wire, "", {"versioning": ""}, body, {})


def resume_versioning(wire: S3Wire, _target: Locked) -> BaseHTTPResponse:
    """Take the suspension back."""
    body = f"<VersioningConfiguration {_XMLNS}><Status>Enabled</Status></VersioningConfiguration>"
    return change(wire, "", {"versioning": ""}, body, {})


def remove_object_lock(wire: S3Wire, _target: Locked) -> BaseHTTPResponse:
    """Ask the bucket for an object lock that is not enabled."""
    return change(wire, "", {"object-lock": ""}, f"<ObjectLockConfiguration {_XMLNS}/>", {})


def expire_by_lifecycle(wire: S3Wire, _target: Locked) -> BaseHTTPResponse:
    """Ask the bucket to expire everything since yesterday, old versions after a day."""
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT00:00:00Z}"
    rules = (
        "<Rule><ID>worm</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>"
        f"<Expiration><Date>{yesterday}</Date></Expiration>"
        "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays></NoncurrentVersionExpiration></Rule>"
    )
    body = f"<LifecycleConfiguration {_XMLNS}>{rules}</LifecycleConfiguration>"
    return change(wire, "", {"lifecycle": ""}, body, {})


def forget_lifecycle(wire: S3Wire, _target: Locked) -> BaseHTTPResponse:
    """Take the expiry back."""
    return wire.send("DELETE", query={"lifecycle": ""})


def delete_bucket(wire: S3Wire, _target: Locked) -> BaseHTTPResponse:
    """Delete the bucket with what is in it."""
    return wire.send("DELETE")


def _checksum(data: bytes) -> dict[str, str]:
    return {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(data).digest()).decode()}


def _earlier(target: Locked) -> datetime:
    return target.until - timedelta(seconds=5)


ATTEMPTS = (
    Attempt(name="delete", request=delete, expected="harmless"),
    Attempt(name="delete_version", request=delete_version, expected="refused"),
    Attempt(name="delete_version_bypassing", request=delete_version_bypassing, expected="refused"),
    Attempt(name="delete_many", request=delete_many, expected="refused"),
    Attempt(name="overwrite", request=overwrite, expected="harmless"),
    Attempt(name="overwrite_once", request=overwrite_once, expected="refused"),
    Attempt(name="overwrite_hidden", request=overwrite_hidden, expected="harmless"),
    Attempt(name="copy_over", request=copy_over, expected="harmless"),
    Attempt(name="shorten", request=shorten, expected="refused"),
    Attempt(name="shorten_bypassing", request=shorten_bypassing, expected="refused"),
    Attempt(name="change_mode", request=change_mode, expected="refused"),
    Attempt(name="remove_retention", request=remove_retention, expected="refused"),
    Attempt(name="delete_held", request=delete_version_bypassing, expected="refused", lock="HOLD"),
    Attempt(
        name="delete_governed",
        request=delete_version_bypassing,
        expected="refused",
        lock="GOVERNANCE",
    ),
    Attempt(
        name="shorten_governed",
        request=shorten_governance,
        expected="refused",
        lock="GOVERNANCE",
    ),
    Attempt(name="suspend_versioning", request=suspend_versioning, expected="refused", undo=resume_versioning),
    Attempt(name="remove_object_lock", request=remove_object_lock, expected="harmless"),
    Attempt(name="expire_by_lifecycle", request=expire_by_lifecycle, expected="harmless", undo=forget_lifecycle),
    Attempt(name="delete_bucket", request=delete_bucket, expected="refused"),
)
