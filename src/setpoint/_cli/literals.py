"""Values as people type them on a command line."""

import ast
import json
from typing import Any

_WORDS = {"true": True, "false": False, "null": None, "nan": float("nan"), "inf": float("inf"), "-inf": float("-inf")}


def read_value(text: str) -> Any:  # a param's value
    """Return the value that *text* means: a Python or JSON literal, else the text itself.

    ``0.1``, ``1e-3``, ``True``, ``null``, ``[64, 64]``, ``(0.9, 0.99)``, ``{"a": 1}``; ``adam`` and ``"0.1"`` are text.
    """
    if text in _WORDS:
        return _WORDS[text]
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):  # what it raises for what is no literal
        pass
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
