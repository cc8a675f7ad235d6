import string
from pathlib import Path

import pytest
import yaml

from ocr.errors import EmptyFile
from sohoa.document_types import type_code
from sohoa.errors import FileUnreadable, NotAllowed
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


def test_what_the_system_says_of_a_file_is_said_in_vietnamese() -> None:
    said = reason_of(FileUnreadable(file="a.pdf", why="No such file or directory"))
    assert "(không có tệp hoặc thư mục này)" in said["message"]
    assert "(No such file or directory)" in said["message_en"]
    assert "(EIO 5)" in reason("unreadable", remedy="resubmit", file="a.pdf", why="EIO 5")["message"]


@pytest.mark.parametrize("typed", ["Giấy khai sinh", " giay khai sinh", "GIẤY KHAI SINH", "birth_certificate"])
def test_a_document_type_goes_by_its_name_with_or_without_accents(typed: str) -> None:
    assert type_code(typed) == "birth_certificate"


def test_an_unknown_document_type_is_answered_in_vietnamese_with_the_nearest() -> None:
    with pytest.raises(NotAllowed) as caught:
        type_code("giấy khai xinh")
    assert "không có loại giấy tờ" in reason_of(caught.value)["message"]
    assert "Giấy khai sinh (birth_certificate)" in reason_of(caught.value)["message"]
