"""Where results go: a terminal, with a width, colours and a pager, or a file or pipe, which gets plain whole text."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

import click
from msgspec import Struct

from .text import safe

_STYLES: dict[str, dict[str, Any]] = {
    "": {},
    "dim": {"dim": True},
    "bold": {"bold": True},
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "busy": {"fg": "cyan"},
    "warn": {"fg": "yellow"},
    "key": {"fg": "cyan"},
    "title": {"bold": True},
}
STATUS_STYLES = {"finished": "good", "running": "busy", "failed": "bad", "crashed": "bad"}


class Screen(Struct, frozen=True):
    """What standard output is: whether it is a terminal, how many columns it has, and whether it shows colours."""

    is_terminal: bool
    width: int
    height: int
    has_color: bool

    def styled(self, text: str, style: str) -> str:
        """Return *text* in one of the styles of this module; as it is where there are no colours."""
        if not self.has_color or not style or not text:
            return text
        return click.style(text, **_STYLES[style])


def this_screen() -> Screen:
    """Return what standard output is now. ``NO_COLOR`` and ``TERM=dumb`` switch colours off."""
    is_terminal = sys.stdout.isatty()
    columns, lines = _size()
    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Screen(is_terminal, max(columns, 20), lines, is_terminal and not is_plain)


def _size() -> tuple[int, int]:
    """Return columns and lines as ``shutil.get_terminal_size`` does, which takes long to import."""
    columns, lines = (int(text) if (text := os.environ.get(name, "")).isdigit() else 0 for name in ("COLUMNS", "LINES"))
    if not (columns and lines) and sys.__stdout__ is not None:
        try:
            size = os.get_terminal_size(sys.__stdout__.fileno())
        except (ValueError, OSError):  # closed, or no terminal
            size = os.terminal_size((0, 0))
        columns, lines = columns or size.columns, lines or size.lines
    return columns or 80, lines or 24


def write(lines: Iterable[str], screen: Screen) -> None:
    """Write result lines; on a terminal, what is higher than it goes through the pager."""
    if not screen.is_terminal:
        for line in lines:
            sys.stdout.write(line.rstrip() + "\n")
        return
    text = "".join(line.rstrip() + "\n" for line in lines)
    if text.count("\n") >= screen.height and sys.stdin.isatty():
        # None lets click find out whether the pager shows colours, and tell `less` to.
        click.echo_via_pager(text, color=None if screen.has_color else False)
    else:
        click.echo(text, nl=False, color=screen.has_color)


def write_json(value: Any) -> None:  # whatever JSON can hold
    """Write one JSON value, on one line where standard output is no terminal, else indented."""
    import msgspec

    text = msgspec.json.encode(value)
    if sys.stdout.isatty():
        text = msgspec.json.format(text, indent=2)
    sys.stdout.write(_escaped(text.decode()) + "\n")


def write_json_list(values: Iterable[Mapping[str, Any]]) -> None:
    """Write a JSON array, one element a line, while the elements come."""
    import msgspec

    between = "[\n"
    for value in values:
        sys.stdout.write(between + _escaped(msgspec.json.encode(value).decode()))
        between = ",\n"
    sys.stdout.write("[]\n" if between == "[\n" else "\n]\n")


def _escaped(text: str) -> str:
    """Return JSON text in which what could act on a terminal is escaped; it stands only within strings."""
    if text.isascii() and "\x7f" not in text:
        return text
    return "".join(char if char.isprintable() or char == "\n" else _json_escape(char) for char in text)


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


class SafeText(StringIO):
    """A text file that shows what is written to it on standard output, made safe for a terminal."""

    def write(self, text: str) -> int:
        """Write *text*; its ends of lines are kept, everything else that could act on a terminal is written out."""
        sys.stdout.write("\n".join(safe(line) for line in text.replace("\r\n", "\n").split("\n")))
        return len(text)


def say(text: str) -> None:
    """Say something beside the results, on standard error; every line of it is made safe."""
    for line in text.split("\n"):
        sys.stderr.write(safe(line) + "\n")
    sys.stderr.flush()


def titled(title: str, lines: Iterable[str], screen: Screen) -> Iterator[str]:
    """Yield a section: an empty line, its title, and the lines, two columns in; nothing where there are no lines."""
    is_first = True
    for line in lines:
        if is_first:
            yield ""
            yield screen.styled(title, "title")
            is_first = False
        yield f"  {line}"
