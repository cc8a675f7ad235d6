"""Every error says what clears it, and crosses process pools unchanged."""

import pickle
import re

import pytest

from storage import errors
from storage.errors import (
    AmbiguousId,
    BadKey,
    BadOwner,
    BatchClosed,
    BatchMismatch,
    CatalogUnavailable,
    CatalogUnusable,
    KeyMismatch,
    KeyMissing,
    ObjectConflict,
    ObjectDamaged,
    ObjectMissing,
    RecordDamaged,
    RetentionRefused,
    SourceChanged,
    StorageError,
    StoreFull,
    StoreUnavailable,
    StoreUnusable,
    UnknownBatch,
    UnknownPaper,
    UnknownRecord,
)

EXAMPLES = [
    BadKey("../a", "climbs out"),
    BadOwner("personal_id"),
    ObjectMissing("k"),
    ObjectConflict("k"),
    ObjectDamaged("k"),
    SourceChanged("k", announced="0", found="1"),
    StoreUnavailable("/archive", "Input/output error"),
    StoreUnusable("https://s3/sohoa", "versioning is off"),
    StoreFull("/archive", "No space left on device"),
    RetentionRefused("k", until="2031-01-01", asked="2030-01-01"),
    KeyMissing("the key of record r", destroyed=True),
    KeyMismatch("the key of record r"),
    CatalogUnavailable("database is locked"),
    CatalogUnusable("file is not a database"),
    BatchClosed("HOP-1"),
    BatchMismatch("HOP-1", expected=3, accounted=2, unaccounted=["a.pdf"]),
    UnknownBatch("HOP-1"),
    UnknownPaper("p"),
    UnknownRecord("r", "too short"),
    AmbiguousId("r", ["r1", "r2"]),
    RecordDamaged("records/r", "no state"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error: StorageError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.__dict__, copy.args) == (type(error), str(error), error.__dict__, error.args)
    assert all(isinstance(value, str) for value in copy.detail.values())


def test_every_error_has_an_example_a_code_of_its_own_and_a_place_in_the_tree() -> None:
    assert {type(error) for error in EXAMPLES} == set(StorageError.__subclasses__())
    assert len({kind.code for kind in StorageError.__subclasses__()}) == len(EXAMPLES)
    drawn = dict(re.findall(r"── (\w+) +(\w+)", errors.__doc__ or ""))
    assert drawn == {kind.__name__: kind.remedy for kind in StorageError.__subclasses__()}
    for kind in StorageError.__subclasses__():
        assert kind.code == re.sub(r"(?<!^)([A-Z])", r"_\1", kind.__name__).lower()


def test_a_batch_that_does_not_tally_carries_its_numbers() -> None:
    error = BatchMismatch("HOP-1", expected=3, accounted=2, unaccounted=["a.pdf"])
    assert (error.expected, error.accounted, error.unaccounted) == (3, 2, ("a.pdf",))
    assert error.detail == {"batch": "HOP-1", "expected": "3", "accounted": "2", "unaccounted": "a.pdf"}


def test_a_long_list_is_cut_short_in_the_message_only() -> None:
    sources = [f"{number}.pdf" for number in range(1000)]
    error = BatchMismatch("HOP-1", expected=1000, accounted=0, unaccounted=sources)
    assert str(error).endswith("9.pdf and 990 more")
    assert error.unaccounted == tuple(sources)
