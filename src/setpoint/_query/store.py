"""Which store a question is put to, and whether it is there."""

import os
from pathlib import Path

from setpoint._catalog.catalog import Catalog, catalog_of
from setpoint._journal import layout
from setpoint._journal.stores import STORE_NAME, default_store, is_url
from setpoint.errors import SetpointError


class NoStoreError(SetpointError, FileNotFoundError):
    """The folder that was named as a store is none."""

    def __init__(self, store: str, problem: str, near: str = "") -> None:
        """Take the folder, what it is instead, and the store that may have been meant, if any."""
        super().__init__(store, problem, near)
        self.store, self.problem, self.near = store, problem, near

    def __str__(self) -> str:
        hint = f" Did you mean {self.near}?" if self.near else " --store or SETPOINT_STORE names another one."
        return f"There is no store in {self.store}: {self.problem}.{hint}"


def catalog_for(store: str | Path | None) -> Catalog:
    """Return the catalog of *store*, or where it is None of ``$SETPOINT_STORE``, else the nearest ``.setpoint``."""
    named = default_store(os.environ, Path.cwd()) if store is None else os.fspath(store)
    return catalog_of(named if is_url(named) else _whole_path(named))


def _whole_path(named: str) -> str:
    path = Path(named).expanduser()
    return str(path.resolve() if ".." in path.parts else path.absolute())  # ".." after a link is not its parent


def is_store(catalog: Catalog) -> bool:
    """Tell whether the catalog's store is there: a database, or a folder that is."""
    return catalog.folder is None or catalog.folder.is_dir()


def expect_store(catalog: Catalog, *, may_be_new: bool = False) -> None:
    """Refuse a store that is no folder, or one that is not the store but has it inside; an empty folder is fine.

    Args:
        catalog: the store's.
        may_be_new: whether the folder may be missing.

    Raises:
        NoStoreError: with the store that may have been meant.
    """
    folder = catalog.folder
    if folder is None:
        return
    inside = folder / STORE_NAME
    near = str(inside) if inside.is_dir() else ""
    if not folder.exists() and not may_be_new:
        raise NoStoreError(catalog.store, "the folder does not exist")
    if folder.exists() and not folder.is_dir():
        raise NoStoreError(catalog.store, "it is a file")
    if near and not layout.runs_folder(folder).is_dir():
        raise NoStoreError(catalog.store, "it has no runs", near)
