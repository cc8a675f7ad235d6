"""Train the line finder on stored pages; goes on from the last checkpoint.

    python -m training.finder.train --pages FOLDER/scan FOLDER/print --out FOLDER --minutes 40

A step learns from PIECES pieces of pages. The loss: binary cross entropy and dice of the core against the big
detector's map, short lines weighing more, and the distance of the edges in line heights. Checkpoints are written every
few minutes.
"""

import argparse
import logging
import math
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from training.finder.degrade import degraded, random_scale
from training.finder.lone import Bank
from training.finder.network import EDGE_UNIT, FinderNetwork
from training.finder.pages import Store, piece_of
from training.finder.targets import edge_targets, weights

log = logging.getLogger("training.finder")

PIECES = 4
SIZE = (448, 640)
RATE = 3e-3
SEED = 7
AVERAGED = 0.995
"""Share of the running average of weights that stays at each step."""
WRITTEN_EVERY_S = 120.0
LOOKED_EVERY = 100


def batch_of(store: Store, bank: Bank, random: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return ink, core, what a pixel of it weighs, edges in units of EDGE_UNIT, and where the edges hold."""
    greys, cores, heavy, edges, holds = [], [], [], [], []
    for index in random.integers(len(store.pages), size=PIECES):
        piece = piece_of(store.pages[index], random_scale(random), SIZE, random)
        piece = degraded(bank.strewn(piece, random), random)
        edge, hold = edge_targets(piece.quads, SIZE)
        greys.append(1.0 - piece.grey[None].astype(np.float32) / 255.0)
        cores.append(piece.core[None])
        heavy.append(weights(piece.quads, SIZE)[None])
        edges.append(edge / EDGE_UNIT)
        holds.append(hold[None])
    ink = torch.from_numpy(np.stack(greys)).contiguous(memory_format=torch.channels_last)
    return ink, *(torch.from_numpy(np.stack(part)) for part in (cores, heavy, edges, holds))


def loss_of(found: Tensor, core: Tensor, heavy: Tensor, edges: Tensor, holds: Tensor) -> tuple[Tensor, Tensor]:
    """Return the losses of core and of edges."""
    said = torch.sigmoid(found[:, :1])
    entropy = functional.binary_cross_entropy_with_logits(found[:, :1], core, weight=heavy * (1.0 + 2.0 * core))
    both, either = (heavy * said * core).sum(), (heavy * (said * said + core * core)).sum()
    dice = 1.0 - (2.0 * both + 1.0) / (either + 1.0)
    height = edges.sum(dim=1, keepdim=True).clamp(min=0.25)
    distance = ((found[:, 1:] - edges).abs() / height * holds).sum() / (2.0 * holds.sum() + 1.0)
    return entropy * 4.0 + dice, distance


def rate_at(share: float) -> float:
    """Return the learning rate after a share of the run: a short rise, then a cosine down to a fiftieth."""
    if share < 0.02:
        return RATE * (0.1 + 45.0 * share)
    return RATE * (0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * share)))


class Run:
    """A network in training, its running average, and where it is kept."""

    def __init__(self, out: Path) -> None:
        torch.manual_seed(SEED)
        self.network = FinderNetwork().to(memory_format=torch.channels_last)
        self.average = FinderNetwork()
        self.average.load_state_dict(self.network.state_dict())
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=RATE, weight_decay=1e-4)
        self.step = 0
        self.used_s = 0.0
        self._file = out / "finder.pt"
        out.mkdir(parents=True, exist_ok=True)
        if self._file.exists():
            kept = torch.load(self._file, weights_only=True)
            self.network.load_state_dict(kept["network"])
            self.average.load_state_dict(kept["average"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.step, self.used_s = kept["step"], kept["used_s"]

    def keep(self) -> None:
        """Write the checkpoint; a crash leaves the one before."""
        part = self._file.with_suffix(".part")
        states = {name: getattr(self, name).state_dict() for name in ("network", "average", "optimiser")}
        torch.save({**states, "step": self.step, "used_s": self.used_s}, part)
        part.replace(self._file)

    def learn(self, store: Store, bank: Bank, rate: float) -> tuple[float, float]:
        """Take one step; return both losses."""
        random = np.random.default_rng((SEED, self.step))
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        ink, *wanted = batch_of(store, bank, random)
        of_core, of_edges = loss_of(self.network(ink), *wanted)
        self.optimiser.zero_grad(set_to_none=True)
        (of_core + of_edges).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self._average()
        return of_core.item(), of_edges.item()

    def _average(self) -> None:
        stays = min(AVERAGED, 1.0 - 1.0 / (1.0 + self.step / 10.0))
        with torch.no_grad():
            for kept, new in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                if kept.dtype.is_floating_point:
                    kept.mul_(stays).add_(new, alpha=1.0 - stays)
                else:
                    kept.copy_(new)


def train(run: Run, store: Store, seconds: float) -> None:
    """Go on until the run has used `seconds` of CPU in all."""
    written, bank = time.monotonic(), Bank()
    losses: list[tuple[float, float]] = []
    while run.used_s < seconds:
        began = time.process_time()
        if run.step % LOOKED_EVERY == 0 or not store.pages:
            pages = store.look()
            bank.take(store.pages)
            if losses:
                log.info("step %d, %d pages, %.0f s: core %.4f, edges %.4f", run.step, pages, run.used_s,
                         *np.mean(losses, axis=0))  # fmt: skip
                losses = []
        losses.append(run.learn(store, bank, rate_at(run.used_s / seconds)))
        run.used_s += time.process_time() - began
        if time.monotonic() - written > WRITTEN_EVERY_S:
            run.keep()
            written = time.monotonic()
    run.keep()


def main() -> None:
    """Read the arguments, train."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=40.0, help="of CPU, over all starts")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    train(Run(arguments.out), Store(arguments.pages), arguments.minutes * 60.0)


if __name__ == "__main__":
    main()
