"""Service deployments of one test each: a bucket, a database and an alias of their own on the servers that run."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from tests.databases import own_database
from tests.fresh_index import forget, own_alias
from tests.s3_buckets import own_bucket

PARTS = ("objects", "catalogue", "index")


@contextmanager
def own_deployment(services: Mapping[str, str], parts: Collection[str] = PARTS) -> Iterator[dict[str, str]]:
    """Lend the settings, by their names in the environment, that put these parts on servers; the rest is embedded."""
    named: dict[str, str] = {}
    with ExitStack() as lent:
        if "objects" in parts:
            access = lent.enter_context(own_bucket(dict(services))).access
            named |= {
                "SOHOA_S3_ENDPOINT": access.endpoint,
                "SOHOA_S3_ACCESS_KEY": access.access_key,
                "SOHOA_S3_SECRET_KEY": access.secret_key,
                "SOHOA_S3_BUCKET": access.bucket,
                "SOHOA_S3_CA": str(access.ca),
                "SOHOA_S3_LOCK": access.lock,
                "SOHOA_S3_ENCRYPTION": "sse-s3",
            }
        if "catalogue" in parts:
            named["SOHOA_DATABASE_URL"] = lent.enter_context(own_database(services))
        if "index" in parts:
            alias = own_alias()
            lent.callback(forget, alias, services)
            kept = ("SOHOA_ELASTICSEARCH_URL", "SOHOA_ELASTICSEARCH_API_KEY", "SOHOA_ELASTICSEARCH_CA")
            named |= {name: services[name] for name in kept} | {"SOHOA_INDEX": alias}
        yield named
