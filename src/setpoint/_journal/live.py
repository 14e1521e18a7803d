"""The journals of live runs, read on from where the last reading ended: for who asks again and again."""

import threading
from collections import OrderedDict
from pathlib import Path

from . import layout
from .fold import fold_ledgers
from .ledger import Ledger
from .reader import Place, close_reading, find_segments, read_on, read_run
from .state import Damage, RunState, Series

_MOST = 16  # a million points of a metric take 32 MB


class LiveJournals:
    """The journals that were asked for last, in memory; may be shared by threads, which then take turns."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._journals: OrderedDict[Path, _LiveJournal] = OrderedDict()

    def read(self, folder: Path) -> RunState:
        """Return what ``reader.read_run`` returns, after reading only what is new; raises OSError as it does."""
        with self._lock:
            journal = self._journals.pop(folder, None) or _LiveJournal(folder)
            state = journal.read()
            if state is None:
                return read_run(folder)
            self._journals[folder] = journal
            if len(self._journals) > _MOST:
                self._journals.popitem(last=False)
            return state


class _LiveJournal:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: dict[Path, Place] = {}
        self._ledgers: dict[str, Ledger] = {}
        self._damage: list[Damage] = []

    def read(self) -> RunState | None:
        """Return the state of a run that is live and was never packed; None for another, which is read whole."""
        segments = find_segments(self._folder)
        if (self._folder / layout.PACKED).exists() or not set(self._places) <= set(segments):
            return None
        for path in segments:
            writer = path.name.partition(".")[0]
            ledger = self._ledgers.setdefault(writer, Ledger(writer))
            place = self._places.setdefault(path, Place())
            if path.stat().st_size < place.offset:
                return None  # somebody cut it
            for frame in read_on(path, place):
                if isinstance(frame, Damage):
                    self._damage.append(frame)
                else:
                    ledger.add(frame)
        state = RunState(self._folder.name, damage=list(self._damage))
        fold_ledgers(state, list(self._ledgers.values()))
        close_reading(state, segments)
        if state.status != "running":
            return None  # whatever came last counts, a torn line too
        # The ledgers' own arrays go on growing, which they could not while somebody looks at them.
        for name, series in state.metrics.items():
            state.metrics[name] = Series(series.steps[:], series.values[:], series.times[:])
        return state
