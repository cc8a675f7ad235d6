"""Corpus -> blocks of a page: lines, what each says, and where they stand to each other. Seeded; draws nothing."""

import itertools
from dataclasses import dataclass, replace

import numpy as np

from training.lines import formulas
from training.lines.corpus import Corpus

Rng = np.random.Generator


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a line is set."""

    bold: bool = False
    italic: bool = False
    underlined: bool = False
    spacing_em: float = 0.0
    """Extra space after each letter."""
    bold_words: int = 0
    """So many words at the start are bold, whatever the rest is."""
    rule_em: float = 0.0
    """Length of the rule that stands below the middle of the line; 0 for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of print, as a finder of lines would see it."""

    text: str
    kind: str
    style: Style
    left_em: float
    """Where it starts, in ems of the block's type size; where it is centred, its middle."""
    row: int
    """Lines of one row have one baseline."""
    centred: bool = False
    width_em: float | None = None
    """Where given, words are spread to this width, if they nearly fill it."""
    room_em: float | None = None
    """Where given, words that reach further are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that stand together on a page."""

    lines: tuple[Line, ...]
    rows: int
    width_em: float
    pitch_em: float
    """From baseline to baseline."""
    ruled_at_em: tuple[float, ...] = ()
    """Where upright rules stand; lying ones are between rows then."""


def block(rng: Rng, corpus: Corpus) -> Block:
    """Return a block of some sort: running text, headings, a table, a form, a list of short formulas."""
    makers = (_paragraph, _table, _short, _form, _rare, _head)
    return makers[rng.choice(len(makers), p=(0.47, 0.06, 0.19, 0.06, 0.16, 0.06))](rng, corpus)


def _paragraph(rng: Rng, corpus: Corpus) -> Block:
    width = float(rng.uniform(14, 44))
    style, pitch = _style(rng, plain=0.72), _pitch(rng)
    capitals = rng.random() < 0.06
    indent = float(rng.choice([0.0, 2.0, 2.5]))
    lead = replace(style, bold_words=int(rng.integers(1, 4))) if rng.random() < 0.3 else style
    centred = rng.random() < 0.08
    justified = None if centred or rng.random() < 0.25 else width
    lines: list[Line] = []
    most, rare_share = int(rng.integers(4, 9)), 0.08 if rng.random() < 0.4 else 0.0
    while len(lines) < most:
        text = _strewn(corpus.paragraph(rng), rare_share, rng, corpus)
        wrapped = _wrapped(text.upper() if capitals else text, width, indent)
        start = 0 if len(wrapped) < 7 else int(rng.integers(len(wrapped) - 5))
        for at, piece in enumerate(wrapped[start : start + most - len(lines)], start):
            left = width / 2 if centred else indent if at == 0 else 0.0
            spread = None if justified is None or at == len(wrapped) - 1 else justified - (indent if at == 0 else 0)
            set_as = lead if at == 0 else style
            lines.append(
                Line(text=piece, kind="text", style=set_as, left_em=left, row=len(lines), centred=centred,
                     width_em=spread)
            )  # fmt: skip
    return Block(lines=tuple(lines), rows=len(lines), width_em=width, pitch_em=pitch)


def _strewn(text: str, share: float, rng: Rng, corpus: Corpus) -> str:
    """Put words with rare letters in the place of some: learnt in the midst of others, too."""
    return " ".join(corpus.word(rng) if share and rng.random() < share else word for word in text.split())


def _wrapped(text: str, width: float, indent: float) -> list[str]:
    """Break a text at about `width` ems; letters are taken for 0.46 em, capitals for 0.68."""
    lines, line, room = [], "", width - indent
    for word in text.split():
        wide = sum(0.68 if letter.isupper() else 0.46 for letter in word) + 0.25
        if line and wide > room:
            lines.append(line)
            line, room = "", width
        line = f"{line} {word}".strip()
        room -= wide
    return [*lines, line]


def _table(rng: Rng, corpus: Corpus) -> Block:
    columns = int(rng.integers(2, 6))
    edges = np.concatenate([[0.0], np.cumsum(rng.uniform(3.0, 14.0, columns))])
    rows, style = int(rng.integers(4, 9)), _style(rng, plain=0.85)
    lines = []
    for row in range(rows):
        for left, right in itertools.pairwise(edges.tolist()):
            centred = rng.random() < 0.5
            at = (left + right) / 2 if centred else left + 0.4
            lines.append(
                Line(text=formulas.cell(rng, corpus), kind="cell", style=style, left_em=float(at), row=row,
                     centred=centred, room_em=float(right - left) - 0.8)
            )  # fmt: skip
    ruled = tuple(float(edge) for edge in edges) if rng.random() < 0.6 else ()
    pitch = float(rng.uniform(1.25, 2.0))
    return Block(lines=tuple(lines), rows=rows, width_em=float(edges[-1]), pitch_em=pitch, ruled_at_em=ruled)


def _short(rng: Rng, corpus: Corpus) -> Block:
    width, rows = float(rng.uniform(16, 36)), int(rng.integers(4, 9))
    lines = []
    for row in range(rows):
        roll, style = rng.random(), _style(rng, plain=0.5)
        if roll < 0.25:
            text, kind = formulas.code(rng), "code"
        elif roll < 0.45:
            text, kind = formulas.date(rng, corpus), "date"
        elif roll < 0.6:
            text, kind = formulas.number(rng), "number"
        elif roll < 0.8:
            text, kind = formulas.head(rng, corpus), "heading"
        elif roll < 0.92:
            text, kind = formulas.entry(rng, corpus), "list"
        else:
            text, kind = f"{corpus.place(rng)}, {corpus.place(rng)}", "name"
        centred = rng.random() < 0.4
        left = width / 2 if centred else float(rng.choice([0.0, 0.0, 2.0, 6.0]))
        lines.append(Line(text=text, kind=kind, style=style, left_em=left, row=row, centred=centred))
    return Block(lines=tuple(lines), rows=rows, width_em=width, pitch_em=_pitch(rng))


def _form(rng: Rng, corpus: Corpus) -> Block:
    style, rows = _style(rng, plain=0.9), int(rng.integers(4, 8))
    texts = [formulas.form(rng) if rng.random() < 0.75 else formulas.entry(rng, corpus) for _ in range(rows)]
    lines = tuple(
        Line(text=text, kind="form", style=style, left_em=0.0, row=row, room_em=36.0) for row, text in enumerate(texts)
    )
    return Block(lines=lines, rows=rows, width_em=34.0, pitch_em=_pitch(rng))


def _rare(rng: Rng, corpus: Corpus) -> Block:
    rows = int(rng.integers(4, 9))
    lines = tuple(
        Line(text=formulas.rare(rng, corpus), kind="rare", style=_style(rng, plain=0.6), left_em=0.0, row=row)
        for row in range(rows)
    )
    return Block(lines=lines, rows=rows, width_em=24.0, pitch_em=_pitch(rng))


def _head(rng: Rng, corpus: Corpus) -> Block:
    rows = int(rng.integers(3, 6))
    lines = []
    for row in range(rows):
        for middle in (8.0, 27.0):
            text = formulas.code(rng) if rng.random() < 0.2 else formulas.head(rng, corpus)
            style = replace(_style(rng, plain=0.3), rule_em=float(rng.uniform(2, 8)) if rng.random() < 0.2 else 0.0)
            lines.append(
                Line(text=text, kind="heading", style=style, left_em=middle, row=row, centred=True, room_em=17.0)
            )
    return Block(lines=tuple(lines), rows=rows, width_em=36.0, pitch_em=_pitch(rng))


def _pitch(rng: Rng) -> float:
    return float(rng.uniform(1.0, 1.15) if rng.random() < 0.2 else rng.uniform(1.15, 1.75))


def _style(rng: Rng, *, plain: float) -> Style:
    if rng.random() < plain:
        return Style()
    bold, italic = rng.random() < 0.6, rng.random() < 0.45
    spaced = float(rng.uniform(0.03, 0.25)) if rng.random() < 0.08 else 0.0
    return Style(bold=bold, italic=italic, underlined=rng.random() < 0.08, spacing_em=spaced)
