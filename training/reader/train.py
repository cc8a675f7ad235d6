"""Shards of lines -> a trained reader. May be stopped at any time and started again with the same arguments.

    python -m training.reader.train --shards FOLDER --out RUN --plan detail --weights rec.onnx --minutes 60

RUN gets `checkpoint.pt` (network, its running average, optimiser, time spent) and `curve.csv` (see CURVE). The rate of
learning follows the minutes spent, not the steps: it rises, then falls as a cosine to nothing when they are over. The
same command trains on a GPU (`--device cuda`).
"""

import argparse
import copy
import csv
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812

from training.reader.alphabet import ALPHABET
from training.reader.evaluate import Score, greedy, held_out, score
from training.reader.feed import Batch, feed, packed
from training.reader.network import Plan, Reader, steps_of
from training.reader.shelf import by_width
from training.reader.trueocr_weights import borrow
from training.shards import ShardLine

CLASSES = len(ALPHABET) + 1
PLANS = {
    "borrowed": Plan(classes=CLASSES),
    "detail": Plan(classes=CLASSES, detail=(16, 32), detail_blocks=1),
    "detail-wide": Plan(classes=CLASSES, detail=(24, 48), detail_blocks=2),
    "detail-deep": Plan(classes=CLASSES, detail=(16, 32), detail_blocks=1, blocks=13),
}
CURVE = ("minutes", "steps", "lines", "loss", "source", "lines_measured", "cer", "cer_plain", "exact")

_WARM_UP = 0.04
"""Share of the time."""
_NEW_FASTER = 2.0
"""Times the rate, for what was not borrowed."""
_AVERAGE = 0.998
_CLIP = 2.0
_MEASURE_COLUMNS = 16_000


@dataclass(slots=True, kw_only=True)
class Run:
    """A training run as it stands."""

    reader: Reader
    average: Reader
    """Running average of the reader's weights: what is measured and exported."""
    optimiser: torch.optim.Optimizer
    seconds: float = 0.0
    steps: int = 0
    lines: int = 0
    losses: list[float] = field(default_factory=list)
    """Since the last measurement."""


def begin(arguments: argparse.Namespace) -> Run:
    """Return a fresh run, or the one that RUN holds."""
    torch.manual_seed(arguments.seed)
    reader = Reader(PLANS[arguments.plan])
    if arguments.weights is not None:
        borrow(reader, arguments.weights)
    if arguments.start is not None:
        reader.load_state_dict(torch.load(arguments.start, weights_only=True)["average"])
    reader.to(arguments.device)
    added = [p for name, p in reader.named_parameters() if _is_added(name)]
    borrowed = [p for name, p in reader.named_parameters() if not _is_added(name)]
    faster = _NEW_FASTER if arguments.weights is not None else 1.0
    groups = [{"params": borrowed, "scale": 1.0}, {"params": added, "scale": faster}]
    optimiser = torch.optim.AdamW([group for group in groups if group["params"]], weight_decay=0.01, betas=(0.9, 0.98))
    run = Run(reader=reader, average=copy.deepcopy(reader), optimiser=optimiser)
    checkpoint = arguments.out / "checkpoint.pt"
    if checkpoint.exists():
        kept = torch.load(checkpoint, map_location=arguments.device, weights_only=True)
        reader.load_state_dict(kept["reader"])
        run.average.load_state_dict(kept["average"])
        optimiser.load_state_dict(kept["optimiser"])
        run.seconds, run.steps, run.lines = kept["seconds"], kept["steps"], kept["lines"]
    return run


def _is_added(name: str) -> bool:
    return name.startswith("detail") or (name.startswith("blocks.") and int(name.split(".")[1]) >= 10)


def keep(run: Run, arguments: argparse.Namespace) -> None:
    """Write the checkpoint; the one before stays whole until it is complete."""
    state = {
        "plan": arguments.plan,
        "reader": run.reader.state_dict(),
        "average": run.average.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "seconds": run.seconds,
        "steps": run.steps,
        "lines": run.lines,
    }
    torch.save(state, arguments.out / "checkpoint.tmp")
    (arguments.out / "checkpoint.tmp").replace(arguments.out / "checkpoint.pt")


def rate(spent: float, peak: float) -> float:
    """Return the rate of learning when this share of the time is spent."""
    if spent < _WARM_UP:
        return peak * (0.05 + 0.95 * spent / _WARM_UP)
    return peak * 0.5 * (1 + float(np.cos(np.pi * min(1.0, (spent - _WARM_UP) / (1 - _WARM_UP)))))


def learn(run: Run, batch: Batch, device: str) -> float:
    """Take one step; return the loss, nats a letter."""
    widths = torch.from_numpy(batch.widths).to(device)
    with torch.autocast(device.split(":")[0], torch.bfloat16):
        logits = run.reader(torch.from_numpy(batch.ink).to(device), widths)
    loss = F.ctc_loss(
        torch.log_softmax(logits.float(), -1).transpose(0, 1),
        torch.from_numpy(batch.labels),
        steps_of(widths).cpu(),
        torch.from_numpy(batch.label_lengths),
        reduction="sum",
        zero_infinity=True,
    ) / int(batch.label_lengths.sum())
    run.optimiser.zero_grad()
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(run.reader.parameters(), _CLIP)
    if bool(torch.isfinite(norm)):
        run.optimiser.step()
    with torch.no_grad():
        share = min(_AVERAGE, (1 + run.steps) / (10 + run.steps))
        torch._foreach_lerp_(list(run.average.parameters()), list(run.reader.parameters()), 1 - share)
    run.steps += 1
    run.lines += len(batch.widths)
    return float(loss)


def measure(reader: Reader, lines: list[ShardLine], device: str) -> dict[str, Score]:
    """Return the score of each source's held-out lines."""
    pairs: list[tuple[ShardLine, str]] = []
    with torch.inference_mode():
        for group in by_width(lines, _MEASURE_COLUMNS):
            batch = packed(group, None)
            widths = torch.from_numpy(batch.widths)
            ids = reader(torch.from_numpy(batch.ink).to(device), widths.to(device)).argmax(-1).cpu().numpy()
            pairs += [
                (line, greedy(row[:n])) for line, row, n in zip(group, ids, steps_of(widths).tolist(), strict=True)
            ]
    sources = sorted({line.label.source for line, _ in pairs})
    return {
        source: score([(line.label.text, text) for line, text in pairs if line.label.source == source])
        for source in sources
    }


def report(run: Run, arguments: argparse.Namespace) -> None:
    """Measure, and add the figures to the curve."""
    curve = arguments.out / "curve.csv"
    fresh = not curve.exists()
    loss = round(float(np.mean(run.losses)), 4) if run.losses else ""
    run.losses.clear()
    with curve.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if fresh:
            writer.writerow(CURVE)
        lines = held_out(arguments.shards, arguments.measure)
        for source, found in measure(run.average, lines, arguments.device).items():
            facts = (round(run.seconds / 60, 1), run.steps, run.lines, loss, source)
            writer.writerow((*facts, found.lines, *(round(v, 3) for v in (found.cer, found.cer_plain, found.exact))))


def train(run: Run, arguments: argparse.Namespace, batches: Iterator[Batch]) -> None:
    """Train until the minutes are spent; measure and keep at intervals."""
    begun, measured = time.monotonic() - run.seconds, run.seconds
    while (spent := max(run.seconds / 60 / arguments.minutes, run.lines / arguments.lines)) < 1:
        for group in run.optimiser.param_groups:
            group["lr"] = group["scale"] * rate(spent, arguments.rate)
        run.losses.append(learn(run, next(batches), arguments.device))
        run.seconds = time.monotonic() - begun
        if run.seconds - measured > 60 * arguments.every:
            measured = run.seconds
            keep(run, arguments)
            report(run, arguments)
            # What was spent on measuring is not taken from the time to learn.
            begun = time.monotonic() - run.seconds
    keep(run, arguments)
    report(run, arguments)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--plan", choices=PLANS, default="detail")
    parser.add_argument("--weights", type=Path, help="the recogniser to start from; none: from nothing")
    parser.add_argument("--start", type=Path, help="checkpoint of another run of the same plan to go on from")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--lines", type=float, default=math.inf, help="to learn from, if that is sooner")
    parser.add_argument("--every", type=float, default=10, help="minutes between measurements")
    parser.add_argument("--measure", type=int, default=400, help="held-out lines of each source measured on")
    parser.add_argument("--rate", type=float, default=6e-4)
    parser.add_argument("--columns", type=int, default=16_000, help="of ink in a batch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    run = begin(arguments)
    train(run, arguments, feed(arguments.shards, columns=arguments.columns, seed=arguments.seed + run.steps))


if __name__ == "__main__":
    main()
