"""Values of the packages to JSON and back, for the ledger's stage outputs and for the report kept with a record."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from ocr.fields.result import Understood
from ocr.lines import PageReading

_PAGE: TypeAdapter[PageReading] = TypeAdapter(PageReading)
_UNDERSTOOD: TypeAdapter[Understood] = TypeAdapter(Understood)


def pack(value: Any) -> bytes:
    """Return plain JSON values, compressed."""
    return zlib.compress(json.dumps(value, ensure_ascii=False, sort_keys=True).encode(), 6)


def unpack(data: bytes) -> Any:
    """Return what `pack` was given."""
    return json.loads(zlib.decompress(data))


def page_to_json(page: PageReading) -> Any:
    """Return the reading as plain JSON values."""
    return _PAGE.dump_python(page, mode="json")


def page_from_json(value: Any) -> PageReading:
    """Return the reading that `page_to_json` was given."""
    return _PAGE.validate_python(value)


def understood_to_json(understood: Understood) -> Any:
    """Return what was understood of one document as plain JSON values."""
    return _UNDERSTOOD.dump_python(understood, mode="json")


def understood_from_json(value: Any) -> Understood:
    """Return what `understood_to_json` was given."""
    return _UNDERSTOOD.validate_python(value)


def page_answer(page: PageReading) -> dict[str, Any]:
    """Return the page in the shape of the `read` command's contract."""
    return {
        "page": page.page,
        "width_px": page.width_px,
        "height_px": page.height_px,
        "dpi": round(page.dpi, 2),
        "blank": page.blank,
        "separator": page.separator,
        "rotation": page.rotation,
        "rotation_confidence": page.rotation_confidence,
        "skew_degrees": round(page.skew_degrees, 2),
        "perspective": page.perspective,
        "quality": _quality_answer(page),
        "look": page.look,
        "read_by": None if page.read_by is None else asdict(page.read_by),
        "text": page.text,
        "lines": [
            {"text": line.text, "box": list(line.box), "confidence": round(line.confidence, 4)} for line in page.lines
        ],
        "findings": findings_answer(page.findings),
    }


def _quality_answer(page: PageReading) -> dict[str, Any] | None:
    return None if page.quality is None else asdict(page.quality) | {"cut_off": list(page.quality.cut_off)}


def findings_answer(findings: Sequence[Any]) -> list[dict[str, Any]]:
    """Return findings, of whichever package, as plain JSON values."""
    return [{"code": f.code, "page": f.page, "blocks_seal": f.blocks_seal, "detail": dict(f.detail)} for f in findings]


def understood_answer(understood: Understood) -> dict[str, Any]:
    """Return one document in the shape of the `read` command's contract."""
    return {
        "pages": [understood.first_page, understood.last_page],
        "document_type": {
            "code": understood.type_code,
            "name": understood.type_name,
            "confidence": round(understood.type_confidence, 4),
        },
        "fields": {
            name: {
                "value": list(f.value) if isinstance(f.value, tuple) else f.value,
                "confidence": round(f.confidence, 4),
                "page": f.page,
                "box": list(f.box) if f.box else None,
                "raw": f.raw,
                "needs_review": f.needs_review,
            }
            for name, f in understood.fields.items()
        },
    }
