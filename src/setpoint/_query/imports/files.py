"""Reading what somebody else wrote: regular files below the given path only, never through links, never too large."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from setpoint.errors import SetpointError

MAX_TEXT_BYTES = 64 << 20
MAX_LOG_BYTES = 1 << 30
_MAX_DEPTH = 16


class UnreadableError(SetpointError):
    """A file that was to be imported can't be read, in one line."""

    def __init__(self, path: str, problem: str) -> None:
        """Take the file's path and what is wrong with it."""
        super().__init__(path, problem)
        self.path, self.problem = path, problem

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


def is_file(path: Path) -> bool:
    """Tell whether there is a regular file, and no link, at *path*."""
    return stat.S_ISREG(_mode(path))


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder, and no link, at *path*."""
    return stat.S_ISDIR(_mode(path))


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return 0


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what a folder holds, sorted by name, without links; nothing where it can't be listed."""
    try:
        with os.scandir(folder) as found:
            return sorted((entry for entry in found if not entry.is_symlink()), key=lambda entry: entry.name)
    except OSError:
        return []


def walk(folder: Path, depth: int = _MAX_DEPTH) -> Iterator[tuple[Path, list[str]]]:
    """Yield each folder below and including *folder* with the names of its files; links are passed over."""
    found = entries(folder)
    yield folder, [entry.name for entry in found if entry.is_file(follow_symlinks=False)]
    if depth:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from walk(Path(entry.path), depth - 1)


def folders(folder: Path) -> list[Path]:
    """Return the folders in a folder, sorted by name, without links."""
    return [Path(entry.path) for entry in entries(folder) if entry.is_dir(follow_symlinks=False)]


def read_bytes(path: Path, limit: int = MAX_TEXT_BYTES) -> bytes:
    """Return a file's content; raises UnreadableError where it is no regular file, too large or can't be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _flag("O_NOFOLLOW") | _flag("O_NONBLOCK") | _flag("O_BINARY"))
        with open(descriptor, "rb", closefd=True) as file:  # noqa: PTH123  # from a descriptor
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadableError(str(path), "it is not a regular file")
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UnreadableError(str(path), f"it can't be read ({reason})") from None
    if len(data) > limit:
        raise UnreadableError(str(path), f"it is larger than {limit >> 20} MB, the most that is read of such a file")
    return data


def _flag(name: str) -> int:
    return int(getattr(os, name, 0))


def read_text(path: Path, limit: int = MAX_TEXT_BYTES) -> str:
    """Return a text file's content; raises UnreadableError also where it is not UTF-8."""
    try:
        return read_bytes(path, limit).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(str(path), f"it is not UTF-8 (byte {error.start})") from None
