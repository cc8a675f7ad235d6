"""What stands on official papers beside running text: numbers, dates, amounts, cells, forms, signs. Seeded; pure.

Source: Nghị định 30/2020/NĐ-CP, Phụ lục I (form of numbers, places, dates, recipients); the rest is how papers look.
"""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import yaml

from training.lines.corpus import Corpus
from training.reader.alphabet import ALPHABET, as_label

Rng = np.random.Generator


@functools.cache
def _phrases() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return found


def number(rng: Rng) -> str:
    """Return a number as written: plain, grouped, with decimals, as an amount, of a telephone or a person."""
    value = int(10 ** (rng.random() * 10))
    grouped = f"{value:,}".replace(",", str(rng.choice([".", ".", ".", ",", " "])))
    forms: tuple[Callable[[], str], ...] = (
        lambda: str(int(10 ** (rng.random() * 4))),
        lambda: str(int(10 ** (rng.random() * 4))),
        lambda: f"{rng.integers(100):02d}",
        lambda: grouped,
        lambda: grouped,
        lambda: f"{rng.random() * 10 ** rng.integers(4):.{rng.integers(1, 4)}f}".replace(
            ".", str(rng.choice([",", "."]))
        ),
        lambda: f"{grouped} {_pick(rng, 'units')}",
        lambda: f"0{_digits(rng, 9)}",
        lambda: f"0{_digits(rng, 3)}.{_digits(rng, 3)}.{_digits(rng, 3)}",
        lambda: f"(0{_digits(rng, 2)}) {_digits(rng, 4)} {_digits(rng, 3)}",
        lambda: _digits(rng, int(rng.choice([9, 12, 10, 13]))),
        lambda: f"{rng.integers(1, 101)}%",
        lambda: f"{rng.integers(1, 30)}/{rng.integers(1, 60)}",
        lambda: f"{rng.integers(1, 20)}.{rng.integers(1, 20)}.{rng.integers(1, 9)}",
        lambda: str(
            rng.choice(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIV", "XIX"])
        ),
    )
    return forms[rng.integers(len(forms))]()


def code(rng: Rng) -> str:
    """Return the number and symbol of a document ("số, ký hiệu")."""
    serial = f"{int(10 ** (rng.random() * 4)):0{rng.integers(1, 4)}d}"
    year = f"{rng.integers(1986, 2027)}"
    first = _pick(rng, "kinds") if rng.random() < 0.6 else _pick(rng, "offices")
    body = f"{first}-{_pick(rng, 'offices')}"
    written = f"{serial}/{year}/{body}" if rng.random() < 0.4 else f"{serial}/{body}"
    ahead = str(rng.choice(["Số: ", "Số: ", "Số ", "", "", "số ", "Số:", "SỐ: ", "Nghị định số ", "Quyết định số "]))
    return f"{ahead}{written}"


def date(rng: Rng, corpus: Corpus) -> str:
    """Return a date, often with the place ("địa danh")."""
    day, month, year = rng.integers(1, 32), rng.integers(1, 13), rng.integers(1945, 2031)
    place = corpus.place(rng).split(" ", 1)[-1]
    forms = (
        f"{place}, ngày {day:02d} tháng {month:02d} năm {year}",
        f"{place}, ngày {day:02d} tháng {month} năm {year}",
        f"{place}, ngày   tháng {month:02d} năm {year}",
        f"ngày {day:02d} tháng {month} năm {year}",
        f"{day:02d}/{month:02d}/{year}",
        f"{day}/{month}/{year}",
        f"{day:02d}-{month:02d}-{year}",
        f"{day:02d}.{month:02d}.{year}",
        f"{rng.integers(24)} giờ {rng.integers(60):02d} phút, ngày {day}/{month}/{year}",
        f"{rng.integers(24):02d}:{rng.integers(60):02d}:{rng.integers(60):02d} {day:02d}/{month:02d}/{year}",
        f"tháng {month:02d}/{year}",
        f"giai đoạn {year} - {year + 5}",
    )
    return forms[rng.integers(len(forms))]


def cell(rng: Rng, corpus: Corpus) -> str:
    """Return what stands in a cell of a table."""
    roll = rng.random()
    if roll < 0.45:
        return number(rng)
    if roll < 0.6:
        return _pick(rng, "cells")
    if roll < 0.7:
        return corpus.name(rng)
    if roll < 0.78:
        return corpus.place(rng)
    if roll < 0.86:
        return date(rng, corpus)
    if roll < 0.9:
        return code(rng)
    words = corpus.paragraph(rng).split()
    at = rng.integers(len(words))
    return " ".join(words[at : at + int(rng.integers(1, 5))])


def entry(rng: Rng, corpus: Corpus) -> str:
    """Return the start of an entry of a list."""
    words = corpus.paragraph(rng).lstrip("-+* ").split()
    return _pick(rng, "marks") + " ".join(words[: int(rng.integers(1, 9))]) + str(rng.choice([";", ".", ":", "", ","]))


def form(rng: Rng) -> str:
    """Return a line of a form with dotted leaders, of as many dots as it happens."""
    text = _pick(rng, "forms")
    while "{d}" in text:
        dots = str(rng.choice([".", ".", ".", "…"])) * int(rng.integers(4, 60))
        text = text.replace("{d}", dots, 1)
    return text


def head(rng: Rng, corpus: Corpus) -> str:
    """Return a heading, a signature's capacity, a name, a place in capitals."""
    roll = rng.random()
    if roll < 0.5:
        return _pick(rng, "heads")
    if roll < 0.7:
        return corpus.name(rng)
    if roll < 0.85:
        return str(rng.choice(["UBND ", "ỦY BAN NHÂN DÂN ", "SỞ NỘI VỤ ", "HĐND ", ""])) + corpus.place(rng).upper()
    return " ".join(corpus.paragraph(rng).split()[: int(rng.integers(2, 10))]).upper()


def rare(rng: Rng, corpus: Corpus) -> str:
    """Return words or signs chosen for a letter that text seldom has."""
    if rng.random() < 0.4:
        text = _pick(rng, "signs")
        while "{w}" in text:
            text = text.replace("{w}", corpus.word(rng), 1)
        while "{n}" in text:
            text = text.replace("{n}", str(int(10 ** (rng.random() * 3))), 1)
        return text.replace("{{", "{").replace("}}", "}")
    words = [corpus.word(rng) for _ in range(int(rng.integers(1, 10)))]
    text = " ".join(words)
    if rng.random() < 0.2:
        text += str(ALPHABET[rng.integers(len(ALPHABET))])
    capitals = text.upper()
    return capitals if rng.random() < 0.2 and as_label(capitals) else text


def _pick(rng: Rng, what: str) -> str:
    phrases = _phrases()[what]
    return phrases[rng.integers(len(phrases))]


def _digits(rng: Rng, count: int) -> str:
    return "".join(map(str, rng.integers(0, 10, count)))
