"""What was done to a PDF after it was signed: revisions and bytes behind a signature become findings.

pyHanko's rules say whether later revisions left the signed pages alone. They are blind in two places, which are
looked at here: bytes appended without being a revision, and edits of the metadata.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from pyhanko.pdf_utils.generic import DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing.files import CHUNK
from signing.opening import MALFORMED, entry
from signing.xmp import XMP, read_packet

TAIL = 1 << 20
"""How much of a file's end is searched for the last end-of-file mark."""
_OF_ANY_UPDATE = frozenset({"/ModDate", "/Producer"})
"""Entries of Info that every program changes when it adds a signature or a timestamp."""
_PDF = "http://ns.adobe.com/pdf/1.3/"
_DATES = (f"{{{XMP}}}ModifyDate", f"{{{XMP}}}MetadataDate", f"{{{_PDF}}}Producer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How far one signature or timestamp reaches, and what came after it."""

    end: int
    """Bytes from the start of the file that it covers; 0 if its byte range makes no sense."""
    revision: int
    """Of the file, from 0: the one it signed."""
    sane: bool
    """Whether it covers its whole revision from the first byte on."""
    level: ModificationLevel
    """The gravest of what later revisions did."""


def coverage_of(signature: EmbeddedPdfSignature) -> Coverage:
    """Return what the signature covers. Reads the whole file once. May raise anything in MALFORMED."""
    signature.compute_integrity_info()
    diff = signature.diff_result
    level = diff.modification_level if isinstance(diff, DiffResult) else ModificationLevel.OTHER
    sane = signature.coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)
    ranges = [int(value) for value in signature.byte_range]
    end = ranges[2] + ranges[3] if len(ranges) == 4 else 0
    return Coverage(end=end if sane else 0, revision=signature.signed_revision, sane=sane, level=level)


def changes_after(file: BinaryIO, reader: PdfFileReader, covered: list[Coverage]) -> frozenset[str]:
    """Return the codes (see signing/words.py) of what lies behind the last signature or timestamp of the file.

    `covered` are all signatures and timestamps that are intact; with none of them sane, nothing can be said.
    """
    last = max((one for one in covered if one.sane), key=lambda one: one.end, default=None)
    if last is None:
        return frozenset()
    found = set()
    if _loose_bytes(file, reader, last.end):
        found.add("bytes_after_end")
    if last.level is ModificationLevel.FORM_FILLING:
        found.add("form_filled")
    if last.level.value > ModificationLevel.FORM_FILLING.value:
        found.add("content_changed")
    first = min((one for one in covered if one.sane), key=lambda one: one.end)
    if _metadata_edited(reader, first.revision):
        found.add("metadata_changed")
    return frozenset(found)


def _loose_bytes(file: BinaryIO, reader: PdfFileReader, end: int) -> bool:
    """Whether bytes behind `end` belong to no revision."""
    length = file.seek(0, 2)
    if length <= end:
        return False
    later = [
        container.end_location
        for container in map(reader.xrefs.get_xref_container_info, range(reader.xrefs.total_revisions))
        if container.end_location > end
    ]
    return _anything_behind(file, _end_of_file(file, max(later)) if later else end)


def _end_of_file(file: BinaryIO, after: int) -> int:
    """Return where the mark that closes the revision ending at `after` ends."""
    file.seek(after)
    window = file.read(TAIL)
    at = window.find(b"%%EOF")
    return after + at + len(b"%%EOF") if at >= 0 else after


def _anything_behind(file: BinaryIO, end: int) -> bool:
    file.seek(end)
    while chunk := file.read(CHUNK):
        if chunk.strip(b"\r\n"):
            return True
    return False


def _metadata_edited(reader: PdfFileReader, revision: int) -> bool:
    """Whether more than dates and the writing program's name differs from what the first signer signed."""
    if revision + 1 >= reader.xrefs.total_revisions:
        return False
    try:
        return _description(reader.get_historical_resolver(revision)) != _description(
            reader.get_historical_resolver(reader.xrefs.total_revisions - 1)
        )
    except MALFORMED:
        return True


def _description(state: HistoricalResolver) -> tuple[dict[str, str], str]:
    info = entry(state.trailer_view, "/Info")
    entries = info if isinstance(info, DictionaryObject) else {}
    kept = {str(key): str(value) for key, value in entries.items() if key not in _OF_ANY_UPDATE}
    stream = entry(state.root, "/Metadata")
    packet = bytes(stream.data) if isinstance(stream, StreamObject) else b""
    return kept, _fingerprint(packet) if packet else ""


def _fingerprint(packet: bytes) -> str:
    """Return a hash of the properties, whatever their order, layout and serialisation."""
    tree = read_packet(packet)
    facts = set()
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in _DATES:
            continue
        text = (element.text or "").strip()
        if text:
            facts.add(f"{element.tag}={text}")
        facts.update(
            f"{name}={value}"
            for name, value in element.attrib.items()
            if name not in _DATES
            and not str(name).startswith("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}")
            and str(value).strip()
            and not str(name).startswith("{http://www.w3.org/XML")
            and str(name).startswith("{")
            and not str(name).startswith("{adobe:ns:meta/}")
        )
    return sha256("\n".join(sorted(facts)).encode()).hexdigest()
