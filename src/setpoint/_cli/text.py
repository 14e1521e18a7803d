"""Values as text for a terminal: safe, as wide as they look, and short where there is little room."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice
from math import isfinite
from typing import Any

from setpoint._core.leaves import is_list
from setpoint._core.values import show
from setpoint._query.recorded import MISSING

FULL = 1_000_000
"""Characters that a value may have where the output is not fitted to a screen."""

_LOOKS_OTHERWISE = re.compile(
    r"[-+]?[\d.]|[\[({<'\"]|(?:None|True|False|nan|inf|missing|-|-inf)$|\s|$|.*\s$", re.DOTALL
)
_END = 16  # columns after a cut that are kept when the text is cut once more
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_AGES = ((365 * _DAY, "y"), (7 * _DAY, "w"), (_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m"), (1, "s"))


def safe(text: str) -> str:
    """Return *text* on one line, with all that could act on a terminal written out as in a Python string.

    These are control, escape and bidi characters, line ends, and lone surrogates.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def width_of(text: str) -> int:
    """Return how many columns of a terminal *text* takes: two for a wide character, none for a combining one.

    Source:
        Unicode Standard Annex 11, East Asian Width; W and F are wide.
    """
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """Return *text* in at most *width* columns; what is too long loses its middle, as both ends tell most.

    Text that was cut before is cut at the same place again, so that it has one ``…``.
    """
    if width_of(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    _, sign, end = text.rpartition("…")
    if sign and width_of(end) <= min(_END, width // 2):
        return f"{_fitting(text, width - 1 - width_of(end)).rstrip()}…{end}"
    head = _fitting(text, width // 2)
    return f"{head}…{_fitting(text[::-1], width - 1 - width_of(head))[::-1]}"


def _fitting(text: str, width: int) -> str:
    used = 0
    for at, char in enumerate(text):
        used += _char_width(char)
        if used > width:
            return text[:at]
    return text


def wrapped(text: str, width: int) -> list[str]:
    """Return *text* in lines of at most *width* columns, broken at spaces where there are any."""
    lines: list[str] = []
    while width_of(text) > width > 0:
        head = _fitting(text, width)
        at = head.rfind(" ") + 1 if text[len(head) : len(head) + 1] != " " else len(head)
        at = at or max(len(head), 1)
        lines.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*lines, text] if text or not lines else lines


def pad(text: str, width: int, *, is_right: bool = False) -> str:
    """Return *text* with spaces up to *width* columns."""
    spaces = " " * (width - width_of(text))
    return spaces + text if is_right else text + spaces


def value_text(value: Any, width: int = FULL) -> str:  # a param's value is whatever the user put in
    """Return a value in at most *width* characters; text is bare where nothing else reads like it, else in quotes."""
    if value is MISSING:
        return "-"
    if isinstance(value, str) and not _LOOKS_OTHERWISE.match(value) and value.isprintable():
        return shorten(value, width)
    if width >= FULL:
        return safe(show(value, FULL))
    if type(value) in (list, tuple):
        return _sequence_text(value, width)
    if isinstance(value, str):
        both_ends = value if len(value) <= 4 * width else value[: 2 * width] + value[-2 * width :]
        return shorten(safe(show(both_ends, 20 * width)), width)
    text = safe(show(value, width + 3))
    return text if width_of(text) <= width else shorten(f"{text.removesuffix('...')}…", width)


def _sequence_text(value: Sequence[Any], width: int) -> str:
    """Return a list or tuple whole or, where it is too long, its beginning and how many items it has."""
    opening, closing = "()" if isinstance(value, tuple) else "[]"
    is_words = is_list(value) and all(isinstance(part, str) for part in value)
    parts = [value_text(part, width) if is_words else safe(show(part, width)) for part in islice(value, width)]
    single = "," if opening == "(" and len(value) == 1 else ""
    whole = f"{opening}{', '.join(parts)}{single}{closing}"
    if len(value) <= 1 or (len(parts) == len(value) and width_of(whole) <= width):
        return shorten(whole, width)
    beginning, end = opening, f"… {len(value):,} items{closing}"
    for part in parts:
        if width_of(f"{beginning}{part}, {end}") > width:
            break
        beginning += f"{part}, "
    return shorten(beginning + end, width)


def value_texts(values: Sequence[Any], width: int, *, is_metric: bool = False) -> list[str]:
    """Return the values of one column: numbers with as many digits as it takes to tell them apart, at least four.

    Args:
        values: what the column holds; MISSING where there is nothing.
        width: characters for each; FULL also keeps all digits.
        is_metric: give all floats as many decimals, so that they line up.
    """
    floats = sorted({value for value in values if isinstance(value, float) and isfinite(value)})
    if width >= FULL or all(len(repr(value)) <= 6 for value in floats):
        return [value_text(value, width) for value in values]
    form = _same_decimals(floats) if is_metric else ""
    form = form or next(form for form in (*(f".{digits}g" for digits in range(4, 17)), "r") if _tells(floats, form))
    return [_formatted(value, form) if isinstance(value, float) else value_text(value, width) for value in values]


def _formatted(value: float, form: str) -> str:
    if form == "r" or not isfinite(value) or (form.endswith("g") and len(repr(value)) <= 5):
        return repr(value)
    return format(value, form)


def _tells(floats: Sequence[float], form: str) -> bool:
    return len({_formatted(value, form) for value in floats}) == len(floats)


def _same_decimals(floats: Sequence[float]) -> str:
    """Return a form with the fewest decimals, at least 4, that tells all numbers apart; empty where none is short."""
    sizes = [abs(value) for value in floats if value]
    if not sizes or min(sizes) < 1e-3 or max(sizes) >= 1e7:
        return ""
    forms = (f".{decimals}f" for decimals in range(4, 9))
    return next((form for form in forms if _tells_apart(floats, form)), "")


def _tells_apart(floats: Sequence[float], form: str) -> bool:
    """Tell whether all numbers read differently, and none that is not whole reads as a whole one."""
    texts = {value: format(value, form) for value in floats}
    return len(set(texts.values())) == len(floats) and all(
        value.is_integer() or form == ".8f" or not float(text).is_integer() for value, text in texts.items()
    )


def age_text(seconds: float) -> str:
    """Return a length of time in its largest unit: ``12s``, ``3m``, ``2h``, ``5d``, ``8w``, ``2y``."""
    for size, unit in _AGES:
        if seconds >= size * (2 if unit in "wy" else 1):
            return f"{int(seconds // size)}{unit}"
    return "now"


def duration_text(seconds: float) -> str:
    """Return a length of time with the units that matter: ``80 ms``, ``1.8 s``, ``3 min 5 s``, ``2 h 10 min``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def size_text(size_bytes: int) -> str:
    """Return a number of bytes in its largest unit: ``812 B``, ``12 KiB``, ``3.4 MiB``."""
    size, unit = float(size_bytes), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if size < 1024 or unit == "TiB":
            break
        size /= 1024
    return f"{size:.0f} {unit}" if size >= 10 or unit == "B" else f"{size:.1f} {unit}"


def count_text(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 run``, ``1,204 runs``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
