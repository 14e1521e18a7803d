"""What differs between runs, a line a key and a column a run; in blocks where the screen is too narrow for all runs."""

import re
from collections.abc import Iterator, Sequence

from setpoint._catalog.leaf import Scope
from setpoint._query.diff import Cell, Diff, DiffRow
from setpoint._query.keys import column_name
from setpoint._query.recorded import MISSING, RecordedRun
from setpoint._query.short_ids import short_ids

from .output import Screen, titled
from .table import GAP, Column, lines_of
from .text import FULL, pad, safe, shorten, value_texts, width_of

_VALUE, _ORIGIN, _KEY = 28, 24, 32
_INDENT = 2
_COMMIT = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{28}\b")


def diff_lines(diff: Diff, screen: Screen, *, is_all: bool) -> Iterator[str]:
    """Yield the lines: a sentence, then the params, results and facts that differ; *is_all* adds the equal ones."""
    yield screen.styled(safe(summed_up(diff)), "title")
    if diff.ignored:
        text = "1 param that differs was" if diff.ignored == 1 else f"{diff.ignored} params that differ were"
        yield screen.styled(f"{text} ignored.", "dim")
    titles = _titles(diff.runs, screen)
    config = [*diff.config, *(_equal_rows(diff, Scope.PARAM) if is_all else [])]
    results = [*diff.results, *(_equal_rows(diff, Scope.SUMMARY) if is_all else [])]
    yield from titled("Config", _blocks(config, titles, screen), screen)
    yield from titled("Results", _blocks(results, titles, screen), screen)
    yield from titled("Code and machine", _facts(diff, screen), screen)


def summed_up(diff: Diff) -> str:
    """Return one sentence about what tells the runs apart."""
    if diff.config or diff.facts or diff.results:
        return diff.verdict()
    return "All is equal: config, results, code, packages and machine."


def _equal_rows(diff: Diff, scope: Scope) -> list[DiffRow]:
    """Return a row for each key whose value is the same in all runs."""
    leaves = [run.leaves(scope) for run in diff.runs]
    names = {row.key for row in (diff.config if scope is Scope.PARAM else diff.results)}
    rows: list[DiffRow] = []
    for key, value in leaves[0].items():
        name = column_name(scope, key)
        is_everywhere = all(key in other for other in leaves)
        if name not in names and is_everywhere and len({repr(other[key]) for other in leaves}) == 1:
            rows.append(DiffRow(name, tuple(Cell(value) for _ in diff.runs)))
    return rows


def _facts(diff: Diff, screen: Screen) -> Iterator[str]:
    """Yield a line for each text of each fact that differs, with the runs that have it."""
    names: list[str] = []
    owners: list[str] = []
    texts: list[str] = []
    short = short_ids(run.id for run in diff.runs) if screen.is_terminal else {run.id: run.id for run in diff.runs}
    for fact in diff.facts:
        runs: dict[str, list[str]] = {}
        for run, text in zip(diff.runs, fact.values, strict=True):
            runs.setdefault(text, []).append(short[run.id])
        for at, (text, ids) in enumerate(runs.items()):
            names.append(safe(fact.name) if not at else "")
            owners.append(safe(", ".join(ids)))
            texts.append(safe(_COMMIT.sub(r"\1", text) if screen.is_terminal else text))
    columns = [
        Column("", names, styles=["key"]),
        Column("", owners, styles=["warn"]),
        Column("", texts),
    ]
    yield from lines_of(columns, screen, has_titles=False, indent=_INDENT)


def _titles(runs: Sequence[RecordedRun], screen: Screen) -> list[str]:
    """Return what stands above each run's column: its short id and name, or its whole id in a pipe."""
    if not screen.is_terminal:
        return [safe(run.id) for run in runs]
    short = short_ids(run.id for run in runs)
    return [safe(f"{short[run.id]} {run.name}".strip()) for run in runs]


def _blocks(rows: Sequence[DiffRow], titles: Sequence[str], screen: Screen) -> Iterator[str]:
    if not rows:
        return
    columns = _run_columns(rows, screen, titles)
    keys = Column("", [safe(row.key.removeprefix("summary.")) for row in rows], styles=["key"])
    first = 0
    while first < len(columns):
        count = _fitting(columns[first:], screen.width - _INDENT - min(keys.natural, _KEY) - GAP, screen)
        some = [column for pair in columns[first : first + count] for column in pair]
        if first:
            yield ""
        yield from lines_of([keys, *some], screen, indent=_INDENT)
        first += count


def _fitting(columns: Sequence[Sequence[Column]], room: int, screen: Screen) -> int:
    """Return how many runs stand side by side: all where it is no terminal, at least two where there are two."""
    if not screen.is_terminal:
        return len(columns)
    used = count = 0
    for pair in columns:
        used += sum(column.natural + GAP for column in pair)
        if used > room and count >= 2:
            break
        count += 1
    return count


def _run_columns(rows: Sequence[DiffRow], screen: Screen, titles: Sequence[str]) -> list[list[Column]]:
    """Return for each run its column of values, and that of origins where there are any."""
    width = _VALUE if screen.is_terminal else FULL
    texts = [value_texts([cell.value for cell in row.cells], width, is_metric=True) for row in rows]
    columns: list[list[Column]] = []
    for at, title in enumerate(titles):
        cells = [row.cells[at] for row in rows]
        styles = ["dim" if cell.value is MISSING else "" for cell in cells]
        values = Column(title, [safe(text[at]) for text in texts], styles=styles, title_style="warn")
        origins = [_origin_text(cell, screen) for cell in cells]
        columns.append([values, _origin_column(values, origins)] if any(origins) else [values])
    return columns


def _origin_column(values: Column, origins: list[str]) -> Column:
    """Return the column of origins beside that of values, whose title then runs on above it."""
    values.has_free_title = True
    missing = width_of(values.title or "") - values.natural - GAP - max(map(width_of, origins))
    if missing > 0:
        origins[0] = pad(origins[0], max(map(width_of, origins)) + missing)
    return Column(None, origins, styles=["dim"], title_style="warn")


def _origin_text(cell: Cell, screen: Screen) -> str:
    if cell.origin is None:
        return ""
    text = safe(str(cell.origin))
    return shorten(text, _ORIGIN) if screen.is_terminal else text
