"""Adapters that fail on purpose: each wraps a real one and fails at the calls that a plan names.

A plan counts the calls of all that share it, so "the n-th call of any adapter" is one number. A fault may come before
the real call, or after it was done and its answer was lost: both happen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

from search.errors import IndexUnavailable
from signing.errors import SignerUnavailable, TimestampUnavailable
from sohoa.errors import WorkerDied
from sohoa.toolbox import Toolbox
from storage.errors import CatalogUnavailable, StoreUnavailable


class Killed(BaseException):
    """Stands for kill -9 in tests that stay in one process: nothing of ours catches it."""


@dataclass
class Plan:
    """Which calls fail, how, and what was called so far."""

    fail_at: frozenset[int] = frozenset()
    """Numbers of calls, from 1."""
    after: bool = False
    """Whether the call is done before it fails."""
    kill: bool = False
    """Whether the process goes, instead of an error being raised."""
    only: str = ""
    """Count only calls whose name begins so."""
    calls: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def meet(self, name: str, call: Callable[[], Any], error: Callable[[], Exception]) -> Any:
        """Make the call, or fail as planned."""
        if not name.startswith(self.only):
            return call()
        with self._lock:
            self.calls.append(name)
            due = len(self.calls) in self.fail_at
        if not due:
            return call()
        if self.after:
            call()
        raise Killed(name) if self.kill else error()


class Flaky:
    """Anything whose methods fail as planned."""

    def __init__(self, real: Any, plan: Plan, name: str, error: Callable[[], Exception]) -> None:
        self._real = real
        self._plan = plan
        self._name = name
        self._error = error

    def __getattr__(self, method: str) -> Any:
        """Return the real attribute; what is called fails when its turn comes."""
        real = getattr(self._real, method)
        if not callable(real):
            return real

        def call(*args: Any, **more: Any) -> Any:
            return self._plan.meet(f"{self._name}.{method}", lambda: real(*args, **more), self._error)

        return call


class FlakyStore(Flaky):
    """An object store, or its retention, that does not answer."""

    def __init__(self, real: Any, plan: Plan, name: str = "store") -> None:
        super().__init__(real, plan, name, lambda: StoreUnavailable("the store", "a fault on purpose"))

    def list(self, prefix: str) -> Iterator[str]:
        """See ObjectStore.list. Fails when it is called, not when it is gone through."""
        keys: list[str] = self._plan.meet(
            f"{self._name}.list", lambda: list(self._real.list(prefix)), lambda: self._error()
        )
        return iter(keys)


class FlakyDatabase(Flaky):
    """A ledger or catalogue that does not answer."""

    def __init__(self, real: Any, plan: Plan, name: str) -> None:
        super().__init__(real, plan, name, lambda: CatalogUnavailable("a fault on purpose"))


class FlakyIndex(Flaky):
    """An index that does not answer."""

    def __init__(self, real: Any, plan: Plan) -> None:
        super().__init__(real, plan, "index", lambda: IndexUnavailable("the index", "a fault on purpose"))


class FlakySigner(Flaky):
    """A signer that does not answer."""

    def __init__(self, real: Any, plan: Plan) -> None:
        super().__init__(real, plan, "signer", lambda: SignerUnavailable(reason="a fault on purpose"))


class FlakyTimestamper(Flaky):
    """A timestamp authority that does not answer."""

    def __init__(self, real: Any, plan: Plan) -> None:
        super().__init__(real, plan, "timestamper", lambda: TimestampUnavailable(reason="a fault on purpose"))


class CrashingReader(Flaky):
    """A pool whose workers die."""

    def __init__(self, real: Any, plan: Plan) -> None:
        super().__init__(real, plan, "pool", lambda: WorkerDied("a call", ending="SIGSEGV"))

    def submit(self, function: Any, *args: Any, timeout_seconds: float) -> Any:
        """See Pool.submit. A planned fault comes with the answer, as it does from a worker."""
        try:
            return self._plan.meet(
                "pool.submit", lambda: self._real.submit(function, *args, timeout_seconds=timeout_seconds), self._error
            )
        except WorkerDied as error:
            future = self._real.submit(divmod, 1, 1, timeout_seconds=timeout_seconds)
            future = type(future)()
            future.set_exception(error)
            return future


def everything_flaky(kit: Toolbox, plan: Plan, *, readers: bool = False) -> Toolbox:
    """Return the archive with every adapter failing by one plan; with `readers`, pool workers too."""
    flaky: Any = {
        "store": FlakyStore(kit.store, plan),
        "retention": FlakyStore(kit.retention, plan, "retention"),
        "ledger": FlakyDatabase(kit.ledger, plan, "ledger"),
        "catalog": FlakyDatabase(kit.catalog, plan, "catalog"),
        "index": FlakyIndex(kit.index, plan),
        "signer": FlakySigner(kit.signer, plan),
        "pool": CrashingReader(kit.pool, plan) if readers else kit.pool,
    }
    return replace(kit, **flaky)
