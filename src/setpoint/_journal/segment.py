"""One file of a writer: made, appended to, synced, and never opened again."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_CHUNK_BYTES = 1 << 20
_sync_data = getattr(os, "fdatasync", os.fsync)  # macOS and Windows have fsync alone


class Segment:
    """An open part. Its descriptor closes when the last user drops it.

    A thread that is about to write holds the segment, so that its descriptor can't be closed under it and come back as
    another file of the script.
    """

    __slots__ = ("_inode", "fd", "path")

    def __init__(self, path: Path) -> None:
        """Make the file, readable by its owner alone whatever the umask; raises OSError."""
        self.fd = -1
        self.path = path
        self.fd = _above_streams(os.open(path, _FLAGS, 0o600))
        self._inode = _inode(os.fstat(self.fd))
        if hasattr(os, "fchmod"):  # pragma: no branch  # Windows has none before Python 3.13
            os.fchmod(self.fd, 0o600)

    def __del__(self) -> None:
        try:
            # A script that closes all descriptors may have got the number for a file of its own.
            if self.fd >= 0 and _inode(os.fstat(self.fd)) == self._inode:
                os.close(self.fd)
        except OSError:  # what matters was said by the sync before; close can't be tried again
            self.fd = -1

    def write(self, *lines: bytes) -> None:
        """Append the lines in few calls, going on after a short write; raises OSError."""
        chunk = bytearray()
        for line in lines:
            chunk += line
            if len(chunk) >= _CHUNK_BYTES:
                write_fully(self.fd, chunk)
                chunk = bytearray()
        write_fully(self.fd, chunk)

    def sync(self) -> None:
        """Wait until the disk has what was written; raises OSError, after which it can't be known what the disk has."""
        _sync_data(self.fd)

    def touch(self) -> None:
        """Show that the writer lives: set the file's modification time to now; raises OSError."""
        os.utime(self.fd if os.utime in os.supports_fd else self.path)

    def is_gone(self) -> bool:
        """Tell whether the file is no longer where it was made, or its descriptor no longer its own."""
        try:
            held = os.fstat(self.fd)
            if held.st_nlink == 0 or _inode(held) != self._inode:
                return True
        except OSError:  # the script has closed it
            return True
        try:
            return _inode(self.path.lstat()) != self._inode
        except FileNotFoundError:
            return True
        except OSError:  # a network disk that is away for a moment has lost nothing yet
            return False

    def discard(self) -> None:
        """Remove the file: it could not be filled, and everything in it is written to the next one."""
        try:
            self.path.unlink()
        except OSError:
            return  # a part that stays behind holds only true records, and the reader knows them by number


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _above_streams(fd: int) -> int:
    """Return *fd*, or another one for its file: as 0, 1 or 2 it would get what goes to a stream that was closed."""
    if fd > 2 or os.name == "nt":
        return fd
    import fcntl

    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(fd)


class Nowhere:
    """Stands in for a segment while there is none: every write to it fails, so that records wait."""

    fd: Final = -1


NOWHERE = Nowhere()


def write_fully(fd: int, data: bytes | bytearray) -> None:
    """Write all of *data*, going on after a short write; raises OSError."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def make_folder(folder: Path) -> None:
    """Make the folder and those above it, the new ones for their owner alone whatever the umask; raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    try:
        folder.mkdir(0o700)
    except FileExistsError:  # another process of the run was faster
        return
    folder.chmod(0o700)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's list of files, as far as the system can do that."""
    try:
        fd = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError:  # Windows opens no folder, and some network disks sync none; the file's own sync has to do
        return


def touch_folder(folder: Path) -> None:
    """Change the folder's time, by which a catalog sees that something in it is new."""
    with suppress(OSError):  # of another owner; a run's new folder has changed the time already
        os.utime(folder)
