"""Access: from the legal copy and what was read to a small copy for the screen, without seal and legal value.

The legal copy shows the same pages, from however many files they came. An access copy that cannot be made is a
finding and holds nothing up: it is made when somebody asks for it.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from ocr.lines import Line, PageReading
from sohoa.errors import PoolClosed
from sohoa.messages import reason_of
from sohoa.policy import OUR_ERRORS
from sohoa.remote import COMPOSE_ACCESS
from sohoa.steps.stage import noted
from sohoa.toolbox import Toolbox
from storage.objects import put_blob
from storage.records import DocumentType, FieldValue, Finding, Role, StoredFile

log = logging.getLogger(__name__)

ACCESS_SECONDS_A_PAGE = 20
MISSING = "access_copy_missing"

_MM_PER_INCH = 25.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an access copy is made of, besides the store."""

    record_id: str
    legal_sha256: str
    arrived_signed: bool
    """Whether the legal copy is the file that came, with its pages as they lay; else it shows them upright."""
    pages: Sequence[Mapping[str, Any]]
    """Readings as the report has them, in the order of the pages."""
    title: str
    created: datetime


def access_files(shown: Shown, kit: Toolbox) -> tuple[tuple[StoredFile, ...], tuple[Finding, ...]]:
    """Return the access copy, its bytes in the store; or none, and a finding that says why. Equal input, equal bytes.

    Raises:
        PoolClosed: this process goes down; nothing is known about the copy.
    """
    try:
        return (compose_access(shown, kit),), ()
    except PoolClosed:
        raise
    except OUR_ERRORS as error:
        log.warning("access copy not made", extra={"ref": shown.record_id, "error": str(error)})
        said = reason_of(error)
        detail = {"why": said["message"], "why_en": said["message_en"]}
        return (), (Finding(code=MISSING, detail=detail),)


def compose_access(shown: Shown, kit: Toolbox) -> StoredFile:
    """Return the access copy, its bytes in the store.

    Raises: what composing, the pool and the store raise; safe to repeat.
    """
    readings = readings_of(shown)
    with (
        kit.local(shown.legal_sha256, name="legal.pdf") as legal,
        kit.workspace() as folder,
        noted(kit, shown.record_id, "access", shown.legal_sha256) as made,
    ):
        out = folder / "access.pdf"
        kit.pool.run(
            partial(COMPOSE_ACCESS, title=shown.title, created=shown.created),
            legal,
            readings,
            out,
            timeout_seconds=ACCESS_SECONDS_A_PAGE * len(readings) + 30,
        )
        stored = put_blob(kit.store, out)
        made.sha256 = stored.sha256
    return StoredFile(
        role=Role.ACCESS,
        name=f"{shown.record_id}.access.pdf",
        media_type="application/pdf",
        bytes=stored.bytes,
        sha256=stored.sha256,
        key=stored.key,
    )


def readings_of(shown: Shown) -> list[PageReading]:
    """Return the readings by the pages of the legal copy, from 1. One that was composed says rotation by /Rotate."""
    readings = [_reading(page) for page in shown.pages]
    if shown.arrived_signed:
        return readings
    return [replace(one, page=page, rotation=0) for page, one in enumerate(readings, start=1)]


def title_from(document_type: DocumentType, fields: Mapping[str, FieldValue]) -> str:
    """Return a title for the PDF's metadata: type, number and subject, as far as they are known."""

    def text(name: str) -> str:
        found = fields.get(name)
        return found.value if found is not None and isinstance(found.value, str) and not found.personal else ""

    head = f"{document_type.name} {text('document_number')}".strip()
    return f"{head}: {text('subject')}" if text("subject") else head


def _reading(page: Mapping[str, Any]) -> PageReading:
    width_px, height_px, dpi = page["width_px"], page["height_px"], page["dpi"]
    return PageReading(
        page=page["page"],
        width_px=width_px,
        height_px=height_px,
        dpi=dpi,
        # The legal copy's own size counts; see ocr.pdf.access.
        width_mm=width_px / dpi * _MM_PER_INCH,
        height_mm=height_px / dpi * _MM_PER_INCH,
        rotation=page["rotation"],
        skew_degrees=page["skew_degrees"],
        blank=page["blank"],
        lines=tuple(
            Line(text=line["text"], box=tuple(line["box"]), confidence=line["confidence"]) for line in page["lines"]
        ),
    )
