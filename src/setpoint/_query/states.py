"""Journals that were read lately, so that a page that asks again does not read them again."""

import threading
from collections import OrderedDict

from setpoint._catalog.catalog import Catalog
from setpoint._journal.state import RunState

from .load import read_state
from .recorded import RunRow

_MOST_POINTS = 1_500_000  # 24 bytes each
_MOST_STATES = 64


class States:
    """Keeps the states of runs that were read last, as long as their journals are what they were."""

    def __init__(self, catalog: Catalog) -> None:
        """Take the catalog whose runs are read."""
        self._catalog = catalog
        self._kept: OrderedDict[tuple[str, str, int, int | None, int | None], tuple[RunState, int]] = OrderedDict()
        self._points = 0
        self._lock = threading.Lock()

    def read(self, row: RunRow) -> RunState:
        """Return all that the journal of a run says; nobody may change it.

        Raises:
            OSError: it can't be read.
        """
        key = (row.id, row.status, row.size_bytes, row.pack_n, row.pack_offset)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        state = read_state(self._catalog, row)
        points = sum(len(series.values) for series in state.metrics.values())
        with self._lock:
            if key not in self._kept:
                self._kept[key] = state, points
                self._points += points
            while len(self._kept) > _MOST_STATES or (self._points > _MOST_POINTS and len(self._kept) > 1):
                _, (_, gone) = self._kept.popitem(last=False)
                self._points -= gone
        return state
