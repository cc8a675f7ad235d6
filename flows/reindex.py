"""The flow that puts into the index what it lacks, and takes out what is gone, on a schedule."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.join import join
from sohoa.rebuild import mend_index


@flow(name="reindex")
def reindex(home: str = "") -> State[None]:
    """See sohoa.rebuild.mend_index. `home`: the settings' by default.

    Raises IndexDamaged: `sohoa reindex` makes it anew.
    """
    return Completed(message=f"{mend_index(join(home))} records put into the index")
