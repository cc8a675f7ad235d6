"""The watched folder of `sohoa up`: looked at in a thread of its own, told of on stderr."""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from sohoa.cli.context import say
from sohoa.messages import reason_of, words
from sohoa.policy import OUR_ERRORS
from sohoa.toolbox import Toolbox
from sohoa.watch import Turn, Watch, watch_folder
from storage.records import State

log = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 30.0
"""Between two looks at a folder so large or so far away that one look takes seconds."""

SHARE_OF_TIME = 0.1
"""How much of the time may go into looking."""


@contextmanager
def watching_folder(folder: Path | None, kit: Toolbox, stop: Event) -> Iterator[None]:
    """Take papers in from the folder while the block runs; nothing happens without one.

    Raises:
        NotAllowed: it is no folder, or holds the archive itself.
    """
    if folder is None:
        say("Không theo dõi thư mục nào (no folder is watched: --watch FOLDER or SOHOA_WATCH)")
        yield
        return
    watch = watch_folder(folder, kit, stopped=stop.is_set)
    say(f"Theo dõi thư mục (watching): {watch.root}")
    thread = Thread(target=_keep_looking, args=(watch, kit, stop), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _keep_looking(watch: Watch, kit: Toolbox, stop: Event) -> None:
    pause, said = 0.0, ""
    while not stop.wait(pause):
        started = monotonic()
        trouble = _look(watch)
        if trouble != said:
            say(f"Thư mục theo dõi: {trouble or 'đã trở lại bình thường (all is well again)'}")
            said = trouble
        pause = max(kit.settings.watch_seconds, (monotonic() - started) / SHARE_OF_TIME)
        pause = min(pause, LONGEST_PAUSE_SECONDS)


def _look(watch: Watch) -> str:
    """Look once and tell what came of it; returned is what is wrong with folder or archive, or ""."""
    try:
        turn = watch.turn()
    except OSError as error:
        return f"không xem được {watch.root} ({error.strerror}); sẽ thử lại (it will be tried again)"
    except OUR_ERRORS as error:
        return str(reason_of(error)["message"])
    except Exception as error:
        log.exception("look at the watched folder failed")
        return f"{type(error).__name__}: {error}"
    tell(turn)
    return "; ".join(sorted({why for _, why in turn.trouble}))


def tell(turn: Turn) -> None:
    """Say what was taken, batch by batch, and which files have waited too long."""
    for batch, number in Counter(paper.batch for paper in turn.taken).items():
        say(f"Lô {batch}: đã nhận (received) {number} tệp")
    for paper in turn.taken:
        if paper.state is not State.WORKING and paper.reason:
            say(f"  {paper.source}: {paper.reason['message']}")
    for path, code in turn.late:
        say(f"  {words(code, {'file': path}).vi}")
