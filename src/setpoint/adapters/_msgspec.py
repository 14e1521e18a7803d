"""msgspec structs."""

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET

from setpoint._core.change import Param

from ._nested import params_in


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a struct; fields that are ``UNSET`` have no value and are left out."""
    for name in source.__struct_fields__:
        value = getattr(source, name, UNSET)
        if value is not UNSET:
            yield from params_in(name, value)
