"""Record versions in the object store, and the facts beside them: what everything else can be rebuilt from.

    records/<record_id>/v<NNNN>/record.json   each version, naming the hash of the one before it
    facts/<kind>/<name>.json                  what happened once: a batch opened or closed, a receipt, a reuse
    blobs/...                                 bytes of files, see objects.blob_key

All of it is written once and never changed. JSON in UTF-8, one value a line, keys sorted: to be read in fifty years.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from storage.errors import ObjectDamaged, ObjectMissing, RecordDamaged, UnknownRecord
from storage.objects import ObjectStore, Stored, has_object, put_bytes, read_bytes
from storage.plain import Misfit, dump_json, from_plain, load_json, to_plain
from storage.records import Record
from storage.rules import broken_rule, is_record_id

RECORD_FORMAT = "sohoa-record/1"
FACT_FORMAT = "sohoa-fact/1"

_RECORD_KEY = re.compile(r"records/(?P<record_id>[^/]+)/v(?P<version>\d{4,})/record\.json")
_FACT_KEY = re.compile(r"facts/[^/]+/(?P<name>[^/]+)\.json")


def record_key(record_id: str, version: int) -> str:
    """Return the key of a record's version in the object store."""
    return f"records/{record_id}/v{version:04d}/record.json"


def record_to_json(record: Record) -> bytes:
    """Return the record as self-describing, canonical JSON: equal records give equal bytes.

    Raises RecordDamaged when record_from_json would refuse it.
    """
    where = record_key(record.record_id, record.version)
    if rule := broken_rule(record):
        raise RecordDamaged(where, rule)
    try:
        return dump_json({"format": RECORD_FORMAT, **to_plain(record)})
    except Misfit as error:
        raise RecordDamaged(where, str(error)) from None


def record_from_json(data: bytes, *, where: str = "record.json") -> Record:
    """Return the record, or raise RecordDamaged saying what is wrong in `where`."""
    try:
        plain = load_json(data)
        if plain.pop("format", None) != RECORD_FORMAT:
            raise Misfit(f"not of format {RECORD_FORMAT}")
        record = from_plain(Record, plain)
    except Misfit as error:
        raise RecordDamaged(where, str(error)) from None
    if rule := broken_rule(record):
        raise RecordDamaged(where, rule)
    return record


def write_version(store: ObjectStore, record: Record) -> Stored:
    """Keep the record as its version. The same again is a no-op.

    Raises:
        ObjectConflict: this version was written already and says something else; it stays.
        RecordDamaged: the version before is missing or is not the one named; nothing was kept.
        StoreFull: nothing was kept.
        StoreUnavailable: nothing is known about whether it was kept.
    """
    key = record_key(record.record_id, record.version)
    data = record_to_json(record)
    if record.version > 1:
        try:
            sha256 = version_sha256(store, record.record_id, record.version - 1)
        except ObjectMissing:
            raise RecordDamaged(key, f"version {record.version - 1} is missing") from None
        if sha256 != record.previous_sha256:
            raise RecordDamaged(key, f"does not follow version {record.version - 1}")
    return put_bytes(store, key, data)


def read_version(store: ObjectStore, record_id: str, version: int) -> Record:
    """Return one version of a record. Raises ObjectMissing, ObjectDamaged, RecordDamaged."""
    return _read(store, record_id, version)[0]


def version_sha256(store: ObjectStore, record_id: str, version: int) -> str:
    """Return the SHA-256 of a version's record.json as it lies in the store: what the next version names.

    Not to be computed from the record read back: a later program may write more fields than an earlier one did.
    Raises ObjectMissing, ObjectDamaged.
    """
    return hashlib.sha256(read_bytes(store, record_key(record_id, version))).hexdigest()


def newest_version(store: ObjectStore, record_id: str) -> Record:
    """Return the newest version of a record. Raises UnknownRecord, ObjectDamaged, RecordDamaged."""
    numbers = versions(store, record_id)
    if not numbers:
        raise UnknownRecord(record_id)
    return read_version(store, record_id, numbers[-1])


def versions(store: ObjectStore, record_id: str) -> list[int]:
    """Return the numbers of the versions that are there, ascending; none for an unknown record."""
    if not is_record_id(record_id):
        return []
    found = (_RECORD_KEY.fullmatch(key) for key in store.list(f"records/{record_id}/"))
    return sorted(int(match["version"]) for match in found if match)


def all_record_ids(store: ObjectStore) -> Iterator[str]:
    """Yield the identifier of each record that has a version, in order."""
    found = (_RECORD_KEY.fullmatch(key) for key in store.list("records/"))
    for record_id, _ in groupby(match["record_id"] for match in found if match):
        yield record_id


def check_chain(store: ObjectStore, record_id: str, *, deep: bool = False) -> list[str]:
    """Return what is wrong with a record: versions missing or not following each other, files missing.

    With `deep`, the bytes of every file are read and verified too.
    """
    numbers = versions(store, record_id)
    if not numbers:
        return [f"records/{record_id}: no version"]
    problems: list[str] = []
    keys: dict[str, None] = {}
    before: str | None = None
    for version in range(1, numbers[-1] + 1):
        key = record_key(record_id, version)
        try:
            record, sha256 = _read(store, record_id, version)
        except (ObjectMissing, ObjectDamaged, RecordDamaged) as error:
            problems.append(str(error))
            before = None
            continue
        if before is not None and record.previous_sha256 != before:
            problems.append(f"{key}: does not follow version {version - 1}")
        before = sha256
        keys.update(dict.fromkeys(file.key for file in record.files))
    return problems + [problem for key in keys if (problem := _file_problem(store, key, deep=deep))]


def write_fact(store: ObjectStore, kind: str, name: str, body: Mapping[str, Any]) -> Stored:
    """Keep what happened, as write-once JSON. The same again is a no-op.

    `kind` is one of our own words; `name` may be any text of moderate length, `body` what JSON can say.

    Raises:
        ObjectConflict: something else was written under this name; it stays.
        RecordDamaged: `body` is not what JSON can say; nothing was kept.
        BadKey, StoreFull, StoreUnavailable: see ObjectStore.put.
    """
    name = unicodedata.normalize("NFC", name)
    key = f"facts/{kind}/{_portable(name)}.json"
    try:
        data = dump_json({"format": FACT_FORMAT, "kind": kind, "name": name, "body": dict(body)})
    except Misfit as error:
        raise RecordDamaged(key, str(error)) from None
    return put_bytes(store, key, data)


def read_facts(store: ObjectStore, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name (NFC) and body of each fact of this kind, ordered by key. Raises ObjectDamaged, RecordDamaged."""
    for key in store.list(f"facts/{kind}/"):
        match = _FACT_KEY.fullmatch(key)
        if not match:
            continue
        try:
            plain = load_json(read_bytes(store, key))
        except Misfit as error:
            raise RecordDamaged(key, str(error)) from None
        name, body = unquote(match["name"]), plain.get("body")
        if plain.get("format") != FACT_FORMAT or plain.get("name") != name or not isinstance(body, dict):
            raise RecordDamaged(key, f"not a fact of format {FACT_FORMAT} named {name!r}")
        yield name, body


def _read(store: ObjectStore, record_id: str, version: int) -> tuple[Record, str]:
    key = record_key(record_id, version)
    data = read_bytes(store, key)
    record = record_from_json(data, where=key)
    if (record.record_id, record.version) != (record_id, version):
        raise RecordDamaged(key, f"holds version {record.version} of record {record.record_id}")
    return record, hashlib.sha256(data).hexdigest()


def _file_problem(store: ObjectStore, key: str, *, deep: bool) -> str | None:
    if not has_object(store, key):
        return f"{key}: missing"
    if deep:
        try:
            with store.open(key) as stream:
                while stream.read(1 << 20):
                    pass
        except (ObjectDamaged, ObjectMissing) as error:
            return str(error)
    return None


def _portable(name: str) -> str:
    # Letters of any script stay readable; what a key may not carry is written %XX, as in a URL.
    return "".join(char if char.isalpha() or char in "0123456789-_" else _escaped(char) for char in name)


def _escaped(char: str) -> str:
    # A lone surrogate becomes a question mark here, and is refused when the fact is written as JSON.
    return "".join(f"%{byte:02X}" for byte in char.encode(errors="replace"))
