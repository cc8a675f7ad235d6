"""One official document -> its index fields, each with the confidence the cross-checks leave it.

Validators a type's YAML may name: `code_agrees_with_type`, `issuer_agrees_with_symbol` (of the number),
`plausible_date`, `looks_like_a_name`. Source: Nghị định 30/2020/NĐ-CP, Điều 8 and Phụ lục I; field names: Phụ lục VI,
phần II.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ocr.fields import validators
from ocr.fields.addressee import find_addressee
from ocr.fields.authority import find_authorities
from ocr.fields.casing import is_known
from ocr.fields.document_number import DocumentNumber, find_document_number, find_number_row
from ocr.fields.document_type import TypeFound
from ocr.fields.folding import fold, letters
from ocr.fields.foot import find_foot
from ocr.fields.issued_date import IssuedDate, find_issued_date
from ocr.fields.layout import Head
from ocr.fields.lexicon import PROVINCES
from ocr.fields.recipients import find_recipients
from ocr.fields.result import Found
from ocr.fields.signer import Signer, find_signer
from ocr.fields.subject import find_subject
from ocr.lines import PageReading

KNOWN = 0.97
"""Sureness of a value that is made of well-known phrases alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """What the finders made of an official document, cross-checked."""

    fields: dict[str, Found]
    disagreements: tuple[str, ...]
    """Codes of findings: `number_left_open`, `number_type_disagree`, `number_issuer_disagree`."""


def read_official(pages: Sequence[PageReading], head: Head, kind: TypeFound, *, today: date | None = None) -> Official:
    """Return the fields of one document in the lay-out of the decree. `pages` are its own, in order."""
    number = find_document_number(head)
    dated = find_issued_date(head, today=today)
    issuer, parent = find_authorities(head)
    signer = find_signer(find_foot(pages))
    found: dict[str, Found | None] = {
        "issuing_authority": _checked_issuer(issuer, number, kind),
        "parent_authority": parent,
        "place": _place(dated, issuer),
        "issued_date": _date(dated, number, kind, today),
        "document_number": _number(number, issuer, kind) or _unread_number(head),
        "subject": find_subject(head, kind, page_width=pages[0].width_px),
        "addressee": find_addressee((*head.right[-2:], *head.body) if not head.anchored else head.body),
        "signing_capacity": signer.capacity,
        "signer_title": _title(signer),
        "signer_name": _name(signer, kind),
        "recipients": find_recipients(find_foot(pages)),
    }
    kept = {name: value for name, value in found.items() if value is not None}
    return Official(fields=kept, disagreements=_disagreements(number, issuer, kind))


def _asked(kind: TypeFound, name: str, validator: str) -> bool:
    """Whether the type's YAML asks for a check of a field."""
    spec = kind.spec.fields.get(name)
    return spec is not None and validator in spec.validators


def _fits_type(number: DocumentNumber, kind: TypeFound) -> bool | None:
    asked = _asked(kind, "document_number", "code_agrees_with_type")
    return validators.code_agrees_with_type(number, kind.spec) if asked else None


def _fits_issuer(number: DocumentNumber, issuer: Found | None, kind: TypeFound) -> bool | None:
    if issuer is None or not _asked(kind, "document_number", "issuer_agrees_with_symbol"):
        return None
    return validators.issuer_agrees_with_symbol(number, str(issuer.value), kind.spec)


def _disagreements(number: DocumentNumber | None, issuer: Found | None, kind: TypeFound) -> tuple[str, ...]:
    if number is None:
        return ()
    told = {
        "number_left_open": number.left_open,
        "number_type_disagree": _fits_type(number, kind) is False,
        "number_issuer_disagree": _fits_issuer(number, issuer, kind) is False,
    }
    return tuple(code for code, true in told.items() if true)


def _weight(agrees: bool | None, *, unknown: float, against: float) -> float:
    return 1.0 if agrees else unknown if agrees is None else against


def _number(number: DocumentNumber | None, issuer: Found | None, kind: TypeFound) -> Found | None:
    if number is None:
        return None
    value = number.value
    if value and number.code == "HD" and kind.spec.code == "HĐ":
        value = value.replace("/HD-", "/HĐ-")
    confidence = number.confidence * (1.0 if number.certain else 0.6)
    confidence *= _weight(_fits_type(number, kind), unknown=0.9, against=0.5)
    confidence *= _weight(_fits_issuer(number, issuer, kind), unknown=0.93, against=0.6)
    return Found(value=value, confidence=confidence if value else 0.0, page=number.page, box=number.box, raw=number.raw)


def _unread_number(head: Head) -> Found | None:
    """Return the place of a number that cannot be made out, for a person to look there."""
    row = find_number_row(head)
    return None if row is None else Found(value=None, confidence=0.0, page=row.page, box=row.box, raw=row.text)


def _date(dated: IssuedDate | None, number: DocumentNumber | None, kind: TypeFound, today: date | None) -> Found | None:
    if dated is None:
        return None
    confidence = dated.confidence * (1.0 if dated.certain else 0.5) if dated.day else 0.0
    if dated.day and _asked(kind, "issued_date", "plausible_date"):
        year = number.year if number else ""
        confidence *= 1.0 if validators.plausible_date(dated.day, year=year, today=today) else 0.4
    return Found(
        value=dated.day.isoformat() if dated.day else None,
        confidence=confidence,
        page=dated.page,
        box=dated.box,
        raw=dated.raw,
    )


def _place(dated: IssuedDate | None, issuer: Found | None) -> Found | None:
    if dated is None or not dated.place:
        return None
    place = _known_place(dated.place)
    agrees = issuer is not None and fold(place) in fold(str(issuer.value))
    confidence = max(KNOWN, dated.confidence) if agrees or place in PROVINCES else 0.85 * dated.confidence
    return Found(value=place, confidence=confidence, page=dated.page, box=dated.box, raw=dated.raw)


def _known_place(read: str) -> str:
    """Return the province's name where only accents were lost on the way."""
    return next((name for name in PROVINCES if fold(name) == fold(read)), read)


def _checked_issuer(issuer: Found | None, number: DocumentNumber | None, kind: TypeFound) -> Found | None:
    if issuer is None or number is None:
        return issuer
    agrees = _fits_issuer(number, issuer, kind)
    sure = max(issuer.confidence, KNOWN) if is_known(issuer.raw) else issuer.confidence
    return replace(issuer, confidence=sure * _weight(agrees, unknown=0.95, against=0.6))


def _title(signer: Signer) -> Found | None:
    if signer.title is None:
        return None
    inferred = letters(signer.title.raw) != letters(str(signer.title.value))
    if is_known(signer.title.raw) and not inferred:
        return replace(signer.title, confidence=max(signer.title.confidence, KNOWN))
    return signer.title


def _name(signer: Signer, kind: TypeFound) -> Found | None:
    if signer.name is None:
        return None
    confidence = signer.name.confidence * (1.0 if signer.title is not None else 0.6)
    if _asked(kind, "signer_name", "looks_like_a_name"):
        confidence *= 1.0 if validators.looks_like_a_name(str(signer.name.value)) else 0.7
    return replace(signer.name, confidence=confidence)
