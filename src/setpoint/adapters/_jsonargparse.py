"""jsonargparse.ArgumentParser: parse the command line into a nested namespace."""

from collections.abc import Iterable
from typing import Any

from setpoint._core.change import Param

from ._argparse import Recording


def params_of(source: Any) -> Iterable[Param]:
    """Yield the params of the command line, nested; typed flags are *set*, the parser's defaults are *default*.

    Parses ``sys.argv`` as ``parse_args()`` does, and exits as it does on ``--help`` and usage errors.
    """
    with Recording(source) as recording:
        namespace = source.parse_args()
    for key, value in namespace.items():
        description, origin, level = recording.about(key, value)
        yield Param(tuple(key.split(".")), value, origin, level, description)
