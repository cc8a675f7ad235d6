"""Many writes -> bulk requests of bounded size, each item's answer looked at. Belongs to search/elastic.py.

A record's version is its document's version (`external_gte`): an older write never undoes a newer one, in whatever
order they come, and the same one may be repeated.
"""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from elasticsearch import ApiError

from search.elastic_server import BUSY, Server
from search.errors import IndexDamaged, IndexUnavailable

CHUNK_BYTES = 8_000_000
"""Before compression; one record that is larger goes alone."""
CHUNK_ITEMS = 1_000
WAITS = (0.25, 0.5, 1, 2, 4, 8, 16)
"""Seconds between tries while the server has no room, then it counts as unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One document to write, or to forget."""

    record_id: str
    version: int | None
    """None: forget the record."""
    lines: bytes
    """As they stand in a bulk request."""

    @classmethod
    def index(cls, document: dict[str, Any]) -> Self:
        """Return the writing of a document; see search.elastic_query.document."""
        record_id, version = document["record_id"], document["version"]
        action = {"index": {"_id": record_id, "version": version, "version_type": "external_gte"}}
        return cls(record_id=record_id, version=version, lines=_line(action) + _line(document))

    @classmethod
    def forget(cls, record_id: str) -> Self:
        """Return the forgetting of a record."""
        return cls(record_id=record_id, version=None, lines=_line({"delete": {"_id": record_id}}))


def send(writes: Iterable[Write], server: Server, alias: str) -> bool:
    """Write everything into the index behind the alias, a chunk after the other. Shows nothing yet: refresh.

    Returns whether the alias is there; where it is not, or no longer, the rest is not written.

    Raises:
        IndexUnavailable: some may be written.
        IndexDamaged: the server does not take such documents; some may be written.
    """
    try:
        for chunk in _chunks(writes):
            _send(chunk, server, alias)
    except _AliasGone:
        return False
    return True


class _AliasGone(Exception):
    """Nothing is behind the alias."""


def _send(chunk: Sequence[Write], server: Server, alias: str) -> None:
    left = chunk
    for seconds in (*WAITS, None):
        left, why = _try(left, server, alias)
        if not left:
            return
        if seconds is None:
            raise IndexUnavailable(server.place, f"{len(left)} of {len(chunk)} records were not taken: {why}")
        time.sleep(seconds)


def _try(writes: Sequence[Write], server: Server, alias: str) -> tuple[list[Write], str]:
    """Return what must be tried again, and why."""
    lines: Any = [write.lines for write in writes]
    try:
        with server.translated():
            answer = server.client.bulk(index=alias, require_alias=True, operations=lines, filter_path=_ANSWER)
    except IndexUnavailable as error:
        if not _has_no_room(error.__cause__):
            raise
        return list(writes), error.detail["why"]
    again, newer, why = [], [], ""
    for write, item in zip(writes, answer.body["items"], strict=True):
        (told,) = item.values()
        status = told["status"]
        if status == 409:
            newer.append(write)
        elif status in BUSY:
            again.append(write)
            why = _reason(told)
        elif status == 404 and "error" in told:
            raise _AliasGone
        elif status >= 400 and status != 404:
            raise IndexDamaged(server.place, _reason(told))
    if newer:
        forgotten = _forgotten(newer, server, alias)
        again += forgotten
        why = why or "forgotten a moment ago"
    return again, why


_ANSWER = "error.type,error.reason,items.*.status,items.*.error.type,items.*.error.reason"


def _has_no_room(cause: BaseException | None) -> bool:
    return isinstance(cause, ApiError) and cause.meta.status == 429


def _forgotten(writes: Sequence[Write], server: Server, alias: str) -> list[Write]:
    """Return those of the refused writes that no newer document stands in the way of.

    Elasticsearch remembers the version of what was forgotten for a moment, however short `gc_deletes` is.
    """
    with server.translated():
        found = server.client.mget(index=alias, ids=[w.record_id for w in writes], source=False)
    there = {one["_id"] for one in found.body["docs"] if one.get("found")}
    return [write for write in writes if write.record_id not in there]


def _reason(told: dict[str, Any]) -> str:
    error = told.get("error", {})
    return f"HTTP {told['status']}: {error.get('type', '')} {error.get('reason', '')}"[:300]


def _chunks(writes: Iterable[Write]) -> Iterator[list[Write]]:
    chunk: list[Write] = []
    size = 0
    for write in writes:
        if chunk and (size + len(write.lines) > CHUNK_BYTES or len(chunk) == CHUNK_ITEMS):
            yield chunk
            chunk, size = [], 0
        chunk.append(write)
        size += len(write.lines)
    if chunk:
        yield chunk


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
