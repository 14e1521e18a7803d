"""Modules: Python files that hold a config, and the modules that hold command-line flags."""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from setpoint._core.change import Param
from setpoint.errors import UnsupportedSourceError

from ._nested import params_in

_NOT_VALUES = ("__future__", "typing")  # where `annotations`, TypeVar and their like come from


def params_of(source: ModuleType) -> Iterable[Param]:
    """Return the params of a module: its public values, without functions, classes and modules.

    The flag modules of absl and TensorFlow stand for the flags they hold.
    """
    if _holds_flags(source.__name__):
        from . import params_of as params_of_any

        return params_of_any(source.FLAGS)
    params = [
        param
        for name, value in vars(source).items()
        if not name.startswith("_") and _is_value(value)
        for param in params_in(name, value)
    ]
    if not params:
        raise UnsupportedSourceError(f"module {source.__name__}", "It has no public values: nothing would be recorded.")
    return params


def _holds_flags(name: str) -> bool:
    return name == "absl.flags" or (name.startswith("tensorflow.") and name.endswith(".flags"))


def _is_value(value: Any) -> bool:
    return not callable(value) and not isinstance(value, ModuleType) and type(value).__module__ not in _NOT_VALUES
