"""Short, safe text of any value, for messages and stand-ins."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from .marks import ArrayDigest, Foreign, Redacted, StandIn
from .raw import items_of, module_of, mro_of, type_name, type_of

_MAX_DEPTH = 6
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]{1,16}")
_LINE_BREAK = re.compile(r"[\r\n]\s*+")
_BRACKETS = {list: "[]", tuple: "()", set: "{}", frozenset: "{}"}
_MARKS: tuple[Any, ...] = (StandIn, Redacted, Foreign, ArrayDigest)
_TEXTS: tuple[Any, ...] = (str, bytes, bytearray)
_SEQUENCES: tuple[Any, ...] = (list, set, frozenset, tuple)
_plain_repr: Any = object.__repr__


def show(value: Any, width: int = 80) -> str:
    """Return one line of at most *width* printable characters that tells what *value* is; never raises.

    Containers are read only as far as the line reaches. Memory addresses are left out.
    """
    try:
        text = _text(value, width, 0)
    except Exception as error:  # noqa: BLE001  # the value's own code ran; a message must come out whatever it raises
        text = f"<{type_name(type_of(value))}: its repr raised {type(error).__name__}>"
    return _cut(_one_line(text, width), width)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(width - 3, 0)] + "..."


def _one_line(text: str, width: int) -> str:
    text = text[: width + 1]
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _text(value: Any, width: int, depth: int) -> str:
    kind = type_of(value)
    if kind in (bool, float, type(None)):
        return repr(value)
    if kind is int:
        return repr(value) if value.bit_length() <= 512 else f"{_hex_head(value)}... ({value.bit_length()} bits)"
    bases = mro_of(kind)
    if member := _enum_name(value, bases):
        return f"{kind.__name__}.{member}"
    for base in _TEXTS:
        if base in bases:
            return _quoted(base, value, width)
    if dict in bases:
        return _dict_text(value, width, depth)
    for base in _SEQUENCES:
        if base in bases and not (base is tuple and kind is not tuple):
            return _sequence_text(base, value, width, depth)
    return _foreign_text(value)


def _hex_head(value: int) -> str:
    sign, bits = ("-" if value < 0 else ""), value.bit_length()
    return f"{sign}0x{abs(value) >> (bits - 1) // 4 * 4 - 28:x}" if bits > 32 else hex(value)


def _quoted(base: Any, value: Any, width: int) -> str:
    if base.__len__(value) <= width:
        return repr(base.__getitem__(value, slice(None)) if type(value) is not base else value)
    return repr(base.__getitem__(value, slice(width)))


def _enum_name(value: Any, bases: tuple[type, ...]) -> str:
    if any(base.__name__ == "Enum" and module_of(base) == "enum" for base in bases):
        return str(object.__getattribute__(value, "_name_"))
    return ""


def _dict_text(value: Any, width: int, depth: int) -> str:
    if depth >= _MAX_DEPTH:
        return "{...}"
    pairs = (
        f"{_text(key, width, depth + 1)}: {_text(part, width, depth + 1)}"
        for key, part in islice(items_of(value), width)
    )
    return "{" + _joined(pairs, width) + "}"


def _sequence_text(base: Any, value: Any, width: int, depth: int) -> str:
    if not base.__len__(value):
        return {list: "[]", tuple: "()"}.get(base, f"{base.__name__}()")
    opening, closing = _BRACKETS[base][0], _BRACKETS[base][1]
    if depth >= _MAX_DEPTH:
        return f"{opening}...{closing}"
    parts = (_text(part, width, depth + 1) for part in islice(base.__iter__(value), width))
    text = _joined(parts, width) + ("," if base is tuple and len(value) == 1 else "")
    return f"{opening}{text}{closing}" if base is not frozenset else f"frozenset({{{text}}})"


def _joined(parts: Iterable[str], width: int) -> str:
    return ", ".join(_until(parts, width))


def _until(parts: Iterable[str], width: int) -> Iterator[str]:
    length = 0
    for part in parts:
        yield part
        length += len(part) + 2
        if length > width:
            return


def _foreign_text(value: Any) -> str:
    kind = type_of(value)
    if kind in _MARKS or kind.__repr__ is not _plain_repr:
        return _LINE_BREAK.sub(" ", _ADDRESS.sub("", repr(value)[:10_000]))
    return f"<{type_name(kind)} object>"
