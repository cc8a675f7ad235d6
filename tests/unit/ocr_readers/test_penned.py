"""What a pen may have written is read twice, and doubted where the two differ; print is read once."""

from collections.abc import Sequence

import numpy as np
import pytest

from ocr.readers.penned import PennedReader, may_be_penned
from ocr.readers.ports import Grey, Quad, Reading

PAGE: Grey = np.full((10, 10), 255, dtype=np.uint8)


class Told:
    """Reads what it was told, by the left edge of the quad, and remembers what it was asked."""

    alphabet = frozenset("ab")

    def __init__(self, *texts: str, sure: float = 1.0) -> None:
        self.texts = texts
        self.sure = sure
        self.asked: list[int] = []

    def read(self, grey: Grey, quads: Sequence[Quad]) -> list[Reading]:
        """See LineReader.read."""
        del grey
        self.asked = [int(quad[0][0]) for quad in quads]
        return [Reading(text=self.texts[one], confidence=self.sure if self.texts[one] else 0.0) for one in self.asked]


def quads(count: int) -> list[Quad]:
    """Return one quad a line, told apart by their left edges."""
    return [((x, 0.0), (x + 1, 0.0), (x + 1, 1.0), (x, 1.0)) for x in map(float, range(count))]


@pytest.mark.parametrize(
    "text",
    [
        "Số: 47/QĐ-UBND",
        "Số:      /CT-UBND",
        "Số 12",
        "514/UBND-KTTH",
        "Quảng Ngãi, ngày 5 tháng 4 năm 2020",
        "Quang Ngai, ngay    thang 9 nam",
    ],
)
def test_numbers_and_days_may_be_written_by_hand(text: str) -> None:
    assert may_be_penned(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
        "Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư",
        "Điều 1. Nâng bậc lương",
    ],
)
def test_running_text_is_print(text: str) -> None:
    assert not may_be_penned(text)


def test_only_what_may_be_penned_is_read_twice() -> None:
    first, witness = Told("QUYẾT ĐỊNH", "Số: 47/QĐ-UBND", "của Ủy ban"), Told("", "Số: 47/QĐ-UBND", "")
    readings = PennedReader(first, witness).read(PAGE, quads(3))
    assert witness.asked == [1]
    assert [reading.text for reading in readings] == ["QUYẾT ĐỊNH", "Số: 47/QĐ-UBND", "của Ủy ban"]
    assert [reading.confidence for reading in readings] == [1.0, 1.0, 1.0]


def test_a_digit_that_two_read_differently_is_in_doubt() -> None:
    (reading,) = PennedReader(Told("514/UBND-KTTH"), Told("574/UBND-KTTH")).read(PAGE, quads(1))
    assert reading.text == "574/UBND-KTTH"
    assert reading.confidence == pytest.approx(12 / 13)


def test_what_the_witness_cannot_read_is_in_doubt_and_stays() -> None:
    (reading,) = PennedReader(Told("514/UBND-KTTH"), Told("")).read(PAGE, quads(1))
    assert (reading.text, reading.confidence) == ("514/UBND-KTTH", 0.0)
