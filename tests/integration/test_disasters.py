"""Disk full or read-only, clock put back, index, catalogue or an object lost: said clearly, found, and repaired."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from search.errors import IndexDamaged
from search.local import LocalIndex
from search.query import parse_query
from signing.errors import AuthorityDamaged
from signing.process import SignerProcess
from sohoa.doctor import FAULT, Check, examine
from sohoa.export import export
from sohoa.intake import open_batch
from sohoa.rebuild import rebuild, reindex
from sohoa.toolbox import Toolbox
from sohoa.wiring import now, typeface
from storage.errors import ObjectDamaged, StorageError, StoreFull
from storage.records import Role, State
from tests.faults.archive import Template, faults_of, ingest
from tests.integration.conftest import printed_letter
from tests.small_disks import disk_of


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Template:
    made = Template(tmp_path_factory.mktemp("box"))
    for number in range(1, 7):
        made.desk.scan(
            f"{number}.png",
            printed_letter(f"{number}/QĐ-UBND", subject=f"Về việc phê duyệt kế hoạch số hóa đợt {number}"),
        )
    return made


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Lend a file system of 3 MiB."""
    with disk_of(tmp_path / "disk", 3) as folder:
        yield folder


def remount(folder: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def faults(kit: Toolbox) -> dict[str, Check]:
    """Return what doctor finds, but for the readers, whose models take a minute."""
    return {check.name: check for check in examine(kit) if check.state == FAULT and check.name != "readers"}


def kept(kit: Toolbox) -> list[str]:
    return sorted(r.source.name for r in kit.catalog.all() if r.state is State.KEPT)


def test_a_full_disk_is_named_and_room_makes_all_go_on(box: Template, small_disk: Path) -> None:
    kit = box.archive(small_disk / "home")
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (1 << 20))
    said: list[str] = []
    for _ in range(3):
        try:
            answer = ingest(kit, box.desk.folder)
            said += [row["reason"]["code"] for row in answer["documents"] if row["reason"]]
        except StoreFull as error:
            said.append(error.code)
        try:
            with filler.open("ab") as more:
                while True:
                    more.write(b"x" * 4096)
                    more.flush()
        except OSError:
            pass
    assert "store_full" in said
    assert set(said) <= {"store_full", "already_held"}
    filler.unlink()
    remount(small_disk, "size=64m")
    ingest(kit, box.desk.folder)
    assert kept(kit) == [f"{number}.png" for number in range(1, 7)]
    assert faults_of(kit) == []


def test_a_read_only_disk_is_named_and_nothing_is_lost(box: Template, small_disk: Path) -> None:
    remount(small_disk, "size=64m")
    kit = box.archive(small_disk / "home")
    ingest(kit, box.desk.folder)
    kit.ledger._engine.dispose()
    remount(small_disk, "ro")
    try:
        with pytest.raises(StoreFull, match="cannot be written"):
            ingest(kit, box.desk.folder)
        with pytest.raises(StoreFull):
            kit.store.ping()
        assert faults(kit)["store"].message
    finally:
        remount(small_disk, "rw")
    ingest(kit, box.desk.folder)
    assert faults_of(kit) == []


def test_a_clock_put_back_changes_nothing(box: Template, tmp_path: Path) -> None:
    kit = box.archive(tmp_path / "home")
    ingest(kit, box.desk.folder)
    earlier = replace(kit, clock=lambda: now() - timedelta(days=3))
    code = kit.ledger.batches()[0].code
    kit.ledger.claim("a paper", worker=kit.worker, seconds=60, now=kit.clock())
    answer = ingest(earlier, box.desk.folder)
    assert {row["state"] for row in answer["documents"]} == {"held"}
    more = box.desk.folder.parent / "more"
    shutil.copytree(box.desk.folder, more, dirs_exist_ok=True)
    ingest(earlier, more)
    assert faults_of(kit) == []
    open_batch([box.desk.folder], code, 5, kit)
    open_batch([box.desk.folder], code, 6, earlier)
    rebuild(kit)
    assert kit.ledger.batch(code).expected_sheets == 6, "the last word counts, whatever the clock said"


def test_a_deleted_index_is_found_and_made_again(box: Template, tmp_path: Path) -> None:
    kit = box.archive(tmp_path / "home", index=LocalIndex(tmp_path / "home" / "index"))
    ingest(kit, box.desk.folder)
    shutil.rmtree(tmp_path / "home" / "index")
    kit = replace(kit, index=LocalIndex(tmp_path / "home" / "index"))
    with pytest.raises(IndexDamaged):
        kit.index.search(parse_query("số hóa"))
    assert faults(kit)["index"].remedy == "sohoa reindex"
    assert reindex(kit) == 6
    assert kit.index.search(parse_query("số hóa")).total == 6
    assert faults(kit) == {}


def test_a_deleted_catalogue_is_found_and_made_again(box: Template, tmp_path: Path) -> None:
    kit = box.archive(tmp_path / "home")
    ingest(kit, box.desk.folder)
    kit.ledger.clear()
    kit.catalog.clear()
    assert faults(kit)["catalogue"].remedy == "sohoa rebuild"
    rebuild(kit)
    assert faults(kit) == {}
    assert faults_of(kit) == []
    assert {row["state"] for row in ingest(kit, box.desk.folder)["documents"]} == {"held"}


def spoil(path: Path) -> None:
    """Change one byte, as a failing disk does."""
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x01
    path.write_bytes(data)


@pytest.mark.parametrize("role", [Role.MASTER, Role.LEGAL, Role.TEXT, Role.REPORT])
def test_a_damaged_file_is_found_and_never_served(box: Template, tmp_path: Path, role: Role) -> None:
    kit = box.archive(tmp_path / "home")
    record_id = ingest(kit, box.desk.folder)["documents"][0]["record_id"]
    record = kit.catalog.get(record_id)
    file = record.file(role)
    assert file is not None
    spoil(tmp_path / "home" / "objects" / "objects" / file.key)
    found = faults(kit)["records"]
    assert file.key in found.message
    assert "nhập lại" in found.remedy
    if role is not Role.REPORT:
        with pytest.raises(ObjectDamaged):
            export(record, role, tmp_path / "out", kit)
        assert not (tmp_path / "out").exists()
    if role is Role.MASTER:
        ingest(kit, box.desk.folder)
        assert faults(kit) == {}, "the same file handed in again mends it"


@pytest.mark.parametrize("folder", ["records", "facts/receipts", "facts/batches"])
def test_a_damaged_record_or_receipt_is_found_and_stops_a_rebuild_before_anything_is_lost(
    box: Template, tmp_path: Path, folder: str
) -> None:
    kit = box.archive(tmp_path / "home")
    ingest(kit, box.desk.folder)
    spoil(next(p for p in sorted((tmp_path / "home" / "objects" / "objects" / folder).rglob("*.json"))))
    assert faults(kit).keys() & {"records", "facts"}
    with pytest.raises(StorageError) as caught:
        rebuild(kit)
    assert caught.value.remedy == "repair"
    assert len(kept(kit)) == 6, "what could be looked up before can be looked up still"


@pytest.mark.parametrize("harm", ["spoilt", "key gone", "private gone"])
def test_a_damaged_authority_is_named_and_not_replaced(tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "authority"
    with SignerProcess(folder, typeface=typeface()) as signer:
        assert signer.agency
    if harm == "spoilt":
        (folder / "private" / "agency.key").write_bytes(b"-----BEGIN")
    elif harm == "key gone":
        (folder / "private" / "agency.key").unlink()
    else:
        shutil.rmtree(folder / "private")
    before = sorted(str(path) for path in folder.rglob("*"))
    with SignerProcess(folder, typeface=typeface()) as signer, pytest.raises(AuthorityDamaged) as caught:
        _ = signer.agency
    assert caught.value.remedy == "repair"
    assert sorted(str(path) for path in folder.rglob("*")) == before
