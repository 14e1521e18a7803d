"""Objects of chz classes."""

from collections.abc import Iterable
from typing import Any

from setpoint._core.change import Param

from ._nested import params_in


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a chz object: its fields as the program sees them (munged), with their docs."""
    fields: dict[str, Any] = source.__chz_fields__
    for name, field in fields.items():
        yield from params_in(name, getattr(source, name), getattr(field, "_doc", ""))
