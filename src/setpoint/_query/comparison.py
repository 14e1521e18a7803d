"""Runs side by side, line by line: what differs and, if asked for, what is equal, each value with who set it."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from setpoint._catalog.leaf import Scope
from setpoint._core.leaves import flatten
from setpoint._core.values import Encoder, decode
from setpoint._journal.state import Held

from .diff import ABSENT, diff, differing, plain_text
from .holding import Find, finder
from .keys import column_name, is_among
from .recorded import MISSING, RecordedRun

_FACTS = (
    *("git", "script", "module", "command", "packages", "editable", "python", "host", "user", "system", "cpu_count"),
    *("cpus_usable", "memory_bytes", "gpus", "variables"),
)
"""The parts of an environment that are compared; process ids and times differ always."""


class LineCell(Struct, frozen=True):
    """One run's value, MISSING where it has none, and how it is held; params only."""

    value: Any  # a param's value is whatever the user put in
    held: Held | None = None


class Line(Struct, frozen=True):
    """A key with a cell for each run."""

    key: str
    differs: bool
    cells: tuple[LineCell, ...]


class Comparison(Struct, frozen=True):
    """Runs side by side. The numbers count equal lines that were left out."""

    verdict: str
    config: list[Line]
    results: list[Line]
    facts: list[Line]
    hidden_config: int
    hidden_results: int
    hidden_facts: int


def compare(runs: Sequence[RecordedRun], ignore: Iterable[str] = (), *, has_equal: bool = False) -> Comparison:
    """Return what differs between runs, of which there may be any number; with *has_equal* also what does not.

    Args:
        runs: the runs; their order is that of the cells.
        ignore: keys, or patterns with ``*``, that are left out; a section stands for all in it.
        has_equal: whether equal lines are wanted too.
    """
    patterns = tuple(ignore)
    finders = [finder(run) for run in runs]
    config, hidden_config = _lines([run.plain(Scope.PARAM) for run in runs], Scope.PARAM, patterns, finders)
    results, hidden_results = _lines([run.plain(Scope.SUMMARY) for run in runs], Scope.SUMMARY, patterns, None)
    facts, hidden_facts = _facts(runs, patterns)
    if not has_equal:
        config, results, facts = ([line for line in lines if line.differs] for lines in (config, results, facts))
    verdict = diff(runs, patterns).verdict() if len(runs) > 1 else "One run alone: there is nothing to compare it with."
    hidden = (0, 0, 0) if has_equal else (hidden_config, hidden_results, hidden_facts)
    return Comparison(verdict, config, results, facts, *hidden)


def _lines(
    trees: list[dict[str, Any]], scope: Scope, patterns: tuple[str, ...], finders: Sequence[Find] | None
) -> tuple[list[Line], int]:
    lines = [Line(column_name(scope, key), True, tuple(_cells(values, finders))) for key, values in differing(trees)]
    known = {line.key for line in lines}
    leaves = [dict(flatten(tree)) for tree in trees]
    for key, value in leaves[0].items():
        name = column_name(scope, key)
        if name not in known and _is_same(key, leaves):
            cells = _cells([(value, key)] * len(trees), finders)
            lines.append(Line(name, False, tuple(cells)))
    lines = [line for line in lines if not is_among(line.key, patterns)]
    places = {key: at for at, key in enumerate(dict.fromkeys(column_name(scope, key) for one in leaves for key in one))}
    lines.sort(key=lambda line: _place(line.key, places))
    return lines, sum(not line.differs for line in lines)


def _place(key: str, places: dict[str, int]) -> int:
    """Return where a line stands: at its key, or where its section or list begins."""
    if key in places:
        return places[key]
    below = (f"{key}.", f"{key}[")
    return next((at for name, at in places.items() if name.startswith(below)), len(places))


def _is_same(key: str, leaves: list[dict[str, Any]]) -> bool:
    return len({plain_text(one[key]) if key in one else "" for one in leaves}) == 1


def _cells(values: Sequence[tuple[Any, str]], finders: Sequence[Find] | None) -> Iterable[LineCell]:
    for at, (value, key) in enumerate(values):
        if value is ABSENT:
            yield LineCell(MISSING)
        else:
            yield LineCell(decode(value), finders[at](key) if finders is not None else None)


def _facts(runs: Sequence[RecordedRun], patterns: tuple[str, ...]) -> tuple[list[Line], int]:
    leaves = [dict(flatten(_environment(run))) for run in runs]
    lines: list[Line] = []
    for key in dict.fromkeys(key for one in leaves for key in one):
        if not is_among(key, patterns):
            cells = tuple(LineCell(decode(one[key]) if key in one else MISSING) for one in leaves)
            lines.append(Line(key, not _is_same(key, leaves), cells))
    return lines, sum(not line.differs for line in lines)


def _environment(run: RecordedRun) -> dict[str, Any]:
    try:
        environment = run.environment
    except OSError:  # as for origins
        return {}
    encoder = Encoder()
    return {name: encoder.encode(environment[name]) for name in _FACTS if name in environment}
