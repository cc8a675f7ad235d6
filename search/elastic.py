"""The index on an Elasticsearch server: one alias, any number of writers and readers."""

import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar

from elasticsearch import ApiError, NotFoundError, TransportError

from search.elastic_alias import Alias
from search.elastic_bulk import Write, send
from search.elastic_health import ElasticHealth, look_at
from search.elastic_query import document, request
from search.elastic_server import open_server
from search.errors import IndexDamaged, IndexUnavailable
from search.flat import FACETS, flatten
from search.index import Entry, Hits
from search.query import Level, Query
from search.shown import Shown

PAGE = 10_000
"""Records of one page of `versions`."""
IN_MEMORY_BYTES = 32_000_000
"""Entries of one `put` that are larger than this wait in a temporary file for the last of them."""
KEEP_ALIVE = "2m"
PAUSES = (0.05, 0.2, 0.8)
"""Seconds until one asks or writes again when the index behind the alias is swapped for another one meanwhile."""
GONE, NO_SHARD = 404, 503
"""What the server answers when an index is removed while it is asked for it."""

T = TypeVar("T")


class ElasticIndex:
    """Records, findable, behind one alias of an Elasticsearch 8 server; made on first use.

    Needs the rights in infra/elasticsearch/README.md on `<alias>` and `<alias>-*`, and no more.
    """

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None,
        ca: Path | None,
        alias: str,
        basic_auth: tuple[str, str] | None = None,
    ) -> None:
        self._server = open_server(url, api_key=api_key, ca=ca, basic_auth=basic_auth)
        self._alias = Alias(server=self._server, name=alias)
        self._client = self._server.client
        self._is_ready = False

    def put(self, entries: Iterable[Entry]) -> None:
        """See RecordIndex.put. Nothing is sent before the last entry is there; then all of it, and shown at once."""
        self._ready()
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as waiting:
            keys = [_spool(Write.index(document(flatten(entry))), waiting) for entry in entries]
            if keys:
                self._write(lambda: _spooled(keys, waiting))

    def remove(self, record_ids: Iterable[str]) -> None:
        """See RecordIndex.remove."""
        self._ready()
        writes = [Write.forget(record_id) for record_id in record_ids]
        if writes:
            self._write(lambda: writes)

    def search(self, query: Query) -> Hits:
        """See RecordIndex.search."""
        self._ready()
        for level in Level:
            found = self._read(partial(self._found, query, level))
            hits = _answer(found, query, approximate=level > Level.AS_TYPED)
            if hits.total or query.typed_nothing:
                return hits
        return Hits(total=0, hits=(), facets={name: {} for name in FACETS})

    def versions(self) -> Mapping[str, int]:
        """See RecordIndex.versions. All of one moment, whoever writes meanwhile."""
        self._ready()
        return self._read(self._all_versions)

    def rebuild(self, entries: Iterable[Entry]) -> None:
        """See Rebuildable.rebuild. Writers go on: what they write is in the old index and in the new.

        The entries are asked for after the new index is there: let them come from the catalogue as it then is.
        """
        with self._alias.made_anew() as target:
            if not self._sent((Write.index(document(flatten(entry))) for entry in entries), target):
                raise IndexUnavailable(self._server.place, "another command made it anew meanwhile")
        self._is_ready = True

    def health(self) -> ElasticHealth:
        """Return how server and index are; never raises for what is wrong with them."""
        return look_at(self._alias)

    def _read(self, ask: Callable[[], T]) -> T:
        """Return what was asked for; an index that is swapped for a new one at that very moment is asked again."""
        with self._server.translated():
            return _again(ask, when=(GONE, NO_SHARD))

    def _found(self, query: Query, level: Level) -> Mapping[str, Any]:
        asked = _named(request(query, level))
        found = self._client.search(index=self._alias.name, allow_partial_search_results=False, **asked)
        return dict(found.body)

    def _all_versions(self) -> Mapping[str, int]:
        moment = self._client.open_point_in_time(index=self._alias.name, keep_alive=KEEP_ALIVE).body["id"]
        try:
            return dict(self._listed(moment))
        finally:
            # The server forgets it by itself; what went wrong before matters more than that it cannot now.
            with suppress(ApiError, TransportError):
                self._client.close_point_in_time(id=moment)

    def _ready(self) -> None:
        if not self._is_ready:
            self._alias.ready()
            self._is_ready = True

    def _write(self, writes: Callable[[], Iterable[Write]]) -> None:
        """Write into the index, and first into the one that is to take its place.

        The same writes may be sent again, since each has its version: so they are when the index is swapped meanwhile.
        """
        for seconds in (*PAUSES, None):
            # The second may be gone because it was swapped for the first; the first because its maker gave up.
            there = [self._sent(writes(), target) for target in self._alias.targets()]
            if there[-1]:
                return
            if seconds is not None:
                time.sleep(seconds)
        raise IndexDamaged(self._server.place, "it is gone")

    def _sent(self, writes: Iterable[Write], target: str) -> bool:
        """Write and show; return whether the alias was there all the while."""
        if not send(writes, self._server, target):
            return False
        with self._server.translated():
            try:
                _again(partial(self._client.indices.refresh, index=target), when=(NO_SHARD,))
            except NotFoundError:
                return False
        return True

    def _listed(self, moment: str) -> Iterator[tuple[str, int]]:
        after: list[Any] | None = None
        while True:
            page = self._client.search(
                pit={"id": moment, "keep_alive": KEEP_ALIVE},
                size=PAGE,
                sort=[{"_shard_doc": "asc"}],
                search_after=after,
                source=False,
                docvalue_fields=[{"field": "version"}],
                track_total_hits=False,
                allow_partial_search_results=False,
            ).body["hits"]["hits"]
            for hit in page:
                yield hit["_id"], int(hit["fields"]["version"][0])
            if len(page) < PAGE:
                return
            after = page[-1]["sort"]


def _again(ask: Callable[[], T], *, when: Collection[int]) -> T:
    """Return what was asked for, asked again a few times when the server answers so."""
    for seconds in PAUSES:
        try:
            return ask()
        except ApiError as error:
            if error.meta.status not in when:
                raise
        time.sleep(seconds)
    return ask()


def _named(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a search as the client's parameters: `from` is a word of Python."""
    return {"from_" if name == "from" else name: value for name, value in body.items()}


def _answer(found: Mapping[str, Any], query: Query, *, approximate: bool) -> Hits:
    hits = []
    for hit in found["hits"]["hits"]:
        shown = Shown.from_bytes(hit["_source"]["shown"].encode())
        hits.append(shown.hit(1.0 if query.typed_nothing else hit["_score"], query, approximate=approximate))
    counted = found["aggregations"]
    return Hits(
        total=found["hits"]["total"]["value"],
        hits=tuple(hits),
        facets={name: {one["key"]: one["doc_count"] for one in counted[name]["buckets"]} for name in FACETS},
        approximate=approximate and bool(hits),
    )


def _spool(write: Write, waiting: IO[bytes]) -> tuple[str, int | None, int]:
    return write.record_id, write.version, waiting.write(write.lines)


def _spooled(keys: Iterable[tuple[str, int | None, int]], waiting: IO[bytes]) -> Iterator[Write]:
    waiting.seek(0)
    for record_id, version, size in keys:
        yield Write(record_id=record_id, version=version, lines=waiting.read(size))
