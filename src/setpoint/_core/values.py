"""Values of any type: exact plain forms of them, equality and text.

The forms are written down in ``docs/design/values.md``.
"""

from .compare import is_equal, is_same
from .decode import decode
from .encode import Encoder
from .marks import ArrayDigest, Foreign, Plain, Redacted, StandIn
from .raw import type_name
from .show import show

__all__ = [
    "ArrayDigest",
    "Encoder",
    "Foreign",
    "Plain",
    "Redacted",
    "StandIn",
    "decode",
    "is_equal",
    "is_same",
    "show",
    "type_name",
]
