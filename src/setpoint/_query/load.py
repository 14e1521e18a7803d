"""One run by id, a part of it, its name, ``@last`` or ``@best:metric``."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.database import Database
from setpoint._catalog.leaf import storable
from setpoint._journal import layout
from setpoint.errors import AmbiguousRunError, InvalidArgumentError, RunNotFoundError

from .recorded import ROW_COLUMNS, RecordedRun, RunRow
from .short_ids import tail_of
from .store import catalog_for

if TYPE_CHECKING:
    from setpoint._journal.state import RunState

_MATCHES = 20
_LAST = re.compile(r"@last(?:~(\d{1,9}))?")
_PART = re.compile(r"[0-9a-z-]{3,64}")


def load(run: str, store: str | Path | None = None) -> RecordedRun:
    """Return the recorded run that *run* names.

    Args:
        run: its id, the beginning of it, three or more characters of its end after the date, its name, ``@last``,
            ``@last~1`` (the one before), or ``@best:acc`` (``@best:loss:min`` names the direction). Of several runs
            with one name the newest is meant.
        store: the store's folder or URL; by default ``$SETPOINT_STORE``, else the nearest ``.setpoint`` upwards.

    Raises:
        RunNotFoundError: there is no such run.
        AmbiguousRunError: the part of an id fits several.
        InvalidArgumentError: a word with ``@`` that means nothing.
    """
    catalog = catalog_for(store)
    catalog.catch_up()
    if run.startswith("@"):
        return _special(run, catalog)
    rows = catalog.ask(lambda database: _matching(database, run))
    if len(rows) > 1:
        raise AmbiguousRunError(run, [row.id for row in rows])
    if not rows:
        raise RunNotFoundError(run, catalog.store, catalog.ask(lambda database: _near(database, run)))
    return recorded(catalog, rows[0])


def recorded(catalog: Catalog, row: RunRow) -> RecordedRun:
    """Return the run of a catalog's row."""
    return RecordedRun(row, lambda row: read_state(catalog, row))


def _special(run: str, catalog: Catalog) -> RecordedRun:
    from .runs import runs

    everything = runs(store=catalog.store)
    word, _, rest = run.partition(":")
    found: RecordedRun | None
    if match := _LAST.fullmatch(run):
        back = int(match[1] or 0)
        found = next(iter(everything[back : back + 1]), None)
    elif word == "@best" and rest:
        metric, _, direction = rest.rpartition(":") if rest.endswith((":min", ":max")) else (rest, "", None)
        found = everything.best(metric, direction)
    else:
        raise InvalidArgumentError("run", repr(run), "an id, a name, @last, @last~1, @best:METRIC or @best:METRIC:min")
    if found is None:
        raise RunNotFoundError(run, catalog.store)
    return found


def _matching(database: Database, run: str) -> list[RunRow]:
    sql = f"SELECT {ROW_COLUMNS} FROM run r WHERE"
    exact = _rows(database, f"{sql} r.id = ?", (run,))
    if exact or not run:
        return exact
    named = _rows(database, f"{sql} r.name = ? ORDER BY r.created_ns DESC, r.n DESC LIMIT 1", (storable(run),))
    if named or not layout.is_run_id(run):
        return named
    beginning = _rows(database, f"{sql} r.id >= ? AND r.id < ? ORDER BY r.id LIMIT {_MATCHES}", (run, run + "~"))
    return beginning or [
        row for run_id in _with_part(database, run) for row in _rows(database, f"{sql} r.id = ?", (run_id,))
    ]


def _with_part(database: Database, part: str) -> list[str]:
    """Return ids that have *part* in what follows their date, those that have it first if there are any."""
    if not _PART.fullmatch(part):
        return []
    # Only letters, digits and dashes come here, none of which LIKE reads otherwise.
    rows = database.rows("SELECT id FROM run WHERE id LIKE ? ORDER BY id DESC LIMIT 1000", (f"%{part}%",))
    ids = [str(row[0]) for row in rows if part in tail_of(str(row[0]))]
    beginning = [run_id for run_id in ids if tail_of(run_id).startswith(part)]
    return (beginning or ids)[:_MATCHES]


def _near(database: Database, run: str) -> list[str]:
    from difflib import get_close_matches

    rows = database.rows("SELECT id, name FROM run ORDER BY created_ns DESC LIMIT 2000")
    words = dict.fromkeys(word for row in rows for word in row if word)
    return get_close_matches(run, words, n=3, cutoff=0.6)


def _rows(database: Database, sql: str, values: tuple[str, ...]) -> list[RunRow]:
    return [RunRow(*row) for row in database.rows(sql, values)]


def rows_of(database: Database, numbers: Iterable[int]) -> Iterator[RunRow]:
    """Yield the rows of the runs with these numbers, in their order; a run that has gone meanwhile is left out."""
    wanted = list(numbers)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        sql = f"SELECT {ROW_COLUMNS} FROM run r WHERE r.n IN ({', '.join('?' * len(some))})"
        found = {row[0]: row for row in database.rows(sql, some)}
        yield from (RunRow(*found[number]) for number in some if number in found)


def read_state(catalog: Catalog, row: RunRow) -> "RunState":
    """Return all that the journal of a run says, from its folder or from the pack it lies in.

    Raises:
        OSError: neither can be read.
    """
    from setpoint._journal.reader import read_run

    folder = catalog.folder
    if folder is None:
        raise FileNotFoundError(f"Run {row.id}: its journal is not on this machine.")
    day = layout.runs_folder(folder) / row.day
    if row.pack_n is None:
        if (day / row.id).is_dir():
            return catalog.journals.read(day / row.id) if row.status == "running" else read_run(day / row.id)
    else:
        names = catalog.ask(lambda database: database.rows("SELECT name FROM pack WHERE n = ?", (row.pack_n,)))
        if names and (state := _read_packed(day / names[0][0], row)) is not None:
            return state
    return _found_elsewhere(day, row.id)


def _read_packed(path: Path, row: RunRow) -> "RunState | None":
    from setpoint._journal import pack

    try:
        return pack.read_packed(path, row.pack_offset or 0, row.size_bytes, row.id)
    except FileNotFoundError:
        return None


def _found_elsewhere(day: Path, run_id: str) -> "RunState":
    """Look where the run went since the catalog looked: into a pack, or out of one."""
    from setpoint._journal import pack
    from setpoint._journal.reader import read_run

    if (day / run_id).is_dir():
        return read_run(day / run_id)
    for path in sorted(day.glob(f"[!.]*{pack.SUFFIX}")):
        if (state := pack.find_packed(path, run_id)) is not None:
            return state
    raise FileNotFoundError(f"Run {run_id}: its journal is no longer in {day}.")
