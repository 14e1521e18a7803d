"""ml_collections: ConfigDict and FrozenConfigDict."""

from collections.abc import Iterable
from typing import Any

from setpoint._core.change import Param

from ._nested import class_of, params_in


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a ConfigDict, field references resolved; a frozen one gives lists as they were."""
    config = source.as_configdict() if hasattr(class_of(source), "as_configdict") else source  # freezing made tuples
    for name, value in config.items():
        yield from params_in(name, value)
