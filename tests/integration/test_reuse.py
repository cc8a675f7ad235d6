"""Handing out what is held: what is refused, what is written down, and what lies where afterwards."""

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sohoa.errors import NotAllowed
from sohoa.export import export
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.reuse import answer_json, lookup, use
from sohoa.steps.document import take_through
from sohoa.steps.keep import keep, next_version
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from storage.records import Record, Role

OWNER = ("personal_id", "079099001234")


@pytest.fixture
def record(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> Record:
    """Return a sealed record of OWNER."""
    desk.scan("a.png", letter())
    taken_in(kit, desk.folder, owner=OWNER)
    return next(kit.catalog.all())


def taken_in(kit: Toolbox, folder: Path, *, batch: str | None = None, **order: Any) -> None:
    code = open_batch([folder], batch, None, kit).code
    receive_all(files_in([folder]), code, Order(**order), {}, kit, on_paper=lambda _paper, _new: None)
    for paper_id in kit.ledger.unfinished_papers(code):
        take_through(paper_id, kit)


@pytest.mark.parametrize(("dossier", "purpose"), [("", "cấp lại"), ("H26.3.4-260101-0001", "  ")])
def test_a_use_without_dossier_or_purpose_is_refused(kit: Toolbox, record: Record, dossier: str, purpose: str) -> None:
    with pytest.raises(NotAllowed):
        use(record.record_id, dossier=dossier, purpose=purpose, to=None, kit=kit)
    assert kit.catalog.reuses(record.record_id) == []


def test_nothing_is_written_down_when_the_fields_would_overwrite_a_file(
    kit: Toolbox, record: Record, tmp_path: Path
) -> None:
    out = tmp_path / "copy.pdf"
    (tmp_path / "copy.fields.json").write_text("mine", encoding="utf-8")
    with pytest.raises(NotAllowed):
        use(record.record_id, dossier="D", purpose="p", to=out, kit=kit)
    assert not out.exists()
    assert kit.catalog.reuses(record.record_id) == []


def test_an_expired_paper_is_stale_and_not_used(kit: Toolbox, record: Record) -> None:
    keep(next_version(record, kit, "expired", valid_until="2020-01-01"), kit)
    (answer,) = lookup(OWNER, ["QĐ"], procedure=None, kit=kit)
    assert (answer.answer, "01/01/2020" in answer.why) == ("stale", True)
    with pytest.raises(NotAllowed, match="expired"):
        use(record.record_id, dossier="D", purpose="p", to=None, kit=kit)


def test_days_are_those_of_vietnam(kit: Toolbox, record: Record, other_kit: Callable[..., Toolbox]) -> None:
    """At 18:00 UTC it is the next day: what ended with the old one has expired."""
    keep(next_version(record, kit, "expires", valid_until="2031-03-01"), kit)
    late = other_kit(clock=lambda: datetime(2031, 3, 1, 18, tzinfo=UTC))
    assert [a.answer for a in lookup(OWNER, ["QĐ"], procedure=None, kit=late)] == ["stale"]
    received = replace(
        record, received_at=datetime(2031, 3, 1, 18, tzinfo=UTC), record_id="000000000000000000zz", private=None
    )
    keep(received, kit)
    answers = lookup(OWNER, ["QĐ"], procedure=None, kit=kit)
    assert answer_json(OWNER, answers, kit)["answers"][0]["since"] == "2031-03-02"


def test_under_the_test_authority_every_answer_says_it_has_no_legal_value(kit: Toolbox, record: Record) -> None:
    for answer in lookup(OWNER, ["QĐ", "birth_certificate"], procedure=None, kit=kit):
        assert "không có giá trị pháp lý" in answer.why
    used = use(record.record_id, dossier="D", purpose="p", to=None, kit=kit)
    assert "không có giá trị pháp lý" in used["why"]


def test_a_scan_serves_every_dossier_it_was_handed_in_for_and_no_other(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any, other_kit: Callable[..., Toolbox]
) -> None:
    desk.scan("a.png", letter())
    taken_in(kit, desk.folder, dossier="A")
    taken_in(kit, desk.folder, batch="second", dossier="B")
    (record,) = kit.catalog.all()
    own = keep(next_version(record, kit, "reviewed", evidence_level=5), kit)
    for dossier in ("A", "B"):
        assert use(own.record_id, dossier=dossier, purpose="p", to=None, kit=kit)["reuse"]["dossier"] == dossier
    with pytest.raises(NotAllowed, match="own dossier"):
        use(own.record_id, dossier="C", purpose="p", to=None, kit=kit)


def test_a_folder_that_cannot_be_written_is_a_sentence(kit: Toolbox, record: Record, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 300)
    with pytest.raises(NotAllowed):
        export(record, Role.LEGAL, long, kit)
    assert list(tmp_path.glob(".sohoa-*")) == []


def test_a_stick_without_hard_links_gets_its_copy(
    kit: Toolbox, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_args: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    copy = export(record, Role.LEGAL, tmp_path / "copy.pdf", kit)
    assert copy.stat().st_size == record.file(Role.LEGAL).bytes  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        export(record, Role.LEGAL, tmp_path / "copy.pdf", kit)


def test_what_is_handed_out_is_not_opened_to_everybody(kit: Toolbox, record: Record, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        used = use(record.record_id, dossier="D", purpose="p", to=tmp_path, kit=kit)
    finally:
        os.umask(before)
    for file in used["files"]:
        assert Path(file).stat().st_mode & 0o077 == 0
    assert json.loads(Path(used["files"][1]).read_text(encoding="utf-8"))["record_id"] == record.record_id
