"""What all calls of the page share: the store's catalog, its state, and the orders of runs asked for last."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import UNSET

from setpoint._catalog.reading import ReadingCatalog
from setpoint._journal import layout
from setpoint._journal.replay import ABSENT, value_at
from setpoint._journal.stores import is_url
from setpoint._query.expr import Column
from setpoint._query.histogram import Facet
from setpoint._query.keys import target_of
from setpoint._query.kinds import KeyFacts, key_facts
from setpoint._query.load import rows_of
from setpoint._query.orders import Orders, Question, State, question
from setpoint._query.recorded import MISSING, ROW_COLUMNS, RecordedRun, RunRow
from setpoint._query.runs import Runs
from setpoint._query.states import States
from setpoint._query.store import catalog_for
from setpoint._query.telling import SAMPLE, telling_columns
from setpoint._query.watching import Changed
from setpoint.errors import RunNotFoundError

from .cells import SHORT, Cell, cell_of, ms_of
from .explainer import Explainer
from .keeper import Keeper
from .recent import Recent
from .shapes import Row
from .workers import Workers

TAGS = "tags"
_IDS_AT_ONCE = 500


class Page:
    """One store, as the page's calls ask it. Calls come from several threads."""

    def __init__(self, store: str | Path | None = None) -> None:
        """Take the store as ``runs()`` does; nothing is started yet."""
        self.catalog = catalog_for(store)
        self.reader = ReadingCatalog(self.catalog)
        self.states = States(self.reader)
        self.explainer = Explainer(self.catalog.store)
        self.workers = Workers()
        self.orders = Orders(self.reader, self.workers.later)
        self.listeners: list[Callable[[int, Changed], None]] = []
        self.endings: list[Callable[[], None]] = []
        self.keeper = Keeper(self.catalog, self._tell)
        self._recent_keys: Recent[tuple[int, list[KeyFacts]]] = Recent()
        self.recent_facets: Recent[Facet] = Recent(100)
        self._recent_columns: Recent[list[str]] = Recent()

    @property
    def shown_store(self) -> str:
        """The store as the page shows it: a folder, or a URL without its password."""
        url = urlsplit(self.catalog.store) if is_url(self.catalog.store) else None
        return self.catalog.store if url is None else f"{url.scheme}://{url.hostname or ''}{url.path}"

    def start(self) -> None:
        """Begin to watch the store."""
        self.keeper.look()
        self.keeper.start()
        self.workers.start()

    def end_streams(self) -> None:
        """End all live streams; may be called from a signal's handler."""
        for ending in list(self.endings):
            ending()

    def close(self) -> None:
        """End all threads and questions."""
        self.keeper.end()
        self.workers.end()
        self.explainer.end()
        self.reader.close()

    def _tell(self, seq: int, changed: Changed) -> None:
        for listener in list(self.listeners):
            listener(seq, changed)

    def current(self) -> State:
        """Return the state of the catalog, which catches up first; raises what ``Keeper.freshen`` raises."""
        self.keeper.freshen()
        return State(self.keeper.seq, self.keeper.members)

    def runs_of(self, asked: Question) -> Runs:
        """Return the runs that a question finds, as the reports take them; its orders don't count."""
        return Runs(self.reader, asked.expr, text=asked.text)

    def by_number(self, numbers: Sequence[int]) -> list[RecordedRun]:
        """Return the runs with these numbers, in their order; what has gone meanwhile is left out."""
        rows = self.reader.ask(lambda database: list(rows_of(database, numbers)))
        return [RecordedRun(row, self.states.read) for row in rows]

    def by_id(self, ids: Sequence[str]) -> list[RecordedRun]:
        """Return the runs with these whole ids, in their order; ids that are none, or have gone, are left out."""
        wanted = [run_id for run_id in dict.fromkeys(ids) if layout.is_run_id(run_id)]
        found: dict[str, RunRow] = {}
        for start in range(0, len(wanted), _IDS_AT_ONCE):
            some = wanted[start : start + _IDS_AT_ONCE]
            sql = f"SELECT {ROW_COLUMNS} FROM run r WHERE r.id IN ({', '.join('?' * len(some))})"  # noqa: S608  # marks only
            rows = self.reader.ask(lambda database, sql=sql, some=some: database.rows(sql, some))  # type: ignore[misc]  # a default binds it
            found.update((row[1], RunRow(*row)) for row in rows)
        return [RecordedRun(found[run_id], self.states.read) for run_id in wanted if run_id in found]

    def one(self, run_id: str) -> RecordedRun:
        """Return the run with this whole id.

        Raises:
            RunNotFoundError: there is none.
        """
        for run in self.by_id([run_id]):
            return run
        raise RunNotFoundError(run_id if layout.is_run_id(run_id) else "of that id", self.catalog.store)

    def each(self, ids: Sequence[str]) -> list[RecordedRun]:
        """Return the runs with these whole ids, all of them; raises RunNotFoundError."""
        found = {run.id: run for run in self.by_id(ids)}
        return [found[run_id] if run_id in found else self.one(run_id) for run_id in dict.fromkeys(ids)]

    def telling(self, where: str, state: State) -> list[str]:
        """Return the columns that tell most about the newest of the runs that pass a filter."""

        def found() -> list[str]:
            _, numbers = self.orders.window(question(where), state, 0, SAMPLE)
            return telling_columns(self.by_number(numbers))

        return self._recent_columns.get(where, state.seq, found)

    def keys(self, where: str, state: State) -> tuple[int, list[KeyFacts]]:
        """Return how many runs pass a filter, and the keys they have; see ``key_facts``."""
        asked = question(where)
        return self._recent_keys.get(
            where, state.seq, lambda: self.reader.ask(lambda database: key_facts(database, asked.expr, asked.text))
        )

    def rows_of(self, runs: Sequence[RecordedRun], columns: Sequence[str]) -> list[Row]:
        """Return runs as tables show them.

        Raises:
            FilterError: a column's name can't be read.
        """
        for name in columns:
            if name != TAGS:
                target_of(name)
        return [self.row_of(run, columns) for run in runs]

    def row_of(self, run: RecordedRun, columns: Sequence[str] = ()) -> Row:
        """Return one run as tables show it."""
        row = run.row
        seen = self._seen_ms(run) if row.finished_ns is None else None
        return Row(
            id=run.id,
            name=run.name or None,
            status=run.status,
            created=row.created_ns // 1_000_000,
            finished=ms_of(row.finished_ns),
            project=run.project or None,
            tags=run.tags,
            notes=run.notes or None,
            damage=row.damage or 0,
            lost=run.lost,
            cells=[_cell(run, name) for name in columns],
            seen=UNSET if seen is None else seen,
        )

    def folder_of(self, run: RecordedRun) -> Path | None:
        """Return the run's folder; None where it is packed, or the store is a database."""
        if self.catalog.folder is None or run.row.pack_n is not None:
            return None
        return layout.runs_folder(self.catalog.folder) / run.row.day / run.id

    def _seen_ms(self, run: RecordedRun) -> int | None:
        """Return when a run that is not over was last written to, in ms since the Unix epoch."""
        folder = self.folder_of(run)
        try:
            if folder is None:
                return None
            with os.scandir(folder) as entries:
                return max((int(entry.stat(follow_symlinks=False).st_mtime * 1000) for entry in entries), default=None)
        except OSError:  # packed or removed a moment ago
            return None


def _cell(run: RecordedRun, name: str, width: int = SHORT) -> Cell:
    return cell_of(_value(run, name), width)


def _value(run: RecordedRun, name: str) -> Any:  # a param's value is whatever the user put in
    if name == TAGS:
        return run.tags
    value = run.value(name)
    if value is not MISSING:
        return value
    target = target_of(name)
    if isinstance(target, Column):
        return MISSING
    found = value_at(run.summary if target.scope else run.config, target.path)  # a section or list as a whole
    return MISSING if found is ABSENT else found
