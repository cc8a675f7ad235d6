"""What was read can be found, copied and heard, in its order and over its words."""

import html
import re
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ocr.lines import Line, PageReading
from ocr.pdf.geometry import Sheet
from ocr.pdf.text_layer import text_layer

ByHand = Callable[..., PageReading]
Compose = Callable[..., tuple]

WIDTH, HEIGHT = 1240, 1754
"""A4 at 150 dpi."""

LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
TONES = "\u0300\u0301\u0303\u0309\u0323"
ALPHABET = [
    unicodedata.normalize("NFC", letter + tone).upper() if upper else unicodedata.normalize("NFC", letter + tone)
    for upper in (False, True)
    for letter in LETTERS
    for tone in (*TONES, "")
    if tone == "" or letter in "aăâeêioôơuưy"
]

HEADER = [
    (("ỦY BAN NHÂN DÂN", 120, 100, 420), ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 560, 100, 1160)),
    (("TỈNH QUẢNG NGÃI", 150, 140, 400), ("Độc lập - Tự do - Hạnh phúc", 650, 140, 1080)),
]
BODY = [
    "Số: 575/UBND-KTTH",
    "Kính gửi: Nguyễn Thị Lấp Lánh Ánh, khoẻ khoắn, quý giá",
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19/6/2015;",
]


def printed(height: int = 28) -> list[Line]:
    """Left header, right header, body: the order in which a person reads them."""
    left = [row[0] for row in HEADER]
    right = [row[1] for row in HEADER]
    body = [(text, 150, 300 + 60 * index, 150 + 17 * len(text)) for index, text in enumerate(BODY)]
    return [
        Line(text=text, box=(start, top, end, top + height), confidence=1.0)
        for text, start, top, end in [*left, *right, *body]
    ]


def blank_page(folder: Path, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Path:
    path = folder / "scan.png"
    Image.new("RGB", size, "white").save(path, dpi=(150, 150))
    return path


def words(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).split()


def by_poppler(path: Path, *how: str) -> str:
    return subprocess.run(["pdftotext", *how, path, "-"], capture_output=True, check=True, text=True).stdout


def by_pdfium(path: Path) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return document[0].get_textpage().get_text_range()


@pytest.fixture
def copy_of(tmp_path: Path, compose: Compose, by_hand: ByHand) -> Callable[..., Path]:
    def make(lines: list[Line], *, rotation: int = 0, skew_degrees: float = 0.0) -> Path:
        source = blank_page(tmp_path, (WIDTH, HEIGHT) if rotation % 180 == 0 else (HEIGHT, WIDTH))
        reading = by_hand(source, rotation=rotation, skew_degrees=skew_degrees, lines=lines)
        path: Path = compose(source, [reading])[0]
        return path

    return make


@pytest.mark.service("poppler")
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_poppler_copies_what_was_read_in_its_order(rotation: int, copy_of: Callable[..., Path]) -> None:
    lines = printed()
    expected = words(" ".join(line.text for line in lines))
    path = copy_of(lines, rotation=rotation)
    assert words(by_poppler(path, "-raw")) == expected
    assert sorted(words(by_poppler(path))) == sorted(expected)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_pdfium_copies_what_was_read_in_its_order(rotation: int, copy_of: Callable[..., Path]) -> None:
    lines = printed()
    assert words(by_pdfium(copy_of(lines, rotation=rotation))) == words(" ".join(line.text for line in lines))


def test_pdfium_finds_vietnamese(copy_of: Callable[..., Path]) -> None:
    with pypdfium2.PdfDocument(copy_of(printed())) as document:
        page = document[0].get_textpage()
        for sought in ("Lấp Lánh Ánh", "575/UBND-KTTH", "QUẢNG NGÃI"):
            assert page.search(sought).get_next() is not None
        assert page.search("không có ở đây").get_next() is None


@pytest.mark.service("poppler")
def test_every_letter_of_the_alphabet_survives(copy_of: Callable[..., Path]) -> None:
    assert len({letter for letter in ALPHABET if letter not in "bcdghklmnpqrstvxBCDGHKLMNPQRSTVX"}) >= 134
    chunks = ["".join(ALPHABET[start : start + 12]) for start in range(0, len(ALPHABET), 12)]
    lines = [
        Line(text=chunk, box=(100, 60 + 60 * index, 400, 90 + 60 * index), confidence=1.0)
        for index, chunk in enumerate(chunks)
    ]
    path = copy_of(lines)
    assert words(by_poppler(path, "-raw")) == chunks
    assert words(by_pdfium(path)) == chunks


def boxes_by_poppler(path: Path) -> list[tuple[str, tuple[float, ...]]]:
    """Words with left, top, right, bottom in pixels of the displayed page."""
    found = re.findall(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>',
        by_poppler(path, "-bbox"),
    )
    return [(html.unescape(word), tuple(float(edge) * 150 / 72 for edge in edges)) for *edges, word in found]


@pytest.mark.service("poppler")
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_text_lies_over_its_words(rotation: int, copy_of: Callable[..., Path]) -> None:
    line = Line(text="Độc lập - Tự do", box=(300, 400, 700, 440), confidence=1.0)
    found = boxes_by_poppler(copy_of([line], rotation=rotation))
    assert [word for word, _ in found] == ["Độc", "lập", "-", "Tự", "do"]
    lefts, tops, rights, bottoms = zip(*(box for _, box in found), strict=True)
    assert min(lefts) == pytest.approx(300, abs=2)
    assert max(rights) == pytest.approx(700, abs=2)
    assert min(tops) == pytest.approx(400, abs=5)
    assert max(bottoms) == pytest.approx(440, abs=5)
    assert list(lefts) == sorted(lefts)


@pytest.mark.service("poppler")
@pytest.mark.parametrize("skew_degrees", [-1.0, 1.0])
def test_a_skewed_line_stays_one_line(skew_degrees: float, copy_of: Callable[..., Path]) -> None:
    # 1000 px at 1 degree rise or fall by 17.
    text = "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015"
    path = copy_of([Line(text=text, box=(120, 400, 1120, 445), confidence=1.0)], skew_degrees=skew_degrees)
    assert by_poppler(path).strip() == text
    middles = [(top + bottom) / 2 for _, (_, top, _, bottom) in boxes_by_poppler(path)]
    assert middles == sorted(middles, reverse=skew_degrees < 0)
    assert abs(middles[-1] - middles[0]) > 8


@pytest.mark.service("poppler")
@pytest.mark.parametrize("skew_degrees", [-3.0, 3.0])
def test_text_stays_near_the_words_of_a_very_skewed_line(skew_degrees: float, copy_of: Callable[..., Path]) -> None:
    # 800 px at 3 degrees rise or fall by 42.
    line = Line(text="Độc lập - Tự do - Hạnh phúc", box=(200, 400, 1000, 482), confidence=1.0)
    path = copy_of([line], skew_degrees=skew_degrees)
    assert words(by_poppler(path, "-raw")) == words(line.text)
    for _, (left, top, right, bottom) in boxes_by_poppler(path):
        along = ((left + right) / 2 - 200) / 800
        middle = 400 + 20 + 42 * (along if skew_degrees > 0 else 1 - along)
        assert (top + bottom) / 2 == pytest.approx(middle, abs=14)


def test_a_blank_page_has_no_text_and_no_typeface(copy_of: Callable[..., Path]) -> None:
    path = copy_of(
        [Line(text="  ", box=(1, 1, 9, 9), confidence=1.0), Line(text="x", box=(5, 5, 5, 5), confidence=1.0)]
    )
    assert by_pdfium(path) == ""


def reading(*lines: Line) -> PageReading:
    return PageReading(page=1, width_px=100, height_px=200, dpi=100, width_mm=25.4, height_mm=50.8, lines=tuple(lines))


SHEET = Sheet(box=(0, 0, 72, 144), rotate=0)


@given(st.text())
def test_any_text_becomes_one_unit_a_character_that_pdf_can_hold(text: str) -> None:
    content = text_layer(reading(Line(text=text, box=(10, 10, 90, 30), confidence=1.0)), SHEET, "F0")
    shown = b"".join(bytes.fromhex(part.decode()) for part in re.findall(rb"<([0-9a-f]*)> Tj", content))
    copied = shown.decode("utf-16-be")
    assert len(shown) == 2 * len(copied)
    if text.isprintable() and all(ord(letter) < 0xD800 for letter in text):
        assert copied.split() == unicodedata.normalize("NFC", text).split()


def test_decomposed_text_is_composed() -> None:
    line = Line(text=unicodedata.normalize("NFD", "Nguyễn"), box=(10, 10, 90, 30), confidence=1.0)
    assert "Nguyễn".encode("utf-16-be").hex().encode() in text_layer(reading(line), SHEET, "F0")


@pytest.mark.parametrize(
    ("rotate", "expected"),
    [(0, (10, 124)), (90, (20, 10)), (180, (62, 20)), (270, (52, 134))],
)
def test_a_point_of_the_displayed_page_is_found_on_the_stored_one(rotate: int, expected: tuple[int, int]) -> None:
    assert Sheet(box=(0, 0, 72, 144), rotate=rotate).point(10, 20) == expected
