"""SQL on SQLite means what plain Python means."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from filter_cases import check_agreement, entry_lists, filters
from hypothesis import given, settings
from hypothesis import strategies as st

from setpoint._catalog import schema
from setpoint._catalog.database import SqliteDatabase
from setpoint._catalog.entry import Entry
from setpoint._catalog.leaf import Scope
from setpoint._query import distinct, select, sql
from setpoint._query.expr import Column, Expr, Key
from setpoint._query.select import Order

ORDERS = [
    None,
    Order(Key(Scope.PARAM, ("lr",)), True),
    Order(Key(Scope.SUMMARY, ("lr",)), False),
    Order(Column("name"), False),
]


@contextmanager
def empty_catalog() -> Iterator[SqliteDatabase]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    database = SqliteDatabase(connection)
    for statement in schema.statements("sqlite"):
        database.run(statement)
    yield database
    database.close()


@settings(max_examples=120)
@given(found=entry_lists, exprs=st.lists(filters, min_size=1, max_size=6))
def test_sqlite_finds_the_runs_that_plain_python_finds(found: list[Entry], exprs: list[Expr]) -> None:
    with empty_catalog() as database:
        check_agreement(database, found, exprs, ORDERS)


@settings(max_examples=60)
@given(found=entry_lists, exprs=st.lists(filters, min_size=1, max_size=6))
def test_every_shape_of_sql_finds_the_same_runs(found: list[Entry], exprs: list[Expr]) -> None:
    with pytest.MonkeyPatch.context() as patch, empty_catalog() as database:
        patch.setattr(select, "FIRST_WINDOW", 1)
        patch.setattr(select, "WINDOW", 2)  # so that windows, drives and walks all happen among a few runs
        patch.setattr(select, "CHEAP_COST", 2)
        patch.setattr(distinct, "MANY_RUNS", 2)
        for module in (select, sql):
            patch.setattr(module, "FEW_ROWS", 2)
            patch.setattr(module, "PROBE_ROWS", 1)
        check_agreement(database, found, exprs, ORDERS)
