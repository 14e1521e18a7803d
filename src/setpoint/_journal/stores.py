"""Which store is meant when none is named."""

import re
from collections.abc import Mapping
from pathlib import Path

STORE_NAME = ".setpoint"


def default_store(environ: Mapping[str, str], folder: Path) -> str:
    """Return the store for work in *folder*: ``$SETPOINT_STORE``, the nearest ``.setpoint`` upwards, or one here.

    It is a folder, or the URL of a team's PostgreSQL where the variable holds one. Nothing is made.
    """
    named = environ.get("SETPOINT_STORE", "")
    if is_url(named):
        return named
    if named:
        return str(folder / Path(named).expanduser())
    for above in (folder, *folder.parents):
        if (above / STORE_NAME).is_dir():
            return str(above / STORE_NAME)
    return str(folder / STORE_NAME)


def is_url(store: str) -> bool:
    """Tell whether a store is a URL and not a folder; only a database's can be a store."""
    return re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", store) is not None  # a drive of Windows has one letter
