"""A PDF becomes a report in words: who signed it, whether it is unchanged, and whether we trust the signer.

No network. Real Vietnamese signatures carry the signer's certificate only: until an administrator trusts the
authority above it, they are intact but undecided.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from asn1crypto import pem, x509
from asn1crypto.crl import CertificateList
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from signing.changes import changes_after, coverage_of
from signing.errors import NotACertificate
from signing.files import digest_of
from signing.integrity import is_intact
from signing.opening import MALFORMED, opened, quiet
from signing.report import Report, SignatureReport, Verdict, Words
from signing.signature_check import ReadSignature, report_signature, report_unreadable
from signing.trusting import UNJUDGEABLE, Archive, Known
from signing.words import FILE, TEST_FILE, change

log = logging.getLogger(__name__)

_ONE_AT_A_TIME = threading.Lock()
"""asn1crypto parses lazily and is not safe between threads."""


def verify(
    path: Path,
    *,
    anchors: Path | Sequence[bytes],
    expected_sha256: str | None = None,
    expected_length: int | None = None,
    crls: Sequence[bytes] = (),
    now: datetime | None = None,
) -> Report:
    """Return what the signatures of `path` are worth. Reads only; may be called from threads, one at a time is served.

    `anchors` is a PEM file or DER certificates; `crls` (DER) are revocation lists known besides those in the file;
    `expected_sha256` (hex) and `expected_length` (bytes) are what was kept when the file was sealed, and alone catch
    every change.

    Raises:
        UnreadablePdf: it is no PDF, is damaged or needs a password.
        NotACertificate: `anchors` holds something else.

    Source: ETSI EN 319 102-1, 5; Nghị định 23/2025/NĐ-CP, Điều 16.
    """
    known = Known(
        anchors=load_anchors(anchors),
        crls=tuple(CertificateList.load(der) for der in crls),
        now=now or datetime.now(UTC),
    )
    with _ONE_AT_A_TIME, opened(path, strict=False) as (file, reader):
        sha256, length = digest_of(file)
        with quiet():
            signatures, changes = asyncio.run(_examine(file, reader, known))
    if not _as_registered(sha256, length, expected_sha256, expected_length):
        changes = changes | {"not_as_registered"}
    verdict = _verdict(signatures, changes)
    log.info("signatures verified", extra={"sha256": sha256, "verdict": str(verdict), "signatures": len(signatures)})
    return Report(
        file=str(path),
        sha256=sha256,
        length=length,
        verdict=verdict,
        signatures=signatures,
        changes_after_signing=tuple(change(code) for code in sorted(changes)),
        explanation=_explanation(verdict, signatures),
    )


def load_anchors(anchors: Path | Sequence[bytes]) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file, or of DER bytes. A file that is not there holds none.

    Raises:
        NotACertificate: something else is in it.
    """
    if not isinstance(anchors, Path):
        return tuple(x509.Certificate.load(der) for der in anchors)
    try:
        found = anchors.read_bytes()
        return tuple(x509.Certificate.load(der) for _, _, der in pem.unarmor(found, multiple=True))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise NotACertificate(path=str(anchors)) from error


async def _examine(
    file: BinaryIO, reader: PdfFileReader, known: Known
) -> tuple[tuple[SignatureReport, ...], frozenset[str]]:
    read, unreadable = _read_all(reader)
    changes = changes_after(file, reader, [one.covered for one in read if one.intact])
    if any(one.is_timestamp and not one.intact for one in read):
        changes = changes | {"timestamp_broken"}
    placed = [_placed(one, read) for one in read if not one.is_timestamp]
    if any(one.signed_again for one in placed):
        changes = changes | {"changed_then_signed"}
    reports = [await report_signature(one, known, changes) for one in placed]
    return (*reports, *(report_unreadable(field) for field in unreadable)), changes


def _read_all(reader: PdfFileReader) -> tuple[list[ReadSignature], list[str]]:
    """Return what could be parsed, in signing order, and the names of the fields that could not."""
    read: list[ReadSignature] = []
    unreadable: list[str] = []
    for name, field in _filled(reader):
        try:
            signature = EmbeddedPdfSignature(reader, field, name)
            covered = coverage_of(signature)
            intact = covered.sane and is_intact(signature)
            read.append(ReadSignature(signature=signature, covered=covered, intact=intact))
        except UNJUDGEABLE:
            log.debug("signature not readable", extra={"field": name}, exc_info=True)
            unreadable.append(str(name))
    return sorted(read, key=lambda one: one.covered.revision), unreadable


def _filled(reader: PdfFileReader) -> list[tuple[str, DictionaryObject]]:
    try:
        return [(name, field.get_object()) for name, _, field in enumerate_sig_fields(reader, filled_status=True)]
    except MALFORMED:
        log.debug("form not readable", exc_info=True)
        return []


def _placed(one: ReadSignature, read: Sequence[ReadSignature]) -> ReadSignature:
    """Return the signature with what the file's later signatures and timestamps say of it."""
    after = [other for other in read if other.intact and other.covered.revision > one.covered.revision]
    timestamps = [other.signature for other in after if other.is_timestamp]
    archive = None
    if timestamps:
        statement = timestamps[-1].signed_data["encap_content_info"]["content"].parsed
        archive = Archive(timestamp=timestamps[-1], made=statement["gen_time"].native)
    again = one.altered and bool(after) and not after[0].is_timestamp and not after[-1].altered
    return replace(one, archive=archive, signed_again=again)


def _as_registered(sha256: str, length: int, expected_sha256: str | None, expected_length: int | None) -> bool:
    same_hash = expected_sha256 is None or expected_sha256.lower() == sha256
    return same_hash and (expected_length is None or expected_length == length)


def _verdict(signatures: Sequence[SignatureReport], changes: frozenset[str]) -> Verdict:
    verdicts = {one.verdict for one in signatures}
    if Verdict.INVALID in verdicts or "not_as_registered" in changes:
        return Verdict.INVALID
    if not verdicts:
        return Verdict.UNSIGNED
    return Verdict.INDETERMINATE if Verdict.INDETERMINATE in verdicts else Verdict.VALID


def _explanation(verdict: Verdict, signatures: Sequence[SignatureReport]) -> Words:
    if verdict is Verdict.VALID and any(one.test_authority for one in signatures):
        return TEST_FILE
    if len(signatures) == 1 and verdict is signatures[0].verdict:
        return signatures[0].explanation
    return FILE[verdict]
