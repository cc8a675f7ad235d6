"""The key store: one key a record, wrapped by the archive's key, kept outside the object store.

    archive.key                          the archive's key, readable by its owner only
    records/<ab>/<record_id>.key         a record's key, wrapped
    records/<ab>/<record_id>.destroyed   an empty file: this key was destroyed and is never made again

Destroying one record's key, here and in the backups, destroys what it protects, under any object lock.
From the archive's key, keys are derived for each use; the key itself encrypts nothing.
"""

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from storage.durable import disk_errors, make_folder, sync_folder, write_new
from storage.errors import BadOwner, KeyMismatch, KeyMissing, UnknownRecord
from storage.keys_backup import BackupCheck, compare, read_backup, read_folder, write_backup
from storage.rules import is_record_id

_HEADER = b"sohoa-archive-key/1 "
_SCHEME = b"\x01"
"""Before each ciphertext: how it was made."""
_SIV_KEY_BYTES = 64
"""Two keys of 256 bits: one to authenticate, one to encrypt."""
_SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015]+")


class KeyStore:
    """Keys of one archive. May be shared between threads, and its folder between processes.

    Source: RFC 3394 (key wrap), RFC 5297 (AES-SIV), RFC 5869 (HKDF).
    """

    def __init__(self, folder: Path, archive_key: bytes) -> None:
        """Use KeyStore.open."""
        self._folder = folder
        self._archive_key = archive_key
        self._work = AESSIV(self._derived("work", _SIV_KEY_BYTES))
        self._owners = self._derived("owner-index", 32)

    @classmethod
    def open(cls, folder: Path, *, create: bool) -> Self:
        """Return the key store in `folder`; with `create`, make an archive key if none was ever there.

        Raises:
            KeyMissing: there is no archive key, and none may be made: `create` is off, or records' keys are there,
                which a new archive key would not open.
            KeyMismatch: archive.key holds something else.
        """
        path = folder / "archive.key"
        with disk_errors(folder):
            if not path.exists():
                lost = not create or any((folder / "records").glob("*/*"))
                # Looked for again: another process may have made both since.
                if lost and not path.exists():
                    raise KeyMissing(f"the archive's key {path}")
                make_folder(folder)
                with suppress(FileExistsError):
                    write_new(path, _HEADER + secrets.token_hex(32).encode() + b"\n")
            return cls(folder, _parsed(path, path.read_bytes()))

    def record_key(self, record_id: str) -> bytes:
        """Return the record's key, 64 bytes; made on first use, durable before it is returned.

        Raises KeyMissing when it was destroyed: it is never made again.
        """
        path = self._path(record_id)
        with disk_errors(path):
            if not path.exists():
                _refuse_destroyed(path)
                make_folder(path.parent)
                wrapped = aes_key_wrap(self._wrapping_key(record_id), secrets.token_bytes(_SIV_KEY_BYTES))
                # Whoever comes second takes the key of whoever came first.
                with suppress(FileExistsError):
                    write_new(path, wrapped)
        return self.existing_record_key(record_id)

    def existing_record_key(self, record_id: str) -> bytes:
        """Return the record's key, 64 bytes.

        Raises:
            KeyMissing: it was destroyed or lost.
            KeyMismatch: it was wrapped by another archive's key, for another record, or was altered.
        """
        path = self._path(record_id)
        with disk_errors(path):
            _refuse_destroyed(path)
            try:
                wrapped = path.read_bytes()
            except FileNotFoundError:
                raise KeyMissing(f"the key of record {record_id}") from None
        try:
            return aes_key_unwrap(self._wrapping_key(record_id), wrapped)
        except (InvalidUnwrap, ValueError):
            raise KeyMismatch(f"the key of record {record_id}") from None

    def encrypt(self, record_id: str, data: bytes, *, context: str) -> bytes:
        """Return `data` encrypted under the record's key, which is made if need be.

        Equal data in equal contexts of one record give equal bytes, so that a repeated step changes nothing;
        whoever sees them can tell that, and no more. `context` names the use ("private", "master"), and must be
        given again to decrypt.
        """
        return _SCHEME + AESSIV(self.record_key(record_id)).encrypt(data, [context.encode(), record_id.encode()])

    def decrypt(self, record_id: str, data: bytes, *, context: str) -> bytes:
        """Return what was encrypted.

        Raises:
            KeyMissing: the record's key was destroyed or lost.
            KeyMismatch: the bytes were altered, or belong to another record or context.
        """
        cipher = AESSIV(self.existing_record_key(record_id))
        associated = [context.encode(), record_id.encode()]
        return _opened(cipher, data, associated, f"{context!r} of record {record_id}")

    def work_encrypt(self, data: bytes) -> bytes:
        """Return `data` encrypted under a key of the archive, for work in progress. Equal data give equal bytes."""
        return _SCHEME + self._work.encrypt(data, None)

    def work_decrypt(self, data: bytes) -> bytes:
        """Return what work_encrypt was given. Raises KeyMismatch."""
        return _opened(self._work, data, None, "the output of an earlier step")

    def owner_index(self, owner_type: str, owner_id: str) -> str:
        """Return 64 hex digits that are equal for equal owners, and tell nothing else without the archive's key.

        Spaces, dots, dashes and the case of letters in `owner_id` do not matter. Raises BadOwner.
        """
        normalised = _SEPARATORS.sub("", unicodedata.normalize("NFKC", owner_id)).upper()
        if not normalised or not owner_type:
            raise BadOwner(owner_type)
        return hmac.new(self._owners, f"{owner_type}\0{normalised}".encode(), hashlib.sha256).hexdigest()

    def destroy(self, record_id: str) -> None:
        """Destroy the record's key for good. Safe to repeat. Backups keep it until they are made anew."""
        path = self._path(record_id)
        with disk_errors(path):
            make_folder(path.parent)
            # First the mark, so that a machine killed in between cannot make a new key for the record.
            with suppress(FileExistsError):
                write_new(path.with_suffix(".destroyed"), b"")
            with suppress(FileNotFoundError):
                _overwrite(path)
                path.unlink()
                sync_folder(path.parent)

    def backup_to(self, path: Path) -> None:
        """Write all keys into one archive at `path`, replacing what is there in one stroke; readable by its owner only.

        It opens everything that is encrypted: keep it where the objects are not.
        """
        with disk_errors(path):
            write_backup(path, read_folder(self._folder))

    def backup_matches(self, path: Path) -> BackupCheck:
        """Return how far the backup at `path` (made by backup_to, or a plain copy of the folder) would bring us."""
        with disk_errors(self._folder):
            return compare(read_folder(self._folder), read_backup(path))

    def _path(self, record_id: str) -> Path:
        if not is_record_id(record_id):
            raise UnknownRecord(record_id, "not an identifier")
        return self._folder / "records" / record_id[:2] / f"{record_id}.key"

    def _wrapping_key(self, record_id: str) -> bytes:
        # A key of its own for each record: the wrapped key of one record, put in another's place, does not open.
        return self._derived(f"wrap/{record_id}", 32)

    def _derived(self, use: str, length: int) -> bytes:
        return HKDF(SHA256(), length, salt=None, info=f"sohoa/1/{use}".encode()).derive(self._archive_key)


def _parsed(path: Path, content: bytes) -> bytes:
    try:
        key = bytes.fromhex(content.removeprefix(_HEADER).decode("ascii"))
    except ValueError:
        key = b""
    if not content.startswith(_HEADER) or len(key) != 32:
        raise KeyMismatch(str(path))
    return key


def _refuse_destroyed(path: Path) -> None:
    if path.with_suffix(".destroyed").exists():
        raise KeyMissing(f"the key of record {path.stem}", destroyed=True)


def _opened(cipher: AESSIV, data: bytes, associated: list[bytes] | None, what: str) -> bytes:
    try:
        if data[:1] == _SCHEME:
            return cipher.decrypt(data[1:], associated)
    except (InvalidTag, ValueError):
        pass
    raise KeyMismatch(what)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as held:
        held.write(bytes(path.stat().st_size))
        held.flush()
        os.fsync(held.fileno())
