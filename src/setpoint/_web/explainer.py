"""Importance as the page asks for it: one at a time, and what was worked out lately is kept."""

import subprocess
from threading import Lock

from setpoint._query.explaining import answer_of, start
from setpoint._query.importance import Importance

from .recent import Recent


class Explainer:
    """Works out importance in processes of their own, which end with the page."""

    def __init__(self, store: str) -> None:
        """Take the store."""
        self._store = store
        self._recent: Recent[Importance] = Recent()
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def importance(self, where: str, metric: str, seq: int) -> Importance:
        """Return how much each param matters for a metric in a state of the catalog; raises what ``answer_of`` does."""

        def found() -> Importance:
            self._process = start(self._store, where, metric)
            return answer_of(self._process)

        with self._lock:  # one at a time: each takes a whole processor
            return self._recent.get((where, metric), seq, found)

    def end(self) -> None:
        """End the process that is at work, if there is one."""
        if self._process is not None:
            self._process.kill()
