"""Mutated scans through all that parses them, in a pool worker: nothing but a BadScan comes out. Prints a table.

    python -m bench.fuzz [--seconds N] [--seed N] [--samples FOLDER] [--keep FOLDER]

The scans are pages of the sample box and the odd ones of tests/badinput; with --samples (SOHOA_TEST_SAMPLES), real ones
as well. What is found is written to --keep and ends as a test; the same seed makes the same mutations. Exit code 1 says
that something was found.

A scan that the limits of a worker stop is no finding: that is what they are for, and its paper is set aside with their
reason. Such scans are counted, with their share, and kept as well, for each is one that a parser might refuse earlier.
"""

import argparse
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ocr.errors import BadScan, CannotCompose
from sohoa.errors import TookTooLong, WorkerDied, WorkerOutOfMemory
from sohoa.pool import Pool
from sohoa.remote import Remote
from sohoa.samplebox.box import make_box
from tests.badinput.pdfs import STOPPED
from tests.badinput.table import KINDS

ROUND = Remote("tests.badinput.rounds", "whole_round")
SECONDS = 60
PATIENCE_SECONDS = 600
"""What takes longer than the first is tried once more with the second, for the machine may be busy; then it hangs."""
MEMORY_BYTES = 3000 << 20
LARGEST = 3_000_000
"""Larger seeds cost time and show nothing new."""

REFUSED, LIMITED, FOUND = "refused", "stopped by the worker's limits", "FOUND"

NUMBERS = (b"0", b"-1", b"1", b"7", b"65535", b"2147483648", b"1e9", b"99999999999999999999", b"0.0001")

Mutation = Callable[[random.Random, bytes, Sequence[bytes]], bytes]


def flip(dice: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Return the file with some bytes changed."""
    out = bytearray(data)
    for _ in range(dice.choice((1, 2, 5, 20, 200))):
        out[dice.randrange(len(out))] = dice.choice((0, 255, dice.randrange(256)))
    return bytes(out)


def cut(dice: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Return the file without its end, or without a piece."""
    start = dice.randrange(len(data))
    return data[:start] if dice.random() < 0.4 else data[:start] + data[start + dice.randrange(1, 5000) :]


def splice(dice: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Return the beginning of one file and the end of another."""
    other = dice.choice(others)
    return data[: dice.randrange(len(data))] + other[dice.randrange(len(other)) :]


def repeat(dice: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Return the file with one of its objects, or a piece, twice."""
    objects = list(re.finditer(rb"\d+ 0 obj.*?endobj", data, re.DOTALL))
    if objects:
        piece = dice.choice(objects).group()
        place = dice.choice(objects).start()
    else:
        start = dice.randrange(len(data))
        piece, place = data[start : start + dice.randrange(1, 3000)], dice.randrange(len(data))
    return data[:place] + piece + b"\n" + data[place:]


def renumber(dice: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Return the file with some of its written numbers changed: lengths, sizes, references."""
    numbers = list(re.finditer(rb"(?<![\d.])-?\d{1,9}(?:\.\d+)?", data[:200_000]))
    out = data
    for number in sorted(dice.sample(numbers, min(len(numbers), dice.choice((1, 2, 5)))), key=lambda m: -m.start()):
        out = out[: number.start()] + dice.choice(NUMBERS) + out[number.end() :]
    return out


def rename(dice: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Return the file with a name of the PDF language put in another's place."""
    names = list(re.finditer(rb"/[A-Za-z0-9]{2,20}", data[:200_000]))
    if not names:
        return flip(dice, data, _others)
    one, two = dice.choice(names), dice.choice(names)
    return data[: one.start()] + two.group() + data[one.end() :]


def fields(dice: random.Random, data: bytes, _others: Sequence[bytes]) -> bytes:
    """Return the file with an extreme number where the header, or the end, may hold one."""
    place = dice.randrange(min(len(data), 400)) if dice.random() < 0.7 else dice.randrange(len(data))
    width = dice.choice((1, 2, 4))
    number = dice.choice((0, 1, 2**7, 2**15, 2**31 - 1, 2**31, 2**32 - 1)) & ((1 << 8 * width) - 1)
    return data[:place] + number.to_bytes(width, dice.choice(("big", "little"))) + data[place + width :]


MUTATIONS: dict[str, Mutation] = {f.__name__: f for f in (flip, cut, splice, repeat, renumber, rename, fields)}


@dataclass
class Found:
    """What came of the mutations."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    stopped: list[tuple[str, Path]] = field(default_factory=list)
    """By the limits of a worker."""
    bad: list[tuple[str, Path]] = field(default_factory=list)


def seeds(folder: Path, samples: Path | None) -> list[bytes]:
    """Return the files that are mutated: small pages of the sample box, odd kinds, and real scans if there are any."""
    box = make_box(folder / "box", signed_pdf=None, only=("001", "005", "007", "008"))
    made = [(box.folder / paper.file).read_bytes() for paper in box.papers]
    for kind in KINDS:
        if (
            kind.name.partition("-cut-")[1]
            or kind.code in ("not_a_scan", "hidden_file", "unreadable")
            or kind in STOPPED
        ):
            continue
        path = folder / "kind"
        if kind.file.startswith("nơi") or "ignored" in kind.expect:
            continue
        kind.make(path)
        if path.is_file():
            made.append(path.read_bytes())
        path.unlink(missing_ok=True)
    if samples is not None:
        made += [path.read_bytes() for path in sorted(samples.rglob("*")) if path.suffix in (".pdf", ".jpg", ".png")]
    return [data for data in made if 0 < len(data) <= LARGEST]


def mutants(whole: Sequence[bytes], seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and mutated files without end; one to three mutations each."""
    number = 0
    while True:
        name = f"{seed}-{number}"
        dice = random.Random(name)
        data = dice.choice(whole)
        for _ in range(dice.choice((1, 1, 2, 3))):
            data = dice.choice(list(MUTATIONS.values()))(dice, data, whole) or b"\0"
        yield name, data
        number += 1


def run(pool: Pool, source: Path, out: Path) -> str:
    """Return what became of one file: taken, or one of the three above and why."""
    try:
        try:
            pool.run(ROUND, source, out, timeout_seconds=SECONDS)
        except TookTooLong:
            pool.run(ROUND, source, out, timeout_seconds=PATIENCE_SECONDS)
    except (BadScan, CannotCompose) as error:
        return f"{REFUSED}: {error.code}"
    except (TookTooLong, WorkerOutOfMemory) as error:
        return f"{LIMITED}: {error.code}"
    except WorkerDied as error:
        return f"{FOUND}: {error.code}, {error.ending}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        return f"{FOUND}: {type(error).__name__}: {str(error)[:60]}"
    return "taken"


def fuzz(seconds: float, seed: int, samples: Path | None, keep: Path, *, least: int = 1) -> Found:
    """Mutate and run until the time is up and `least` files are through, or the process is asked to end."""
    found = Found()
    with tempfile.TemporaryDirectory() as folder, Pool(1, memory_limit_bytes=MEMORY_BYTES) as pool:
        whole = seeds(Path(folder), samples)
        source, out = Path(folder) / "mutant", Path(folder) / "legal.pdf"
        end = time.monotonic() + seconds
        try:
            for name, data in mutants(whole, seed):
                source.write_bytes(data)
                started = time.monotonic()
                became = run(pool, source, out)
                found.slowest = max(found.slowest, time.monotonic() - started)
                found.counts[became] += 1
                if became.startswith((FOUND, LIMITED)):
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / name).write_bytes(data)
                    (found.bad if became.startswith(FOUND) else found.stopped).append((became, keep / name))
                if time.monotonic() > end and found.counts.total() >= least:
                    break
        except KeyboardInterrupt:
            print("ended early", file=sys.stderr)
    return found


def main() -> None:
    """Fuzz as the command line says, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    said = os.environ.get("SOHOA_TEST_SAMPLES")
    parser.add_argument("--samples", type=Path, default=Path(said) if said else None)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "sohoa-fuzz")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    found = fuzz(options.seconds, options.seed, options.samples, options.keep)
    for became, number in found.counts.most_common():
        print(f"{number:7d}  {became}")
    files = found.counts.total()
    print(
        f"{files:7d}  files in {time.monotonic() - began:.0f} s, the slowest in {found.slowest:.1f} s; "
        f"{len(found.stopped)} {LIMITED} ({len(found.stopped) / max(files, 1):.3%}), {len(found.bad)} findings"
    )
    for became, path in (*found.stopped, *found.bad):
        print(f"{path}: {became}")
    sys.exit(1 if found.bad else 0)


if __name__ == "__main__":
    main()
