"""A whole archive that is quick to make: real store, ledger, catalogue and keys; reading recorded, seals only marked.

For tests that go through a box hundreds of times. Ten documents a second; what real seals are is tested elsewhere.
"""

import secrets
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ocr.lines import PageReading
from ocr.pdf.legal import Composed
from search.memory import MemoryIndex
from signing.block import BlockPlace
from signing.signer import Block, Sealed
from signing.trust import TrustStore
from sohoa.answers import batch_answer
from sohoa.audit import AuditLog
from sohoa.intake import Received, files_in, open_batch, receive_all
from sohoa.policy import OUR_ERRORS
from sohoa.remote import COMPOSE_ACCESS, COMPOSE_LEGAL, INSPECT_SCAN, PLACE_BLOCK, READ_PAGE
from sohoa.settings import Settings
from sohoa.steps.divide import was_divided
from sohoa.steps.document import give_up, take_through
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from sohoa.wiring import now, typeface, worker_name
from storage.catalog import Catalog
from storage.disk import DiskStore
from storage.engine import open_engine
from storage.keys import KeyStore
from storage.ledger import Ledger
from storage.migrate import upgrade
from storage.packages import all_record_ids, check_chain, newest_version
from storage.records import Record, State
from storage.retention_disk import DiskRetention
from tests.integration.conftest import Desk, InlinePool


class MarkingSigner:
    """Marks a file as sealed, each time with other bytes, as real seals are."""

    agency = "ỦY BAN NHÂN DÂN TỈNH VÍ DỤ"

    def seal(self, unsigned: Path, out: Path, *, block: Block) -> Sealed:
        """See Signer.seal."""
        data = unsigned.read_bytes() + f"\n%sealed {secrets.token_hex(8)}\n".encode()
        with out.open("xb") as file:
            file.write(data)
        return Sealed(
            path=out,
            sha256="",
            length=len(data),
            field="seal",
            profile="PAdES-B-LTA",
            agency=self.agency,
            signed_at=datetime.now(UTC),
            lines=(),
            test_authority=True,
        )


def compose(source: Path, pages: Sequence[PageReading], out: Path, *, title: str, created: datetime) -> Composed:
    """Write a stand-in for a legal copy."""
    out.write_text(f"%PDF {title} {created} {[p.page for p in pages]} {source.stat().st_size}", encoding="utf-8")
    return Composed(page_count=len(pages), findings=())


def place(*_args: Any) -> BlockPlace:
    """Return one place for all seals."""
    return BlockPlace(left_mm=120, top_mm=10, width_mm=80, height_mm=20, free=True)


class Template:
    """An empty database and a reading desk, made once for many archives."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database = folder / "empty.db"
        engine = open_engine(self.database)
        upgrade(engine)
        engine.dispose()
        self.desk = Desk(folder / "box")
        self.desk.folder.mkdir()
        self.inspected: dict[bytes, Any] = {}

    def inspect(self, path: Path) -> Any:
        """Return what the scan is, parsed once."""
        data = path.read_bytes()
        if data not in self.inspected:
            self.inspected[data] = INSPECT_SCAN(path)
        return self.inspected[data]

    def archive(self, home: Path, **changes: Any) -> Toolbox:
        """Return a new archive's tools."""
        home.mkdir(parents=True)
        shutil.copyfile(self.database, home / "catalog.db")
        engine = open_engine(home / "catalog.db")
        pool = InlinePool(
            {
                READ_PAGE: self.desk.read,
                COMPOSE_LEGAL: compose,
                COMPOSE_ACCESS: compose,
                PLACE_BLOCK: place,
                INSPECT_SCAN: self.inspect,
            }
        )
        tools: dict[str, Any] = {
            "settings": Settings(home=home, user="can-bo-thu"),
            "store": DiskStore(home / "objects"),
            "retention": DiskRetention(home / "objects"),
            "ledger": Ledger(engine),
            "catalog": Catalog(engine),
            "keys": KeyStore.open(home / "keys", create=True),
            "index": MemoryIndex(),
            "pool": pool,
            "signer": MarkingSigner(),
            "trust": TrustStore(home / "trust", built_in=[]),
            "revocation_lists": list,
            "audit": AuditLog(home / "audit.jsonl", who="can-bo-thu", clock=now),
            "clock": now,
            "worker": worker_name(),
            "signer_is_test": True,
            "scratch": home / "scratch",
            "typeface": typeface(),
        }
        return Toolbox(**{**tools, **changes})


def receive_box(kit: Toolbox, folder: Path, batch: str | None = None) -> tuple[str, Received]:
    """Receive a folder; return the batch and what was received."""
    code = open_batch([folder], batch, None, kit).code
    return code, receive_all(files_in([folder]), code, Order(), {}, kit, on_paper=lambda _paper, _new: None)


def ingest(kit: Toolbox, folder: Path, *, retries: int = 0, batch: str | None = None) -> Any:
    """Take a folder through as the command does, without the scheduler; a paper that keeps failing is given up."""
    code, received = receive_box(kit, folder, batch)
    for paper_id in kit.ledger.unfinished_papers(code):
        for left in range(retries, -1, -1):
            try:
                take_through(paper_id, kit)
                break
            except OUR_ERRORS as error:
                if left == 0:
                    give_up(paper_id, error, kit)
    papers = [kit.ledger.paper(paper.id) for paper in received.papers]
    return batch_answer(code, kit, papers, known=received.known)


def _into(record: Record) -> set[str]:
    """Return the identifiers of the records in its place."""
    return set(str(record.superseded_by).split(", "))


def faults_of(kit: Toolbox) -> list[str]:
    """Return all that is not as it must be when nothing is under way: lost, double, or in a wrong state."""
    wrong: list[str] = []
    records = [newest_version(kit.store, record_id) for record_id in all_record_ids(kit.store)]
    wrong += [problem for record in records for problem in check_chain(kit.store, record.record_id, deep=True)]
    standing = [record for record in records if not was_divided(record)]
    pages = [(r.source.sha256, page) for r in standing for page in range(r.source.first_page, r.source.last_page + 1)]
    wrong += [f"double: {one}" for one in {p for p in pages if pages.count(p) > 1}]
    shown = {record_id: version for record_id, (version, _) in kit.catalog.versions().items()}
    if shown != {r.record_id: r.version for r in records}:
        wrong.append(f"catalogue: {shown}")
    found = {r.record_id: r.version for r in records if r.state is State.KEPT or was_divided(r)}
    if dict(kit.index.versions()) != found:
        wrong.append(f"index: {dict(kit.index.versions())} instead of {found}")
    documents = [d for batch in kit.ledger.batches() for d in kit.ledger.documents(batch.code)]
    in_ledger = {d.id: d.state for d in documents}
    for record in standing:
        if in_ledger.get(record.record_id) is not record.state:
            wrong.append(f"{record.source.name}: ledger {in_ledger.get(record.record_id)}, record {record.state}")
    have = {record.record_id for record in records}
    divided = [record for record in records if was_divided(record)]
    wrong += [f"{r.record_id}: divided, and in the ledger" for r in divided if r.record_id in in_ledger]
    wrong += [f"{r.record_id}: divided into what is not there" for r in divided if not _into(r) <= have]
    wrong += [f"{d.source}: {d.state} without record" for d in documents if d.id not in have]
    for batch in kit.ledger.batches():
        for paper in kit.ledger.papers(batch.code):
            if paper.state in (State.WORKING, State.FAILED):
                wrong.append(f"{paper.source}: {paper.state} {paper.reason and paper.reason['message_en']}")
            if paper.state is State.KEPT and not kit.ledger.documents_of(paper.id):
                wrong.append(f"{paper.source}: kept without a document")
    return wrong
