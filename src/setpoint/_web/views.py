"""Views that were given names, and the layout of tables: one small file a store in the user's configuration folder."""

import hashlib
import os
import tempfile
from pathlib import Path
from threading import Lock

import msgspec

from setpoint.errors import InvalidArgumentError

from . import report_shapes, shapes
from .page import Page

MOST_BYTES = 256 * 1024
_lock = Lock()  # two tabs may save at once


def views(page: Page, _: shapes.Nothing) -> report_shapes.Views:
    """Return the views and the layout as they were saved last."""
    try:
        found = _path(page.catalog.store).read_bytes()
        return msgspec.json.decode(found, type=report_shapes.Views)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):  # none yet, or another program's file
        return report_shapes.Views()


def save_views(page: Page, asked: report_shapes.Views) -> report_shapes.Views:
    """Save views and layout in place of those before.

    Raises:
        InvalidArgumentError: they are too large, or a view leads out of the page.
        OSError: the file can't be written.
    """
    for view in asked.views:
        if not view.url.startswith("/") or view.url.startswith(("//", "/\\")) or "\\" in view.url:
            raise InvalidArgumentError("url", repr(view.url[:200]), "an address of this page, such as /runs?f=...")
    body = msgspec.json.encode(asked)
    if len(body) > MOST_BYTES:
        raise InvalidArgumentError("views", f"{len(body)} bytes", f"at most {MOST_BYTES}")
    with _lock:
        _write(_path(page.catalog.store), body)
    return asked


def _path(store: str) -> Path:
    root = os.environ.get("XDG_CONFIG_HOME") or os.environ.get("APPDATA")
    home = Path(root) if root and Path(root).is_absolute() else Path("~/.config").expanduser()
    digest = hashlib.blake2b(os.fsencode(store), digest_size=16).hexdigest()
    return home / "setpoint" / "views" / f"{digest}.json"


def _write(path: Path, body: bytes) -> None:
    """Write a file that only this user can read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".views-")  # mode 0600
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123  # a descriptor
            file.write(body)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
