"""What can go wrong while sealing a PDF, reading its signatures or keeping trusted certificates.

SigningError
├── UnreadablePdf          resubmit   the file is no PDF, is damaged or needs a password
├── NotPdfA                resubmit   the file does not claim to be PDF/A-2b
├── AlreadySigned          resubmit   the file carries a signature: it is kept as it is
├── OutputExists           resubmit   nothing is overwritten
├── OutputUnwritable       retry      the folder is full, missing or closed to us
├── TimestampUnavailable   retry      the timestamp authority gave no token
├── SignerUnavailable      retry      the signer's process died or did not answer in time
├── SealRefused            repair     certificate, revocation list or achieved level is not good enough
├── AuthorityDamaged       repair     the folder of the test authority lacks or garbles something
└── TrustError             resubmit   what was asked of the trusted certificates cannot be done
    ├── NotACertificate    resubmit   the file holds no X.509 certificate
    ├── NotAnAuthority     resubmit   the certificate may not issue others
    ├── CertificateUnknown resubmit   no trusted certificate, or more than one, has this fingerprint
    └── CertificateBuiltIn resubmit   it came with the product and cannot be removed

A broken or untrusted signature is no error: see signing/report.py.
"""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

Remedy = Literal["resubmit", "retry", "repair"]


class SigningError(Exception):
    """Root of signing/. `remedy` says what clears it, not how any edge reports it."""

    code: ClassVar[str] = "signing_error"
    remedy: ClassVar[Remedy] = "repair"
    sentence: ClassVar[str] = "signing failed: {reason}"
    """The operator's message; the names in braces are the keys of `detail`."""

    def __init__(self, **detail: str) -> None:
        super().__init__(self.sentence.format(**detail))
        self.detail: dict[str, str] = detail

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own reduce passes the message as a positional argument, which no class here takes.
        return _again, (type(self), self.detail)


def _again(kind: type[SigningError], detail: dict[str, str]) -> SigningError:
    return kind(**detail)


class UnreadablePdf(SigningError):
    """No PDF, a damaged one, or one that needs a password."""

    code = "unreadable_pdf"
    remedy = "resubmit"
    sentence = "{path!r} cannot be read as a PDF: {reason}"


class NotPdfA(SigningError):
    """Only PDF/A-2 is sealed: what is sealed must stay readable for as long as it is kept."""

    code = "not_pdfa"
    remedy = "resubmit"
    sentence = "{path!r} is not a PDF/A-2b by its own metadata (claims {claim}); convert it before it is sealed"


class AlreadySigned(SigningError):
    """A paper that arrived signed is kept byte for byte."""

    code = "already_signed"
    remedy = "resubmit"
    sentence = "{path!r} already carries the signature {field!r}; signed files are kept as they are"


class OutputExists(SigningError):
    """Nothing is overwritten."""

    code = "output_exists"
    remedy = "resubmit"
    sentence = "{path!r} exists already; name another file"


class OutputUnwritable(SigningError):
    """The sealed file could not be kept; nothing is left at its path."""

    code = "output_unwritable"
    remedy = "retry"
    sentence = "cannot write {path!r}: {reason}"


class TimestampUnavailable(SigningError):
    """Nothing was sealed: a seal without a timestamp would be a lower one than promised."""

    code = "timestamp_unavailable"
    remedy = "retry"
    sentence = "no timestamp was given: {reason}"


class SignerUnavailable(SigningError):
    """Nothing is known about whether the sealed file was written. The next call starts a new process."""

    code = "signer_unavailable"
    remedy = "retry"
    sentence = "the signer's process is gone: {reason}"


class SealRefused(SigningError):
    """The seal would not be a PAdES B-LTA that we ourselves find valid. Nothing was written."""

    code = "seal_refused"
    remedy = "repair"
    sentence = "no seal was made: {reason}"


class AuthorityDamaged(SigningError):
    """A file of the test authority is missing or unreadable."""

    code = "authority_damaged"
    remedy = "repair"
    sentence = "the test authority in {folder!r} is damaged: {reason}"


class TrustError(SigningError):
    """What was asked of the trusted certificates cannot be done."""

    code = "trust_error"
    remedy = "resubmit"
    sentence = "the trusted certificates stay as they were: {reason}"


class NotACertificate(TrustError):
    """The file holds no X.509 certificate, or more than one."""

    code = "not_a_certificate"
    sentence = "{path!r} does not hold exactly one X.509 certificate in PEM or DER"


class NotAnAuthority(TrustError):
    """Only a certificate that may issue others can be trusted."""

    code = "not_an_authority"
    sentence = "{path!r} ({subject}) may not issue certificates; add the authority that issued it"


class CertificateUnknown(TrustError):
    """The fingerprint names no trusted certificate, or more than one."""

    code = "certificate_unknown"
    sentence = "{fingerprint!r} names {count} trusted certificates; give the start of one fingerprint"


class CertificateBuiltIn(TrustError):
    """It came with the product, or is the test authority's own."""

    code = "certificate_built_in"
    sentence = "{fingerprint!r} is built in and cannot be removed"


def kinds(root: type[SigningError] = SigningError) -> Iterator[type[SigningError]]:
    """Yield every class of the tree, root first."""
    yield root
    for child in root.__subclasses__():
        yield from kinds(child)
