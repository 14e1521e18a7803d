"""Leaves of a config or summary as the catalog stores and compares them: a kind, a number, a text."""

import re
from collections.abc import Callable
from decimal import Decimal
from enum import IntEnum
from typing import Any

from msgspec import Struct

from setpoint._core.leaves import LIST_FORMS, SECTION_FORMS, is_dict

TEXT_LIMIT = 200  # characters of a text that stand in the index; longer ones are kept whole beside it
EXACT_INTEGERS = 2**53  # up to here a float holds every integer


class Scope(IntEnum):
    """What a key of the catalog names."""

    PARAM = 0
    SUMMARY = 1
    TAG = 2
    CHANGED = 3


class Kind(IntEnum):
    """What a leaf is; only INT, FLOAT and BIG have a number, only TEXT, LONG and OTHER a text."""

    FLAG = 0
    FALSE = 1
    TRUE = 2
    INT = 3
    FLOAT = 4
    BIG = 5
    NAN = 6
    TEXT = 7
    LONG = 8
    NONE = 9
    EMPTY_DICT = 10
    EMPTY_LIST = 11
    OTHER = 12


class Leaf(Struct, frozen=True):
    """One leaf. ``whole`` holds, in an order that text comparison keeps, what number or text had to leave out."""

    kind: Kind
    number: float | None = None
    text: str | None = None
    whole: str | None = None


FLAG = Leaf(Kind.FLAG)
_FALSE, _TRUE, _NAN, _NONE = Leaf(Kind.FALSE), Leaf(Kind.TRUE), Leaf(Kind.NAN), Leaf(Kind.NONE)
_EMPTY_DICT, _EMPTY_LIST = Leaf(Kind.EMPTY_DICT), Leaf(Kind.EMPTY_LIST)


def leaf_of(plain: Any) -> Leaf:  # a plain form: whatever JSON can hold
    """Return the leaf for a plain form as ``flatten`` yields it.

    Paths, enum members (by name), dates, times and UUIDs compare as texts; decimals and timedeltas (seconds) as
    numbers; what has no simpler form by the text that shows it.
    """
    if type(plain) is float:
        return Leaf(Kind.FLOAT, plain) if plain == plain else _NAN  # noqa: PLR0124  # only nan differs from itself
    if type(plain) is int:
        return _int_leaf(plain)
    if type(plain) is str:
        return text_leaf(plain)
    if plain is None:
        return _NONE
    if type(plain) is bool:
        return _TRUE if plain else _FALSE
    return _form_leaf(plain)


def _form_leaf(plain: Any) -> Leaf:
    if not is_dict(plain):
        return _EMPTY_LIST
    form = str(plain.get("$type", ""))
    if not plain or (form in SECTION_FORMS and not plain.get(SECTION_FORMS[form], plain.get("items"))):
        return _EMPTY_DICT
    if form in LIST_FORMS and not plain["items"]:
        return _EMPTY_LIST
    reader = _LEAF_READERS.get(form)
    try:
        if reader is not None:
            return reader(plain)
        return text_leaf(_words(plain), Kind.OTHER)
    except (KeyError, TypeError, ValueError, ArithmeticError):  # a damaged form, or one of a newer version
        return text_leaf(str(plain), Kind.OTHER)


def _int_leaf(value: int) -> Leaf:
    if -EXACT_INTEGERS <= value <= EXACT_INTEGERS:
        return Leaf(Kind.INT, float(value))
    return Leaf(Kind.BIG, nearest_float(value), None, sortable(value))


def _decimal_leaf(form: dict[str, Any]) -> Leaf:
    value = Decimal(form["value"])
    if value.is_nan():
        return _NAN
    if value.is_finite() and value.adjusted() < 5000 and value == value.to_integral_value():
        return _int_leaf(int(value))
    return leaf_of(float(value))


def _span_leaf(form: dict[str, Any]) -> Leaf:
    return leaf_of(form["days"] * 86_400 + form["seconds"] + form["microseconds"] / 1e6)


def text_leaf(value: str, kind: Kind = Kind.TEXT) -> Leaf:
    """Return the leaf for a text."""
    stored = storable(value)
    if len(stored) > TEXT_LIMIT:
        return Leaf(Kind.LONG, None, stored[:TEXT_LIMIT], stored)
    return Leaf(kind, None, stored)


def _words(form: dict[str, Any]) -> str:
    if form.get("$type") in ("type", "function"):
        return str(form["name"]).replace(":", ".").removeprefix("builtins.")
    from setpoint._core.values import decode, show

    return show(decode(form), 400)


def _value_of(form: dict[str, Any]) -> Leaf:
    return leaf_of(form["value"])


def _decoded(form: dict[str, Any]) -> Leaf:
    from setpoint._core.values import decode

    value = decode(form)
    return leaf_of(value) if isinstance(value, str | int | float) else text_leaf(str(form), Kind.OTHER)


_LEAF_READERS: dict[str, Callable[[dict[str, Any]], Leaf]] = {
    "str": _decoded,
    "int": _decoded,
    "float": _decoded,
    "decimal": _decimal_leaf,
    "timedelta": _span_leaf,
    "enum": lambda form: text_leaf(str(form["name"])),
    "path": _value_of,
    "uuid": _value_of,
    "date": _value_of,
    "time": _value_of,
    "datetime": _value_of,
}


def nearest_float(value: int) -> float:
    """Return the float nearest to *value*; an infinity where it is out of range."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def sortable(value: int) -> str:
    """Return text for an integer of any size so that texts compare as the integers do."""
    digits = f"{abs(value):x}"
    text = f"{len(digits):08x}{digits}"
    return "p" + text if value >= 0 else "n" + text.translate(_COMPLEMENT)


def unsortable(text: str) -> int:
    """Return the integer whose sortable text this is."""
    return int(text[9:], 16) if text[0] == "p" else -int(text[9:].translate(_COMPLEMENT), 16)


_COMPLEMENT = str.maketrans("0123456789abcdef", "fedcba9876543210")

# PostgreSQL refuses NUL and SQLite's driver refuses lone surrogates, so both are written as a lead character with
# digits after it. The digits, and the lead itself, are written so too: then a text contains another exactly when its
# stored form contains the other's, and stored forms sort as the texts do.
_UNSTORABLE = re.compile("[\x00-\x04\ud800-\udfff\ue000-\ue010]")


def storable(text: str) -> str:
    """Return *text* in a form that both databases keep, with the same order and the same substrings."""
    return text if text.isascii() and text.isprintable() else _UNSTORABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 4:
        return "\x01" + chr(2 + code // 3) + chr(2 + code % 3)
    rank = code - 0xD800 if code < 0xE000 else code - 0xE000 + 0x800
    return "\ue000" + "".join(chr(0xE001 + digit) for digit in (rank >> 8, rank >> 4 & 15, rank & 15))


_ESCAPED = re.compile("\x01[\x02-\x04]{2}|\ue000[\ue001-\ue010]{3}")


def restored(stored: str) -> str:
    """Return the text whose stored form this is."""
    return stored if stored.isascii() and stored.isprintable() else _ESCAPED.sub(_unescape, stored)


def _unescape(match: re.Match[str]) -> str:
    lead, *digits = (ord(character) for character in match[0])
    if lead == 1:
        return chr((digits[0] - 2) * 3 + digits[1] - 2)
    rank = (digits[0] - 0xE001 << 8) + (digits[1] - 0xE001 << 4) + digits[2] - 0xE001
    return chr(rank + 0xD800 if rank < 0x800 else rank - 0x800 + 0xE000)
