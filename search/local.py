"""The index on this machine: tantivy in a folder, one writer at a time, any number of readers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tantivy import Index, IndexWriter, Order, Searcher
from tantivy import Query as Native

from search.errors import IndexDamaged
from search.flat import FACETS, MOST_FACETS, flatten
from search.index import Entry, Hits
from search.local_folder import IndexFolder
from search.local_query import Translation, document, read_reference, schema
from search.lock import ignore
from search.query import Level, Query
from search.shown import Shown

WRITER_BYTES = 50_000_000
"""Memory of one writer; tantivy wants 15 MB at the least."""


class LocalIndex:
    """Records, findable, in a folder of this machine; made on first use.

    Writers, of this process or another, wait for one another up to `wait_seconds` and call `on_wait` once with an
    English sentence; readers never wait and see the last finished write. Several objects may share one folder.
    """

    def __init__(self, folder: Path, *, wait_seconds: float = 120.0, on_wait: Callable[[str], None] = ignore) -> None:
        self._folder = IndexFolder(folder, wait_seconds=wait_seconds, on_wait=on_wait)
        self._translation = Translation(schema())

    def put(self, entries: Iterable[Entry]) -> None:
        """See RecordIndex.put. The entries are asked for one by one while other writers wait."""
        with self._folder.sole_writer():
            index = self._folder.open_for_writing()
            with self._folder.translated():
                found = index.searcher()
            newest: dict[str, int] = {}
            with self._writing(index) as writer:
                for entry in entries:
                    record_id, version = entry.record.record_id, entry.record.version
                    made = document(flatten(entry))
                    with self._folder.translated():
                        held = newest.get(record_id) or self._version(found, record_id)
                        if held <= version:
                            writer.delete_documents_by_term("record_id", record_id)
                            writer.add_document(made)
                            newest[record_id] = version

    def remove(self, record_ids: Iterable[str]) -> None:
        """See RecordIndex.remove."""
        with self._folder.sole_writer(), self._writing(self._folder.open_for_writing()) as writer:
            for record_id in record_ids:
                # Queued in memory: nothing of tantivy's can fail before the commit.
                writer.delete_documents_by_term("record_id", record_id)

    def search(self, query: Query) -> Hits:
        """See RecordIndex.search."""
        searcher = self._searcher()
        with self._folder.translated():
            for level in Level:
                native = self._translation.native(query, level)
                total = searcher.search(native, 1).count  # type: ignore[attr-defined]  # not in its stubs
                if total or query.typed_nothing:
                    return _answer(searcher, native, query, total=total, approximate=level > Level.AS_TYPED)
        return Hits(total=0, hits=(), facets={name: {} for name in FACETS})

    def versions(self) -> Mapping[str, int]:
        """See RecordIndex.versions."""
        searcher = self._searcher()
        with self._folder.translated():
            # Without the filter, terms of replaced documents are listed too, until their segment merges.
            terms = searcher.terms_with_prefix("reference", "", Native.all_query())
        return dict(read_reference(term) for term, _ in terms)

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """See Rebuildable.rebuild. Other writers wait: let the entries come from the catalogue as it then is."""
        with self._folder.sole_writer():
            try:
                index = self._folder.open_for_writing()
                with self._folder.translated():
                    index.searcher().search(Native.all_query(), 1)
            except IndexDamaged:
                index = self._folder.make_afresh()
            with self._writing(index) as writer:
                writer.delete_all_documents()
                for entry in entries:
                    made = document(flatten(entry))
                    with self._folder.translated():
                        writer.add_document(made)
            self._folder.filled()

    def _version(self, searcher: Searcher, record_id: str) -> int:
        found = searcher.search(self._translation.record(record_id), 1)
        values = searcher.fast_field_values("version", [address for _, address in found.hits])
        return int(values[0] or 0) if values else 0

    def _searcher(self) -> Searcher:
        index = self._folder.open_for_reading()
        with self._folder.translated():
            return index.searcher()

    @contextmanager
    def _writing(self, index: Index) -> Iterator[IndexWriter]:
        """Commit what the block wrote, or none of it when the block raises."""
        with self._folder.translated():
            writer = index.writer(WRITER_BYTES, 1)
        kept = False
        try:
            yield writer
            with self._folder.translated():
                writer.commit()
            kept = True
        finally:
            with self._folder.translated():
                if not kept:
                    writer.rollback()
                # Ends the writer, and with it tantivy's own lock, before ours is let go.
                writer.wait_merging_threads()


def _answer(searcher: Searcher, native: Native, query: Query, *, total: int, approximate: bool) -> Hits:
    order = "issued" if query.typed_nothing else None
    found = searcher.search(native, query.limit, False, order, query.offset, Order.Desc)
    hits = []
    for score, address in found.hits:
        shown = Shown.from_bytes(bytes(searcher.doc(address)["shown"][0]))
        hits.append(shown.hit(1.0 if query.typed_nothing else float(score), query, approximate=approximate))
    counts = searcher.aggregate(native, {n: {"terms": {"field": n, "size": MOST_FACETS}} for n in FACETS})
    return Hits(
        total=total,
        hits=tuple(hits),
        facets={n: {b["key"]: int(b["doc_count"]) for b in counts[n]["buckets"]} for n in FACETS},
        approximate=approximate,
    )
