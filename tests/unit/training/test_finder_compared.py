"""How finders of lines are judged."""

import pytest

from ocr.lines import Box
from training.finder.compared import Tally, tally
from training.finder.texts import Edits, edits

LINE: Box = (100, 100, 500, 130)


def test_the_same_line_a_little_taller_is_the_same() -> None:
    assert tally([LINE], [(96, 95, 505, 136)]) == Tally(known=1, found=1, same=1)


def test_a_line_found_in_pieces_is_split_and_not_missed() -> None:
    found = [(100, 100, 290, 130), (300, 100, 500, 130)]
    assert tally([LINE], found) == Tally(known=1, found=2, split=1)


def test_two_columns_found_as_one_are_merged() -> None:
    known = [LINE, (600, 100, 900, 130)]
    assert tally(known, [(100, 100, 900, 130)]) == Tally(known=2, found=1, merged=1)


def test_a_line_half_gone_is_missed_and_a_find_elsewhere_is_extra() -> None:
    assert tally([LINE], [(100, 100, 220, 130), (100, 300, 500, 330)]) == Tally(known=1, found=2, missed=1, extra=1)


@pytest.mark.parametrize(("known", "found"), [([], [LINE]), ([LINE], []), ([], [])])
def test_an_empty_page_is_no_trouble(known: list[Box], found: list[Box]) -> None:
    counts = tally(known, found)
    assert (counts.missed, counts.extra) == (len(known), len(found))


def test_counts_of_pages_add_up() -> None:
    assert tally([LINE], [LINE]) + tally([LINE], []) == Tally(known=2, found=1, same=1, missed=1)


def test_where_a_line_is_cut_costs_nothing() -> None:
    halves = [(300, 101, 500, 130), (100, 100, 290, 131)]
    assert edits([LINE], ["Kính gửi:"], halves, ["gửi:", "Kính"]) == Edits(letters=9)


def test_a_line_lost_costs_its_letters_and_one_made_up_is_told_apart() -> None:
    elsewhere: Box = (100, 300, 500, 330)
    assert edits([LINE], ["Số: 12"], [elsewhere], ["#"]) == Edits(letters=6, edits=6, invented=1)


def test_quotes_and_dashes_count_as_their_plain_forms() -> None:
    assert edits([LINE], ["“a” – b…"], [LINE], ['"a" - b...']).edits == 0
