"""What readers get to see: the red channel, marks in red, rules of tables."""

import numpy as np
from PIL import Image, ImageDraw

from ocr.pages.clean import reading_grey
from ocr.pages.red import marks, red_layer
from ocr.pages.rules import vertical_rules, without

DPI = 150.0


def test_red_vanishes_from_what_is_read_and_blue_stays() -> None:
    colours = np.array([[(230, 30, 40), (30, 40, 160), (20, 20, 20)]], dtype=np.uint8)
    assert (reading_grey(colours)[0] > 128).tolist() == [True, False, False]


def test_a_red_stamp_is_a_mark_and_a_red_seal_is_not() -> None:
    sheet = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((200, 300, 320, 350), outline=(220, 30, 40), width=6)
    draw.ellipse((700, 1200, 915, 1415), outline=(220, 30, 40), width=8)
    found = marks(red_layer(np.asarray(sheet)), DPI)
    assert len(found) == 1
    left, top, right, bottom = found[0]
    assert left < 200 < 320 < right
    assert top < 300 < 350 < bottom


def test_rules_of_a_table_are_found_and_taken_out_and_letters_stay(paper) -> None:
    sheet = paper("Phường Mỹ Trà", "150.000", mode="L")
    ImageDraw.Draw(sheet).line((300, 60, 300, 500), fill=0, width=3)
    grey = np.asarray(sheet)
    rules = vertical_rules(grey, DPI)
    assert set(np.nonzero(rules)[1]) <= set(range(296, 306))
    assert rules[200, 300]
    clean = without(grey, rules)
    assert clean[150:400, 290:310].min() == 255
    assert np.array_equal(clean[:, :290], grey[:, :290])
