"""argparse.Namespace, types.SimpleNamespace and jsonargparse.Namespace."""

from collections.abc import Iterable
from typing import Any

from setpoint._core.change import Param

from ._nested import params_in


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of a namespace; namespaces inside it are sections."""
    for name, value in source.__dict__.items():
        yield from params_in(name, value)
