"""Names of the functions that run in a pool worker, so that the caller need not import what they need.

A parser of untrusted files (OpenCV, pikepdf, pyHanko) is imported by the worker that runs it and nowhere else:
commands that only look something up start fast, and no such parser shares a process with keys.
"""

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Remote:
    """A function by the name of its module; called, it imports the module and runs the function there."""

    module: str
    function: str

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function where this is called: in the worker."""
        return getattr(importlib.import_module(self.module), self.function)(*args, **kwargs)

    @property
    def __name__(self) -> str:
        return self.function


INSPECT_SCAN = Remote("ocr.pages.scan", "inspect_scan")
READ_PAGE = Remote("ocr.readers.page", "read_page")
UNDERSTAND = Remote("ocr.fields.understand", "understand")
COMPOSE_LEGAL = Remote("ocr.pdf.legal", "compose_legal")
COMPOSE_ACCESS = Remote("ocr.pdf.access", "compose_access")
COMPOSE_JOINED = Remote("ocr.pdf.joined", "compose_joined")
DRAW_SEPARATORS = Remote("ocr.pdf.separators", "draw_separators")
PLACE_BLOCK = Remote("sohoa.worker_jobs", "place_block")
VERIFY = Remote("signing.verify", "verify")
TO_ARCHIVAL = Remote("sohoa.worker_jobs", "to_archival")
WARM_UP = Remote("sohoa.worker_jobs", "warm_up")

ALL = (
    INSPECT_SCAN,
    READ_PAGE,
    UNDERSTAND,
    COMPOSE_LEGAL,
    COMPOSE_ACCESS,
    COMPOSE_JOINED,
    DRAW_SEPARATORS,
    PLACE_BLOCK,
    VERIFY,
    TO_ARCHIVAL,
    WARM_UP,
)
