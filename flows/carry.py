"""A batch's flow, run so that whatever becomes of the scheduler is one error of ours."""

import logging

from flows.ingest import ingest
from sohoa.errors import SchedulerLost
from sohoa.policy import OUR_ERRORS

log = logging.getLogger(__name__)


def _not_the_person(record: logging.LogRecord) -> bool:
    """Whether a line of Prefect's tells of more than that a person stopped the command: that is no crash."""
    return "aborted by an interrupt signal" not in record.getMessage()


logging.getLogger("prefect.flow_runs").addFilter(_not_the_person)


def carry(batch: str, home: str) -> list[str]:
    """Take the batch's open papers as far as they go; return those that were taken up.

    Raises:
        SchedulerLost: the scheduler went or stumbled; what is done is in the ledger, calling again goes on from there.
    """
    try:
        return ingest(batch, home)
    except OUR_ERRORS:
        raise
    except Exception as error:
        log.warning("flow stumbled", exc_info=True)
        raise SchedulerLost(f"{type(error).__name__}: {error}"[:200]) from error
