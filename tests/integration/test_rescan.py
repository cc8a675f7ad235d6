"""A page scanned again: a new sealed version, with every page from the file it came in, and the old ones readable."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from ocr.lines import Finding, Line, PageReading
from ocr.pages.raster import page_image
from signing.report import Verdict
from sohoa import review, stacks
from sohoa.errors import FileUnreadable, NotAllowed, SecretPaper
from sohoa.policy import OUR_ERRORS
from sohoa.rebuild import rebuild
from sohoa.remote import COMPOSE_JOINED, READ_PAGE
from sohoa.rescan import replace_page
from sohoa.steps.seal import verify_file
from sohoa.toolbox import Toolbox
from storage.packages import read_version
from storage.records import Record, Role, State
from tests.faults.adapters import Killed, Plan, everything_flaky
from tests.faults.archive import Template, compose, faults_of, ingest
from tests.integration.conftest import Desk, lines_at

Letter = Callable[..., tuple[Line, ...]]
SECOND = lines_at(("2", 820, 120), ("Điều 3. Các cơ quan có liên quan chịu trách nhiệm thi hành.", 240, 300))
AGAIN = lines_at(("2", 820, 120), ("Điều 3. Các cơ quan, tổ chức liên quan chịu trách nhiệm thi hành.", 240, 300))


def taken_in(kit: Toolbox, desk: Desk, *pages: tuple[Line, ...]) -> Record:
    desk.scan("a.pdf", *pages)
    ingest(kit, desk.folder)
    (record_id,) = kit.catalog.versions()
    return kit.catalog.get(record_id)


def rescan(desk: Desk, *pages: tuple[Line, ...], name: str = "../again.png") -> Path:
    return desk.scan(name, *pages)


def masters(record: Record) -> list[str]:
    return [file.sha256 for file in record.files if file.role is Role.MASTER]


def test_a_page_scanned_again_makes_a_new_sealed_version(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = taken_in(kit, desk, letter("12/QĐ-UBND"), SECOND)
    new = replace_page(rescan(desk, AGAIN), old.record_id[:8], 2, kit)
    assert (new.state, new.version, new.record_id) == (State.KEPT, old.version + 1, old.record_id)
    assert masters(new) == [old.source.sha256, new.pages[1].sha256]
    assert [(leaf.sha256 == old.source.sha256, leaf.page, leaf.place) for leaf in new.pages] == [
        (True, 1, 1),
        (False, 1, 2),
    ]
    assert new.history[-1].what == "rescanned" and new.history[-1].detail["page"] == "2"
    assert read_version(kit.store, old.record_id, old.version) == old
    legal = new.file(Role.LEGAL)
    assert legal is not None and legal.sha256 not in {file.sha256 for file in old.files}
    with kit.local(legal.sha256, name="legal.pdf") as copy, kit.local(new.pages[1].sha256) as scan:
        assert (verify_file(copy, kit, expected=legal).verdict, len(new.seals)) == (Verdict.VALID, 1)
        # The page is the rescan's own picture, pixel for pixel.
        assert (page_image(copy, 2).pixels == page_image(scan, 1).pixels).all()
    assert faults_of(kit) == []


def test_the_same_rescan_again_changes_nothing(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = taken_in(kit, desk, letter("12/QĐ-UBND"), SECOND)
    file = rescan(desk, AGAIN)
    assert replace_page(file, old.record_id, 2, kit) == replace_page(file, old.record_id, 2, kit)
    rebuild(kit)
    assert kit.catalog.get(old.record_id).version == old.version + 1
    assert faults_of(kit) == []


def test_a_doubtful_rescan_waits_for_a_person_and_is_not_found_meanwhile(
    kit: Toolbox, desk: Desk, letter: Letter
) -> None:
    old = taken_in(kit, desk, letter("12/QĐ-UBND"), SECOND)
    new = replace_page(rescan(desk, letter("      /QĐ-UBND")), old.record_id, 1, kit)
    assert (new.state, kit.index.versions()) == (State.REVIEW, {})
    done = review.confirm(new.record_id, {"document_number": "12/QĐ-UBND"}, kit)
    assert (done.state, len(masters(done))) == (State.KEPT, 2)
    assert faults_of(kit) == []


def test_what_a_person_settled_outlives_a_rescan(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = taken_in(kit, desk, letter("      /QĐ-UBND"), SECOND)
    review.confirm(old.record_id, {"document_number": "77/QĐ-UBND"}, kit)
    new = replace_page(rescan(desk, letter("71/QĐ-UBND")), old.record_id, 1, kit)
    number = new.fields["document_number"]
    assert (new.state, number.value, number.confirmed_by) == (State.KEPT, "77/QĐ-UBND", "can-bo-thu")


def test_what_was_accepted_is_asked_again_only_on_a_page_scanned_anew(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    def read(path: Path, page: int, mode: str) -> PageReading:
        reading = desk.read(path, page, mode)
        found = (Finding(code="text_cut_off", page=page, blocks_seal=True, detail={"edge": "left"}),)
        return replace(reading, findings=found) if "[CẮT]" in reading.text else reading

    kit.pool.instead[READ_PAGE] = read  # type: ignore[attr-defined]
    cut = lines_at(("[CẮT]", 240, 900))
    old = taken_in(kit, desk, (*letter("12/QĐ-UBND"), *cut), SECOND)
    assert old.open_things == ("text_cut_off",)
    review.confirm(old.record_id, {}, kit)
    new = replace_page(rescan(desk, AGAIN), old.record_id, 2, kit)
    assert (new.state, new.accepted) == (State.KEPT, ("text_cut_off",))
    new = replace_page(rescan(desk, (*AGAIN, *cut), name="../cut.png"), old.record_id, 2, kit)
    assert (new.state, new.accepted, new.open_things) == (State.REVIEW, (), ("text_cut_off",))


def test_a_record_with_a_rescanned_page_can_be_split(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = taken_in(kit, desk, letter("12/QĐ-UBND"), SECOND, SECOND)
    replace_page(rescan(desk, AGAIN), old.record_id, 2, kit)
    first, second = stacks.split(old.record_id, [3], kit).documents
    assert [masters(kit.catalog.get(d.id)) for d in (first, second)] == [
        masters(kit.catalog.get(old.record_id)),
        [old.source.sha256],
    ]


def test_what_does_not_fit_changes_nothing(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = taken_in(kit, desk, letter("12/QĐ-UBND"), SECOND)
    good = rescan(desk, AGAIN)
    two = rescan(desk, AGAIN, AGAIN, name="../two.pdf")
    secret = rescan(desk, lines_at(("MẬT", 300, 380), *((li.text, *li.box[:2]) for li in letter())), name="../s.png")
    for file, page, error in (
        (good, 0, NotAllowed),
        (good, 3, NotAllowed),
        (two, 2, NotAllowed),
        (desk.folder / "a.pdf", 2, NotAllowed),
        (desk.folder / "none.png", 2, FileUnreadable),
        (secret, 1, SecretPaper),
        (secret, 2, SecretPaper),
    ):
        with pytest.raises(error):
            replace_page(file, old.record_id, page, kit)
    assert kit.catalog.get(old.record_id) == old


def test_a_copy_that_comes_in_as_a_later_page_is_not_sealed(kit: Toolbox, desk: Desk, letter: Letter) -> None:
    old = taken_in(kit, desk, letter("12/QĐ-UBND"), SECOND)
    copy = letter("13/QĐ-UBND", extra=(("SAO Y", 300, 100),))
    new = replace_page(rescan(desk, copy), old.record_id, 2, kit)
    assert (new.state, new.waiting_for, new.seals) == (State.PENDING, "seal", ())
    assert [finding.page for finding in new.findings if finding.code == "copy_mark"] == [2]


@pytest.mark.parametrize("kill", [False, True], ids=["error", "kill"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_fault_at_any_call_of_a_rescan_loses_nothing(tmp_path: Path, letter: Letter, after: bool, kill: bool) -> None:
    template = Template(tmp_path / "made")
    template.desk.scan("a.pdf", letter("12/QĐ-UBND"), SECOND)
    file = rescan(template.desk, AGAIN)

    def begun(name: str) -> tuple[Toolbox, Record]:
        kit = template.archive(tmp_path / name)
        kit.pool.instead[COMPOSE_JOINED] = lambda pieces, out, **more: compose(pieces[0][0], [], out, **more)  # type: ignore[attr-defined]
        ingest(kit, template.desk.folder)
        return kit, kit.catalog.by_state(State.KEPT)[0]

    plan = Plan()
    kit, old = begun("whole")
    replace_page(file, old.record_id, 2, everything_flaky(kit, plan))
    for number in range(1 + 3 * after + 5 * kill, len(plan.calls) + 1, 13):
        kit, old = begun(f"home-{number}")
        with suppress(Killed, *OUR_ERRORS):
            replace_page(
                file,
                old.record_id,
                2,
                everything_flaky(kit, Plan(fail_at=frozenset([number]), after=after, kill=kill)),
            )
        done = replace_page(file, old.record_id, 2, kit)
        where = (number, plan.calls[number - 1])
        assert (done.state, len(masters(done)), len(done.pages)) == (State.KEPT, 2, 2), where
        assert faults_of(kit) == [], where
