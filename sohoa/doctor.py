"""Doctor: is everything there that the work needs, and what to do where it is not."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import shuffle
from time import monotonic

from search.errors import SearchError
from search.index import reconcile
from sohoa.messages import reason_of
from sohoa.policy import OUR_ERRORS
from sohoa.remote import WARM_UP
from sohoa.steps.index import FINDABLE
from sohoa.toolbox import Toolbox
from storage.errors import KeyMismatch, KeyMissing
from storage.keys_backup import BackupCheck
from storage.packages import all_record_ids, check_chain, read_facts, versions
from storage.records import State

WARM_SECONDS = 120
READ_SECONDS = 20.0
"""How long stored bytes are read again: all of a small archive, of a large one a part, another one each time."""
FACTS = ("batches", "receipts", "outcomes", "reuse")
UNDER_WAY = (State.WORKING, State.PENDING, State.FAILED)
LEAST_FREE_BYTES = 2 << 30
"""Below this a batch may fill the disk overnight."""

OK, WARNING, FAULT = "ok", "warning", "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at (mục kiểm tra)."""

    name: str
    state: str
    """ok, warning, or fault: an operator must act."""
    message: str
    """Vietnamese."""
    remedy: str = ""


def examine(kit: Toolbox) -> Iterator[Check]:
    """Yield one check after the other; none stops the rest."""
    checks: list[Callable[[Toolbox], Check]] = [
        _disk,
        _store,
        _records,
        _facts,
        _catalogue,
        _ledger,
        _keys,
        _key_backup,
        _index,
        _readers,
        _signer,
        _audit,
    ]
    for check in checks:
        try:
            yield check(kit)
        except OUR_ERRORS as error:
            why = reason_of(error)
            yield Check(name=check.__name__.strip("_"), state=FAULT, message=why["message"], remedy=why["message_en"])


def _disk(kit: Toolbox) -> Check:
    free = shutil.disk_usage(kit.settings.home).free
    state = OK if free > LEAST_FREE_BYTES else WARNING
    return Check(
        name="disk",
        state=state,
        message=f"{kit.settings.home}: còn trống {free >> 30} GiB",
        remedy="" if state == OK else "giải phóng đĩa hoặc chuyển SOHOA_HOME (free the disk or move SOHOA_HOME)",
    )


def _store(kit: Toolbox) -> Check:
    kit.store.ping()
    return Check(name="store", state=OK, message="kho đối tượng đọc, ghi được")


def _records(kit: Toolbox) -> Check:
    """Look at the versions and files of every record, and read their bytes again as long as there is time."""
    ids = list(all_record_ids(kit.store))
    shuffle(ids)
    problems: list[str] = []
    read = 0
    limit = monotonic() + READ_SECONDS
    for record_id in ids:
        deep = monotonic() < limit
        problems += check_chain(kit.store, record_id, deep=deep)
        read += deep
    if problems:
        return Check(
            name="records",
            state=FAULT,
            message=f"{len(problems)} lỗi trong kho hồ sơ: {'; '.join(problems[:3])}",
            remedy="khôi phục từ bản sao lưu; bản quét gốc thì nhập lại tệp đó là được "
            "(restore from a backup; a damaged scan is mended by handing the same file in again)",
        )
    return Check(name="records", state=OK, message=f"{len(ids)} hồ sơ, đủ phiên bản và tệp; đã đọc lại {read}")


def _facts(kit: Toolbox) -> Check:
    """Read what a rebuild needs beside the records."""
    number = sum(1 for kind in FACTS for _ in read_facts(kit.store, kind))
    return Check(name="facts", state=OK, message=f"{number} biên nhận và dữ kiện đọc được")


def _ledger(kit: Toolbox) -> Check:
    """Look for records of which the ledger says something else; what is under way is left to the next `ingest`."""
    known = {d.id: d.state for batch in kit.ledger.batches() for d in kit.ledger.documents(batch.code)}
    odd = [r.record_id for r in kit.catalog.all() if known.get(r.record_id) not in (r.state, *UNDER_WAY)]
    if odd:
        return Check(
            name="ledger",
            state=FAULT,
            message=f"sổ theo dõi không khớp {len(odd)} hồ sơ: {', '.join(odd[:3])}",
            remedy="sohoa rebuild",
        )
    return Check(name="ledger", state=OK, message=f"{len(known)} văn bản trong sổ theo dõi")


def _catalogue(kit: Toolbox) -> Check:
    kept = {record_id: versions(kit.store, record_id)[-1] for record_id in all_record_ids(kit.store)}
    listed = {record_id: version for record_id, (version, _) in kit.catalog.versions().items()}
    old = [record_id for record_id in kept.keys() & listed.keys() if kept[record_id] != listed[record_id]]
    if kept != listed:
        return Check(
            name="catalogue",
            state=FAULT,
            message=f"danh mục thiếu {len(kept.keys() - listed.keys())}, thừa {len(listed.keys() - kept.keys())}, "
            f"sai phiên bản {len(old)} hồ sơ",
            remedy="sohoa rebuild",
        )
    return Check(name="catalogue", state=OK, message=f"{len(listed)} hồ sơ trong danh mục")


def _keys(kit: Toolbox) -> Check:
    missing = [r.record_id for r in kit.catalog.all() if not _key_opens(r.record_id, kit)]
    where = kit.settings.home / "keys"
    if missing:
        return Check(
            name="keys",
            state=FAULT,
            message=f"{where}: thiếu khóa của {len(missing)} hồ sơ",
            remedy="khôi phục từ SOHOA_KEY_BACKUP (restore from the key backup)",
        )
    return Check(name="keys", state=OK, message=f"kho khóa: {where}")


def _key_opens(record_id: str, kit: Toolbox) -> bool:
    """Whether the record's key is there and fits; one that was destroyed on purpose is not missed."""
    try:
        kit.keys.existing_record_key(record_id)
    except KeyMissing as missing:
        return missing.destroyed
    except KeyMismatch:
        return False
    return True


def _key_backup(kit: Toolbox) -> Check:
    backup = kit.settings.key_backup
    worst = WARNING if kit.signer_is_test else FAULT
    if backup is None:
        return Check(
            name="key_backup",
            state=worst,
            message=f"chưa có bản sao kho khóa {kit.settings.home / 'keys'}",
            remedy="sao chép kho khóa và đặt SOHOA_KEY_BACKUP (copy the key store, set SOHOA_KEY_BACKUP)",
        )
    check = kit.keys.backup_matches(backup)
    if not check.sound:
        return Check(
            name="key_backup",
            state=worst,
            message=f"bản sao {backup}: {_unsound(check)}",
            remedy="sao lưu lại kho khóa (back the key store up again)",
        )
    return Check(name="key_backup", state=OK, message=f"bản sao kho khóa khớp: {backup}")


def _unsound(check: BackupCheck) -> str:
    if not check.opens:
        return f"không mở được ({check.problem})"
    if not check.matches:
        return "là của kho khác"
    if check.missing:
        return f"thiếu khóa của {len(check.missing)} hồ sơ"
    return f"còn giữ khóa đã hủy của {len(check.undestroyed)} hồ sơ"


def _index(kit: Toolbox) -> Check:
    expected = kit.catalog.versions_in(FINDABLE)
    try:
        difference = reconcile(kit.index, expected)
    except SearchError as error:
        return Check(name="index", state=FAULT, message=str(error), remedy="sohoa reindex")
    if not difference.agrees:
        return Check(
            name="index",
            state=FAULT,
            message=f"chỉ mục thiếu {len(difference.missing)}, cũ {len(difference.stale)}, "
            f"thừa {len(difference.extra)} hồ sơ",
            remedy="sohoa reindex",
        )
    return Check(name="index", state=OK, message=f"{len(expected)} hồ sơ trong chỉ mục")


def _readers(kit: Toolbox) -> Check:
    kit.pool.run(WARM_UP, kit.settings.mode, timeout_seconds=WARM_SECONDS)
    return Check(name="readers", state=OK, message="mô hình đọc đúng mã băm, đủ 134 chữ tiếng Việt")


def _signer(kit: Toolbox) -> Check:
    agency = kit.signer.agency
    if kit.signer_is_test:
        return Check(
            name="signer",
            state=WARNING,
            message=f"{agency}",
            remedy="chỉ để thử: chữ ký không có giá trị pháp lý (test authority: no legal value)",
        )
    return Check(name="signer", state=OK, message=agency)


def _audit(kit: Toolbox) -> Check:
    broken = kit.audit.check()
    if broken is not None:
        return Check(
            name="audit",
            state=FAULT,
            message=f"nhật ký bị sửa hoặc mất từ dòng {broken}",
            remedy="giữ nguyên tệp, báo người phụ trách an toàn thông tin (keep the file, tell security)",
        )
    return Check(name="audit", state=OK, message="chuỗi băm của nhật ký liền mạch")
