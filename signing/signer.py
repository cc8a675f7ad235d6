"""Port Signer: an unsigned PDF/A-2b becomes a sealed one. Its definition is tests/contract/test_signer.py."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from signing.block import BlockPlace
from signing.report import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What the caller decides of the conversion block (ký hiệu riêng xác nhận việc chuyển đổi)."""

    place: BlockPlace
    """Its width wraps the agency's name; its top right corner stays, whatever height the text then needs."""
    software: str
    """The converting software with its version: "sohoa 0.1.0"."""
    person: str | None = None
    """Full name of who converted, beside the agency; None: the agency's software did it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A sealed file. Keep `sha256` and `length` outside of it: bytes added at its end break no signature."""

    path: Path
    sha256: str
    """Hex."""
    length: int
    """Bytes."""
    field: str
    profile: str
    """Always "PAdES-B-LTA": anything less is refused."""
    agency: str
    signed_at: datetime
    """Whole seconds, +07:00: the time in the block, in the signature and in the metadata."""
    lines: tuple[str, ...]
    """The block as printed."""
    findings: tuple[Finding, ...] = ()
    """Rules of Nghị định 30/2020 the seal does not meet, and a block over printed matter."""
    test_authority: bool = False
    """Sealed by the test authority: no legal value."""


class Signer(Protocol):
    """The agency's seal (chữ ký số của cơ quan). One caller at a time is served; others wait."""

    @property
    def agency(self) -> str:
        """Full name of the agency, from the signer's certificate, as the block will print it.

        Raises:
            AuthorityDamaged: the certificate cannot be read.
            SignerUnavailable: no process answers.
        """
        ...

    def seal(self, unsigned: Path, out: Path, *, block: Block) -> Sealed:
        """Write to `out` the PDF/A-2b `unsigned` with the conversion block and a PAdES B-LTA signature.

        `unsigned` stays as it is and is the beginning of `out`, byte for byte. `out` appears whole or not at all
        and replaces nothing. Not safe to repeat with the same `out`: name a new one for a new attempt.

        Raises:
            UnreadablePdf, NotPdfA, AlreadySigned, OutputExists, OutputUnwritable, TimestampUnavailable, SealRefused:
                nothing is left at `out` that was not there before.
            SignerUnavailable: nothing is known about whether `out` was written.

        Source: Nghị định 30/2020/NĐ-CP, Phụ lục I, Phần II, Mục I; Luật Giao dịch điện tử 2023, Điều 12.1;
        ETSI EN 319 142-1, 6.3 (B-LTA).
        """
        ...
