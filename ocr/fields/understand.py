"""Pages of a file, as read -> the documents in it, each with type, fields and findings. Pure.

Finding codes: `split_unsure`, `split_after_unsure`, `split_inside_unsure` (whether a document begins here, ends here or
goes on here; they block the seal), `type_unsure`, `secrecy_mark` (blocks the seal), `copy_mark` (the paper is itself a
copy), `number_left_open` (symbol without a number), `number_type_disagree` and `number_issuer_disagree` (the symbol
names another type or issuer), `no_signature` (no signer's name was found).
"""

from collections.abc import Mapping, Sequence
from datetime import date

from ocr.fields.doctypes import UNKNOWN, DocumentTypeSpec, FieldSpec, load_types
from ocr.fields.document_number import find_document_number
from ocr.fields.document_type import TypeFound, find_document_type
from ocr.fields.first_page import Stack, split
from ocr.fields.form import read_form
from ocr.fields.layout import Head, head_of
from ocr.fields.marks import find_copy_mark, find_secrecy, find_urgency
from ocr.fields.official import read_official
from ocr.fields.pieces import pieces_of
from ocr.fields.result import FieldReading, Found, Understood
from ocr.lines import Finding, PageReading

REVIEW_BELOW = 0.9
"""A required field less sure than this goes to a person. On 15 labelled papers and 24 other real scans judged by eye
none of about 180 fields above it was wrong; of 35 below it that were read at all, three were."""


def understand(
    pages: Sequence[PageReading],
    *,
    hint: str | None = None,
    today: date | None = None,
    review_below: float = REVIEW_BELOW,
) -> tuple[Understood, ...]:
    """Return the documents of a stack, in order; every page is in one of them. No pages: no documents.

    `hint` is the type code the manifest gives; an unknown one is passed over. `today` is the latest date of issue
    that is possible; None: no upper limit. Never raises on what was read, however odd.
    """
    return tuple(_understand(stack, hint, today, review_below) for stack in split(pages))


def _understand(stack: Stack, hint: str | None, today: date | None, review_below: float) -> Understood:
    pages = [page for page in stack.pages if not page.blank] or list(stack.pages)
    types = load_types()
    head = head_of(pages[0])
    number = find_document_number(head)
    kind = find_document_type(head, number, types, hint=hint if hint in types else None)
    findings = _split_doubts(stack)
    found = _fields(pages, head, kind, today, findings)
    marks = _marks(pages, head, findings)
    found |= marks
    found["document_type"] = _type_found(kind, pages[0])
    readings = _readings(found, kind.spec, review_below)
    readings |= _page_count(stack, kind.spec)
    if readings["document_type"].needs_review if "document_type" in readings else kind.confidence < review_below:
        findings.append(Finding(code="type_unsure", page=stack.pages[0].page))
    return Understood(
        first_page=stack.pages[0].page,
        last_page=stack.pages[-1].page,
        type_code=kind.spec.code,
        type_name=kind.spec.name,
        type_confidence=kind.confidence,
        fields=readings,
        findings=tuple(findings),
        split_sure=stack.sure,
        secret="secrecy" in marks,
        is_copy="copy_mark" in marks,
    )


def _split_doubts(stack: Stack) -> list[Finding]:
    """Return what a person is asked of where the document begins and ends; it was cut as it seems best."""
    asked = [] if stack.begins_sure else [("split_unsure", stack.pages[0].page)]
    asked += [("split_inside_unsure", page) for page in stack.doubts]
    asked += [] if stack.ends_sure else [("split_after_unsure", stack.pages[-1].page)]
    return [Finding(code=code, page=page, blocks_seal=True) for code, page in asked]


def _fields(
    pages: Sequence[PageReading], head: Head, kind: TypeFound, today: date | None, findings: list[Finding]
) -> dict[str, Found]:
    if kind.spec.family == "form":
        return read_form(pages, kind.spec, today=today)
    official = read_official(pages, head, kind, today=today)
    findings.extend(Finding(code=code, page=pages[0].page) for code in official.disagreements)
    if "signer_name" not in official.fields and kind.spec.code != UNKNOWN:
        findings.append(Finding(code="no_signature"))
    return official.fields


def _marks(pages: Sequence[PageReading], head: Head, findings: list[Finding]) -> dict[str, Found]:
    first = pieces_of(pages[0])
    height = pages[0].height_px
    marks = {
        "secrecy": _secrecy(pages),
        "urgency": find_urgency(head, first, page_height=height),
        "copy_mark": find_copy_mark(piece for page in pages for piece in pieces_of(page)),
    }
    kept = {name: mark for name, mark in marks.items() if mark is not None}
    if "secrecy" in kept:
        findings.append(Finding(code="secrecy_mark", page=kept["secrecy"].page, blocks_seal=True))
    if "copy_mark" in kept:
        findings.append(Finding(code="copy_mark", page=kept["copy_mark"].page))
    return kept


def _secrecy(pages: Sequence[PageReading]) -> Found | None:
    """Return the first secrecy mark at the head of any page: annexes and overlooked documents bear theirs there."""
    for page in pages:
        found = find_secrecy(head_of(page), pieces_of(page), page_height=page.height_px)
        if found is not None:
            return found
    return None


def _type_found(kind: TypeFound, page: PageReading) -> Found:
    title = kind.title
    return Found(
        value=kind.spec.name,
        confidence=kind.confidence,
        page=title.page if title else page.page,
        box=title.box if title else (0, 0, page.width_px, page.height_px),
        raw=title.text if title else "",
    )


def _readings(found: Mapping[str, Found], spec: DocumentTypeSpec, review_below: float) -> dict[str, FieldReading]:
    out: dict[str, FieldReading] = {}
    for name, field in spec.fields.items():
        reading = found.get(name)
        if reading is not None:
            out[name] = _reading(reading, field, review_below)
        elif field.required:
            out[name] = FieldReading(name=name, value=None, confidence=0.0, needs_review=True, personal=field.personal)
    for name in ("document_type", "secrecy", "urgency", "copy_mark"):
        if name in found and name not in out:
            out[name] = _reading(found[name], FieldSpec(name=name, label=name), review_below)
    return out


def _reading(found: Found, field: FieldSpec, review_below: float) -> FieldReading:
    confidence = max(0.0, min(1.0, found.confidence))
    return FieldReading(
        name=field.name,
        value=found.value,
        confidence=confidence if found.value else 0.0,
        page=found.page,
        box=found.box,
        raw=found.raw,
        needs_review=field.required and (not found.value or confidence < review_below),
        personal=field.personal,
    )


def _page_count(stack: Stack, spec: DocumentTypeSpec) -> dict[str, FieldReading]:
    if "page_count" not in spec.fields:
        return {}
    count = sum(1 for page in stack.pages if not page.blank)
    return {"page_count": FieldReading(name="page_count", value=str(count), confidence=1.0, raw="")}
