"""What the catalogue promises, whatever the database."""

import multiprocessing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from storage import schema
from storage.catalog import Catalog, ReuseEvent
from storage.engine import open_engine, writing
from storage.errors import AmbiguousId, RecordDamaged, UnknownRecord
from storage.migrate import upgrade
from storage.records import DocumentType, FieldValue, Record, Role, Source, State, StoredFile

AT = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)
SHA = "ab" * 32
OWNER = "0f" * 32
ID = "0a1b2c3d4e5f6g7h8j9k"


@pytest.fixture
def catalog(engine: Engine) -> Catalog:
    return Catalog(engine)


def a_file(role: Role = Role.MASTER, sha256: str = SHA) -> StoredFile:
    return StoredFile(role=role, name="a", media_type="x/y", bytes=3, sha256=sha256, key=f"blobs/{sha256}")


def a_record(record_id: str = ID, version: int = 1, **changes: Any) -> Record:
    values: dict[str, Any] = {
        "record_id": record_id,
        "version": version,
        "previous_sha256": None if version == 1 else SHA,
        "state": State.KEPT,
        "document_type": DocumentType(code="QĐ", name="Quyết định"),
        "fields": {"subject": FieldValue(value="Về việc phê duyệt", confidence=0.9)},
        "files": (a_file(),),
        "source": Source(batch="B", name="a.pdf", sha256=SHA, first_page=1, last_page=1),
        "created_at": AT,
        "received_at": AT,
        "page_count": 1,
        "evidence_level": 4,
    }
    return Record(**{**values, **changes})


def numbered(record_id: str, number: str | None, issuer: str | None, issued: str | None, **changes: Any) -> Record:
    named = {"document_number": number, "issuing_authority": issuer, "issued_date": issued}
    fields = {name: FieldValue(value=value, confidence=1) for name, value in named.items()}
    return a_record(record_id, fields=fields, **changes)


def test_gives_back_the_record_that_was_put(catalog: Catalog) -> None:
    record = a_record()
    assert catalog.put(record, SHA)
    assert catalog.get(ID) == record
    assert catalog.versions() == {ID: (1, SHA)}


def test_says_when_there_is_no_record(catalog: Catalog) -> None:
    with pytest.raises(UnknownRecord):
        catalog.get("none")


def test_the_newest_version_wins_in_any_order(catalog: Catalog) -> None:
    shown = [catalog.put(a_record(version=version), f"{version:064}") for version in (2, 1, 2, 3, 1)]
    assert shown == [True, False, False, True, False]
    assert catalog.get(ID).version == 3
    assert catalog.versions() == {ID: (3, f"{3:064}")}


def test_a_newer_version_is_found_by_what_it_says_now(catalog: Catalog) -> None:
    catalog.put(a_record(owner_index=OWNER), SHA)
    now = a_record(version=2, state=State.REVOKED, owner_index=None, files=(a_file(sha256="cd" * 32),))
    catalog.put(now, SHA)
    assert catalog.by_owner(OWNER, None) == catalog.by_state(State.KEPT) == []
    assert catalog.by_state(State.REVOKED) == [now]
    assert (catalog.by_master(SHA), catalog.by_master("cd" * 32)) == ([], [ID])


def test_an_owners_records_are_found_by_type_in_order_of_receipt(catalog: Catalog) -> None:
    birth = DocumentType(code="birth_certificate", name="Giấy khai sinh")
    late = a_record("aaaa", owner_index=OWNER, received_at=AT + timedelta(days=1))
    early = a_record("bbbb", owner_index=OWNER, state=State.REVOKED)
    other_type = a_record("cccc", owner_index=OWNER, document_type=birth)
    for record in (late, early, other_type, a_record("dddd", owner_index="1f" * 32), a_record("eeee")):
        catalog.put(record, SHA)
    assert catalog.by_owner(OWNER, ["QĐ"]) == [early, late]
    assert catalog.by_owner(OWNER, ["birth_certificate", "QĐ"]) == [early, other_type, late]
    assert catalog.by_owner(OWNER, None) == [early, other_type, late]
    assert catalog.by_owner(OWNER, []) == catalog.by_owner("none", None) == []


@pytest.mark.parametrize(
    ("number", "issuer", "year"),
    [
        pytest.param("05/QĐ-UBND", "Ủy ban nhân dân tỉnh Đồng Tháp", 2025, id="same"),
        pytest.param("5/qđ-ubnd", "ỦY BAN NHÂN DÂN TỈNH ĐỒNG THÁP", 2025, id="case-and-zero"),
        pytest.param("05 / QD - UBND", "Uy ban nhan dan tinh Dong Thap", 2025, id="accents-lost-and-spaces"),
        pytest.param("05/QĐ-UBND", "Uỷ ban nhân dân tỉnh Đồng Tháp", 2025, id="tone-on-the-other-letter"),
    ],
)
def test_papers_that_look_alike_are_found(catalog: Catalog, number: str, issuer: str, year: int) -> None:
    catalog.put(numbered("aaaa", "05/QĐ-UBND", "Ủy ban nhân dân tỉnh Đồng Tháp", "2025-03-01"), SHA)
    catalog.put(numbered("bbbb", "05/QĐ-UBND", "Ủy ban nhân dân tỉnh Đồng Tháp", "2025-12-31"), SHA)
    assert catalog.alike(number, issuer, year, but="") == ["aaaa", "bbbb"]
    assert catalog.alike(number, issuer, year, but="aaaa") == ["bbbb"]


@pytest.mark.parametrize(
    ("number", "issuer", "year"),
    [
        ("50/QĐ-UBND", "UBND tỉnh", 2025),
        ("05/QĐ-STC", "UBND tỉnh", 2025),
        ("05/QĐ-UBND", "UBND huyện", 2025),
        ("05/QĐ-UBND", "UBND tỉnh", 2024),
        (None, "UBND tỉnh", 2025),
        ("05/QĐ-UBND", None, 2025),
        ("05/QĐ-UBND", "UBND tỉnh", None),
        ("", "UBND tỉnh", 2025),
    ],
)
def test_papers_that_differ_or_are_not_known_do_not_look_alike(
    catalog: Catalog, number: str | None, issuer: str | None, year: int | None
) -> None:
    catalog.put(numbered("aaaa", "05/QĐ-UBND", "UBND tỉnh", "2025-03-01"), SHA)
    catalog.put(numbered("bbbb", None, "UBND tỉnh", "2025-03-01"), SHA)
    catalog.put(numbered("cccc", "05/QĐ-UBND", None, None), SHA)
    assert catalog.alike(number, issuer, year, but="") == []


def test_records_are_found_by_the_bytes_of_their_master(catalog: Catalog) -> None:
    for record_id in ("aaaa", "bbbb"):
        catalog.put(a_record(record_id, files=(a_file(), a_file(Role.LEGAL, "cd" * 32))), SHA)
    catalog.put(a_record("cccc", files=(a_file(Role.ACCESS),)), SHA)
    assert catalog.by_master(SHA) == ["aaaa", "bbbb"]
    assert catalog.by_master("cd" * 32) == []


def test_master_and_legal_copy_may_be_the_same_file(catalog: Catalog) -> None:
    catalog.put(a_record(files=(a_file(), a_file(Role.LEGAL))), SHA)
    assert catalog.by_master(SHA) == [ID]


def test_all_records_come_once_however_many(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.catalog._AT_A_TIME", 3)
    ids = [f"{number:020}" for number in range(8)]
    for record_id in reversed(ids):
        catalog.put(a_record(record_id), SHA)
    assert [record.record_id for record in catalog.all()] == ids


def test_records_may_be_changed_while_all_are_gone_through(catalog: Catalog) -> None:
    for number in range(3):
        catalog.put(a_record(f"{number:020}"), SHA)
    seen = []
    for record in catalog.all():
        catalog.put(replace(record, version=2, previous_sha256=SHA), SHA)
        seen.append(record.record_id)
    assert len(seen) == 3
    assert {version for version, _ in catalog.versions().values()} == {2}


def test_a_record_is_found_by_the_beginning_of_its_identifier(catalog: Catalog) -> None:
    catalog.put(a_record(), SHA)
    catalog.put(a_record("0a1b9999999999999999"), SHA)
    assert catalog.resolve("OA1B2") == ID
    with pytest.raises(AmbiguousId):
        catalog.resolve("0a1b")
    for typed in ("0a1", "0a1bz", ""):
        with pytest.raises(UnknownRecord):
            catalog.resolve(typed)


def an_event(event_id: str = "e1", **changes: Any) -> ReuseEvent:
    values: dict[str, Any] = {
        "id": event_id,
        "record_id": ID,
        "dossier": "HS-1",
        "purpose": "Đăng ký kết hôn",
        "who": "lan",
        "at": AT,
        "files": ("legal.pdf", "text.txt"),
    }
    return ReuseEvent(**{**values, **changes})


def test_each_use_counts_once(catalog: Catalog) -> None:
    later = an_event("e0", at=AT + timedelta(seconds=1), files=())
    assert [catalog.add_reuse(event) for event in (later, an_event(), an_event())] == [True, True, False]
    assert catalog.add_reuse(an_event("e3", record_id="other"))
    assert catalog.reuses(ID) == [an_event(), later]
    assert catalog.reuses("none") == []


def test_a_cleared_catalogue_is_empty_and_can_be_filled_again(catalog: Catalog) -> None:
    for _ in range(2):
        catalog.put(a_record(version=5), SHA)
        catalog.add_reuse(an_event())
        catalog.clear()
        assert list(catalog.all()) == catalog.reuses(ID) == catalog.by_master(SHA) == []
        assert catalog.put(a_record(version=1), SHA)
        catalog.clear()


def test_a_row_that_holds_no_record_is_named(engine: Engine, catalog: Catalog) -> None:
    catalog.put(a_record(), SHA)
    with writing(engine) as connection:
        connection.execute(update(schema.records).values(body="{}"))
    with pytest.raises(RecordDamaged, match="the catalogue"):
        catalog.get(ID)


def _put_versions(url: str, versions: list[int]) -> list[bool]:
    engine = open_engine(url)
    upgrade(engine)
    catalog = Catalog(engine)
    return [catalog.put(a_record(version=version), f"{version:064}") for version in versions]


def test_processes_put_versions_at_once_and_the_newest_is_shown(url: str) -> None:
    numbers = [list(range(1, 40)), list(range(39, 0, -1)), list(range(1, 41, 3))]
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.starmap(_put_versions, [(url, versions) for versions in numbers], chunksize=1)
    engine = open_engine(url)
    assert Catalog(engine).versions() == {ID: (40, f"{40:064}")}
    assert Catalog(engine).by_master(SHA) == [ID]
    engine.dispose()


def test_records_are_found_by_many_masters_or_names_at_once(catalog: Catalog) -> None:
    ids = [f"{number:020d}" for number in range(1200)]
    for number, record_id in enumerate(ids):
        catalog.put(a_record(record_id, files=(a_file(sha256=f"{number // 2:064x}"),)), SHA)
    found = catalog.by_masters([f"{number:064x}" for number in range(700)])
    assert len(found) == 600
    assert {r.record_id for r in found[f"{3:064x}"]} == {ids[6], ids[7]}
    assert set(catalog.by_ids([*ids, "nobody"])) == set(ids)
    assert catalog.by_ids([]) == {}
    assert catalog.by_masters([]) == {}


def test_versions_are_told_for_the_states_asked_for(catalog: Catalog) -> None:
    catalog.put(a_record(ID, state=State.KEPT), SHA)
    catalog.put(a_record(ID[::-1], state=State.REVIEW, waiting_for="person"), SHA)
    assert catalog.versions_in([State.KEPT, State.REVOKED]) == {ID: 1}
