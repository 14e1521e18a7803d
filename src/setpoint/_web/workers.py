"""The few threads that answer questions; they end with the process, whatever they are doing."""

import asyncio
import threading
from collections.abc import Callable
from queue import PriorityQueue
from typing import Any, TypeVar

T = TypeVar("T")
_THREADS = 3  # with the one for heavy work, as many as the reading catalog has connections
_NOW, _LATER, _END = 0, 1, -1

_Jobs = PriorityQueue[tuple[int, int, Callable[[], object]]]


class Workers:
    """Threads that do work one after another; what somebody waits for is done first.

    Heavy work, which takes a processor for a second, has one thread of its own: two at a time would take longer each
    than one after the other, since every row that SQLite finds is handed over under the interpreter's lock.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._light: _Jobs = PriorityQueue()
        self._heavy: _Jobs = PriorityQueue()
        self._count = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the threads. Daemons: a long report does not keep the process when the server was told to end."""
        for queue in (*[self._light] * _THREADS, self._heavy):
            threading.Thread(target=_work, args=(queue,), name="setpoint-worker", daemon=True).start()

    def end(self) -> None:
        """Have the threads end when they come free."""
        for queue in (*[self._light] * _THREADS, self._heavy):
            self._put(queue, _END, _nothing)

    async def do(self, work: Callable[[], T], *, is_heavy: bool = False) -> T:
        """Return what *work* returns, or raise what it raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def done(result: T | None, error: BaseException | None) -> None:
            if future.cancelled():  # the asker went away
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)  # type: ignore[arg-type]  # without an error it is a T

        def job() -> None:
            result: T | None = None
            failed: BaseException | None = None
            try:
                if not future.cancelled():
                    result = work()
            except Exception as error:  # noqa: BLE001  # handed to whoever waits
                failed = error
            if not loop.is_closed():
                loop.call_soon_threadsafe(done, result, failed)

        self._put(self._heavy if is_heavy else self._light, _NOW, job)
        return await future

    def later(self, work: Callable[[], object]) -> None:
        """Do something when nobody waits; whether it fails is seen by whoever needs its result."""
        self._put(self._heavy, _LATER, work)

    def _put(self, queue: _Jobs, rank: int, work: Callable[[], object]) -> None:
        with self._lock:
            self._count += 1
            queue.put((rank, self._count, work))


def _work(queue: _Jobs) -> None:
    while True:
        rank, _, work = queue.get()
        if rank == _END:
            return
        try:
            work()
        except Exception:  # noqa: BLE001, S112  # work for later only: it is done again, and told, when it is asked for
            continue


def _nothing() -> Any:
    return None
