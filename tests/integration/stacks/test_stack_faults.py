"""Stacks that come again, and splits that fail on the way: nothing is lost, nothing is there twice."""

from contextlib import suppress
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from ocr.errors import CannotCompose
from ocr.lines import PageReading
from sohoa import stacks
from sohoa.policy import OUR_ERRORS
from sohoa.rebuild import rebuild
from sohoa.remote import COMPOSE_LEGAL
from sohoa.toolbox import Toolbox
from storage.records import State
from tests.faults.adapters import Killed, Plan, everything_flaky
from tests.faults.archive import Template, compose, faults_of, ingest
from tests.integration.conftest import Desk
from tests.integration.stacks.conftest import (
    Letter,
    archive_of,
    kept,
    numbers,
    rows,
    sheet,
    two_letters,
)


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
        made = archive_of(template, tmp_path / name)
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
