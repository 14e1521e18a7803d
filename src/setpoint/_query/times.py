"""Dates and lengths of time as a filter writes them -> ns."""

import re
from datetime import datetime, timedelta

from setpoint._catalog.columns import ColumnKind

from .expr import And, Column, Compare, Expr, Has, Not, Op, Scalar, Term

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw])\s*")
_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")


def span_ns(value: Scalar) -> int:
    """Return the ns of ``"7d"``, ``"1h30m"`` or a number of seconds; raises ValueError where it is neither."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9:
        return round(value * 1_000_000_000)
    if isinstance(value, str) and len(value) < 40 and re.fullmatch(rf"(?:{_SPAN.pattern})+", value.strip()):
        seconds = sum(float(amount) * _UNITS_S[unit] for amount, unit in _SPAN.findall(value))
        if seconds < 1e9:
            return round(seconds * 1_000_000_000)
    raise ValueError(f"Expected {ColumnKind.SPAN.value}, or seconds, below 30 years")


def moment_ns(value: Scalar) -> int:
    """Return the ns since the Unix epoch of an ISO date or time; without a zone it is local time.

    Raises:
        ValueError: it is neither, or lies outside the years 1970 to 2200.
    """
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
            seconds = moment.astimezone().timestamp() if 1970 < moment.year < 2200 else -1
        except (ValueError, OverflowError):
            seconds = -1
        if seconds >= 0:
            return round(seconds * 1_000_000) * 1000
    raise ValueError(f"Expected {ColumnKind.TIME.value}")


def column_compare(target: Column, kind: ColumnKind, op: Op, value: Scalar) -> Expr:
    """Return the comparison of a run's column with *value* as the filter wrote it; raises ValueError where it can't be.

    ``== "2026-11-24"`` means that whole day. ``None`` asks whether there is a value at all.
    """
    if value is None:
        if op not in (Op.EQ, Op.NE):
            raise ValueError("None has no order; compare it with == or !=")
        return Not(Term(target, Has())) if op is Op.EQ else Term(target, Has())
    if kind is ColumnKind.TIME:
        return _time_compare(target, op, value)
    if kind is ColumnKind.SPAN:
        return Term(target, Compare(op, span_ns(value)))
    fits = isinstance(value, str) if kind is ColumnKind.TEXT else isinstance(value, int | float)
    if not fits or isinstance(value, bool):
        raise ValueError(f"run.{target.name} is {kind.value}; expected {kind.value} here")
    return Term(target, Compare(op, value))


def _time_compare(target: Column, op: Op, value: Scalar) -> Expr:
    start = moment_ns(value)
    if op not in (Op.EQ, Op.NE) or not (isinstance(value, str) and _DAY.fullmatch(value)):
        return Term(target, Compare(op, start))
    end = moment_ns((datetime.fromisoformat(value) + timedelta(days=1)).isoformat())
    inside = And((Term(target, Compare(Op.GE, start)), Term(target, Compare(Op.LT, end))))
    return inside if op is Op.EQ else And((Term(target, Has()), Not(inside)))
