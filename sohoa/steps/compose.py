"""Compose: from the scan and its text to the unsealed legal copy, a PDF/A-2b with the scan's own image data."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ocr.fields.result import Understood
from ocr.lines import PageReading
from sohoa.remote import COMPOSE_LEGAL
from sohoa.steps.stage import noted
from sohoa.toolbox import Toolbox
from storage.ledger import Document, Paper
from storage.records import Finding

COMPOSE_SECONDS_A_PAGE = 30
"""A page that must be rendered and stored without loss takes about 2 s."""


def compose(
    document: Document,
    understood: Understood,
    pages: Sequence[PageReading],
    paper: Paper,
    out: Path,
    kit: Toolbox,
) -> tuple[Finding, ...]:
    """Write the unsealed legal copy to `out` and return what was found on the way; equal input gives equal bytes.

    Raises:
        CannotCompose: no legal copy can be made; the paper is set aside by the caller.
    """
    with kit.local(paper.sha256) as scan, noted(kit, document.id, "compose", paper.sha256):
        composed = kit.pool.run(
            partial(COMPOSE_LEGAL, title=title_of(understood), created=paper.received_at),
            scan,
            pages,
            out,
            timeout_seconds=COMPOSE_SECONDS_A_PAGE * len(pages) + 30,
        )
    return tuple(
        Finding(code=f.code, page=f.page, blocks_seal=f.blocks_seal, detail=dict(f.detail)) for f in composed.findings
    )


def title_of(understood: Understood) -> str:
    """Return a title for the PDF's metadata: type, number and subject, as far as they were found."""

    def text(name: str) -> str:
        found = understood.fields.get(name)
        return found.value if found is not None and isinstance(found.value, str) and not found.personal else ""

    number = text("document_number")
    head = f"{understood.type_name} {number}".strip()
    subject = text("subject")
    return f"{head}: {subject}" if subject else head
