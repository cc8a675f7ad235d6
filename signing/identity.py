"""Whose seal it is: a certificate, what proves it, and the key. Lives in the signer's process only."""

from dataclasses import dataclass
from typing import Protocol

from cryptography import x509
from cryptography.x509.oid import NameOID


class SigningKey(Protocol):
    """A private key that signs and never shows itself: in memory today, on a token another day."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature over `message` in the form CMS wants (for ECDSA: DER of r and s), with SHA-256."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A certificate with its key."""

    certificate: bytes
    """DER."""
    chain: tuple[bytes, ...]
    """DER of the authorities between the certificate and an anchor, the issuer first; no anchor."""
    key: SigningKey

    @property
    def name(self) -> str:
        """The subject's common name."""
        return common_name(self.certificate)


def common_name(certificate: bytes) -> str:
    """Return the subject's common name of a DER certificate, else its organisation, else the whole subject."""
    return _first(certificate, NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME) or _subject(certificate)


def locality(certificate: bytes) -> str | None:
    """Return where the subject sits, if the certificate says."""
    return _first(certificate, NameOID.LOCALITY_NAME, NameOID.STATE_OR_PROVINCE_NAME)


def _first(certificate: bytes, *kinds: x509.ObjectIdentifier) -> str | None:
    subject = x509.load_der_x509_certificate(certificate).subject
    for kind in kinds:
        for attribute in subject.get_attributes_for_oid(kind):
            if isinstance(attribute.value, str) and attribute.value.strip():
                return attribute.value.strip()
    return None


def _subject(certificate: bytes) -> str:
    return x509.load_der_x509_certificate(certificate).subject.rfc4514_string()
