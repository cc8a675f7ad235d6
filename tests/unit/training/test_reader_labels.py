import numpy as np
import pytest

from ocr.readers.alphabet import VIETNAMESE_LETTERS
from training.reader.alphabet import ALPHABET, BORROWED_CLASSES, as_label, classes
from training.reader.evaluate import greedy, score


def test_every_vietnamese_letter_and_no_letter_twice() -> None:
    assert set(ALPHABET) >= VIETNAMESE_LETTERS
    assert len(set(ALPHABET)) == len(ALPHABET)


def test_signs_of_official_papers_can_be_written() -> None:
    assert set("“”‘’–—…§°²³½☐☒%&/?!\"'") <= set(ALPHABET)


def test_what_was_borrowed_ends_with_the_space() -> None:
    assert ALPHABET[BORROWED_CLASSES - 2] == " "


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("Số:  575/UBND", "Số: 575/UBND"),
        ("Họ tên: ............", "Họ tên: ..."),
        ("Ngày ……/……/……", "Ngày .../.../..."),
        ("và nhiều nữa…", "và nhiều nữa…"),
        ("vân vân...", "vân vân..."),
        ("□ Có", "☐ Có"),
        ("a\u0323", "ạ"),
        ("5 − 3", "5 – 3"),
    ],
)
def test_labels_are_spelt_one_way(printed: str, label: str) -> None:
    assert as_label(printed) == label


def test_a_letter_that_cannot_be_written_gives_no_label() -> None:
    assert as_label("ở 漢字") is None


def test_repeats_and_blanks_of_ctc_are_dropped() -> None:
    a, n = classes("an")
    ids = np.array([0, a, a, 0, n, n, 0, n])
    assert greedy(ids) == "ann"


def test_score_counts_edits_with_and_without_diacritics() -> None:
    found = score([("đất đai", "dất đai"), ("Hà Nội", "Hà Nội")])
    assert (found.lines, found.letters, found.exact, found.cer_plain) == (2, 13, 50.0, 0.0)
    assert found.cer == pytest.approx(100 / 13)
