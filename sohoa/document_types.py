"""Document types as people name them: by code or by Vietnamese name."""

from collections.abc import Iterable, Sequence
from typing import Any

from ocr.fields.doctypes import load_types
from sohoa.errors import NotAllowed
from sohoa.messages import known, reason, words


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


def label(name: str, type_code: str) -> str:
    """Return how people call a field of this type, in Vietnamese; its own name where the type does not know it."""
    spec = load_types().get(type_code)
    field = spec.fields.get(name) if spec else None
    return field.label if field else name


def things_in_words(things: Iterable[str], type_code: str) -> str:
    """Return fields by their labels and findings by their sentences, for the reason why a record waits."""
    return "; ".join(words(one).vi.rstrip(".") if known(one) else label(one, type_code) for one in things)


def waits_for_a_person(things: Sequence[str], type_code: str) -> dict[str, Any]:
    """Return the reason object of a record in review: in words, with the names of what must be settled."""
    said = reason("needs_review", remedy="resubmit", what=things_in_words(things, type_code))
    return {**said, "detail": {"open": list(things)}}
