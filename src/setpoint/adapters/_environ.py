"""Environment variables that share a prefix."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from setpoint._core.change import Level, Origin, Param
from setpoint.errors import InvalidArgumentError, InvalidKeyError

# YAML 1.2's spellings (core schema, section 10.3.2): an empty or "no" variable stays a text.
_WORDS = {"True": True, "TRUE": True, "False": False, "FALSE": False, "Null": None, "NULL": None}


class Environ:
    """A source for ``config.update()``: the environment variables that begin with a prefix, read when it is used."""

    __slots__ = ("prefix",)

    def __init__(self, prefix: str) -> None:
        """Take the prefix, with or without its ``_`` at the end: ``Environ("TRAIN")`` reads ``TRAIN_LR``."""
        self.prefix = _checked(prefix)

    def __repr__(self) -> str:
        return f"Environ({self.prefix!r})"


def params_of(source: Environ) -> Iterable[Param]:
    """Return the params in this process's environment."""
    from os import environ

    return environ_params(source.prefix, environ)


def environ_params(prefix: str, environ: Mapping[str, str]) -> list[Param]:
    """Return the params in the variables of *environ* whose names begin with *prefix* and ``_``.

    ``TRAIN_OPTIM__LR=0.1`` gives ``optim.lr``: the name is lower-cased, a double underscore nests. The value is read as
    JSON (``true``, ``null``, ``1e-3``, ``[1, 2]``, ``"text"``); what is no JSON is the text itself.

    Raises:
        InvalidArgumentError: *prefix* is empty.
        InvalidKeyError: a variable names no param, like ``TRAIN_A____B``.
    """
    start = _checked(prefix)
    return [
        Param(_path(name, start), _value(text), Origin("env", name), Level.SET)
        for name, text in environ.items()
        if name.startswith(start)
    ]


def _checked(prefix: str) -> str:
    if not prefix.strip("_"):
        raise InvalidArgumentError("prefix", repr(prefix), "a text such as 'TRAIN': all variables would be params")
    return prefix if prefix.endswith("_") else f"{prefix}_"


def _path(variable: str, prefix: str) -> tuple[str, ...]:
    names = tuple(variable[len(prefix) :].lower().split("__"))
    if not all(names):
        raise InvalidKeyError(f"${variable}", "a name between the underscores is empty; rename or unset the variable")
    return names


def _value(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # no JSON, a number of over 4300 digits, brackets without end: a text
        return text
