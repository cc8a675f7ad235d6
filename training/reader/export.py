"""A trained reader -> `reader.onnx` and `reader.json`, as the product reads them.

    python -m training.reader.export --checkpoint RUN/checkpoint.pt --out ocr/readers/weights

The graph is written node by node, channels first: what ONNX Runtime reads fastest. It takes `x` (lines x 1 x 96 x
columns, a multiple of 8, 0 paper, 1 ink) and `widths` (columns of each line), and gives at each step of four columns
`ids` (the likeliest class), `conf` (its probability) and `logits` (of all classes), and `lengths` (steps of each line).
Printed: how far its logits are from the network's, and the file's SHA-256.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from training.reader.alphabet import ALPHABET
from training.reader.network import LINE, ROWS, STEP, Block, Detail, Reader, steps_of
from training.reader.train import PLANS

Array = npt.NDArray[np.float32]

_OPSET = 17
_IR = 8
_SEED = 7


class Graph:
    """Nodes and constants of an ONNX graph, in the order of their making."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, value: npt.ArrayLike, kind: type[np.generic] = np.int64) -> str:
        name = f"c{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value, dtype=kind), name))
        return name

    def weight(self, value: torch.Tensor) -> str:
        return self.constant(value.detach().numpy(), np.float32)

    def add(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        output = output or f"n{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def conv(self, x: str, weight: torch.Tensor, bias: torch.Tensor | None, **attributes: Any) -> str:
        inputs = [x, self.weight(weight)] + ([] if bias is None else [self.weight(bias)])
        return self.add("Conv", *inputs, **attributes)

    def model(self, classes: int) -> onnx.ModelProto:
        def of(name: str, kind: int, shape: list[object]) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, kind, shape)

        whole, real = TensorProto.INT64, TensorProto.FLOAT
        graph = helper.make_graph(
            self._nodes,
            "reader",
            [of("x", real, ["lines", 1, ROWS, "columns"]), of("widths", whole, ["lines"])],
            [
                of("ids", whole, ["lines", "steps"]),
                of("conf", real, ["lines", "steps"]),
                of("lengths", whole, ["lines"]),
                of("logits", real, ["lines", "steps", classes]),
            ],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
        onnx.checker.check_model(model, full_check=True)
        return model


def graph_of(reader: Reader) -> onnx.ModelProto:
    """Return the reader as an ONNX model."""
    graph = Graph()
    x = graph.add("Add", _stem(graph, reader), _context(graph, reader))
    if reader.detail is not None:
        x = graph.add("Add", x, _detail(graph, reader.detail, reader.plan.width))
    mask, length = _mask(graph, x)
    x = graph.add("Mul", graph.add("HardSwish", x), mask)
    column = graph.add("Transpose", mask, perm=[0, 2, 1])
    for block in reader.blocks:
        x = _block(graph, block, x, mask, column, length)
    x = graph.conv(x, reader.head.weight[..., None], reader.head.bias)
    logits = graph.add("Transpose", x, perm=[0, 2, 1], output="logits")
    graph.add("ArgMax", logits, axis=-1, keepdims=0, output="ids")
    best = graph.add("ReduceMax", logits, axes=[-1], keepdims=1)
    every = graph.add("ReduceSum", graph.add("Exp", graph.add("Sub", logits, best)), graph.constant([-1]), keepdims=0)
    graph.add("Reciprocal", every, output="conf")
    return graph.model(reader.plan.classes)


def _stem(graph: Graph, reader: Reader) -> str:
    rows = graph.add("Slice", "x", *(graph.constant([at]) for at in (LINE.start, LINE.stop, 2)))
    weight = reader.stem.weight.view(-1, 1, LINE.stop - LINE.start, STEP)
    x = graph.conv(rows, weight, reader.stem.bias, strides=[LINE.stop - LINE.start, STEP])
    return graph.add("Squeeze", x, graph.constant([2]))


def _context(graph: Graph, reader: Reader) -> str:
    context = reader.context
    patch = context.patch.weight.view(-1, 1, context.patch_rows, STEP)
    x = graph.add("HardSwish", graph.conv("x", patch, context.patch.bias, strides=[context.patch_rows, STEP]))
    x = graph.conv(x, context.dw[:, None], None, pads=[1, 1, 1, 1], group=len(context.dw))
    x = graph.add("HardSwish", graph.conv(x, context.pw.weight[..., None, None], context.pw.bias))
    score = graph.conv(x, context.score.weight[..., None, None], context.score.bias)
    prior = graph.weight(context.row_prior.permute(2, 0, 1)[None])
    share = graph.add("Softmax", graph.add("Add", score, prior), axis=2)
    rows, channels = ROWS // context.patch_rows, context.pw.out_features
    by_head = graph.add("Reshape", x, graph.constant([0, context.heads, channels // context.heads, rows, -1]))
    weighted = graph.add("Mul", by_head, graph.add("Unsqueeze", share, graph.constant([2])))
    seen = graph.add("ReduceSum", weighted, graph.constant([3]), keepdims=0)
    seen = graph.add("Reshape", seen, graph.constant([0, channels, -1]))
    return graph.conv(seen, context.proj.weight[..., None], context.proj.bias)


def _detail(graph: Graph, detail: Detail, width: int) -> str:
    x = graph.add("Slice", "x", *(graph.constant([at]) for at in (detail.rows.start, detail.rows.stop, 2)))
    for half in (detail.first, detail.second):
        x = graph.add("HardSwish", graph.conv(x, half.weight, half.bias, strides=[2, 2], pads=[1, 1, 1, 1]))
    for block in detail.blocks:
        near = graph.conv(x, block.dw.weight, block.dw.bias, pads=[1, 1, 1, 1], group=len(block.dw.weight))
        x = graph.add("Add", x, graph.add("HardSwish", graph.conv(near, block.pw.weight, block.pw.bias)))
    rows = (detail.rows.stop - detail.rows.start) // 4
    folded = detail.proj.weight.view(width, rows, -1).transpose(1, 2)[..., None]
    return graph.add("Squeeze", graph.conv(x, folded, detail.proj.bias), graph.constant([2]))


def _mask(graph: Graph, x: str) -> tuple[str, str]:
    """Return which steps are inside their line (lines x 1 x steps) and how many are (lines x 1 x 1)."""
    steps = graph.add("Shape", x, start=2, end=3)
    steps = graph.add("Squeeze", steps, graph.constant([0]))
    up = graph.add("Div", graph.add("Add", "widths", graph.constant(STEP - 1)), graph.constant(STEP))
    lengths = graph.add("Min", up, steps, output="lengths")
    every = graph.add("Range", graph.constant(0), steps, graph.constant(1))
    inside = graph.add("Less", every, graph.add("Unsqueeze", lengths, graph.constant([1])))
    mask = graph.add("Unsqueeze", graph.add("Cast", inside, to=TensorProto.FLOAT), graph.constant([1]))
    count = graph.add("Cast", graph.add("Max", lengths, graph.constant(1)), to=TensorProto.FLOAT)
    return mask, graph.add("Unsqueeze", count, graph.constant([1, 2]))


def _block(graph: Graph, block: Block, x: str, mask: str, column: str, length: str) -> str:
    half = block.kernel // 2
    h = graph.conv(x, block.dw[:, None], block.dw_bias, pads=[half, half], group=len(block.dw))
    h = graph.add("HardSwish", graph.conv(h, block.expand.weight[..., None], block.expand.bias))
    mean = graph.add("Div", graph.add("MatMul", h, column), length)
    few = graph.add("Relu", graph.conv(mean, block.se.fc1.weight[..., None], block.se.fc1.bias))
    share = graph.add("Sigmoid", graph.conv(few, block.se.fc2.weight[..., None], block.se.fc2.bias))
    h = graph.conv(graph.add("Mul", h, share), block.project.weight[..., None], block.project.bias)
    return graph.add("Mul", graph.add("Add", x, h), mask)


def difference(reader: Reader, file: Path) -> float:
    """Return how far the file's logits are from the network's, at most, on random ink of unequal widths."""
    rng = np.random.default_rng(_SEED)
    widths = np.array([640, 333, 97, 12], dtype=np.int64)
    ink = rng.random((len(widths), ROWS, 648), dtype=np.float32) ** 3
    for row, width in zip(ink, widths, strict=True):
        row[:, width:] = 0
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    logits, lengths = session.run(["logits", "lengths"], {"x": ink[:, None], "widths": widths})
    with torch.inference_mode():
        ours = reader(torch.from_numpy(ink), torch.from_numpy(widths)).numpy()
    if lengths.tolist() != steps_of(torch.from_numpy(widths)).tolist():
        raise ValueError(f"the file counts {lengths.tolist()} steps")
    return max(float(np.abs(a[:n] - b[:n]).max()) for a, b, n in zip(logits, ours, lengths, strict=True))


def export(checkpoint: Path, out: Path) -> None:
    """Write `reader.onnx` and `reader.json` from a checkpoint's averaged weights."""
    kept = torch.load(checkpoint, weights_only=True)
    reader = Reader(PLANS[kept["plan"]])
    reader.load_state_dict(kept["average"])
    reader.eval()
    out.mkdir(parents=True, exist_ok=True)
    file = out / "reader.onnx"
    onnx.save(graph_of(reader), str(file))
    (out / "reader.json").write_text(json.dumps({"letters": ALPHABET}, ensure_ascii=False) + "\n", encoding="utf-8")
    apart = difference(reader, file)
    for written in (file, out / "reader.json"):
        print(hashlib.sha256(written.read_bytes()).hexdigest(), written.name, written.stat().st_size)  # noqa: T201
    print(f"logits at most {apart:.1e} apart; {kept['lines']} lines learnt from")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    export(given.checkpoint, given.out)
