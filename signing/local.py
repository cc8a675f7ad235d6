"""The embedded deployment's signer put together: the test authority's folder becomes a PadesSigner.

Loads keys: for the signer's own process, and for tests.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from signing.authority import Authority, agency_identity, ensure_authority, needs_renewal, timestamp_identity
from signing.local_timestamper import LocalTimestamper
from signing.pades import PadesSigner, Proofs


def now() -> datetime:
    """Return the moment it is, UTC."""
    return datetime.now(UTC)


def local_signer(folder: Path, *, typeface: Path, clock: Callable[[], datetime] = now) -> PadesSigner:
    """Return a signer under the test authority of `folder`, which is made on first use.

    Its revocation lists are renewed at a seal when they near their end, so that a long-running process goes on.

    Raises:
        AuthorityDamaged: the folder holds half an authority.
    """
    authority = ensure_authority(folder, now=clock())

    def proofs(moment: datetime) -> Proofs:
        nonlocal authority
        if needs_renewal(authority, now=moment):
            authority = ensure_authority(folder, now=moment)
        return _proofs(authority)

    return PadesSigner(
        agency_identity(folder),
        timestamper=LocalTimestamper(timestamp_identity(folder), clock=clock),
        proofs=proofs,
        typeface=typeface,
        clock=clock,
    )


def _proofs(authority: Authority) -> Proofs:
    return Proofs(anchors=(authority.root,), certificates=(authority.issuing,), crls=authority.crls)
