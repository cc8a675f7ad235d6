"""What was done to a PDF after it was signed: revisions and bytes behind a signature become findings.

pyHanko's rules say whether later revisions left the signed pages alone. They are blind in two places, which are
looked at here: bytes appended without being a revision, and edits of the metadata.
"""

import os
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO

from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from signing.files import CHUNK
from signing.opening import MALFORMED
from signing.xmp import RDF, XMP, read_packet

TAIL = 1 << 12
"""How far behind a cross-reference table its end-of-file mark may lie."""
_OF_ANY_UPDATE = frozenset({"/ModDate", "/Producer"})
"""Entries of Info that every program changes when it adds a signature or a timestamp."""
_PDF = "http://ns.adobe.com/pdf/1.3/"
_OF_ANY_WRITER = (f"{{{XMP}}}ModifyDate", f"{{{XMP}}}MetadataDate", f"{{{_PDF}}}Producer")
_SCAFFOLD = ("{http://www.w3.org/XML", "{adobe:ns:meta/}", f"{{{RDF}}}about", f"{{{RDF}}}parseType")


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
    document = reader.stream
    revisions = map(reader.xrefs.get_xref_container_info, range(reader.xrefs.total_revisions))
    later = [container.end_location for container in revisions if container.end_location > end]
    behind = _end_of_file(document, max(later)) if later else end
    return _anything_between(document, behind) or _anything_between(file, document.seek(0, os.SEEK_END))


def _end_of_file(document: BinaryIO, after: int) -> int:
    """Return where the mark that closes the revision whose table ends at `after` ends."""
    document.seek(after)
    at = document.read(TAIL).find(b"%%EOF")
    return after + at + len(b"%%EOF") if at >= 0 else after


def _anything_between(file: BinaryIO, start: int) -> bool:
    """Whether more than line ends stand between `start` and the end."""
    file.seek(start)
    while chunk := file.read(CHUNK):
        if chunk.strip(b"\r\n"):
            return True
    return False


def _metadata_edited(reader: PdfFileReader, revision: int) -> bool:
    """Whether more than dates and the writing program's name differs from what the first signer signed."""
    if revision + 1 >= reader.xrefs.total_revisions:
        return False
    try:
        return _description(reader, revision) != _description(reader, reader.xrefs.total_revisions - 1)
    except MALFORMED:
        return True


def _description(reader: PdfFileReader, revision: int) -> tuple[dict[str, str], str]:
    # References are followed by hand: pyHanko's own way from a trailer leads to what the file is now.
    trailer = reader.trailer.flatten(revision)
    info = _then(reader, trailer, "/Info", revision)
    entries = info if isinstance(info, DictionaryObject) else {}
    kept = {str(key): str(value) for key, value in entries.items() if key not in _OF_ANY_UPDATE}
    root = _then(reader, trailer, "/Root", revision)
    stream = _then(reader, root, "/Metadata", revision) if isinstance(root, DictionaryObject) else None
    packet = bytes(stream.data) if isinstance(stream, StreamObject) else b""
    return kept, _fingerprint(packet) if packet else ""


def _then(reader: PdfFileReader, dictionary: DictionaryObject, key: str, revision: int) -> object:
    """Return what stood under `key` in that revision; None if nothing did."""
    if key not in dictionary:
        return None
    value = dictionary.raw_get(key)
    return reader.get_object(value.reference, revision=revision) if isinstance(value, IndirectObject) else value


def _fingerprint(packet: bytes) -> str:
    """Return a hash of the properties, whatever their order, layout and serialisation."""
    facts: set[str] = set()
    for element in read_packet(packet).iter():
        if not isinstance(element.tag, str) or element.tag in _OF_ANY_WRITER:
            continue
        written = {element.tag: element.text or "", **element.attrib}
        facts.update(f"{name}={value.strip()}" for name, value in written.items() if _is_fact(name, value))
    return sha256("\n".join(sorted(facts)).encode()).hexdigest()


def _is_fact(name: str, value: str) -> bool:
    """Whether this is a property, and not RDF's or XML's own scaffolding."""
    return (
        bool(value.strip()) and name not in _OF_ANY_WRITER and name.startswith("{") and not name.startswith(_SCAFFOLD)
    )
