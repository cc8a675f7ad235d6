"""Needs what training/requirements.in names: skipped where only the product is installed."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")


def test_the_exported_file_says_what_the_network_says(tmp_path: Path) -> None:
    from training.reader.export import difference, graph_of  # noqa: PLC0415
    from training.reader.network import Plan, Reader  # noqa: PLC0415

    torch.manual_seed(1)
    reader = Reader(Plan(classes=30, blocks=2, detail=(8, 16), detail_blocks=1))
    torch.nn.init.normal_(reader.detail.proj.weight, std=0.1)
    onnx.save(graph_of(reader), str(tmp_path / "reader.onnx"))
    assert difference(reader, tmp_path / "reader.onnx") < 1e-3


def test_what_stands_beyond_a_line_changes_nothing() -> None:
    from training.reader.network import Plan, Reader  # noqa: PLC0415

    torch.manual_seed(1)
    reader = Reader(Plan(classes=30, blocks=2))
    ink = torch.rand(1, 96, 64)
    ink[..., 32:] = 0
    widths = torch.tensor([32])
    with torch.inference_mode():
        long, short = reader(ink, widths), reader(ink[..., :48], widths)
    assert torch.allclose(long[:, :8], short[:, :8], atol=1e-5)
