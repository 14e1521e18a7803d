"""Packing that nobody asked for: once a day at most, by a process of its own that nothing waits for.

A command that has read a store calls ``start_upkeep`` when it is done. The first of a day to make the day's mark, an
exclusively created file, starts the process; for all others that day the call is one failed ``open``.
"""

import os
import sys
import time
from pathlib import Path

from . import layout

_MARK = ".upkeep-"
_KEEP_CRASHED_DAYS = 30
"""For so long a run that crashed is left in its folder, where resume='auto' finds it."""


def start_upkeep(store: Path) -> bool:
    """Start packing the store's finished days in the background unless that was done today; tell whether it started.

    It does nothing, and raises nothing, where the store can't be written or belongs to another user.
    """
    mark = store / f"{_MARK}{time.strftime('%Y-%m-%d', time.gmtime())}"
    try:
        if hasattr(os, "getuid") and layout.runs_folder(store).stat().st_uid != os.getuid():
            return False  # packs are their writer's alone to read
        os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        for old in store.glob(f"{_MARK}*"):
            if old != mark:
                old.unlink(missing_ok=True)
        _start(store)
    except OSError:  # done today already, no store there, a disk that is full or read-only: another day will do
        return False
    return True


def _start(store: Path) -> None:
    import subprocess  # once a day: a command that starts nothing need not wait for it

    path = os.pathsep.join(entry for entry in sys.path if entry)
    process = subprocess.Popen(  # our own module, by this interpreter
        [sys.executable, "-m", __name__, str(store.resolve())],
        cwd=store,
        env={**os.environ, "PYTHONPATH": path},  # the setpoint that runs now, however it was found
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # it outlives the command, and its terminal
    )
    process.returncode = 0  # nobody waits for it, and Popen shall not complain of that


def main(store: Path) -> None:
    """Pack what is due, giving way to every other process."""
    from .packing import DAY_NS, pack_store

    if hasattr(os, "nice"):  # pragma: no branch  # Windows has none
        os.nice(15)
    pack_store(store, crashed_older_than_ns=_KEEP_CRASHED_DAYS * DAY_NS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
