import pickle

import pytest

from search.errors import BadQuery, IndexDamaged, IndexRefused, IndexUnavailable, SearchError

ERRORS = [
    BadQuery("a=b", "no such field"),
    IndexUnavailable("/idx", "busy"),
    IndexDamaged("/idx", "gone"),
    IndexRefused("https://es", "the key is not accepted", "SOHOA_ELASTICSEARCH_API_KEY"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda e: e.code)
def test_survives_the_way_between_processes(error: SearchError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.detail, str(again)) == (type(error), error.detail, str(error))


def test_every_class_has_its_own_code_and_a_remedy() -> None:
    classes = SearchError.__subclasses__()
    assert {type(e) for e in ERRORS} == set(classes)
    assert {(c.code, c.remedy) for c in classes} == {
        ("bad_query", "resubmit"),
        ("index_unavailable", "retry"),
        ("index_damaged", "repair"),
        ("index_refused", "repair"),
    }


def test_messages_name_the_place_and_the_way_out() -> None:
    assert "'/idx'" in str(ERRORS[1])
    assert "sohoa reindex" in str(ERRORS[2])
    assert "SOHOA_ELASTICSEARCH_API_KEY" in str(ERRORS[3])
    assert (ERRORS[0].part, ERRORS[1].place, ERRORS[2].place) == ("a=b", "/idx", "/idx")  # type: ignore[attr-defined]
