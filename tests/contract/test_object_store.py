"""The definition of the port ObjectStore: what every adapter promises."""

import hashlib
import io
import unicodedata
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.disk import DiskStore
from storage.errors import BadKey, ObjectConflict, ObjectDamaged, ObjectMissing, SourceChanged
from storage.memory import MemoryStore
from storage.objects import ObjectStore, blob_key, has_object, put_blob, put_bytes, read_bytes
from storage.s3 import S3Store
from tests.s3_buckets import Ground, own_bucket


@dataclass(frozen=True)
class Subject:
    """An adapter under test, and how to damage an object behind its back."""

    store: ObjectStore
    damage: Callable[[str], None]


def _memory(_folder: Path) -> Subject:
    store = MemoryStore()
    return Subject(store, store.damage)


def _disk(folder: Path) -> Subject:
    def damage(key: str) -> None:
        path = folder / "objects" / key
        data = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])

    return Subject(DiskStore(folder), damage)


def _s3(ground: Ground) -> Subject:
    return Subject(S3Store(ground.access), ground.damage)


@pytest.fixture(params=["memory", "disk", pytest.param("s3", marks=pytest.mark.service("minio"))])
def subject(request: pytest.FixtureRequest, tmp_path: Path, services: dict[str, str]) -> Iterator[Subject]:
    if request.param == "s3":
        with own_bucket(services) as ground:
            yield _s3(ground)
    else:
        yield {"memory": _memory, "disk": _disk}[request.param](tmp_path / "store")


@pytest.fixture
def store(subject: Subject) -> ObjectStore:
    return subject.store


def test_gives_back_what_was_put(store: ObjectStore) -> None:
    stored = store.put("a/b.txt", io.BytesIO(b"abc"))
    assert (stored.key, stored.bytes, stored.sha256) == ("a/b.txt", 3, hashlib.sha256(b"abc").hexdigest())
    with store.open("a/b.txt") as stream:
        assert stream.read(2) + stream.read() + stream.read() == b"abc"


@pytest.mark.parametrize("size", [0, 1, (1 << 20) + 1, (9 << 20) + 7])
def test_keeps_objects_of_any_size(store: ObjectStore, size: int) -> None:
    data = bytes(size)
    assert put_bytes(store, "big", data).bytes == size
    assert read_bytes(store, "big") == data


def test_puts_the_same_bytes_again_without_complaint(store: ObjectStore) -> None:
    assert put_bytes(store, "k", b"abc") == put_bytes(store, "k", b"abc")


def test_refuses_to_overwrite(store: ObjectStore) -> None:
    put_bytes(store, "k", b"abc")
    for _ in range(2):
        with pytest.raises(ObjectConflict):
            put_bytes(store, "k", b"xyz")
    assert read_bytes(store, "k") == b"abc"


def test_keeps_nothing_when_the_bytes_are_not_those_announced(store: ObjectStore) -> None:
    with pytest.raises(SourceChanged):
        store.put("k", io.BytesIO(b"abc"), sha256="0" * 64)
    with pytest.raises(ObjectMissing):
        store.open("k")


def test_keeps_nothing_under_the_name_of_another_blob(store: ObjectStore) -> None:
    key = blob_key("0" * 64)
    with pytest.raises(SourceChanged):
        store.put(key, io.BytesIO(b"abc"))
    assert not has_object(store, key)


def test_says_when_there_is_nothing(store: ObjectStore) -> None:
    put_bytes(store, "a/b", b"abc")
    for key in ("a", "a/c", "a/b/c"):
        with pytest.raises(ObjectMissing):
            store.open(key)


def test_never_serves_a_damaged_object(subject: Subject) -> None:
    data = b"x" * (9 << 20)
    for key in ("small", blob_key(hashlib.sha256(data).hexdigest())):
        put_bytes(subject.store, key, data if key.startswith("blobs") else b"abc")
        subject.damage(key)
        with pytest.raises(ObjectDamaged):
            read_bytes(subject.store, key)


def test_lists_keys_in_order_of_their_bytes(store: ObjectStore) -> None:
    keys = ["a", "b/c", "b-c", "b.c", "b0", "b/c.d", "b/hồ sơ", "b/z/1", "bz/2"]
    kept = [key for key in keys if key != "b/c"]
    for key in kept:
        put_bytes(store, key, key.encode())
    assert list(store.list("")) == sorted(kept, key=str.encode)


def test_lists_by_prefix_not_by_folder(store: ObjectStore) -> None:
    for key in ("a/x1", "a/x2/y", "a/z", "ab"):
        put_bytes(store, key, b"")
    assert list(store.list("a/x")) == ["a/x1", "a/x2/y"]
    assert list(store.list("a")) == ["a/x1", "a/x2/y", "a/z", "ab"]
    assert list(store.list("a/")) == ["a/x1", "a/x2/y", "a/z"]
    assert list(store.list("nothing/here")) == []


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="empty"),
        pytest.param("/a", id="absolute"),
        pytest.param("a//b", id="empty-part"),
        pytest.param("a/", id="folder"),
        pytest.param("../a", id="climbs-out"),
        pytest.param("a/../../b", id="climbs-out-later"),
        pytest.param(".", id="dot"),
        pytest.param("a/.hidden", id="hidden"),
        pytest.param("a./b", id="ends-with-dot"),
        pytest.param("a /b", id="ends-with-space"),
        pytest.param("a\\b", id="backslash"),
        pytest.param("a\0b", id="nul"),
        pytest.param("a\nb", id="newline"),
        pytest.param("a:b", id="colon"),
        pytest.param("a?b", id="question-mark"),
        pytest.param(unicodedata.normalize("NFD", "hồ"), id="not-nfc"),
        pytest.param("a\ud800", id="lone-surrogate"),
        pytest.param("x" * 181, id="part-too-long"),
        pytest.param("/".join("x" * 100 for _ in range(11)), id="too-long"),
    ],
)
def test_refuses_a_key_that_is_not_portable_or_would_escape(store: ObjectStore, key: str) -> None:
    with pytest.raises(BadKey):
        put_bytes(store, key, b"abc")
    with pytest.raises(BadKey):
        store.open(key)


def test_lists_nothing_outside_the_store(store: ObjectStore) -> None:
    with pytest.raises(BadKey):
        list(store.list("../"))


def test_lets_one_of_racing_writers_win(store: ObjectStore) -> None:
    def write(number: int) -> bool:
        try:
            put_bytes(store, "race", bytes([number]) * 4096)
        except ObjectConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, range(16)))
    assert won.count(True) == 1
    assert read_bytes(store, "race") == bytes([won.index(True)]) * 4096


def test_lets_all_writers_of_the_same_bytes_succeed(store: ObjectStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        stored = set(pool.map(lambda _: put_bytes(store, "same", b"abc"), range(16)))
    assert len(stored) == 1


def test_keeps_a_blob_once_however_often_it_is_handed_in(store: ObjectStore, tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF" * 1000)
    first, second = put_blob(store, scan), put_blob(store, scan)
    assert first == second
    assert list(store.list("blobs/")) == [first.key]
    assert first.key == blob_key(first.sha256)
    assert first.key.split("/")[1:3] == [first.sha256[:2], first.sha256[2:4]]


def test_answers_a_ping(store: ObjectStore) -> None:
    store.ping()
    assert list(store.list("")) == []
