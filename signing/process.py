"""Port Signer in a process of its own: the keys are there and nowhere else.

Only paths and values cross, as one line of JSON each way. The process starts at the first call, is started anew if it
died, and goes when its parent is gone, however it went: its input ends, and a watcher waits for the parent's own end,
because a pipe stays open as long as any other child holds a copy.
"""

import atexit
import json
import logging
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from select import select
from typing import Any

from signing.block import BlockPlace
from signing.errors import SignerUnavailable, SigningError, kinds
from signing.report import Finding, Words
from signing.signer import Block, Sealed

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 300.0
"""Longest a call may take: a file of a gigabyte on a slow disk, or a timestamp authority that does not answer."""


class SignerProcess:
    """The agency's seal, under the test authority in a folder. Threads may share it: one is served at a time."""

    def __init__(self, folder: Path, *, typeface: Path, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """`folder` is where the test authority lies, or will be made by the process. Nothing is started yet."""
        self._folder = folder
        self._typeface = typeface
        self._patience = patience_seconds
        self._child: subprocess.Popen[str] | None = None
        self._one_at_a_time = threading.Lock()
        self._agency: str | None = None

    @property
    def agency(self) -> str:
        """See Signer.agency. Asked once; makes the test authority if there is none."""
        if self._agency is None:
            self._agency = str(self._ask({"ask": "agency"}))
        return self._agency

    def seal(self, unsigned: Path, out: Path, *, block: Block) -> Sealed:
        """See Signer.seal."""
        request = {
            "ask": "seal",
            "unsigned": str(unsigned.absolute()),
            "out": str(out.absolute()),
            "block": asdict(block),
        }
        return replace(sealed_from(self._ask(request)), path=out)

    def close(self) -> None:
        """Stop the process, if it runs. The next call starts another."""
        with self._one_at_a_time:
            self._stop()

    def __enter__(self) -> "SignerProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: dict[str, Any]) -> Any:
        with self._one_at_a_time:
            try:
                answer = self._exchange(json.dumps(request))
            except (OSError, ValueError) as error:
                self._stop()
                raise SignerUnavailable(reason=str(error) or type(error).__name__) from error
        if "error" in answer:
            raise _error(answer["error"], answer["detail"])
        return answer["result"]

    def _exchange(self, line: str) -> dict[str, Any]:
        child = self._running()
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(line + "\n")
        child.stdin.flush()
        # An answer is one line and is flushed whole, so that readable means complete.
        if not select([child.stdout], [], [], self._patience)[0]:
            raise ValueError(f"no answer within {self._patience:g} seconds")
        reply = child.stdout.readline()
        if not reply.endswith("\n"):
            raise ValueError(f"it ended with status {child.wait(5)}")
        answer: dict[str, Any] = json.loads(reply)
        return answer

    def _running(self) -> subprocess.Popen[str]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self._stop()
        # -P: a folder named like one of our packages in the current folder must not be imported.
        command = [
            sys.executable,
            "-P",
            "-m",
            "signing.process_main",
            str(self._folder.absolute()),
            str(self._typeface),
        ]
        self._child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", start_new_session=True
        )
        atexit.register(self.close)
        log.info("signer process started", extra={"pid": self._child.pid})
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        atexit.unregister(self.close)
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    log.debug("pipe to the signer was gone", exc_info=True)
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def sealed_to(sealed: Sealed) -> dict[str, Any]:
    """Return the value as JSON can carry it."""
    return {**asdict(sealed), "path": str(sealed.path), "signed_at": sealed.signed_at.isoformat()}


def sealed_from(values: dict[str, Any]) -> Sealed:
    """Return the value that sealed_to made."""
    findings = tuple(
        Finding(code=one["code"], words=Words(**one["words"]), source=one["source"]) for one in values["findings"]
    )
    return Sealed(
        **{
            **values,
            "path": Path(values["path"]),
            "signed_at": datetime.fromisoformat(values["signed_at"]),
            "lines": tuple(values["lines"]),
            "findings": findings,
        }
    )


def block_from(values: dict[str, Any]) -> Block:
    """Return the block whose fields these are."""
    return Block(place=BlockPlace(**values["place"]), software=values["software"], person=values["person"])


def _error(code: str, detail: dict[str, str]) -> SigningError:
    kind = {one.code: one for one in kinds()}.get(code, SigningError)
    return kind(**detail)
