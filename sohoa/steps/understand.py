"""Understand: from the lines of a file's pages to the documents in it, their types and their fields."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from ocr.fields.result import Understood
from ocr.lines import Finding, PageReading
from sohoa.errors import SecretPaper
from sohoa.remote import UNDERSTAND
from sohoa.steps.parts import Part, parts_of
from sohoa.steps.stage import once
from sohoa.toolbox import Toolbox
from sohoa.wire import understood_from_json, understood_to_json
from storage.ledger import Paper

UNDERSTAND_SECONDS = 120


def understand(paper: Paper, pages: Sequence[PageReading], *, signed: bool, kit: Toolbox) -> list[Understood]:
    """Return what is in the file, document by document, in the order of its pages; separator sheets are in none.

    A file that arrived signed stays one document: cutting it would break its signature.

    Raises:
        SecretPaper: a page bears a secrecy mark; the file is set aside whole. Source: NĐ 30/2020 PL I ô 10a.
    """

    def work() -> list[dict[str, object]]:
        parts = [Part(pages=tuple(pages), sheet=None, dossier=None)] if signed else parts_of(pages)
        return [understood_to_json(document) for part in parts for document in _in_part(part, paper.type_hint, kit)]

    documents = [understood_from_json(value) for value in once(kit, paper.id, "understand", paper.sha256, work)]
    if any(document.secret for document in documents):
        raise SecretPaper(file=paper.source)
    return [as_one(documents, "signed_stack")] if signed and len(documents) > 1 else documents


def _in_part(part: Part, hint: str | None, kit: Toolbox) -> Sequence[Understood]:
    said = part.sheet.type_code if part.sheet else None
    found = find_documents(part.pages, said or hint, kit)
    if part.is_one_document:
        found = [as_one(found, "heads_inside")]
    return [doubted(document, part.doubt) for document in found] if part.doubt else found


def doubted(document: Understood, code: str) -> Understood:
    """Return the document with the finding that its dossier is not known."""
    doubt = Finding(code=code, page=document.first_page, blocks_seal=True)
    return replace(document, findings=(*document.findings, doubt))


def find_documents(pages: Sequence[PageReading], hint: str | None, kit: Toolbox) -> list[Understood]:
    """Return the documents on these pages, parted at their first pages. Done in a pool worker."""
    return list(kit.pool.run(partial(UNDERSTAND, hint=hint), pages, timeout_seconds=UNDERSTAND_SECONDS))


def as_one(documents: Sequence[Understood], code: str | None) -> Understood:
    """Return the first document, stretched over the pages of all, and no more in doubt where it ends.

    It is secret, or itself a copy, if one of them is. A finding of this code notes what else seems to begin inside;
    None: nobody needs to be told.
    """
    first, *later = documents
    findings = tuple(finding for finding in first.findings if finding.code not in SPLIT_DOUBTS)
    findings += tuple(f for document in later for f in document.findings if f.code in MARKS)
    if later and code is not None:
        begins = ", ".join(str(document.first_page) for document in later)
        findings = (*findings, Finding(code=code, detail={"pages": begins}))
    return replace(
        first,
        last_page=documents[-1].last_page,
        findings=findings,
        split_sure=True,
        secret=any(document.secret for document in documents),
        is_copy=any(document.is_copy for document in documents),
    )


SPLIT_DOUBTS = ("split_unsure", "split_after_unsure", "split_inside_unsure")
"""Codes of the findings that ask where a document begins and ends."""

MARKS = ("secrecy_mark", "copy_mark")
"""Codes of the findings that decide of a whole document, on whichever of its pages the mark stands."""
