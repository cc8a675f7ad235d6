"""Shards: what was written is read, and what is half written is not there."""

from pathlib import Path

import numpy as np

from ocr.readers.ink import TALL
from training.lines.shards import Label, open_shards, write_shard


def _lines(*widths: int) -> list[tuple[np.ndarray, Label]]:
    rng = np.random.default_rng(1)
    return [
        (
            rng.integers(0, 256, (TALL, width), dtype=np.uint8),
            Label(text=f"dòng {width}", source="rendered", kind="text", held_out=width > 20),
        )
        for width in widths
    ]


def test_lines_come_back_as_they_were_written(tmp_path: Path) -> None:
    lines = _lines(8, 33, 17)
    assert write_shard(tmp_path, "rendered-000", iter(lines)) == 3
    (shard,) = open_shards(tmp_path, "rendered")
    assert [row.label for row in shard.rows] == [label for _, label in lines]
    for index, (ink, _) in enumerate(lines):
        assert np.array_equal(shard.ink(index), ink)


def test_a_shard_half_written_is_not_there(tmp_path: Path) -> None:
    write_shard(tmp_path, "rendered-000", _lines(8))
    (tmp_path / "rendered-001.bin.tmp").write_bytes(b"\0")
    (tmp_path / "rendered-001.jsonl.tmp").write_text("{", encoding="utf-8")
    assert len(list(open_shards(tmp_path))) == 1


def test_a_shard_written_again_replaces_the_first(tmp_path: Path) -> None:
    write_shard(tmp_path, "print-000", _lines(8, 9))
    write_shard(tmp_path, "print-000", _lines(12))
    (shard,) = open_shards(tmp_path, "print")
    assert [row.width for row in shard.rows] == [12]
