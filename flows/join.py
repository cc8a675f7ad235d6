"""The archive that a flow works on."""

from pathlib import Path

from sohoa.alone import share
from sohoa.settings import load
from sohoa.toolbox import Toolbox
from sohoa.wiring import toolbox_at


def join(home: str = "") -> Toolbox:
    """Return this process's adapters for a home, the settings' by default, used beside others until it ends.

    Raises:
        ArchiveBusy: somebody has the archive to himself just now.
        Misconfigured: the environment's settings do not fit.
    """
    place = load(home=Path(home) if home else None).home
    share(place)
    return toolbox_at(str(place))
