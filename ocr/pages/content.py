"""The drawing instructions of a page or form, parsed within limits."""

import zlib
from collections.abc import Iterator

import pikepdf

SHOW_TEXT = frozenset({"Tj", "TJ", "'", '"'})
PAINT = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "INLINE IMAGE"})
"""What leaves ink besides text and objects drawn by `Do`."""


def bounded_bytes(stream: pikepdf.Object, limit: int) -> bytes | None:
    """Decoded bytes of a stream, or None if it has more than `limit` or an unusual filter."""
    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    raw = stream.read_raw_bytes()
    if filters is None or names == []:
        return raw if len(raw) <= limit else None
    if names != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        return None
    unpacker = zlib.decompressobj()
    plain = unpacker.decompress(raw, limit + 1)
    return plain if len(plain) <= limit else None


def instructions(content: bytes) -> Iterator[tuple[list[pikepdf.Object], str]]:
    """Yield each instruction's operands and operator, in order."""
    with pikepdf.new() as owner:
        for instruction in pikepdf.parse_content_stream(pikepdf.Stream(owner, content)):
            yield list(instruction.operands), str(instruction.operator)


def drawn_objects(owner: pikepdf.Object) -> pikepdf.Object | None:
    """Return the dictionary of objects that `Do` may name in a page or form, or None."""
    resources = owner.get("/Resources")
    objects = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
    return objects if isinstance(objects, pikepdf.Dictionary) else None
