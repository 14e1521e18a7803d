"""The trash of a store: ``<store>/trash/<day of removal>/<day of the run>/<run>``. Moving a run back restores it."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from . import layout, pack
from .editing import replace_lines
from .segment import make_folder, sync_folder

KEEP_DAYS = 7
"""How long a run stays in the trash, at least, before ``setpoint pack`` removes it for good."""


def trash_folder(store: Path) -> Path:
    """Return the folder of a store that holds what was removed."""
    return store / "trash"


def throw_away(store: Path, folder: Path, now: datetime) -> Path:
    """Move a run's folder to the trash and return where it is now; raises OSError."""
    target = _place(store, folder.parent.name, folder.name, now)
    folder.rename(target)
    os.utime(folder.parent)
    sync_folder(folder.parent)
    return target


def throw_away_packed(store: Path, path: Path, run_id: str, now: datetime) -> Path:
    """Move a run out of the pack at *path* into a pack of its own in the trash, and return where that is.

    Raises:
        LookupError: the run is not in the pack.
        OSError: a pack can't be read or written.
    """
    lines: list[bytes] = []

    def without(line: bytes) -> bytes | None:
        packed = pack.read_line(line)
        if packed is None or packed.id != run_id:
            return line
        lines.append(line)
        return None

    target = _place(store, path.parent.name, run_id + pack.SUFFIX, now)
    with path.open("rb") as file:
        for line in file:
            without(line)
    if not lines:
        raise LookupError(f"run {run_id} is not in {path}")
    written = pack.write_pack(target.parent, lines)
    assert written is not None
    written.rename(target)
    replace_lines(path, without)
    return target


def _place(store: Path, day: str, name: str, now: datetime) -> Path:
    parent = trash_folder(store) / now.astimezone(UTC).strftime("%Y-%m-%d") / day
    make_folder(parent)
    target = parent / name
    count = 2
    while target.exists():  # a run of that id was removed, made again and removed again
        target = parent / f"{name}.{count}"
        count += 1
    return target


def empty_trash(store: Path, now: datetime, keep_days: int = KEEP_DAYS) -> int:
    """Remove for good what was thrown away more than *keep_days* days ago; return how many runs that were.

    Raises:
        OSError: something can't be removed.
    """
    edge = (now.astimezone(UTC) - timedelta(days=keep_days)).strftime("%Y-%m-%d")
    count = 0
    for day in list(_days(trash_folder(store))):
        if day.name < edge:
            count += sum(len(list(run_day.iterdir())) for run_day in _days(day))
            shutil.rmtree(day)
    return count


def trashed(store: Path) -> Iterator[Path]:
    """Yield the folders and packs of all runs in the trash."""
    for day in _days(trash_folder(store)):
        for run_day in _days(day):
            yield from sorted(run_day.iterdir())


def _days(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(day for day in folder.iterdir() if layout.is_day(day.name) and not day.is_symlink())
