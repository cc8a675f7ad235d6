"""What the disk store promises beyond the contract: read-only files, leftovers, full disks, sudden death."""

import errno
import io
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.disk import DiskStore
from storage.errors import BadKey, ObjectConflict, ObjectDamaged, StoreFull, StoreUnavailable
from storage.objects import blob_key, put_blob, put_bytes, read_bytes


@pytest.fixture
def store(tmp_path: Path) -> DiskStore:
    return DiskStore(tmp_path / "store")


def spoil(path: Path, data: bytes = b"rot") -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def test_objects_are_read_only_files(store: DiskStore) -> None:
    put_bytes(store, "a/b", b"abc")
    assert stat.S_IMODE((store.root / "objects/a/b").stat().st_mode) == 0o444


def test_leaves_nothing_unfinished_behind(store: DiskStore) -> None:
    put_bytes(store, "k", b"abc")
    with pytest.raises(ObjectConflict):
        put_bytes(store, "k", b"xyz")
    assert list((store.root / "incoming").iterdir()) == []
    assert [path.name[:2] for path in (store.root / "checksums").iterdir()] == ["k."]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is missing")
def test_checksums_can_be_checked_without_us(store: DiskStore) -> None:
    put_bytes(store, "records/hồ sơ/record.json", b"abc")
    sums = next((store.root / "checksums").rglob("*.json.*"))
    subprocess.run(["sha256sum", "--check", "--strict", sums.resolve()], cwd=store.root / "objects", check=True)


def test_sweeps_what_a_dead_writer_left_an_hour_ago(store: DiskStore) -> None:
    old, new = store.root / "incoming/old", store.root / "incoming/new"
    for path in (old, new):
        path.write_bytes(b"half")
    hour_ago = time.time() - 3700
    os.utime(old, (hour_ago, hour_ago))
    DiskStore(store.root)
    assert (old.exists(), new.exists()) == (False, True)


def test_mends_a_damaged_object_when_its_bytes_come_again(store: DiskStore, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    scan.write_bytes(b"abc")
    blob = put_blob(store, scan)
    put_bytes(store, "k", b"abc")
    for key in (blob.key, "k"):
        spoil(store.root / "objects" / key)
        with pytest.raises(ObjectDamaged):
            read_bytes(store, key)
    put_blob(store, scan)
    put_bytes(store, "k", b"abc")
    assert read_bytes(store, blob.key) == read_bytes(store, "k") == b"abc"


def test_does_not_mend_a_damaged_object_with_other_bytes(store: DiskStore) -> None:
    put_bytes(store, "k", b"abc")
    spoil(store.root / "objects/k")
    with pytest.raises(ObjectDamaged):
        put_bytes(store, "k", b"xyz")
    with pytest.raises(ObjectDamaged):
        read_bytes(store, "k")


def test_takes_no_side_when_a_dead_loser_left_its_checksum(store: DiskStore) -> None:
    put_bytes(store, "k", b"abc")
    sums = next((store.root / "checksums").iterdir())
    (sums.parent / f"k.{'0' * 64}").touch()
    spoil(store.root / "objects/k")
    with pytest.raises(ObjectDamaged):
        put_bytes(store, "k", b"abc")
    assert sums.exists()


def test_an_object_is_no_folder(store: DiskStore) -> None:
    put_bytes(store, "a", b"")
    put_bytes(store, "b/c", b"")
    for key in ("a/b", "b"):
        with pytest.raises(BadKey):
            put_bytes(store, key, b"")


class _Failing(io.RawIOBase):
    """A stream that fails as a full disk does."""

    def __init__(self, number: int) -> None:
        self._number = number

    def read(self, size: int = -1) -> bytes:
        raise OSError(self._number, os.strerror(self._number))


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, StoreFull),
        (errno.EDQUOT, StoreFull),
        (errno.EROFS, StoreFull),
        (errno.EIO, StoreUnavailable),
    ],
)
def test_says_what_is_the_matter_with_the_disk(store: DiskStore, number: int, expected: type[Exception]) -> None:
    with pytest.raises(expected):
        store.put("k", _Failing(number))  # type: ignore[arg-type]
    assert list((store.root / "incoming").iterdir()) == []


def test_keeps_nothing_when_there_is_no_room_and_all_when_there_is_again(store: DiskStore) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(StoreFull):
            put_bytes(store, "k", bytes(2 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(store.list("")) == list((store.root / "incoming").iterdir()) == []
    assert put_bytes(store, "k", bytes(2 << 20)).bytes == 2 << 20


def test_a_source_that_cannot_be_read_is_named(store: DiskStore, tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="gone"):
        put_blob(store, tmp_path / "gone")


WRITER = """
import sys
from pathlib import Path
from storage.disk import DiskStore
from storage.objects import put_bytes
store = DiskStore(Path(sys.argv[1]))
for number in range(10**6):
    put_bytes(store, f"records/{number}", b"%d" % number * 1000)
    print(number, flush=True)
"""


def test_nothing_acknowledged_is_lost_when_the_writer_is_killed(tmp_path: Path) -> None:
    root = tmp_path / "store"
    for round_ in range(3):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            acknowledged = [writer.stdout.readline() for _ in range(40 * (round_ + 1))]
            writer.send_signal(signal.SIGKILL)
            acknowledged += writer.stdout.readlines()
        store = DiskStore(root)
        whole = [int(line) for line in acknowledged if line.endswith("\n")]
        for number in whole:
            assert read_bytes(store, f"records/{number}") == b"%d" % number * 1000
        for key in store.list("records/"):
            read_bytes(store, key)


def test_a_blob_needs_no_checksum_file(store: DiskStore, tmp_path: Path) -> None:
    scan = tmp_path / "scan"
    scan.write_bytes(b"abc")
    stored = put_blob(store, scan)
    assert stored.key == blob_key(stored.sha256)
    assert list((store.root / "checksums").iterdir()) == []


def test_folders_are_for_their_owner_only(store: DiskStore) -> None:
    put_bytes(store, "a/b/c", b"abc")
    folders = [path for path in (store.root, *store.root.rglob("*")) if path.is_dir()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}
