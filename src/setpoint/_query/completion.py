"""What may stand at a place of a filter: names of keys, operators, and values that runs have."""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.database import Database
from setpoint._catalog.leaf import Kind, Scope, restored
from setpoint._catalog.rows import text_of
from setpoint._core.keys import split_key
from setpoint.errors import FilterError

from .clauses import name_in_filter, quoted
from .distinct import MANY_RUNS, few_numbers, few_texts
from .expr import Column, Key
from .grammar import parse_key
from .keys import CatalogKeys

_MOST = 50
_MOST_KEYS = 20_000
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>"(?:\\.|[^"\\])*(?:"|$)|'(?:\\.|[^'\\])*(?:'|$))
      | (?P<name>[^\W\d]\w*(?:\.\w+|\.(?=$|\s)|\[\d+\]|\[\*\]|\[(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')\])*)
      | (?P<number>[\d.][\w.+-]*)
      | (?P<operator>==|!=|<=|>=|<|>)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = frozenset({"and", "or", "not", "in", "is", "True", "False", "None", "nan", "inf"})
_FUNCTIONS = (
    ("has(", "the run has the key"),
    ("missing(", "the run does not have the key"),
    ("changed(", "the param was changed after it was set"),
    ("contains(", "the text or list has a part"),
)
_SPECIAL = (("age < ", "time since the run began, such as '7d'"), ("tags", "as in 'baseline' in tags"))
_OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "in (", "not in (", "and ", "or ")
_STATUSES = ("running", "finished", "failed", "crashed")


class Option(Struct, frozen=True):
    """A text that may stand there, and what it is."""

    text: str
    detail: str


class Completion(Struct, frozen=True):
    """What may stand in the place of the characters from ``start`` up to ``stop``, counted from 0."""

    start: int
    stop: int
    options: list[Option]


class _Token(Struct):
    kind: str
    text: str
    start: int


def complete(database: Database, text: str, cursor: int) -> Completion:
    """Return what may stand at *cursor* (a place in *text*, from 0), the likeliest first, fifty at most."""
    cursor = min(cursor, len(text))
    tokens = [
        _Token(str(match.lastgroup), match[0], match.start())
        for match in _TOKEN.finditer(text[:cursor])
        if match.lastgroup != "space"
    ]
    start = _start_of_typed(tokens, cursor)
    tokens = [token for token in tokens if token.start < start]
    typed = text[start:cursor]
    stop = cursor + _rest(text[cursor:], typed)
    return Completion(start, stop, _fitting(_Options(database, tokens, typed).all(), typed))


def _start_of_typed(tokens: list[_Token], cursor: int) -> int:
    """Return where the name or value begins that is being typed at the cursor."""
    if not tokens or tokens[-1].start + len(tokens[-1].text) < cursor:
        return cursor
    last = tokens[-1]
    if last.kind == "text":
        if len(last.text) > 1 and last.text[-1] == last.text[0]:
            return cursor
        is_in_brackets = len(tokens) > 2 and tokens[-2].text == "[" and tokens[-3].kind == "name"
        return tokens[-3].start if is_in_brackets else last.start  # config["a is the beginning of a name
    return last.start if last.kind in ("name", "number") else cursor


def _rest(after: str, typed: str) -> int:
    """Return how many characters after the cursor belong to what is typed there."""
    if typed[:1] in ("'", '"'):
        end = after.find(typed[0])
        return end + 1 if end >= 0 and "\n" not in after[:end] and " and " not in after[:end] else 0
    match = re.match(r"[\w.]*", after)
    return len(match[0]) if match is not None else 0


def _fitting(options: Iterable[Option], typed: str) -> list[Option]:
    wanted = typed.strip("\"'").lower()
    beginning: list[Option] = []
    within: list[Option] = []
    for option in options:
        plain = option.text.strip("\"'").lower()
        if plain.startswith(wanted):
            beginning.append(option)
        elif wanted and wanted in plain and len(within) < _MOST:
            within.append(option)
        if len(beginning) >= _MOST:
            break
    return (beginning + within)[:_MOST]


class _Options:
    def __init__(self, database: Database, tokens: list[_Token], typed: str) -> None:
        self._database, self._tokens, self._typed = database, tokens, typed

    def all(self) -> Iterable[Option]:
        last = self._tokens[-1] if self._tokens else None
        target = self._compared()
        if target is not None:
            return self._values(target)
        if last is None or last.text in ("and", "or", "not", "("):
            return self._tags() if self._typed[:1] in ("'", '"') else self._names()
        if last.kind == "name" and last.text not in _WORDS:
            return [Option(operator, "") for operator in _OPERATORS]
        if last.text == "in":
            return [Option("tags", "the run's tags"), Option("(", "a list of values")]
        if last.kind == "text":
            return [Option("in tags", "a tag"), Option("and ", ""), Option("or ", "")]
        if last.text == ")" or last.kind == "number" or last.text in _WORDS:
            return [Option("and ", ""), Option("or ", "")]
        return []

    def _compared(self) -> Key | Column | None:
        """Return the key whose value is to come: after a comparison, or in a list after ``in``."""
        tokens = self._tokens
        if len(tokens) >= 2 and tokens[-1].kind == "operator":
            return _target(tokens[-2])
        at = len(tokens) - 1
        while at >= 0 and (tokens[at].text == "," or tokens[at].kind in ("text", "number")):
            at -= 1
        is_list = at >= 2 and tokens[at].text == "(" and tokens[at - 1].text == "in"
        if not is_list or tokens[-1].kind in ("text", "number"):
            return None
        before = at - 3 if tokens[at - 2].text == "not" else at - 2
        return _target(tokens[before]) if before >= 0 else None

    def _names(self) -> Iterable[Option]:
        sql = "SELECT scope, name, n_runs FROM key WHERE scope IN (?, ?) AND n_runs > 0 ORDER BY n_runs DESC, n LIMIT ?"
        for scope, stored, runs in self._database.rows(sql, (int(Scope.PARAM), int(Scope.SUMMARY), _MOST_KEYS)):
            name = name_in_filter(Key(Scope(scope), split_key(restored(stored))))
            yield Option(name, f"{'result' if scope else 'param'}, {runs:,} run{'' if runs == 1 else 's'}")
        for name, column in COLUMNS.items():
            yield Option(f"run.{name}", column.kind.value.partition(",")[0])
        for name, detail in (*_FUNCTIONS, *_SPECIAL):
            yield Option(name, detail)
        if self._tokens and self._tokens[-1].text != "not":
            yield Option("not ", "")

    def _tags(self) -> Iterable[Option]:
        sql = "SELECT name, n_runs FROM key WHERE scope = ? AND n_runs > 0 ORDER BY n_runs DESC, n LIMIT 1000"
        for stored, runs in self._database.rows(sql, (int(Scope.TAG),)):
            yield Option(
                f"{quoted(str(split_key(restored(stored))[0]))} in tags", f"{runs:,} run{'' if runs == 1 else 's'}"
            )

    def _values(self, target: Key | Column) -> Iterable[Option]:
        if isinstance(target, Column):
            return self._column_values(target.name)
        numbers = CatalogKeys(self._database).numbers(target, False)
        if len(numbers) != 1:
            return []
        runs = self._database.rows("SELECT n_runs FROM key WHERE n = ?", (numbers[0],))[0][0]
        return self._few_values(numbers[0]) if runs < MANY_RUNS else self._known_values(numbers[0])

    def _few_values(self, key_n: int) -> Iterable[Option]:
        sql = (
            "SELECT p.kind, p.num, p.txt, count(*) FROM param p WHERE p.key_n = ? GROUP BY 1, 2, 3 "
            f"ORDER BY 4 DESC, 2, 3 LIMIT {4 * _MOST}"
        )
        for kind, number, text, runs in self._database.rows(sql, (key_n,)):
            if written := _written(kind, number, text):
                yield Option(written, f"{runs:,} run{'' if runs == 1 else 's'}")

    def _known_values(self, key_n: int) -> Iterable[Option]:
        for text in few_texts(self._database, key_n) or []:
            yield Option(quoted(restored(text)), "")
        for number in few_numbers(self._database, key_n) or []:
            yield Option(_number(number), "")
        for constant in ("True", "False", "None"):
            yield Option(constant, "")

    def _column_values(self, name: str) -> Iterable[Option]:
        column = COLUMNS[name]
        if column.kind is not ColumnKind.TEXT:
            return
        if name == "status":
            yield from (Option(quoted(status), "") for status in _STATUSES)
            return
        recent = f"SELECT {column.sql} AS value FROM run r ORDER BY r.created_ns DESC, r.n DESC LIMIT {MANY_RUNS}"
        sql = f"SELECT value, count(*) FROM ({recent}) s WHERE value IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 1000"
        for stored, runs in self._database.rows(sql):
            yield Option(quoted(text_of(stored)), f"{runs:,} run{'' if runs == 1 else 's'}")


def _target(token: _Token) -> Key | Column | None:
    try:
        return parse_key(token.text) if token.kind == "name" and token.text not in _WORDS else None
    except FilterError:  # half a name, or a word of the language
        return None


def _written(kind: int, number: float | None, text: str | None) -> str:
    if number is not None:
        return _number(number) if kind != Kind.BIG else ""
    if text is not None:
        return quoted(restored(text)) if kind == Kind.TEXT else ""
    constants: dict[Any, str] = {Kind.TRUE: "True", Kind.FALSE: "False", Kind.NONE: "None"}
    return constants.get(kind, "")


def _number(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
