"""An index of its own on the running Elasticsearch, gone afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from elasticsearch import Elasticsearch

from search.elastic import ElasticIndex


def own_alias() -> str:
    """Return an alias that nobody else uses, within the rights of the application's key."""
    return f"sohoa-test-{uuid4().hex[:12]}"


def elastic_at(services: Mapping[str, str], alias: str, **others: Any) -> ElasticIndex:
    """Return the index behind the alias, with the application's own key."""
    given: dict[str, Any] = {
        "api_key": services["SOHOA_ELASTICSEARCH_API_KEY"],
        "ca": Path(services["SOHOA_ELASTICSEARCH_CA"]),
    }
    return ElasticIndex(services["SOHOA_ELASTICSEARCH_URL"], alias=alias, **(given | others))


def administrator(services: Mapping[str, str]) -> Elasticsearch:
    """Return a client that may do everything; one for all tests of the process."""
    return _administrator(
        services["SOHOA_ELASTICSEARCH_URL"],
        services["SOHOA_ELASTICSEARCH_CA"],
        services["SOHOA_TEST_ELASTICSEARCH_ADMIN_USER"],
        services["SOHOA_TEST_ELASTICSEARCH_ADMIN_PASSWORD"],
    )


@cache
def _administrator(url: str, ca: str, user: str, password: str) -> Elasticsearch:
    return Elasticsearch(url, ca_certs=ca, basic_auth=(user, password))


def indices_of(alias: str, services: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the indices of this alias, served or left over, and the aliases of each."""
    found = administrator(services).indices.get(
        index=f"{alias},{alias}-*", ignore_unavailable=True, features=["aliases"]
    )
    return {name: sorted(told["aliases"]) for name, told in found.body.items()}


@contextmanager
def fresh_elastic(services: Mapping[str, str]) -> Iterator[ElasticIndex]:
    """Lend an index that never was."""
    alias = own_alias()
    try:
        yield elastic_at(services, alias)
    finally:
        forget(alias, services)


def forget(alias: str, services: Mapping[str, str]) -> None:
    """Remove whatever was made for the alias."""
    left = indices_of(alias, services)
    if left:
        administrator(services).indices.delete(index=",".join(left), ignore_unavailable=True)
