"""The certificates we trust: what came with the product, and what an administrator added, one PEM file each."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from asn1crypto import pem
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from signing.errors import CertificateBuiltIn, CertificateUnknown, NotACertificate, NotAnAuthority, TrustError


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """A certificate that signatures may lead to (chứng thư tin cậy)."""

    fingerprint: str
    """SHA-256 of the DER, hex, lower case."""
    subject: str
    """In the order a person reads: common name first."""
    not_after: datetime
    """UTC."""
    built_in: bool
    der: bytes


class TrustStore:
    """A folder of certificates beside built-in ones. Several processes may use one folder."""

    def __init__(self, folder: Path, *, built_in: Sequence[Path] = ()) -> None:
        """`folder` is made at the first addition; `built_in` are PEM files, those that do not exist hold nothing."""
        self._folder = folder
        self._built_in = tuple(built_in)

    def list(self) -> tuple[Trusted, ...]:
        """Return what is trusted, built-in first, each certificate once.

        Raises:
            NotACertificate: a file holds something else.
        """
        found: dict[str, Trusted] = {}
        for path in self._built_in:
            for der in _read(path):
                found.setdefault(_fingerprint(der), _trusted(der, path, built_in=True))
        for path in sorted(self._folder.glob("*.pem")):
            for der in _read(path):
                found.setdefault(_fingerprint(der), _trusted(der, path, built_in=False))
        return tuple(found.values())

    def anchors(self) -> tuple[bytes, ...]:
        """Return the DER of what is trusted, as `verify` takes it."""
        return tuple(trusted.der for trusted in self.list())

    def add(self, certificate: Path) -> Trusted:
        """Trust the authority whose certificate (PEM or DER) is in the file. Safe to repeat.

        Raises:
            NotACertificate: the file holds none, or several.
            NotAnAuthority: it may not issue certificates.
            TrustError: it could not be kept.
        """
        ders = _read(certificate, must_exist=True)
        if len(ders) != 1:
            raise NotACertificate(path=str(certificate))
        trusted = _trusted(ders[0], certificate, built_in=False)
        if not _may_issue(x509.load_der_x509_certificate(trusted.der)):
            raise NotAnAuthority(path=str(certificate), subject=trusted.subject)
        known = {one.fingerprint: one for one in self.list()}
        if trusted.fingerprint in known:
            return known[trusted.fingerprint]
        try:
            self._keep(trusted)
        except OSError as error:
            raise TrustError(reason=str(error.strerror or error)) from error
        return trusted

    def remove(self, fingerprint: str) -> Trusted:
        """Trust no longer the added certificate whose fingerprint begins so (colons and case do not matter).

        Raises:
            CertificateUnknown: none begins so, or several do.
            CertificateBuiltIn: it was not added.
            TrustError: it could not be removed.
        """
        wanted = fingerprint.replace(":", "").replace(" ", "").lower()
        matches = [trusted for trusted in self.list() if wanted and trusted.fingerprint.startswith(wanted)]
        if len(matches) != 1:
            raise CertificateUnknown(fingerprint=fingerprint, count=str(len(matches)))
        if matches[0].built_in:
            raise CertificateBuiltIn(fingerprint=matches[0].fingerprint)
        try:
            for path in self._folder.glob("*.pem"):
                if matches[0].fingerprint in map(_fingerprint, _read(path)):
                    path.unlink()
        except OSError as error:
            raise TrustError(reason=str(error.strerror or error)) from error
        return matches[0]

    def _keep(self, trusted: Trusted) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        scratch = self._folder / f".{trusted.fingerprint}.{os.getpid()}"
        scratch.write_bytes(x509.load_der_x509_certificate(trusted.der).public_bytes(Encoding.PEM))
        scratch.replace(self._folder / f"{trusted.fingerprint}.pem")


def _read(path: Path, *, must_exist: bool = False) -> tuple[bytes, ...]:
    """Return the DER of every certificate in the file, which is PEM or DER."""
    try:
        content = path.read_bytes()
        if not pem.detect(content):
            return (x509.load_der_x509_certificate(content).public_bytes(Encoding.DER),)
        return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(content))
    except FileNotFoundError as error:
        if must_exist:
            raise NotACertificate(path=str(path)) from error
        return ()
    except (OSError, ValueError) as error:
        raise NotACertificate(path=str(path)) from error


def _trusted(der: bytes, path: Path, *, built_in: bool) -> Trusted:
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject = ", ".join(str(one.value) for one in reversed(list(certificate.subject)))
    except ValueError as error:
        raise NotACertificate(path=str(path)) from error
    return Trusted(
        fingerprint=_fingerprint(der),
        subject=subject,
        not_after=certificate.not_valid_after_utc,
        built_in=built_in,
        der=der,
    )


def _fingerprint(der: bytes) -> str:
    return sha256(der).hexdigest()


def _may_issue(certificate: x509.Certificate) -> bool:
    """Source: RFC 5280, 4.2.1.9 (CA) and 4.2.1.3 (keyCertSign where key usage is stated)."""
    try:
        if not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound as missing:
        return missing.oid == x509.KeyUsage.oid
    except ValueError:
        return False
