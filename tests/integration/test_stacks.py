"""One file of many papers: separator sheets, cuts by hand, and what becomes of the records meanwhile."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from ocr.errors import CannotCompose
from ocr.lines import Finding, Line, PageReading
from sohoa import review, stacks
from sohoa.errors import NotAllowed
from sohoa.policy import OUR_ERRORS
from sohoa.rebuild import rebuild
from sohoa.remote import COMPOSE_ACCESS, COMPOSE_LEGAL, READ_PAGE
from sohoa.reuse import use
from sohoa.steps.access_later import with_access
from sohoa.toolbox import Toolbox
from storage.records import Record, State
from tests.faults.adapters import Killed, Plan, everything_flaky
from tests.faults.archive import Template, compose, faults_of, ingest
from tests.integration.conftest import Desk, lines_at

Letter = Callable[..., tuple[Line, ...]]
BLANK: tuple[Line, ...] = ()


def sheet(payload: str = "SOHOA1") -> tuple[Line, ...]:
    """Return what stands for a separator sheet on the desk."""
    return lines_at((payload, 100, 100))


def as_read(reading: PageReading) -> PageReading:
    """Return the reading as the page reader gives it: separator sheets and blank pages known as such."""
    if not reading.lines:
        return replace(reading, blank=True)
    text = reading.lines[0].text
    return replace(reading, lines=(), separator=text) if text.startswith("SOHOA1") else reading


def refuse_to_compose(source: Path, *_args: Any, **_more: Any) -> None:
    """Fail as a copy does that cannot be made."""
    raise CannotCompose(source, "made to fail")


@pytest.fixture
def template(tmp_path: Path) -> Template:
    return Template(tmp_path / "made")


@pytest.fixture
def desk(template: Template) -> Desk:
    return template.desk


@pytest.fixture
def kit(template: Template, tmp_path: Path) -> Toolbox:
    """Return an archive whose seals are only marked; its reader knows separator sheets and blank pages."""
    made = template.archive(tmp_path / "home")
    made.pool.instead[READ_PAGE] = lambda path, page, mode: as_read(template.desk.read(path, page, mode))  # type: ignore[attr-defined]
    return made


def second(number: int = 2) -> tuple[Line, ...]:
    """Return a page that goes on, numbered."""
    return lines_at(
        (str(number), 820, 120),
        (f"Điều {number + 1}. Các cơ quan, tổ chức, cá nhân có liên quan chịu trách nhiệm thi hành.", 240, 300),
        (f"{number}. Tổ chức thực hiện nghiêm túc các nội dung nêu tại trang {number}.", 240, 360),
    )


def rows(answer: Any) -> list[tuple[list[int] | None, str]]:
    return [(row["pages"], row["state"]) for row in answer["documents"]]


def kept(kit: Toolbox) -> list[Record]:
    return sorted(kit.catalog.by_state(State.KEPT), key=lambda r: (r.source.name, r.source.first_page))


def test_a_stack_is_split_at_its_sheets_and_they_belong_to_no_document(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    desk.scan("a.pdf", sheet(), BLANK, letter("12/QĐ-UBND"), second(), sheet(), letter("13/QĐ-UBND"), BLANK, sheet())
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
    desk.scan("a.pdf", sheet(), letter("12/QĐ-UBND"), second(), sheet(), letter("13/QĐ-UBND"))
    before = rows(ingest(kit, desk.folder))
    rebuild(kit)
    assert [(pages, "kept") for pages, _ in rows(ingest(kit, desk.folder))] == before
    assert faults_of(kit) == []


def two_letters(kit: Toolbox, desk: Desk, letter: Letter) -> Record:
    """Take in two letters that separator sheets hold together, and return their one record."""
    desk.scan(
        "a.pdf",
        sheet(),
        letter("12/QĐ-UBND"),
        second(),
        letter("13/QĐ-UBND", subject="Về việc phê duyệt kế hoạch thu gom"),
    )
    ingest(kit, desk.folder)
    (record,) = kept(kit)
    return record


def numbers(records: list[Record]) -> list[Any]:
    return [record.fields["document_number"].value for record in records]


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
    desk.scan("a.pdf", letter("12/QĐ-UBND"), sheet(), second(), second(3))
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
    desk.scan("a.pdf", sheet(), letter("      /QĐ-UBND"), second(), letter("13/QĐ-UBND"))
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
    desk.scan("a.pdf", sheet("SOHOA1;+"), letter("12/QĐ-UBND"), second())
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


def test_a_stack_of_which_a_later_document_failed_is_taken_up_when_it_comes_again(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    def failing(source: Path, pages: list[PageReading], out: Path, **more: Any) -> Any:
        if pages[0].page == 3:
            raise CannotCompose(source, "the page cannot be written", page=3)
        return compose(source, pages, out, **more)

    desk.scan("a.pdf", letter("12/QĐ-UBND"), letter("13/QĐ-UBND"), letter("14/QĐ-UBND"))
    kit.pool.instead[COMPOSE_LEGAL] = failing  # type: ignore[attr-defined]
    first = ingest(kit, desk.folder, batch="one")
    (paper,) = kit.ledger.papers(first["batch"])
    assert (paper.state, len(kept(kit))) == (State.QUARANTINED, 2)
    kit.pool.instead[COMPOSE_LEGAL] = compose  # type: ignore[attr-defined]
    assert rows(ingest(kit, desk.folder, batch="two")) == [([1, 1], "kept"), ([2, 2], "kept"), ([3, 3], "kept")]
    ingest(kit, desk.folder, batch="three")
    (held,) = kit.ledger.papers("three")
    assert (held.state, held.pages) == (State.HELD, 3)


def test_the_same_bytes_handed_in_again_are_held_by_the_records_that_stand(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    old = two_letters(kit, desk, letter)
    stacks.split(old.record_id, [3], kit)
    copyfile(desk.folder / "a.pdf", desk.folder / "b.pdf")
    rows_of_b = [row for row in ingest(kit, desk.folder)["documents"] if row["source"] == "b.pdf"]
    assert [(row["state"], row["pages"]) for row in rows_of_b] == [("held", [2, 3]), ("held", [4, 4])]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("kill", [False, True], ids=["error", "kill"])
@pytest.mark.parametrize("rebuilt", [False, True], ids=["again", "rebuilt"])
def test_a_fault_at_any_call_of_a_split_loses_nothing(
    template: Template, tmp_path: Path, letter: Letter, after: bool, kill: bool, rebuilt: bool
) -> None:
    template.desk.scan(
        "a.pdf", sheet(), letter("12/QĐ-UBND"), letter("13/QĐ-UBND", subject="Về việc phê duyệt kế hoạch thu gom")
    )

    def begun(name: str) -> tuple[Toolbox, str]:
        made = template.archive(tmp_path / name)
        made.pool.instead[READ_PAGE] = lambda p, page, mode: as_read(template.desk.read(p, page, mode))  # type: ignore[attr-defined]
        ingest(made, template.desk.folder)
        return made, kept(made)[0].record_id

    plan = Plan()
    made, old = begun("whole")
    stacks.split(old, [2], everything_flaky(made, plan))
    total = len(plan.calls)
    assert total > 60
    step = 29
    for number in range(1 + 3 * after + 5 * kill + rebuilt, total + 1, step):
        made, old = begun(f"home-{number}")
        broken = everything_flaky(made, Plan(fail_at=frozenset([number]), after=after, kill=kill))
        with suppress(Killed, *OUR_ERRORS):
            stacks.split(old, [2], broken)
        if rebuilt:
            rebuild(made)
        done = stacks.split(old, [2], made)
        where = (number, plan.calls[number - 1])
        assert [(d.first_page, d.state) for d in done.documents] == [(2, "kept"), (3, "kept")], where
        assert len(made.catalog.versions()) == 3, where
        assert faults_of(made) == [], where


def test_a_split_that_was_killed_is_finished_by_the_next_run(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = two_letters(kit, desk, letter)
    dying = everything_flaky(kit, Plan(only="store.put", fail_at=frozenset([6]), kill=True))
    with pytest.raises(Killed):
        stacks.split(old.record_id, [3], dying)
    assert kit.ledger.unfinished_papers(old.source.batch) != []
    ingest(kit, desk.folder)
    assert numbers(kept(kit)) == ["12/QĐ-UBND", "13/QĐ-UBND"]
    assert faults_of(kit) == []


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
