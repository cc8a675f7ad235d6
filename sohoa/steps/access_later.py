"""Access, afterwards: the copy of a record that has none, because it could not be made then or is older than that."""

import json
from typing import Any

from sohoa.errors import NotAllowed
from sohoa.steps.access import MISSING, Shown, compose_access, title_from
from sohoa.steps.divide import refuse_divided
from sohoa.steps.index import FINDABLE, index
from sohoa.steps.keep import keep, newest, next_version
from sohoa.steps.stage import leased
from sohoa.toolbox import Toolbox
from storage.objects import read_bytes
from storage.records import Record, Role


def with_access(record_id: str, kit: Toolbox) -> Record:
    """Return the record's newest version, with an access copy; a version is added if it had none. Safe to repeat.

    Raises:
        NotAllowed: a worker has the paper just now, or the record was divided before it had one.
        What composing, the pool and the store raise: nothing was changed.
    """
    record = newest(record_id, kit)
    if record.file(Role.ACCESS) is not None:
        return record
    refuse_divided(record)
    with leased(kit, kit.ledger.document(record_id).paper_id) as lease:
        if lease is None:
            raise NotAllowed(
                f"{record_id} is being worked on; try again when it is through",
                vi=f"hồ sơ {record_id} đang được xử lý; hãy thử lại sau",
            )
        record = newest(record_id, kit)
        if record.file(Role.ACCESS) is not None:
            return record
        file = compose_access(shown_of(record, kit), kit)
        added = next_version(
            record,
            kit,
            "access_copy_made",
            files=(*record.files, file),
            findings=tuple(finding for finding in record.findings if finding.code != MISSING),
        )
        keep(added, kit)
        if added.state in FINDABLE:
            index([added], kit)
        return added


def shown_of(record: Record, kit: Toolbox) -> Shown:
    """Return what the access copy of a record is made of."""
    legal, master, report = (record.file(role) for role in (Role.LEGAL, Role.MASTER, Role.REPORT))
    if legal is None or master is None or report is None:
        raise NotAllowed(f"{record.record_id} has no legal copy", vi=f"hồ sơ {record.record_id} không có bản pháp lý")
    plain = kit.keys.decrypt(record.record_id, read_bytes(kit.store, report.key), context=Role.REPORT)
    read: dict[str, Any] = json.loads(plain)
    return Shown(
        record_id=record.record_id,
        legal_sha256=legal.sha256,
        arrived_signed=legal.sha256 == master.sha256,
        pages=read["pages"],
        title=title_from(record.document_type, record.fields),
        created=record.received_at,
    )
