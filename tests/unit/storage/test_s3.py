"""The S3 store where others have been at its bucket, or the network fails. On a real server."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from minio.commonconfig import COMPLIANCE
from minio.retention import Retention as Lock
from urllib3.exceptions import ProtocolError

from storage.errors import (
    ObjectConflict,
    ObjectDamaged,
    RetentionRefused,
    StoreUnavailable,
    StoreUnusable,
)
from storage.objects import RetentionState, put_bytes, read_bytes
from storage.retention_s3 import S3Retention
from storage.s3 import S3Store
from storage.s3_access import open_pool
from storage.s3_bucket import health, oddities, prepare
from storage.s3_upload import PART_BYTES
from storage.s3_wire import S3Wire
from tests.s3_buckets import Ground, own_bucket

pytestmark = pytest.mark.service("minio")


@pytest.fixture
def ground(services: dict[str, str]) -> Iterator[Ground]:
    with own_bucket(services) as ground:
        yield ground


@pytest.fixture
def store(ground: Ground) -> S3Store:
    return S3Store(ground.access)


class CuttingPool(urllib3.PoolManager):
    """Sends what it is told and, as long as `cuts` lasts, loses the answer."""

    def __init__(self, cuts: int, loses: Callable[[str, str], bool], **options: Any) -> None:
        super().__init__(**options)
        self.cuts = cuts
        self.loses = loses

    def urlopen(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        reply = super().urlopen(method, url, *args, **options)
        if self.cuts and self.loses(method, url):
            self.cuts -= 1
            raise ProtocolError("Connection aborted")
        return reply


def cutting(ground: Ground, cuts: int, method: str, part: str = "") -> CuttingPool:
    ca = ground.access.ca
    return CuttingPool(cuts, lambda m, url: m == method and part in url, ca_certs=str(ca) if ca else None)


def test_a_write_whose_answer_is_lost_is_made_once(ground: Ground) -> None:
    store = S3Store(ground.access, cutting(ground, 2, "PUT"))
    stored = put_bytes(store, "k", b"abc")
    assert ground.versions("k") == [stored.version]
    large = bytes(PART_BYTES + 1)
    store = S3Store(ground.access, cutting(ground, 2, "POST", "uploadId"))
    stored = put_bytes(store, "large", large)
    assert ground.versions("large") == [stored.version]
    assert read_bytes(store, "large") == large


def test_a_server_that_stays_silent_is_unavailable(ground: Ground) -> None:
    with pytest.raises(StoreUnavailable):
        put_bytes(S3Store(ground.access, cutting(ground, 99, "PUT")), "k", b"abc")
    with pytest.raises(StoreUnavailable):
        S3Store(replace(ground.access, endpoint="http://127.0.0.1:9")).ping()


def test_the_server_refuses_bytes_that_changed_on_the_way(ground: Ground) -> None:
    wrong = {"x-amz-checksum-sha256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}  # that of b"abc"
    assert S3Wire(ground.access).send("PUT", "k", headers=wrong, body=b"abd").status == 400
    assert ground.versions("k") == []


def test_what_is_hidden_is_read_listed_and_never_shadowed(ground: Ground, store: S3Store) -> None:
    first = put_bytes(store, "k", b"abc")
    ground.hide("k")
    assert read_bytes(store, "k") == b"abc"
    assert list(store.list("")) == ["k"]
    with pytest.raises(ObjectConflict):
        put_bytes(store, "k", b"other")
    assert put_bytes(store, "k", b"abc") == first
    assert [(one.key, one.kind) for one in oddities(ground.access)] == [("k", "hidden")]


def test_bytes_that_others_put_on_top_are_not_served(ground: Ground, store: S3Store) -> None:
    first = put_bytes(store, "k", b"abc")
    put_bytes(store, "sound", b"abc")
    ground.write("k", b"overwritten")
    ground.write("k", b"forged", **{"x-amz-meta-sha256": first.sha256})
    assert read_bytes(store, "k") == b"abc"
    assert put_bytes(store, "k", b"abc") == first
    with pytest.raises(ObjectConflict):
        put_bytes(store, "k", b"overwritten")
    assert [(one.key, one.kind) for one in oddities(ground.access)] == [("k", "overlaid")]


def test_bytes_without_a_checksum_are_not_served(ground: Ground, store: S3Store) -> None:
    ground.write("k", b"abc")
    with pytest.raises(ObjectDamaged):
        store.open("k")


@pytest.mark.parametrize("words", [3, 60_000, PART_BYTES // 5 + 60_000])
def test_a_damaged_object_is_found_and_mended_under_the_same_lock(
    words: int, ground: Ground, store: S3Store, drive: Path
) -> None:
    data = b"sohoa" * words
    put_bytes(store, "k", data)
    retention = S3Retention(ground.access)
    retention.set("k", date(2090, 1, 1))
    retention.hold("k", True)
    _flip(drive / ground.access.bucket / "k")
    with pytest.raises(ObjectDamaged):
        store.open("k")
    mended = put_bytes(store, "k", data)
    assert ground.versions("k")[0] == mended.version
    assert len(ground.versions("k")) == 2
    assert read_bytes(store, "k") == data
    assert retention.read("k") == RetentionState(protected=True, until=date(2090, 1, 1), held=True)
    assert list(oddities(ground.access)) == []


@pytest.fixture
def drive() -> Path:
    """Return the folder in which the server keeps its objects, where the tests can reach it."""
    folder = Path(__file__).parents[3] / "infra" / "run" / "minio" / "data"
    if not folder.is_dir():
        pytest.skip("the server's drive is elsewhere")
    return folder


def _flip(folder: Path) -> None:
    """Turn a bit over in the largest file below `folder`, as a failing disk would."""
    path = max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    data = bytearray(path.read_bytes())
    data[data.rindex(b"sohoa")] ^= 1
    path.write_bytes(data)


def test_every_version_of_ours_is_retained(ground: Ground, store: S3Store) -> None:
    stored = put_bytes(store, "k", b"abc")
    ground.write("k", b"abc", **{"x-amz-meta-sha256": stored.sha256})
    retention = S3Retention(ground.access)
    retention.set("k", date(2090, 1, 1))
    for version in ground.versions("k"):
        found = ground.root.get_object_retention(ground.access.bucket, "k", version_id=version)
        assert found is not None
        assert found.retain_until_date == datetime(2090, 1, 1, 16, 59, 59, tzinfo=UTC)


def test_a_stronger_lock_is_never_weakened(ground: Ground, store: S3Store) -> None:
    stored = put_bytes(store, "k", b"abc")
    bucket, end = ground.access.bucket, datetime.now(UTC) + timedelta(seconds=8)
    ground.root.set_object_retention(bucket, "k", Lock(COMPLIANCE, end), version_id=stored.version)
    retention = S3Retention(ground.access)
    with pytest.raises(RetentionRefused):
        retention.set("k", date(2020, 1, 1))
    found = ground.root.get_object_retention(bucket, "k", version_id=stored.version)
    assert found is not None and found.mode == COMPLIANCE
    time.sleep(max(0.0, (end - datetime.now(UTC)).total_seconds()) + 1)  # or nobody could remove the bucket


def test_a_day_that_is_over_protects_nothing(ground: Ground, store: S3Store) -> None:
    put_bytes(store, "k", b"abc")
    S3Retention(ground.access).set("k", date(2020, 1, 1))
    assert S3Retention(ground.access).read("k") == RetentionState()


def test_a_link_serves_what_was_put(ground: Ground, store: S3Store) -> None:
    put_bytes(store, "hồ sơ/k", b"abc")
    ground.write("hồ sơ/k", b"overwritten")
    pool = open_pool(ground.access)
    reply = pool.request("GET", store.link("hồ sơ/k", minutes=1))
    assert (reply.status, reply.data) == (200, b"abc")
    assert pool.request("GET", store.link("hồ sơ/k").replace("Expires=300", "Expires=301")).status == 403


def test_objects_are_encrypted_where_it_is_asked(ground: Ground) -> None:
    access = replace(ground.access, encrypted=True)
    for key, data in (("small", b"abc"), ("large", bytes(PART_BYTES + 1))):
        put_bytes(S3Store(access), key, data)
        assert read_bytes(S3Store(access), key) == data
        found = ground.root.stat_object(access.bucket, key).metadata
        assert found is not None and found["x-amz-server-side-encryption"] == "AES256"


def test_a_ping_leaves_nothing(ground: Ground, store: S3Store) -> None:
    store.ping()
    assert list(ground.root.list_objects(ground.access.bucket, recursive=True, include_version=True)) == []
    assert b"<Upload>" not in S3Wire(ground.admin).send("GET", query={"uploads": ""}).data


def test_a_bucket_tells_what_it_is(ground: Ground) -> None:
    prepare(ground.access)
    found = health(ground.access)
    assert (found.versioning, found.object_lock, found.default_lock) == (True, True, None)
    assert found.certificate_ends is None or found.certificate_ends > datetime.now(UTC)
    assert found.clock_seconds is not None and abs(found.clock_seconds) < 60


def test_an_account_that_may_not_make_the_bucket_is_told_so(services: dict[str, str]) -> None:
    with own_bucket(services, made=False) as ground, pytest.raises(StoreUnusable, match="administrator makes it"):
        prepare(ground.access)


def test_a_bucket_without_object_lock_is_refused(services: dict[str, str]) -> None:
    with own_bucket(services, made=False) as ground:
        ground.root.make_bucket(ground.admin.bucket)
        with pytest.raises(StoreUnusable, match="versioning is off"):
            prepare(ground.admin)


@pytest.mark.parametrize("wrong", [{"access_key": "nobody"}, {"secret_key": "wrong"}])
def test_a_wrong_account_is_told_so(wrong: dict[str, str], ground: Ground) -> None:
    store = S3Store(replace(ground.access, **wrong))
    for call in (store.ping, lambda: list(store.list("")), lambda: put_bytes(store, "k", b"")):
        with pytest.raises(StoreUnusable):
            call()


def test_a_certificate_that_nobody_vouches_for_is_refused(ground: Ground) -> None:
    if ground.access.ca is None:
        pytest.skip("the server speaks plain HTTP")
    with pytest.raises(StoreUnusable, match="SOHOA_S3_CA"):
        S3Store(replace(ground.access, ca=None)).ping()


def test_the_account_of_the_application_destroys_nothing(ground: Ground, store: S3Store) -> None:
    stored = put_bytes(store, "k", b"abc")
    S3Retention(ground.access).set("k", date(2090, 1, 1))
    wire, bypass = S3Wire(ground.access), {"x-amz-bypass-governance-retention": "true"}
    refused = [
        wire.send("DELETE", "k"),
        wire.send("DELETE", "k", query={"versionId": str(stored.version)}),
        wire.send("DELETE", "k", query={"versionId": str(stored.version)}, headers=bypass),
        wire.send("DELETE"),
        wire.send("DELETE", query={"lifecycle": ""}),
        wire.send("GET", query={"policy": ""}),
    ]
    assert [reply.status for reply in refused] == [403] * len(refused)
    assert read_bytes(store, "k") == b"abc"
