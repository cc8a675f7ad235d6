"""What can go wrong in the product itself, beside the errors of the packages it assembles.

SohoaError
├── Misconfigured         repair     a setting is unknown or does not fit
├── UnknownMode           repair     no reader goes by the name of the mode
├── WorkerDied            resubmit   a paper took the process that parsed it down
├── WorkerKilled         retry      a worker was killed from outside, again and again
├── WorkerOutOfMemory     resubmit   a paper wanted more memory than a worker may have
├── TookTooLong           resubmit   a paper kept a worker busy beyond the limit
├── WorkersCannotStart    repair     worker processes end before they take a call
├── PoolClosed            retry      this process is going down; the call may or may not have been made
├── LeaseLost             retry      another worker has taken the paper over
├── SecretPaper           resubmit   a page bears a secrecy mark
├── NotAllowed            resubmit   what was asked does not fit the record's state
├── ArchiveBusy          retry      another command has the archive to itself, or uses it
├── ArchiveMoved         repair     this archive lives in services that the settings do not name
├── ArchiveUnfinished    repair     making the catalogue anew, or moving it, was cut off
├── CatalogueLost        repair     papers were received, and the catalogue knows of none
├── TargetInUse          resubmit   where the archive is to move, something else lives
├── MigrationDiffers     repair     what arrived is not what was sent
├── FileUnreadable        resubmit   a file named on the command line cannot be opened
├── SchedulerLost         retry      the Prefect server went while a batch was under way
└── SchedulerUnavailable  repair     the Prefect server does not answer
"""

from typing import ClassVar, Literal

Remedy = Literal["resubmit", "retry", "repair"]


def _restore(kind: type["SohoaError"], args: tuple[str, ...], state: dict[str, object]) -> "SohoaError":
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class SohoaError(Exception):
    """Root of sohoa/. `remedy` says what clears it, not how any edge reports it."""

    code: ClassVar[str] = "sohoa_error"
    remedy: ClassVar[Remedy] = "repair"

    def __init__(self, message: str, **detail: object) -> None:
        super().__init__(message)
        self.detail: dict[str, str] = {name: str(value) for name, value in detail.items()}
        """What the message was made of, by name, for wording it in another language."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by state: subclasses take other arguments than the message, and errors cross process pools."""
        return _restore, (type(self), self.args, self.__dict__)


class Misconfigured(SohoaError):
    """A SOHOA_ variable is unknown or its value does not fit."""

    code = "misconfigured"

    def __init__(self, *, variables: str, nearest: str = "") -> None:
        hint = f"; did you mean {nearest}?" if nearest else ""
        super().__init__(f"check {variables}{hint}", variables=variables, nearest=f" ({nearest}?)" if nearest else "")


class UnknownMode(SohoaError):
    """No line finder or reader goes by the names that the mode is made of."""

    code = "unknown_mode"

    def __init__(self, mode: str, *, modes: str) -> None:
        super().__init__(f"mode {mode!r} is none of {modes}", mode=mode, modes=modes)


class WorkerDied(SohoaError):
    """The process that made the call ended without an answer. Nothing is known about what the call had done."""

    code = "worker_died"
    remedy = "resubmit"

    def __init__(self, call: str, *, ending: str) -> None:
        super().__init__(f"{call} took its worker down ({ending}); the document is set aside", call=call, ending=ending)
        self.call = call
        """The function and its arguments, shortened."""
        self.ending = ending
        """`exit 1`, `signal 11`, ..."""


class WorkerKilled(SohoaError):
    """SIGKILL ended the process that made the call, and the one after it: a person, or a machine short of memory.

    Nothing is held against the paper.
    """

    code = "worker_killed"
    remedy = "retry"

    def __init__(self, call: str) -> None:
        super().__init__(f"{call} did not come to its end: its worker was killed from outside", call=call)
        self.call = call
        """The function and its arguments, shortened."""


class WorkerOutOfMemory(SohoaError):
    """The call wanted more memory than a worker may have; the worker was ended."""

    code = "worker_out_of_memory"
    remedy = "resubmit"

    def __init__(self, call: str, *, limit_bytes: int) -> None:
        super().__init__(
            f"{call} wanted more than {limit_bytes >> 20} MiB of memory; the document is set aside",
            call=call,
            limit_mib=limit_bytes >> 20,
        )
        self.call = call
        self.limit_bytes = limit_bytes


class TookTooLong(SohoaError):
    """The call was not done in time; its worker was ended."""

    code = "took_too_long"
    remedy = "resubmit"

    def __init__(self, call: str, *, limit_seconds: float) -> None:
        super().__init__(
            f"{call} was not done after {limit_seconds:g} s; the document is set aside",
            call=call,
            limit_seconds=f"{limit_seconds:g}",
        )
        self.call = call
        self.limit_seconds = limit_seconds


class WorkersCannotStart(SohoaError):
    """Workers end before they take a call; the document has nothing to do with it."""

    code = "workers_cannot_start"

    def __init__(self, *, starts: int) -> None:
        super().__init__(
            f"worker processes ended {starts} times before they took a call; see what they wrote to stderr",
            starts=starts,
        )


class PoolClosed(SohoaError):
    """The pool was closed before the call ended; whether it was made is not known."""

    code = "pool_closed"
    remedy = "retry"

    def __init__(self, call: str) -> None:
        super().__init__(f"{call} was not finished: this process is going down", call=call)
        self.call = call


class LeaseLost(SohoaError):
    """Another worker has taken the paper over, because this one was silent for too long. What is done stays done."""

    code = "lease_lost"
    remedy = "retry"

    def __init__(self, subject: str) -> None:
        super().__init__(f"{subject} was taken over by another worker", subject=subject)


class SecretPaper(SohoaError):
    """A page bears a secrecy mark (độ mật). Source: NĐ 30/2020 PL I ô 10a."""

    code = "secret_paper"
    remedy = "resubmit"

    def __init__(self, *, file: str) -> None:
        super().__init__(f"{file!r} bears a secrecy mark; it was set aside", file=file)


class NotAllowed(SohoaError):
    """What was asked does not fit the record's state or the arguments do not fit each other."""

    code = "not_allowed"
    remedy = "resubmit"

    def __init__(self, why: str, *, vi: str = "") -> None:
        super().__init__(why, why=why, why_vi=vi or why)


class SchedulerUnavailable(SohoaError):
    """The Prefect server does not answer."""

    code = "prefect_unavailable"

    def __init__(self, why: str) -> None:
        super().__init__(f"the Prefect server does not start: {why}", why=why)


class SchedulerLost(SohoaError):
    """The Prefect server went, or stumbled, while a batch was under way. What is done stays done."""

    code = "prefect_lost"
    remedy = "retry"

    def __init__(self, why: str) -> None:
        super().__init__(f"the Prefect server was lost on the way: {why}", why=why)


class ArchiveBusy(SohoaError):
    """Another command uses the archive, or has it to itself. Nothing was done."""

    code = "archive_busy"
    remedy = "retry"

    def __init__(self, *, home: str) -> None:
        super().__init__(f"another command is at work on {home}; let it end, or stop it, and try again", home=home)


class ArchiveMoved(SohoaError):
    """The archive was moved into services, and the settings do not name them. Nothing was done."""

    code = "archive_moved"

    def __init__(self, *, home: str, to: str, note: str) -> None:
        super().__init__(f"the archive in {home} was moved to {to}; load those settings", home=home, to=to, note=note)


class ArchiveUnfinished(SohoaError):
    """A rebuild or a move was cut off: what it left would answer "not held" for papers that are there."""

    code = "archive_unfinished"

    def __init__(self, *, what: str) -> None:
        super().__init__(f"`{what}` was cut off; run it again", what=what)


class CatalogueLost(SohoaError):
    """The store has receipts and the catalogue no batch: it was lost, or another database is named."""

    code = "catalogue_lost"

    def __init__(self) -> None:
        super().__init__("papers were received, and the catalogue knows of none; run `sohoa rebuild`")


class TargetInUse(SohoaError):
    """The services hold what this archive does not: another archive, or this one has lived on there."""

    code = "target_in_use"
    remedy = "resubmit"

    def __init__(self, *, what: str) -> None:
        super().__init__(f"the services hold {what}, which this archive does not; nothing was changed", what=what)


class MigrationDiffers(SohoaError):
    """What arrived is not what was sent. The source is as it was."""

    code = "migration_differs"

    def __init__(self, *, what: str, number: int) -> None:
        super().__init__(f"{number} things differ after the move: {what}", what=what, number=number)


class FileUnreadable(SohoaError):
    """A file named on the command line cannot be opened."""

    code = "unreadable"
    remedy = "resubmit"

    def __init__(self, *, file: str, why: str) -> None:
        super().__init__(f"{file!r} cannot be read: {why}", file=file, why=why)
