"""Labels of scans: what is learnt from two readings and a witness, which dashes, which documents."""

import json
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest

from ocr.readers.word_pairs import word_pairs
from training.scans.agreement import Kind, Part, form_is_known, is_suspect, judged, needs_witness, parts, words_at
from training.scans.dashes import with_dashes
from training.scans.labels import Labeller, excluded_lines, folded_line
from training.scans.pages import is_held_out, pages_in_turn
from training.scans.precision import compared_form, nearest, tallied
from training.scans.stops import stop_fits
from training.scans.witness import witnessed

PAIRS = word_pairs()
LINE = "Căn cứ Luật Tổ chức chính quyền địa phương"


def text_of(one: str, two: str, witness: str | None = None) -> str | None:
    verdict = judged(one, two, witness, PAIRS)
    return None if verdict is None else verdict.text


def test_a_line_that_both_read_alike_is_learnt() -> None:
    verdict = judged(LINE, LINE, None, PAIRS)
    assert verdict is not None
    assert (verdict.text, verdict.kind) == (LINE, Kind.AGREE)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("nhân viên y tế năm 2017;", "nhân viên y tế nãm 2017;"),
        ("nhân viên y tể năm 2017;", "nhân viên y tế năm 2017;"),
    ],
)
def test_language_settles_a_tone_for_either_reader(one: str, two: str) -> None:
    verdict = judged(one, two, None, PAIRS)
    assert verdict is not None
    assert (verdict.text, verdict.kind) == ("nhân viên y tế năm 2017;", Kind.SETTLED)


def test_a_number_is_settled_by_the_witness_alone() -> None:
    one, two = "Quyết định số 1675/0Đ-UBND ngày", "Quyết định số 1675/QĐ-UBND ngày"
    assert text_of(one, two) is None
    assert text_of(one, two, "Quyết định số 1675/QĐ-UBND nsày") == two
    assert text_of(one, two, "Quyết định số 1675/ỌĐ-UBND ngày") is None


def test_a_mark_that_only_the_better_reader_saw_needs_a_witness_and_none_may_take_it_away() -> None:
    one, two = "số liệu hoạt động bệnh viện.", "số liệu hoạt động bệnh viện"
    assert text_of(one, two) is None
    assert text_of(one, two, one) == one
    assert text_of(one, two, two) is None


def test_lost_spaces_are_put_back() -> None:
    assert text_of("của Sở Y tế tỉnh Kiên Giang", "của Sở Ytế tỉnh Kiên Giang") == "của Sở Y tế tỉnh Kiên Giang"


def test_signs_between_joined_words_are_not_language_s_to_settle() -> None:
    one, two = "việc sắp xếp, đổi mới phát triển và nâng cao", "việc sắp xếp, đổi mối,phát triển và nâng cao"
    assert text_of(one, two) is None


def test_a_word_like_what_the_other_reader_saw_may_be_the_right_one() -> None:
    assert text_of("và Bộ Công an quy định vn tiêu chuẩn", "và Bộ Công an quy định vể tiêu chuẩn") is None


def test_a_full_stop_that_may_be_a_comma_is_left_out() -> None:
    one, two = "kèm theo Thông tư này, Trường hợp thay đổi", "kèm theo Thông tư này. Trường hợp thay đổi"
    assert text_of(one, two, one) is None
    assert not form_is_known("Điều 5, Tổ chức thực hiện")
    assert form_is_known("5, 6 và 7 của Luật")


def test_handwriting_and_seals_are_left_out() -> None:
    assert text_of("Đỗ Thị Lệ Hảo", "Bổ ThiLệ Hâu") is None
    assert text_of("DHỗATỗc", "") is None
    assert text_of("12.345", "12.346") is None
    assert text_of("12.345", "12.345") == "12.345"


def test_a_word_that_both_get_wrong_is_left_out() -> None:
    line = "Căn cứ Nghị định số 118/2008/NĐ-CP ngày 27 tháng 11 năm 2008 của Chính phủ"
    assert text_of(line, line) == line
    spoilt = line.replace("số 118", "sổ 118")
    assert text_of(spoilt, spoilt) is None


def test_a_witness_is_asked_only_where_it_can_decide() -> None:
    assert not needs_witness(LINE, LINE, PAIRS)
    assert not needs_witness("DHỗATỗc", "", PAIRS)
    assert needs_witness("Quyết định số 1675/0Đ-UBND ngày", "Quyết định số 1675/QĐ-UBND ngày", PAIRS)


def test_a_line_is_read_twice_where_language_expects_another_word() -> None:
    assert not is_suspect(LINE, PAIRS)
    assert is_suspect(LINE.replace("chính", "chinh"), PAIRS)
    assert is_suspect(LINE.replace("quyền", "quyểnn"), PAIRS)


def test_parts_are_words_or_what_one_reader_joined() -> None:
    found = list(parts(["a", "b", "c", "d"], ["a", "bc", "d"]))
    assert found == [
        Part(mine=("a",), theirs=("a",), start=0),
        Part(mine=("b", "c"), theirs=("bc",), start=1),
        Part(mine=("d",), theirs=("d",), start=3),
    ]
    assert words_at(1, 3, ["a", "b", "c", "d"], ["a", "b", "x", "d"]) == ("b", "x")
    assert words_at(1, 2, ["a", "b", "c"], ["a", "bc"]) is None


def test_signs_that_the_readers_do_not_tell_apart_are_not_learnt() -> None:
    assert form_is_known("Độc lập - Tự do")
    assert not any(form_is_known(f"gọi là {sign}dự án{sign}") for sign in "\"'“”‘’")


def line_with_strokes(*widths: int) -> np.ndarray:
    """A line 60 px high whose letters are 24 px, an em of 51 px, with strokes between them."""
    line = np.full((60, 40 + 110 * (len(widths) + 1)), 255, dtype=np.uint8)
    for index, width in enumerate((*widths, 0)):
        left = 20 + 110 * index
        for letter in range(3):
            cv2.rectangle(line, (left + 14 * letter, 22), (left + 14 * letter + 8, 45), 0, -1)
        if width:
            cv2.rectangle(line, (left + 60, 33), (left + 60 + width - 1, 35), 0, -1)
    return line


def test_dashes_are_told_by_their_width() -> None:
    assert with_dashes("aaa - aaa - aaa", line_with_strokes(12, 25)) == "aaa - aaa – aaa"
    assert with_dashes("aaa - aaa", line_with_strokes(18)) is None
    assert with_dashes("aaa - aaa - aaa", line_with_strokes(25)) is None


def test_a_hyphen_inside_a_word_is_one_even_where_it_is_not_found() -> None:
    assert with_dashes("QĐ-UBND", line_with_strokes()) == "QĐ-UBND"
    assert with_dashes("2016-2020", line_with_strokes()) is None


def test_a_final_dot_must_be_in_the_ink_and_in_the_text() -> None:
    bare = line_with_strokes()
    dotted = bare.copy()
    cv2.circle(dotted, (66, 43), 2, 0, -1)
    assert stop_fits("aaa.", dotted)
    assert stop_fits("aaa", bare)
    assert stop_fits("aaa;", bare)
    assert not stop_fits("aaa", dotted)
    assert not stop_fits("aaa.", bare)


def test_a_word_that_both_join_is_left_out() -> None:
    line = "Phó giám đốc Sở Ytế tỉnh Kiên Giang"
    assert text_of(line, line) is None
    assert text_of(line.replace("Ytế", "Y tế"), line.replace("Ytế", "Y tế")) is not None


def test_one_document_in_twelve_is_held_out_whatever_its_folder() -> None:
    held = sum(is_held_out(f"{number:03d}_kgsyt.pdf") for number in range(1200))
    assert 70 <= held <= 130
    assert is_held_out("a.pdf") == is_held_out("a.pdf")


def test_first_pages_of_every_document_come_first(tmp_path: Path) -> None:
    for name, count in (("a", 5), ("b", 1), ("c", 3)):
        document = pypdfium2.PdfDocument.new()
        for _ in range(count):
            document.new_page(100, 100)
        document.save(tmp_path / f"{name}.pdf")
    turns = [(name.path.stem, name.page) for name in pages_in_turn(tmp_path)]
    assert sorted(turns[:5]) == [("a", 1), ("a", 2), ("b", 1), ("c", 1), ("c", 2)]
    assert sorted(turns[5:8]) == [("a", 3), ("a", 4), ("c", 3)]
    assert turns[8] == ("a", 5)


def test_labels_are_sought_in_the_typed_text_whatever_its_line_breaks() -> None:
    typed = compared_form("Điều 1. Phạm vi\nđiều chỉnh – “dự án”\nĐiều 2. Đối tượng áp dụng")
    assert nearest(compared_form('Phạm vi điều chỉnh - "dự án"'), typed)[0] == 0
    tally, wrong = tallied(["Điều 2. Đối tương áp dụng", "Điều 2. Đối tượng áp dụng", "ngắn"], typed)
    assert (tally.found, tally.share(0), tally.share(1)) == (2, 0.5, 1.0)
    assert wrong == [("Điều2.Đốitươngápdụng", "Điều2.Đốitượngápdụng")]
    assert tallied(["một dòng hoàn toàn xa lạ với văn bản"], typed)[0].elsewhere == 1


def test_shards_hold_ink_and_label_of_accepted_lines_but_no_excluded_one(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    cv2.imwrite(str(pages / "x-001.png"), np.full((400, 900), 255, dtype=np.uint8))
    quad = [[50, 50], [700, 50], [700, 90], [50, 90]]
    kept, secret = "Độc lập Tự do Hạnh phúc", f"{LINE} ngày 19 tháng 6 năm 2015"
    rows = [{"quad": quad, "aster": text, "trueocr": text} for text in (kept, secret, "gọi là “dự án”")]
    (pages / "x-001.lines.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    facts = {"file": "x.pdf", "page": 1, "held_out": False, "lines": [quad] * 3}
    (pages / "x-001.json").write_text(json.dumps(facts), encoding="utf-8")
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "a.gt.txt").write_text(f"{secret};\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n", encoding="utf-8")
    excluded = excluded_lines(samples)
    assert excluded == {folded_line(secret)}
    labeller = Labeller(pages, PAIRS, excluded)
    ((ink, label),) = labeller.lines(["x-001"])
    assert (label.text, label.source, label.kind) == (kept, "scan", "agree")
    assert ink.shape[0] == 96
    assert ink.dtype == np.uint8
    assert labeller.counts["excluded"] == 1


@pytest.mark.service("tesseract")
def test_the_witness_gives_a_text_for_every_line_in_their_order() -> None:
    page = np.full((300, 900), 255, dtype=np.uint8)
    cv2.putText(page, "HOI DONG 2016", (60, 90), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 0, 4)
    written = ((50.0, 45.0), (520.0, 45.0), (520.0, 100.0), (50.0, 100.0))
    empty = ((50.0, 200.0), (520.0, 200.0), (520.0, 255.0), (50.0, 255.0))
    texts = witnessed(page, [empty, written, empty])
    assert ["2016" in text for text in texts] == [False, True, False]
