"""What a worker process of the pool does: makes one call after another, and dies with the process it serves."""

import ctypes
import multiprocessing
import os
import pickle
import resource
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call returned or raised."""

    value: Any = None
    error: Exception | None = None


_begin: Connection | None = None


def prepare(begin: Connection, memory_limit_bytes: int) -> None:
    """Set the process up. On `begin` it says its pid each time it begins a call, so that who began is never guessed."""
    global _begin
    _begin = begin
    _die_with_parent()
    # The parent looks at resident memory ten times a second; this stops what asks for more between two looks.
    # Address space is no measure: runtimes reserve far more than they touch.
    resource.setrlimit(resource.RLIMIT_DATA, (2 * memory_limit_bytes, resource.RLIM_INFINITY))
    # A core dump would leave a citizen's paper in some folder.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _die_with_parent() -> None:
    """Ask the kernel to kill this process when the thread that started it ends, as it does with its process.

    A thread of our own that waits for the parent would not do: native code may hold the interpreter for minutes.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    parent = multiprocessing.parent_process()
    if parent is None or os.getppid() != parent.pid:
        os._exit(1)  # it was gone before we asked


def perform(function: Callable[..., Any], args: tuple[object, ...]) -> bytes:
    """Make the call and return its pickled Answer: pebble's worker ends when it cannot pickle a result."""
    assert _begin is not None
    _begin.send_bytes(os.getpid().to_bytes(8))
    try:
        return pickle.dumps(Answer(value=function(*args)))
    except Exception as error:  # noqa: BLE001 - not swallowed: raised again in the calling process
        return pickle.dumps(Answer(error=_portable(error)))


def _portable(error: Exception) -> Exception:
    """Return the error with its traceback as a note, or what stands for it if it cannot cross to another process."""
    told = "".join(traceback.format_exception(error))
    try:
        error = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    except (pickle.PicklingError, TypeError, AttributeError):
        error = RuntimeError(f"{type(error).__name__}: {error}")
    error.add_note(f"In the worker:\n{told}")
    return error
