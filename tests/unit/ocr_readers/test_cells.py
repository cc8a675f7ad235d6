"""Lines across the rules of a table become one line a cell."""

import numpy as np
import pytest

from ocr.readers.cells import split_at_rules
from ocr.readers.ports import Quad


def _quad(left: float, top: float, right: float, bottom: float) -> Quad:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _rules(*columns: int) -> np.ndarray:
    rules = np.zeros((200, 600), dtype=np.bool_)
    for column in columns:
        rules[10:190, column - 2 : column + 3] = True
    return rules


@pytest.mark.parametrize(
    ("columns", "spans"),
    [
        pytest.param((), [(50, 400)], id="no-rule"),
        pytest.param((500,), [(50, 400)], id="rule-elsewhere"),
        pytest.param((200,), [(50, 198), (203, 400)], id="one-rule"),
        pytest.param((150, 300), [(50, 148), (153, 298), (303, 400)], id="two-rules"),
        pytest.param((54,), [(57, 400)], id="rule-at-the-start-is-cut-off"),
    ],
)
def test_a_line_is_cut_where_a_rule_runs_through(columns, spans) -> None:
    parts = split_at_rules([_quad(50, 100, 400, 130)], _rules(*columns))
    assert [(round(part[0][0]), round(part[1][0])) for part in parts] == spans


def test_a_rule_that_ends_in_the_line_does_not_cut_it() -> None:
    rules = np.zeros((200, 600), dtype=np.bool_)
    rules[0:112, 200:205] = True
    assert split_at_rules([_quad(50, 100, 400, 130)], rules) == [_quad(50, 100, 400, 130)]
