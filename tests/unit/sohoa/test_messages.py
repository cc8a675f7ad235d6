import string
from pathlib import Path

import pytest
import yaml

from ocr.errors import EmptyFile
from sohoa.messages import reason, reason_of, words

TABLE = yaml.safe_load((Path(__file__).parents[3] / "sohoa" / "messages.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", TABLE)
def test_both_languages_name_details_that_can_be_filled_in(code: str) -> None:
    for text in TABLE[code].values():
        list(string.Formatter().parse(text))
        assert "{" not in words(code).vi


def test_a_reason_has_the_contracts_keys() -> None:
    why = reason_of(EmptyFile(Path("a.pdf")))
    assert {"code", "message", "message_en", "remedy"} <= why.keys()
    assert (why["code"], why["remedy"]) == ("empty_file", "resubmit")
    assert "a.pdf" in why["message"] and "a.pdf" in why["message_en"]


def test_a_code_without_words_says_what_the_error_says() -> None:
    assert reason("no_such_code", remedy="repair")["message"] == "no_such_code"
