"""A page becomes lines where they stand on the page as it was scanned."""

import pickle

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from ocr.errors import BadScan
from ocr.lines import PageReading
from ocr.pages.perspective import find_sheet
from ocr.pages.raster import PageImage
from ocr.pages.upright import straightened
from ocr.readers.page import PageReader, page_reader, read_page
from ocr.readers.ports import Grey, Quad
from ocr.readers.replay import ReplayFinder, ReplayReader

TYPEFACE = "sohoa/typefaces/Tinos-Regular.ttf"


class _Compass:
    def __init__(self, turns: int = 0) -> None:
        self._turns = turns

    def turns(self, grey: Grey) -> tuple[float, ...]:
        del grey
        return tuple(float(turn == self._turns) for turn in range(4))


def _quad(left: float, top: float, right: float, bottom: float) -> Quad:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _sheet(*lines: tuple[int, int, str], size: tuple[int, int] = (1240, 1754), points: int = 34) -> np.ndarray:
    sheet = Image.new("RGB", size, (250, 249, 247))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(TYPEFACE, points)
    for x, y, text in lines:
        draw.text((x, y), text, font=font, fill=(20, 20, 25))
    return np.asarray(sheet)


def _image(pixels: np.ndarray, dpi: float = 150) -> PageImage:
    height, width = pixels.shape[:2]
    return PageImage(pixels=pixels, dpi=dpi, width_mm=width / dpi * 25.4, height_mm=height / dpi * 25.4)


TEXT = [(150, 200 + 60 * row, "Ủy ban nhân dân tỉnh Quảng Ngãi nhận được báo cáo") for row in range(8)]


def _reader(*quads: Quad, texts: tuple[str, ...] = ("một", "hai", "ba"), turns: int = 0) -> PageReader:
    return PageReader(ReplayFinder(quads), ReplayReader(texts), _Compass(turns))


def test_lines_come_in_reading_order_with_their_boxes() -> None:
    reading = _reader(_quad(150, 260, 900, 300), _quad(150, 200, 900, 240)).read_image(_image(_sheet(*TEXT)), 3)
    assert [(line.text, line.box) for line in reading.lines] == [
        ("một", (150, 200, 900, 240)),
        ("hai", (150, 260, 900, 300)),
    ]
    assert (reading.page, reading.width_px, reading.height_px, reading.rotation) == (3, 1240, 1754, 0)


def test_what_holds_no_letter_or_digit_is_no_line() -> None:
    quads = (_quad(150, 200, 900, 240), _quad(150, 260, 900, 300))
    assert [line.text for line in _reader(*quads, texts=("....", "2")).read_image(_image(_sheet(*TEXT)), 1).lines] == [
        "2"
    ]


def test_boxes_are_of_the_leaning_page() -> None:
    level = _sheet(*TEXT)
    leaning = np.stack([straightened(level[..., channel].copy(), -3.0, paper=250) for channel in range(3)], axis=2)
    reading = _reader(_quad(150, 200, 900, 240)).read_image(_image(leaning), 1)
    assert reading.skew_degrees == pytest.approx(3.0, abs=0.2)
    left, top, right, bottom = reading.lines[0].box
    # Turned by three degrees about the middle, the line's left end rises to the right of where it was.
    dark = np.argwhere(leaning[top:bottom, left:right, 0] < 100)
    assert len(dark) > 1000
    assert (bottom - top, right - left) == (pytest.approx(79, abs=4), pytest.approx(751, abs=4))


@pytest.mark.parametrize(("turns", "rotation", "size"), [(1, 90, (1754, 1240)), (2, 180, (1240, 1754))])
def test_a_turned_page_is_reported_upright(turns: int, rotation: int, size: tuple[int, int]) -> None:
    lying = np.rot90(_sheet(*TEXT, size=size), turns)
    reading = _reader(_quad(150, 200, 900, 240), turns=turns).read_image(_image(np.ascontiguousarray(lying)), 1)
    assert (reading.rotation, (reading.width_px, reading.height_px)) == (rotation, size)
    assert reading.lines[0].box == (150, 200, 900, 240)
    assert reading.width_mm == pytest.approx(size[0] / 150 * 25.4)


def test_a_fine_scan_is_read_smaller_and_reported_in_its_own_pixels() -> None:
    pixels = _sheet(*((x * 2, y * 2, text) for x, y, text in TEXT), size=(2480, 3508), points=68)
    reading = _reader(_quad(150, 200, 900, 240)).read_image(_image(pixels, dpi=600), 1)
    assert (reading.width_px, reading.dpi) == (2480, 600)
    assert reading.lines[0].box == (300, 400, 1800, 480)


def test_a_blank_page_is_not_given_to_the_readers() -> None:
    reading = PageReader(_Fails(), _Fails(), _Fails()).read_image(_image(_sheet()), 2)
    assert (reading.blank, reading.lines, reading.text) == (True, (), "")


def test_faint_marks_that_nobody_can_read_are_kept_and_shown_to_a_person() -> None:
    soft = cv2.GaussianBlur(_sheet(*TEXT), (0, 0), 4)
    pale = (250 - (250 - soft.astype(int)) * 2 // 3).astype(np.uint8)
    quad = _quad(150, 200, 900, 240)
    unsure = PageReader(ReplayFinder([quad]), ReplayReader(["gạch"], confidence=0.2), _Compass())
    faint = unsure.read_image(_image(pale), 4)
    assert (faint.blank, faint.lines) == (False, ())
    assert [(found.code, found.page, found.blocks_seal) for found in faint.findings] == [("faint_page", 4, False)]
    read = _reader(quad).read_image(_image(pale), 4)
    assert (read.blank, len(read.lines)) == (False, 1)
    assert "faint_page" not in {found.code for found in read.findings}


def _filled(sheet: np.ndarray, paper: tuple[int, int, int]) -> Image.Image:
    """Return the sheet on paper of another colour."""
    return Image.fromarray((sheet * (np.array(paper) / 250)).clip(0, 255).astype(np.uint8))


def _box_on_pink() -> Image.Image:
    page = _filled(_sheet(*TEXT), (250, 205, 208))
    ImageDraw.Draw(page).rectangle((140, 800, 1100, 1600), fill=(252, 252, 252))
    return page


def _field_on_grey() -> Image.Image:
    page = _filled(_sheet(*TEXT[:3]), (190, 190, 190))
    ImageDraw.Draw(page).rectangle((90, 420, 1150, 1660), fill=(250, 250, 250))
    return page


def _leaning_field_on_yellow() -> Image.Image:
    page = _filled(_sheet(*TEXT), (245, 225, 170))
    ImageDraw.Draw(page).polygon([(150, 800), (1090, 830), (1070, 1600), (130, 1570)], fill=(253, 253, 253))
    return page


def _signature_beside_a_box() -> Image.Image:
    page = Image.new("RGB", (1240, 1754), (200, 205, 200))
    draw = ImageDraw.Draw(page)
    draw.rectangle((100, 100, 1140, 1300), fill=(250, 250, 250))
    draw.line([(600, 1500), (680, 1420), (720, 1560), (800, 1440), (880, 1520)], fill=(30, 40, 120), width=5)
    return page


def _two_certificates() -> Image.Image:
    page = Image.new("RGB", (1240, 1754), (70, 70, 72))
    page.paste(Image.fromarray(_sheet(size=(1100, 1000))), (70, 60))
    page.paste(Image.fromarray(_sheet(*((x - 100, y - 120, t) for x, y, t in TEXT), size=(1000, 580))), (100, 1120))
    return page


@pytest.mark.parametrize(
    "page", [_box_on_pink, _field_on_grey, _leaning_field_on_yellow, _signature_beside_a_box, _two_certificates]
)
def test_a_page_with_a_light_empty_box_is_read_as_a_whole(page) -> None:
    reading = _reader(_quad(150, 200, 900, 240)).read_image(_image(np.asarray(page())), 1)
    assert (reading.blank, reading.perspective, [line.text for line in reading.lines]) == (False, False, ["một"])


def test_an_empty_sheet_on_a_table_is_blank() -> None:
    picture = np.full((1700, 1200, 3), (110, 84, 60), dtype=np.uint8)
    cv2.fillPoly(picture, [np.array([(150, 200), (1010, 260), (1090, 1500), (110, 1440)])], (250, 249, 247))
    assert find_sheet(picture) is not None
    assert PageReader(_Fails(), _Fails(), _Fails()).read_image(_image(picture), 1).blank


@pytest.mark.parametrize(("turns", "rotation"), [(0, 0), (1, 90)])
def test_a_photograph_is_read_flat_and_its_boxes_lie_on_the_photograph(turns: int, rotation: int) -> None:
    corners = np.array([(150, 200), (1010, 260), (1090, 1500), (110, 1440)], dtype=np.float32)
    flat = np.array([(0, 0), (1240, 0), (1240, 1754), (0, 1754)], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    table = np.full((1700, 1200, 3), (110, 84, 60), dtype=np.uint8)
    upright = cv2.warpPerspective(_sheet(*TEXT), matrix, (1200, 1700), dst=table, borderMode=cv2.BORDER_TRANSPARENT)
    picture = np.ascontiguousarray(np.rot90(upright, turns))
    seen = _Looks()
    reading = PageReader(seen, ReplayReader(["một"]), _Compass(turns)).read_image(_image(picture), 1)
    assert (reading.perspective, reading.rotation) == (True, rotation)
    assert np.array(reading.corners) == pytest.approx(corners, abs=6)
    # The first line of print, found on the flat page, is where it is on the photograph, and leans as it does there.
    left, top, right, bottom = reading.lines[0].box
    places = np.array([(150, 220), (900, 220)]) @ np.array([[1, 0, 0], [0, 1, 0]]) + (0, 0, 1)
    start, end = ((matrix @ place)[:2] / (matrix @ place)[2] for place in places)
    assert (left, right) == (pytest.approx(start[0], abs=15), pytest.approx(end[0], abs=40))
    assert top < start[1] < bottom
    lean = np.degrees(np.arctan2(*(end - start)[::-1]))
    assert reading.lines[0].lean_degrees == pytest.approx(lean, abs=0.5)
    assert {"photo", "low_resolution"} <= {finding.code for finding in reading.findings}


class _Looks:
    """Finds the topmost row of dark pixels, as one line."""

    def find(self, grey: Grey) -> list[Quad]:
        inside = grey[40:-40, 40:-40] < 100
        rows = np.flatnonzero(inside.sum(axis=1) > 3)
        if not len(rows):
            return []
        end = rows[0] + int(np.flatnonzero(inside[rows[0] :].sum(axis=1) <= 3)[0])
        columns = np.flatnonzero(inside[rows[0] : end].any(axis=0))
        return [_quad(columns[0] + 40.0, rows[0] + 40.0, columns[-1] + 40.0, end + 40.0)]


class _Fails:
    """Anything asked of it is a failure of the test."""

    alphabet = frozenset[str]()

    def find(self, grey: Grey) -> list[Quad]:
        raise AssertionError(grey.shape)

    def read(self, grey: Grey, quads: object) -> list:
        raise AssertionError(grey.shape, quads)

    def turns(self, grey: Grey) -> tuple[float, ...]:
        raise AssertionError(grey.shape)


def test_a_mode_that_does_not_exist_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="quick"):
        page_reader("quick")


@pytest.mark.slow
def test_a_damaged_file_is_refused_before_anything_is_read(tmp_path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n")
    with pytest.raises(BadScan):
        read_page(tmp_path / "a.pdf", 1, "fast")


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "standard"])
def test_a_printed_page_is_read(tmp_path, mode: str) -> None:
    head = [
        (100, 100, "ỦY BAN NHÂN DÂN"),
        (110, 160, "Số: 12/UBND-KTTH"),
        (560, 100, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA"),
        (600, 160, "Độc lập - Tự do - Hạnh phúc"),
    ]
    Image.fromarray(_sheet(*head, *((x, y + 150, t) for x, y, t in TEXT[:3]), points=30)).save(
        tmp_path / "a.png", dpi=(150, 150)
    )
    reading = read_page(tmp_path / "a.png", 1, mode)
    assert isinstance(pickle.loads(pickle.dumps(reading)), PageReading)
    texts = [line.text for line in reading.lines]
    assert texts[:2] == ["ỦY BAN NHÂN DÂN", "Số: 12/UBND-KTTH"]
    assert texts[3] == "Độc lập - Tự do - Hạnh phúc"
    assert len(texts) == 7


@pytest.mark.slow
def test_a_secrecy_mark_in_red_is_read_and_a_seal_is_not(tmp_path) -> None:
    sheet = Image.fromarray(_sheet(*((x, y + 300, t) for x, y, t in TEXT)))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((200, 330, 350, 390), outline=(240, 60, 70), width=4)
    draw.text((235, 336), "MẬT", font=ImageFont.truetype(TYPEFACE, 40), fill=(240, 60, 70))
    draw.ellipse((800, 1200, 1015, 1415), outline=(240, 60, 70), width=6)
    sheet.save(tmp_path / "a.png", dpi=(150, 150))
    texts = [line.text for line in read_page(tmp_path / "a.png", 1, "fast").lines]
    assert texts[0] == "MẬT"
    assert len(texts) == len(TEXT) + 1


@pytest.mark.slow
@pytest.mark.service("samples")
def test_the_parts_of_a_real_letter_are_read_in_order(samples_dir) -> None:
    reading = read_page(samples_dir / "scans" / "qn_575.pdf", 1, "fast")
    parts = ("/UBND-KTTH", "CỘNG HÒA", "Kính gửi", "Lưu: VT", "KT. CHÁNH VĂN PHÒNG")
    places = [reading.text.find(words) for words in parts]
    assert -1 not in places
    assert places == sorted(places)
