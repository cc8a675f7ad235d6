"""What a signed PDF turned out to be: findings as values, with words a clerk understands. Never an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """Kết luận, of one signature or of the whole file."""

    VALID = "valid"
    INDETERMINATE = "indeterminate"
    INVALID = "invalid"
    UNSIGNED = "unsigned"
    """Of a file only."""


class Integrity(StrEnum):
    """Whether the bytes that were signed are still the same (tính toàn vẹn)."""

    INTACT = "intact"
    BROKEN = "broken"


class Trust(StrEnum):
    """Whether the signer's certificate leads to an authority we trust."""

    TRUSTED = "trusted"
    UNKNOWN = "unknown"
    REVOKED = "revoked"
    EXPIRED = "expired"
    """Out of its dates, with no timestamp that proves it was used within them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One sentence or two, in both languages."""

    vi: str
    en: str

    def to_json(self) -> dict[str, str]:
        """Return `{"vi", "en"}`."""
        return {"vi": self.vi, "en": self.en}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a person should know about a sealed or signed file (phát hiện)."""

    code: str
    """Stable: snake case, or the rule's own name (`ND30-DIG-06`)."""
    words: Words
    source: str = ""
    """Decree and clause; empty where no rule was broken."""

    def to_json(self) -> dict[str, str]:
        """Return `{"code", "vi", "en"}`, and "source" where there is one."""
        found = {"code": self.code, **self.words.to_json()}
        return {**found, "source": self.source} if self.source else found


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature of a file (chữ ký số)."""

    field: str
    profile: str
    """ "PAdES-B-LTA", ..., or the file's own name for it: "adbe.pkcs7.detached"."""
    signer: str
    """Common name of the certificate; empty if it could not be read."""
    organization: str
    """Of the certificate; empty if it names none."""
    signed_at: datetime | None
    """+07:00, as the signer claims it; where none is claimed, the timestamp's. None: neither is given."""
    timestamped_at: datetime | None
    """+07:00: the latest the signature can have been made, by a timestamp we trust. None: nobody proves a time."""
    integrity: Integrity
    trust: Trust
    verdict: Verdict
    reason: str
    """Stable code of the explanation, see signing/words.py."""
    explanation: Words
    lasting: bool = False
    """Valid by its archive timestamp and the proofs it covers: stays so when the certificates have expired."""
    test_authority: bool = False
    """Signed under the test authority: no legal value whatever the verdict."""

    def to_json(self) -> dict[str, object]:
        """Return the object that `verify` prints for a signature."""
        return {
            "field": self.field,
            "profile": self.profile,
            "signer": self.signer,
            "organization": self.organization,
            "signed_at": _iso(self.signed_at),
            "timestamped_at": _iso(self.timestamped_at),
            "integrity": str(self.integrity),
            "trust": str(self.trust),
            "verdict": str(self.verdict),
            "reason": self.reason,
            "explanation": self.explanation.to_json(),
            "lasting": self.lasting,
            "test_authority": self.test_authority,
        }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `verify` found in one file."""

    file: str
    sha256: str
    """Hex, of the file as it is now."""
    length: int
    """Bytes."""
    verdict: Verdict
    signatures: tuple[SignatureReport, ...]
    """In the order they were made."""
    changes_after_signing: tuple[Finding, ...]
    explanation: Words

    def to_json(self) -> Mapping[str, object]:
        """Return the one object that `verify` prints; keys are added over time, none renamed."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "bytes": self.length,
            "verdict": str(self.verdict),
            "signatures": [signature.to_json() for signature in self.signatures],
            "changes_after_signing": [change.to_json() for change in self.changes_after_signing],
            "explanation": self.explanation.to_json(),
        }
