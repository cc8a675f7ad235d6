"""sohoa read: OCR and fields only; stores nothing."""

import hashlib
import json
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

from sohoa.cli.context import CONTEXT, AsJson
from sohoa.cli.ingest import Mode, checked_mode
from sohoa.cli.words import shown
from sohoa.document_types import label
from sohoa.errors import FileUnreadable
from sohoa.messages import reason_of
from sohoa.policy import EXIT_BAD, OUR_ERRORS
from sohoa.pool import Pool
from sohoa.remote import INSPECT_SCAN, READ_PAGE, UNDERSTAND
from sohoa.settings import load
from sohoa.steps.read import INSPECT_SECONDS
from sohoa.steps.understand import UNDERSTAND_SECONDS
from sohoa.wire import page_answer, understood_answer
from sohoa.wiring import pool_of


def read(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="PDF, TIFF, JPEG or PNG.")],
    mode: Mode = None,
    as_json: AsJson = False,
) -> None:
    """Read files: lines with places, document type and fields, as JSON Lines. Stores nothing, and needs no archive."""
    settings = load(home=CONTEXT.home)
    bad = 0
    with pool_of(settings) as pool:
        for file in files:
            answer = read_file(file, checked_mode(mode or settings.mode), pool, page_seconds=settings.page_seconds)
            bad += answer["error"] is not None
            print(json.dumps(answer, ensure_ascii=False) if as_json else _words(answer), flush=True)
    raise typer.Exit(EXIT_BAD if bad == len(files) else 0)


def read_file(file: Path, mode: str, pool: Pool, *, page_seconds: float) -> dict[str, Any]:
    """Return the contract's object for one file; one that cannot be read has `error` and no pages."""
    started = monotonic()
    answer: dict[str, Any] = {"file": str(file), "sha256": None, "mode": mode, "seconds": 0.0, "pages": []}
    answer |= {"documents": [], "document_type": None, "fields": {}, "error": None}
    try:
        answer["sha256"] = _sha256(file)
        answer |= _read(file, mode, pool, page_seconds)
    except OUR_ERRORS as error:
        if error.remedy != "resubmit":
            raise
        answer["error"] = reason_of(error)
    answer["seconds"] = round(monotonic() - started, 3)
    return answer


def _read(file: Path, mode: str, pool: Pool, page_seconds: float) -> dict[str, Any]:
    scan = pool.run(INSPECT_SCAN, file, timeout_seconds=INSPECT_SECONDS)
    futures = [
        pool.submit(READ_PAGE, file, page, mode, timeout_seconds=page_seconds) for page in range(1, scan.page_count + 1)
    ]
    pages = [future.result() for future in futures]
    found = pool.run(UNDERSTAND, pages, timeout_seconds=UNDERSTAND_SECONDS)
    documents = [understood_answer(one) for one in found]
    first = documents[0] if documents else {"document_type": None, "fields": {}}
    return {
        "pages": [page_answer(page) for page in pages],
        "documents": documents,
        "document_type": first["document_type"],
        "fields": first["fields"],
    }


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as scan:
            return hashlib.file_digest(scan, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(file=str(file), why=error.strerror or "") from None


def _words(answer: dict[str, Any]) -> str:
    if answer["error"]:
        return f"{answer['file']}: {answer['error']['message']}"
    out = [f"{answer['file']}: {len(answer['pages'])} trang, {answer['seconds']:.1f} giây"]
    for document in answer["documents"]:
        out.append(f"  {document['document_type']['name']} (trang {document['pages'][0]}–{document['pages'][1]})")
        code = document["document_type"]["code"]
        out += [f"    {label(name, code)}: {shown(field['value'])}" for name, field in document["fields"].items()]
    return "\n".join([*out, *(page["text"] for page in answer["pages"])])
