"""Named tuples."""

from collections.abc import Iterable
from typing import Any

from setpoint._core.change import Param

from ._nested import class_of, is_namedtuple, params_in, under


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a named tuple; named tuples inside it are sections, elsewhere they are values."""
    for name, value in zip(source._fields, source, strict=True):
        if is_namedtuple(class_of(value)):
            yield from under(name, list(params_of(value)))
        else:
            yield from params_in(name, value)
