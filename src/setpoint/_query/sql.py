"""Expressions -> SQL that is driven by the most selective term.

Every value is bound; the text of a statement holds only our own words and the catalog's numbers of keys. A term that a
run must pass and that fits few runs is put first (``FROM param``), the others are looked up for each of its runs.
"""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

from collections.abc import Callable, Sequence

from msgspec import Struct

from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.database import SqlValue, Statement
from setpoint._catalog.leaf import storable

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
    Not,
    OneOf,
    Op,
    Or,
    Test,
)
from .leaf_sql import Predicate, all_of, any_of, leaf_predicate, negated

KeyNumbers = Callable[[Key, bool], Sequence[int]]
"""The numbers of the keys that a target names; with True, of all keys below it."""
Count = Callable[[Statement, int], int]
"""How many rows a statement gives, up to a cap."""

PROBE_ROWS = 10_000  # counting so many takes half a millisecond
FEW_ROWS = 200_000  # where all terms have more than PROBE_ROWS, they are counted up to here

_TRUE, _FALSE = Predicate("1 = 1"), Predicate("1 = 0")


class Source(Struct, frozen=True):
    """The runs that pass an expression: a query for ``run_n`` (each once), and how many it may have to walk."""

    statement: Statement
    walk: float


_NOTHING = Source(Statement("SELECT n AS run_n FROM run WHERE 1 = 0"), 0)


class Compiler:
    """Compiles for one catalog, which it asks for the numbers of keys and for how many rows a term has."""

    def __init__(self, dialect: str, numbers: KeyNumbers, count: Count) -> None:
        """Take the SQL dialect and the two questions a compiler has for a catalog."""
        self._dialect, self._numbers, self._count = dialect, numbers, count

    def condition(self, expr: Expr, run: str = "r.n") -> Predicate:
        """Return the condition that the run with number *run* passes; run columns are those of ``r``."""
        if isinstance(expr, And):
            return all_of([self.condition(part, run) for part in expr.parts])
        if isinstance(expr, Or):
            return any_of([self.condition(part, run) for part in expr.parts])
        if isinstance(expr, Not):
            return negated(self.condition(expr.inner, run))
        if isinstance(expr.target, Column):
            return column_predicate(expr.target, expr.test, self._dialect)
        return any_of([self._exists(leaf, run) for leaf in self._leaves(expr.target, expr.test)])

    def source(self, expr: Expr) -> Source | None:
        """Return the runs that pass *expr* by way of an index; None where only a look at each run can tell."""
        if isinstance(expr, Or):
            return self._union(expr)
        if isinstance(expr, And):
            return self._driven(expr)
        if isinstance(expr, Not) or isinstance(expr.target, Column):
            return None
        leaves = self._leaves(expr.target, expr.test)
        if not leaves:
            return _NOTHING
        parts = [Statement(f"SELECT p.run_n FROM param p WHERE {leaf.sql}", leaf.values) for leaf in leaves]
        walk = sum(self._count(part, PROBE_ROWS) for part in parts)
        return Source(_united(parts, is_unique=len(leaves) == 1 and leaves[0].is_unique), walk)

    def _union(self, expr: Or) -> Source | None:
        sources: list[Source] = []
        for part in expr.parts:
            source = self.source(part)
            if source is None:
                return None
            sources.append(source)
        if len(sources) < 2:
            return sources[0] if sources else _NOTHING
        return Source(_united([source.statement for source in sources]), sum(source.walk for source in sources))

    def _driven(self, expr: And) -> Source | None:
        sources = [(self.source(part), at) for at, part in enumerate(expr.parts)]
        usable = [(source, at) for source, at in sources if source is not None]
        if not usable:
            return None
        best, at = min(usable, key=lambda pair: pair[0].walk)
        if best.walk >= PROBE_ROWS and len(usable) > 1:
            best, at = min(usable, key=lambda pair: self._count(pair[0].statement, FEW_ROWS))
        rest = And(tuple(part for other, part in enumerate(expr.parts) if other != at))
        return Source(self.narrowed(best.statement, rest), best.walk)

    def narrowed(self, statement: Statement, rest: Expr) -> Statement:
        """Return the query for those of a query's runs that pass *rest* too."""
        if isinstance(rest, And) and not rest.parts:
            return statement
        condition = self.condition(rest, "d.run_n")
        runs = f"({statement.sql}) d"
        if not condition.needs_run:
            sql = f"SELECT d.run_n FROM {runs} WHERE {condition.sql}"
        else:
            # CROSS JOIN: SQLite keeps the order of the two as they stand.
            sql = f"SELECT d.run_n FROM {runs} CROSS JOIN run r WHERE r.n = d.run_n AND {condition.sql}"
        return Statement(sql, (*statement.values, *condition.values))

    def _leaves(self, key: Key, test: Test) -> list[Predicate]:
        """Return the conditions on rows of ``param p``, any of which is enough."""
        exact = self._numbers(key, False)
        if isinstance(test, Has):
            return self._on_keys([*exact, *self._numbers(key, True)], _TRUE)
        if isinstance(test, Holds):
            below = self._on_keys(self._numbers(key, True), _TRUE)
            return below + self._on_keys(exact, leaf_predicate(test, self._dialect))
        if isinstance(test, Contains):
            elements = self._numbers(Key(key.scope, (*key.path, ANY_INDEX)), False)
            equal = leaf_predicate(Compare(Op.EQ, test.needle), self._dialect)
            inside = leaf_predicate(test, self._dialect)
            return self._on_keys(exact, inside) + self._on_keys(elements, equal)
        return self._on_keys(exact, leaf_predicate(test, self._dialect))

    def _on_keys(self, numbers: Sequence[int], predicate: Predicate) -> list[Predicate]:
        if not numbers or predicate == _FALSE:
            return []
        keys = f"p.key_n = {numbers[0]}" if len(numbers) == 1 else f"p.key_n IN ({', '.join(map(str, numbers))})"
        sql = keys if predicate == _TRUE else f"{keys} AND {predicate.sql}"
        return [Predicate(sql, predicate.values, is_unique=len(numbers) == 1)]

    def _exists(self, leaf: Predicate, run: str) -> Predicate:
        sql = f"EXISTS (SELECT 1 FROM param p WHERE p.run_n = {run} AND {leaf.sql})"
        return Predicate(sql, leaf.values)


def _united(parts: Sequence[Statement], *, is_unique: bool = False) -> Statement:
    if len(parts) == 1:
        sql = parts[0].sql if is_unique else parts[0].sql.replace("SELECT", "SELECT DISTINCT", 1)
        return Statement(sql, parts[0].values)
    values = tuple(value for part in parts for value in part.values)
    # A part may hold LIMIT or UNION itself; SQLite takes no brackets around a part.
    sql = " UNION ".join(f"SELECT run_n FROM ({part.sql}) u{at}" for at, part in enumerate(parts))
    return Statement(sql, values)


def column_predicate(target: Column, test: Test, dialect: str) -> Predicate:
    """Return the condition on a column of the run's row ``r``."""
    column = COLUMNS[target.name]
    there = f"{column.sql} IS NOT NULL"
    if isinstance(test, Has):
        return Predicate(there, needs_run=True)
    if isinstance(test, Holds):
        sql = there if column.kind is ColumnKind.TEXT else f"({there} AND {column.sql} <> 0)"
        return Predicate(sql, needs_run=True)
    if isinstance(test, Contains):
        finder = "instr" if dialect == "sqlite" else "strpos"
        return Predicate(f"({there} AND {finder}({column.sql}, ?) > 0)", (_bound(test.needle),), needs_run=True)
    if isinstance(test, OneOf):
        raise TypeError("the grammar writes 'in' on columns as comparisons")
    operator = {Op.EQ: "=", Op.NE: "<>"}.get(test.op, test.op.value)
    return Predicate(f"({there} AND {column.sql} {operator} ?)", (_bound(test.value),), needs_run=True)


def _bound(value: object) -> SqlValue:
    return storable(value) if isinstance(value, str) else value if isinstance(value, int | float) else None
