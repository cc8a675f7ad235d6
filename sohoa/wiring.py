"""From settings to adapters: the only place that names concrete classes.

An adapter is imported when it is asked for, so that a command pays only for what it uses.
"""

import os
import socket
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from search.local import LocalIndex
from signing.process import SignerProcess
from signing.trust import TrustStore
from sohoa.audit import AuditLog
from sohoa.pool import Pool
from sohoa.settings import Settings, load
from sohoa.toolbox import Toolbox
from storage.catalog import Catalog
from storage.disk import DiskStore
from storage.engine import current, open_engine
from storage.keys import KeyStore
from storage.ledger import Ledger
from storage.retention_disk import DiskRetention
from storage.schema import HEAD


def build(settings: Settings) -> Toolbox:
    """Return the adapters of the embedded deployment under `settings.home`, made on first use."""
    home = settings.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = open_engine(home / "catalog.db")
    if current(engine) != HEAD:
        from storage.migrate import upgrade

        upgrade(engine)
    store = DiskStore(home / "objects")
    authority = home / "authority"
    return Toolbox(
        settings=settings,
        store=store,
        retention=DiskRetention(home / "objects"),
        ledger=Ledger(engine),
        catalog=Catalog(engine),
        keys=KeyStore.open(home / "keys", create=_is_new(store)),
        index=LocalIndex(home / "index"),
        pool=Pool(settings.workers or os.cpu_count() or 1, memory_limit_bytes=settings.worker_memory_mb << 20),
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


def own_signer_at(authority: Path) -> SignerProcess:
    """Return a signer of its own under the test authority in this folder, made on first use."""
    return SignerProcess(authority, typeface=typeface())


def typeface() -> Path:
    """Return the typeface of the conversion block: Times metrics, 1000 units per em."""
    return Path(str(files("sohoa.typefaces").joinpath("Tinos-Regular.ttf")))


def _is_new(store: DiskStore) -> bool:
    """Whether nothing was received here yet: only then is the archive's key made; later, its loss is told.

    A folder for keys proves nothing: whoever made it may have been killed, or be about to make the key.
    """
    return next(iter(store.list("facts/receipts/")), None) is None


@cache
def toolbox_at(home: str) -> Toolbox:
    """Return this process's adapters for one home; commands and flows of a process share them."""
    return build(load(home=Path(home)))


def now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def worker_name() -> str:
    """Return this process as leases name it; its start tells it from a later process with the same id."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(worker: str) -> bool:
    """Whether the process that named itself so is known to have ended: on this host, and no longer there."""
    host, _, rest = worker.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    return _started(int(rest)) != worker.rpartition(":")[2]


def _started(pid: int) -> str | None:
    """Return the boot and the tick of the machine at which a process began; None if it has ended.

    Not its time of day: that moves when the clock is put right, and live workers would be taken for dead.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # A zombie has ended, whoever has yet to notice.
    return None if fields[0] in "ZX" else f"{boot[:8]}.{fields[19]}"
