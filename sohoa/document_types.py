"""Document types as people name them: by code or by Vietnamese name."""

import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from ocr.fields.doctypes import load_types
from ocr.fields.folding import fold
from search.flat import WHOLE
from sohoa.errors import NotAllowed
from sohoa.messages import known, reason, words
from storage.records import Finding


def type_code(need: str) -> str:
    """Return the code of a document type given by its code or Vietnamese name, in any case, with or without accents."""
    types = load_types()
    if need in types:
        return need
    wanted = unicodedata.normalize("NFC", need.strip()).casefold()
    for spec in types.values():
        if wanted in (spec.code.casefold(), spec.name.casefold()):
            return spec.code
    plain = {fold(spec.name): spec.code for spec in types.values()}
    if (code := plain.get(fold(wanted))) is not None:
        return code
    near = [types[plain[name]] for name in get_close_matches(fold(wanted), plain, n=3)]
    meant = ", ".join(f"{spec.name} ({spec.code})" for spec in near)
    names = ", ".join(sorted(types))
    raise NotAllowed(
        f"{need!r} names no document type; " + (f"did you mean {meant}?" if near else f"known are {names}"),
        vi=f"không có loại giấy tờ «{need}»; " + (f"có phải {meant}?" if near else f"các mã: {names}"),
    )


def refuse_unknown_filter(name: str) -> None:
    """Raise NotAllowed for what is neither a field of some type nor something that every record has."""
    known_names = WHOLE | {field for spec in load_types().values() for field in spec.fields}
    if name in known_names:
        return
    near = ", ".join(get_close_matches(name, known_names, n=3) or sorted(WHOLE))
    raise NotAllowed(
        f"records cannot be filtered by {name!r}; try {near}", vi=f"không lọc được theo «{name}»; hãy thử {near}"
    )


def label(name: str, type_code: str) -> str:
    """Return how people call a field of this type, in Vietnamese; its own name where the type does not know it."""
    spec = load_types().get(type_code)
    field = spec.fields.get(name) if spec else None
    return field.label if field else name


def waits_for_a_person(things: Sequence[str], type_code: str, findings: Iterable[Finding]) -> dict[str, Any]:
    """Return the reason object of a record in review: fields by their labels, findings by their sentences."""
    details = {finding.code: {"page": str(finding.page or ""), **finding.detail} for finding in findings}
    said = [words(one, details.get(one)).vi.rstrip(".") if known(one) else label(one, type_code) for one in things]
    why = reason("needs_review", remedy="resubmit", what="; ".join(said))
    return {**why, "detail": {"open": list(things), "labels": said}}
