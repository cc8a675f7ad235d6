"""What each edge makes of an error's remedy: exit code, retry. The error itself only says what clears it."""

from ocr.errors import OcrError
from search.errors import SearchError
from signing.errors import SigningError
from sohoa.errors import SohoaError
from storage.errors import StorageError

OUR_ERRORS = (OcrError, SearchError, SigningError, SohoaError, StorageError)

EXIT_CODE = {"resubmit": 65, "retry": 75, "repair": 78}
"""sysexits.h: EX_DATAERR, EX_TEMPFAIL, EX_CONFIG."""

EXIT_PENDING = EXIT_CODE["retry"]
EXIT_BAD = EXIT_CODE["resubmit"]
EXIT_OPERATOR = EXIT_CODE["repair"]

RETRY_DELAYS_SECONDS = (2, 10, 60)


def worth_retrying(error: object) -> bool:
    """Whether the same call may succeed later with nothing changed."""
    return isinstance(error, OUR_ERRORS) and error.remedy == "retry"
