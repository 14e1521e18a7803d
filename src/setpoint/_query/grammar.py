"""Filter text -> expression. Python's own parser reads it; nothing of it is ever run."""

import ast
import re
import time
import warnings
from collections.abc import Callable
from typing import NoReturn, TypeVar

from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.leaf import Scope
from setpoint.errors import FilterError

from .expr import (
    ANY_INDEX,
    And,
    Column,
    Compare,
    Contains,
    Expr,
    Has,
    Holds,
    Key,
    KeyPath,
    Not,
    OneOf,
    Op,
    Or,
    Scalar,
    Term,
)
from .times import column_compare, span_ns

T = TypeVar("T")

MAX_TEXT = 65_536  # characters
MAX_TERMS = 400  # SQLite refuses expressions deeper than 1000
MAX_DEPTH = 60

_OPS: dict[type[ast.cmpop], Op] = {
    ast.Eq: Op.EQ,
    ast.NotEq: Op.NE,
    ast.Lt: Op.LT,
    ast.LtE: Op.LE,
    ast.Gt: Op.GT,
    ast.GtE: Op.GE,
    ast.Is: Op.EQ,
    ast.IsNot: Op.NE,
}
_FUNCTIONS = ("changed", "contains", "has", "missing")
_TAGS = "tags"
_AGE = "age"
_CONSTANT_NAMES = {"nan": float("nan"), "inf": float("inf")}
_STRING_OR_STAR = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\[(\s*)\*(\s*)\]""")


def parse(text: str, *, now_ns: int | None = None) -> Expr:
    """Return the expression that *text* says; ``age`` counts from *now_ns* (UTC, Unix epoch; None: the clock's now).

    Raises:
        FilterError: the text can't be read; it names the column.
    """
    if len(text) > MAX_TEXT:
        raise FilterError(text, f"The filter has {len(text)} characters; at most {MAX_TEXT} can be read", column=1)
    return _Reader(text, time.time_ns() if now_ns is None else now_ns).read()


def parse_key(text: str) -> Key | Column:
    """Return the key or run column that *text* names, as ``order_by``, ``group`` and column lists take them.

    Raises:
        FilterError: it names none.
    """
    reader = _Reader(text, 0)
    target = reader.target(reader.parsed())
    if target is None or isinstance(target, str):
        raise FilterError(text, "Expected one key, such as optim.lr, summary.acc or run.name", column=1)
    return target


class _Reader:
    """Reads one filter; knows its text, for the columns of errors."""

    def __init__(self, text: str, now_ns: int) -> None:
        self.text, self.now_ns = text, now_ns
        self._terms = 0
        # [*] is no Python; [:] is, and has the same length. Line ends would move columns.
        flat = re.sub(r"[\r\n\t\f]", " ", text)
        self._python = _STRING_OR_STAR.sub(lambda m: m[1] or f"[{m[2]}:{m[3]}]", flat)
        self._indent = len(self._python) - len(self._python.lstrip())

    def read(self) -> Expr:
        return self._expr(self.parsed(), 0)

    def parsed(self) -> ast.expr:
        source = self._python.strip()
        if "\0" in source:  # versions of Python differ in what they say to it
            raise FilterError(
                self.text, "The filter can't be read: it has a NUL character", column=self.text.index("\0") + 1
            )
        if not source:
            self._fail("The filter is empty", None)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # "\d" in a string is the user's affair
                return ast.parse(source, mode="eval").body
        except SyntaxError as error:
            # Python points before the text where it misses something at its end.
            column = self._indent + (error.offset or len(source) + 1)
            raise FilterError(self.text, _syntax_problem(error), column=min(column, len(self.text) + 1)) from None
        except (ValueError, RecursionError, MemoryError) as error:
            raise FilterError(
                self.text, f"The filter can't be read ({str(error) or 'nested too deeply'})", column=1
            ) from None

    def _expr(self, node: ast.expr, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            self._fail(f"The filter is nested more than {MAX_DEPTH} deep", node)
        if isinstance(node, ast.BoolOp):
            parts = tuple(self._expr(value, depth + 1) for value in node.values)
            return And(parts) if isinstance(node.op, ast.And) else Or(parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return Not(self._expr(node.operand, depth + 1))
        if isinstance(node, ast.Compare):
            return self._compare(node)
        self._count(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        return self._bare(node)

    def _count(self, node: ast.expr) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            self._fail(f"The filter has more than {MAX_TERMS} terms", node)

    def _bare(self, node: ast.expr) -> Expr:
        target = self.target(node)
        if target is None:
            self._fail("Expected a key or a comparison, such as lr < 0.01", node)
        if isinstance(target, str):
            self._fail(f"'{target}' is no condition; write {_EXAMPLE[target]}", node)
        return Term(target, Holds())

    def _compare(self, node: ast.Compare) -> Expr:
        sides = [node.left, *node.comparators]
        parts: list[Expr] = []
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
            self._count(right)
            parts.append(self._pair(left, op, right))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Expr:
        if isinstance(op, ast.In | ast.NotIn):
            return self._membership(left, right, isinstance(op, ast.NotIn))
        relation = _OPS[type(op)]
        target, constant = self.target(left), right
        if target is None:
            target, constant, relation = self.target(right), left, relation.mirrored
        if target is None:
            self._fail("A comparison needs a key on one side", left)
        if self.target(constant) is not None:
            self._fail("A key is compared with a value here, not with another key; put text in quotes", constant)
        value = self._scalar(constant)
        if isinstance(target, str):
            return self._special(target, relation, value, constant)
        if isinstance(target, Column):
            return self._column_term(target, relation, value, constant)
        return Term(target, Compare(relation, value))

    def _special(self, name: str, relation: Op, value: Scalar, at: ast.expr) -> Expr:
        if name != _AGE or relation in (Op.EQ, Op.NE):
            self._fail(f"'{name}' can't be compared like this; write {_EXAMPLE[name]}", at)
        span = self._checked(lambda: span_ns(value), at)
        return Term(Column("created", self._column(at)), Compare(relation.mirrored, self.now_ns - span))

    def _column_term(self, target: Column, relation: Op, value: Scalar, at: ast.expr) -> Expr:
        kind = COLUMNS[target.name].kind
        return self._checked(lambda: column_compare(target, kind, relation, value), at)

    def _checked(self, make: Callable[[], T], at: ast.expr) -> T:
        try:
            return make()
        except ValueError as error:
            self._fail(str(error), at)

    def _membership(self, left: ast.expr, right: ast.expr, negated: bool) -> Expr:
        if isinstance(right, ast.Tuple | ast.List | ast.Set):
            return self._one_of(left, right.elts, negated)
        container = self.target(right)
        if container is None:
            self._fail("'in' needs a key or a list of values in brackets on its right", right)
        if self.target(left) is not None:
            self._fail("Text must stand in quotes", left)
        return self._contains(container, left, right, negated)

    def _one_of(self, left: ast.expr, elements: list[ast.expr], negated: bool) -> Expr:
        target = self.target(left)
        if target is None or isinstance(target, str):
            self._fail("'in' with a list of values needs a key on its left", left)
        values = tuple(self._scalar(element) for element in elements)
        if not isinstance(target, Column):
            return Term(target, OneOf(values, negated))
        parts: tuple[Expr, ...] = tuple(
            self._column_term(target, Op.NE if negated else Op.EQ, value, element)
            for value, element in zip(values, elements, strict=True)
        )
        if not parts:
            return And((Term(target, Has()),)) if negated else Or(())
        return And(parts) if negated else Or(parts)

    def _contains(self, container: Key | Column | str, needle: ast.expr, at: ast.expr, negated: bool) -> Expr:
        value = self._scalar(needle)
        if (container == _TAGS or isinstance(container, Column)) and not isinstance(value, str):
            self._fail("Expected a text in quotes before 'in'", needle)
        if container == _TAGS:
            term: Expr = Term(Key(Scope.TAG, (str(value),), self._column(at)), Has())
            return Not(term) if negated else term
        if isinstance(container, str):
            self._fail(f"'{container}' contains nothing; write {_EXAMPLE[container]}", at)
        if isinstance(container, Column) and COLUMNS[container.name].kind is not ColumnKind.TEXT:
            self._fail(f"run.{container.name} is {COLUMNS[container.name].kind.value}, not text", at)
        term = Term(container, Contains(value))
        return And((Term(container, Has()), Not(term))) if negated else term

    def _call(self, node: ast.Call) -> Expr:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _FUNCTIONS:
            self._fail(f"Only {', '.join(f'{known}()' for known in _FUNCTIONS)} can be called", node)
        wanted = 2 if name == "contains" else 1
        if node.keywords or len(node.args) != wanted or isinstance(node.args[0], ast.Starred):
            self._fail(f"{name}() takes {'a key and a text' if wanted == 2 else 'one key'}", node)
        target = self.target(node.args[0])
        if target is None:
            self._fail(f"{name}() takes a key first", node.args[0])
        if name == "contains":
            return self._contains(target, node.args[1], node.args[0], negated=False)
        if isinstance(target, str):
            self._fail(f"'{target}' is always there; write {_EXAMPLE[target]}", node.args[0])
        if name == "changed":
            if isinstance(target, Column) or target.scope is not Scope.PARAM:
                self._fail("changed() takes a param", node.args[0])
            return Term(Key(Scope.CHANGED, target.path, target.at), Has())
        term = Term(target, Has())
        return Not(term) if name == "missing" else term

    def target(self, node: ast.expr) -> Key | Column | str | None:
        """Return what *node* names; ``tags`` and ``age`` come as text; None where it is no name."""
        path = self._path(node)
        if path is None:
            return None
        at = self._column(node)
        root, rest = path[0], path[1:]
        if not rest and root in (_TAGS, _AGE):
            return str(root)
        if root == "run":
            return self._run_column(rest, node)
        if not rest and root == "notes":
            return Column("notes", at)
        if root in ("summary", "config"):
            if not rest:
                self._fail(f"'{root}' needs a key after it, such as {root}.acc", node)
            if isinstance(rest[0], int):
                self._fail(f"'{root}' has names, not indexes; write {root}['...']", node)
            return Key(Scope.SUMMARY if root == "summary" else Scope.PARAM, rest, at)
        return Key(Scope.PARAM, path, at)

    def _run_column(self, rest: KeyPath, node: ast.expr) -> Column | str:
        if rest in ((_TAGS,), (_AGE,)):
            return str(rest[0])
        if len(rest) != 1 or rest[0] not in COLUMNS:
            known = [f"run.{name}" for name in COLUMNS]
            from difflib import get_close_matches

            near = get_close_matches(f"run.{rest[0]}" if rest else "run.", known, n=3) or known[:4]
            raise FilterError(self.text, "A run has no such column", column=self._column(node), near=near)
        return Column(str(rest[0]), self._column(node))

    def _path(self, node: ast.expr) -> KeyPath | None:
        names: list[str | int] = []
        while isinstance(node, ast.Attribute | ast.Subscript):
            names.append(node.attr if isinstance(node, ast.Attribute) else self._index(node.slice))
            node = node.value
        if isinstance(node, ast.Name) and not (node.id in _CONSTANT_NAMES and not names):
            return (node.id, *reversed(names))
        if names:
            self._fail("Expected a key here; it begins with a name", node)
        return None

    def _index(self, node: ast.expr) -> str | int:
        if isinstance(node, ast.Slice) and node.lower is node.upper is node.step is None:
            return ANY_INDEX
        if isinstance(node, ast.Constant) and type(node.value) in (str, int):
            return node.value  # type: ignore[return-value]  # one of the two, tested just before
        return self._fail("Brackets take a name in quotes, an index from 0 up, or *", node)

    def _scalar(self, node: ast.expr) -> Scalar:
        if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool | int | float | str)):
            return node.value
        if isinstance(node, ast.Name) and node.id in _CONSTANT_NAMES:
            return _CONSTANT_NAMES[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            value = self._scalar(node.operand)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            self._fail(_ARITHMETIC, node)
        return self._fail("Expected a value: a number, a text in quotes, True, False or None", node)

    def _column(self, node: ast.AST | None) -> int:
        offset = getattr(node, "col_offset", 0)
        before = self._python.strip().encode()[:offset].decode(errors="replace")
        return self._indent + len(before) + 1

    def _fail(self, problem: str, node: ast.AST | None) -> NoReturn:
        if isinstance(node, ast.BinOp):
            problem = _ARITHMETIC
        raise FilterError(self.text, problem, column=self._column(node))


_EXAMPLE = {_TAGS: "'baseline' in tags", _AGE: "age < '7d'"}
_ARITHMETIC = "A filter can't calculate; a key with '/' or '-' in it is written config['train/loss']"


def _syntax_problem(error: SyntaxError) -> str:
    message = error.msg or "invalid syntax"
    at = (error.offset or 1) - 1
    if (error.text or "")[at : at + 2].strip() == "=" or "Maybe you meant '=='" in message:
        return "A single '=' compares nothing; write '=='"
    return f"The filter can't be read: {message[0].lower()}{message[1:]}"
