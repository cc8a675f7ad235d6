"""Seals and other signatures under certificates that are good, revoked, out of date or one of several."""

import asyncio
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from signing import certificates
from signing.authority import Authority, Memory, agency_identity, load_key, timestamp_identity
from signing.cms import IdentitySigner, PortStamper
from signing.identity import Identity
from signing.local_timestamper import LocalTimestamper
from signing.report import Integrity, Report, Trust, Verdict
from tests.unit.signing.conftest import Change, MakePaper, Update, codes, only


def _signed(path: Path, identity: Identity, out: Path, *, authority: Authority | None = None, moment: datetime) -> Path:
    """Sign at the level B-B, or B-T with the authority's timestamp."""
    stamper = None
    if authority is not None:
        stamper = PortStamper(LocalTimestamper(timestamp_identity(authority.folder), clock=lambda: moment))
    metadata = signers.PdfSignatureMetadata(
        field_name="Signature1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    signer = signers.PdfSigner(metadata, signer=IdentitySigner(identity), timestamper=stamper)
    writer = IncrementalPdfFileWriter(io.BytesIO(path.read_bytes()))
    out.write_bytes(asyncio.run(signer.async_sign_pdf(writer)).getvalue())
    return out


def _agency(authority: Authority, *, begin: datetime, life: timedelta) -> Identity:
    key, issuing = certificates.new_key(), certificates.x509.load_der_x509_certificate(authority.issuing)
    certificate = certificates.agency_certificate(
        key.public_key(), issuing, load_key(authority.folder, "issuing"), now=begin, name="Ủy ban thử", life=life
    )
    der = certificate.public_bytes(Encoding.DER)
    return Identity(certificate=der, chain=(authority.issuing,), key=Memory(key=key))


def test_a_basic_signature_with_known_lists_is_valid(
    make_paper: MakePaper, authority: Authority, check: Callable[..., Report], now: datetime, tmp_path: Path
) -> None:
    path = _signed(make_paper(), agency_identity(authority.folder), tmp_path / "bb.pdf", moment=now)
    known = check(path, crls=authority.crls)
    assert (known.verdict, only(known).profile) == (Verdict.VALID, "PAdES-B-B")
    unknown = only(check(path))
    assert (unknown.trust, unknown.verdict, unknown.reason) == (
        Trust.TRUSTED,
        Verdict.INDETERMINATE,
        "revocation_unknown",
    )


def test_a_revoked_signer_is_told(
    make_paper: MakePaper, authority: Authority, check: Callable[..., Report], now: datetime, tmp_path: Path
) -> None:
    identity = _agency(authority, begin=now - timedelta(days=9), life=timedelta(days=900))
    serial = certificates.x509.load_der_x509_certificate(identity.certificate).serial_number
    issuing = certificates.x509.load_der_x509_certificate(authority.issuing)
    revoked = certificates.revocation_list(
        issuing, load_key(authority.folder, "issuing"), now=now, revoked=[(serial, now - timedelta(days=1))]
    )
    crls = (authority.crls[0], revoked.public_bytes(Encoding.DER))
    signature = only(check(_signed(make_paper(), identity, tmp_path / "r.pdf", moment=now), crls=crls))
    assert (signature.trust, signature.verdict, signature.integrity) == (
        Trust.REVOKED,
        Verdict.INVALID,
        Integrity.INTACT,
    )


def test_a_seal_made_before_the_certificate_was_revoked_stays_valid(
    sealed: Path, authority: Authority, check: Callable[..., Report], now: datetime
) -> None:
    later = now + timedelta(days=100)
    serial = certificates.x509.load_der_x509_certificate(authority.agency).serial_number
    issuing = certificates.x509.load_der_x509_certificate(authority.issuing)
    revoked = certificates.revocation_list(
        issuing, load_key(authority.folder, "issuing"), now=later, revoked=[(serial, now + timedelta(days=50))]
    )
    report = check(sealed, now=later, crls=(revoked.public_bytes(Encoding.DER),))
    assert report.verdict is Verdict.VALID


def test_a_signer_out_of_date_is_told(
    make_paper: MakePaper, authority: Authority, check: Callable[..., Report], now: datetime, tmp_path: Path
) -> None:
    identity = _agency(authority, begin=now - timedelta(days=9), life=timedelta(days=20))
    path = _signed(make_paper(), identity, tmp_path / "e.pdf", moment=now)
    signature = only(check(path, now=now + timedelta(days=40), crls=authority.crls))
    assert (signature.trust, signature.verdict) == (Trust.EXPIRED, Verdict.INDETERMINATE)


def test_a_second_signature_leaves_the_first_valid(
    sealed: Path, authority: Authority, check: Callable[..., Report], now: datetime, tmp_path: Path
) -> None:
    path = _signed(sealed, agency_identity(authority.folder), tmp_path / "two.pdf", moment=now, authority=authority)
    report = check(path, crls=authority.crls)
    assert [one.verdict for one in report.signatures] == [Verdict.VALID, Verdict.VALID]
    assert report.changes_after_signing == ()


def test_signing_anew_does_not_hide_what_was_done_to_a_seal(
    sealed: Path,
    authority: Authority,
    check: Callable[..., Report],
    now: datetime,
    update: Update,
    annotate: Change,
    tmp_path: Path,
) -> None:
    (tmp_path / "changed.pdf").write_bytes(update(sealed, annotate))
    path = _signed(tmp_path / "changed.pdf", agency_identity(authority.folder), tmp_path / "two.pdf", moment=now)
    report = check(path, crls=authority.crls)
    assert report.verdict is Verdict.INVALID
    assert report.signatures[0].reason == "changed_after_signing"


def test_a_number_added_between_two_signatures_is_for_a_person_to_see(
    make_paper: MakePaper,
    authority: Authority,
    check: Callable[..., Report],
    now: datetime,
    update: Update,
    annotate: Change,
    tmp_path: Path,
) -> None:
    identity = agency_identity(authority.folder)
    first = _signed(make_paper(), identity, tmp_path / "one.pdf", moment=now)
    first.write_bytes(update(first, annotate))
    writer = IncrementalPdfFileWriter(io.BytesIO(first.read_bytes()))
    again = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name="Signature2", subfilter=SigSeedSubFilter.PADES),
        signer=IdentitySigner(identity),
    )
    (tmp_path / "two.pdf").write_bytes(asyncio.run(again.async_sign_pdf(writer)).getvalue())
    report = check(tmp_path / "two.pdf", crls=authority.crls)
    assert [one.reason for one in report.signatures] == ["changed_then_signed", "valid_test_authority"]
    assert (report.verdict, codes(report)) == (Verdict.INDETERMINATE, ["changed_then_signed"])
