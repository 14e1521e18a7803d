"""The one thread a run has: it syncs the journal once a second and does what init() should not wait for."""

import threading
from collections.abc import Callable

from .talk import say

TICK_S = 1.0


class Background:
    """A daemon thread that runs *first* once and then *tick* every second until it is stopped.

    What these raise is said once and goes no further: the script's own ``threading.excepthook`` may end the process.
    """

    def __init__(self, first: Callable[[], None], tick: Callable[[], None]) -> None:
        self._first = first
        self._tick = tick
        self._stopping = threading.Event()
        self._first_done = threading.Event()
        self._thread: threading.Thread | None = None
        self._told: set[type[Exception]] = set()

    def start(self) -> None:
        """Start the thread; where the system gives none, ``stop()`` does its work instead."""
        thread = threading.Thread(target=self._work, name="setpoint", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no thread to be had (RLIMIT_NPROC, interpreter at its end)
            return
        self._thread = thread

    def stop(self, *, patience_s: float) -> None:
        """End the thread. *first* is waited for *patience_s* seconds at most; without a thread it is done here."""
        self._stopping.set()
        if self._thread is None:
            self._do(self._first)
            return
        self._first_done.wait(patience_s)
        if self._first_done.is_set():
            self._thread.join(patience_s)

    def _work(self) -> None:
        self._do(self._first)
        self._first_done.set()
        while not self._stopping.wait(TICK_S):
            self._do(self._tick)

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  # no memory, a cleared sys.modules: training must go on
            if type(error) not in self._told:
                self._told.add(type(error))
                say(f"The background thread met {type(error).__name__}: {error}. It goes on; nothing logged is lost.")
