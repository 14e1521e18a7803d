"""The page's questions to a team's PostgreSQL are answered, for a limited time, and change nothing."""

from collections.abc import Iterator
from typing import Any

import pytest

from setpoint._catalog.catalog import Catalog
from setpoint._catalog.engine import open_catalog
from setpoint._catalog.entry import Entry
from setpoint._catalog.reading import ReadingCatalog, TookTooLongError
from setpoint._catalog.rows import Place, RowWriter
from setpoint._query.completion import complete
from setpoint._query.groups import groups_but, groups_by
from setpoint._query.histogram import facet_of, tags_facet
from setpoint._query.keys import target_of
from setpoint._query.kinds import key_facts
from setpoint._query.orders import Orders, State, question
from setpoint._query.projects import projects
from setpoint._query.runs import Runs
from setpoint._query.vectors import read_vector
from setpoint._query.watching import Watch

RUNS = 40


def entry(at: int) -> Entry:
    """Return one run; what it has differs from run to run."""
    config: dict[str, Any] = {"lr": at % 4 / 10, "optim": {"name": ("adam", "sgd")[at % 2]}, "seed": at, "amp": at > 9}
    config |= {"ema": None} if at % 3 else {}
    return Entry(
        id=f"run-{at:03d}",
        name=f"name-{at}",
        project="p" if at % 2 else "",
        status="finished",
        created_ns=10**18 + at,
        finished_ns=10**18 + 2 * at,
        tags=["base"] if at == 5 else [],
        config=config,
        summary={"acc": at / 100},
    )


@pytest.fixture
def catalog(postgres_url: str) -> Iterator[ReadingCatalog]:
    """Give a team's catalog with some runs, as the page reads it."""
    database = open_catalog(postgres_url)
    database.run("TRUNCATE run, param, whole, key, day, pack")
    with database.writing():
        RowWriter(database).put([(entry(at), Place("2026-11-24", 100)) for at in range(RUNS)])
    database.close()
    reading = ReadingCatalog(Catalog(postgres_url), timeout_s=1.0)
    yield reading
    for reader in reading._readers:
        reader.close()


def numbers(catalog: ReadingCatalog, where: str = "", *sort: str) -> Any:
    """Return the numbers of the runs that a question finds, in order."""
    return Orders(catalog).numbers(question(where, sort), State(1, 1))


def test_runs_come_in_every_order(catalog: ReadingCatalog) -> None:
    seeds = read_vector(catalog, numbers(catalog, "", "-optim.name", "summary.acc"), target_of("seed")).numbers
    assert seeds.tolist() == [*range(1, RUNS, 2), *range(0, RUNS, 2)]
    assert len(numbers(catalog, "lr < 0.2", "run.name")) == RUNS // 2


def test_facets_keys_groups_projects_and_completion_are_answered(catalog: ReadingCatalog) -> None:
    found = numbers(catalog)
    facet = facet_of(Runs(catalog, question("").expr), target_of("optim.name"), found)
    assert {(one.value, one.count) for one in facet.values or []} == {("adam", 20), ("sgd", 20)}
    assert catalog.ask(lambda database: tags_facet(database, found)).unset == RUNS - 1
    total, facts = catalog.ask(lambda database: key_facts(database, question("").expr))
    assert total == RUNS
    assert {"lr", "summary.acc", "run.project"} <= {fact.name for fact in facts}
    assert catalog.ask(projects) == [("p", 20), (None, 20)]
    assert groups_by(catalog, found, ["amp"], ["acc"], 10)[0] == 2
    assert groups_but(catalog, found, ["seed", "lr"], ["acc"], 10)[0] == 8
    options = catalog.ask(lambda database: complete(database, "optim.name == ", 14)).options
    assert {option.text for option in options} == {'"adam"', '"sgd"'}


def test_changes_are_noticed(catalog: ReadingCatalog, postgres_url: str) -> None:
    watch = Watch()
    assert catalog.ask(watch.look) is None
    database = open_catalog(postgres_url)
    with database.writing():
        RowWriter(database).put([(entry(RUNS), Place("2026-11-24", 100))])
    database.close()
    changed = catalog.ask(watch.look)
    assert changed is not None
    assert changed.ids == (f"run-{RUNS:03d}",)


def test_a_question_that_takes_too_long_is_ended(catalog: ReadingCatalog) -> None:
    with pytest.raises(TookTooLongError):
        catalog.ask(lambda database: database.rows("SELECT pg_sleep(5)"))
    assert catalog.ask(lambda database: database.rows("SELECT count(*) FROM run")) == [(RUNS,)]


def test_a_reading_catalog_can_not_write(catalog: ReadingCatalog) -> None:
    with pytest.raises(Exception, match="read-only"):
        catalog.ask(lambda database: database.run("DELETE FROM run"))
    assert catalog.ask(lambda database: database.rows("SELECT count(*) FROM run")) == [(RUNS,)]
