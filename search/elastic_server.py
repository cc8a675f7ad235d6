"""The connection to an Elasticsearch server: made, and its errors turned into ours. Belongs to search/elastic.py."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from elastic_transport import ConnectionError as NotConnected
from elastic_transport import TlsError
from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError

from search.errors import IndexDamaged, IndexRefused, IndexUnavailable, SearchError

SECONDS = 60.0
"""For one request; searches take milliseconds, a chunk of large records seconds."""
BUSY = frozenset({408, 429, 500, 502, 503, 504})

_KEYS_NOT_READ = "encountered a failure"
"""In a refusal while the server starts and cannot read its own list of keys yet; a wrong key is "not found"."""
_SAFE = re.compile(r"//[^/@\s]*@")


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server and how to speak to it. May be shared between threads; connects on first use."""

    client: Elasticsearch
    place: str
    """Its address, without credentials."""
    ca: Path | None

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what the client raises in the block into ours."""
        try:
            yield
        except (ApiError, TransportError, UnsupportedProductError) as error:
            raise self._ours(error) from error

    def _ours(self, error: Exception) -> SearchError:
        if isinstance(error, TlsError):
            return IndexRefused(self.place, "its certificate is not trusted", "SOHOA_ELASTICSEARCH_CA")
        if isinstance(error, UnsupportedProductError):
            return IndexRefused(self.place, "it is not Elasticsearch 8", "SOHOA_ELASTICSEARCH_URL")
        if not isinstance(error, ApiError):
            why = "no connection" if isinstance(error, NotConnected) else "no answer in time"
            return IndexUnavailable(self.place, f"{why} ({type(error).__name__})")
        status, why = error.meta.status, self.reason(error)
        if status in BUSY or (status == 401 and _KEYS_NOT_READ in str(error.body)):
            return IndexUnavailable(self.place, why)
        if "resource_already_exists" in why_type(error):
            return IndexUnavailable(self.place, "another command is making it")
        if status == 401:
            return IndexRefused(self.place, "the API key is not accepted", "SOHOA_ELASTICSEARCH_API_KEY")
        if status == 403:
            return IndexRefused(self.place, why, "SOHOA_ELASTICSEARCH_API_KEY, SOHOA_INDEX")
        return IndexDamaged(self.place, "it is gone" if status == 404 else why)

    @staticmethod
    def reason(error: ApiError) -> str:
        """Return what the server said was the matter, in one short line."""
        causes = error.body.get("error") if isinstance(error.body, dict) else None
        said = causes.get("reason") or causes.get("type") if isinstance(causes, dict) else causes
        return f"HTTP {error.meta.status}" + (f": {str(said)[:300]}" if said else "")


def open_server(url: str, *, api_key: str | None, ca: Path | None, basic_auth: tuple[str, str] | None = None) -> Server:
    """Return the server at the address; nothing is asked of it yet.

    Raises:
        IndexRefused: the certificates cannot be read.
    """
    place = _SAFE.sub("//", url.rstrip("/"))
    given: dict[str, Any] = {"api_key": api_key, "basic_auth": basic_auth}
    if urlsplit(url).scheme == "https" and ca is not None:
        try:
            given["ssl_context"] = ssl.create_default_context(cafile=str(ca))
        except OSError as error:
            raise IndexRefused(place, "the certificates cannot be read", "SOHOA_ELASTICSEARCH_CA") from error
    client = Elasticsearch(
        url,
        request_timeout=SECONDS,
        http_compress=True,
        # Repeating is decided by us: a write that is refused for want of room waits longer each time.
        max_retries=0,
        retry_on_timeout=False,
        **{name: value for name, value in given.items() if value is not None},
    )
    return Server(client=client, place=place, ca=ca)


def why_type(error: ApiError) -> str:
    """Return the server's own name of the matter, or "" when it gave none."""
    causes = error.body.get("error") if isinstance(error.body, dict) else None
    return str(causes.get("type", "")) if isinstance(causes, dict) else ""
