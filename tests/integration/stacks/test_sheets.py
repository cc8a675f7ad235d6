"""One file of many papers: separator sheets, what they say, and where the file is cut."""

from sohoa.rebuild import rebuild
from sohoa.toolbox import Toolbox
from storage.records import State
from tests.faults.archive import faults_of, ingest
from tests.integration.conftest import Desk
from tests.integration.stacks.conftest import (
    BLANK,
    Letter,
    kept,
    numbered,
    rows,
    sheet,
)


def test_a_stack_is_split_at_its_sheets_and_they_belong_to_no_document(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    desk.scan("a.pdf", sheet(), BLANK, letter("12/QĐ-UBND"), numbered(2), sheet(), letter("13/QĐ-UBND"), BLANK, sheet())
    answer = ingest(kit, desk.folder)
    assert rows(answer) == [([3, 4], "kept"), ([6, 7], "kept")]
    assert [(r.page_count, r.source.pages, r.source.apart) for r in kept(kit)] == [(2, 4, 4), (2, 4, 4)]
    count = kit.ledger.reconcile(answer["batch"])
    assert (count.received_sheets, count.accounted_sheets, count.unaccounted) == (4, 4, [])
    kit.ledger.close_batch(answer["batch"], now=kit.clock())


def test_what_a_sheet_says_goes_to_the_documents_behind_it(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", letter("12/QĐ-UBND"), sheet("SOHOA1;D=H1"), letter("13/QĐ-UBND"), letter("14/QĐ-UBND"))
    ingest(kit, desk.folder)
    assert [(r.source.first_page, r.source.dossier) for r in kept(kit)] == [(1, None), (3, "H1"), (4, "H1")]


def test_what_lies_between_two_sheets_is_one_document_and_says_what_begins_inside(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    desk.scan("a.pdf", sheet(), letter("12/QĐ-UBND"), letter("13/QĐ-UBND"), sheet(), letter("14/QĐ-UBND"))
    assert rows(ingest(kit, desk.folder)) == [([2, 3], "kept"), ([5, 5], "kept")]
    (found,) = [f for f in kept(kit)[0].findings if f.code == "heads_inside"]
    assert found.detail == {"pages": "3"}


def test_a_sheet_that_was_read_in_part_asks_a_person(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", sheet("SOHOA1;+"), letter("12/QĐ-UBND"))
    assert rows(ingest(kit, desk.folder)) == [([2, 2], "review")]


def test_after_a_sheet_read_in_part_every_document_waits_until_a_dossier_is_named(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    one, two, three, four, five = (letter(f"{number}/QĐ-UBND") for number in range(12, 17))
    named, half, last = sheet("SOHOA1;D=H1"), sheet("SOHOA1;+"), sheet("SOHOA1;D=H2")
    desk.scan("a.pdf", named, one, half, two, three, sheet(), four, last, five)
    assert rows(ingest(kit, desk.folder)) == [
        ([2, 2], "kept"),
        ([4, 4], "review"),
        ([5, 5], "review"),
        ([7, 7], "review"),
        ([9, 9], "kept"),
    ]
    assert [record.source.dossier for record in kept(kit)] == ["H1", "H2"]
    assert {r.source.dossier for r in kit.catalog.by_state(State.REVIEW)} == {None}


def test_sheets_alone_are_no_paper(kit: Toolbox, desk: Desk) -> None:
    desk.scan("a.pdf", sheet(), BLANK)
    answer = ingest(kit, desk.folder)
    assert [(row["state"], row["reason"]["code"]) for row in answer["documents"]] == [("ignored", "only_separators")]
    assert ingest(kit, desk.folder)["counts"] == {"ignored": 1}
    rebuild(kit)
    assert ingest(kit, desk.folder)["counts"] == {"ignored": 1}


def test_a_rebuilt_ledger_has_the_same_documents(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    desk.scan("a.pdf", sheet(), letter("12/QĐ-UBND"), numbered(2), sheet(), letter("13/QĐ-UBND"))
    before = rows(ingest(kit, desk.folder))
    rebuild(kit)
    assert [(pages, "kept") for pages, _ in rows(ingest(kit, desk.folder))] == before
    assert faults_of(kit) == []
