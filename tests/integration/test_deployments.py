"""The same box on the embedded and on the service deployment: the same records, whichever parts are servers."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from search.query import parse_query
from sohoa.doctor import FAULT, examine
from sohoa.rebuild import rebuild
from sohoa.remote import READ_PAGE, WARM_UP
from sohoa.settings import load
from sohoa.steps.index import masked_text
from sohoa.toolbox import Toolbox
from sohoa.wiring import build
from storage.objects import read_bytes
from storage.records import Record, Role
from tests.deployments import own_deployment
from tests.faults.archive import faults_of, ingest
from tests.integration.conftest import Desk, InlinePool, printed_letter

THEN = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)

MINIO, POSTGRESQL, ELASTIC = (pytest.mark.service(name) for name in ("minio", "postgresql", "elasticsearch"))

DEPLOYMENTS = [
    pytest.param(("objects",), id="minio", marks=MINIO),
    pytest.param(("catalogue",), id="postgresql", marks=POSTGRESQL),
    pytest.param(("index",), id="elasticsearch", marks=ELASTIC),
    pytest.param(("objects", "catalogue", "index"), id="all", marks=[MINIO, POSTGRESQL, ELASTIC]),
]


@pytest.fixture(params=DEPLOYMENTS)
def named(request: pytest.FixtureRequest, services: dict[str, str]) -> Iterator[dict[str, str]]:
    with own_deployment(services, request.param) as settings:
        yield settings


@pytest.fixture
def box(desk: Desk) -> Desk:
    for number in range(1, 4):
        desk.scan(f"{number}.png", printed_letter(f"{number}/QĐ-UBND", subject=f"Về việc số hóa hồ sơ đợt {number}"))
    desk.scan("hai trang.pdf", printed_letter("4/QĐ-UBND"), printed_letter("5/QĐ-UBND"))
    desk.scan("mờ.tif", printed_letter("6/QĐ-UBND", confidence=0.3))
    (desk.folder / "hỏng.pdf").write_bytes(b"%PDF-1.7 nothing")
    return desk


def deployment(home: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch, named: dict[str, str]) -> Toolbox:
    """Return the tools that these settings ask for; the reading is recorded and the clock stands still."""
    with monkeypatch.context() as environment:
        for name, value in named.items():
            environment.setenv(name, value)
        kit = build(load(home=home))
    return replace(kit, pool=InlinePool({READ_PAGE: desk.read, WARM_UP: load_nothing}), clock=lambda: THEN)  # type: ignore[arg-type]


def load_nothing(_mode: str) -> None:
    """Stand in for the loading of models that nothing here is read with."""


def told(record: Record, kit: Toolbox) -> dict[str, Any]:
    """Return what must be the same wherever a record is kept: all but random identifiers, seals and their bytes."""
    hashes = {f.role: f.sha256 for f in record.files if f.role in (Role.MASTER, Role.ACCESS)}
    return {
        "state": record.state,
        "version": record.version,
        "type": record.document_type,
        "fields": record.fields,
        "findings": sorted((f.code, f.page or 0) for f in record.findings),
        "hashes": hashes,
        "unsealed": unsealed_sha256(record, kit),
        "text": masked_text(record, kit),
        "roles": sorted(f.role for f in record.files),
        "retention": record.retention,
        "protected": kit.retention.read(record.files[0].key),
        "stages": sorted(stage.stage for stage in kit.ledger.stages(record.record_id)),
    }


def unsealed_sha256(record: Record, kit: Toolbox) -> str:
    """Return the hash of the legal copy before the seal: sealing appends, so it is the file's first revision."""
    legal = record.file(Role.LEGAL)
    assert legal is not None
    return hashlib.sha256(read_bytes(kit.store, legal.key).partition(b"%%EOF")[0]).hexdigest()


def everything(kit: Toolbox) -> dict[tuple[str, int], dict[str, Any]]:
    return {(r.source.name, r.source.first_page): told(r, kit) for r in kit.catalog.all()}


def answers(kit: Toolbox) -> tuple[int, object, set[object]]:
    """Return how many records answer a question, the nearest one, and all of them."""
    found = kit.index.search(parse_query("số hóa hồ sơ đợt 2"))
    subjects = [hit.fields["subject"] for hit in found.hits]
    return found.total, subjects[0], set(subjects)


@pytest.mark.timeout(900)
def test_the_same_box_gives_the_same_records(
    named: dict[str, str], box: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = deployment(tmp_path / "embedded", box, monkeypatch, {})
    served = deployment(tmp_path / "served", box, monkeypatch, named)
    for kit in (embedded, served):
        ingest(kit, box.folder)
    assert everything(served) == everything(embedded)
    assert len(everything(served)) == 6
    assert faults_of(served) == []
    assert answers(served) == answers(embedded)
    assert {c.name for c in examine(served) if c.state == FAULT} == set()

    before = everything(served)
    rebuild(served)
    again = everything(served)
    assert {k: {**v, "stages": 0} for k, v in again.items()} == {k: {**v, "stages": 0} for k, v in before.items()}
    assert faults_of(served) == []
    assert ingest(served, box.folder) is not None
    assert len(list(served.catalog.all())) == len(before)
