"""The reader's network: ink of a line -> how likely each letter is at each step of four columns.

It holds the recogniser of trueocr 0.1.1 (Apache-2.0) as its trunk: a linear stem over the line's 32 rows, a look at
what stands above and below, residual blocks along the line, a head. A `detail` branch of small 2-D convolutions sees
strokes as fine as tone marks, which the linear stem does not. What is added begins as nothing: an untrained reader
with borrowed weights reads exactly as trueocr does.

Everything but the detail's convolutions is kept as batch x steps x channels: on a CPU that trains faster than
channels first. training.reader.export writes the same function for reading.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

ROWS = 96
"""Of ink; see ocr.readers.ink."""
STEP = 4
"""Columns of ink a step."""
LINE = slice(32, 64)
"""Rows that the stem sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is built."""

    classes: int
    width: int = 128
    blocks: int = 10
    detail: tuple[int, ...] = ()
    """Channels of the detail's two halving convolutions; empty: none."""
    detail_rows: int = 48
    """Middle rows of ink that the detail sees, a multiple of 4."""
    detail_blocks: int = 0
    """Residual depthwise blocks of the detail, after its halving convolutions."""


def steps_of(widths: Tensor) -> Tensor:
    """Return how many steps hold a line of so many columns."""
    return torch.div(widths + (STEP - 1), STEP, rounding_mode="floor")


def _depthwise(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Convolve batch x rows x columns x channels with channels x rows x columns, each channel with its own."""
    pads = weight.shape[1] // 2, weight.shape[2] // 2
    # Seen as channels first in memory that is channels last: the fast way on a CPU.
    return F.conv2d(x.permute(0, 3, 1, 2), weight[:, None], bias, padding=pads, groups=len(weight)).permute(0, 2, 3, 1)


class Squeeze(nn.Module):
    """How much each channel counts on this line, from its mean over the line."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, width // 4)
        self.fc2 = nn.Linear(width // 4, width)

    def forward(self, mean: Tensor) -> Tensor:
        return torch.sigmoid(self.fc2(F.relu(self.fc1(mean))))


class Block(nn.Module):
    """One residual block along the line."""

    kernel = 9

    def __init__(self, width: int) -> None:
        super().__init__()
        self.dw = nn.Parameter(torch.empty(width, self.kernel))
        self.dw_bias = nn.Parameter(torch.zeros(width))
        self.expand = nn.Linear(width, 2 * width)
        self.se = Squeeze(2 * width)
        self.project = nn.Linear(2 * width, width)
        nn.init.normal_(self.dw, std=self.kernel**-0.5)

    def begin_as_nothing(self) -> None:
        nn.init.zeros_(self.project.weight)
        nn.init.zeros_(self.project.bias)

    def forward(self, x: Tensor, mask: Tensor, count: Tensor) -> Tensor:
        h = F.hardswish(self.expand(_depthwise(x[:, None], self.dw[:, None], self.dw_bias)[:, 0]))
        h = h * self.se(mask.transpose(1, 2) @ h / count[:, None])
        return (x + self.project(h)) * mask


class Context(nn.Module):
    """What stands above and below each step, as four weighted means over the rows."""

    patch_rows = 4
    heads = 4

    def __init__(self, width: int) -> None:
        super().__init__()
        self.patch = nn.Linear(self.patch_rows * STEP, 32)
        self.dw = nn.Parameter(torch.empty(32, 3, 3))
        self.pw = nn.Linear(32, 64)
        self.score = nn.Linear(64, self.heads)
        self.row_prior = nn.Parameter(torch.zeros(ROWS // self.patch_rows, 1, self.heads))
        self.proj = nn.Linear(64, width)
        nn.init.normal_(self.dw, std=1 / 3)

    def forward(self, ink: Tensor) -> Tensor:
        count, rows, columns = ink.shape
        x = ink.view(count, rows // self.patch_rows, self.patch_rows, columns // STEP, STEP)
        x = F.hardswish(self.patch(x.transpose(2, 3).flatten(3)))
        x = F.hardswish(self.pw(_depthwise(x, self.dw, None)))
        share = torch.softmax(self.score(x) + self.row_prior, dim=1)
        x = x.unflatten(-1, (self.heads, -1)) * share[..., None]
        return self.proj(x.sum(1).flatten(2))


class DetailBlock(nn.Module):
    """A small residual look around in two dimensions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.dw = nn.Conv2d(channels, channels, 3, padding=1, groups=channels)
        self.pw = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x + F.hardswish(self.pw(self.dw(x)))


class Detail(nn.Module):
    """Strokes of the line, row by row, folded into one vector a step."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        first, second = plan.detail
        middle = ROWS // 2
        self.rows = slice(middle - plan.detail_rows // 2, middle + plan.detail_rows // 2)
        self.first = nn.Conv2d(1, first, 3, stride=2, padding=1)
        self.second = nn.Conv2d(first, second, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList(DetailBlock(second) for _ in range(plan.detail_blocks))
        self.proj = nn.Linear(second * plan.detail_rows // 4, plan.width)
        nn.init.zeros_(self.proj.weight)
        nn.init.zeros_(self.proj.bias)

    def forward(self, ink: Tensor) -> Tensor:
        x = F.hardswish(self.first(ink[:, None, self.rows]))
        x = F.hardswish(self.second(x))
        for block in self.blocks:
            x = block(x)
        return self.proj(x.permute(0, 3, 2, 1).flatten(2))


class Reader(nn.Module):
    """See the module. Ink is batch x 96 rows x columns (a multiple of 4), 0 paper, 1 ink; answers are logits."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan
        self.stem = nn.Linear((LINE.stop - LINE.start) * STEP, plan.width)
        self.context = Context(plan.width)
        self.detail = Detail(plan) if plan.detail else None
        self.blocks = nn.ModuleList(Block(plan.width) for _ in range(plan.blocks))
        self.head = nn.Linear(plan.width, plan.classes)

    def forward(self, ink: Tensor, widths: Tensor) -> Tensor:
        """Return batch x steps x classes. Columns beyond a line's width are no part of it, whatever stands there."""
        count, _, columns = ink.shape
        steps = columns // STEP
        strips = ink[:, LINE].reshape(count, -1, steps, STEP)
        x = self.stem(strips.transpose(1, 2).flatten(2)) + self.context(ink)
        if self.detail is not None:
            x = x + self.detail(ink)
        inside = torch.arange(steps, device=ink.device) < steps_of(widths)[:, None]
        mask = inside[..., None].to(x.dtype)
        length = mask.sum(1).clamp(min=1)
        x = F.hardswish(x) * mask
        for block in self.blocks:
            x = block(x, mask, length)
        return self.head(x)
