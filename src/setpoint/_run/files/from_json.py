"""JSON: a tree of nodes with the line of every part, which the standard library's reader does not tell.

Read as RFC 8259 says, and as ``json.loads`` does beyond it: NaN, Infinity and -Infinity are floats, and an escaped
lone surrogate is kept. A name that is given twice, and a number beyond the largest float, are errors.
"""

import json.decoder
import re
from collections.abc import Callable
from json import JSONDecodeError
from typing import Any, cast

from setpoint.errors import ConfigFileError

from .limits import DEPTH, PARTS, SMALLER
from .node import Entries, Node
from .scalars import WrongScalarError, exact_float, exact_int
from .source import Source, shorten

# As old as the module, and not in its stubs.
_scan_string = cast("Callable[[str, int, bool], tuple[str, int]]", cast("Any", json.decoder).scanstring)
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"(?P<int>-?(?:0|[1-9][0-9]*))(?P<rest>(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)")
_WORD = re.compile(r"-?[A-Za-z_]+")
_WORDS: dict[str, Any] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}


def read_json(source: Source) -> Node:
    """Return the file's root, a node with a dict."""
    reader = _Reader(source)
    reader.space()
    root = reader.value(1, reader.line())
    reader.space()
    if reader.at < len(source.text):
        raise reader.error("there is more after the end of the object", "A JSON file has one object.")
    if root.entries is None:
        raise source.error("its content is no object", root.line, 1, 'Write {"name": value, ...}.')
    return root


class _Reader:
    """Reads from a place that only moves forward."""

    def __init__(self, source: Source) -> None:
        self.source, self.text = source, source.text
        self.at: int = 0
        self.parts = 0
        self._line: int = 1
        self._line_at: int = 0

    def line(self) -> int:
        """Return the line of the current place."""
        self._line += self.text.count("\n", self._line_at, self.at)
        self._line_at = self.at
        return self._line

    def error(self, problem: str, advice: str = "") -> ConfigFileError:
        """Make the error for the current place."""
        return self.source.error_at(self.at, problem, advice)

    def space(self) -> str:
        """Pass over white space and return the character after it, "" at the end."""
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return self.text[self.at : self.at + 1]

    def count(self) -> None:
        """Count one name or value, and refuse too many."""
        self.parts += 1
        if self.parts > PARTS:
            raise self.error(f"it holds more than {PARTS:,} names and values", SMALLER)

    def value(self, depth: int, line: int) -> Node:
        """Return the node of the value that starts at the current place."""
        self.count()
        first = self.text[self.at : self.at + 1]
        if first == '"':
            return Node(line, self.string())
        if first in ("{", "["):
            if depth > DEPTH:
                raise self.error(f"objects and arrays are more than {DEPTH} deep in each other here", "Flatten them.")
            self.at += 1
            if first == "{":
                return Node(line, entries=self.object(depth))
            return Node(line, items=self.array(depth))
        if match := _NUMBER.match(self.text, self.at):
            return Node(line, self.number(match))
        return Node(line, self.word())

    def string(self) -> str:
        """Return the string that starts at the current place."""
        try:
            value, self.at = _scan_string(self.text, self.at + 1, True)
        except JSONDecodeError as error:
            problem = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
            raise self.source.error_at(error.pos, problem, _STRING_ADVICE) from None
        return value

    def number(self, match: re.Match[str]) -> int | float:
        """Return the number that was matched at the current place."""
        try:
            value = exact_float(match[0]) if match["rest"] else exact_int(match["int"])
        except WrongScalarError as error:
            raise self.error(str(error), "Put it in quotes if it is text.") from None
        self.at = match.end()
        return value

    def word(self) -> Any:  # Any: a scalar of any type
        """Return what a bare word means; whatever else stands at the current place is an error."""
        match = _WORD.match(self.text, self.at)
        if match is not None and match[0] in _WORDS:
            self.at = match.end()
            return _WORDS[match[0]]
        raise self.unexpected("a value", match[0] if match else "")

    def unexpected(self, wanted: str, word: str = "") -> ConfigFileError:
        """Make the error for something that is not what was wanted."""
        found = word or self.text[self.at : self.at + 1]
        if not found:
            return self.error(f"the file ends where {wanted} was expected", "Close what is open.")
        advice = _ADVICE.get(found[0], "")
        if found.lower() in ("true", "false", "none", "null", "nan"):
            advice = "JSON writes true, false and null in small letters, without quotes."
        return self.error(f"{shorten(found)} stands where {wanted} was expected", advice)

    def object(self, depth: int) -> Entries:
        """Return the entries of the object whose brace was passed."""
        entries: Entries = {}
        if self.space() == "}":
            self.at += 1
            return entries
        while True:
            if self.space() != '"':
                raise self.unexpected("a name in double quotes")
            start, line = self.at, self.line()
            self.count()
            name = self.string()
            if name in entries:
                problem = f"{shorten(name)} is given again; line {entries[name].line} has it first"
                raise self.source.error_at(start, problem, "Remove one of them.")
            if self.space() != ":":
                raise self.unexpected("a colon")
            self.at += 1
            self.space()
            entries[name] = self.value(depth + 1, line)
            if self.ends("}"):
                return entries

    def array(self, depth: int) -> list[Node]:
        """Return the items of the array whose bracket was passed."""
        items: list[Node] = []
        if self.space() == "]":
            self.at += 1
            return items
        while True:
            self.space()
            items.append(self.value(depth + 1, self.line()))
            if self.ends("]"):
                return items

    def ends(self, closing: str) -> bool:
        """Pass over the comma or the closing character, and tell whether it was the latter."""
        found = self.space()
        if found not in (closing, ","):
            raise self.unexpected(f"a comma or {closing}")
        self.at += 1
        return found == closing


_STRING_ADVICE = "Close the string; write a line break in it as \\n and a backslash as \\\\."
_ADVICE = {
    "}": "JSON has no comma after the last entry.",
    "]": "JSON has no comma after the last item.",
    "/": "JSON has no comments; YAML and TOML have.",
    "#": "JSON has no comments; YAML and TOML have.",
    "'": "JSON strings stand in double quotes.",
}
