"""What every reader of lines promises: this file is the definition of the port."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from rapidfuzz.distance import Levenshtein

from ocr.readers.agreement import AgreeingReader
from ocr.readers.alphabet import VIETNAMESE_LETTERS
from ocr.readers.aster import AsterReader
from ocr.readers.own import SohoaReader
from ocr.readers.ports import LineReader, Quad
from ocr.readers.replay import ReplayReader
from ocr.readers.trueocr import TrueocrReader
from ocr.readers.word_pairs import word_pairs

TYPEFACE = Path(__file__).parents[2] / "sohoa" / "typefaces" / "Tinos-Regular.ttf"
LINES = (
    "ỦY BAN NHÂN DÂN TỈNH QUẢNG NGÃI",
    "Số: 575/UBND-KTTH",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; Luật sửa đổi, bổ sung một số điều",
    "Nguyễn Thị Thuỵ",
)
WIDTH, HEIGHT = 1900, 700


def _printed() -> tuple[np.ndarray, list[Quad]]:
    sheet = Image.new("L", (WIDTH, HEIGHT), 248)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(TYPEFACE), 38)
    quads: list[Quad] = []
    for row, line in enumerate(LINES):
        place = (60, 60 + 150 * row)
        draw.text(place, line, font=font, fill=25)
        left, top, right, bottom = draw.textbbox(place, line, font=font)
        left, top, right, bottom = left - 6, top - 8, right + 6, bottom + 8
        quads.append(((left, top), (right, top), (right, bottom), (left, bottom)))
    return np.asarray(sheet), quads


READERS = [
    pytest.param(lambda: ReplayReader(LINES), id="replay"),
    pytest.param(lambda: AgreeingReader(ReplayReader(LINES), ReplayReader(LINES), word_pairs()), id="agreement"),
    pytest.param(TrueocrReader, id="trueocr", marks=pytest.mark.slow),
    pytest.param(AsterReader, id="aster", marks=pytest.mark.slow),
    pytest.param(SohoaReader, id="sohoa"),
    pytest.param(lambda: SohoaReader(language=False), id="sohoa-without-language"),
]


@pytest.fixture(scope="module", params=READERS)
def reader(request: pytest.FixtureRequest) -> LineReader:
    build: Callable[[], LineReader] = request.param
    return build()


def test_every_vietnamese_letter_can_be_written(reader: LineReader) -> None:
    assert reader.alphabet >= VIETNAMESE_LETTERS


def test_plain_print_is_read(reader: LineReader) -> None:
    readings = reader.read(*_printed())
    wrong = sum(Levenshtein.distance(r.text, line) for r, line in zip(readings, LINES, strict=True))
    assert wrong / sum(map(len, LINES)) < 0.05


def test_each_quad_gets_its_own_reading(reader: LineReader) -> None:
    grey, quads = _printed()
    forwards = [reading.text for reading in reader.read(grey, quads)]
    backwards = [reading.text for reading in reader.read(grey, quads[::-1])]
    assert backwards[::-1] == forwards


def test_text_is_nfc_without_spare_spaces_and_confidence_a_share(reader: LineReader) -> None:
    for reading in reader.read(*_printed()):
        assert unicodedata.is_normalized("NFC", reading.text)
        assert reading.text == " ".join(reading.text.split())
        assert 0 <= reading.confidence <= 1


def test_letters_read_belong_to_the_alphabet(reader: LineReader) -> None:
    assert set("".join(reading.text for reading in reader.read(*_printed()))) <= reader.alphabet | {" "}


def test_no_quads_no_readings(reader: LineReader) -> None:
    assert reader.read(_printed()[0], []) == []


def test_quads_at_and_beyond_the_edge_are_no_trouble(reader: LineReader) -> None:
    grey, _ = _printed()
    corners = [(0, 0, 3, 3), (WIDTH - 2, HEIGHT - 2, WIDTH, HEIGHT), (0, 0, WIDTH, 30), (0, 0, 9, HEIGHT)]
    quads: list[Quad] = [((a, b), (c, b), (c, d), (a, d)) for a, b, c, d in corners]
    assert len(reader.read(grey, quads)) == len(quads)


def test_the_page_is_left_as_it_was_and_the_answer_repeats(reader: LineReader) -> None:
    grey, quads = _printed()
    before = grey.copy()
    assert reader.read(grey, quads) == reader.read(grey, quads)
    assert np.array_equal(grey, before)
