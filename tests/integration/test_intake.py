"""What a batch is called after, and what is said of a paper that is there already."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from sohoa.answers import batch_answer
from sohoa.intake import files_in, open_batch, receive_all
from sohoa.steps.receive import Order
from sohoa.toolbox import Toolbox
from storage.batches import CODE_LENGTH


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("a" * 240, id="240-letters"),
        pytest.param("ộ" * 80, id="vietnamese"),
        pytest.param(os.fsdecode(b"h\xf4p " * 60), id="not-utf-8"),
    ],
)
def test_a_folder_with_a_long_name_becomes_a_batch(kit: Toolbox, desk: Any, name: str) -> None:
    folder = desk.folder / name
    folder.mkdir()
    first = open_batch([folder], None, None, kit)
    kit.ledger.close_batch(first.code, now=kit.clock())
    second = open_batch([folder], None, None, kit)
    assert second.code == f"{first.code}-2"
    assert len(second.code) <= CODE_LENGTH


def test_of_a_paper_on_its_way_it_is_said_where_it_was_received(
    kit: Toolbox, desk: Any, letter: Callable[..., Any]
) -> None:
    path = desk.scan("a.png", letter("12/QĐ-UBND"))
    (desk.folder / "b.png").write_bytes(path.read_bytes())
    code = open_batch([desk.folder], "L1", None, kit).code
    received = receive_all(files_in([desk.folder]), code, Order(), {}, kit, on_paper=lambda _paper, _new: None)
    twin = next(row for row in batch_answer(code, kit, received.papers)["documents"] if row["source"] == "b.png")
    assert twin["state"] == "held"
    assert twin["reason"]["detail"]["records"] == ""
    assert "(L1: a.png)" in twin["reason"]["message"] and "(L1: a.png)" in twin["reason"]["message_en"]
