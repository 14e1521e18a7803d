"""SQL on PostgreSQL means what plain Python means."""

from filter_cases import check_agreement, entry_lists, filters
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setpoint._catalog.engine import open_catalog
from setpoint._catalog.entry import Entry
from setpoint._catalog.leaf import Scope
from setpoint._query.expr import Column, Expr, Key
from setpoint._query.select import Order

ORDERS = [None, Order(Key(Scope.PARAM, ("lr",)), True), Order(Column("name"), False)]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(found=entry_lists, exprs=st.lists(filters, min_size=1, max_size=6))
def test_postgres_finds_the_runs_that_plain_python_finds(
    postgres_url: str, found: list[Entry], exprs: list[Expr]
) -> None:
    database = open_catalog(postgres_url)
    try:
        database.run("TRUNCATE run, param, whole, key, day, pack")
        check_agreement(database, found, exprs, ORDERS)
    finally:
        database.close()
