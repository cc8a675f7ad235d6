"""Cuts by hand, and what becomes of the records meanwhile."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ocr.errors import CannotCompose
from ocr.lines import Finding, PageReading
from sohoa import review, stacks
from sohoa.errors import NotAllowed
from sohoa.rebuild import rebuild
from sohoa.remote import COMPOSE_ACCESS, READ_PAGE
from sohoa.reuse import use
from sohoa.steps.access_later import with_access
from sohoa.toolbox import Toolbox
from storage.records import State
from tests.faults.archive import faults_of, ingest
from tests.integration.conftest import Desk, lines_at
from tests.integration.stacks.conftest import (
    Letter,
    as_read,
    kept,
    numbered,
    numbers,
    rows,
    sheet,
    two_letters,
)


def refuse_to_compose(source: Path, *_args: Any, **_more: Any) -> None:
    """Fail as a copy does that cannot be made."""
    raise CannotCompose(source, "made to fail")


def test_a_sealed_record_is_split_into_new_ones_and_stays_readable(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = two_letters(kit, desk, letter)
    done = stacks.split(old.record_id[:8], [3], kit)
    assert [(d.first_page, d.last_page, d.state) for d in done.documents] == [(2, 3, "kept"), (4, 4, "kept")]
    assert numbers(kept(kit)) == ["12/QĐ-UBND", "13/QĐ-UBND"]
    assert [r.page_count for r in kept(kit)] == [2, 1]
    aside = kit.catalog.get(old.record_id)
    assert (aside.state, aside.version, aside.files) == (State.SUPERSEDED, old.version + 1, old.files)
    ids = [record.record_id for record in kept(kit)]
    assert aside.superseded_by == ", ".join(ids)
    assert aside.history[-1].detail == {"into": ", ".join(ids), "by": "can-bo-thu"}
    assert [{e.what: e.detail for e in record.history}["split"] for record in kept(kit)] == [
        {"from": old.record_id}
    ] * 2
    assert [f.code for record in kept(kit) for f in record.findings if f.code == "possible_duplicate"] == []
    batch = kit.ledger.reconcile(old.source.batch)
    assert (batch.received_sheets, batch.accounted_sheets) == (3, 3)
    assert faults_of(kit) == []


def test_the_same_split_again_changes_nothing(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = two_letters(kit, desk, letter)
    first = stacks.split(old.record_id, [3], kit)
    versions = kit.catalog.versions()
    assert stacks.split(old.record_id, [3, 3], kit) == first
    assert kit.catalog.versions() == versions
    with pytest.raises(NotAllowed):
        stacks.split(old.record_id, [2], kit)


def test_a_divided_record_names_those_in_its_place_to_whoever_still_works_on_it(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    kit.pool.instead[COMPOSE_ACCESS] = refuse_to_compose  # type: ignore[attr-defined]
    old = two_letters(kit, desk, letter)
    parts = [d.id for d in stacks.split(old.record_id, [3], kit).documents]
    for work in (lambda: with_access(old.record_id, kit), lambda: review.confirm(old.record_id, {}, kit)):
        with pytest.raises(NotAllowed, match=", ".join(parts)):
            work()


def test_what_was_split_can_be_merged_and_split_again(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = two_letters(kit, desk, letter)
    parts = [d.id for d in stacks.split(old.record_id, [3], kit).documents]
    (whole,) = stacks.merge(parts, kit).documents
    assert (whole.first_page, whole.last_page, whole.state) == (2, 4, "kept")
    assert whole.id not in (old.record_id, *parts)
    again = stacks.split(whole.id, [3], kit).documents
    assert [(d.first_page, d.last_page) for d in again] == [(2, 3), (4, 4)]
    assert len(kit.catalog.by_state(State.SUPERSEDED)) == 4
    assert faults_of(kit) == []
    rebuild(kit)
    assert [d.id for d in kit.ledger.documents(old.source.batch)] == [d.id for d in again]
    assert faults_of(kit) == []


def test_documents_with_a_sheet_between_them_are_merged_without_it(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", letter("12/QĐ-UBND"), sheet(), numbered(2), numbered(3))
    ingest(kit, desk.folder)
    ids = [d.id for d in kit.ledger.documents(kit.ledger.batches()[0].code)]
    (whole,) = stacks.merge(ids, kit).documents
    record = kit.catalog.get(whole.id)
    assert (record.page_count, [leaf.page for leaf in record.pages]) == (3, [1, 3, 4])
    cut = stacks.split(whole.id, [3], kit).documents
    assert [(d.first_page, d.last_page) for d in cut] == [(1, 3), (4, 4)]
    assert kit.catalog.get(cut[1].id).pages == ()
    assert faults_of(kit) == []


def test_what_a_person_settled_stays_when_the_record_is_split(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", sheet(), letter("      /QĐ-UBND"), numbered(2), letter("13/QĐ-UBND"))
    ingest(kit, desk.folder)
    (old,) = kit.catalog.by_state(State.REVIEW)
    review.confirm(old.record_id, {"document_number": "77/QĐ-UBND"}, kit)
    stacks.split(old.record_id, [3], kit)
    assert numbers(kept(kit)) == ["77/QĐ-UBND", "13/QĐ-UBND"]
    assert kept(kit)[0].fields["document_number"].confirmed_by == "can-bo-thu"


def test_a_record_in_review_is_split_and_only_the_doubtful_part_waits(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", sheet(), letter("12/QĐ-UBND"), letter("      /QĐ-UBND"), sheet(), letter("14/QĐ-UBND"))
    ingest(kit, desk.folder)
    (old, _) = kept(kit)
    done = stacks.split(old.record_id, [2], kit)
    assert [str(d.state) for d in done.documents] == ["kept", "review"]
    assert faults_of(kit) == []


def test_a_doubtful_dossier_stays_doubtful_when_the_record_is_split(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", sheet("SOHOA1;+"), letter("12/QĐ-UBND"), numbered(2))
    ingest(kit, desk.folder)
    (old,) = kit.catalog.by_state(State.REVIEW)
    done = stacks.split(old.record_id, [2], kit)
    assert ["separator_half_read" in kit.catalog.get(d.id).open_things for d in done.documents] == [True, True]


def test_what_one_record_accepted_is_asked_again_of_another_merged_with_it(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    def read(path: Path, page: int, mode: str) -> PageReading:
        reading = as_read(desk.read(path, page, mode))
        found = () if reading.separator else (Finding(code="text_cut_off", page=page, blocks_seal=True),)
        return replace(reading, findings=found)

    kit.pool.instead[READ_PAGE] = read  # type: ignore[attr-defined]
    desk.scan("a.pdf", sheet(), letter("12/QĐ-UBND"), sheet(), letter("13/QĐ-UBND"))
    ingest(kit, desk.folder)
    one, two = sorted(kit.catalog.by_state(State.REVIEW), key=lambda record: record.source.first_page)
    assert one.open_things == two.open_things == ("text_cut_off",)
    review.confirm(one.record_id, {}, kit)
    (document,) = stacks.merge([one.record_id, two.record_id], kit).documents
    merged = kit.catalog.get(document.id)
    assert (merged.state, merged.accepted, merged.open_things) == (State.REVIEW, (), ("text_cut_off",))


def test_a_used_record_is_left_alone_unless_one_insists(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = two_letters(kit, desk, letter)
    use(old.record_id, dossier="H1", purpose="thử", to=None, kit=kit)
    with pytest.raises(NotAllowed, match="H1"):
        stacks.split(old.record_id, [3], kit)
    assert kit.catalog.get(old.record_id).state is State.KEPT
    assert len(stacks.split(old.record_id, [3], kit, even_used=True).documents) == 2


@pytest.mark.parametrize("at", [[], [1], [4], [0, 2]])
def test_a_cut_that_does_not_fit_changes_nothing(kit: Toolbox, desk: Desk, letter: Letter, at: list[int]) -> None:
    old = two_letters(kit, desk, letter)
    with pytest.raises(NotAllowed):
        stacks.split(old.record_id, at, kit)
    assert kit.catalog.get(old.record_id) == old


def test_only_neighbours_of_one_file_are_merged(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", letter("12/QĐ-UBND"), letter("13/QĐ-UBND"), letter("14/QĐ-UBND"))
    desk.scan("b.pdf", letter("15/QĐ-UBND"))
    ingest(kit, desk.folder)
    a, b, c, other = (record.record_id for record in kept(kit))
    for ids in ([a], [a, a], [a, other], [a, c]):
        with pytest.raises(NotAllowed):
            stacks.merge(ids, kit)
    assert [d.state for d in stacks.merge([c, a, b], kit).documents] == ["kept"]


def test_an_uncertain_cut_is_shown_on_both_sides_before_it_is_final(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    head = lines_at(("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 820, 160), ("Độc lập - Tự do - Hạnh phúc", 930, 210))
    form = (*head, *lines_at(("Nội dung đơn xin xác nhận của công dân tại địa phương.", 240, 640)))
    desk.scan("a.pdf", letter("12/QĐ-UBND"), form)
    assert rows(ingest(kit, desk.folder)) == [([1, 1], "review"), ([2, 2], "review")]
    before, behind = sorted(kit.catalog.by_state(State.REVIEW), key=lambda record: record.source.first_page)
    assert before.open_things == ("split_after_unsure",)
    for record in (before, behind):
        cuts = stacks.proposed_split(record, kit)
        assert [(cut["record_id"], cut["pages"]) for cut in cuts] == [
            (before.record_id, [1, 1]),
            (behind.record_id, [2, 2]),
        ]
    assert review.confirm(before.record_id, {}, kit).state is State.KEPT
    (whole,) = stacks.merge([before.record_id, behind.record_id], kit).documents
    assert (whole.first_page, whole.last_page, whole.state) == (1, 2, "kept")
    assert stacks.proposed_split(kit.catalog.get(whole.id), kit) == []
    assert faults_of(kit) == []
