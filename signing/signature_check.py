"""One signature that could be parsed becomes its report: profile, signer, times, and the gravest thing to say of it."""

import logging
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import generic_cms
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from signing.block import VIETNAM
from signing.certificates import NO_LEGAL_VALUE
from signing.changes import Coverage
from signing.opening import MALFORMED, entry
from signing.report import Integrity, SignatureReport, Trust, Verdict
from signing.trusting import UNJUDGEABLE, UNJUDGED, Archive, Judged, Known, judge, stored_proofs
from signing.words import NO_TIME_PROVEN, REASONS, joined

log = logging.getLogger(__name__)

_VERDICTS = {
    "valid": Verdict.VALID,
    "broken": Verdict.INVALID,
    "changed_after_signing": Verdict.INVALID,
    "revoked": Verdict.INVALID,
}
"""Reason -> verdict; every other reason leaves it undecided."""
_BEHIND = frozenset({"content_changed", "bytes_after_end"})
_DOUBTED = {Trust.REVOKED: "revoked", Trust.EXPIRED: "expired", Trust.UNKNOWN: "unknown_issuer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSignature:
    """A signature or document timestamp that could be parsed."""

    signature: EmbeddedPdfSignature
    covered: Coverage
    intact: bool
    archive: Archive | None = None
    """The newest intact document timestamp after it; None if there is none."""
    signed_again: bool = False
    """Whether a later intact signature covers what was changed after this one, with no archive timestamp between."""

    @property
    def is_timestamp(self) -> bool:
        """Whether it is a document timestamp."""
        return str(self.signature.sig_object_type) == "/DocTimeStamp"

    @property
    def altered(self) -> bool:
        """Whether later revisions did more than to add signatures, proofs and form entries."""
        return self.covered.level is ModificationLevel.OTHER


def report_unreadable(field: str) -> SignatureReport:
    """Return the report of a signature that cannot even be parsed."""
    return SignatureReport(
        field=field,
        profile="unknown",
        signer="",
        organization="",
        signed_at=None,
        timestamped_at=None,
        integrity=Integrity.BROKEN,
        trust=Trust.UNKNOWN,
        verdict=Verdict.INVALID,
        reason="unreadable_signature",
        explanation=REASONS["unreadable_signature"],
    )


async def report_signature(read: ReadSignature, known: Known, changes: frozenset[str]) -> SignatureReport:
    """Return the report of one signature; `changes` are the codes of what happened to the file after all of them."""
    signature = read.signature
    judged = await _judged(read, known)
    reason = _reason(judged, read, changes)
    certificate = signature.signer_cert
    tested = NO_LEGAL_VALUE in certificate.issuer.human_friendly
    shown = "valid_test_authority" if reason == "valid" and tested else reason
    words = REASONS[shown]
    if read.intact and judged.proven is None:
        words = joined(words, NO_TIME_PROVEN)
    proven = None if judged.proven is None else judged.proven.astimezone(VIETNAM)
    return SignatureReport(
        field=str(signature.field_name),
        profile=profile_of(read),
        signer=_subject(certificate, "common_name") or certificate.subject.human_friendly,
        organization=_subject(certificate, "organization_name"),
        signed_at=_claimed_time(signature) or proven,
        timestamped_at=proven,
        integrity=Integrity.INTACT if read.intact else Integrity.BROKEN,
        trust=judged.trust,
        verdict=_VERDICTS.get(reason, Verdict.INDETERMINATE),
        reason=shown,
        explanation=words,
        lasting=judged.lasting,
        test_authority=tested,
    )


async def _judged(read: ReadSignature, known: Known) -> Judged:
    """Return what chain and proofs come to. What cannot be judged is not trusted; that breaks no signature."""
    if not read.intact:
        return UNJUDGED
    try:
        return await judge(read.signature, known, read.archive)
    except UNJUDGEABLE:
        log.warning("signature not judged", extra={"field": read.signature.field_name}, exc_info=True)
        return UNJUDGED


def _reason(judged: Judged, read: ReadSignature, changes: frozenset[str]) -> str:
    """Return the gravest thing there is to say."""
    changed = bool(changes & _BEHIND) or (read.altered and not read.signed_again)
    doubts = {
        "broken": not read.intact,
        "changed_after_signing": changed,
        _DOUBTED.get(judged.trust, "-"): judged.trust in _DOUBTED,
        "weak_algorithm": not judged.passed and judged.weak,
        "archive_expired": not judged.passed and judged.expired_archive,
        "revocation_unknown": not judged.passed,
        "changed_then_signed": read.altered,
        "timestamp_broken": "timestamp_broken" in changes,
        "metadata_changed": "metadata_changed" in changes,
    }
    return next((reason for reason, holds in doubts.items() if holds), "valid")


def profile_of(read: ReadSignature) -> str:
    """Return the profile by what is there, whether or not it is any good. Source: EN 319 142-1, 6.3."""
    kind = str(entry(read.signature.sig_object, "/SubFilter") or "unknown").lstrip("/")
    if kind != "ETSI.CAdES.detached":
        return kind
    if not _baseline(read.signature):
        return "PAdES-BES"
    if next(generic_cms.extract_tst_data_iter(read.signature.signer_info, signed=False), None) is None:
        return "PAdES-B-B"
    store = stored_proofs(read.signature.reader)
    if store is None or not store.certs or not (store.crls or store.ocsps):
        return "PAdES-B-T"
    return "PAdES-B-LT" if read.archive is None else "PAdES-B-LTA"


def _baseline(signature: EmbeddedPdfSignature) -> bool:
    """Whether it names its own certificate and uses no outdated digest: without either it is of no baseline level."""
    attributes = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    named = attributes & {"signing_certificate", "signing_certificate_v2"}
    return bool(named) and signature.md_algorithm not in {"md5", "sha1"}


def _claimed_time(signature: EmbeddedPdfSignature) -> datetime | None:
    try:
        moment = signature.self_reported_timestamp
        return None if moment is None else moment.astimezone(VIETNAM)
    except MALFORMED:
        return None


def _subject(certificate: x509.Certificate, part: str) -> str:
    value = certificate.subject.native.get(part, "")
    last = value[-1] if isinstance(value, list) else value
    return unicodedata.normalize("NFC", str(last)).strip()
