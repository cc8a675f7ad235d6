"""The archive that a flow works on."""

from pathlib import Path

from sohoa.alone import share
from sohoa.moved import refuse_wrong_home
from sohoa.settings import load
from sohoa.toolbox import Toolbox
from sohoa.wiring import toolbox_at, whole


def join(home: str = "") -> Toolbox:
    """Return this process's adapters for a home, the settings' by default, used beside others until it ends.

    Raises:
        ArchiveBusy: somebody has the archive to himself just now.
        ArchiveMoved, ArchiveUnfinished, CatalogueLost: the environment's settings do not lead to the whole archive.
        Misconfigured: they do not fit.
    """
    settings = load(home=Path(home) if home else None)
    share(settings.home)
    refuse_wrong_home(settings)
    return whole(toolbox_at(str(settings.home)))
