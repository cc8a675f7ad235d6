"""One filled-in form or certificate -> its fields, by the labels its type lists. No code per type.

Validators a type's YAML may name: `anywhere` (the value may stand without a label), `date_beside_place` (the date is
that of the line "..., ngày ... tháng ... năm ..."), `signature_authority`, `signature_name` (taken from the signature),
`personal_id_agrees` (12-digit number against date of birth and gender).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ocr.fields import validators
from ocr.fields.casing import readable_authority
from ocr.fields.doctypes import DocumentTypeSpec
from ocr.fields.foot import find_foot
from ocr.fields.issued_date import read_date
from ocr.fields.labels import find_anywhere, find_labelled
from ocr.fields.pieces import Piece, pieces_of, rows
from ocr.fields.result import Found
from ocr.fields.signer import find_signer
from ocr.lines import PageReading


def read_form(pages: Sequence[PageReading], spec: DocumentTypeSpec, *, today: date | None = None) -> dict[str, Found]:
    """Return the fields found on the pages of one form."""
    pieces = [piece for page in pages for piece in rows(pieces_of(page))]
    found = find_labelled(pieces, spec)
    apart = [piece for page in pages for piece in pieces_of(page)]
    for name, field in spec.fields.items():
        if name in found:
            continue
        for validator in field.validators:
            extra = _extra(validator, name, pages, apart, spec, today)
            if extra is not None:
                found[name] = extra
    return _checked(found, spec)


def _extra(
    validator: str,
    name: str,
    pages: Sequence[PageReading],
    pieces: Sequence[Piece],
    spec: DocumentTypeSpec,
    today: date | None,
) -> Found | None:
    if validator == "anywhere":
        return find_anywhere(pieces, spec.fields[name])
    if validator == "date_beside_place":
        return _dated(pieces, today)
    if validator in ("signature_name", "signature_authority"):
        signer = find_signer(find_foot(pages))
        if validator == "signature_name":
            return signer.name
        return _authority_of(signer.capacity)
    return None


def _dated(pieces: Sequence[Piece], today: date | None) -> Found | None:
    for piece in pieces:
        stated = read_date(piece, today=today)
        if stated and stated.day and stated.place:
            return Found(
                value=stated.day.isoformat(),
                confidence=stated.confidence * (1.0 if stated.certain else 0.5),
                page=stated.page,
                box=stated.box,
                raw=stated.raw,
            )
    return None


def _authority_of(capacity: Found | None) -> Found | None:
    """Return the body in whose name one signed: "TM. ỦY BAN NHÂN DÂN" -> "Ủy ban nhân dân"."""
    if capacity is None or not isinstance(capacity.value, tuple):
        return None
    for line in capacity.value:
        if line.startswith("TM. "):
            return replace(capacity, value=readable_authority(line.removeprefix("TM. ")))
    return None


def _checked(found: dict[str, Found], spec: DocumentTypeSpec) -> dict[str, Found]:
    """Weigh a personal number against date of birth and gender."""
    out = dict(found)
    for name, field in spec.fields.items():
        if name in out and "personal_id_agrees" in field.validators:
            born = out.get("date_of_birth")
            gender = out.get("gender")
            agrees = validators.personal_id_agrees(
                str(out[name].value),
                date.fromisoformat(str(born.value)) if born and born.value else None,
                str(gender.value) if gender else None,
            )
            out[name] = replace(out[name], confidence=out[name].confidence * (0.4 if agrees is False else 1.0))
    return out
