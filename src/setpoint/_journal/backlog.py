"""The lines that a writer keeps until the disk has them: those not yet synced, and among them those not yet written."""

from collections import deque
from collections.abc import Iterator

_KIND_AT = len('01234567 {"kind":"')
LIMIT_BYTES = 64 << 20


def kind_of(line: bytes) -> str:
    """Return the kind of the record that a line made here holds."""
    return line[_KIND_AT : line.index(b'"', _KIND_AT)].decode()


class Backlog:
    """Two queues that threads append to without a lock; all else is for the one thread that holds the writer's lock.

    ``unsynced`` has every line since the last good sync; a line enters before it is written. ``waiting`` has those
    whose write failed. ``size_bytes`` is that of all kept lines, nearly: threads may miss each other's additions, and
    each release counts anew.
    """

    __slots__ = ("size_bytes", "unsynced", "waiting")

    def __init__(self) -> None:
        self.unsynced: deque[bytes] = deque()
        self.waiting: deque[bytes] = deque()
        self.size_bytes = 0

    def lines(self) -> list[bytes]:
        """Return every line that is kept, once, the oldest first."""
        return list(dict.fromkeys([*_copy(self.unsynced), *_copy(self.waiting)]))

    def release(self, count: int) -> None:
        """Forget the *count* oldest unsynced lines: the disk has them."""
        for _ in range(count):
            self.unsynced.popleft()
        self.size_bytes = sum(map(len, self.lines() if self.waiting else _copy(self.unsynced)))

    def release_written(self) -> None:
        """Forget the older half of the unsynced lines, which are all written, for want of memory."""
        self.release((len(self.unsynced) + 1) // 2)

    def thin(self) -> list[bytes]:
        """Give up every second one of the older half of the waiting ``log`` lines, and return them.

        Lines of another kind are never given up. Written lines that wait for their sync only are forgotten.
        """
        waiting = len(self.waiting)
        logs = [line for line in _copy(self.waiting) if kind_of(line) == "log"]
        dropped = set(logs[: (len(logs) + 1) // 2][::2])
        for line in _pop(self.waiting, waiting):
            if line not in dropped:
                self.waiting.append(line)
        self.release(len(self.unsynced))
        return [line for line in logs if line in dropped]


def _pop(queue: deque[bytes], count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield queue.popleft()


def _copy(queue: deque[bytes]) -> list[bytes]:
    while True:
        try:
            return list(queue)
        except RuntimeError:  # a thread appended meanwhile
            continue
