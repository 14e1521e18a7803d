"""pydantic models and settings."""

from collections.abc import Iterable
from typing import Any

from setpoint._core.change import Param

from ._nested import class_of, params_in


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a model: its attributes as Python objects, extra ones too, with their descriptions."""
    fields: dict[str, Any] = getattr(class_of(source), "model_fields", {})  # pydantic 1 has none
    for name, value in source.__iter__():
        yield from params_in(name, value, getattr(fields.get(name), "description", None) or "")
