"""TensorFlow 1's flags: ``tf.app.flags.FLAGS``."""

import sys
from collections.abc import Iterable
from typing import Any

from setpoint._core.change import Param

from . import _absl
from ._nested import params_in


def params_of(source: Any) -> Iterable[Param]:
    """Return the params of the flags, parsed from ``sys.argv`` first if need be, as TensorFlow does on a first read.

    Source:
        tensorflow/python/platform/flags.py: since 1.5 a wrapper round absl's flags, before that a dict filled by
        argparse.
    """
    own: dict[str, Any] = source.__dict__
    if "__wrapped" in own:
        flags = own["__wrapped"]
        if not flags.is_parsed():
            flags(sys.argv)
        return _absl.params_of(flags)
    if not own["__parsed"]:
        source._parse_flags()
    return [param for name, value in own["__flags"].items() for param in params_in(name, value)]
