"""The drawing instructions of a page or form, parsed within limits; how much a packed stream holds."""

import zlib
from collections.abc import Iterable, Iterator

import pikepdf

SHOW_TEXT = frozenset({"Tj", "TJ", "'", '"'})
PAINT = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "INLINE IMAGE"})
"""What leaves ink besides text and objects drawn by `Do`."""

_STEP = 1 << 20


def bounded_bytes(stream: pikepdf.Object, limit: int) -> bytes | None:
    """Decoded bytes of a stream, or None if it has more than `limit` or an unusual filter."""
    names = filters_of(stream)
    raw = stream.read_raw_bytes()
    if not names:
        return raw if len(raw) <= limit else None
    if names != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        return None
    unpacker = zlib.decompressobj()
    plain = unpacker.decompress(raw, limit + 1)
    return plain if len(plain) <= limit else None


def filters_of(stream: pikepdf.Object) -> list[str]:
    """Return the names of a stream's filters, the first to be undone first."""
    filters = stream.get("/Filter")
    if filters is None:
        return []
    return [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]


def unpacked_size(raw: bytes, times: int, *, limit: int) -> int:
    """Return how many bytes come out of data that was packed by zlib so many times, or `limit + 1` for any more.

    Counted without being kept; where the data is damaged the count ends.
    """
    size = 0
    for chunk in _chunks(raw, times):
        size += len(chunk)
        if size > limit:
            return limit + 1
    return size


def _chunks(raw: bytes, times: int) -> Iterable[bytes]:
    chunks: Iterable[bytes] = (raw[at : at + _STEP] for at in range(0, len(raw), _STEP))
    for _ in range(times):
        chunks = _unpacked(chunks)
    return chunks


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for chunk in chunks:
        rest = chunk
        while rest and not unpacker.eof:
            try:
                plain = unpacker.decompress(rest, _STEP)
            except zlib.error:
                return
            rest = unpacker.unconsumed_tail
            yield plain


def stream_size(stream: pikepdf.Object, *, limit: int) -> int:
    """Return how many bytes a stream has once the outer packing by zlib is undone. See unpacked_size."""
    return unpacked_size(stream.read_raw_bytes(), _outer(stream), limit=limit)


def unpacked_head(stream: pikepdf.Object, *, limit: int) -> bytes:
    """Return the first bytes of a stream, at most `limit`, once the outer packing by zlib is undone."""
    head = bytearray()
    for chunk in _chunks(stream.read_raw_bytes(), _outer(stream)):
        head += chunk
        if len(head) >= limit:
            break
    return bytes(head[:limit])


def _outer(stream: pikepdf.Object) -> int:
    """Return how often a stream was packed by zlib last of all."""
    names = filters_of(stream)
    return next((n for n, name in enumerate(names) if name not in ("/FlateDecode", "/Fl")), len(names))


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
