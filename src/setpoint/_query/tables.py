"""Runs as flat tables."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from setpoint._catalog.leaf import Scope
from setpoint._core.leaves import is_list
from setpoint._core.values import Encoder, show

from .keys import column_name
from .recorded import MISSING, RecordedRun

RUN_COLUMNS = ("id", "name", "project", "group", "status", "created", "duration", "host", "user", "commit")


def flat(run: RecordedRun, facts: Sequence[str] = RUN_COLUMNS) -> dict[str, Any]:
    """Return the run as one flat dict: facts about it, tags, params and summary, each under its column's name."""
    row: dict[str, Any] = {f"run.{name}": run.fact(name) for name in facts}
    row = {name: value for name, value in row.items() if value is not MISSING}
    if tags := run.tags:
        row["tags"] = tags
    for scope in (Scope.PARAM, Scope.SUMMARY):
        row.update((column_name(scope, key), value) for key, value in run.leaves(scope).items())
    return row


def columns_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the table column by column, in the order in which the columns first appear; None where a row has none."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def arrow_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the table column by column with one type a column: mixed types and what Arrow has no type for are text."""
    return {name: _one_type(values) for name, values in columns_of(rows).items()}


def _one_type(values: list[Any]) -> list[Any]:
    import datetime as dt

    kinds: set[type[Any]] = {type(value) for value in values if value is not None}
    if kinds == {int, float} and all(abs(value) <= 2**53 for value in values if type(value) is int):
        return [None if value is None else float(value) for value in values]
    if kinds == {int}:
        fits = all(-(2**63) <= value < 2**63 for value in values if value is not None)
        return values if fits else [None if value is None else str(value) for value in values]
    if len(kinds) <= 1 and kinds <= {bool, float, dt.datetime, dt.timedelta}:
        return values
    return [None if value is None else text(value) for value in values]


def text(value: Any) -> str:  # a param's value is whatever the user put in
    """Return a value as a cell of text."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if is_list(value) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return show(value, 10_000)


def group_key(value: Any) -> str:
    """Return text that two values share when they are equal with equal types."""
    import msgspec

    return "" if value is MISSING else msgspec.json.encode(Encoder().encode(value)).decode()


def hashable(value: Any) -> Any:
    """Return the value itself where a dict can hold it as a key, else its text."""
    return value if isinstance(value, Hashable) and not isinstance(value, tuple) else show(value)


def varying(leaves: Sequence[Mapping[str, Any]], limit: int) -> list[str]:
    """Return names of columns of params that differ: those in most runs first, then those with more values."""
    values: dict[str, set[str]] = {}
    counts: dict[str, int] = {}
    for run in leaves:
        for key, value in run.items():
            values.setdefault(key, set()).add(group_key(value))
            counts[key] = counts.get(key, 0) + 1
    differing = [key for key, found in values.items() if len(found) > 1 or counts[key] < len(leaves)]
    differing.sort(key=lambda key: (-counts[key], -len(values[key])))
    return [column_name(Scope.PARAM, key) for key in differing[:limit]]
