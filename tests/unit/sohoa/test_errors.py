import pickle

import pytest

from sohoa.errors import (
    Misconfigured,
    PoolClosed,
    SohoaError,
    TookTooLong,
    UnknownMode,
    WorkerDied,
    WorkerOutOfMemory,
    WorkersCannotStart,
)

ERRORS = [
    Misconfigured(variables="SOHOA_HOEM", nearest="SOHOA_HOME"),
    UnknownMode("slow", modes="fast, standard"),
    WorkerDied("read('a.pdf')", ending="SIGSEGV"),
    WorkerOutOfMemory("read('a.pdf')", limit_bytes=1 << 30),
    TookTooLong("read('a.pdf')", limit_seconds=2.5),
    WorkersCannotStart(starts=3),
    PoolClosed("read('a.pdf')"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_survives_the_way_to_another_process(error: SohoaError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
def test_says_what_clears_it_and_what_it_was_made_of(error: SohoaError) -> None:
    assert error.remedy in {"resubmit", "retry", "repair"}
    assert error.code != SohoaError.code
    assert error.detail
    assert all(isinstance(value, str) for value in error.detail.values())
