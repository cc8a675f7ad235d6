"""Model files as ONNX Runtime sessions on one thread: processes, not threads, share out the cores.

ONNX Runtime's Linux builds report to their maker from 1.29 on, unless this variable is set before the library is
loaded; nothing of ours leaves the machine.
"""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

from ocr.errors import ReaderUnavailable
from ocr.readers.models import Model, model_file


def session(model: Model) -> onnxruntime.InferenceSession:
    """Return a session on one thread that gives memory back between pages.

    Raises:
        ReaderUnavailable: the file is not there, not ours, or the runtime refuses it.
    """
    path = model_file(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    # With lines of every width the arena only grows.
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (RuntimeError, ValueError) as error:
        raise ReaderUnavailable(f"{model.package}/{model.path}", str(error)) from error
