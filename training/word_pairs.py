"""Texts -> how often words stand beside each other: ocr/readers/word_pairs.npz, which settles what readers dispute.

    python -m training.word_pairs --texts FOLDER --out ocr/readers/word_pairs.npz

FOLDER holds *.txt.xz, UTF-8 NFC, one paragraph a line. What is kept are counts of words and of pairs, without order
or place: no text can be put together from them. Sources and their terms: docs/model-card.md.
"""

import argparse
import itertools
import lzma
import math
from collections import Counter
from pathlib import Path

import numpy as np

from ocr.readers.word_pairs import BEGIN, END, STEPS_PER_LOG, folded_words

LEAST_WORD = 4
"""A word seen less often is mostly a misprint."""
LEAST_PAIR = 3
MOST_WORDS = 1 << 16
"""Word numbers fit 16 bits, pairs 32."""
MOST_IN_MEMORY = 8_000_000


def count(folder: Path) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """Return how often each word and each pair occurs; once-seen pairs are dropped when memory asks for it."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for file in sorted(folder.glob("*.txt.xz")):
        with lzma.open(file, "rt", encoding="utf-8") as text:
            for line in text:
                found = [BEGIN, *folded_words(line), END]
                words.update(found)
                pairs.update(itertools.pairwise(found))
        if len(pairs) > MOST_IN_MEMORY:
            pairs = Counter({pair: n for pair, n in pairs.items() if n > 1})
    return words, pairs


def logs(counts: list[int]) -> np.ndarray:
    """Return counts as steps of their logarithm, one byte each: within 2 %."""
    return np.array([min(255, round(math.log(n) * STEPS_PER_LOG)) for n in counts], dtype=np.uint8)


def write(words: Counter[str], pairs: Counter[tuple[str, str]], out: Path) -> None:
    """Write vocabulary, word counts and pairs, sorted so that the reader can search them."""
    kept = sorted(word for word, n in words.most_common(MOST_WORDS) if n >= LEAST_WORD)
    number = {word: index for index, word in enumerate(kept)}
    keyed = sorted(
        ((number[a] << 16) | number[b], n)
        for (a, b), n in pairs.items()
        if n >= LEAST_PAIR and a in number and b in number
    )
    np.savez_compressed(
        out,
        words=np.frombuffer("\n".join(kept).encode(), dtype=np.uint8),
        word_logs=logs([words[word] for word in kept]),
        pairs=np.diff(np.array([0, *(key for key, _ in keyed)], dtype=np.uint32)),
        pair_logs=logs([n for _, n in keyed]),
        total=np.array([sum(words.values())], dtype=np.int64),
    )


def main() -> None:
    """Read the arguments, count, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    words, pairs = count(arguments.texts)
    write(words, pairs, arguments.out)


if __name__ == "__main__":
    main()
