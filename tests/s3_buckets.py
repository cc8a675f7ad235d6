"""Buckets of one test each, on the server that `make services` has started, and what its administrator may do there.

The adapters under test get an account with infra/s3/policy.json and nothing more. Accounts and policies are MinIO's
own business and made by tests alone; all else here is S3.
"""

import atexit
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from minio import Minio
from minio.credentials.providers import StaticProvider
from minio.deleteobjects import DeleteObject
from minio.minioadmin import MinioAdmin

from storage.s3_access import S3Access, open_client, open_pool
from storage.s3_bucket import prepare
from storage.s3_wire import S3Wire

POLICY = Path(__file__).parents[1] / "infra" / "s3" / "policy.json"
_ARN = "arn:aws:s3:::sohoa"


@dataclass(frozen=True)
class Ground:
    """A bucket of its own: how the application sees it, and how the administrator does."""

    access: S3Access
    admin: S3Access

    @property
    def root(self) -> Minio:
        """The administrator's client."""
        return open_client(self.admin, open_pool(self.admin))

    def write(self, key: str, data: bytes, **headers: str) -> str:
        """Put bytes as a new version, whatever is there, and return its identifier."""
        reply = S3Wire(self.admin).send("PUT", key, headers=headers, body=data)
        assert reply.status == 200, reply.data
        return str(reply.headers["x-amz-version-id"])

    def hide(self, key: str) -> None:
        """Put a delete marker on top."""
        self.root.remove_object(self.access.bucket, key)

    def damage(self, key: str) -> None:
        """Turn a bit of the newest version over, its metadata untouched, as far as S3 lets one: in its place."""
        root, bucket, (version, *_) = self.root, self.access.bucket, self.versions(key)
        said = root.stat_object(bucket, key, version_id=version).metadata or {}
        reply = root.get_object(bucket, key, version_id=version)
        data = reply.read()
        reply.close()
        root.remove_object(bucket, key, version_id=version)
        self.write(key, bytes([data[0] ^ 1]) + data[1:], **{"x-amz-meta-sha256": said["x-amz-meta-sha256"]})

    def versions(self, key: str) -> list[str]:
        """Return the versions of `key` that hold bytes, newest first."""
        found = self.root.list_objects(self.access.bucket, prefix=key, recursive=True, include_version=True)
        return [str(one.version_id) for one in found if one.object_name == key and not one.is_delete_marker]


@contextmanager
def own_bucket(services: dict[str, str], *, made: bool = True) -> Iterator[Ground]:
    """Yield a bucket with object lock, or only a name for one, and destroy it with all that is in it."""
    prefix, access_key, secret_key = _account(tuple(sorted(services.items())))
    admin = replace(_admin(services), bucket=f"{prefix}-{secrets.token_hex(4)}")
    ground = Ground(replace(admin, access_key=access_key, secret_key=secret_key), admin)
    if made:
        prepare(admin)
    try:
        yield ground
    finally:
        if ground.root.bucket_exists(admin.bucket):
            _destroy(ground.root, admin.bucket)


def _admin(services: dict[str, str]) -> S3Access:
    return S3Access(
        endpoint=services["SOHOA_S3_ENDPOINT"],
        access_key=services["SOHOA_TEST_S3_ADMIN_ACCESS_KEY"],
        secret_key=services["SOHOA_TEST_S3_ADMIN_SECRET_KEY"],
        bucket="none",
        ca=Path(services["SOHOA_S3_CA"]) if services.get("SOHOA_S3_CA") else None,
        # The administrator can lift it, so that the bucket can be destroyed.
        lock="governance",
    )


@cache
def _account(services: tuple[tuple[str, str], ...]) -> tuple[str, str, str]:
    """Make an account for buckets of one prefix; return prefix, access key and secret. It goes when the tests end."""
    admin = _admin(dict(services))
    prefix, secret = f"sohoa-test-{secrets.token_hex(4)}", secrets.token_hex(16)
    accounts = MinioAdmin(
        endpoint=urlsplit(admin.endpoint).netloc,
        credentials=StaticProvider(admin.access_key, admin.secret_key),
        region=admin.region,
        secure=admin.endpoint.startswith("https"),
        http_client=open_pool(admin),
    )
    policy = json.loads(POLICY.read_text(encoding="utf-8").replace(_ARN, f"arn:aws:s3:::{prefix}-*"))
    accounts.policy_add(prefix, policy=policy)
    accounts.user_add(prefix, secret)
    accounts.policy_set(prefix, user=prefix)
    atexit.register(accounts.policy_remove, prefix)
    atexit.register(accounts.user_remove, prefix)
    return prefix, prefix, secret


def _destroy(root: Minio, bucket: str) -> None:
    listed = list(root.list_objects(bucket, recursive=True, include_version=True))
    for one in listed:
        if not one.is_delete_marker and root.is_object_legal_hold_enabled(
            bucket, str(one.object_name), version_id=one.version_id
        ):
            root.disable_object_legal_hold(bucket, str(one.object_name), version_id=one.version_id)
    doomed = [DeleteObject(str(one.object_name), one.version_id) for one in listed]
    assert list(root.remove_objects(bucket, doomed, bypass_governance_mode=True)) == []
    root.remove_bucket(bucket)
