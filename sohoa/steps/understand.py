"""Understand: from the lines of a file's pages to the documents in it, their types and their fields."""

from collections.abc import Sequence
from functools import partial

from ocr.fields.result import Understood
from ocr.lines import Finding, PageReading
from sohoa.errors import SecretPaper
from sohoa.remote import UNDERSTAND
from sohoa.steps.stage import once
from sohoa.toolbox import Toolbox
from sohoa.wire import understood_from_json, understood_to_json
from storage.ledger import Paper

UNDERSTAND_SECONDS = 120


def understand(paper: Paper, pages: Sequence[PageReading], *, signed: bool, kit: Toolbox) -> list[Understood]:
    """Return what is in the file, document by document, in the order of its pages.

    A file that arrived signed stays one document: cutting it would break its signature.

    Raises:
        SecretPaper: a page bears a secrecy mark; the file is set aside whole. Source: NĐ 30/2020 PL I ô 10a.
    """

    def work() -> list[dict[str, object]]:
        found = kit.pool.run(partial(UNDERSTAND, hint=paper.type_hint), pages, timeout_seconds=UNDERSTAND_SECONDS)
        return [understood_to_json(document) for document in found]

    documents = [understood_from_json(value) for value in once(kit, paper.id, "understand", paper.sha256, work)]
    if any(document.secret for document in documents):
        raise SecretPaper(file=paper.source)
    return [_whole(documents, len(pages))] if signed and len(documents) > 1 else documents


def _whole(documents: Sequence[Understood], page_count: int) -> Understood:
    """Return the first document, stretched over all pages, with a note of what else seems to begin inside."""
    first = documents[0]
    begins = ", ".join(str(document.first_page) for document in documents[1:])
    findings = (*first.findings, Finding(code="signed_stack", detail={"pages": begins}))
    return Understood(
        first_page=1,
        last_page=page_count,
        type_code=first.type_code,
        type_name=first.type_name,
        type_confidence=first.type_confidence,
        fields=first.fields,
        findings=findings,
        split_sure=first.split_sure,
        secret=False,
        is_copy=first.is_copy,
    )
