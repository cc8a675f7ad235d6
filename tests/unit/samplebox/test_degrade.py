import numpy as np
import pytest

from sohoa.samplebox.degrade import Wear, any_wear, scan
from sohoa.samplebox.layout import Mark, Sheet, Style, px, styled
from sohoa.samplebox.seal import draw_seal, draw_signature

CALM = Wear(skew_degrees=0.0, blur_px=0.4, noise=1.0, paper=(250, 250, 248), light=0.02)


def sheet_with_a_word() -> Sheet:
    sheet = Sheet()
    sheet.line(styled("SỞ NỘI VỤ", Style(14, bold=True)), 100.0, 150.0, zone="body")
    return sheet


def test_wear_keeps_within_what_a_reader_must_stand() -> None:
    random = np.random.default_rng(1)
    for _ in range(200):
        wear = any_wear(random, (250, 250, 250))
        assert abs(wear.skew_degrees) <= 1.5
        assert 0 < wear.blur_px <= 1.0
        assert 0 < wear.noise < 5


def test_paper_is_not_white_and_print_not_black() -> None:
    page = np.asarray(scan(sheet_with_a_word(), CALM, np.random.default_rng(1)))
    assert 225 < page[:, :, 0].mean() < 252
    assert 5 < page.min(axis=2)[round(px(140)) : round(px(151)), round(px(100)) : round(px(130))].min() < 60
    assert page[:200, :200].std() > 0.5


def test_the_seal_is_red_and_print_stays_dark_under_it() -> None:
    sheet = sheet_with_a_word()
    sheet.marks.append(Mark("seal", 110.0, 148.0, ("SỞ NỘI VỤ TỈNH VÍ DỤ", "VĂN BẢN MẪU")))
    page = np.asarray(scan(sheet, CALM, np.random.default_rng(1))).astype(int)
    around = page[round(px(131)) : round(px(166)), round(px(93)) : round(px(127))]
    red = (around[:, :, 0] - around[:, :, 2] > 70).mean()
    assert 0.05 < red < 0.5
    assert (around.max(axis=2) < 90).sum() > 2000


def test_marks_turn_with_the_page() -> None:
    sheet = Sheet()
    sheet.marks.append(Mark("seal", 180.0, 250.0, ("MẪU", "MẪU")))
    places = []
    for degrees in (0.0, 1.0):
        wear = Wear(skew_degrees=degrees, blur_px=0.4, noise=1.0, paper=(250, 250, 250), light=0.02)
        page = np.asarray(scan(sheet, wear, np.random.default_rng(1))).astype(int)
        rows, columns = np.nonzero(page[:, :, 0] - page[:, :, 2] > 70)
        places.append((columns.mean(), rows.mean()))
    (x0, y0), (x1, y1) = places
    assert x1 - x0 == pytest.approx(px(101.5) * 0.01745, abs=4)
    assert y1 - y0 == pytest.approx(-px(75.0) * 0.01745, abs=4)


def test_seals_and_signatures_differ_each_time_and_are_not_opaque() -> None:
    random = np.random.default_rng(5)
    for draw in (lambda: draw_seal("ỦY BAN NHÂN DÂN TỈNH VÍ DỤ", "MẪU", random), lambda: draw_signature(random)):
        first, second = draw(), draw()
        assert first.mode == "RGBA"
        assert first.tobytes() != second.tobytes()
        assert 100 < np.asarray(first)[:, :, 3].max() < 250
