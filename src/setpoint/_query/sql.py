"""Expressions -> SQL that is driven by the most selective term.

Every value is bound; the text of a statement holds only our own words and the catalog's numbers of keys. A term that a
run must pass and that fits few runs is put first (``FROM param``), the others are looked up for each of its runs.
"""

# ruff: noqa: S608  # statements are made of our own words and of numbers; every value is bound

import re
from collections.abc import Callable, Sequence

from msgspec import Struct

from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.database import SqlValue, Statement
from setpoint._catalog.leaf import TEXT_LIMIT, storable

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
    Term,
    Test,
)
from .leaf_sql import Predicate, all_of, among_texts, any_of, leaf_predicate, negated

KeyNumbers = Callable[[Key, bool], Sequence[int]]
"""The numbers of the keys that a target names; with True, of all keys below it."""
Count = Callable[[Statement, int], int]
"""How many rows a statement gives, up to a cap."""

PROBE_ROWS = 10_000  # counting so many takes half a millisecond
FEW_ROWS = 200_000  # what sorts faster than a walk finds it

_TRUE, _FALSE = Predicate("1 = 1"), Predicate("1 = 0")


class Source(Struct, frozen=True):
    """The runs that pass an expression: a query for ``run_n`` (each once), and how many it may have to walk.

    ``walk`` is counted up to PROBE_ROWS, ``rows`` estimated beyond. To drive is to look each of its runs up in other
    places: ``cost`` is what that takes, in look-ups of runs in their own order. ``driver`` finds the same runs as
    ``statement``, in an order that makes driving cheaper.
    """

    statement: Statement
    walk: float
    rows: float = 0.0
    cost: float = 0.0
    driver: Statement | None = None


class Sample(Struct, frozen=True):
    """Some runs, spread over all: a query for their ``run_n``, how many they are, and how many all are."""

    statement: Statement
    size: int
    runs: int


_PARAM = re.compile(r"\bp\.")
_MOST_JOINED = 20  # SQLite joins 64 tables at most
_NOTHING = Source(Statement("SELECT n AS run_n FROM run WHERE 1 = 0"), 0)
_SCATTERED = 4.0  # how much longer the look-up of a run takes when the one before was far away
_SCANNED = 0.3  # and how long it takes to pass over a row in the table's own order


class Compiler:
    """Compiles for one catalog, which it asks for the numbers of keys and for how many rows a term has."""

    def __init__(
        self,
        dialect: str,
        numbers: KeyNumbers,
        count: Count,
        sample: Callable[[], Sample],
        texts: Callable[[int], Sequence[str] | None],
    ) -> None:
        """Take the SQL dialect and the questions a compiler has for a catalog.

        *sample* gives some runs to estimate by; *texts* all texts of a key, by its number, where they are few.
        """
        self._dialect, self._numbers, self._count = dialect, numbers, count
        self._sample, self._texts = sample, texts

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
        statement = _united(parts, is_unique=len(leaves) == 1 and leaves[0].is_unique)
        rows = self._estimated(expr, walk)
        is_equal = isinstance(expr.test, OneOf) or (isinstance(expr.test, Compare) and expr.test.op is Op.EQ)
        if is_equal and len(leaves) == 1:
            return Source(statement, walk, rows, rows)  # equal values stand in the order of their runs
        cost = rows * _SCATTERED
        if self._dialect == "sqlite" and len(leaves) == 1 and leaves[0].is_unique and walk >= PROBE_ROWS:
            scanned = self._sample().runs * _SCANNED + rows
            if scanned < cost:
                return Source(statement, walk, rows, scanned, _off_index(leaves[0]))
        return Source(statement, walk, rows, cost)

    def _estimated(self, expr: Expr, walk: float) -> float:
        if walk < PROBE_ROWS:
            return walk
        sample = self._sample()
        found = self._count(self.narrowed(sample.statement, expr), sample.size)
        return max(walk, (found + 0.5) / (sample.size + 1) * sample.runs)

    def _union(self, expr: Or) -> Source | None:
        sources: list[Source] = []
        for part in expr.parts:
            source = self.source(part)
            if source is None:
                return None
            sources.append(source)
        if len(sources) < 2:
            return sources[0] if sources else _NOTHING
        rows = sum(source.rows for source in sources)
        walk = sum(source.walk for source in sources)
        return Source(_united([source.statement for source in sources]), walk, rows, rows)  # a union is sorted

    def _driven(self, expr: And) -> Source | None:
        sources = [(self.source(part), at) for at, part in enumerate(expr.parts)]
        usable = [(source, at) for source, at in sources if source is not None]
        if not usable:
            return None
        best, at = min(usable, key=lambda pair: pair[0].cost)
        # What fits few runs is asked first, and what reads the run's own row last.
        order = [other for _, other in sorted(usable, key=lambda pair: pair[0].rows) if other != at]
        order += [other for source, other in sources if source is None]
        rest = And(tuple(expr.parts[other] for other in order))
        statement = best.statement if best.driver is None or not order else best.driver
        return Source(self.narrowed(statement, rest), best.walk, best.rows, best.cost)

    def narrowed(self, statement: Statement, rest: Expr) -> Statement:
        """Return the query for those of a query's runs that pass *rest* too."""
        if isinstance(rest, And) and not rest.parts:
            return statement
        joined, others = self._joined(rest.parts if isinstance(rest, And) else (rest,))
        condition = self.condition(And(others), "d.run_n")
        # CROSS JOIN: SQLite keeps the order of the tables as they stand.
        tables = "".join(f" CROSS JOIN param j{at}" for at in range(len(joined)))
        where = [f"j{at}.run_n = d.run_n AND {re.sub(_PARAM, f'j{at}.', leaf.sql)}" for at, leaf in enumerate(joined)]
        if condition.needs_run:
            tables += " CROSS JOIN run r"
            where.append("r.n = d.run_n")
        where += [condition.sql] if others else []
        values = [value for predicate in (*joined, condition) for value in predicate.values]
        sql = f"SELECT d.run_n FROM ({statement.sql}) d{tables} WHERE {' AND '.join(where)}"
        return Statement(sql, (*statement.values, *values))

    def _joined(self, parts: Sequence[Expr]) -> tuple[list[Predicate], tuple[Expr, ...]]:
        """Return the rows that a run has one of at most, which are joined, in order, and the parts that are not so.

        In SQLite a join takes four fifths of the time of EXISTS; PostgreSQL sees no difference.
        """
        joined: list[Predicate] = []
        others: list[Expr] = []
        for part in parts:
            leaves: list[Predicate] = []
            if isinstance(part, Term) and isinstance(part.target, Key):
                leaves = self._leaves(part.target, part.test)
            if len(leaves) == 1 and leaves[0].is_unique and len(joined) < _MOST_JOINED:
                joined.append(leaves[0])
            else:
                others.append(part)
        return joined, tuple(others)

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
            return self._containing(exact, test) + self._on_keys(elements, equal)
        return self._on_keys(exact, leaf_predicate(test, self._dialect))

    def _containing(self, numbers: Sequence[int], test: Contains) -> list[Predicate]:
        """Return the conditions on texts; where a key has few, those that contain the needle are looked up as such."""
        texts = self._texts(numbers[0]) if len(numbers) == 1 and isinstance(test.needle, str) else None
        if texts is None or any(len(text) >= TEXT_LIMIT for text in texts):
            return self._on_keys(numbers, leaf_predicate(test, self._dialect))
        needle = storable(str(test.needle))
        found = [text for text in texts if needle in text]
        if not found:
            return []
        return self._on_keys(numbers, among_texts(found, self._dialect))

    def _on_keys(self, numbers: Sequence[int], predicate: Predicate) -> list[Predicate]:
        if not numbers or predicate == _FALSE:
            return []
        keys = f"p.key_n = {numbers[0]}" if len(numbers) == 1 else f"p.key_n IN ({', '.join(map(str, numbers))})"
        sql = keys if predicate == _TRUE else f"{keys} AND {predicate.sql}"
        return [Predicate(sql, predicate.values, is_unique=len(numbers) == 1)]

    def _exists(self, leaf: Predicate, run: str) -> Predicate:
        sql = f"EXISTS (SELECT 1 FROM param p WHERE p.run_n = {run} AND {leaf.sql})"
        return Predicate(sql, leaf.values)


def _off_index(leaf: Predicate) -> Statement:
    """Return the query for a leaf's runs by way of the table itself, in the runs' order; ``+`` forbids an index."""
    condition = re.sub(r"\+?p\.(num|txt)", r"+p.\1", leaf.sql)
    return Statement(f"SELECT p.run_n FROM param p WHERE {condition}", leaf.values)


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
