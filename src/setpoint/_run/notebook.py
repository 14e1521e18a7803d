"""Whether code is typed in bit by bit, in a notebook or at a prompt, or runs as a script."""

import sys
from typing import Any


def shell() -> Any:
    """Return IPython's shell if one is at work, else None; IPython is not imported for it."""
    # Its type is IPython's, which is not among what training imports.
    get_ipython = getattr(sys.modules.get("IPython"), "get_ipython", None)
    return get_ipython() if get_ipython is not None else None


def in_notebook() -> bool:
    """Tell whether the code is that of a notebook's cells or of an IPython prompt, where values may be set again."""
    return shell() is not None


def is_interactive() -> bool:
    """Tell whether the process outlives an error of its code: a notebook, a prompt or ``python -i``.

    There the process's end tells nothing of how the code went.
    """
    return in_notebook() or hasattr(sys, "ps1") or bool(sys.flags.interactive)
