"""Instances of dataclasses, with or without slots, also those that pydantic and tyro use."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from setpoint._core.change import Param

from ._nested import params_in


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a dataclass: its fields, with ``metadata["help"]`` as description."""
    for field in fields(source):
        if hasattr(source, field.name):  # a field with init=False may never have been given a value
            yield from params_in(field.name, getattr(source, field.name), str(field.metadata.get("help") or ""))
