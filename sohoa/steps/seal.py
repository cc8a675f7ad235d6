"""Seal: the agency's signature on the legal copy, and the verdict on signatures that came along.

What is signed here was composed here; what arrived signed is only looked at, and kept byte for byte.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from signing.errors import SigningError
from signing.report import Report, SignatureReport, Verdict
from signing.signer import Block, Sealed, Signer
from sohoa.remote import PLACE_BLOCK, VERIFY
from sohoa.steps.keep import Copy
from sohoa.steps.stage import noted
from sohoa.toolbox import Toolbox
from sohoa.version import SOFTWARE
from storage.objects import put_blob
from storage.records import Finding, Seal, StoredFile

PLACE_SECONDS = 60
VERIFY_SECONDS = 120


def seal_file(unsigned: Path, out: Path, kit: Toolbox, *, signer: Signer | None = None) -> Sealed:
    """Write to `out` the sealed form of an unsigned PDF/A-2b; with another signer than the archive's if one is given.

    Raises: what Signer.seal raises; `out` appears whole or not at all.
    """
    signer = signer or kit.signer
    place = kit.pool.run(PLACE_BLOCK, unsigned, signer.agency, kit.typeface, timeout_seconds=PLACE_SECONDS)
    return signer.seal(unsigned, out, block=Block(place=place, software=SOFTWARE))


def seal_copy(unsigned: Path, kit: Toolbox) -> Copy:
    """Return the sealed form of an unsealed legal copy; its bytes lie in the store.

    Raises:
        SignerUnavailable, TimestampUnavailable: not sealed; the unsealed copy is untouched.
    """
    out = unsigned.with_name("sealed.pdf")
    sealed = seal_file(unsigned, out, kit)
    kept = put_blob(kit.store, out)
    out.unlink()
    return Copy(
        sha256=kept.sha256,
        bytes=kept.bytes,
        seals=(
            Seal(
                profile=sealed.profile,
                signer=sealed.agency,
                signed_at=sealed.signed_at.isoformat(timespec="seconds"),
                verdict=Verdict.VALID,
                test_authority=sealed.test_authority,
            ),
        ),
        findings=tuple(
            Finding(code=finding.code, detail={"vi": finding.words.vi, "en": finding.words.en})
            for finding in sealed.findings
        ),
    )


def sealed_or_stored(
    unsigned: Path, findings: tuple[Finding, ...], ref: str, input_hash: str, kit: Toolbox, *, ready: bool
) -> tuple[Copy, SigningError | None]:
    """Return the copy: sealed if it is `ready` for that, else its bytes as they are, and why it could not be sealed.

    `findings` are those of composing; `ref` is the record's identifier, for the ledger.
    """
    trouble = None
    if ready:
        try:
            with noted(kit, ref, "seal", input_hash) as sealing:
                sealed = seal_copy(unsigned, kit)
                sealing.sha256 = sealed.sha256
            return replace(sealed, findings=(*findings, *sealed.findings)), None
        except SigningError as error:
            trouble = error
    stored = put_blob(kit.store, unsigned)
    return Copy(sha256=stored.sha256, bytes=stored.bytes, findings=findings), trouble


def verify_file(path: Path, kit: Toolbox, *, expected: StoredFile | None = None) -> Report:
    """Return the verdict on the file's signatures, by the archive's trusted authorities. Parsed in a pool worker.

    `expected` is what was kept of the file: hash and length alone catch every change.

    Raises:
        UnreadablePdf: no PDF, damaged, or locked.
    """
    look = partial(
        VERIFY,
        anchors=kit.trust.anchors(),
        crls=kit.revocation_lists(),
        expected_sha256=expected.sha256 if expected else None,
        expected_length=expected.bytes if expected else None,
        now=kit.clock(),
    )
    report: Report = kit.pool.run(look, path, timeout_seconds=VERIFY_SECONDS)
    return report


def arrived_signed(path: Path, sha256: str, kit: Toolbox) -> tuple[Copy, dict[str, Any]]:
    """Return the copy that a signed paper already is, with its seals and findings, and the full report as JSON."""
    report = verify_file(path, kit)
    copy = Copy(
        sha256=sha256,
        bytes=report.length,
        seals=tuple(_seal(signature) for signature in report.signatures),
        findings=tuple(f for signature in report.signatures if (f := _finding(signature)) is not None),
        arrived_signed=True,
    )
    return copy, dict(report.to_json())


def _seal(signature: SignatureReport) -> Seal:
    at = signature.signed_at
    return Seal(
        profile=signature.profile,
        signer=signature.signer,
        signed_at="" if at is None else at.isoformat(timespec="seconds"),
        verdict=signature.verdict,
        test_authority=signature.test_authority,
    )


def _finding(signature: SignatureReport) -> Finding | None:
    """Return what a person should know: a broken signature must be accepted, unknown trust is only said."""
    if signature.verdict is Verdict.VALID:
        return None
    if signature.verdict is Verdict.INVALID:
        return Finding(
            code="signature_broken",
            blocks_seal=True,
            detail={"signer": signature.signer, "why": signature.explanation.vi},
        )
    return Finding(code="signature_trust_unknown", detail={"signer": signature.signer})
