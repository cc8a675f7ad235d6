"""What was understood of a document: its type, its fields and where each was read. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ocr.lines import Box, Finding

FieldValue = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading:
    """One index field (trường thông tin) with its provenance."""

    name: str
    value: FieldValue
    """NFC; dates ISO 8601; a tuple for recipients, addressees and signing capacities; None: looked for, not found."""
    confidence: float
    """0 to 1: how likely the value is right, after the cross-checks."""
    page: int | None = None
    """In the file, from 1; None when nothing was read."""
    box: Box | None = None
    """Around all lines the value came from, in pixels of that page."""
    raw: str = ""
    """The lines as read, before any normalisation."""
    needs_review: bool = False
    personal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """One document of a stack: which pages, what it is, what it says."""

    first_page: int
    """In the file, from 1."""
    last_page: int
    """Inclusive; blank versos and annexes belong to the document before them."""
    type_code: str
    """Code of NĐ 30/2020 PL III, `CV`, the name of a form's YAML file, or `other`."""
    type_name: str
    """Vietnamese, as shown: "Quyết định"."""
    type_confidence: float
    fields: Mapping[str, FieldReading] = field(default_factory=dict)
    """Every field of the type that was found, and every required one, found or not."""
    findings: tuple[Finding, ...] = ()
    split_sure: bool = True
    """False when the cues disagree on whether this document begins at its first page."""
    secret: bool = False
    """A secrecy mark stands on it: the pipeline stops and the paper is quarantined."""
    is_copy: bool = False
    """The paper is itself a copy (sao y, sao lục, trích sao, chứng thực)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a finder returns: a value with the place it was read from."""

    value: FieldValue
    confidence: float
    page: int
    box: Box
    raw: str
