"""Doing a stage once: the ledger remembers what came out, so a repeat costs a look-up."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from sohoa.messages import reason_of
from sohoa.policy import OUR_ERRORS
from sohoa.toolbox import Toolbox
from sohoa.wire import pack, unpack


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


@contextmanager
def leased(kit: Toolbox, subject: str) -> Iterator[bool]:
    """Hold the subject's lease while the block runs, renewing it; yields False if another worker has it."""
    seconds = kit.settings.lease_seconds
    if not kit.ledger.claim(subject, worker=kit.worker, seconds=seconds, now=kit.clock()):
        yield False
        return
    done = Event()

    def keep() -> None:
        while not done.wait(seconds / 3):
            kit.ledger.renew(subject, worker=kit.worker, seconds=seconds, now=kit.clock())

    heart = Thread(target=keep, name=f"lease {subject}", daemon=True)
    heart.start()
    try:
        yield True
    finally:
        done.set()
        heart.join()
        kit.ledger.release(subject, worker=kit.worker)
