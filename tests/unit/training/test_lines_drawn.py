"""Rendered lines: same seed, same pixels; boxes stand where the print is, also on a bent sheet."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from ocr.readers.ink import TALL
from training.lines import rendered
from training.lines.bend import Bend
from training.lines.blocks import Block, Line, Style
from training.lines.boxes import Place, found_box
from training.lines.corpus import Corpus, Excluded
from training.lines.degrade import Wear, draw, worn
from training.lines.render import Pen, Strip
from training.lines.typefaces import Typefaces

TYPEFACES = Path("sohoa/typefaces")
LEVEL = Bend(slope=0.0, wave_px=0.0, wave_length_px=1.0, phase=0.0)
ASKEW = Bend(slope=0.02, wave_px=3.0, wave_length_px=300.0, phase=1.0)


@pytest.fixture
def strip() -> Strip:
    typefaces = Typefaces([TYPEFACES])
    texts = ("Số: 12/QĐ-UBND", "Quảng Ngãi, ngày 05 tháng 3 năm 2019")
    lines = tuple(Line(text=text, kind="text", style=Style(), left_em=0.0, row=row) for row, text in enumerate(texts))
    block = Block(lines=lines, rows=2, width_em=30.0, pitch_em=1.4)
    return Pen(typefaces, typefaces.trained[0], em_px=40.0, dpi=220.0).draw(block, np.random.default_rng(0))


def test_the_same_seed_draws_the_same_lines(small_corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered, "block", lambda rng, corpus: _plain(rng, corpus))
    corpus, typefaces = Corpus(small_corpus, Excluded()), Typefaces([TYPEFACES])

    def some() -> list[tuple[np.ndarray, object]]:
        return list(
            itertools.islice(rendered.lines(corpus, typefaces, np.random.default_rng([7, 1]), held_out=False), 12)
        )

    first, again = some(), some()
    assert [label for _, label in first] == [label for _, label in again]
    for (one, _), (other, _) in zip(first, again, strict=True):
        assert one.shape[0] == TALL and one.dtype == np.uint8
        assert np.array_equal(one, other)


def _plain(rng: np.random.Generator, corpus: Corpus) -> Block:
    """What the shipped typeface can write."""
    text = corpus.paragraph(rng)
    return Block(
        lines=(Line(text=text, kind="text", style=Style(), left_em=0.0, row=0),), rows=1, width_em=50.0, pitch_em=1.4
    )


@pytest.mark.parametrize("bend", [LEVEL, ASKEW], ids=["level", "bent"])
def test_boxes_hold_the_ink_of_their_line(strip: Strip, bend: Bend) -> None:
    ink = bend.apply(strip.ink)
    for place in strip.places:
        # What a box leaves outside is at most a serif, an accent, or a descender: mean over many boxes.
        held = [_share_held(place, bend, np.random.default_rng(seed), ink.shape) for seed in range(30)]
        assert np.mean(held) > 0.93


def _share_held(place: Place, bend: Bend, rng: np.random.Generator, shape: tuple[int, int]) -> float:
    left, top, right, bottom = found_box(place, bend, rng, shape[1], shape[0])
    corners = np.array([(place.left, place.top), (place.right, place.bottom)])
    (x0, y0), (x1, y1) = bend.moved(corners)
    wide = (min(right, x1) - max(left, x0)) / (x1 - x0)
    high = (min(bottom, y1) - max(top, y0)) / (y1 - y0)
    return float(max(0.0, wide) * max(0.0, high))


def test_points_go_where_pixels_go() -> None:
    ink = np.zeros((200, 400), dtype=np.uint8)
    ink[99:102, 299:302] = 255
    ys, xs = np.nonzero(ASKEW.apply(ink) > 100)
    ((x, y),) = ASKEW.moved(np.array([(300.0, 100.0)]))
    assert abs(xs.mean() - x) < 1 and abs(ys.mean() - y) < 1


def _wear(strip: Strip, **changed: object) -> np.ndarray:
    plain: dict[str, object] = {
        "spread": 0.0, "uneven": 0.0, "blur_px": 0.4, "ink": 10.0, "paper": 250.0, "noise": 0.0, "through": 0.0,
        "overprinted": False, "bilevel": False, "specks": 0.0, "shrink": 1.0, "quality": None,
    }  # fmt: skip
    return worn(strip.ink, Wear(**{**plain, **changed}), np.random.default_rng(5), strip.em_px)  # type: ignore[arg-type]


def test_what_is_hardly_worn_is_dark_on_light(strip: Strip) -> None:
    grey = _wear(strip)
    assert grey[strip.ink == 255].mean() < 60
    assert np.percentile(grey[:40], 1) > 240


def test_bilevel_strips_have_two_greys(strip: Strip) -> None:
    assert set(np.unique(_wear(strip, bilevel=True, noise=4.0))) == {0, 255}


def test_spread_ink_is_fatter(strip: Strip) -> None:
    areas = [int((_wear(strip, spread=spread) < 128).sum()) for spread in (-0.1, 0.0, 0.2)]
    assert areas == sorted(areas) and areas[0] < areas[2]


def test_every_wear_leaves_a_picture_of_the_same_size(strip: Strip) -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        grey = worn(strip.ink, draw(rng, strip.dpi), rng, strip.em_px)
        assert grey.shape == strip.ink.shape and grey.dtype == np.uint8


def test_a_letter_no_typeface_has_is_said() -> None:
    with pytest.raises(ValueError, match="☐"):
        Typefaces([TYPEFACES]).runs("☐ Nam", "Tinos-Regular.ttf")
