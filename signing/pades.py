"""Adapter of port Signer: PAdES B-LTA with pyHanko, as two incremental updates of an unsigned PDF/A-2b.

The first update carries metadata, block and signature with its timestamp; the second all that validating it needs,
and the document timestamp over everything before it. Nothing is fetched, and nothing is handed out before our own
verify() finds it valid and of the promised level.

Not to be shared between threads: asn1crypto is not safe there. One process, one signer.

Source: ETSI EN 319 142-1, 6.3.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from asn1crypto import x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfTimeStamper,
    PreSignValidationStatus,
    SigDSSPlacementPreference,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

from signing.appearance import BlockStyle
from signing.block import VIETNAM, PageFrame, block_lines, block_size, block_size_mm
from signing.certificates import NO_LEGAL_VALUE
from signing.cms import IdentitySigner, PortStamper
from signing.errors import AlreadySigned, NotPdfA, SealRefused, UnreadablePdf
from signing.files import CHUNK, appearing, digest_of
from signing.identity import Identity, locality
from signing.nd30 import block_findings, check_seal_rules
from signing.opening import UNREADABLE, entry, first_page, opened, page_frame, quiet
from signing.report import Report, Verdict
from signing.signer import Block, Sealed
from signing.timestamp import Timestamper
from signing.trusting import UNJUDGEABLE
from signing.verify import verify
from signing.xmp import BadXmp, Conversion, pdfa_claim, read_packet, with_conversion

log = logging.getLogger(__name__)

LEVEL = "PAdES-B-LTA"
FIELD = "SaoY"
TIMESTAMP_FIELD = "DauThoiGian"
TOOLTIP = "Chữ ký số của cơ quan xác nhận bản sao y chuyển đổi từ văn bản giấy"
REASON = "Sao y: chuyển đổi từ văn bản giấy sang thông điệp dữ liệu"
SLACK = 1024
"""Hex digits kept beyond what a trial signature takes: timestamps and ECDSA signatures vary by a few bytes."""
SEALABLE = frozenset({"2B", "2U", "2A"})
"""Claims that include PDF/A-2b."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    """What shows that the signer's and the timestamp authority's certificates are good now."""

    anchors: tuple[bytes, ...]
    """DER."""
    certificates: tuple[bytes, ...]
    """DER, of authorities between."""
    crls: tuple[bytes, ...]
    """DER, current."""


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata alone.

    pyHanko writes XMP anew in each update, with its own name, the clock's local zone and without our layout: three
    copies in a seal, and a date that is not the signature's.
    """

    IO_CHUNK_SIZE = CHUNK

    def _update_meta(self) -> None:
        return


class PadesSigner:
    """The agency's seal, with its key in this process."""

    def __init__(
        self,
        identity: Identity,
        *,
        timestamper: Timestamper,
        proofs: Callable[[datetime], Proofs],
        typeface: Path,
        clock: Callable[[], datetime],
    ) -> None:
        """Build a signer. `proofs` is asked at every seal, so that revocation lists can be renewed meanwhile."""
        self._identity = identity
        self._key = IdentitySigner(identity)
        self._stamps = PortStamper(timestamper)
        self._proofs = proofs
        self._typeface = typeface
        self._clock = clock

    @property
    def agency(self) -> str:
        """See Signer.agency."""
        return self._identity.name

    def seal(self, unsigned: Path, out: Path, *, block: Block) -> Sealed:
        """See Signer.seal."""
        moment = self._clock().astimezone(VIETNAM).replace(microsecond=0)
        lines = block_lines(self.agency, moment, typeface=self._typeface, width_mm=block.place.width_mm)
        proofs = self._proofs(moment)
        with opened(unsigned, strict=True) as (_, reader), appearing(out) as (scratch, file):
            job = _Job(reader=reader, path=unsigned, block=block, lines=lines, moment=moment)
            self._write(job, file, proofs)
            file.flush()
            report = verify(scratch, anchors=proofs.anchors, now=self._clock())
            _require_level(report)
            findings = (*check_seal_rules(scratch, agency=self.agency), *block_findings(block.place))
            sha256, length = digest_of(file)
        log.info("document sealed", extra={"sha256": sha256, "bytes": length, "profile": LEVEL})
        return Sealed(
            path=out,
            sha256=sha256,
            length=length,
            field=report.signatures[0].field,
            profile=LEVEL,
            agency=self.agency,
            signed_at=moment,
            lines=lines,
            findings=findings,
            test_authority=NO_LEGAL_VALUE in self.agency,
        )

    def _write(self, job: "_Job", file: BinaryIO, proofs: Proofs) -> None:
        try:
            frame, fields = job.examined()
        except UNREADABLE as error:
            raise UnreadablePdf(path=str(job.path), reason=str(error) or type(error).__name__) from error
        try:
            with quiet():
                asyncio.run(self._sign(job, frame, fields, file, proofs))
        except UNJUDGEABLE as error:
            raise SealRefused(reason=_whole_reason(error)) from error

    async def _sign(
        self, job: "_Job", frame: PageFrame, fields: frozenset[str], file: BinaryIO, proofs: Proofs
    ) -> None:
        writer = _Writer.from_reader(job.reader)
        _write_metadata(writer, job, self.agency)
        signer = signers.PdfSigner(
            _metadata(proofs, job.moment, field=_unused(FIELD, fields), where=locality(self._identity.certificate)),
            signer=self._key,
            timestamper=self._stamps,
            stamp_style=BlockStyle(
                lines=job.lines,
                typeface=self._typeface,
                rotation=frame.rotation,
                size=block_size(job.lines, typeface=self._typeface),
            ),
            new_field_spec=SigFieldSpec(
                _unused(FIELD, fields),
                box=job.rectangle(frame, self._typeface),  # type: ignore[arg-type] # fractions are written all right
                readable_field_name=TOOLTIP,
            ),
        )
        session = signer.init_signing_session(writer)
        session.system_time = job.moment
        status = await session.perform_presign_validation(writer)
        reserved = await session.estimate_signature_container_size(status, tight=True) + SLACK
        prepared = session.prepare_tbs_document(status, reserved)
        digest, _ = prepared.digest_tbs_document(output=file, chunk_size=CHUNK)
        await prepared.perform_signature(digest.document_digest, PdfCMSSignedAttributes(signing_time=job.moment))
        assert status is not None
        await self._archive(_Writer(file), status, field=_unused(TIMESTAMP_FIELD, fields))

    async def _archive(self, writer: IncrementalPdfFileWriter, status: PreSignValidationStatus, *, field: str) -> None:
        """Store the proofs and put the document timestamp over signature and proofs."""
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,
            paths=status.validation_paths,
            crls=status.crls_to_embed,
            ocsps=status.ocsps_to_embed,
            # With the anchor beside them the revocation lists can be judged by the file alone, years later.
            embed_roots=True,
        )
        token = await self._stamps.async_dummy_response("sha256")
        await PdfTimeStamper(self._stamps, field_name=field).async_timestamp_pdf(
            writer, "sha256", bytes_reserved=2 * len(token.dump()) + SLACK, in_place=True, chunk_size=CHUNK
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One seal being made."""

    reader: PdfFileReader
    path: Path
    block: Block
    lines: tuple[str, ...]
    moment: datetime

    def examined(self) -> tuple[PageFrame, frozenset[str]]:
        """Return page 1 and the names of the fields there are, or refuse the file. May raise anything in MALFORMED."""
        fields: set[str] = set()
        for name, value, _ in enumerate_sig_fields(self.reader):
            if value is not None:
                raise AlreadySigned(path=str(self.path), field=str(name))
            fields.add(str(name))
        claim = self._claim()
        if claim not in SEALABLE:
            raise NotPdfA(path=str(self.path), claim=claim)
        return page_frame(first_page(self.reader)), frozenset(fields)

    def _claim(self) -> str:
        packet = self.packet()
        if packet is None:
            return "nothing"
        try:
            return pdfa_claim(read_packet(packet))
        except BadXmp:
            return "nothing"

    def packet(self) -> bytes | None:
        """Return the document's metadata, None if it has none."""
        stream = entry(self.reader.root, "/Metadata")
        return bytes(stream.data) if isinstance(stream, generic.StreamObject) else None

    def rectangle(self, frame: PageFrame, typeface: Path) -> tuple[float, ...]:
        """Return the widget's rectangle: where the caller wants it, as large as the text needs."""
        width, height = block_size_mm(self.lines, typeface=typeface)
        return frame.rectangle(self.block.place.sized(width, height))


def _write_metadata(writer: IncrementalPdfFileWriter, job: _Job, agency: str) -> None:
    packet = job.packet()
    assert packet is not None
    told = Conversion(agency=agency, software=job.block.software, person=job.block.person, at=job.moment)
    stream = generic.StreamObject(
        {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")},
        stream_data=with_conversion(packet, told),
    )
    writer.root["/Metadata"] = writer.add_object(stream)
    writer.update_root()
    info = entry(writer.trailer_view, "/Info")
    if isinstance(info, generic.DictionaryObject):
        info["/ModDate"] = generic.pdf_date(job.moment)
        writer.update_container(info)


def _metadata(proofs: Proofs, moment: datetime, *, field: str, where: str | None) -> signers.PdfSignatureMetadata:
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(der) for der in proofs.anchors],
        other_certs=[x509.Certificate.load(der) for der in proofs.certificates],
        crls=list(proofs.crls),
        moment=moment,
        allow_fetching=False,
        # With soft-fail pyHanko signs on without proof, and the seal is silently a lower one.
        revocation_mode="hard-fail",
    )
    return signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=REASON,
        location=where,
        validation_context=context,
        embed_validation_info=True,
        signer_key_usage={"digital_signature", "non_repudiation"},
        # Stored by us with the timestamp: outside judges count only what was stored after the signature.
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_NEXT_TS),
    )


def _unused(name: str, taken: frozenset[str]) -> str:
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}{number}"
    return candidate


def _require_level(report: Report) -> None:
    good = (
        report.verdict is Verdict.VALID
        and len(report.signatures) == 1
        and report.signatures[0].profile == LEVEL
        and report.signatures[0].lasting
        and not report.changes_after_signing
    )
    if not good:
        found = ", ".join(f"{one.profile} {one.verdict} ({one.reason})" for one in report.signatures) or "no signature"
        changes = ", ".join(change.code for change in report.changes_after_signing) or "none"
        raise SealRefused(reason=f"wanted a valid {LEVEL}, made {found}; changes after signing: {changes}")


def _whole_reason(error: BaseException) -> str:
    cause = f": {error.__cause__}" if error.__cause__ else ""
    return f"{error or type(error).__name__}{cause}"
