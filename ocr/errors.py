"""What can go wrong between the bytes of a scan and its text and copies.

OcrError
├── BadScan                          the paper must be scanned or sent again
│   ├── EmptyFile         resubmit   not one byte
│   ├── NotAScan          resubmit   neither PDF, TIFF, JPEG nor PNG, whatever its name says
│   ├── Damaged           resubmit   truncated or malformed
│   ├── Encrypted         resubmit   opens with a password only
│   ├── NoPages           resubmit   a well-formed file without a page
│   ├── TooLarge          resubmit   more pages, pixels or metres than a paper has
│   └── PageMissing       resubmit   the file has fewer pages than was asked for
├── CannotCompose         resubmit   no legal copy can be made of this scan
├── ScanUnavailable       retry      the file could not be opened or read just now
├── ReaderUnavailable     repair     a model file is missing or is not the one we know
└── AlphabetIncomplete    repair     a reader cannot write every Vietnamese letter
"""

from pathlib import Path
from typing import ClassVar, Literal

Remedy = Literal["resubmit", "retry", "repair"]


def _restore(kind: type["OcrError"], args: tuple[str, ...], state: dict[str, object]) -> "OcrError":
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class OcrError(Exception):
    """Root of ocr/. `remedy` says what clears it, not how any edge reports it."""

    code: ClassVar[str] = "ocr_error"
    remedy: ClassVar[Remedy] = "repair"

    def __init__(self, message: str, **detail: object) -> None:
        super().__init__(message)
        self.detail: dict[str, str] = {name: str(value) for name, value in detail.items()}
        """What the message was made of, by name, for wording it in another language."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by state: subclasses take other arguments than the message, and errors cross process pools."""
        return _restore, (type(self), self.args, self.__dict__)


class BadScan(OcrError):
    """The file is no scan we can work with; the paper must be scanned or sent again."""

    code = "bad_scan"
    remedy = "resubmit"


class EmptyFile(BadScan):
    """The file holds no bytes."""

    code = "empty_file"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name!r} is empty; send the scan again", file=path.name)


class NotAScan(BadScan):
    """The content is no PDF, TIFF, JPEG or PNG."""

    code = "not_a_scan"

    def __init__(self, path: Path, looks_like: str = "an unknown format") -> None:
        super().__init__(
            f"{path.name!r} is {looks_like}, not a scan; send a PDF, TIFF, JPEG or PNG",
            file=path.name,
            looks_like=looks_like,
        )
        self.looks_like = looks_like


class Damaged(BadScan):
    """Truncated or malformed."""

    code = "damaged"

    def __init__(self, path: Path, what: str, *, page: int | None = None) -> None:
        place = "" if page is None else f", page {page}"
        detail = {"file": path.name, "what": what} | ({} if page is None else {"page": str(page)})
        super().__init__(f"{path.name!r}{place} is damaged: {what}; scan or send it again", **detail)
        self.page = page
        """From 1; None when the whole file is meant."""


class Encrypted(BadScan):
    """The file opens with a password only. A PDF that merely restricts printing or copying does open."""

    code = "encrypted"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name!r} is locked by a password; send it unlocked", file=path.name)


class NoPages(BadScan):
    """Well formed, but there is nothing to see."""

    code = "no_pages"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path.name!r} has no pages; send the scan again", file=path.name)


class TooLarge(BadScan):
    """More than we are willing to decode: a mistake at the scanner, or an attack."""

    code = "too_large"

    def __init__(
        self, path: Path, *, what: Literal["pages", "pixels", "bytes", "millimetres"], found: int, limit: int
    ) -> None:
        super().__init__(
            f"{path.name!r} has {found} {what}, at most {limit} are accepted; send it in parts or scan it at 300 dpi",
            file=path.name,
            what=what,
            found=found,
            limit=limit,
        )
        self.what = what
        self.found = found
        self.limit = limit


class PageMissing(BadScan):
    """The file does not have the page that was asked for."""

    code = "page_missing"

    def __init__(self, path: Path, page: int, page_count: int) -> None:
        super().__init__(
            f"{path.name!r} has no page {page}, only {page_count}", file=path.name, page=page, page_count=page_count
        )
        self.page = page
        self.page_count = page_count


class CannotCompose(OcrError):
    """No legal copy can be made of this scan."""

    code = "cannot_compose"
    remedy = "resubmit"

    def __init__(self, path: Path, what: str, *, page: int | None = None) -> None:
        place = "" if page is None else f", page {page}"
        detail = {"file": path.name, "what": what} | ({} if page is None else {"page": str(page)})
        super().__init__(f"no legal copy can be made of {path.name!r}{place}: {what}", **detail)
        self.page = page
        """From 1; None when the whole file is meant."""


class ScanUnavailable(OcrError):
    """The file could not be opened or read; nothing is known about its content."""

    code = "scan_unavailable"
    remedy = "retry"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name!r} could not be read: {reason}", file=path.name, reason=reason)


class ReaderUnavailable(OcrError):
    """A model cannot be used: its file is missing, altered or refused by the engine."""

    code = "reader_unavailable"

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"model {model!r} cannot be used: {reason}; install sohoa again", model=model, reason=reason)
        self.model = model


class AlphabetIncomplete(OcrError):
    """The reader could never write some Vietnamese letters, so it may not serve Vietnamese papers."""

    code = "alphabet_incomplete"

    def __init__(self, reader: str, missing: str) -> None:
        super().__init__(
            f"reader {reader!r} cannot write {missing!r}; use a reader that knows all Vietnamese letters",
            reader=reader,
            missing=missing,
        )
        self.missing = missing
        """The letters it lacks, sorted."""
