"""Which annotations of a page count as printed.

Number and day of an issue, laid over the page as text, count. The appearance of a signature does not: it is
no part of the paper. Vietnamese signing programs also write number and day as signature fields of their
own; such a field shows one short text and nothing else, and counts as printed.
"""

import pikepdf

from ocr.pages.content import PAINT, SHOW_TEXT, bounded_bytes, drawn_objects, instructions

_APPEARANCE_BYTES = 65_536
_DEPTH = 6
_PARENTS = 32
_SILENT = (pikepdf.Name.Popup, pikepdf.Name.Link)
_LETTERS = 40
"""A number with its symbol, or a full date, is shorter; a signature's text is longer or has a picture."""


def keep_printed(page: pikepdf.Page) -> int:
    """Take signatures and what is never drawn off the page, in memory, and return how many annotations are left.

    Filled form fields become stamps: the renderer draws fields only for a document with a form.
    """
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return 0
    kept = [note for note in annotations if _is_drawn(note) and (not _is_signature(note) or _is_short_text(note))]
    for note in kept:
        if note.get("/Subtype") == pikepdf.Name.Widget:
            note.Subtype = pikepdf.Name.Stamp
    page.obj.Annots = pikepdf.Array(kept)
    return len(kept)


def _is_drawn(note: pikepdf.Object) -> bool:
    return isinstance(note, pikepdf.Dictionary) and note.get("/AP") is not None and note.get("/Subtype") not in _SILENT


def _is_signature(note: pikepdf.Object) -> bool:
    if not isinstance(note, pikepdf.Dictionary) or note.get("/Subtype") != pikepdf.Name.Widget:
        return False
    field: pikepdf.Object | None = note
    for _ in range(_PARENTS):
        if not isinstance(field, pikepdf.Dictionary):
            return False
        if field.get("/FT") is not None:
            return bool(field.get("/FT") == pikepdf.Name.Sig)
        field = field.get("/Parent")
    return False


def _is_short_text(note: pikepdf.Object) -> bool:
    looks = note.get("/AP")
    normal = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
    letters = _letters(normal, _DEPTH) if isinstance(normal, pikepdf.Stream) else None
    return letters is not None and 0 < letters <= _LETTERS


def _letters(form: pikepdf.Object, depth: int) -> int | None:
    """Count the letters a form shows; None if it shows anything else or cannot be told."""
    plain = bounded_bytes(form, _APPEARANCE_BYTES)
    if plain is None or depth == 0:
        return None
    objects = drawn_objects(form)
    total = 0
    for operands, name in instructions(plain):
        if name in PAINT:
            return None
        if name in SHOW_TEXT:
            total += _shown(operands)
        elif name == "Do":
            target = objects.get(str(operands[0])) if objects is not None else None
            if not isinstance(target, pikepdf.Stream) or target.get("/Subtype") == pikepdf.Name.Image:
                return None
            inner = _letters(target, depth - 1)
            if inner is None:
                return None
            total += inner
    return total


def _shown(operands: list[pikepdf.Object]) -> int:
    """Count letters, taking strings for two-byte ones: Vietnamese needs fonts of that kind."""
    last = operands[-1]
    parts = list(last) if isinstance(last, pikepdf.Array) else [last]
    return sum((len(bytes(part)) + 1) // 2 for part in parts if isinstance(part, pikepdf.String))
