"""A trained line finder -> `finder.onnx`, as the product reads it.

    python -m training.finder.export --checkpoint RUN/finder.pt --out ocr/readers/weights/finder.onnx

The running average of the weights is written, each batch norm taken into its convolution. The graph takes `page`
(1 x 1 x H x W, multiples of 32, 0 paper to 1 ink) and gives `maps` (1 x 3 x H/4 x W/4): probability of a line's middle
band, distances to its upper and lower edge in pixels of the input. Printed: how far its maps are from the network's,
its size, and its SHA-256.
"""

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from training.finder.network import ExportedNetwork, FinderNetwork

_OPSET = 17
_SEED = 7


def network_of(checkpoint: Path) -> ExportedNetwork:
    """Return the network of a checkpoint, ready to run."""
    kept = torch.load(checkpoint, weights_only=True)
    network = FinderNetwork()
    network.load_state_dict(kept["average"])
    exported = ExportedNetwork(network)
    exported.eval()
    return exported


def export(network: ExportedNetwork, out: Path) -> None:
    """Write the graph for pages of any size."""
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network,
        (torch.zeros(1, 1, 320, 256),),
        str(out),
        input_names=["page"],
        output_names=["maps"],
        dynamic_axes={"page": {2: "height", 3: "width"}, "maps": {2: "rows", 3: "columns"}},
        opset_version=_OPSET,
        dynamo=False,
    )


def greatest_difference(network: ExportedNetwork, written: Path) -> float:
    """Return how far the file's maps are from the network's on a page of noise."""
    page = np.random.default_rng(_SEED).random((1, 1, 224, 160), dtype=np.float32)
    session = onnxruntime.InferenceSession(str(written), providers=["CPUExecutionProvider"])
    with torch.no_grad():
        wanted = network(torch.from_numpy(page)).numpy()
    return float(np.abs(session.run(None, {"page": page})[0] - wanted).max())


def main() -> None:
    """Read the arguments, write, say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    network = network_of(arguments.checkpoint)
    export(network, arguments.out)
    data = arguments.out.read_bytes()
    sys.stdout.write(
        f"greatest difference {greatest_difference(network, arguments.out):.6f}\n"
        f"{len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}\n"
    )


if __name__ == "__main__":
    main()
