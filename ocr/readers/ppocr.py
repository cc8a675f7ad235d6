"""Page -> places of lines with PaddleOCR's detector, on ONNX Runtime, without Paddle and without network.

Only the detector: PaddleOCR's own recognisers cannot write Vietnamese.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ocr.errors import ReaderUnavailable
from ocr.readers.models import LINE_DETECTOR, model_file
from ocr.readers.ports import Grey, Quad

_NAME = "PP-OCRv6_small_det"
_LEAST_SIDE = 5.0
"""Thinner finds are specks and rules."""

# What PaddleX wants beside the weights; the thresholds that count are passed to the constructor.
_CONFIGURATION = f"""\
Global: {{model_name: {_NAME}}}
PreProcess:
  transform_ops:
  - DecodeImage: {{channel_first: false, img_mode: BGR}}
  - DetLabelEncode: null
  - DetResizeForTest: {{limit_side_len: 1280, limit_type: max}}
  - NormalizeImage: {{mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], order: hwc, scale: 1./255.}}
  - ToCHWImage: null
  - KeepKeys: {{keep_keys: [image, shape]}}
PostProcess: {{name: DBPostProcess, thresh: 0.3, box_thresh: 0.5, max_candidates: 1000, unclip_ratio: 1.6}}
"""


class PpocrFinder:
    """See LineFinder. Not to be shared between threads."""

    def __init__(self, *, long_side_px: int = 1280) -> None:
        """Load the detector, which looks at pages scaled to `long_side_px`.

        PaddleX is kept from the network and from the user's home by two variables that this sets, where unset, in
        this process's environment; PaddleX reads them when it is imported, and never tells otherwise.

        Raises:
            ReaderUnavailable: the model or PaddleOCR cannot be used.
        """
        weights = model_file(LINE_DETECTOR)
        os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
        # It makes empty folders there; one a user, since killed workers do not tidy up.
        os.environ.setdefault(
            "PADDLE_PDX_CACHE_HOME", str(Path(tempfile.gettempdir()) / f"sohoa-paddlex-{os.getuid()}")
        )
        try:
            self._detector = _load(weights, long_side_px)
        except (ImportError, OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
            raise ReaderUnavailable(_NAME, str(error)) from error

    def find(self, grey: Grey) -> list[Quad]:
        """See LineFinder.find."""
        if min(grey.shape) < _LEAST_SIDE:
            return []
        height, width = grey.shape
        found = self._detector.predict(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))[0]
        quads = [_quad(np.asarray(corners, dtype=np.float64), width, height) for corners in found["dt_polys"]]
        return [quad for quad in quads if _least_side(quad) >= _LEAST_SIDE]


def _load(weights: Path, long_side_px: int) -> Any:
    # Imported here: it takes seconds, and must find the environment prepared.
    from paddleocr import TextDetection  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="sohoa-model-") as folder:
        (Path(folder) / "inference.yml").write_text(_CONFIGURATION, encoding="utf-8")
        (Path(folder) / "inference.onnx").symlink_to(weights)
        return TextDetection(
            model_name=_NAME,
            model_dir=folder,
            engine="onnxruntime",
            engine_config={"intra_op_num_threads": 1, "inter_op_num_threads": 1, "enable_cpu_mem_arena": False},
            device="cpu",
            limit_side_len=long_side_px,
            limit_type="max",
            thresh=0.3,
            box_thresh=0.5,
            unclip_ratio=1.6,
        )


def _quad(corners: np.ndarray, width: int, height: int) -> Quad:
    corners = np.stack([corners[:, 0].clip(0, width), corners[:, 1].clip(0, height)], axis=1)
    points = [(float(x), float(y)) for x, y in corners]
    return points[0], points[1], points[2], points[3]


def _least_side(quad: Quad) -> float:
    corners = np.array(quad)
    return float(min(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[3] - corners[0])))
