"""What a run says to the person at the terminal: one line at a time, on standard error."""

import sys
from contextlib import suppress
from typing import Any


class _Talk:
    """Whether lines are said."""

    def __init__(self) -> None:
        self.is_silent = False


_talk = _Talk()


def set_silent(is_silent: bool) -> None:
    """Mute ``say()`` for the rest of the process, or let it speak again."""
    _talk.is_silent = is_silent


def say(line: str) -> None:
    """Write ``setpoint: <line>`` to standard error, control characters escaped; never raises."""
    stream: Any = sys.stderr  # None without a console, or whatever the script put there
    if _talk.is_silent or stream is None:
        return
    text = f"setpoint: {_escaped(line)}\n"
    with suppress(Exception):  # the stream may be the script's own object: training outlives whatever it raises
        _write(stream, text)


def is_true(text: str) -> bool:
    """Tell whether the value of an environment variable switches something on."""
    return text.strip().lower() not in ("", "0", "false", "no", "off")


def _write(stream: Any, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        stream.write(text.encode("ascii", "backslashreplace").decode("ascii"))
    stream.flush()


def _escaped(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in line
    )
