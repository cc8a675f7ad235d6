"""Doing a stage once: the ledger remembers what came out, so a repeat costs a look-up."""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from sohoa.errors import LeaseLost
from sohoa.messages import reason_of
from sohoa.policy import OUR_ERRORS
from sohoa.toolbox import Toolbox
from sohoa.wire import pack, unpack

log = logging.getLogger(__name__)


def digest(*parts: object) -> str:
    """Return one SHA-256 (hex) for what a stage works on."""
    return hashlib.sha256("\n".join(str(part) for part in parts).encode()).hexdigest()


def once(kit: Toolbox, subject: str, stage: str, input_hash: str, work: Callable[[], Any]) -> Any:
    """Return the stage's result as plain JSON values; the work is done only if the ledger does not have it.

    Outputs lie in the ledger encrypted under the archive's key, since pages carry personal numbers, and are
    dropped once the paper's records are kept.

    Raises: what `work` raises, after noting it in the ledger; repeating is safe.
    """
    known = kit.ledger.stage_output(subject, stage)
    if known is not None:
        return unpack(kit.keys.work_decrypt(known))
    kit.ledger.begin_stage(subject, stage, input_hash=input_hash, now=kit.clock())
    try:
        packed = pack(work())
    except OUR_ERRORS as error:
        kit.ledger.fail_stage(subject, stage, error=reason_of(error), now=kit.clock())
        raise
    kit.ledger.finish_stage(
        subject,
        stage,
        output_hash=hashlib.sha256(packed).hexdigest(),
        payload=kit.keys.work_encrypt(packed),
        now=kit.clock(),
    )
    return unpack(packed)


@dataclass
class Outcome:
    """What a noted stage made."""

    sha256: str = ""
    """Of its result, hex; empty until the stage says it."""


@contextmanager
def noted(kit: Toolbox, subject: str, stage: str, input_hash: str) -> Iterator[Outcome]:
    """Write a stage into the ledger whose result lies elsewhere: in the store, the catalogue, the index."""
    kit.ledger.begin_stage(subject, stage, input_hash=input_hash, now=kit.clock())
    outcome = Outcome()
    try:
        yield outcome
    except OUR_ERRORS as error:
        kit.ledger.fail_stage(subject, stage, error=reason_of(error), now=kit.clock())
        raise
    kit.ledger.finish_stage(subject, stage, output_hash=outcome.sha256, payload=None, now=kit.clock())


class Lease:
    """The right to work on a subject, renewed while it is held."""

    def __init__(self, kit: Toolbox, subject: str) -> None:
        self._kit = kit
        self._subject = subject
        self._lost = False

    def check(self) -> None:
        """Return if the subject is still ours, else raise LeaseLost: another worker has taken over."""
        if self._lost:
            raise LeaseLost(self._subject)

    def renew(self) -> None:
        """Hold the subject longer. A ledger that does not answer is asked again at the next beat."""
        seconds = self._kit.settings.lease_seconds
        try:
            ours = self._kit.ledger.renew(
                self._subject, worker=self._kit.worker, seconds=seconds, now=self._kit.clock()
            )
        except OUR_ERRORS as error:
            log.warning("lease not renewed", extra={"ref": self._subject, "error": str(error)})
            return
        self._lost = not ours


@contextmanager
def leased(kit: Toolbox, subject: str) -> Iterator[Lease | None]:
    """Hold the subject's lease while the block runs, renewing it; yields None if another worker has it."""
    seconds = kit.settings.lease_seconds
    if not kit.ledger.claim(subject, worker=kit.worker, seconds=seconds, now=kit.clock()):
        yield None
        return
    lease = Lease(kit, subject)
    done = Event()

    def keep() -> None:
        while not done.wait(seconds / 3):
            lease.renew()

    heart = Thread(target=keep, name=f"lease {subject}", daemon=True)
    heart.start()
    try:
        yield lease
    finally:
        done.set()
        heart.join()
        kit.ledger.release(subject, worker=kit.worker)
