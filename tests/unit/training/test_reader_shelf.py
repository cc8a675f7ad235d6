"""The reader's lines: those it can learn, in batches, as they come."""

from itertools import islice
from pathlib import Path

import numpy as np

from ocr.readers.ink import TALL
from training.reader.disturb import disturbed
from training.reader.feed import feed, packed
from training.reader.shelf import Shelf, by_width, steps_needed
from training.shards import Label, write_shard


def _shard(folder: Path, name: str, texts: list[str], *, width: int = 60, held_out: bool = False) -> None:
    labels = [Label(text=text, source="print", kind="", held_out=held_out) for text in texts]
    write_shard(folder, name, ((np.full((TALL, width), at, np.uint8), label) for at, label in enumerate(labels)))


def test_each_line_has_its_own_ink(tmp_path: Path) -> None:
    _shard(tmp_path, "print-000", ["một", "hai", "ba"])
    lines = Shelf(tmp_path).look()
    assert [(line.label.text, int(line.ink().max()), line.ink().shape) for line in lines] == [
        ("một", 0, (TALL, 60)),
        ("hai", 1, (TALL, 60)),
        ("ba", 2, (TALL, 60)),
    ]


def test_shards_that_come_later_are_found(tmp_path: Path) -> None:
    _shard(tmp_path, "print-000", ["một"])
    shelf = Shelf(tmp_path)
    assert len(shelf.look()) == 1
    _shard(tmp_path, "print-001", ["hai"])
    assert len(shelf.look()) == 2


def test_lines_too_long_for_their_steps_or_in_unknown_letters_are_passed_over(tmp_path: Path) -> None:
    _shard(tmp_path, "print-000", ["một", "漢", "quá dài cho một dòng hẹp như thế này"], width=40)
    assert [line.label.text for line in Shelf(tmp_path).look()] == ["một"]


def test_equal_neighbours_need_a_blank_between_them() -> None:
    assert steps_needed("Hoàn") == 4
    assert steps_needed("xoong") == 6


def test_batches_stay_within_their_columns(tmp_path: Path) -> None:
    _shard(tmp_path, "print-000", ["một"] * 10)
    assert [len(batch) for batch in by_width(Shelf(tmp_path).look(), 250)] == [4, 4, 2]


def test_a_batch_ends_in_empty_columns_and_holds_every_label(tmp_path: Path) -> None:
    _shard(tmp_path, "print-000", ["một", "hai"])
    batch = packed(Shelf(tmp_path).look(), None)
    assert batch.ink.shape == (2, TALL, 96)
    assert batch.label_lengths.tolist() == [3, 3]
    assert not batch.ink[:, :, 60:].any()


def test_held_out_lines_are_never_learnt_from(tmp_path: Path) -> None:
    _shard(tmp_path, "print-000", ["học"] * 3)
    _shard(tmp_path, "print-001", ["kiểm"] * 3, held_out=True)
    batches = list(islice(feed(tmp_path, columns=400, seed=1), 20))
    assert {int(length) for batch in batches for length in batch.label_lengths} == {3}


def test_disturbed_ink_is_ink_of_as_many_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    ink = rng.integers(0, 256, (TALL, 200), dtype=np.uint8)
    for _ in range(50):
        line = disturbed(ink, rng)
        assert line.shape[0] == TALL
        assert 170 <= line.shape[1] <= 230
        assert 0 <= line.min() <= line.max() <= 1
