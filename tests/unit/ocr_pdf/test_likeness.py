import numpy as np
import pytest
from PIL import Image, ImageDraw

from ocr.pdf.likeness import look_alike


def page(text: str = "575/UBND-KTTH", *, size: tuple[int, int] = (1240, 1754), shift: int = 0) -> np.ndarray:
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for row in range(12):
        draw.text(
            (150 + shift, 200 + 60 * row), "Căn cứ Luật Tổ chức chính quyền địa phương", fill="black", font_size=30
        )
    draw.text((150 + shift, 100), text, fill=(0, 0, 160), font_size=32)
    return np.asarray(image.resize(size))


def test_the_same_page_at_another_resolution_looks_alike() -> None:
    assert look_alike(page(), page(size=(620, 877)))
    assert look_alike(page(), page(shift=1))


@pytest.mark.parametrize("other", [page(""), page()[::-1], page()[:, ::-1], 255 - page(), page(size=(1754, 1240))])
def test_a_missing_word_or_a_wrong_turn_shows(other: np.ndarray) -> None:
    assert not look_alike(page(), other)
