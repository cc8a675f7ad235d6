"""The line finder's network: a grey page -> where lines run, at a quarter of its size.

Three maps: the core of a line (a logit, 1 where the middle band of a line runs), and how far the upper and the lower
edge of that line are away (in units of EDGE_UNIT pixels of the input). The core tells lines apart, the edges give the
height back that the core does not have.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 4
"""Pixels of the input a pixel of the maps."""
MULTIPLE = 32
"""Sides of the input are multiples of this."""
EDGE_UNIT = 16.0


def _conv(inputs: int, outputs: int, size: int, *, stride: int = 1, groups: int = 1, active: bool = True) -> nn.Module:
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if active else nn.Sequential(*layers)


class _Block(nn.Module):
    """Depthwise, wider, narrow again; added to what came in."""

    def __init__(self, width: int, size: int, expansion: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            _conv(width, width, size, groups=width, active=False),
            _conv(width, width * expansion, 1),
            _conv(width * expansion, width, 1, active=False),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _halved(inputs: int, outputs: int) -> nn.Module:
    return nn.Sequential(_conv(inputs, inputs, 5, stride=2, groups=inputs, active=False), _conv(inputs, outputs, 1))


class FinderNetwork(nn.Module):
    """Down to a thirty-second of the page for context, up again to a quarter for place."""

    def __init__(self, widths: tuple[int, int, int, int] = (32, 48, 96, 128), blocks: int = 2) -> None:
        super().__init__()
        quarter, eighth, sixteenth, last = widths
        self.stem = nn.Sequential(_conv(1, 16, 3, stride=2), _conv(16, quarter, 3, stride=2))
        self.quarter = _Block(quarter, 3, 1)
        self.eighth = nn.Sequential(_halved(quarter, eighth), *(_Block(eighth, 5, 2) for _ in range(blocks)))
        self.sixteenth = nn.Sequential(_halved(eighth, sixteenth), *(_Block(sixteenth, 5, 2) for _ in range(blocks)))
        self.last = nn.Sequential(_halved(sixteenth, last), *(_Block(last, 5, 2) for _ in range(blocks)))
        self.to_sixteenth = _conv(last, sixteenth, 1, active=False)
        self.to_eighth = _conv(sixteenth, eighth, 1, active=False)
        self.to_quarter = _conv(eighth, quarter, 1, active=False)
        self.up_sixteenth = _Block(sixteenth, 3, 1)
        self.up_eighth = _Block(eighth, 5, 2)
        self.up_quarter = _Block(quarter, 5, 2)
        self.head = nn.Conv2d(quarter, 3, 3, padding=1)

    def forward(self, page: Tensor) -> Tensor:
        """Return N x 3 x H/4 x W/4 for N x 1 x H x W, 0 paper to 1 ink."""
        quarter = self.quarter(self.stem(page))
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        last = self.last(sixteenth)
        sixteenth = self.up_sixteenth(functional.relu(sixteenth + _doubled(self.to_sixteenth(last))))
        eighth = self.up_eighth(functional.relu(eighth + _doubled(self.to_eighth(sixteenth))))
        quarter = self.up_quarter(functional.relu(quarter + _doubled(self.to_quarter(eighth))))
        found: Tensor = self.head(quarter)
        return found


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class ExportedNetwork(nn.Module):
    """What is shipped: the core as a probability, the edges in pixels of the input."""

    def __init__(self, network: FinderNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, page: Tensor) -> Tensor:
        """Return N x 3 x H/4 x W/4."""
        found = self.network(page)
        return torch.cat((torch.sigmoid(found[:, :1]), functional.relu(found[:, 1:]) * EDGE_UNIT), dim=1)
