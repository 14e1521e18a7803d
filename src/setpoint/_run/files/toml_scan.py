"""Where each part of a TOML file stands, and whether it is small enough to be parsed.

The scanner knows TOML's shape (headers, keys, strings, arrays, inline tables), not its values. Text that it can't
follow raises Unclear; tomllib says what is wrong there.
"""

import re
import sys

from setpoint._core.change import Path
from setpoint.errors import ConfigFileError

from .limits import DEPTH, PARTS, SMALLER, TOML_NUMBER_CHARACTERS
from .source import Source, shorten

_SPACE = re.compile(r"[ \t]*+")
_BLANK = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
_LINE_END = re.compile(r"[ \t]*+(?:#[^\n]*+)?+(?:\n|\Z)")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_QUOTED = re.compile(r"\"(?:[^\"\\\n]++|\\[^\n])*+\"|'[^'\n]*+'")
_LONG = re.compile(r"\"\"\"(?:[^\"\\]++|\\[\s\S]|\"\"?+(?!\"))*+\"{3,5}|'''(?:[^']++|''?+(?!'))*+'{3,5}")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([\s\S]))")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}
_SCALAR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9:.Zz+-]++|[A-Za-z0-9_.:+-]++")


class Unclear(Exception):  # noqa: N818 - a signal inside this package, never seen outside
    """The scanner can't follow the text; ``at`` is the character where it stopped."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Scanner:
    """Walks through a file once. ``lines`` then holds the line of every part by its path.

    ``floats`` holds the text of numbers that may be beyond the largest float.
    """

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.lines: dict[Path, int] = {}
        self.floats: dict[Path, str] = {}
        self._at = self._parts = self._line_at = 0
        self._line = 1
        self._headers: dict[Path, int] = {}
        self._lengths: dict[Path, int] = {}  # of arrays of tables

    def scan(self) -> None:
        """Walk through the whole text; raises ConfigFileError for what is too much, and Unclear."""
        table: Path = ()
        while self._next(_BLANK):
            if self.text[self._at] == "[":
                table = self._header()
            else:
                self._entry(table)
            self._pass(_LINE_END)

    def _pass(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self._at)
        if match is None:
            raise Unclear(self._at)
        self._at = match.end()
        return match[0]

    def _next(self, space: re.Pattern[str]) -> str:
        self._pass(space)
        return self.text[self._at : self._at + 1]

    def _expect(self, mark: str) -> None:
        self._pass(_SPACE)
        if not self.text.startswith(mark, self._at):
            raise Unclear(self._at)
        self._at += len(mark)

    def _here(self) -> int:
        self._line += self.text.count("\n", self._line_at, self._at)
        self._line_at = self._at
        return self._line

    def _error(self, problem: str, advice: str) -> ConfigFileError:
        return self.source.error_at(self._at, problem, advice)

    def _place(self, path: Path, *, is_container: bool = False) -> Path:
        self._parts += 1
        if self._parts > PARTS:
            raise self._error(f"it holds more than {PARTS:,} names and values", SMALLER)
        if len(path) + is_container > DEPTH:
            raise self._error(f"tables and arrays are more than {DEPTH} deep inside each other here", "Flatten them.")
        return path

    def _key(self) -> list[str]:
        names = [self._name()]
        while self._next(_SPACE) == ".":
            self._at += 1
            self._pass(_SPACE)
            names.append(self._name())
            if len(names) > DEPTH:
                raise self._error(f"a dotted key has more than {DEPTH} names", "Shorten it.")
        return names

    def _name(self) -> str:
        if self.text[self._at : self._at + 1] not in ("'", '"'):
            return self._pass(_BARE)
        quoted = self._pass(_QUOTED)
        return _ESCAPE.sub(_unescaped, quoted[1:-1]) if quoted[0] == '"' and "\\" in quoted else quoted[1:-1]

    def _header(self) -> Path:
        line = self._here()
        is_array = self.text.startswith("[[", self._at)
        start = self._at
        self._at += 2 if is_array else 1
        self._pass(_SPACE)
        *outer, name = self._key()
        self._expect("]]" if is_array else "]")
        path: Path = ()
        for part in outer:
            path = self._place((*path, part))
            self.lines.setdefault(path, line)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        path = self._place((*path, name), is_container=True)
        if is_array:
            self.lines.setdefault(path, line)
            index = self._lengths.get(path, 0)
            self._lengths[path] = index + 1
            path = self._place((*path, index), is_container=True)
        elif path in self._headers:
            raise self._duplicate(start, name, self._headers[path])
        self._headers[path] = self.lines[path] = line
        return path

    def _entry(self, table: Path) -> None:
        line, start = self._here(), self._at
        *outer, name = self._key()
        self._expect("=")
        self._pass(_SPACE)
        path = table
        for part in outer:
            path = self._place((*path, part))
            self.lines.setdefault(path, line)
        path = self._place((*path, name))
        if path in self.lines:
            raise self._duplicate(start, name, self.lines[path])
        self.lines[path] = line
        self._value(path)

    def _duplicate(self, start: int, name: str, line: int) -> ConfigFileError:
        problem = f"{shorten(name)} is given again; line {line} has it first"
        return self.source.error_at(start, problem, "Remove one of them.")

    def _value(self, path: Path) -> None:
        first = self.text[self._at : self._at + 1]
        if first in ('"', "'"):
            self._pass(_LONG if self.text.startswith(first * 3, self._at) else _QUOTED)
        elif first == "[":
            self._array(path)
        elif first == "{":
            self._inline_table(path)
        else:
            self._scalar(path)

    def _scalar(self, path: Path) -> None:
        start = self._at
        text = self._pass(_SCALAR)
        if len(text) > TOML_NUMBER_CHARACTERS:
            problem = f"the number has {len(text):,} characters, more than {TOML_NUMBER_CHARACTERS:,}"
            raise self.source.error_at(start, problem, "Put it in quotes if it is text.")
        if "inf" not in text and ("e" in text.lower() or len(text) > 300):
            self.floats[path] = text

    def _array(self, path: Path) -> None:
        self._place(path, is_container=True)
        self._at += 1
        index = 0
        while self._next(_BLANK) != "]":
            part = self._place((*path, index))
            self.lines[part] = self._here()
            self._value(part)
            index += 1
            if self._next(_BLANK) == ",":
                self._at += 1
            elif self.text[self._at : self._at + 1] != "]":
                raise Unclear(self._at)
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._place(path, is_container=True)
        self._at += 1
        while self._next(_BLANK) != "}":
            self._entry(path)
            if self._next(_BLANK) == ",":
                self._at += 1
            elif self.text[self._at : self._at + 1] != "}":
                raise Unclear(self._at)
        self._at += 1


def _unescaped(match: re.Match[str]) -> str:
    digits = match[1] or match[2] or match[3]
    if digits is None:
        return _ESCAPED.get(match[4], match[4])
    return chr(code) if (code := int(digits, 16)) <= sys.maxunicode else ""  # tomllib refuses the name afterwards
