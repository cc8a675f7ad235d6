"""Shards -> one picture of many lines with their labels, to look at."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.shards import lines_of, shards_in

_COLUMN_PX, _ROW_PX, _COLUMNS = 760, 120, 2


def draw_sheet(folder: Path, source: str, out: Path, *, count: int, seed: int, typeface: Path) -> None:
    """Write a PNG of `count` lines of the shards whose names begin with `source`, drawn by `seed`."""
    rng = np.random.default_rng(seed)
    shards = [lines_of(shard) for shard in shards_in(folder, source)]
    picked = [shards[at][int(rng.integers(len(shards[at])))] for at in rng.choice(len(shards), count)]
    sheet = Image.new("L", (_COLUMN_PX * _COLUMNS, -(-count // _COLUMNS) * _ROW_PX), 160)
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(typeface), 15)
    for at, line in enumerate(picked):
        x, y = at % _COLUMNS * _COLUMN_PX, at // _COLUMNS * _ROW_PX
        sheet.paste(Image.fromarray(255 - line.ink()[:, : _COLUMN_PX - 8]), (x, y))
        draw.text((x, y + 98), f"{line.label.text}   [{line.label.kind}]", font=font, fill=0)
    sheet.save(out)
