"""Scalars of YAML 1.2's core schema, standard tags, and where YAML 1.1 reads another value.

Source: YAML 1.2.2, section 10.3.2 (core schema); https://yaml.org/type/ for ``!!timestamp`` and ``!!binary``.
"""

import math
import re
from typing import Any, cast

from .limits import DIGITS
from .source import shorten

TAG = "tag:yaml.org,2002:"

_NULLS = ("", "~", "null", "Null", "NULL")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WORDS: dict[str, bool | None] = {**dict.fromkeys(_NULLS), **_TRUTHS}
_NUMERIC = frozenset("+-.0123456789")
_INT = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INF = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_ALIKE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?")  # the numbers that YAML 1.1 reads just so
_NAN = re.compile(r"\.(?:nan|NaN|NAN)")


class WrongScalarError(ValueError):
    """A scalar can't be read; the message says why, as a clause."""


def exact_int(digits: str) -> int:
    """Return the int that decimal *digits* (signed or not) write, however many up to the bound.

    ``int()`` refuses more than ``sys.get_int_max_str_digits()`` digits, so longer ones are read in pieces.
    """
    if len(digits) > DIGITS:
        raise WrongScalarError(f"the number has {len(digits):,} digits, more than {DIGITS:,}")
    if len(digits) <= 600:  # the lowest limit that Python lets a user set is 640
        return int(digits)
    sign, digits = (-1, digits[1:]) if digits[0] == "-" else (1, digits.removeprefix("+"))
    value = 0
    for start in range(0, len(digits), 600):
        piece = digits[start : start + 600]
        value = value * 10 ** len(piece) + int(piece)
    return sign * value


def exact_float(text: str) -> float:
    """Return the float that *text* writes; raises WrongScalarError where it is beyond the largest one."""
    if len(text) > DIGITS:
        raise WrongScalarError(f"the number has {len(text):,} digits, more than {DIGITS:,}")
    value = float(text)
    if math.isinf(value):
        raise WrongScalarError(f"the number {shorten(text)} is beyond the largest float, 1.8e308")
    return value


def resolve(text: str) -> Any:  # Any: a scalar of any type
    """Return what an untagged plain scalar means in the core schema."""
    if text[:1] in _NUMERIC and text:
        return _number(text)
    return _WORDS.get(text, text)


def _number(text: str) -> int | float | str:
    if _INT.fullmatch(text):
        return exact_int(text)
    if _FLOAT.fullmatch(text):
        return exact_float(text)
    if _BASED.fullmatch(text):
        if len(text) > DIGITS:
            raise WrongScalarError(f"the number has {len(text):,} digits, more than {DIGITS:,}")
        return int(text, 0)
    if _INF.fullmatch(text):
        return -math.inf if text[0] == "-" else math.inf
    return math.nan if _NAN.fullmatch(text) else text


def construct(tag: str, text: str) -> Any:  # Any: a scalar of any type
    """Return what a scalar with an explicit *tag* means; raises WrongScalarError where tag and text don't fit."""
    if tag in ("!", f"{TAG}str"):
        return text
    kind = tag.removeprefix(TAG)
    if kind == "null" and text in _NULLS:
        return None
    if kind == "bool" and text in _TRUTHS:
        return _TRUTHS[text]
    if kind in ("int", "float") and isinstance(number := resolve(text), int | float):
        if kind == "float" and not isinstance(number, bool):
            return exact_float(text) if isinstance(number, int) and "x" not in text and "o" not in text else number
        if type(number) is int:
            return number
    if kind == "timestamp":
        return _timestamp(text)
    if kind == "binary":
        return _binary(text)
    raise WrongScalarError(f"{shorten(text)} is no !!{kind}")


def _timestamp(text: str) -> Any:  # a date or a datetime
    from yaml.constructor import SafeConstructor
    from yaml.nodes import ScalarNode

    try:
        if SafeConstructor.timestamp_regexp.match(text):
            return SafeConstructor().construct_yaml_timestamp(ScalarNode(f"{TAG}timestamp", text))
    except (ValueError, OverflowError) as error:
        raise WrongScalarError(f"{shorten(text)} is no !!timestamp ({error})") from None
    raise WrongScalarError(f"{shorten(text)} is no !!timestamp")


def _binary(text: str) -> bytes:
    import base64

    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise WrongScalarError(f"{shorten(text)} is no !!binary, which is base64") from None


class Yaml11:
    """What PyYAML, which follows YAML 1.1, reads for an untagged plain scalar."""

    _TAGS = frozenset(f"{TAG}{kind}" for kind in ("bool", "float", "int", "null", "timestamp"))
    _LONGEST = 100  # longer text is no number, word or date that anyone writes

    def __init__(self) -> None:
        from yaml import SafeLoader

        # Any: the stubs leave both without types.
        self._resolvers: Any = SafeLoader.yaml_implicit_resolvers
        self._construct: Any = cast("Any", SafeLoader("")).construct_object
        self._read: dict[str, Any] = {}

    def differs(self, text: str, value: Any) -> str:  # Any: a scalar of any type
        """Return how YAML 1.1 reads *text*, as a message says it; "" where it reads *value* too."""
        if text[:1] not in self._resolvers or _ALIKE.fullmatch(text) or len(text) > self._LONGEST:
            return ""
        if text not in self._read:
            self._read[text] = self._value(text)
        other = self._read[text]
        return "" if type(other) is type(value) and repr(other) == repr(value) else said(other)

    def _value(self, text: str) -> Any:  # Any: a scalar of any type
        from yaml.nodes import ScalarNode

        tag = next((tag for tag, pattern in self._resolvers[text[:1]] if pattern.match(text)), None)
        if tag not in self._TAGS:
            return text
        try:
            return self._construct(ScalarNode(tag, text))
        except (ValueError, OverflowError):  # 2024-99-99: PyYAML stops there
            return _UNREADABLE


class _Unreadable:
    """Stands for what YAML 1.1 takes for a date or number, and can't read."""


_UNREADABLE = _Unreadable()


def said(value: Any) -> str:  # Any: a scalar of any type
    """Return a value as a message names it: with its type."""
    if value is None or isinstance(value, bool):
        return repr(value)
    if value is _UNREADABLE:
        return "an error"
    return f"the {type(value).__name__} {shorten(value) if isinstance(value, str) else value}"


def same_in_both(value: Any) -> str:  # Any: a scalar of any type
    """Return how to write *value* so that YAML 1.1 and 1.2 read it alike."""
    if isinstance(value, str):
        return f'"{value}"'
    text = repr(value)
    return text if "." in text or "e" not in text else text.replace("e", ".0e")
