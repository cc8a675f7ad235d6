"""From settings to adapters: the only place that names concrete classes.

An adapter is imported when it is asked for, so that a command pays only for what it uses.
"""

import os
import socket
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from search.index import RebuildableIndex
from signing.process import SignerProcess
from signing.trust import TrustStore
from sohoa.audit import AuditLog
from sohoa.errors import CatalogueLost
from sohoa.moved import ADDRESSES
from sohoa.pool import Pool
from sohoa.settings import Settings, load
from sohoa.toolbox import Toolbox
from storage.catalog import Catalog
from storage.engine import current, open_engine
from storage.keys import KeyStore
from storage.ledger import Ledger
from storage.objects import ObjectStore, Retention
from storage.schema import HEAD

if TYPE_CHECKING:
    from search.elastic import ElasticIndex
    from storage.s3_access import S3Access


def build(settings: Settings) -> Toolbox:
    """Return the adapters that the settings ask for, made on first use; what has no address lies under `settings.home`.

    Raises:
        CatalogUnavailable, CatalogUnusable, StoreUnavailable, StoreFull: a database or store cannot be used.
    """
    home = settings.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    ledger, catalog = _database(settings)
    store, retention = _objects(settings)
    authority = home / "authority"
    return Toolbox(
        settings=settings,
        store=store,
        retention=retention,
        ledger=ledger,
        catalog=catalog,
        keys=KeyStore.open(home / "keys", create=_is_new(store)),
        index=_index(settings),
        pool=pool_of(settings),
        signer=own_signer_at(authority),
        trust=TrustStore(home / "trust", built_in=[authority / "anchors.pem"]),
        revocation_lists=lambda: [file.read_bytes() for file in sorted(authority.glob("*.crl"))],
        audit=AuditLog(home / "audit" / "audit.jsonl", who=settings.user, clock=now),
        clock=now,
        worker=worker_name(),
        signer_is_test=True,
        scratch=home / "run" / "scratch",
        typeface=typeface(),
    )


def pool_of(settings: Settings) -> Pool:
    """Return the worker processes; none is started yet."""
    return Pool(settings.workers or os.cpu_count() or 1, memory_limit_bytes=settings.worker_memory_mb << 20)


def embedded(settings: Settings, *, but: Collection[str] = ()) -> Settings:
    """Return the same settings without services, but for those named: all else lies under the home."""
    return settings.model_copy(update=dict.fromkeys(name for name in ADDRESSES if name not in but))


def _database(settings: Settings) -> tuple[Ledger, Catalog]:
    """Return ledger and catalogue, in a database that has all their tables."""
    address = settings.database_url
    engine = open_engine(settings.home / "catalog.db" if address is None else address.get_secret_value())
    if current(engine) != HEAD:
        from storage.migrate import upgrade

        upgrade(engine)
    return Ledger(engine), Catalog(engine)


def _objects(settings: Settings) -> tuple[ObjectStore, Retention]:
    """Return where bytes are kept, and what keeps them from being destroyed."""
    if settings.s3_endpoint is None:
        from storage.disk import DiskStore
        from storage.retention_disk import DiskRetention

        return DiskStore(settings.home / "objects"), DiskRetention(settings.home / "objects")
    from storage.retention_s3 import S3Retention
    from storage.s3 import S3Store
    from storage.s3_bucket import prepare

    access = s3_access(settings)
    prepare(access)
    return S3Store(access), S3Retention(access)


def s3_access(settings: Settings) -> "S3Access":
    """Return address and account of the S3 store."""
    from storage.s3_access import S3Access

    assert settings.s3_endpoint and settings.s3_access_key and settings.s3_secret_key, "checked when settings load"
    return S3Access(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        bucket=settings.s3_bucket,
        region=settings.s3_region,
        ca=settings.s3_ca,
        lock=settings.s3_lock,
        encrypted=settings.s3_encryption == "sse-s3",
        scratch=settings.home / "run" / "scratch",
    )


def s3_administrator(settings: Settings) -> "S3Access | None":
    """Return the account that administers the S3 store, if it is named: for the rehearsal of `doctor --worm` alone."""
    if settings.s3_admin_access_key is None or settings.s3_admin_secret_key is None:
        return None
    return replace(
        s3_access(settings),
        access_key=settings.s3_admin_access_key.get_secret_value(),
        secret_key=settings.s3_admin_secret_key.get_secret_value(),
    )


def _index(settings: Settings) -> RebuildableIndex:
    if settings.elasticsearch_url is None:
        from search.local import LocalIndex

        return LocalIndex(settings.home / "index")
    return elastic_index(settings)


def elastic_index(settings: Settings) -> "ElasticIndex":
    """Return the index on the Elasticsearch server that the settings name."""
    from search.elastic import ElasticIndex

    assert settings.elasticsearch_url, "asked for by the caller"
    key = settings.elasticsearch_api_key
    return ElasticIndex(
        settings.elasticsearch_url,
        api_key=None if key is None else key.get_secret_value(),
        ca=settings.elasticsearch_ca,
        alias=settings.index,
    )


def own_signer_at(authority: Path) -> SignerProcess:
    """Return a signer of its own under the test authority in this folder, made on first use."""
    return SignerProcess(authority, typeface=typeface())


def typeface() -> Path:
    """Return the typeface of the conversion block: Times metrics, 1000 units per em."""
    return Path(str(files("sohoa.typefaces").joinpath("Tinos-Regular.ttf")))


def _is_new(store: ObjectStore) -> bool:
    """Whether nothing was received here yet: only then is the archive's key made; later, its loss is told.

    A folder for keys proves nothing: whoever made it may have been killed, or be about to make the key.
    """
    return next(iter(store.list("facts/receipts/")), None) is None


@cache
def toolbox_at(home: str) -> Toolbox:
    """Return this process's adapters for one home; commands and flows of a process share them."""
    return build(load(home=Path(home)))


def whole(kit: Toolbox) -> Toolbox:
    """Return the tools if the catalogue goes with the store.

    Raises CatalogueLost: it is empty, and papers were received. Receipts are written after the batch is.
    """
    if not kit.ledger.batches() and not _is_new(kit.store):
        raise CatalogueLost
    return kit


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def worker_name() -> str:
    """Return this process as leases name it; its start tells it from a later process with the same id."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(worker: str) -> bool:
    """Whether the process that named itself so is known to have ended: on this host, and no longer there."""
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    started = worker.rpartition(":")[2]
    # Of another boot: this machine's last one, or another machine of the same name that lives. Its lease runs out.
    if host != socket.gethostname() or not rest.isdigit() or started.partition(".")[0] != _boot():
        return False
    return _started(int(rest)) != started


def has_left(worker: str) -> bool:
    """Whether working copies of this worker, on this machine's disk, are nobody's: also those of an earlier boot."""
    boot = worker.rpartition(":")[2].partition(".")[0]
    return boot != _boot() or is_gone(worker)


def _started(pid: int) -> str | None:
    """Return the boot and the tick of the machine at which a process began; None if it has ended.

    Not its time of day: that moves when the clock is put right, and live workers would be taken for dead.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # A zombie has ended, whoever has yet to notice.
    return None if fields[0] in "ZX" else f"{_boot()}.{fields[19]}"


def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8")[:8]
