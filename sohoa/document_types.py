"""Document types as people name them: by code or by Vietnamese name."""

from ocr.fields.doctypes import load_types
from sohoa.errors import NotAllowed


def type_code(need: str) -> str:
    """Return the code of a document type given by its code or its Vietnamese name, in any case."""
    types = load_types()
    if need in types:
        return need
    wanted = need.casefold()
    for spec in types.values():
        if wanted in (spec.code.casefold(), spec.name.casefold()):
            return spec.code
    raise NotAllowed(f"{need!r} names no document type; known are {', '.join(sorted(types))}")
