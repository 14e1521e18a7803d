"""Random runs and random filters, and what both must agree on; used for SQLite and for PostgreSQL."""

from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from hypothesis import strategies as st

from setpoint._catalog.columns import COLUMNS, ColumnKind
from setpoint._catalog.database import Database
from setpoint._catalog.entry import Entry
from setpoint._catalog.leaf import Scope
from setpoint._catalog.rows import Place, RowWriter
from setpoint._core.values import Encoder
from setpoint._query.expr import (
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
)
from setpoint._query.naive import evaluate, facts_of
from setpoint._query.select import Order, Selector

NAMES = ("lr", "optim", "a.b", "aug", "é x", "")
EDGES = (0, 1, -1, 2, 2**53, 2**53 + 1, 2**53 + 2, -(2**53) - 1, 2**63, 2**64, 10**30, 10**30 + 1, 10**400, -(10**400))
FLOATS = (0.0, -0.0, 0.5, 1.0, 1e-3, float(2**53), 1e30, float("inf"), float("-inf"), float("nan"))
LONG = "x" * 199
TEXTS = (
    "", "a", "ab", "A", "adam", "é", "\x00", "a\x00b", "\x01", "\x01\x02\x02", "\x03", "\ud800", "a\ud800", "\ue000",
    "\ue005", "\uffff", "😀", "%", "_", "'", '"', "?", LONG,
    LONG + "y", LONG + "yz", LONG + "yzz", LONG + "z", "x" * 300,
)  # fmt: skip

scalars = st.one_of(
    st.none(), st.booleans(), st.sampled_from(EDGES), st.integers(), st.sampled_from(FLOATS), st.floats(),
    st.sampled_from(TEXTS), st.text(max_size=5),
)  # fmt: skip
leaves = st.one_of(
    scalars,
    scalars,
    st.sampled_from([Decimal("0.5"), Decimal(10**30), Decimal("nan"), PurePosixPath("a"), b"ab", 1j, {1: 2}, range(2)]),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    ),
    max_leaves=6,
)
configs = st.dictionaries(st.sampled_from(NAMES), trees, max_size=4)

paths = st.lists(st.one_of(st.sampled_from(NAMES), st.sampled_from([0, 1, ANY_INDEX])), min_size=0, max_size=2).flatmap(
    lambda rest: st.sampled_from(NAMES).map(lambda name: (name, *rest))
)
keys = st.builds(Key, st.sampled_from([Scope.PARAM, Scope.PARAM, Scope.SUMMARY]), paths)
flags = st.one_of(
    st.builds(Key, st.just(Scope.CHANGED), paths),
    st.builds(lambda name: Key(Scope.TAG, (name,)), st.sampled_from(("baseline", "a.b", "x"))),
)
tests = st.one_of(
    st.builds(Compare, st.sampled_from(Op), scalars),
    st.builds(Compare, st.sampled_from(Op), scalars),
    st.builds(OneOf, st.lists(scalars, max_size=3).map(tuple), st.booleans()),
    st.builds(OneOf, st.lists(st.sampled_from(TEXTS), min_size=2, max_size=3).map(tuple), st.booleans()),
    st.builds(OneOf, st.lists(st.sampled_from((1, 0.5, -3)), min_size=2, max_size=3).map(tuple), st.booleans()),
    st.builds(Contains, scalars),
    st.just(Has()),
    st.just(Holds()),
)


def _column_tests(name: str) -> st.SearchStrategy[Expr]:
    is_text = COLUMNS[name].kind is ColumnKind.TEXT
    values: st.SearchStrategy[Any] = st.sampled_from(TEXTS) if is_text else st.integers(-3, 2**62)
    found = [st.builds(Compare, st.sampled_from(Op), values), st.just(Has()), st.just(Holds())]
    return st.builds(
        Term, st.just(Column(name)), st.one_of(*found, *([st.builds(Contains, values)] if is_text else []))
    )


terms: st.SearchStrategy[Expr] = st.one_of(
    st.builds(Term, keys, tests),
    st.builds(Term, keys, tests),
    st.builds(Term, flags, st.just(Has())),
    st.sampled_from(sorted(COLUMNS)).flatmap(_column_tests),
)
filters: st.SearchStrategy[Expr] = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


def _encoded(tree: dict[str, Any]) -> dict[str, Any]:
    return {name: Encoder().encode(value, name) for name, value in tree.items()}


entries = st.builds(
    Entry,
    id=st.just(""),
    name=st.sampled_from(TEXTS),
    project=st.sampled_from(("", "p", "q")),
    notes=st.sampled_from(TEXTS),
    status=st.sampled_from(("running", "finished", "failed")),
    created_ns=st.integers(1, 3),
    finished_ns=st.sampled_from((0, 5, 2**61)),
    exit_code=st.sampled_from((None, 0, 1)),
    tags=st.lists(st.sampled_from(("baseline", "a.b", "x")), unique=True, max_size=2),
    changed=st.lists(st.sampled_from(("lr", "optim", "aug[0]", '"a.b".lr')), unique=True, max_size=2),
    config=configs.map(_encoded),
    summary=configs.map(_encoded),
)
entry_lists = st.lists(entries, min_size=1, max_size=6).map(
    lambda found: [_with_id(entry, f"run-{at}") for at, entry in enumerate(found)]
)


def _with_id(entry: Entry, run_id: str) -> Entry:
    entry.id = run_id
    return entry


def columns_of(entry: Entry) -> dict[str, Any]:
    """Return the run columns that a filter sees."""
    return {
        "id": entry.id, "name": entry.name, "project": entry.project, "group": entry.group, "job_type": entry.job_type,
        "status": entry.status, "created": entry.created_ns, "finished": entry.finished_ns or None,
        "duration": entry.finished_ns - entry.created_ns if entry.finished_ns else None, "host": entry.host,
        "user": entry.user, "commit": entry.commit, "notes": entry.notes, "error": entry.error,
        "exit_code": entry.exit_code, "damage": entry.damage, "lost": entry.lost,
    }  # fmt: skip


def check_agreement(database: Database, found: list[Entry], exprs: list[Expr], orders: list[Order | None]) -> None:
    """Put the runs into an empty catalog and ask each filter of SQL and of plain Python."""
    with database.writing():
        RowWriter(database).put([(entry, Place("2023-11-14", 1)) for entry in found])
    numbers = dict(database.rows("SELECT id, n FROM run"))
    facts = {
        numbers[entry.id]: facts_of(
            entry.config, entry.summary, tags=entry.tags, changed=entry.changed, columns=columns_of(entry)
        )
        for entry in found
    }
    for expr in exprs:
        expected = {number for number, fact in facts.items() if evaluate(expr, fact)}
        selector = Selector(database, expr)
        assert selector.count() == len(expected)
        for order in orders:
            if order is not None and isinstance(order.target, Key) and not selector.keys.numbers(order.target, False):
                continue  # to order by a key that no run has is an error
            whole = selector.numbers(order, None)
            assert sorted(whole) == sorted(expected)
            assert selector.numbers(order, 2) == whole[:2]
