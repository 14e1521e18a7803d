"""Values to their plain forms, exactly, safely and fast."""

import re
from collections.abc import Callable
from typing import Any

from . import forms, named
from .foreign import foreign_writer
from .forms import BUILTIN_WRITERS, LIBRARY_WRITERS, Writer
from .keys import join_key
from .marks import ArrayDigest, Foreign, Plain, Redacted, StandIn
from .raw import copy_dict, copy_list, module_of, mro_of, space_of, type_name, type_of
from .show import show

MAX_DEPTH = 100
_MAX_PARTS = 5_000_000
_MOST_NAMES = 65_536
_SHOWN = 200
_INT_MIN, _INT_MAX = -(2**63), 2**64 - 1  # what msgspec writes as a number
_SURROGATE = re.compile("[\ud800-\udfff]")
_BUILTIN_BASES: tuple[type, ...] = (str, int, float, dict, list, set, frozenset, tuple, bytes, bytearray)
_EXACTLY: dict[type, Callable[[Any], Any]] = {
    str: str.__str__,
    int: int.__pos__,
    float: float.__pos__,
    bytes: lambda value: bytes.__add__(b"", value),
    bytearray: lambda value: bytearray.__add__(bytearray(), value),
}
"""The exact value of a subclass's instance, without asking the subclass."""

_Where = tuple[Any, str | int, int]  # the place above, the name or index there, the depth


class Encoder:
    """Writes values as plain forms that ``decode`` reads back, same value, same type.

    It never raises and changes nothing it is given. *redact* gets the nearest name and a value, and returns the value
    itself, or a Redacted to be recorded in its place. ``stand_ins`` collects the place (a key below the value, empty
    for the value itself) and reason of each value that could not be kept; the caller empties it. For one thread at a
    time.
    """

    __slots__ = ("_active", "_clean", "_left", "_redact", "stand_ins")

    def __init__(self, redact: Callable[[str, Any], Any] | None = None) -> None:
        """Take the function that spots secrets, if there is one."""
        self._redact = redact
        self._active: set[int] = set()
        self._clean: set[str] = set()
        self._left = 0
        self.stand_ins: list[tuple[str, str]] = []

    def encode(self, value: Any, name: str = "") -> Plain:
        """Return the plain form of *value*; *name* is the name it is set under."""
        self._left = _MAX_PARTS
        return self._write(value, name, "", None)

    def _write(self, value: Any, name: str, at: str | int, above: _Where | None) -> Plain:
        if self._redact is not None:
            kept = self._redact(name, value)
            if kept is not value and type(kept) is Redacted:
                return {"$redacted": kept.fingerprint}
        kind = type_of(value)
        if kind is int:
            if _INT_MIN <= value <= _INT_MAX:
                return value  # type: ignore[no-any-return]  # an int
            return forms.write_int(value)
        if kind is float:
            # An infinity and nan, minus themselves, are nan; cheaper than a call of isfinite.
            return value if value - value == 0.0 else forms.write_float(value)
        if kind is str:
            return value if value.isascii() or not _SURROGATE.search(value) else forms.write_text(value)
        if kind is bool or value is None:
            return value  # type: ignore[no-any-return]  # a bool or None
        return self._write_compound(value, kind, name, at, above)

    def _write_compound(self, value: Any, kind: type, name: str, at: str | int, above: _Where | None) -> Plain:
        where = (above, at, above[2] + 1 if above else 1)
        if where[2] > MAX_DEPTH:
            return self._stand_in(value, f"it is nested deeper than {MAX_DEPTH} levels", where)
        if id(value) in self._active:
            return self._stand_in(value, "it contains itself", where)
        noted = len(self.stand_ins)
        self._active.add(id(value))
        try:
            return self._write_kind(value, kind, name, where)
        except named.NotKeptError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001  # the value's own code ran; whatever it raises, the rest is recorded
            reason = f"reading it raised {type(error).__name__}"
        finally:
            self._active.discard(id(value))
        del self.stand_ins[noted:]
        return self._stand_in(value, reason, where)

    def _write_kind(self, value: Any, kind: type, name: str, where: _Where) -> Plain:
        if kind is dict:
            return self._write_dict(value, name, where)
        if kind is list:
            return self._write_list(value, name, where)
        writer = BUILTIN_WRITERS.get(kind)
        if writer is not None:
            return writer(value, self._inside(name, where))
        return self._write_other(value, kind, name, where)

    def _write_other(self, value: Any, kind: type, name: str, where: _Where) -> Plain:
        if kind is StandIn:
            return _stand_in_form(value)
        bases = mro_of(kind)
        inside = self._inside(name, where)
        writer = _MARK_WRITERS.get(kind) or foreign_writer(bases) or named_writer(bases)
        if writer is not None:
            return writer(value, inside)
        for base in _BUILTIN_BASES:
            if base in bases:
                exact = _EXACTLY[base](value) if base in _EXACTLY else value
                return self._write_base(exact, base, name, where)
        writer = library_writer(kind, bases)
        if writer is not None:
            return writer(value, inside)
        raise named.NotKeptError(f"setpoint has no exact form for the type {type_name(kind)}")

    def _inside(self, name: str, where: _Where) -> "_Inside":
        return _Inside(self._write, self._count, name, where)

    def _write_base(self, value: Any, base: type, name: str, where: _Where) -> Plain:
        if base in (str, int, float):
            return self._write(value, name, "", where)
        return self._write_kind(value, base, name, where)

    def _write_dict(self, value: dict[Any, Any], name: str, where: _Where) -> Plain:
        # A copy, made in one step of the interpreter: another thread may be changing the dict.
        items = copy_dict(value)
        self._count(len(items))
        plain: dict[str, Plain] = {}
        write, clean = self._write, self._clean
        for key, part in items.items():
            if type(key) is not str or (key not in clean and not self._learn_clean(key)):
                return self._write_pairs(items, name, where)
            plain[key] = write(part, key, key, where)
        return plain

    def _learn_clean(self, key: str) -> bool:
        """Tell whether *key* can be a name of a JSON object that is no form; remember it if so."""
        if key.startswith("$") or _SURROGATE.search(key):
            return False
        if len(self._clean) >= _MOST_NAMES:
            self._clean.clear()
        self._clean.add(key)
        return True

    def _write_pairs(self, items: dict[Any, Any], name: str, where: _Where) -> Plain:
        pairs: list[Plain] = []
        for key, part in items.items():
            at = key if type(key) is str else show(key)
            pairs.append([self._write(key, "", at, where), self._write(part, at if at is key else name, at, where)])
        return {"$type": "dict", "items": pairs}

    def _write_list(self, value: list[Any], name: str, where: _Where) -> Plain:
        items = copy_list(value)
        self._count(len(items))
        write = self._write
        return [write(part, name, at, where) for at, part in enumerate(items)]

    def _count(self, parts: int) -> None:
        self._left -= parts
        if self._left < 0:
            raise named.NotKeptError(f"more than {_MAX_PARTS:,} parts; keep it as an array or a file")

    def _stand_in(self, value: Any, reason: str, where: _Where) -> Plain:
        self.stand_ins.append((_key_of(where), reason))
        stand_in = StandIn(type_name(type_of(value)), show(value, _SHOWN), reason)
        if self._redact is not None:
            kept = self._redact("", stand_in)
            stand_in = kept if type(kept) is StandIn else StandIn(stand_in.type_name, repr(kept), reason)
        return _stand_in_form(stand_in)


class _Inside:
    """Where a value of a tagged form stands: its parts are written from here."""

    __slots__ = ("_count", "_name", "_where", "_write")

    def __init__(
        self,
        write: Callable[[Any, str, str | int, _Where | None], Plain],
        count: Callable[[int], None],
        name: str,
        where: _Where,
    ) -> None:
        self._write, self._count, self._name, self._where = write, count, name, where

    def part(self, value: Any, at: str | int, name: str | None = None) -> Plain:
        """Return the plain form of a part; *at* is its name or index, *name* counts for secrets if it is given."""
        self._count(1)
        return self._write(value, self._name if name is None else name, at, self._where)


def named_writer(bases: tuple[type, ...]) -> Writer | None:
    """Return the writer for a class, or for an instance of an enum, a named tuple or a dataclass."""
    if type in bases:
        return named.write_type
    if any(base.__name__ == "Enum" and module_of(base) == "enum" for base in bases):
        return named.write_enum
    if tuple in bases:
        fields = getattr(bases[0], "_fields", None)
        return named.write_namedtuple if type(fields) is tuple and hasattr(bases[0], "_make") else None
    is_plain = not any(base in bases for base in _BUILTIN_BASES)
    is_dataclass = any("__dataclass_fields__" in space_of(base) for base in bases)
    return named.write_dataclass if is_plain and is_dataclass else None


def library_writer(kind: type, bases: tuple[type, ...]) -> Writer | None:
    """Return the writer for a type of the standard library, found by its name."""
    return LIBRARY_WRITERS.get(type_name(kind)) or forms.write_path_of(bases)


def _key_of(where: _Where) -> str:
    path: list[str | int] = []
    at: _Where | None = where
    while at is not None and at[0] is not None:
        path.append(at[1])
        at = at[0]
    return join_key(tuple(reversed(path)))


def _stand_in_form(value: StandIn) -> Plain:
    return {"$type": "stand-in", "of": value.type_name, "repr": value.shown, "reason": value.reason}


def _write_redacted(value: Redacted, _inside: Any) -> Plain:
    return {"$redacted": value.fingerprint}


def _write_foreign(value: Foreign, inside: Any) -> Plain:
    part = inside.part(value.value, "value")
    return {"$type": "foreign", "of": value.type_name, "kind": value.kind, "name": value.name, "value": part}


def _write_digest(value: ArrayDigest, inside: Any) -> Plain:
    preview = [inside.part(part, at) for at, part in enumerate(value.preview)]
    return {
        "$type": "array",
        "dtype": value.dtype,
        "shape": list(value.shape),
        "hash": value.hash,
        "preview": preview,
    }


_MARK_WRITERS: dict[type, Writer] = {
    Redacted: _write_redacted,
    Foreign: _write_foreign,
    ArrayDigest: _write_digest,
}
