"""The recogniser of the wheel trueocr 0.1.1 (Apache-2.0) -> weights of training.reader.network.Reader.

    python -m training.reader.trueocr_weights --onnx rec.onnx

prints how far the two are apart on random ink, as logits: some 1e-5.
"""

import argparse
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

from training.reader.alphabet import BORROWED_CLASSES
from training.reader.network import STEP, Plan, Reader

Array = npt.NDArray[np.float32]

_LOGITS = "/rec/Transpose_output_0"
_RARE = -6.0
"""Bias of a letter that the borrowed head did not know, below that of the letters it knew."""
_SMALL = 0.02


def borrow(reader: Reader, path: Path) -> None:
    """Put the recogniser's weights into the reader; what the reader has beyond it begins as nothing.

    Raises:
        ValueError: the file is not the recogniser that we know.
    """
    found = {item.name: numpy_helper.to_array(item) for item in onnx.load(str(path)).graph.initializer}
    if "rec.stem.weight" not in found:
        raise ValueError(f"{path} is not the recogniser of trueocr 0.1.1")
    state = reader.state_dict()
    for name, value in {**_stem(found), **_context(found), **_blocks(found), **_head(found, state)}.items():
        state[name] = torch.from_numpy(np.ascontiguousarray(value, dtype=np.float32))
    reader.load_state_dict(state)
    known = sum(name.endswith(".project.weight") for name in found)
    for block in list(reader.blocks)[known:]:
        block.begin_as_nothing()


def _stem(found: dict[str, Array]) -> dict[str, Array]:
    """The batch norm after stem and context is folded into both."""
    scale = found["rec.stem_bn.weight"] / np.sqrt(found["rec.stem_bn.running_var"] + 1e-5)
    shift = found["rec.stem_bn.bias"] - found["rec.stem_bn.running_mean"] * scale
    return {
        "stem.weight": found["rec.stem.weight"].reshape(len(scale), -1) * scale[:, None],
        "stem.bias": found["rec.stem.bias"] * scale + shift,
        "context.proj.weight": found["rec.context.proj.weight"][..., 0] * scale[:, None],
        "context.proj.bias": found["rec.context.proj.bias"] * scale,
    }


def _context(found: dict[str, Array]) -> dict[str, Array]:
    return {
        "context.patch.weight": found["onnx::Conv_504"].reshape(32, -1),
        "context.patch.bias": found["onnx::Conv_505"],
        "context.dw": found["rec.context.dw.weight"][:, 0],
        "context.pw.weight": found["onnx::Conv_507"][..., 0, 0],
        "context.pw.bias": found["onnx::Conv_508"],
        "context.score.weight": found["rec.context.score.weight"][..., 0, 0],
        "context.score.bias": found["rec.context.score.bias"],
        "context.row_prior": found["rec.context.row_prior"][0].transpose(1, 2, 0),
    }


def _blocks(found: dict[str, Array]) -> dict[str, Array]:
    taken: dict[str, Array] = {}
    for index in range(10):
        # The exporter numbered the folded convolutions: 510, 511, 513, 514, ...
        taken[f"blocks.{index}.dw"] = found[f"onnx::Conv_{510 + 3 * index}"][:, 0]
        taken[f"blocks.{index}.dw_bias"] = found[f"onnx::Conv_{511 + 3 * index}"]
        for part in ("expand", "se.fc1", "se.fc2", "project"):
            taken[f"blocks.{index}.{part}.weight"] = found[f"rec.blocks.{index}.{part}.weight"][..., 0]
            taken[f"blocks.{index}.{part}.bias"] = found[f"rec.blocks.{index}.{part}.bias"]
    return taken


def _head(found: dict[str, Array], state: dict[str, torch.Tensor]) -> dict[str, Array]:
    """Letters not known before get small weights and a low bias."""
    classes, width = state["head.weight"].shape
    weight = np.random.default_rng(0).normal(0, _SMALL, (classes, width))
    bias = np.full(classes, float(found["rec.head.bias"].min()) + _RARE)
    weight[:BORROWED_CLASSES] = found["rec.head.weight"][..., 0]
    bias[:BORROWED_CLASSES] = found["rec.head.bias"]
    return {"head.weight": weight, "head.bias": bias}


def difference(path: Path, plan: Plan) -> float:
    """Return the largest difference of the two's logits on random ink of unequal widths."""
    reader = Reader(plan)
    borrow(reader, path)
    rng = np.random.default_rng(1)
    widths = np.array([640, 333, 97, 12], dtype=np.int64)
    ink = rng.random((len(widths), 96, 648), dtype=np.float32) ** 3
    for row, width in enumerate(widths):
        ink[row, :, width:] = 0
    model = onnx.load(str(path))
    model.graph.output.append(onnx.helper.make_tensor_value_info(_LOGITS, onnx.TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    [theirs] = session.run([_LOGITS], {"x": ink[:, None], "widths": widths})
    with torch.inference_mode():
        ours = reader(torch.from_numpy(ink), torch.from_numpy(widths)).numpy()
    steps = np.arange(ours.shape[1]) < -(-widths[:, None] // STEP)
    return float(np.abs(ours[..., :BORROWED_CLASSES] - theirs)[steps].max())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--onnx", type=Path, required=True)
    path = parser.parse_args().onnx
    for plan in (Plan(classes=267), Plan(classes=267, blocks=13, detail=(16, 32), detail_blocks=1)):
        print(plan, difference(path, plan))  # noqa: T201
