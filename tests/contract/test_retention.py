"""The definition of the port Retention: what every adapter promises."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from storage.disk import DiskStore
from storage.errors import BadKey, ObjectMissing, RetentionRefused
from storage.memory import MemoryRetention, MemoryStore
from storage.objects import ObjectStore, Retention, RetentionState, put_bytes
from storage.retention import retain_at_least
from storage.retention_disk import DiskRetention
from storage.retention_s3 import S3Retention
from storage.s3 import S3Store
from tests.s3_buckets import Ground, own_bucket

Pair = tuple[ObjectStore, Retention]


def _memory(_folder: Path) -> Pair:
    store = MemoryStore()
    return store, MemoryRetention(store)


def _disk(folder: Path) -> Pair:
    return DiskStore(folder), DiskRetention(folder)


def _s3(ground: Ground) -> Pair:
    return S3Store(ground.access), S3Retention(ground.access)


@pytest.fixture(params=["memory", "disk", pytest.param("s3", marks=pytest.mark.service("minio"))])
def retention(request: pytest.FixtureRequest, tmp_path: Path, services: dict[str, str]) -> Iterator[Retention]:
    if request.param == "s3":
        with own_bucket(services) as ground:
            yield _filled(*_s3(ground))
    else:
        yield _filled(*{"memory": _memory, "disk": _disk}[request.param](tmp_path))


def _filled(store: ObjectStore, retention: Retention) -> Retention:
    put_bytes(store, "k", b"abc")
    put_bytes(store, "folder/k", b"abc")
    return retention


def test_an_object_is_not_protected_until_told(retention: Retention) -> None:
    assert retention.read("k") == RetentionState(protected=False, until=None, held=False)


@pytest.mark.parametrize("key", ["k", "folder/k"])
def test_retention_may_be_set_again_and_extended(retention: Retention, key: str) -> None:
    for until in (date(2030, 1, 1), date(2030, 1, 1), date(2031, 1, 1)):
        retention.set(key, until)
        assert retention.read(key) == RetentionState(protected=True, until=until)
    retention.set(key, None)
    assert retention.read(key) == RetentionState(protected=True, until=None)


@pytest.mark.parametrize("shorter", [date(2029, 12, 31), date(1999, 1, 1)])
def test_retention_is_never_shortened(retention: Retention, shorter: date) -> None:
    retention.set("k", date(2030, 1, 1))
    with pytest.raises(RetentionRefused):
        retention.set("k", shorter)
    assert retention.read("k").until == date(2030, 1, 1)


def test_permanent_stays_permanent(retention: Retention) -> None:
    retention.set("k", None)
    retention.set("k", None)
    with pytest.raises(RetentionRefused):
        retention.set("k", date(9999, 12, 31))
    assert retention.read("k") == RetentionState(protected=True, until=None)


def test_a_hold_is_apart_from_the_date(retention: Retention) -> None:
    for on in (True, True, False, False, True):
        retention.hold("k", on)
        assert retention.read("k") == RetentionState(held=on)
    retention.set("k", date(2030, 1, 1))
    assert retention.read("k") == RetentionState(protected=True, until=date(2030, 1, 1), held=True)
    assert retention.read("folder/k") == RetentionState()


def test_refuses_what_is_not_there(retention: Retention) -> None:
    for call in (lambda: retention.read("no"), lambda: retention.set("no", None), lambda: retention.hold("no", True)):
        with pytest.raises(ObjectMissing):
            call()
    with pytest.raises(BadKey):
        retention.read("../k")


def test_the_longest_retention_counts_for_bytes_that_records_share(retention: Retention) -> None:
    for until, kept in [(date(2030, 1, 1),) * 2, (date(2029, 1, 1), date(2030, 1, 1)), (None, None), (date.max, None)]:
        retain_at_least(retention, "k", until)
        assert retention.read("k").until == kept
    with pytest.raises(ObjectMissing):
        retain_at_least(retention, "no", None)
