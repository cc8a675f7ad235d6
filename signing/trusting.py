"""What a signature's certificates and proofs come to: a process of ETSI EN 319 102-1, offline.

Nothing is fetched: certificates and revocation data come from the file, and from what the caller trusts and knows.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from asn1crypto import x509
from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.validation import ades, generic_cms
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, process_legacy_ocsp_input

from signing.opening import MALFORMED
from signing.report import Trust

log = logging.getLogger(__name__)

REFUSED: tuple[type[Exception], ...] = (PathError, ValidationError, UnsupportedAlgorithm)
"""What judging a well-formed but unacceptable certificate raises."""
UNJUDGEABLE: tuple[type[Exception], ...] = (*REFUSED, *MALFORMED)
"""The same where signature or certificate may be malformed as well."""
_WEAK = frozenset({AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE, AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the caller trusts and knows."""

    anchors: tuple[x509.Certificate, ...]
    crls: tuple[CertificateList, ...]
    now: datetime

    def spec(self) -> SignatureValidationSpec:
        """Return the rules: revocation must be known where a certificate says that it can be."""
        return SignatureValidationSpec(
            cert_validation_policy=CertValidationPolicySpec(
                trust_manager=SimpleTrustManager.build(trust_roots=self.anchors),
                revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("hard-fail")),
            ),
            revinfo_gathering_policy=RevocationInfoGatheringSpec(
                online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY
            ),
            local_knowledge=LocalKnowledge(known_crls=[CRLContainer(crl) for crl in self.crls]),
            key_usage_settings=KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The newest document timestamp over a signature and its proofs, intact (dấu thời gian lưu trữ)."""

    timestamp: EmbeddedPdfSignature
    made: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What chain and proofs came to."""

    trust: Trust
    passed: bool
    """Whether nothing is left to doubt."""
    weak: bool = False
    """Not passed for an outdated algorithm."""
    expired_archive: bool = False
    """Not passed because the archive timestamp's own certificate is no longer good."""
    lasting: bool = False
    """Passed with the archive timestamp and the proofs it covers: will do so when the certificates have expired."""
    proven: datetime | None = None
    """The latest the signature can have been made, by a trusted timestamp; None if none proves a time."""


UNJUDGED = Judged(trust=Trust.UNKNOWN, passed=False)


async def judge(signature: EmbeddedPdfSignature, known: Known, archive: Archive | None) -> Judged:
    """Return what the proofs come to now; else, for an archived file, what they came to when it was archived.

    May raise anything in UNJUDGEABLE.
    """
    judged = await _judge_at(signature, known, archive)
    if judged.passed or archive is None:
        return judged
    # Revocation lists in a file go out of date within weeks. As long as the archive timestamp's own certificate is
    # good, what was proven when it was made still is: this is what it was made for, and what renewal prolongs.
    then = await _judge_at(signature, replace(known, now=archive.made + timedelta(seconds=1)), archive)
    if not then.passed:
        return judged
    if await _chain(archive.timestamp, known, at=known.now) is not Trust.TRUSTED:
        return replace(then, passed=False, expired_archive=True)
    revoked = await _chain(signature, known, at=archive.made) is Trust.REVOKED
    return replace(then, passed=False, trust=Trust.REVOKED) if revoked else then


async def _judge_at(signature: EmbeddedPdfSignature, known: Known, archive: Archive | None) -> Judged:
    """Try the strongest process that the file has proofs for, then simpler ones. Source: EN 319 102-1, 5.3 to 5.6."""
    outcome: AdESSubIndic | None = None
    proven: datetime | None = None
    tried = 0
    async for outcome, best in _outcomes(signature, known, archived=archive is not None):
        proven = min((moment for moment in (proven, best) if moment is not None), default=None)
        tried += 1
        if outcome is AdESPassed.OK:
            break
    passed = outcome is AdESPassed.OK
    log.debug("signature judged", extra={"field": signature.field_name, "outcome": str(outcome)})
    trust = Trust.TRUSTED if passed else await _chain(signature, known, at=proven or known.now)
    lasting = passed and archive is not None and tried == 1
    return Judged(trust=trust, passed=passed, weak=outcome in _WEAK, lasting=lasting, proven=proven)


async def _outcomes(
    signature: EmbeddedPdfSignature, known: Known, *, archived: bool
) -> AsyncIterator[tuple[AdESSubIndic, datetime | None]]:
    timing = ValidationTimingInfo(
        validation_time=known.now, best_signature_time=known.now, point_in_time_validation=True
    )
    spec = known.spec()
    if archived:
        lasting = await ades.ades_lta_validation(
            signature, PdfSignatureValidationSpec(signature_validation_spec=spec), timing_info=timing
        )
        yield lasting.ades_subindic, _proven(lasting)
    # The long-term process takes what the file stores by itself; the others are told.
    told, digest = _with_stored(spec, signature.reader), signature.compute_digest()
    if next(generic_cms.extract_tst_data_iter(signature.signer_info, signed=False), None) is not None:
        timed = await ades.ades_with_time_validation(signature.signed_data, told, timing_info=timing, raw_digest=digest)
        yield timed.ades_subindic, _proven(timed)
    else:
        basic = await ades.ades_basic_validation(signature.signed_data, told, timing_info=timing, raw_digest=digest)
        yield basic.ades_subindic, None


def _proven(result: ades.AdESWithTimeValidationResult) -> datetime | None:
    """Return the earliest time that a trusted timestamp proves. pyHanko's own best time may be just the clock's."""
    stamp = result.api_status.timestamp_validity if result.api_status else None
    times = [stamp.timestamp] if stamp is not None and stamp.trusted else []
    archived = getattr(result, "oldest_evidence_record_timestamp", None)
    return min([*times, *([archived] if archived else [])], default=None)


def _with_stored(spec: SignatureValidationSpec, reader: PdfFileReader) -> SignatureValidationSpec:
    store = stored_proofs(reader)
    if store is None:
        return spec
    crls = [CRLContainer(CertificateList.load(reference.get_object().data)) for reference in store.crls]
    ocsps = [OCSPResponse.load(reference.get_object().data) for reference in store.ocsps]
    knowledge = replace(
        spec.local_knowledge,
        known_crls=[*spec.local_knowledge.known_crls, *crls],
        known_ocsps=list(process_legacy_ocsp_input(ocsps)),
        known_certs=list(store.load_certs()),
    )
    return replace(spec, local_knowledge=knowledge)


def stored_proofs(reader: PdfFileReader) -> DocumentSecurityStore | None:
    """Return the file's store of certificates and revocation data (DSS), None if it has none that can be read."""
    try:
        return DocumentSecurityStore.read_dss(reader)
    except MALFORMED:
        return None


def _certificates(signature: EmbeddedPdfSignature) -> Iterator[x509.Certificate]:
    yield from signature.other_embedded_certs
    if (store := stored_proofs(signature.reader)) is not None:
        yield from store.load_certs()


async def _chain(signature: EmbeddedPdfSignature, known: Known, *, at: datetime) -> Trust:
    """Return where the certificate alone leads: judged leniently, what is not known counts as good."""
    try:
        await _walk(signature, known, at=at, mode="soft-fail")
    except InsufficientRevinfoError:
        # Even the soft mode stops at a list that is out of date.
        return await _dates(signature, known, at=at)
    except RevokedError:
        return Trust.REVOKED
    except (ExpiredError, NotYetValidError):
        return Trust.EXPIRED
    except REFUSED:
        return Trust.UNKNOWN
    return Trust.TRUSTED


async def _dates(signature: EmbeddedPdfSignature, known: Known, *, at: datetime) -> Trust:
    try:
        await _walk(signature, known, at=at, mode="none")
    except (ExpiredError, NotYetValidError):
        return Trust.EXPIRED
    except REFUSED:
        return Trust.UNKNOWN
    return Trust.TRUSTED


async def _walk(signature: EmbeddedPdfSignature, known: Known, *, at: datetime, mode: str) -> None:
    context = ValidationContext(
        trust_roots=list(known.anchors),
        other_certs=list(_certificates(signature)),
        crls=list(known.crls),
        moment=at,
        revinfo_policy=CertRevTrustPolicy(
            RevocationCheckingPolicy.from_legacy(mode),
            # A list made later tells of revocations before it was made.
            retroactive_revinfo=True,
        ),
        weak_hash_algos=(),
    )
    await CertificateValidator(signature.signer_cert, validation_context=context).async_validate_path()
