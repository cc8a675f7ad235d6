"""Shards -> one picture of many lines with their labels, to look at."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.lines.shards import open_shards

_COLUMN_PX, _ROW_PX, _COLUMNS = 760, 120, 2


def draw_sheet(folder: Path, source: str, out: Path, *, count: int, seed: int, typeface: Path) -> None:
    """Write a PNG of `count` lines of the shards whose names begin with `source`, drawn by `seed`."""
    rng = np.random.default_rng(seed)
    shards = list(open_shards(folder, source))
    picked = [(shard, int(rng.integers(len(shard.rows)))) for shard in rng.choice(np.array(shards), count)]
    sheet = Image.new("L", (_COLUMN_PX * _COLUMNS, -(-count // _COLUMNS) * _ROW_PX), 160)
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype(str(typeface), 15)
    for at, (shard, index) in enumerate(picked):
        x, y = at % _COLUMNS * _COLUMN_PX, at // _COLUMNS * _ROW_PX
        sheet.paste(Image.fromarray(255 - shard.ink(index)[:, : _COLUMN_PX - 8]), (x, y))
        label = shard.rows[index].label
        draw.text((x, y + 98), f"{label.text}   [{label.kind}]", font=font, fill=0)
    sheet.save(out)
