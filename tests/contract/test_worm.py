"""The WORM rehearsal: what it finds on a server that keeps its promises, and on a bucket that does not."""

from dataclasses import replace

import pytest

from storage.errors import StoreUnusable
from storage.objects import put_bytes
from storage.s3 import S3Store
from storage.worm import worm_rows
from storage.worm_attempts import ATTEMPTS
from tests.s3_buckets import own_bucket

pytestmark = pytest.mark.service("minio")


def test_a_bucket_with_object_lock_withstands_every_attempt(services: dict[str, str]) -> None:
    with own_bucket(services, made=False) as ground:
        name = f"{ground.access.bucket}-worm"
        rows = list(worm_rows(replace(ground.access, lock="compliance"), ground.admin, bucket=name))
        assert [row for row in rows if not row.passed] == []
        in_compliance = [attempt for attempt in ATTEMPTS if attempt.lock != "GOVERNANCE"]
        assert len(rows) == 2 * len(in_compliance) + 1
        assert not ground.root.bucket_exists(name)


def test_a_bucket_without_object_lock_is_found_out(services: dict[str, str]) -> None:
    with own_bucket(services, made=False) as ground:
        ground.root.make_bucket(ground.admin.bucket)
        archive = replace(ground.access, bucket="another")
        rows = {row.attempt: row for row in worm_rows(archive, ground.admin, bucket=ground.admin.bucket)}
        assert not any(row.passed for row in rows.values() if row.expected != "allowed")
        assert not rows["delete_version"].bytes_there
        assert rows["suspend_versioning"].happened == "accepted (200)"


def test_governance_withstands_but_for_what_minio_forgets_to_ask(services: dict[str, str]) -> None:
    with own_bucket(services, made=False) as ground:
        ground.root.make_bucket(ground.access.bucket, object_lock=True)
        rows = list(worm_rows(replace(ground.access, bucket="another"), bucket=ground.access.bucket))
        # With the bypass header MinIO asks for the right to set retention, not for the right to bypass it.
        assert {row.attempt for row in rows if not row.passed} <= {"shorten_governed"}
        assert rows[-1].attempt != "delete_after_the_end"


def test_an_account_that_may_bypass_governance_is_found_out(services: dict[str, str]) -> None:
    with own_bucket(services, made=False) as ground:
        rows = list(worm_rows(ground.admin, ground.admin, bucket=f"{ground.admin.bucket}-worm"))
        assert {row.attempt for row in rows if not row.passed} == {"delete_governed", "shorten_governed"}


def test_never_rehearses_in_a_bucket_that_is_in_use(services: dict[str, str]) -> None:
    with own_bucket(services) as ground:
        put_bytes(S3Store(ground.access), "k", b"abc")
        for archive in (ground.access, replace(ground.access, bucket="another")):
            with pytest.raises(StoreUnusable):
                list(worm_rows(archive, ground.admin, bucket=ground.access.bucket))
        assert list(S3Store(ground.access).list("")) == ["k"]
