"""What a kind of bad or odd input is: how it is made, and what must become of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Make = Callable[[Path], None]
"""Makes the file (or link, or fifo) at the path; its folder is there."""

READ = frozenset({"kept", "review"})
REFUSED = frozenset({"quarantined"})
IGNORED = frozenset({"ignored"})
HELD = frozenset({"held", "kept", "review"})


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of input."""

    name: str
    file: str
    """Below the box; what a clerk would see."""
    make: Make
    expect: frozenset[str]
    """States, of which the paper ends in one."""
    code: str | None = None
    """Of the reason; None: whatever a person has to settle, or nothing."""
    why: Mapping[str, str] = field(default_factory=dict)
    """Details that the reason must give."""


def read(name: str, file: str, make: Make) -> Kind:
    """Return a kind that is read like any paper; its doubtful fields may wait for a person."""
    return Kind(name=name, file=file, make=make, expect=READ)


def refused(name: str, file: str, make: Make, code: str = "damaged", **why: str) -> Kind:
    """Return a kind that is set aside with this code."""
    return Kind(name=name, file=file, make=make, expect=REFUSED, code=code, why=why)


def ignored(name: str, file: str, make: Make, code: str) -> Kind:
    """Return a kind that is no paper."""
    return Kind(name=name, file=file, make=make, expect=IGNORED, code=code)


def as_bytes(data: Callable[[], bytes]) -> Make:
    """Return the maker of a file with these bytes."""

    def make(path: Path) -> None:
        path.write_bytes(data())

    return make
