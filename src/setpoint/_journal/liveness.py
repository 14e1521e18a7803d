"""Whether the process that wrote a segment still lives."""

import os
import time
from functools import lru_cache
from pathlib import Path

STALE_S = 60.0
"""A segment of another machine that was not touched for so long has no writer any more: heartbeats come each 10 s."""


@lru_cache(maxsize=1)
def boot_id() -> str:
    """Return what tells this boot of this machine, and this space of process ids, from all others; empty if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115  # the link leads to no path
    except OSError:  # pragma: no cover  # macOS and Windows have no /proc
        return ""


def process_started(pid: int) -> str:
    """Return when the process started, in the kernel's own unit since boot; empty if unknown or there is none.

    Source:
        proc(5): field 22 of /proc/[pid]/stat.
    """
    fields = status_of(pid)
    if len(fields) < 20 or fields[0] in (b"Z", b"X"):  # a zombie runs no more
        return ""
    return fields[19].decode()


def status_of(pid: int) -> list[bytes]:
    """Return the fields of a process's status from the third on, none where it is gone or the system tells none.

    Source:
        proc(5), /proc/[pid]/stat; the second field is the command, which may hold spaces and brackets.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb", 0) as file:  # noqa: PTH123  # init() waits: a third of read_text()'s time
            status = file.read()
    except OSError:
        return []
    return status.rpartition(b")")[2].split()


def is_alive(boot: str, host: str, pid: int, started: str, touched_s: float, now_s: float) -> bool:
    """Tell whether a writer lives.

    Args:
        boot: what ``boot_id`` returned to it.
        host: the name of its machine.
        pid: its process id.
        started: what ``process_started`` returned to it.
        touched_s: modification time of its newest segment, in s since the Unix epoch.
        now_s: the time now, likewise.

    Returns:
        On the same boot of the same machine, what the system says of the process. Elsewhere, or where the system says
        nothing, whether the segment was touched in the last 60 s.
    """
    if boot and boot == boot_id():
        return bool(started) and process_started(pid) == started
    if not boot and host == _host() and not _exists(pid):
        return False
    return now_s - touched_s < STALE_S


def now_s() -> float:
    """Return the time now, in s since the Unix epoch."""
    return time.time()


def _host() -> str:
    import socket

    return socket.gethostname()


def _exists(pid: int) -> bool:
    if os.name == "nt" or pid <= 0:  # on Windows signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it lives, as another user's
        return True
    return True
