"""The diff of a dirty working tree that was kept with a run."""

import os
import stat
from pathlib import Path

from setpoint._catalog.catalog import Catalog
from setpoint._journal import layout, pack

from .edit import place_of
from .recorded import RecordedRun


def read_patch(run: RecordedRun, catalog: Catalog, limit_bytes: int) -> tuple[bytes, bool]:
    """Return the diff, at most *limit_bytes* of it, and whether there is more; empty where none was kept.

    Raises:
        OSError: the run's journal is no longer there.
        InvalidArgumentError: the store is no folder.
    """
    place = place_of(run, catalog)
    if place.folder is not None:
        found = _read_file(place.folder / layout.DIFF, limit_bytes + 1)
    else:
        assert place.pack is not None
        found = _packed(run, place.pack)
    return found[:limit_bytes], len(found) > limit_bytes


def _read_file(path: Path, most_bytes: int) -> bytes:
    """Read a regular file; what a link leads to may be anything, and is not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return b""
    with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor
        return file.read(most_bytes) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""


def _packed(run: RecordedRun, path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(run.row.pack_offset or 0)
        packed = pack.read_line(file.read(run.row.size_bytes))
    if packed is None or packed.id != run.id:  # the pack was written anew since the catalog looked
        raise FileNotFoundError(f"Run {run.id}: its journal is no longer where it was in {path}.")
    return pack.details_of(packed).files.get(layout.DIFF, b"")
