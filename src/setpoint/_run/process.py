"""Facts that tell one process from every other."""

import os
from collections.abc import Iterator
from pathlib import Path

from setpoint._journal.liveness import boot_id, process_started, status_of

_MAX_ANCESTORS = 16


def host() -> str:
    """Return the name of this machine, empty where it has none."""
    if hasattr(os, "uname"):
        return os.uname().nodename
    return os.environ.get("COMPUTERNAME", "")


def working_folder() -> Path:
    """Return the working folder; where it has been removed, the name it had, or the root."""
    try:
        return Path.cwd()
    except OSError:
        return Path(os.environ.get("PWD", os.sep))


def process_key(pid: int) -> str:
    """Return what no other process ever has: host, boot, process id and start in one line."""
    return f"{host()} {boot_id()} {pid} {process_started(pid)}"


def ancestors() -> Iterator[int]:
    """Yield the ids of the processes above this one, nearest first, 16 at most; off Linux the nearest only.

    Workers of ``multiprocessing`` are children of the process that made them, and those of a fork server its
    grandchildren, so this finds the maker of either.
    """
    pid = os.getppid()
    for _ in range(_MAX_ANCESTORS):
        if pid <= 1:
            return
        yield pid
        pid = _parent_of(pid)


def _parent_of(pid: int) -> int:
    fields = status_of(pid)  # proc(5): field 4
    return int(fields[1]) if len(fields) > 1 else 0
