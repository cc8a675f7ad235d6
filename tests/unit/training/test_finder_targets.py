"""What the line finder learns from."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.finder.degrade import degraded, random_scale
from training.finder.pages import LearningPage, Store, piece_of
from training.finder.targets import edge_targets

QUADS = np.array(
    [[(40, 60), (200, 60), (200, 84), (40, 84)], [(40, 120), (120, 124), (119, 148), (39, 144)]], np.float32
)


def _page() -> LearningPage:
    grey = np.full((320, 240), 250, dtype=np.uint8)
    core = np.zeros((160, 120), dtype=np.uint8)
    for quad in QUADS:
        (left, top), (right, bottom) = quad.min(axis=0).astype(int), quad.max(axis=0).astype(int)
        grey[top + 6 : bottom - 6, left:right] = 10
        core[(top + 8) // 2 : (bottom - 8) // 2, left // 2 : right // 2] = 255
    return LearningPage(grey=grey, core=core, quads=QUADS)


def test_edges_are_as_far_as_the_line_says() -> None:
    edges, holds = edge_targets(QUADS, (320, 240))
    assert holds[72 // 4, 100 // 4] == 1
    assert holds[62 // 4, 100 // 4] == 0
    y = (72 // 4 + 0.5) * 4
    assert edges[:, 72 // 4, 100 // 4] == pytest.approx((y - 60, 84 - y))
    assert edges.sum(axis=0)[holds > 0] == pytest.approx(24, abs=0.1)


def test_a_line_over_the_edge_of_the_piece_is_no_trouble() -> None:
    edges, holds = edge_targets(QUADS - 100, (64, 64))
    assert edges.shape == (2, 16, 16)
    assert holds.any()


@pytest.mark.parametrize("seed", range(12))
def test_ink_core_and_lines_stay_together_however_a_piece_is_cut(seed: int) -> None:
    random = np.random.default_rng(seed)
    piece = piece_of(_page(), float(random.uniform(0.1, 0.4)), (128, 192), random)
    assert piece.grey.shape == (128, 192)
    assert piece.core.shape == (32, 48)
    ink = cv2.resize((255 - piece.grey).astype(np.float32), (48, 32), interpolation=cv2.INTER_AREA) / 255
    assert piece.core.max() < 0.5 or ink[piece.core > 0.9].min(initial=1) > 0.5


def test_the_same_seed_spoils_a_piece_the_same_way() -> None:
    pieces = [
        degraded(piece_of(_page(), 0.25, (256, 192), np.random.default_rng(3)), np.random.default_rng(5)) for _ in "ab"
    ]
    assert np.array_equal(pieces[0].grey, pieces[1].grey)


def test_every_way_of_spoiling_keeps_the_size() -> None:
    for seed in range(80):
        random = np.random.default_rng(seed)
        piece = degraded(piece_of(_page(), 0.1 * random_scale(random), (256, 192), random), random)
        assert piece.grey.shape == (256, 192)
        assert piece.grey.dtype == np.uint8


def _stored(folder: Path, stem: str, *, held_out: bool) -> None:
    cv2.imwrite(str(folder / f"{stem}.png"), _page().grey)
    cv2.imwrite(str(folder / f"{stem}.map.png"), np.zeros((320, 256), dtype=np.uint8))
    facts = {"held_out": held_out, "quads": QUADS.tolist()}
    (folder / f"{stem}.json").write_text(json.dumps(facts), encoding="utf-8")


def test_pages_held_out_are_not_learnt_from_and_new_ones_are_taken_in(tmp_path: Path) -> None:
    _stored(tmp_path, "a-001", held_out=False)
    _stored(tmp_path, "b-001", held_out=True)
    store = Store([tmp_path])
    assert store.look() == 1
    _stored(tmp_path, "c-001", held_out=False)
    assert store.look() == 2
