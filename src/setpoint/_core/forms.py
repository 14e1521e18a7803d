"""The plain forms of the standard library's types: one writer and one reader each.

A writer gets a value of exactly its type; a reader gets the form. ``docs/design/values.md`` lists the forms.
"""

import base64
import sys
from collections.abc import Callable
from typing import Any

from . import named
from .marks import Foreign, Plain
from .named import Inside, NotKeptError, Read
from .raw import copy_set, iter_frozenset, iter_tuple, mro_of, type_name, type_of

Writer = Callable[[Any, Inside], Plain]
Reader = Callable[[dict[str, Any], Read], Any]


def _base64(data: bytes | bytearray) -> str:
    return base64.b64encode(data).decode("ascii")


def write_text(value: str) -> Plain:
    """Write a str that UTF-8 can't hold: one with lone surrogates."""
    return {"$type": "str", "base64": _base64(value.encode("utf-8", "surrogatepass"))}


def write_int(value: int) -> Plain:
    """Write an int beyond 64 bits; hexadecimal, since decimal digits are slow and limited."""
    return {"$type": "int", "hex": hex(value)}


def write_float(value: float) -> Plain:
    """Write nan or an infinity, which JSON has no word for."""
    return {"$type": "float", "value": repr(value)}


def _write_bytes(value: bytes, _inside: Inside) -> Plain:
    return {"$type": "bytes", "base64": _base64(value)}


def _write_bytearray(value: bytearray, _inside: Inside) -> Plain:
    return {"$type": "bytearray", "base64": _base64(value)}


def _write_complex(value: complex, inside: Inside) -> Plain:
    return {"$type": "complex", "real": inside.part(value.real, "real"), "imag": inside.part(value.imag, "imag")}


def _write_tuple(value: tuple[Any, ...], inside: Inside) -> Plain:
    return {"$type": "tuple", "items": [inside.part(part, at) for at, part in enumerate(iter_tuple(value))]}


def _write_set(value: set[Any], inside: Inside) -> Plain:
    return {"$type": "set", "items": _sorted_items(copy_set(value), inside)}


def _write_frozenset(value: frozenset[Any], inside: Inside) -> Plain:
    return {"$type": "frozenset", "items": _sorted_items(iter_frozenset(value), inside)}


def _sorted_items(parts: Any, inside: Inside) -> list[Plain]:
    # Sorted, since the order of a set differs from process to process and equal sets shall have equal records.
    import msgspec

    return sorted((inside.part(part, at) for at, part in enumerate(parts)), key=msgspec.json.encode)


def _write_ellipsis(_value: Any, _inside: Inside) -> Plain:
    return {"$type": "ellipsis"}


def _write_range(value: range, inside: Inside) -> Plain:
    return {"$type": "range", "items": [inside.part(part, "range") for part in (value.start, value.stop, value.step)]}


def _write_slice(value: slice, inside: Inside) -> Plain:
    return {"$type": "slice", "items": [inside.part(part, "slice") for part in (value.start, value.stop, value.step)]}


def _write_decimal(value: Any, _inside: Inside) -> Plain:
    return {"$type": "decimal", "value": str(value)}


def _write_uuid(value: Any, _inside: Inside) -> Plain:
    return {"$type": "uuid", "value": str(value)}


def _write_path(value: Any, inside: Inside) -> Plain:
    kinds = ("PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")
    kind = next(base.__name__ for base in mro_of(type_of(value)) if base.__name__ in kinds)
    return {"$type": "path", "class": kind, "value": inside.part(str(value), "value")}


def _write_date(value: Any, _inside: Inside) -> Plain:
    return {"$type": "date", "value": value.isoformat()}


def _write_time(value: Any, _inside: Inside) -> Plain:
    return {"$type": "time", "value": value.replace(tzinfo=None).isoformat(), **_zone(value)}


def _write_datetime(value: Any, _inside: Inside) -> Plain:
    return {"$type": "datetime", "value": value.replace(tzinfo=None).isoformat(), **_zone(value)}


def _zone(value: Any) -> dict[str, Plain]:
    fold: dict[str, Plain] = {"fold": 1} if value.fold else {}
    if value.tzinfo is None:
        return fold
    return {**fold, "tz": _timezone(value.tzinfo)}


def _timezone(zone: Any) -> Plain:
    kind = type_name(type_of(zone))
    if kind == "datetime.timezone":
        offset, *names = zone.__getinitargs__()
        return {"offset": _microseconds(offset), **({"name": names[0]} if names else {})}
    if kind == "zoneinfo.ZoneInfo" and zone.key is not None:
        return {"zone": zone.key}
    raise NotKeptError(f"its time zone is a {kind}, which has no name to find it by")


def _microseconds(span: Any) -> int:
    return int((span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds)


def _write_timezone(value: Any, _inside: Inside) -> Plain:
    return {"$type": "timezone", "tz": _timezone(value)}


def _write_timedelta(value: Any, _inside: Inside) -> Plain:
    return {"$type": "timedelta", "days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}


BUILTIN_WRITERS: dict[type, Writer] = {
    bytes: _write_bytes,
    bytearray: _write_bytearray,
    complex: _write_complex,
    tuple: _write_tuple,
    set: _write_set,
    frozenset: _write_frozenset,
    range: _write_range,
    slice: _write_slice,
    type(...): _write_ellipsis,
    type(_zone): named.write_function,
    type(len): named.write_function,
}
"""Writers of builtin types, by exact type."""

LIBRARY_WRITERS: dict[str, Writer] = {
    "decimal.Decimal": _write_decimal,
    "uuid.UUID": _write_uuid,
    "datetime.date": _write_date,
    "datetime.time": _write_time,
    "datetime.datetime": _write_datetime,
    "datetime.timedelta": _write_timedelta,
    "datetime.timezone": _write_timezone,
    "zoneinfo.ZoneInfo": _write_timezone,
}
"""Writers of library types, by exact type's name: such a value comes with its library loaded, core need not load it."""

PATH_TYPES = ("pathlib.PurePath", "pathlib._local.PurePath")


def write_path_of(bases: tuple[type, ...]) -> Writer | None:
    """Return the writer of paths if one of *bases* is pathlib's."""
    return _write_path if any(type_name(base) in PATH_TYPES for base in bases) else None


def _bytes(form: dict[str, Any]) -> bytes:
    return base64.b64decode(form["base64"], validate=True)


def _items(form: dict[str, Any], read: Read) -> list[Any]:
    return [read(part) for part in form["items"]]


def _read_set(form: dict[str, Any], read: Read) -> Any:
    parts = _items(form, read)
    try:
        return frozenset(parts) if form["$type"] == "frozenset" else set(parts)
    except TypeError:  # a part whose class is not loaded here has no hash
        return Foreign(form["$type"], form["$type"], "", parts)


def _read_dict(form: dict[str, Any], read: Read) -> Any:
    pairs = [(read(name), read(part)) for name, part in form["items"]]
    try:
        return dict(pairs)
    except TypeError:  # a name whose class is not loaded here has no hash
        return Foreign("dict", "dict", "", pairs)


def _read_decimal(form: dict[str, Any], _read: Read) -> Any:
    from decimal import Decimal

    return Decimal(form["value"])


def _read_uuid(form: dict[str, Any], _read: Read) -> Any:
    from uuid import UUID

    return UUID(form["value"])


def _read_path(form: dict[str, Any], read: Read) -> Any:
    import pathlib

    value = read(form["value"])
    if type(value) is not str:
        return value
    native = "WindowsPath" if sys.platform == "win32" else "PosixPath"
    kind = form["class"] if form["class"] == native else f"Pure{form['class'].removeprefix('Pure')}"
    return {
        native: pathlib.Path,
        "PurePosixPath": pathlib.PurePosixPath,
        "PureWindowsPath": pathlib.PureWindowsPath,
    }[kind](value)


def _read_date(form: dict[str, Any], _read: Read) -> Any:
    from datetime import date

    return date.fromisoformat(form["value"])


def _read_time(form: dict[str, Any], _read: Read) -> Any:
    from datetime import time

    return time.fromisoformat(form["value"]).replace(tzinfo=_read_zone(form), fold=form.get("fold", 0))


def _read_datetime(form: dict[str, Any], _read: Read) -> Any:
    from datetime import datetime

    return datetime.fromisoformat(form["value"]).replace(tzinfo=_read_zone(form), fold=form.get("fold", 0))


def _read_zone(form: dict[str, Any]) -> Any:
    from datetime import timedelta, timezone

    tz = form.get("tz")
    if tz is None:
        return None
    if "zone" in tz:
        from zoneinfo import ZoneInfo

        return ZoneInfo(tz["zone"])
    offset = timedelta(microseconds=tz["offset"])
    return timezone(offset, tz["name"]) if "name" in tz else timezone(offset)


def _read_timedelta(form: dict[str, Any], _read: Read) -> Any:
    from datetime import timedelta

    return timedelta(form["days"], form["seconds"], form["microseconds"])


READERS: dict[str, Reader] = {
    "str": lambda form, _read: _bytes(form).decode("utf-8", "surrogatepass"),
    "int": lambda form, _read: int(form["hex"], 16),
    "float": lambda form, _read: float(form["value"]),
    "bytes": lambda form, _read: _bytes(form),
    "bytearray": lambda form, _read: bytearray(_bytes(form)),
    "complex": lambda form, read: complex(read(form["real"]), read(form["imag"])),
    "tuple": lambda form, read: tuple(_items(form, read)),
    "set": _read_set,
    "frozenset": _read_set,
    "dict": _read_dict,
    "range": lambda form, read: range(*_items(form, read)),
    "slice": lambda form, read: slice(*_items(form, read)),
    "ellipsis": lambda _form, _read: ...,
    "decimal": _read_decimal,
    "uuid": _read_uuid,
    "path": _read_path,
    "date": _read_date,
    "time": _read_time,
    "datetime": _read_datetime,
    "timezone": lambda form, _read: _read_zone(form),
    "timedelta": _read_timedelta,
    "enum": named.read_enum,
    "namedtuple": named.read_namedtuple,
    "dataclass": named.read_dataclass,
    "type": named.read_type,
    "function": named.read_function,
}
"""Readers by the form's ``$type``."""
