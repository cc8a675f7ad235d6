"""How an Elasticsearch server and its index are, for `sohoa doctor`. Belongs to search/elastic.py."""

import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from search.elastic_alias import Alias
from search.elastic_server import Server
from search.errors import IndexRefused, SearchError

PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticHealth:
    """What was found. A figure that could not be had is None, and `error` says why when it is a fault."""

    place: str
    reachable: bool
    """Whether the server answered, if only to refuse."""
    error: SearchError | None
    """The first thing that was wrong, with its remedy."""
    version: str | None = None
    certificate_expires: datetime | None = None
    """UTC; None without TLS, or when the certificate is not trusted."""
    layout_current: bool | None = None
    """Whether the index has today's layout; False: `sohoa reindex`. None: there is no index yet."""
    documents: int | None = None
    """Records that can be found."""
    clock_ahead_seconds: float | None = None
    """By how much the server's clock is ahead of ours; None without the right to monitor."""
    free_bytes: int | None = None
    """Room on the server's disk; None without the right to monitor."""


def look_at(alias: Alias) -> ElasticHealth:
    """Return how the server and the index behind the alias are. Changes nothing."""
    server = alias.server
    version: str | None = None
    current: bool | None = None
    documents: int | None = None
    fault: SearchError | None = None
    try:
        with server.translated():
            version = str(server.client.info().body["version"]["number"])
        current = alias.is_current()
        if current is not None:
            with server.translated():
                documents = int(server.client.count(index=alias.name).body["count"])
    except SearchError as error:
        fault = error
    ahead, free = _node(server) if version else (None, None)
    return ElasticHealth(
        place=server.place,
        reachable=version is not None or isinstance(fault, IndexRefused),
        error=fault,
        version=version,
        certificate_expires=_certificate_expires(server),
        layout_current=current,
        documents=documents,
        clock_ahead_seconds=ahead,
        free_bytes=free,
    )


def _node(server: Server) -> tuple[float | None, int | None]:
    """Return by how much the server's clock is ahead, and its room. To half the time that the answer took."""
    before = time.time()
    try:
        with server.translated():
            answer = server.client.nodes.stats(node_id="_local", metric="fs").body
    except SearchError:
        return None, None
    node = next(iter(answer["nodes"].values()), None)
    if node is None:
        return None, None
    middle = (before + time.time()) / 2
    return node["timestamp"] / 1000 - middle, node["fs"]["total"]["available_in_bytes"]


def _certificate_expires(server: Server) -> datetime | None:
    address = urlsplit(server.place)
    if address.scheme != "https" or address.hostname is None:
        return None
    trusted = ssl.create_default_context(cafile=str(server.ca) if server.ca else None)
    with (
        suppress(OSError),
        socket.create_connection((address.hostname, address.port or 443), timeout=PATIENCE_SECONDS) as plain,
        trusted.wrap_socket(plain, server_hostname=address.hostname) as safe,
    ):
        certificate = safe.getpeercert() or {}
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    return None
