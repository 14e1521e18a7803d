"""A team's database that can't be used is said in one line; one that can is made ready once."""

import pytest

from setpoint._catalog import schema
from setpoint._catalog.catalog import catalog_of
from setpoint._catalog.engine import open_catalog
from setpoint._query.runs import runs
from setpoint.errors import CatalogError


def test_a_database_that_cannot_be_reached_is_said_in_one_line() -> None:
    with pytest.raises(CatalogError, match="The catalog in PostgreSQL can't be used"):
        open_catalog("postgresql://setpoint@/postgres?host=/nowhere")


def test_an_empty_database_has_no_runs(postgres_url: str) -> None:
    database = open_catalog(postgres_url)
    database.run("TRUNCATE run, param, whole, key, day, pack")
    database.close()
    assert len(runs(store=postgres_url)) == 0
    assert list(runs("lr < 1", store=postgres_url, limit=3)) == []
    catalog_of(postgres_url).close()


def test_tables_of_another_version_are_left_alone(postgres_url: str) -> None:
    database = open_catalog(postgres_url)
    database.run("UPDATE about SET value = '999' WHERE name = 'version'")
    try:
        with pytest.raises(CatalogError, match="version 999"):
            open_catalog(postgres_url)
    finally:
        database.run("UPDATE about SET value = ? WHERE name = 'version'", (str(schema.VERSION),))
        database.close()
