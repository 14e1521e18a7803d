"""Values as the page shows them: JSON's own where nothing else reads like it, else with their kind and text."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from pathlib import PurePath
from typing import Any
from uuid import UUID

from setpoint._core.raw import type_of
from setpoint._core.values import ArrayDigest, Foreign, Redacted, StandIn, show
from setpoint._query.recorded import MISSING

Cell = Any  # null, a boolean, a text, a number, or a dict with "$", "text" and maybe "n"

EXACT_INTEGERS = 2**53  # up to here JavaScript's numbers hold every integer
UNSET: dict[str, Any] = {"$": "unset", "text": ""}
SHORT, FULL = 500, 100_000  # characters of a cell's text in tables, and where one run is shown

_KINDS: tuple[tuple[type[Any], str], ...] = (
    (list, "list"),
    (dict, "section"),
    (tuple, "tuple"),
    (set, "set"),
    (frozenset, "set"),
    (Redacted, "redacted"),
    (StandIn, "stand-in"),
    (ArrayDigest, "array"),
    (Foreign, "object"),
    (bytes, "bytes"),
    (complex, "complex"),
    (PurePath, "path"),
    (UUID, "uuid"),
)


def cell_of(value: Any, width: int = SHORT) -> Cell:  # a param's value is whatever the user put in
    """Return *value* as a cell, its text cut to *width* characters."""
    if value is MISSING:
        return UNSET
    if value is None or value is True or value is False:
        return value
    if isinstance(value, Enum):  # before text and numbers, which a member may be too
        return {"$": "enum", "text": show(value, width)}
    form = _FORMS.get(type_of(value))
    if form is not None:
        return form(value, width)
    kind = next((kind for base, kind in _KINDS if isinstance(value, base)), "object")
    return {"$": kind, "text": show(value, width)}


def _text(value: str, width: int) -> Cell:
    whole = value.encode("utf-8", "backslashreplace").decode()  # a lone surrogate has no place in JSON
    return whole if len(whole) <= width else {"$": "text", "text": f"{whole[: width - 1]}…"}


def _int(value: int, width: int) -> Cell:
    if abs(value) <= EXACT_INTEGERS:
        return value
    return {"$": "int", "text": show(value, width), **_number(value)}


def _float(value: float, _: int) -> Cell:
    if isfinite(value) and not value.is_integer():
        return value
    return {"$": "float", "text": repr(value), **_number(value)}


def _decimal(value: Decimal, width: int) -> Cell:
    return {"$": "decimal", "text": str(value)[:width], **(_number(value) if value.is_finite() else {})}


def _number(value: Any) -> dict[str, float]:  # an int, float or Decimal
    try:
        number = float(value)
    except OverflowError:
        return {}
    return {"n": number} if isfinite(number) else {}


def _moment(value: datetime, _: int) -> Cell:
    text = value.isoformat(" ", "seconds" if not value.microsecond else "auto")
    return {"$": "date", "text": text, "n": round(value.timestamp() * 1000)}


def _day(value: date | time, _: int) -> Cell:
    return {"$": "date", "text": value.isoformat()}


def _span(value: timedelta, _: int) -> Cell:
    return {"$": "span", "text": span_text(value.total_seconds()), "n": value.total_seconds()}


_FORMS: dict[type[Any], Callable[[Any, int], Cell]] = {
    str: _text,
    int: _int,
    float: _float,
    Decimal: _decimal,
    datetime: _moment,
    date: _day,
    time: _day,
    timedelta: _span,
}


def span_text(seconds: float) -> str:
    """Return a length of time with the two units that matter: ``80 ms``, ``1.8 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, small, small_unit in ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // small} {small_unit}"
    return f"{whole} s"


def ms_of(time_ns: int | None) -> int | None:
    """Return a time as ms since the Unix epoch; None where it is not known."""
    return time_ns // 1_000_000 if time_ns else None
