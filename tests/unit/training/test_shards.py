"""Shards: what was written is read, and what is half written is not there."""

from pathlib import Path

import numpy as np

from ocr.readers.ink import TALL
from training.shards import Label, lines_of, shards_in, write_shard


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
    (shard,) = shards_in(tmp_path, "rendered")
    found = lines_of(shard)
    assert [line.label for line in found] == [label for _, label in lines]
    for line, (ink, _) in zip(found, lines, strict=True):
        assert np.array_equal(line.ink(), ink)


def test_a_shard_half_written_is_not_there(tmp_path: Path) -> None:
    write_shard(tmp_path, "rendered-000", _lines(8))
    (tmp_path / "rendered-001.bin.tmp").write_bytes(b"\0")
    (tmp_path / "rendered-001.jsonl.tmp").write_text("{", encoding="utf-8")
    (tmp_path / "rendered-002.jsonl").write_text("{", encoding="utf-8")
    assert [shard.name for shard in shards_in(tmp_path)] == ["rendered-000.jsonl"]


def test_a_shard_written_again_replaces_the_first(tmp_path: Path) -> None:
    (before, after) = _lines(9, 12)
    write_shard(tmp_path, "print-000", [before])
    (shard,) = shards_in(tmp_path, "print")
    assert np.array_equal(lines_of(shard)[0].ink(), before[0])
    write_shard(tmp_path, "print-000", [after])
    (line,) = lines_of(shard)
    assert line.width == 12
    assert np.array_equal(line.ink(), after[0])
