"""A config file's text: read without ever waiting, and where in it something stands."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePath

from setpoint.errors import ConfigFileError

from .limits import SIZE_BYTES, SMALLER


class Source:
    """The text of one file, and the path by which messages call it."""

    __slots__ = ("path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text

    def error(self, problem: str, line: int = 0, column: int = 0, advice: str = "") -> ConfigFileError:
        """Make the error that says what is wrong at a line and column (both 1-based)."""
        return ConfigFileError(self.path, problem, line=line, column=column, advice=advice)

    def error_at(self, offset: int, problem: str, advice: str = "") -> ConfigFileError:
        """Make the error that says what is wrong at a character."""
        line, column = place(self.text, offset)
        return self.error(problem, line, column, advice)


def place(text: str, offset: int) -> tuple[int, int]:
    """Return the line and column (both 1-based) of a character."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def shorten(text: str) -> str:
    """Return *text* quoted as it stands in a message: one line, printable, short."""
    return ascii(text if len(text) <= 60 else text[:57] + "...")


def read_source(path: str, suffix: str, suffixes: Sequence[str]) -> Source:
    """Return the file's text; raises ConfigFileError where it is no readable text file of a known kind."""
    if suffix not in suffixes:
        if os.path.isdir(path):  # noqa: PTH112  # the path may be one that Path would rewrite
            _check_regular(path, stat.S_IFDIR)
        problem = f"its name ends in {suffix!r}" if suffix else "its name has no ending"
        raise ConfigFileError(path, f"{problem}, so its format is unknown", advice=f"Read are {', '.join(suffixes)}.")
    try:
        data = _read_bytes(path, SIZE_BYTES[suffix])
    except FileNotFoundError:
        raise ConfigFileError(path, "there is no such file", advice=_near_files(path, suffixes)) from None
    except PermissionError:
        advice = f"Make it readable for this user: chmod u+r {path}"
        raise ConfigFileError(path, "this user may not read it", advice=advice) from None
    except ConfigFileError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigFileError(path, f"it can't be read ({reason})", advice="Check the path.") from None
    return Source(path, _decode(path, data))


def _read_bytes(path: str, limit: int) -> bytes:
    # Looked at before it is opened: opening a FIFO waits for a writer, opening a device can move it.
    _check_regular(path, os.stat(path).st_mode)  # noqa: PTH116 - the path may be one that Path would rewrite
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb", closefd=True) as file:  # noqa: PTH123 - from a descriptor
        _check_regular(path, os.fstat(descriptor).st_mode)
        data = file.read(limit + 1)
    if len(data) > limit:
        problem = f"it is larger than {limit / 1e6:.1f} MB, the most that is read of a {PurePath(path).suffix} file"
        raise ConfigFileError(path, problem, advice=SMALLER)
    return data


def _check_regular(path: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise ConfigFileError(path, "it is a folder, not a file", advice="Name a file in it.")
    if not stat.S_ISREG(mode):
        advice = "Save its content to a file first; a pipe or a device could keep the script waiting for ever."
        raise ConfigFileError(path, "it is not a regular file", advice=advice)


def _near_files(path: str, suffixes: Sequence[str]) -> str:
    from difflib import get_close_matches
    from itertools import islice

    folder, name = os.path.split(path)
    try:
        with os.scandir(folder or ".") as entries:
            names = [entry.name for entry in islice(entries, 1000) if PurePath(entry.name).suffix.lower() in suffixes]
    except OSError:
        return f"There is no folder {folder!r} here. The current folder is {_current_folder()}."
    near = get_close_matches(name, sorted(names), n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(repr(os.path.join(folder, match)) for match in near)}?"  # noqa: PTH118
    return f"It was looked for in {os.path.join(_current_folder(), folder)}."  # noqa: PTH118 - shown as it was given


def _current_folder() -> str:
    try:
        return str(Path.cwd())
    except OSError:
        return "gone"


def _decode(path: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigFileError(path, "it is UTF-16, not UTF-8", line=1, column=1, advice="Save it as UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The offsets count from after a byte order mark, which utf-8-sig takes off first.
        valid = error.object[: error.start].decode("utf-8")
        line, column = place(valid, len(valid))
        problem = f"it is not UTF-8: byte 0x{error.object[error.start]:02x} means nothing there"
        advice = "Save it as UTF-8; it may be Latin-1 or Windows-1252 now."
        raise ConfigFileError(path, problem, line=line, column=column, advice=advice) from None
    text = text.replace("\r\n", "\n")
    if (at := text.find("\0")) >= 0:
        line, column = place(text, at)
        advice = "It may be UTF-16 or no text at all. Save it as UTF-8."
        raise ConfigFileError(path, "it has a NUL character", line=line, column=column, advice=advice)
    return text
