"""sohoa status and the answer of ingest over a real ledger: the keys promised, and few questions to the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from sohoa.answers import batch_answer, status_answer
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.steps.document import take_through
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox


@contextmanager
def questions(kit: Toolbox) -> Iterator[list[str]]:
    """Collect what is asked of the database while the block runs."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    engine = kit.ledger._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def received(kit: Toolbox, desk: Any, letter: Callable[..., Any], number: int) -> str:
    for one in range(number):
        desk.scan(f"{one}.png", letter(f"{one + 1}/QĐ-UBND"))
        (desk.folder / f"{one} again.png").write_bytes((desk.folder / f"{one}.png").read_bytes())
        (desk.folder / f"{one} empty.pdf").write_bytes(b"")
    code = open_batch([desk.folder], None, 3 * number, kit).code
    receive_all(files_in([desk.folder]), code, Order(), {}, kit, on_paper=lambda _paper, _new: None)
    return code


def test_no_question_is_asked_once_for_each_paper(kit: Toolbox, desk: Any, letter: Callable[..., Any]) -> None:
    code = received(kit, desk, letter, 6)
    for paper_id in kit.ledger.unfinished_papers(code):
        take_through(paper_id, kit)
    with questions(kit) as asked:
        answer = batch_answer(code, kit)
    assert len(asked) <= 5
    assert answer["counts"] == {"kept": 6, "held": 6, "quarantined": 6}
    held = [row for row in answer["documents"] if row["state"] == "held"]
    assert all(row["record_id"] and row["pages"] == [1, 1] for row in held)
    with questions(kit) as asked:
        status_answer([code], kit)
    assert len(asked) <= 5


def test_status_keeps_its_keys_and_says_whether_work_goes_on(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    code = received(kit, desk, letter, 2)
    todo = kit.ledger.unfinished_papers(code)
    answer = status_answer([code], kit)
    (batch,) = answer["batches"]
    assert {"batch", "state", "expected", "received", "accounted", "counts", "waiting", "failed", "quarantined"} <= set(
        batch
    )
    assert batch["pace"]["running"] is False
    assert batch["pace"]["pages_left"] == len(todo)
    kit.ledger.claim(todo[0], worker="somebody", seconds=60, now=kit.clock())
    assert status_answer([code], kit)["batches"][0]["pace"]["running"] is True
    kit.ledger.release(todo[0], "somebody")
    for paper_id in todo:
        take_through(paper_id, kit)
    (batch,) = status_answer([code], kit)["batches"]
    assert batch["pace"] is None
    assert [(group["state"], group["count"]) for group in batch["groups"]] == [("quarantined", 2)]
