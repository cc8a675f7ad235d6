"""The test authority, made on first run: certificates and revocation lists in a folder, keys in a private one.

Its seals have no legal value and say so in every name. A real deployment brings its own certificate, token and
timestamp authority and never makes this folder.

    anchors.pem                            what to trust; public, as are *.crl
    private/ (0700)   *.key (0600), *.pem
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from signing import certificates
from signing.errors import AuthorityDamaged
from signing.files import settle
from signing.identity import Identity, common_name

RENEW_BEFORE = timedelta(days=10)
"""Revocation lists are renewed when they end sooner than this."""
NAMES = ("root", "issuing", "agency", "timestamp")
_ISSUERS = ("root", "issuing")
_UNREADABLE = (OSError, ValueError, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """The public half of the test authority (cơ quan chứng thực thử nghiệm). Holds no key."""

    folder: Path
    anchors: Path
    """PEM, public."""
    root: bytes
    """DER, as the others."""
    issuing: bytes
    agency: bytes
    timestamp: bytes
    crls: tuple[bytes, ...]
    """DER: the root's and the issuing authority's."""
    crls_end: datetime
    """UTC: when the first of them is out of date."""

    @property
    def name(self) -> str:
        """The agency's name, as the block prints it."""
        return common_name(self.agency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A private key in memory."""

    key: ec.EllipticCurvePrivateKey

    def sign(self, message: bytes) -> bytes:
        """See SigningKey.sign."""
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))


def ensure_authority(folder: Path, *, now: datetime) -> Authority:
    """Return the test authority under `folder`, made if there is none, its revocation lists renewed if near their end.

    Safe to repeat, and for two processes at once: one makes it, the other finds it. A process killed half-way leaves
    nothing that the next one would mistake for an authority.

    Raises:
        AuthorityDamaged: `folder` holds half an authority; nothing was changed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        with _alone(folder):
            if not _private(folder).exists():
                if left := [path.name for path in (folder / "anchors.pem", *folder.glob("*.crl")) if path.exists()]:
                    # Seals were made under it: another authority in its place would make all of them untrusted.
                    raise ValueError(f"its keys are gone, {', '.join(left)} are there")
                _make(folder, now)
            _publish(folder, now)
        return read_authority(folder)
    except _UNREADABLE as error:
        raise AuthorityDamaged(folder=str(folder), reason=str(error)) from error


def read_authority(folder: Path) -> Authority:
    """Return the test authority under `folder` as it is. Makes and renews nothing.

    Raises:
        AuthorityDamaged: there is none, or part of it is missing or unreadable.
    """
    try:
        certs = {name: _certificate(folder, name).public_bytes(Encoding.DER) for name in NAMES}
        crls = [x509.load_der_x509_crl(_crl(folder, name).read_bytes()) for name in _ISSUERS]
    except _UNREADABLE as error:
        raise AuthorityDamaged(folder=str(folder), reason=str(error)) from error
    return Authority(
        folder=folder,
        anchors=folder / "anchors.pem",
        crls=tuple(crl.public_bytes(Encoding.DER) for crl in crls),
        crls_end=min(_end(crl) for crl in crls),
        **certs,
    )


def needs_renewal(authority: Authority, *, now: datetime) -> bool:
    """Whether the revocation lists end soon, so that `ensure_authority` would renew them."""
    return authority.crls_end - now < RENEW_BEFORE


def agency_identity(folder: Path) -> Identity:
    """Return the agency's certificate with its key. For the signer's process only.

    Raises:
        AuthorityDamaged: it cannot be read.
    """
    return _identity(folder, "agency", ("issuing",))


def timestamp_identity(folder: Path) -> Identity:
    """Return the timestamp authority's certificate with its key. For the signer's process only.

    Raises:
        AuthorityDamaged: it cannot be read.
    """
    return _identity(folder, "timestamp", ())


def _identity(folder: Path, name: str, chain: tuple[str, ...]) -> Identity:
    try:
        return Identity(
            certificate=_certificate(folder, name).public_bytes(Encoding.DER),
            chain=tuple(_certificate(folder, issuer).public_bytes(Encoding.DER) for issuer in chain),
            key=Memory(key=load_key(folder, name)),
        )
    except _UNREADABLE as error:
        raise AuthorityDamaged(folder=str(folder), reason=str(error)) from error


def load_key(folder: Path, name: str) -> ec.EllipticCurvePrivateKey:
    """Return a private key of the authority: one of NAMES."""
    key = serialization.load_pem_private_key((_private(folder) / f"{name}.key").read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{name}.key is not a P-256 key")
    return key


def _private(folder: Path) -> Path:
    return folder / "private"


def _crl(folder: Path, name: str) -> Path:
    return folder / f"{name}.crl"


def _certificate(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((_private(folder) / f"{name}.pem").read_bytes())


def _end(crl: x509.CertificateRevocationList) -> datetime:
    if crl.next_update_utc is None:
        raise ValueError("a revocation list has no end")
    return crl.next_update_utc


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path, now: datetime) -> None:
    keys = {name: certificates.new_key() for name in NAMES}
    root = certificates.root_certificate(keys["root"], now=now)
    issuing = certificates.issuing_certificate(keys["issuing"].public_key(), root, keys["root"], now=now)
    made = {
        "root": root,
        "issuing": issuing,
        "agency": certificates.agency_certificate(keys["agency"].public_key(), issuing, keys["issuing"], now=now),
        "timestamp": certificates.timestamp_certificate(keys["timestamp"].public_key(), root, keys["root"], now=now),
    }
    # Keys and certificates appear together, by one rename: there is no half-made authority.
    scratch = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))  # 0700
    for name in NAMES:
        pem = keys[name].private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        _write(scratch / f"{name}.key", pem, mode=0o600)
        _write(scratch / f"{name}.pem", made[name].public_bytes(Encoding.PEM), mode=0o644)
    scratch.rename(_private(folder))
    settle(folder)


def _publish(folder: Path, now: datetime) -> None:
    """Write what others may read, where it is missing or out of date."""
    anchor = _private(folder) / "root.pem"
    anchors = folder / "anchors.pem"
    if not anchors.exists():
        _replace(anchors, anchor.read_bytes())
    for name in _ISSUERS:
        if _stale(_crl(folder, name), now):
            issuer = x509.load_pem_x509_certificate((_private(folder) / f"{name}.pem").read_bytes())
            crl = certificates.revocation_list(issuer, load_key(folder, name), now=now)
            _replace(_crl(folder, name), crl.public_bytes(Encoding.DER))


def _stale(path: Path, now: datetime) -> bool:
    try:
        crl = x509.load_der_x509_crl(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return True
    # A list from the future means the clock was put right since: it proves nothing today.
    return _end(crl) - now < RENEW_BEFORE or crl.last_update_utc > now


def _replace(path: Path, content: bytes) -> None:
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    _write(scratch, content, mode=0o644)
    scratch.replace(path)
    settle(path.parent)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
