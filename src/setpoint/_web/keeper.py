"""The one thread that catches up with the store, and counts the states that the catalog has been in."""

import threading
import time
from collections.abc import Callable

from setpoint._catalog.catalog import Catalog
from setpoint._query.watching import Changed, Watch
from setpoint.errors import SetpointError

FRESH_S = 1.0  # what was taken in so recently is taken for current
PATIENCE_S = 0.5  # a question waits so long for a catch-up, then is answered from what is there


class Keeper(threading.Thread):
    """Catches up when somebody asks, at most once a second.

    ``seq`` counts the catalog's states, ``members`` those in which runs came or went.
    """

    def __init__(self, catalog: Catalog, on_change: Callable[[int, Changed], None]) -> None:
        """Take the catalog, and who is told of each new state: its number, and what changed."""
        super().__init__(name="setpoint-keeper", daemon=True)
        self._catalog, self._on_change = catalog, on_change
        self._condition = threading.Condition()
        self._is_wanted, self._is_ended = False, False
        self._looked_s = float("-inf")
        self._error: Exception | None = None
        self._watch = Watch()
        self.seq = self.members = 1

    def freshen(self, patience_s: float = PATIENCE_S) -> None:
        """Have the catalog caught up unless it just was; waits a while for that.

        Raises:
            OSError: the store's folder can't be listed.
            CatalogError: the database can't be used.
        """
        with self._condition:
            if time.monotonic() - self._looked_s >= FRESH_S:
                asked_s = time.monotonic()
                self._is_wanted = True
                self._condition.notify_all()
                self._condition.wait_for(lambda: self._looked_s >= asked_s or self._is_ended, patience_s)
            if self._error is not None:
                raise self._error

    def want(self) -> None:
        """Have the catalog caught up soon; waits for nothing."""
        with self._condition:
            self._is_wanted = True
            self._condition.notify_all()

    def stale(self) -> None:
        """Have the next question catch up whatever the time: this process changed a run."""
        with self._condition:
            self._looked_s = float("-inf")

    def run(self) -> None:
        """Catch up whenever that is wanted, until the end."""
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._is_wanted or self._is_ended)
                if self._is_ended:
                    return
                self._is_wanted = False
            self.look()

    def look(self) -> None:
        """Catch up now, and tell what changed."""
        changed, error = None, None
        try:
            self._catalog.catch_up()
            changed = self._catalog.ask(self._watch.look)
        except (OSError, SetpointError) as caught:  # whoever asks next is told
            error = caught
        with self._condition:
            self._error, self._looked_s = error, time.monotonic()
            if changed is not None:
                self.seq += 1
                self.members += changed.is_membership
            self._condition.notify_all()
        if changed is not None:
            self._on_change(self.seq, changed)

    def end(self) -> None:
        """End the thread; a catch-up under way goes on until it is done."""
        with self._condition:
            self._is_ended = True
            self._condition.notify_all()
