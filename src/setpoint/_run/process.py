"""Facts that tell one process from every other."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

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


class MainFacts(Struct, frozen=True):
    """What the process was started with: a script's file, a module's name, or neither."""

    script: str
    module: str


def main_facts() -> MainFacts:
    """Return what was started; to be asked while the script runs, since its file is forgotten as it ends."""
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)  # there for python -m; that of a folder or zip file is __main__
    script = getattr(main, "__file__", None)
    return MainFacts(
        script=script if isinstance(script, str) else "",
        module=spec.name.removesuffix(".__main__") if spec is not None and spec.name != "__main__" else "",
    )


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
