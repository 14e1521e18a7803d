"""TOML: values from tomllib, and the line of every part from a scanner of our own.

The scanner goes first, because tomllib recurses without a bound and takes time that grows with the square of a dotted
key's length: 40 KB can take 6 s. tomllib then sees only text whose sizes the scanner has checked.
"""

import math
import re
import tomllib
from typing import cast

from setpoint._core.change import Path
from setpoint.errors import ConfigFileError

from .node import Node
from .source import Source, shorten
from .toml_scan import Scanner, Unclear

_AT = re.compile(r"\s*\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def read_toml(source: Source) -> Node:
    """Return the file's root, a node with a dict."""
    scanner = Scanner(source)
    text, end = source.text, len(source.text)
    try:
        scanner.scan()
    except Unclear as unclear:
        # What follows is unchecked, so tomllib gets no more of it than it needs to say what is wrong.
        end = unclear.at
        text = text[: end + 40]
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(source, end, str(error)) from None
    except ValueError as error:  # a number or date that is written well and means nothing
        raise source.error(f"it has a value that can't be read ({error})") from None
    if end < len(source.text):
        raise source.error_at(end, "it can't be read from here on", "Check the brackets and quotes above.")
    return _located(tree, (), 1, scanner)


def _syntax_error(source: Source, end: int, message: str) -> ConfigFileError:
    match = _AT.search(message)
    problem = (message[: match.start()] if match else message) or "it is not TOML"
    problem = problem[:1].lower() + problem[1:]
    if match and match["line"]:
        return source.error(problem, int(match["line"]), int(match["column"]), _advice(problem))
    return source.error_at(end, problem, _advice(problem))


def _advice(problem: str) -> str:
    if "overwrite" in problem or "twice" in problem:
        return "Remove one of them."
    if "invalid value" in problem:
        return "Put it in quotes if it is text; TOML writes true and false in small letters and has no null."
    return "Check the brackets, quotes and equals signs there."


def _located(value: object, path: Path, line: int, scanner: Scanner) -> Node:
    line = scanner.lines.get(path, line)
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return Node(line, entries={name: _located(part, (*path, name), line, scanner) for name, part in table.items()})
    if isinstance(value, list):
        array = cast("list[object]", value)
        return Node(line, items=[_located(part, (*path, index), line, scanner) for index, part in enumerate(array)])
    if isinstance(value, float) and math.isinf(value) and (text := scanner.floats.get(path)):
        problem = f"the number {shorten(text)} is beyond the largest float, 1.8e308"
        raise scanner.source.error(problem, line, 1, "Write inf if that is meant.")
    return Node(line, value)
