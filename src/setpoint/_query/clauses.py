"""Filters written for a person: the text that finds the runs with a value, a range of numbers, or no value."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from keyword import iskeyword
from math import isfinite, isnan
from typing import Any

from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.leaf import Scope

from .expr import ANY_INDEX, Column, Key
from .recorded import MISSING

_ROOTS = {Scope.PARAM: "", Scope.SUMMARY: "summary"}
_NOT_FIRST = frozenset({"run", "summary", "config", "tags", "age", "notes", "nan", "inf"})


def name_in_filter(target: Key | Column) -> str:
    """Return the name of a key or run column as a filter must write it: ``optim.lr``, ``config["a/b"].c``."""
    if isinstance(target, Column):
        return f"run.{target.name}"
    if target.scope not in _ROOTS:
        return f"{quoted(str(target.path[0]))} in tags"
    first = str(target.path[0])
    text = _ROOTS[target.scope] or ("" if _is_plain(first) and first not in _NOT_FIRST else "config")
    for name in target.path:
        if isinstance(name, int):
            text += "[*]" if name == ANY_INDEX else f"[{name}]"
        elif _is_plain(name):
            text += f".{name}" if text else name
        else:
            text += f"[{quoted(name)}]"
    return text


def _is_plain(name: str) -> bool:
    return name.isascii() and name.isidentifier() and not iskeyword(name)


def quoted(text: str) -> str:
    """Return *text* as a filter writes it: in double quotes, and where it can't stand so, as Python would."""
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def equals(target: Key | Column, value: Any) -> str:  # a param's value is whatever the user put in
    """Return the filter for the runs with this value; empty where no filter says it."""
    name = name_in_filter(target)
    if value is MISSING:
        return f"missing({name})"
    if isinstance(target, Column) and COLUMNS[target.name].kind in (ColumnKind.TIME, ColumnKind.SPAN):
        return ""
    written = _scalar(value)
    return f"{name} == {written}" if written else ""


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() < 4000 else ""
    if isinstance(value, float) and not isnan(value):
        return repr(value)
    return ""


def between(target: Key | Column, low: float, high: float, *, is_last: bool = False) -> str:
    """Return the filter for the runs with a number from *low* up to below *high*, or where it is the last up to it."""
    name, until = name_in_filter(target), "<=" if is_last else "<"
    if isinstance(target, Column):
        kind = COLUMNS[target.name].kind
        if kind is ColumnKind.TIME:
            return f"{_moment(low)} <= {name} {until} {_moment(high)}"
    if not (isfinite(low) and isfinite(high)):
        return ""
    return f"{_short(low)} <= {name} {until} {_short(high)}"


def _short(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _moment(time_ms: float) -> str:
    return quoted(datetime.fromtimestamp(time_ms / 1000, UTC).isoformat())


def both(parts: Iterable[str]) -> str:
    """Return the filter that all parts say; empty where one of them is."""
    parts = list(parts)
    if not all(parts):
        return ""
    return " and ".join(f"({part})" if " or " in part else part for part in parts)
