"""The way of a paper, step by step, over the real store, ledger, catalogue, keys, signer and index."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ocr.lines import Finding
from search.query import parse_query
from signing.errors import SignerUnavailable
from sohoa import review
from sohoa.answers import batch_answer, record_json, status_answer
from sohoa.errors import NotAllowed
from sohoa.export import export
from sohoa.intake import files_in, note_batch, open_batch, receive_all
from sohoa.rebuild import rebuild
from sohoa.remote import READ_PAGE
from sohoa.reuse import lookup, use
from sohoa.steps.document import take_through
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from storage.errors import BatchMismatch
from storage.packages import check_chain
from storage.records import Role, State

OWNER = ("personal_id", "079099001234")


def ingest(kit: Toolbox, folder: Path, *, batch: str | None = None, expect: int | None = None, **order: Any) -> Any:
    """Take a folder through, as the command does, without the scheduler."""
    code = open_batch([folder], batch, expect, kit).code
    received = receive_all(files_in([folder]), code, Order(**order), {}, kit, on_paper=lambda _paper, _new: None)
    for paper_id in kit.ledger.unfinished_papers(code):
        take_through(paper_id, kit)
    papers = [kit.ledger.paper(paper.id) for paper in received.papers]
    return batch_answer(code, kit, papers, known=received.known)


def states(answer: Any) -> dict[str, str]:
    return {row["source"]: row["state"] for row in answer["documents"]}


def test_a_good_paper_is_sealed_kept_and_found(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    desk.scan("a.png", letter("12/QĐ-UBND"))
    answer = ingest(kit, desk.folder)
    assert states(answer) == {"a.png": "kept"}
    record = kit.catalog.get(answer["documents"][0]["record_id"])
    assert record.version == 1
    assert record.evidence_level == 4
    assert [seal.profile for seal in record.seals] == ["PAdES-B-LTA"]
    assert record.fields["document_number"].value == "12/QĐ-UBND"
    hits = kit.index.search(parse_query("quyet dinh so hoa"))
    assert [hit.record_id for hit in hits.hits] == [record.record_id]
    assert check_chain(kit.store, record.record_id, deep=True) == []
    for file in record.files:
        assert kit.retention.read(file.key).protected


def test_the_same_folder_again_does_nothing_twice(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any
) -> None:
    desk.scan("a.png", letter("12/QĐ-UBND"))
    first = ingest(kit, desk.folder)
    calls = len(pool.calls)
    again = ingest(kit, desk.folder)
    assert states(again) == {"a.png": "held"}
    assert again["documents"][0]["record_id"] == first["documents"][0]["record_id"]
    assert len(pool.calls) == calls
    assert len(kit.ledger.batches()) == 1


def test_the_same_bytes_under_another_name_are_held(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    path = desk.scan("a.png", letter("12/QĐ-UBND"))
    (desk.folder / "b.png").write_bytes(path.read_bytes())
    answer = ingest(kit, desk.folder, expect=2)
    assert states(answer) == {"a.png": "kept", "b.png": "held"}
    assert len(kit.catalog.versions()) == 1
    kit.ledger.close_batch(answer["batch"], now=kit.clock())


def test_a_batch_with_a_missing_sheet_cannot_be_closed(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    desk.scan("a.png", letter("12/QĐ-UBND"))
    answer = ingest(kit, desk.folder, expect=3)
    with pytest.raises(BatchMismatch):
        kit.ledger.close_batch(answer["batch"], now=kit.clock())


def test_the_same_number_on_other_bytes_is_kept_and_flagged(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    desk.scan("a.png", letter("12/QĐ-UBND"))
    desk.scan("b.png", letter("12/QĐ-UBND"))
    answer = ingest(kit, desk.folder)
    assert states(answer) == {"a.png": "kept", "b.png": "kept"}
    second = kit.catalog.get(answer["documents"][1]["record_id"])
    assert "possible_duplicate" in {finding.code for finding in second.findings}


def test_bad_files_are_set_aside_and_the_rest_goes_on(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    desk.scan("good.png", letter("12/QĐ-UBND"))
    (desk.folder / "empty.pdf").write_bytes(b"")
    (desk.folder / "noise.jpg").write_bytes(b"MZ\x90\x00" * 100)
    (desk.folder / ".DS_Store").write_bytes(b"x")
    answer = ingest(kit, desk.folder)
    assert states(answer) == {
        ".DS_Store": "ignored",
        "empty.pdf": "quarantined",
        "good.png": "kept",
        "noise.jpg": "quarantined",
    }
    reasons = {row["source"]: row["reason"] for row in answer["documents"] if row["reason"]}
    assert reasons["empty.pdf"]["code"] == "empty_file"
    assert "rỗng" in reasons["empty.pdf"]["message"]
    assert reasons["noise.jpg"]["remedy"] == "resubmit"


def test_a_secrecy_mark_stops_the_paper(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    desk.scan("secret.png", letter("12/QĐ-UBND", extra=(("TỐI MẬT", 270, 360),)))
    answer = ingest(kit, desk.folder)
    assert answer["documents"][0]["reason"]["code"] == "secret_paper"
    assert states(answer) == {"secret.png": "quarantined"}
    assert kit.catalog.versions() == {}
    assert kit.index.versions() == {}


def test_a_doubtful_field_waits_for_a_person_and_stays_theirs(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    desk.scan("a.png", letter("      /QĐ-UBND"))
    answer = ingest(kit, desk.folder)
    assert states(answer) == {"a.png": "review"}
    record_id = answer["documents"][0]["record_id"]
    with pytest.raises(NotAllowed, match="document_number"):
        review.confirm(record_id, {}, kit)
    done = review.confirm(record_id, {"document_number": "77/QĐ-UBND", "issued_date": "05/02/2025"}, kit)
    assert done.state is State.KEPT
    assert done.fields["document_number"].value == "77/QĐ-UBND"
    assert done.fields["document_number"].confirmed_by == "can-bo-thu"
    assert done.fields["issued_date"].value == "2025-02-05"
    assert kit.index.search(parse_query("77/QĐ-UBND")).total == 1
    assert check_chain(kit.store, record_id, deep=True) == []
    again = ingest(kit, desk.folder)
    assert kit.catalog.get(record_id).fields["document_number"].value == "77/QĐ-UBND"
    assert states(again) == {"a.png": "held"}


def test_a_scan_below_the_rules_is_sealed_only_after_a_person_accepts_it(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], pool: Any
) -> None:
    desk.scan("a.png", letter("12/QĐ-UBND"))
    poor = Finding(code="low_resolution", page=1, blocks_seal=True, detail={"dpi": "100"})
    pool.instead[READ_PAGE] = lambda *args: replace(desk.read(*args), findings=(poor,))
    answer = ingest(kit, desk.folder)
    record = kit.catalog.get(answer["documents"][0]["record_id"])
    assert (record.state, record.seals, record.evidence_level) == (State.REVIEW, (), 5)
    done = review.confirm(record.record_id, {}, kit)
    assert done.accepted == ("low_resolution",)
    assert done.evidence_level == 4


def test_a_rejected_paper_is_kept_aside(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    desk.scan("a.png", letter("      /QĐ-UBND"))
    record_id = ingest(kit, desk.folder)["documents"][0]["record_id"]
    review.reject(record_id, "thiếu trang 2", kit)
    row = status_answer([kit.ledger.batches()[0].code], kit)["batches"][0]["quarantined"][0]
    assert "thiếu trang 2" in row["reason"]["message"]


def test_a_signer_out_of_service_leaves_the_paper_pending_and_a_repeat_seals_it(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], other_kit: Callable[..., Toolbox]
) -> None:
    class Absent:
        agency = "CƠ QUAN VẮNG MẶT"

        def seal(self, *_args: Any, **_more: Any) -> Any:
            raise SignerUnavailable(reason="it is not there")

    desk.scan("a.png", letter("12/QĐ-UBND"))
    broken = other_kit(signer=Absent())
    code = open_batch([desk.folder], None, None, broken).code
    receive_all(files_in([desk.folder]), code, Order(), {}, broken, on_paper=lambda _paper, _new: None)
    (paper_id,) = broken.ledger.unfinished_papers(code)
    with pytest.raises(SignerUnavailable):
        take_through(paper_id, broken)
    row = batch_answer(code, kit)["documents"][0]
    assert (row["state"], row["waiting_for"]) == ("pending", "seal")
    assert "Tiến trình ký số" in row["reason"]["message"]
    assert "signer's process" in row["reason"]["message_en"] and "Tiến" not in row["reason"]["message_en"]
    assert kit.catalog.get(row["record_id"]).seals == ()
    assert take_through(paper_id, kit)
    record = kit.catalog.get(row["record_id"])
    assert (record.state, record.version) == (State.KEPT, 2)
    assert kit.ledger.unfinished_papers(code) == []


def test_a_stack_becomes_its_documents_and_the_master_is_kept_once(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    desk.scan("stack.pdf", letter("12/QĐ-UBND"), letter("13/QĐ-UBND", subject="Về việc khác"))
    answer = ingest(kit, desk.folder, expect=2)
    assert [row["pages"] for row in answer["documents"]] == [[1, 1], [2, 2]]
    records = [kit.catalog.get(row["record_id"]) for row in answer["documents"]]
    assert [r.fields["document_number"].value for r in records] == ["12/QĐ-UBND", "13/QĐ-UBND"]
    assert len({r.file(Role.MASTER).key for r in records}) == 1  # type: ignore[union-attr]
    assert records[1].fields["document_number"].page == 1
    kit.ledger.close_batch(answer["batch"], now=kit.clock())


def test_owner_and_personal_numbers_stand_nowhere_in_clear(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], tmp_path: Path
) -> None:
    desk.scan("a.png", letter("12/QĐ-UBND", extra=(("CCCD số: 079099001234", 240, 900),)))
    ingest(kit, desk.folder, owner=OWNER)
    assert [a.answer for a in lookup(OWNER, ["Quyết định"], procedure=None, kit=kit)] == ["held"]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert OWNER[1].encode() not in path.read_bytes(), path


def test_lookup_and_reuse_are_written_down(kit: Toolbox, desk: Any, letter: Callable[..., Any], tmp_path: Path) -> None:
    desk.scan("a.png", letter("12/QĐ-UBND"))
    ingest(kit, desk.folder, owner=OWNER)
    answers = lookup(OWNER, ["QĐ", "birth_certificate"], procedure="1.011442", kit=kit)
    assert [answer.answer for answer in answers] == ["held", "not_held"]
    assert "không có giá trị pháp lý" in answers[0].why
    record = answers[0].record
    assert record is not None
    out = tmp_path / "out"
    out.mkdir()
    used = use(record.record_id, dossier="H26.3.4-260101-0001", purpose="cấp lại", to=out, kit=kit)
    assert len(used["files"]) == 2
    assert record_json(record, kit)["reuses"][0]["dossier"] == "H26.3.4-260101-0001"
    assert {"looked_up", "reused", "exported"} <= {line.what for line in kit.audit.lines()}
    assert kit.audit.check() is None


def test_exports_are_what_was_kept_and_overwrite_nothing(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], tmp_path: Path
) -> None:
    path = desk.scan("a.png", letter("12/QĐ-UBND"))
    record = kit.catalog.get(ingest(kit, desk.folder)["documents"][0]["record_id"])
    assert export(record, Role.MASTER, tmp_path / "m.png", kit).read_bytes() == path.read_bytes()
    text = export(record, Role.TEXT, tmp_path / "t.txt", kit).read_text(encoding="utf-8")
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    with pytest.raises(NotAllowed):
        export(record, Role.TEXT, tmp_path / "t.txt", kit)


def test_everything_is_rebuilt_from_the_store_and_the_keys(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], tmp_path: Path
) -> None:
    desk.scan("a.png", letter("12/QĐ-UBND"))
    desk.scan("b.png", letter("      /QĐ-UBND", subject="Về việc chờ"))
    desk.scan("c.png", letter("      /QĐ-UBND", subject="Về việc đã kiểm tra"))
    (desk.folder / "d.png").write_bytes((desk.folder / "a.png").read_bytes())
    (desk.folder / "e.pdf").write_bytes(b"")
    (desk.folder / ".DS_Store").write_bytes(b"x")
    answer = ingest(kit, desk.folder, owner=OWNER, expect=5)
    by_source = {row["source"]: row["record_id"] for row in answer["documents"]}
    review.confirm(by_source["c.png"], {"document_number": "14/QĐ-UBND"}, kit)
    use(by_source["a.png"], dossier="H26.3.4-260101-0001", purpose="cấp lại", to=None, kit=kit)
    note_batch(kit.ledger.batch(answer["batch"]), kit)
    before = _everything(answer["batch"], kit)
    rebuilt = rebuild(kit)
    assert (rebuilt.batches, rebuilt.papers, rebuilt.records, rebuilt.reuses) == (1, 6, 3, 1)
    assert _everything(answer["batch"], kit) == before
    assert kit.ledger.unfinished_papers(answer["batch"]) == []


def _everything(batch: str, kit: Toolbox) -> Any:
    """Return what a rebuild must bring back, without the seconds things took."""
    rows = batch_answer(batch, kit)["documents"]
    for row in rows:
        row["seconds"] = 0
        # The words of a held paper name other places after a rebuild; its code and state do not change.
        row["reason"] = row["reason"] and row["reason"]["code"]
    records = [record_json(kit.catalog.get(i), kit) for i in sorted(kit.catalog.versions())]
    held = [
        (a.answer, a.record.record_id if a.record else None) for a in lookup(OWNER, ["QĐ"], procedure=None, kit=kit)
    ]
    return json.loads(json.dumps([rows, records, held, dict(kit.index.versions())]))


@dataclass
class Crash(BaseException):
    """Stands for a kill at a named place."""

    place: str


@pytest.mark.parametrize("place", ["prepare", "understand", "compose", "seal", "keep", "index"])
def test_a_paper_killed_at_any_stage_is_resumed_and_made_once(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], other_kit: Callable[..., Toolbox], place: str
) -> None:
    class Dying:
        def __init__(self, ledger: Any) -> None:
            self._ledger = ledger

        def __getattr__(self, name: str) -> Any:
            return getattr(self._ledger, name)

        def finish_stage(self, subject: str, stage: str, **more: Any) -> Any:
            if stage == place:
                raise Crash(place)
            return self._ledger.finish_stage(subject, stage, **more)

    desk.scan("a.png", letter("12/QĐ-UBND"))
    dying = other_kit(ledger=Dying(kit.ledger))
    code = open_batch([desk.folder], None, None, dying).code
    receive_all(files_in([desk.folder]), code, Order(), {}, dying, on_paper=lambda _paper, _new: None)
    (paper_id,) = kit.ledger.unfinished_papers(code)
    with pytest.raises(Crash):
        take_through(paper_id, dying)
    answer = ingest(kit, desk.folder)
    assert states(answer) == {"a.png": "kept"}
    assert len(kit.catalog.versions()) == 1
    assert kit.index.search(parse_query("12/QĐ-UBND")).total == 1
    assert kit.ledger.unfinished_papers(code) == []


def test_bytes_handed_in_again_for_their_owner_are_found_for_them(
    kit: Toolbox, desk: Any, letter: Callable[..., Any], tmp_path: Path
) -> None:
    path = desk.scan("a.png", letter("12/QĐ-UBND"))
    kept = ingest(kit, desk.folder)["documents"][0]["record_id"]
    later = tmp_path / "later"
    later.mkdir()
    (later / "again.png").write_bytes(path.read_bytes())
    assert states(ingest(kit, later, owner=OWNER)) == {"again.png": "held"}
    (answer,) = lookup(OWNER, ["QĐ"], procedure=None, kit=kit)
    assert (answer.answer, answer.record.record_id if answer.record else None) == ("held", kept)
