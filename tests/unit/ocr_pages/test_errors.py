"""Errors say what happened and who clears it, and survive the way out of a process pool."""

import pickle
from pathlib import Path

import pytest

from ocr import errors
from ocr.errors import OcrError

SCAN = Path("/in/giấy tờ.pdf")
EXAMPLES: list[OcrError] = [
    errors.EmptyFile(SCAN),
    errors.NotAScan(SCAN, "a Windows program"),
    errors.Damaged(SCAN, "its end is missing", page=3),
    errors.Damaged(SCAN, "its end is missing"),
    errors.Encrypted(SCAN),
    errors.NoPages(SCAN),
    errors.TooLarge(SCAN, what="pages", found=6000, limit=5000),
    errors.PageMissing(SCAN, 9, 2),
    errors.CannotCompose(SCAN, "no page was read", page=1),
    errors.ScanUnavailable(SCAN, "Permission denied"),
    errors.ReaderUnavailable("asterocr/assets/asternet.onnx", "it is not installed"),
    errors.AlphabetIncomplete("tesseract", "Ỵỵ"),
]


def _family(kind: type[OcrError]) -> set[type[OcrError]]:
    return {kind}.union(*(_family(sub) for sub in kind.__subclasses__()))


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_after_pickling(error: OcrError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.detail, str(copy), vars(copy)) == (type(error), error.detail, str(error), vars(error))


def test_every_class_has_an_example_a_code_of_its_own_and_a_place_in_the_tree() -> None:
    family = _family(OcrError)
    assert family - {type(error) for error in EXAMPLES} == {OcrError, errors.BadScan}
    assert len({kind.code for kind in family}) == len(family)
    assert errors.__doc__ is not None
    assert all(kind.__name__ in errors.__doc__ for kind in family)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_the_message_is_made_of_the_details(error: OcrError) -> None:
    assert error.detail
    assert all(value in str(error) for value in error.detail.values())
