"""Keys open what they closed, nothing else does, and a destroyed key stays destroyed."""

import multiprocessing
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import BadOwner, KeyMismatch, KeyMissing, UnknownRecord
from storage.keys import KeyStore

RECORD, OTHER = "0a1b2c3d4e5f6g7h8j9k", "1a1b2c3d4e5f6g7h8j9k"


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return KeyStore.open(tmp_path / "keys", create=True)


@pytest.fixture(scope="module")
def shared_keys(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    return KeyStore.open(tmp_path_factory.mktemp("shared") / "keys", create=True)


@given(data=st.binary(max_size=2000), context=st.text(max_size=10))
def test_what_is_encrypted_is_decrypted(shared_keys: KeyStore, data: bytes, context: str) -> None:
    sealed = shared_keys.encrypt(RECORD, data, context=context)
    assert shared_keys.decrypt(RECORD, sealed, context=context) == data
    assert sealed == shared_keys.encrypt(RECORD, data, context=context)
    work = shared_keys.work_encrypt(data)
    assert shared_keys.work_decrypt(work) == data
    assert len(data) < 8 or (data not in sealed and data not in work)


def test_equal_data_of_two_records_look_different(keys: KeyStore) -> None:
    assert keys.encrypt(RECORD, b"abc", context="x") != keys.encrypt(OTHER, b"abc", context="x")
    assert keys.encrypt(RECORD, b"abc", context="x") != keys.encrypt(RECORD, b"abc", context="y")


def test_a_ciphertext_opens_in_its_own_place_only(keys: KeyStore) -> None:
    sealed = keys.encrypt(RECORD, b"abc", context="private")
    keys.record_key(OTHER)
    for record_id, data, context in [
        (OTHER, sealed, "private"),
        (RECORD, sealed, "master"),
        (RECORD, sealed[:-1] + bytes([sealed[-1] ^ 1]), "private"),
        (RECORD, b"\x02" + sealed[1:], "private"),
        (RECORD, sealed[:5], "private"),
        (RECORD, b"", "private"),
    ]:
        with pytest.raises(KeyMismatch):
            keys.decrypt(record_id, data, context=context)
    with pytest.raises(KeyMismatch):
        keys.work_decrypt(sealed)


def test_keys_outlive_the_process(keys: KeyStore, tmp_path: Path) -> None:
    sealed, index = keys.encrypt(RECORD, b"abc", context="x"), keys.owner_index("personal_id", "001")
    again = KeyStore.open(tmp_path / "keys", create=False)
    assert again.decrypt(RECORD, sealed, context="x") == b"abc"
    assert again.owner_index("personal_id", "001") == index
    assert again.work_decrypt(keys.work_encrypt(b"w")) == b"w"


def test_key_files_are_for_their_owner_only(keys: KeyStore, tmp_path: Path) -> None:
    keys.record_key(RECORD)
    keys.backup_to(tmp_path / "backup.tar.gz")
    files = [tmp_path / "backup.tar.gz", *(path for path in (tmp_path / "keys").rglob("*") if path.is_file())]
    assert len(files) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_record_keys_are_not_on_disk_in_the_clear(keys: KeyStore, tmp_path: Path) -> None:
    key = keys.record_key(RECORD)
    assert len(key) == 64
    content = b"".join(path.read_bytes() for path in (tmp_path / "keys").rglob("*.key"))
    assert key[:16] not in content and key[32:48] not in content


def test_a_key_is_made_by_record_key_only(keys: KeyStore) -> None:
    with pytest.raises(KeyMissing):
        keys.existing_record_key(RECORD)
    with pytest.raises(KeyMissing):
        keys.decrypt(RECORD, b"\x01abc", context="x")
    assert keys.record_key(RECORD) == keys.existing_record_key(RECORD) == keys.record_key(RECORD)


def test_a_destroyed_key_is_gone_and_never_made_again(keys: KeyStore, tmp_path: Path) -> None:
    sealed = keys.encrypt(RECORD, b"abc", context="x")
    for _ in range(2):
        keys.destroy(RECORD)
        for use in (
            lambda: keys.decrypt(RECORD, sealed, context="x"),
            lambda: keys.record_key(RECORD),
            lambda: keys.encrypt(RECORD, b"abc", context="x"),
        ):
            with pytest.raises(KeyMissing) as raised:
                use()
            assert raised.value.destroyed
    assert [path.suffix for path in (tmp_path / "keys/records").rglob("*.*")] == [".destroyed"]


def test_a_wrapped_key_put_in_another_records_place_does_not_open(keys: KeyStore, tmp_path: Path) -> None:
    keys.record_key(RECORD)
    keys.record_key(OTHER)
    records = tmp_path / "keys/records"
    shutil.copy(records / "0a" / f"{RECORD}.key", records / "1a" / f"{OTHER}.key")
    with pytest.raises(KeyMismatch):
        keys.existing_record_key(OTHER)


def test_another_archives_key_opens_nothing(keys: KeyStore, tmp_path: Path) -> None:
    sealed = keys.encrypt(RECORD, b"abc", context="x")
    work = keys.work_encrypt(b"abc")
    KeyStore.open(tmp_path / "other", create=True)
    shutil.copy(tmp_path / "other/archive.key", tmp_path / "keys/archive.key")
    wrong = KeyStore.open(tmp_path / "keys", create=True)
    for use in (lambda: wrong.decrypt(RECORD, sealed, context="x"), lambda: wrong.work_decrypt(work)):
        with pytest.raises(KeyMismatch):
            use()


def test_no_new_archive_key_is_made_over_old_records(keys: KeyStore, tmp_path: Path) -> None:
    keys.record_key(RECORD)
    (tmp_path / "keys/archive.key").unlink()
    with pytest.raises(KeyMissing):
        KeyStore.open(tmp_path / "keys", create=True)


def test_a_key_store_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing):
        KeyStore.open(tmp_path / "keys", create=False)
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("content", [b"", b"abc", b"sohoa-archive-key/1 00\n", b"sohoa-archive-key/1 " + b"z" * 64])
def test_a_foreign_archive_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "archive.key").write_bytes(content)
    with pytest.raises(KeyMismatch):
        KeyStore.open(tmp_path, create=True)


@pytest.mark.parametrize("record_id", ["", "..", "../../etc/passwd", "A" * 20, "a/b"])
def test_only_identifiers_name_keys(keys: KeyStore, record_id: str) -> None:
    with pytest.raises(UnknownRecord):
        keys.record_key(record_id)


@pytest.mark.parametrize("written", ["001.099-012 345", "001099012345", " 001099012345\u00a0", "00109901234\uff15"])
def test_an_owner_is_found_however_written(keys: KeyStore, written: str) -> None:
    assert keys.owner_index("personal_id", written) == keys.owner_index("personal_id", "001099012345")


def test_owners_are_told_apart(keys: KeyStore, tmp_path: Path) -> None:
    elsewhere = KeyStore.open(tmp_path / "other", create=True)
    indexes = {
        keys.owner_index("personal_id", "001"),
        keys.owner_index("organization_id", "001"),
        keys.owner_index("personal_id", "002"),
        elsewhere.owner_index("personal_id", "001"),
    }
    assert len(indexes) == 4
    assert keys.owner_index("organization_id", "0101a") == keys.owner_index("organization_id", "0101A")
    with pytest.raises(BadOwner):
        keys.owner_index("personal_id", " .- ")


def test_threads_agree_on_a_new_key(keys: KeyStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: keys.record_key(RECORD), range(16)))) == 1


def _first_use(folder: Path) -> bytes:
    return KeyStore.open(folder, create=True).record_key(RECORD)


def test_processes_agree_on_a_new_archive_and_a_new_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_first_use, [tmp_path / "keys"] * 8, chunksize=1))) == 1


def test_a_fresh_backup_is_sound(keys: KeyStore, tmp_path: Path) -> None:
    keys.record_key(RECORD)
    for place in (tmp_path / "backup.tar.gz", tmp_path):
        keys.backup_to(place)
        assert keys.backup_matches(place).sound
    shutil.copytree(tmp_path / "keys", tmp_path / "copied")
    assert keys.backup_matches(tmp_path / "copied").sound


def test_a_backup_brings_the_keys_back(keys: KeyStore, tmp_path: Path) -> None:
    sealed = keys.encrypt(RECORD, b"abc", context="x")
    keys.backup_to(tmp_path / "b.tar.gz")
    shutil.unpack_archive(tmp_path / "b.tar.gz", tmp_path / "restored", filter="data")
    assert KeyStore.open(tmp_path / "restored", create=False).decrypt(RECORD, sealed, context="x") == b"abc"


def test_an_old_backup_is_told_from_a_sound_one(keys: KeyStore, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tar.gz"
    keys.record_key(RECORD)
    keys.backup_to(backup)
    keys.record_key(OTHER)
    keys.destroy(RECORD)
    check = keys.backup_matches(backup)
    assert (check.opens, check.matches, check.missing, check.undestroyed) == (True, True, (OTHER,), (RECORD,))
    assert not check.sound
    keys.backup_to(backup)
    assert keys.backup_matches(backup).sound


def test_a_backup_of_another_archive_or_none_is_told(keys: KeyStore, tmp_path: Path) -> None:
    keys.record_key(RECORD)
    other = KeyStore.open(tmp_path / "other", create=True)
    other.backup_to(tmp_path / "other.tar.gz")
    check = keys.backup_matches(tmp_path / "other.tar.gz")
    assert (check.opens, check.matches, check.missing) == (True, False, (RECORD,))
    (tmp_path / "empty").mkdir()
    (tmp_path / "junk").write_bytes(b"junk")
    keys.backup_to(tmp_path / "cut.tar.gz")
    whole = (tmp_path / "cut.tar.gz").read_bytes()
    (tmp_path / "cut.tar.gz").write_bytes(whole[: len(whole) // 2])
    for name in ("gone", "empty", "junk", "cut.tar.gz"):
        check = keys.backup_matches(tmp_path / name)
        assert not check.opens and not check.sound and check.problem
