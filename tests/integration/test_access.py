"""The access copy of a record: made with it, made afterwards, never in its way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from ocr.errors import CannotCompose
from sohoa.answers import record_json
from sohoa.export import export
from sohoa.rebuild import rebuild
from sohoa.remote import COMPOSE_ACCESS
from sohoa.steps.access import MISSING, compose_access
from sohoa.steps.access_later import shown_of, with_access
from sohoa.toolbox import Toolbox
from storage.packages import check_chain
from storage.records import Record, Role, State
from tests.integration.test_one_box import ingest


def refuse(source: Path, *_args: Any, **_more: Any) -> None:
    raise CannotCompose(source, "made to fail")


@pytest.fixture
def kept(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> Callable[[], Record]:
    def make() -> Record:
        desk.scan("a.pdf", letter("12/QĐ-UBND"), letter("13/QĐ-UBND"))
        return kit.catalog.get(ingest(kit, desk.folder)["documents"][0]["record_id"])

    return make


def test_a_record_has_an_access_copy_that_can_be_handed_out(
    kit: Toolbox, kept: Callable[[], Record], tmp_path: Path
) -> None:
    record = kept()
    assert record.state is State.KEPT
    assert "access" in [file["role"] for file in record_json(record, kit)["files"]]
    out = export(record, Role.ACCESS, tmp_path, kit)
    with pikepdf.open(out) as pdf:
        assert len(pdf.pages) == record.page_count
        assert "/AcroForm" not in pdf.Root
    assert with_access(record.record_id, kit) == record


def test_the_copy_follows_from_the_record_alone(kit: Toolbox, kept: Callable[[], Record]) -> None:
    record = kept()
    assert compose_access(shown_of(record, kit), kit) == record.file(Role.ACCESS)
    rebuild(kit)
    assert kit.catalog.get(record.record_id) == record


def test_one_that_cannot_be_made_holds_nothing_up_and_is_made_later(
    kit: Toolbox, pool: Any, kept: Callable[[], Record]
) -> None:
    pool.instead[COMPOSE_ACCESS] = refuse
    record = kept()
    assert record.state is State.KEPT and record.seals
    assert record.file(Role.ACCESS) is None
    assert MISSING in [finding.code for finding in record.findings]
    with pytest.raises(CannotCompose):
        with_access(record.record_id, kit)
    assert kit.catalog.get(record.record_id) == record
    del pool.instead[COMPOSE_ACCESS]
    later = with_access(record.record_id, kit)
    assert later.version == record.version + 1 and later.state is State.KEPT
    assert later.file(Role.ACCESS) is not None
    assert MISSING not in [finding.code for finding in later.findings]
    assert check_chain(kit.store, record.record_id, deep=True) == []
    assert with_access(record.record_id, kit) == later
    rebuild(kit)
    assert kit.catalog.get(record.record_id) == later
