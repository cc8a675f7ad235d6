"""Errors keep their meaning across processes."""

import pickle
import string

import pytest

from signing.errors import SigningError, kinds

KINDS = list(kinds())


def _made(kind: type[SigningError]) -> SigningError:
    names = [name for _, name, _, _ in string.Formatter().parse(kind.sentence) if name]
    return kind(**dict.fromkeys(names, "Đường dẫn lạ"))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_survives_a_pickle_with_type_detail_and_message(kind: type[SigningError]) -> None:
    error = _made(kind)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.detail, str(again)) == (kind, error.detail, str(error))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_says_what_clears_it(kind: type[SigningError]) -> None:
    assert kind.remedy in {"resubmit", "retry", "repair"}
    assert kind.code == kind.code.lower().replace(" ", "_")


def test_no_two_errors_share_a_code() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_every_error_is_drawn_in_the_tree() -> None:
    module = __import__("signing.errors", fromlist=["errors"])
    assert all(kind.__name__ in module.__doc__ for kind in KINDS)
