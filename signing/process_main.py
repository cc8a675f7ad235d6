"""The signer's process: reads a request a line, writes an answer a line. Started by signing/process.py only."""

import json
import os
import select
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, TextIO

from signing.errors import SigningError
from signing.local import local_signer
from signing.pades import PadesSigner
from signing.process import block_from, sealed_to


def main() -> None:
    """Serve until the input ends or the parent is gone."""
    answers = _take_output()
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    folder, typeface = map(Path, sys.argv[1:3])
    signer: PadesSigner | None = None
    for line in sys.stdin:
        try:
            signer = signer or local_signer(folder, typeface=typeface)
            answer: dict[str, Any] = {"result": _answered(json.loads(line), signer)}
        except SigningError as error:
            answer = {"error": error.code, "detail": error.detail}
        except Exception as error:  # noqa: BLE001 - the top of a process
            traceback.print_exc()
            answer = {"error": "signing_error", "detail": {"reason": f"{type(error).__name__}: {error}"}}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _answered(request: dict[str, Any], signer: PadesSigner) -> Any:
    if request["ask"] == "agency":
        return signer.agency
    block = block_from(request["block"])
    return sealed_to(signer.seal(Path(request["unsigned"]), Path(request["out"]), block=block))


def _take_output() -> TextIO:
    """Return the way out for answers; whatever else prints goes to stderr and cannot be taken for an answer."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _leave_with(parent: int) -> None:
    """End this process as soon as `parent` has ended."""
    try:
        handle = os.pidfd_open(parent)
    except OSError:
        os._exit(0)
    # The number may have been given to another process between its end and our look.
    if os.getppid() == parent:
        select.select([handle], [], [])
    os._exit(0)


if __name__ == "__main__":
    main()
