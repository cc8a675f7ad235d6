"""How much a page draws: forms draw forms, and a few that draw each other make more than a renderer can follow."""

import re
from collections import Counter
from collections.abc import Mapping

import pikepdf

from ocr.pages.content import bounded_bytes, drawn_objects, stream_size

_FORM_BYTES = 1_024
"""A form that draws nothing costs a renderer about as much as so many bytes of instructions."""
_DEPTH = 40
"""Renderers follow forms in forms no further."""
_DO = re.compile(rb"/([^\0\s/%()<>\[\]{}]+)[\0\s]+Do\b")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")

_Place = tuple[int, int]
_Key = tuple[_Place, _Place]


class Endless(Exception):
    """A drawing contains itself, or goes deeper than renderers follow."""


class Drawn:
    """What is drawn on one page. Each form is looked at once for every set of resources it is drawn with."""

    def __init__(self, page: pikepdf.Object, limit: int) -> None:
        self._page = page
        self._limit = limit
        self._known: dict[_Key, int] = {}

    def size(self, form: pikepdf.Object) -> int:
        """Return how many bytes of instructions are gone through to draw a form, or the page: those of a form count
        as often as it is drawn. More than the limit is `limit + 1`.

        Raises:
            Endless: there is no such number.
        """
        return self._size(form, self._page, ())

    def _size(self, form: pikepdf.Object, lent: pikepdf.Object, above: tuple[_Key, ...]) -> int:
        """`lent` is whose resources a form uses that has none. Source: ISO 32000-1, 7.8.3."""
        owner = form if isinstance(form.get("/Resources"), pikepdf.Dictionary) else lent
        key = form.objgen, owner.objgen
        if key in above or len(above) > _DEPTH:
            raise Endless
        if key not in self._known:
            size, names = _instructions(form, self._limit)
            for inner, times in self._forms(owner, names):
                size += times * self._size(inner, owner, (*above, key))
            self._known[key] = min(size + _FORM_BYTES, self._limit + 1)
        return self._known[key]

    def _forms(self, owner: pikepdf.Object, names: Mapping[str, int] | None) -> list[tuple[pikepdf.Object, int]]:
        """Return the forms of these names with how often each is drawn; where that is not known, all, once each.

        Resources without drawn objects are filled up with the page's, as PDFium does.
        """
        objects = drawn_objects(owner)
        objects = drawn_objects(self._page) if objects is None else objects
        if objects is None:
            return []
        told = dict.fromkeys(objects.keys(), 1) if names is None else names
        found = ((objects.get(name), times) for name, times in told.items())
        streams = [(thing, times) for thing, times in found if isinstance(thing, pikepdf.Stream)]
        return [(thing, times) for thing, times in streams if thing.get("/Subtype") == pikepdf.Name.Form]


def _instructions(drawing: pikepdf.Object, limit: int) -> tuple[int, Mapping[str, int] | None]:
    """Return how long the instructions of a form or page are, and how often they draw what; None: it cannot be told."""
    contents = drawing if isinstance(drawing, pikepdf.Stream) else drawing.get("/Contents")
    parts = [part for part in _parts(contents) if isinstance(part, pikepdf.Stream)]
    plain = [bounded_bytes(part, limit) for part in parts]
    known = [part for part in plain if part is not None]
    if len(known) < len(plain):
        return sum(stream_size(part, limit=limit) for part in parts), None
    joined = b"\n".join(known)
    return len(joined), Counter(_name(found.group(1)) for found in _DO.finditer(joined))


def _parts(contents: pikepdf.Object | None) -> list[pikepdf.Object | None]:
    return list(contents) if isinstance(contents, pikepdf.Array) else [contents]


def _name(written: bytes) -> str:
    plain = _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), written)
    return "/" + plain.decode("utf-8", "replace")
