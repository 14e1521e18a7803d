"""Which store a question is put to."""

import os
from pathlib import Path

from setpoint._catalog.catalog import Catalog, catalog_of
from setpoint._journal.stores import default_store, is_url


def catalog_for(store: str | Path | None) -> Catalog:
    """Return the catalog of *store*, or where it is None of ``$SETPOINT_STORE``, else the nearest ``.setpoint``."""
    named = default_store(os.environ, Path.cwd()) if store is None else os.fspath(store)
    return catalog_of(named if is_url(named) else str(Path(named).expanduser().absolute()))
