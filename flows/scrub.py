"""The flow that reads stored bytes again, on a schedule: a run that fails has found damage."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.join import join
from sohoa.scrub import scrub as read_again


@flow(name="scrub")
def scrub(home: str = "", minutes: int = 60) -> State[None]:
    """See sohoa.scrub.scrub. `home`: the settings' by default."""
    done = read_again(join(home), seconds=60.0 * minutes)
    return Completed(message=f"{done.read} of {done.records} records read again, {done.bytes} bytes, all sound")
