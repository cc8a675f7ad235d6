"""A record read back is the record written, and anything else is refused with what is wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import BadKey, ObjectConflict, ObjectDamaged, RecordDamaged, UnknownRecord
from storage.memory import MemoryStore
from storage.objects import ObjectStore, Stored, put_bytes
from storage.packages import (
    all_record_ids,
    check_chain,
    newest_version,
    read_facts,
    record_from_json,
    record_key,
    record_to_json,
    version_sha256,
    versions,
    write_fact,
    write_version,
)
from storage.records import (
    DocumentType,
    Event,
    FieldValue,
    Finding,
    Record,
    Retention,
    Role,
    Seal,
    Source,
    State,
    StoredFile,
)

Make = Callable[..., Record]

TEXT = st.text(max_size=12)
SHA256 = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
ID = st.from_regex(r"[0-9a-z]{20}", fullmatch=True)
SHARE = st.floats(0, 1)
PAGE = st.integers(1, 9999)
BOUNDS = datetime(1900, 1, 1), datetime(9999, 1, 1)  # noqa: DTZ001
TIME = st.datetimes(*BOUNDS, timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]))
DAY = st.none() | st.dates().map(lambda day: day.isoformat())
DETAIL = st.dictionaries(TEXT, TEXT, max_size=2)

RECORDS = st.builds(
    Record,
    record_id=ID,
    version=st.just(2),
    previous_sha256=SHA256,
    state=st.sampled_from(State),
    document_type=st.builds(DocumentType, code=TEXT, name=TEXT, confidence=SHARE),
    fields=st.dictionaries(
        TEXT,
        st.builds(
            FieldValue,
            value=st.none() | TEXT | st.lists(TEXT, max_size=3).map(tuple),
            confidence=SHARE,
            page=st.none() | PAGE,
            box=st.none() | st.tuples(PAGE, PAGE, PAGE, PAGE),
            raw=TEXT,
            personal=st.booleans(),
            confirmed_by=st.none() | TEXT,
        ),
        max_size=3,
    ),
    files=st.lists(
        st.builds(
            StoredFile,
            role=st.sampled_from(Role),
            name=TEXT,
            media_type=TEXT,
            bytes=st.integers(0, 2**40),
            sha256=SHA256,
            key=SHA256.map(lambda sha256: f"blobs/{sha256}"),
        ),
        max_size=2,
    ).map(tuple),
    source=st.builds(Source, batch=TEXT, name=TEXT, sha256=SHA256, first_page=st.just(1), last_page=PAGE),
    created_at=TIME,
    received_at=TIME,
    page_count=PAGE,
    evidence_level=st.integers(1, 5),
    seals=st.lists(st.builds(Seal, profile=TEXT, signer=TEXT, signed_at=TEXT, verdict=TEXT), max_size=2).map(tuple),
    findings=st.lists(st.builds(Finding, code=TEXT, page=st.none() | PAGE, detail=DETAIL), max_size=2).map(tuple),
    accepted=st.lists(TEXT, max_size=2).map(tuple),
    history=st.lists(st.builds(Event, at=TEXT, what=TEXT, who=TEXT, detail=DETAIL), max_size=2).map(tuple),
    retention=st.none() | st.builds(Retention, until=DAY, basis=TEXT),
    valid_until=DAY,
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
@given(record=RECORDS)
def test_a_record_read_back_is_the_record_written(record: Record) -> None:
    data = record_to_json(record)
    again = record_from_json(data)
    assert again == record
    assert record_to_json(again) == data


def test_the_json_is_canonical_and_readable(make_record: Make) -> None:
    record = make_record()
    data = record_to_json(record)
    shuffled = replace(record, fields=dict(reversed(record.fields.items())))
    assert record_to_json(shuffled) == data
    text = data.decode()
    assert '\n "format": "sohoa-record/1",\n' in text
    assert "Quyết định" in text
    assert text.endswith("}\n")
    local = replace(record, created_at=record.created_at.astimezone(timezone(timedelta(hours=7))))
    assert record_to_json(local) == data


def changed(record: Record, *path: str | int, to: Any) -> bytes:
    plain = json.loads(record_to_json(record))
    place = plain
    for step in path[:-1]:
        place = place[step]
    if to is KeyError:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return json.dumps(plain).encode()


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        (("format",), "sohoa-record/2", "format"),
        (("format",), KeyError, "format"),
        (("state",), "lost", "state: not a State"),
        (("state",), KeyError, "no state"),
        (("surprise",), 1, "unknown 'surprise'"),
        (("version",), "1", "version: str where int"),
        (("version",), True, "version: bool where int"),
        (("version",), 0, "version: counts from 1"),
        (("version",), 2, "previous_sha256"),
        (("previous_sha256",), "zz", "previous_sha256"),
        (("record_id",), "../../etc", "record_id"),
        (("page_count",), 1.0, "page_count: float where int"),
        (("page_count",), -1, "page_count: negative"),
        (("evidence_level",), 6, "evidence_level"),
        (("created_at",), "2026-11-24T01:02:03", "created_at: a time without its zone"),
        (("created_at",), "yesterday", "created_at: not a datetime"),
        (("files",), {}, "files: dict where a list"),
        (("files", 0, "role"), "photo", "files[0].role: not a Role"),
        (("files", 0, "key"), "../a", "files.master.key: not a key"),
        (("files", 0, "bytes"), -1, "files.master.bytes"),
        (("files", 0, "sha256"), "AB" * 32, "files.master.sha256"),
        (("source", "last_page"), 0, "source: pages"),
        (("source",), None, "source: NoneType where an object"),
        (("fields",), [], "fields: list where an object"),
        (("fields", "recipients", "value"), 7, "fields.recipients.value: int where str"),
        (("fields", "recipients", "value"), [1], "fields.recipients.value[0]: int where str"),
        (("fields", "recipients", "value"), {"a": 1}, "fields.recipients.value: dict where str"),
        (("fields", "document_number", "box"), [1, 2, 3], "3 values where 4"),
        (("fields", "document_number", "box"), "1234", "fields.document_number.box: str does not belong"),
        (("fields", "document_number", "page"), 0, "page: counts from 1"),
        (("fields", "document_number", "confidence"), 1.5, "confidence"),
        (("fields", "document_number", "raw"), "\ud800", "surrogate"),
        (("valid_until",), "2026-02-30", "valid_until"),
        (("retention",), {"until": "soon", "basis": "x"}, "retention.until"),
    ],
)
def test_says_what_is_wrong_with_a_record(make_record: Make, path: tuple[str | int, ...], to: Any, said: str) -> None:
    with pytest.raises(RecordDamaged) as raised:
        record_from_json(changed(make_record(), *path, to=to), where="records/x")
    assert said in raised.value.what
    assert raised.value.where == "records/x"


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"\xff", b"null", b'{"format": "sohoa-record/1"', b'{"a": 1, "a": 2}', b'{"a": NaN}', b"[" * 100_000],
    ids=["empty", "list", "not-utf-8", "null", "cut-short", "key-twice", "nan", "deep"],
)
def test_refuses_what_is_not_a_record(data: bytes) -> None:
    with pytest.raises(RecordDamaged):
        record_from_json(data)


def test_a_field_added_later_may_be_absent(make_record: Make) -> None:
    record = make_record()
    assert record_from_json(changed(record, "superseded_by", to=KeyError)) == record


def test_refuses_to_write_what_could_not_be_read(make_record: Make) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    bad = FieldValue(value="x", confidence=float("nan"))
    early = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7)))
    wrong = [{"version": 0}, {"created_at": naive}, {"created_at": early}, {"fields": {"f": bad}}]
    for record in (make_record(**changes) for changes in wrong):
        with pytest.raises(RecordDamaged):
            record_to_json(record)


def two_versions(store: ObjectStore, make_record: Make) -> tuple[Stored, Stored]:
    first = write_version(store, make_record())
    return first, write_version(store, make_record(version=2, previous_sha256=first.sha256, state=State.REVOKED))


def test_versions_follow_each_other(make_record: Make) -> None:
    store = MemoryStore()
    record_id = make_record().record_id
    first, second = two_versions(store, make_record)
    assert two_versions(store, make_record) == (first, second)
    assert (first.key, second.key) == (record_key(record_id, 1), record_key(record_id, 2))
    assert first.key == f"records/{record_id}/v0001/record.json"
    assert versions(store, record_id) == [1, 2]
    assert version_sha256(store, record_id, 1) == first.sha256
    assert newest_version(store, record_id).state is State.REVOKED


def test_a_version_is_never_written_over(make_record: Make) -> None:
    store = MemoryStore()
    write_version(store, make_record())
    with pytest.raises(ObjectConflict):
        write_version(store, make_record(page_count=3))
    assert newest_version(store, make_record().record_id).page_count == 2


def test_a_version_must_follow_the_one_before(make_record: Make) -> None:
    store = MemoryStore()
    with pytest.raises(RecordDamaged, match="version 1 is missing"):
        write_version(store, make_record(version=2, previous_sha256="0" * 64))
    write_version(store, make_record())
    with pytest.raises(RecordDamaged, match="does not follow version 1"):
        write_version(store, make_record(version=2, previous_sha256="0" * 64))


def test_the_tenth_version_is_newer_than_the_ninth(make_record: Make) -> None:
    store = MemoryStore()
    record = make_record()
    for number in range(1, 12):
        stored = write_version(store, record)
        record = replace(record, version=number + 1, previous_sha256=stored.sha256)
    assert newest_version(store, record.record_id).version == 11


def test_all_records_are_found_by_their_versions(make_record: Make) -> None:
    store = MemoryStore()
    two_versions(store, make_record)
    write_version(store, make_record(record_id="zz00"))
    put_bytes(store, "records/stray.txt", b"")
    assert list(all_record_ids(store)) == ["0a1b2c3d4e5f6g7h8j9k", "zz00"]


@pytest.mark.parametrize("record_id", ["none", "", "../facts", "0a1b"])
def test_an_unknown_record_has_no_versions(make_record: Make, record_id: str) -> None:
    store = MemoryStore()
    write_version(store, make_record())
    assert versions(store, record_id) == []
    with pytest.raises(UnknownRecord):
        newest_version(store, record_id)


def test_a_sound_chain_has_no_problems(make_record: Make) -> None:
    store = MemoryStore()
    stored = put_bytes(store, "blobs/a", b"abc")
    files = (replace(make_record().files[0], key="blobs/a", sha256=stored.sha256),)
    write_version(store, make_record(files=files))
    assert check_chain(store, make_record().record_id, deep=True) == []
    store.damage("blobs/a")
    assert check_chain(store, make_record().record_id) == []
    assert check_chain(store, make_record().record_id, deep=True) == [str(ObjectDamaged("blobs/a"))]


def test_a_broken_chain_says_where(make_record: Make) -> None:
    store = MemoryStore()
    record_id = make_record().record_id
    put_bytes(store, record_key(record_id, 1), record_to_json(make_record(page_count=1)))
    put_bytes(store, record_key(record_id, 2), record_to_json(make_record(version=2, previous_sha256="0" * 64)))
    put_bytes(store, record_key(record_id, 4), b"{}")
    put_bytes(store, record_key(record_id, 5), record_to_json(make_record(version=6, previous_sha256="0" * 64)))
    problems = check_chain(store, record_id)
    assert [problem.partition(": ")[2] for problem in problems[:1]] == ["does not follow version 1"]
    assert "v0003" in problems[1]
    assert "v0004" in problems[2] and "format" in problems[2]
    assert "holds version 6" in problems[3]
    assert problems[4] == f"{make_record().files[0].key}: missing"
    assert check_chain(store, "none") == ["records/none: no version"]


@pytest.mark.parametrize("name", ["HOP-01", "Hộp 12/2026", "a.b", "..", "100%", "%2F", 'x:"y"', "日本"])
def test_facts_are_read_back_by_name(name: str) -> None:
    store = MemoryStore()
    body = {"at": "2026-11-24", "counts": {"kept": 1}, "tên": [1, None, "ổ"]}
    assert write_fact(store, "batch", name, body) == write_fact(store, "batch", name, body)
    assert list(read_facts(store, "batch")) == [(name, body)]
    assert list(read_facts(store, "bat")) == []
    with pytest.raises(ObjectConflict):
        write_fact(store, "batch", name, {})


def test_facts_that_cannot_be_kept_are_refused() -> None:
    store = MemoryStore()
    with pytest.raises(BadKey):
        write_fact(store, "../x", "a", {})
    with pytest.raises(RecordDamaged):
        write_fact(store, "batch", "a", {"at": float("inf")})
    with pytest.raises(RecordDamaged):
        write_fact(store, "batch", "a", {"at": object()})


@pytest.mark.parametrize("data", [b"{", b"{}", b'{"format": "sohoa-fact/1", "name": "other", "body": {}}'])
def test_a_damaged_fact_is_named(data: bytes) -> None:
    store = MemoryStore()
    put_bytes(store, "facts/batch/a.json", data)
    with pytest.raises(RecordDamaged, match=r"facts/batch/a\.json"):
        list(read_facts(store, "batch"))
