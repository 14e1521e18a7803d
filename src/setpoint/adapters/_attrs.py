"""Instances of attrs classes."""

from collections.abc import Iterable
from typing import Any

from setpoint._core.change import Param

from ._nested import params_in


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of an attrs object: its attributes, with ``metadata["help"]`` as description."""
    fields: tuple[Any, ...] = source.__attrs_attrs__
    for field in fields:
        if hasattr(source, field.name):  # an attribute with init=False may never have been given a value
            yield from params_in(field.name, getattr(source, field.name), str(field.metadata.get("help") or ""))
