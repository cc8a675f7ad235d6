"""What can go wrong while making records findable or looking for them.

SearchError
├── BadQuery           resubmit   what was typed, or a filter, cannot be answered as it stands
├── IndexUnavailable   retry      another command is writing, or disk or server did not answer
├── IndexRefused       repair     the server does not let us in: key, rights or certificate
└── IndexDamaged       repair     the index is gone or unreadable; it is only a view: rebuild it
"""

from typing import ClassVar, Literal, Self

Remedy = Literal["resubmit", "retry", "repair"]


class SearchError(Exception):
    """Root of search/. `remedy` says what clears it, not how any edge reports it."""

    code: ClassVar[str] = "search_error"
    remedy: ClassVar[Remedy] = "repair"

    def __init__(self, message: str, detail: dict[str, str]) -> None:
        super().__init__(message)
        self.detail = detail
        """What the constructor was told, for a message in another language."""

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes: subclasses take other arguments than the message."""
        return _restored, (type(self), str(self), self.detail)

    @classmethod
    def _restore(cls, message: str, detail: dict[str, str]) -> Self:
        error = cls.__new__(cls)
        SearchError.__init__(error, message, detail)
        return error


def _restored(cls: type[SearchError], message: str, detail: dict[str, str]) -> SearchError:
    return cls._restore(message, detail)


class BadQuery(SearchError):
    """The question cannot be answered as it stands. Nothing was looked up."""

    code = "bad_query"
    remedy = "resubmit"

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"cannot search for {part!r}: {why}", {"part": part, "why": why})

    @property
    def part(self) -> str:
        """What was typed, or the part of it that is wrong."""
        return self.detail["part"]


class IndexUnavailable(SearchError):
    """The index did not answer. Nothing is known about whether a write was kept; repeating it is safe."""

    code = "index_unavailable"
    remedy = "retry"

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"the search index at {place!r} is not available: {why}", {"place": place, "why": why})

    @property
    def place(self) -> str:
        """Folder or address of the index."""
        return self.detail["place"]


class IndexDamaged(SearchError):
    """The index is gone, unreadable or of another version of sohoa. Records are not touched."""

    code = "index_damaged"
    remedy = "repair"

    def __init__(self, place: str, why: str) -> None:
        super().__init__(
            f"the search index at {place!r} cannot be used: {why}; records are safe, rebuild it with `sohoa reindex`",
            {"place": place, "why": why},
        )

    @property
    def place(self) -> str:
        """Folder or address of the index."""
        return self.detail["place"]


class IndexRefused(SearchError):
    """The server was reached and does not let us in, or is not what we speak to. An operator must act."""

    code = "index_refused"
    remedy = "repair"

    def __init__(self, place: str, why: str, setting: str) -> None:
        super().__init__(
            f"the search index at {place!r} refuses: {why}; check {setting}",
            {"place": place, "why": why, "setting": setting},
        )

    @property
    def place(self) -> str:
        """Address of the server, without credentials."""
        return self.detail["place"]
