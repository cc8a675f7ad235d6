"""What the steps work with: ports and plain objects, put together by sohoa/wiring.py."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj, rmtree
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote

from search.index import RebuildableIndex
from signing.signer import Signer
from signing.trust import TrustStore
from sohoa.audit import AuditLog
from sohoa.pool import Pool
from sohoa.settings import Settings
from storage.catalog import Catalog
from storage.durable import disk_errors
from storage.keys import KeyStore
from storage.ledger import Ledger
from storage.objects import ObjectStore, Retention, blob_key


@dataclass(frozen=True, kw_only=True)
class Toolbox:
    """One process's adapters. Pool and signer start their processes on first use."""

    settings: Settings
    store: ObjectStore
    retention: Retention
    ledger: Ledger
    catalog: Catalog
    keys: KeyStore
    index: RebuildableIndex
    pool: Pool
    signer: Signer
    trust: TrustStore
    revocation_lists: Callable[[], Sequence[bytes]]
    """CRLs (DER) that are known besides those inside a file."""
    audit: AuditLog
    clock: Callable[[], datetime]
    """Now, in UTC."""
    worker: str
    """This process, as the ledger's leases name it: host:pid:start."""
    signer_is_test: bool
    """Whether seals are the test authority's, without legal value."""
    scratch: Path
    """Folder for working copies; what lies there may be lost."""
    typeface: Path
    """Of the conversion block: Times metrics, 1000 units per em."""

    @contextmanager
    def workspace(self) -> Iterator[Path]:
        """Lend a folder that is gone afterwards."""
        own = self.scratch / scratch_name(self.worker)
        with disk_errors(self.scratch):
            own.mkdir(parents=True, exist_ok=True, mode=0o700)
            lent = TemporaryDirectory(dir=own, ignore_cleanup_errors=True)
        with lent as folder:
            yield Path(folder)

    def sweep(self, is_gone: Callable[[str], bool]) -> None:
        """Remove the working copies of processes that were killed: papers in clear must not lie about."""
        if self.scratch.is_dir():
            for left in self.scratch.iterdir():
                if is_gone(worker_of(left.name)):
                    rmtree(left, ignore_errors=True)

    @contextmanager
    def local(self, sha256: str, *, name: str = "scan") -> Iterator[Path]:
        """Lend a working copy of a stored blob, verified while it is copied.

        Raises:
            ObjectDamaged: the stored bytes are not those that were kept; nothing is handed out.
            StoreFull: there is no room for the copy.
        """
        with self.workspace() as folder:
            copy = folder / name
            with disk_errors(self.scratch), self.store.open(blob_key(sha256)) as kept, copy.open("wb") as out:
                copyfileobj(kept, out, 1 << 20)
            yield copy


def scratch_name(worker: str) -> str:
    """Return the name of the folder in which a worker's working copies lie."""
    return quote(worker, safe="")


def worker_of(name: str) -> str:
    """Return the worker whose working copies lie in the folder of this name."""
    return unquote(name)
