"""Orders, columns and windows over many runs, against plain Python over the same runs."""

import math
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_client import RUNS

import setpoint
from setpoint._catalog.database import Database
from setpoint._catalog.reading import ReadingCatalog, TookTooLongError
from setpoint._query import distinct, groups, histogram, kinds, orders, vectors
from setpoint._query.clauses import equals, name_in_filter, quoted
from setpoint._query.expr import Column, Compare, Key, Op, Term
from setpoint._query.grammar import parse
from setpoint._query.keys import target_of
from setpoint._query.load import load, rows_of
from setpoint._query.orders import Orders, State, question
from setpoint._query.recorded import MISSING
from setpoint._query.runs import Runs, runs
from setpoint._query.store import catalog_for
from setpoint._query.thin import thin
from setpoint._query.watching import Watch

STATE = State(1, 1)
FILTERS = ("", "seed < 20", "optim.name == 'adam'", "has(ema)", "not has(ema)", "seed < 0")
SORTS = ((), ("lr",), ("-lr",), ("summary.acc",), ("-summary.acc",), ("ema", "-seed"), ("run.name",), ("-mixed",))


@pytest.fixture
def catalog(recorded_store: Path) -> Iterator[ReadingCatalog]:
    """Give a catalog that reads the recorded store."""
    source = catalog_for(recorded_store)
    source.catch_up()
    reading = ReadingCatalog(source)
    yield reading
    reading.close()


def ids(catalog: ReadingCatalog, numbers: Any) -> list[str]:
    """Return the ids of runs by their numbers."""
    return [row.id for row in catalog.ask(lambda database: list(rows_of(database, [int(n) for n in numbers])))]


@pytest.mark.parametrize("where", FILTERS)
def test_without_a_sort_term_runs_stand_newest_first(catalog: ReadingCatalog, where: str, recorded_store: Path) -> None:
    found = Orders(catalog).numbers(question(where), STATE)
    assert ids(catalog, found) == [run.id for run in runs(where, store=recorded_store)]


@pytest.mark.parametrize("where", FILTERS)
@pytest.mark.parametrize("sort", SORTS, ids=" ".join)
def test_a_first_window_is_the_beginning_of_the_whole_order(
    catalog: ReadingCatalog, where: str, sort: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "_MANY_RUNS", 0)
    asked = question(where, sort)
    later: list[Any] = []
    quick = Orders(catalog, later.append).window(asked, STATE, 2, 3)
    whole = Orders(catalog).numbers(asked, STATE)
    assert quick == (len(whole), whole[2:5].tolist())


def test_the_whole_order_is_made_after_its_first_window(
    catalog: ReadingCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "_MANY_RUNS", 0)
    later: list[Any] = []
    found = Orders(catalog, later.append)
    found.window(question("", ("lr",)), STATE, 0, 2)
    (work,) = later
    work()
    found.window(question("", ("lr",)), STATE, 0, 2)
    assert len(later) == 1


def test_an_order_is_made_anew_when_the_store_changed(catalog: ReadingCatalog) -> None:
    found = Orders(catalog)
    first = found.numbers(question("", ("lr",)), STATE)
    assert found.numbers(question("", ("lr",)), STATE) is first
    assert found.numbers(question("", ("lr",)), State(2, 1)) is not first


def test_the_order_of_all_runs_outlives_changes_that_bring_none(catalog: ReadingCatalog) -> None:
    found = Orders(catalog)
    first = found.numbers(question(""), STATE)
    assert found.numbers(question(""), State(2, 1)) is first
    assert found.numbers(question(""), State(3, 2)) is not first


def test_few_orders_are_kept(catalog: ReadingCatalog) -> None:
    found = Orders(catalog)
    for at in range(9):
        found.numbers(question(f"seed < {at}"), STATE)
    assert len(found._kept) == 4


@pytest.mark.parametrize("dense", [0, 1000])
@pytest.mark.parametrize(
    "name", ["seed", "ema", "optim.name", "mixed", "amp", "long", "big", "summary.acc", "run.status"]
)
def test_a_vector_holds_what_each_run_has(
    catalog: ReadingCatalog, name: str, dense: int, monkeypatch: pytest.MonkeyPatch, recorded_store: Path
) -> None:
    monkeypatch.setattr(vectors, "_DENSE", dense)
    numbers = Orders(catalog).numbers(question("seed != 4", ("-summary.acc",)), STATE)
    vector = vectors.read_vector(catalog, numbers, target_of(name))
    for at, run in enumerate(load(one, recorded_store) for one in ids(catalog, numbers)):
        value, code = run.value(name), int(vector.codes[at])
        if value is MISSING:
            assert code == vectors.IS_UNSET
        elif value is None:
            assert code == vectors.IS_NULL
        elif isinstance(value, int | float) and not isinstance(value, bool):
            assert (code, vector.numbers[at]) == (vectors.IS_NUMBER, float(value))
        else:
            assert vector.values[code - vectors.FIRST_LABEL] == value


@pytest.mark.parametrize("name", ["seed", "ema", "optim.name", "lr", "amp", "long"])
def test_facets_counted_along_an_index_are_those_counted_one_by_one(
    catalog: ReadingCatalog, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = Orders(catalog).numbers(question(""), STATE)
    everything = Runs(catalog, parse_all())
    plain = histogram.facet_of(everything, target_of(name), numbers)
    monkeypatch.setattr(histogram, "MANY_RUNS", 1)
    monkeypatch.setattr(distinct, "MANY_RUNS", 1)
    along = histogram.facet_of(everything, target_of(name), numbers)
    assert counted(along) == counted(plain)


def counted(facet: histogram.Facet) -> Any:
    """Return what a facet counts; equal numbers of different types are the same here."""
    values = {(str(one.value) if isinstance(one.value, str) else one.value, one.count) for one in facet.values or []}
    return facet.key, facet.unset, facet.more, values, [(one.low, one.high, one.count) for one in facet.bins or []]


def parse_all() -> Any:
    """Return the expression that every run passes."""
    return question("").expr


def test_facets_of_very_many_runs_are_estimated(catalog: ReadingCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histogram, "MOST_READ", 10)
    monkeypatch.setattr(histogram, "SAMPLE", 10)
    numbers = Orders(catalog).numbers(question("seed >= 0"), STATE)
    found = histogram.facet_of(Runs(catalog, parse("seed >= 0")), target_of("optim.name"), numbers)
    assert found.is_estimated
    assert sum(one.count for one in found.values or []) == RUNS


def whole_facet(store: Path, name: str) -> histogram.Facet:
    """Return the facet of a key among all runs of a store."""
    source = catalog_for(store)
    source.catch_up()
    catalog = ReadingCatalog(source)
    found = histogram.facet_of(
        Runs(catalog, parse_all()), target_of(name), Orders(catalog).numbers(question(""), STATE)
    )
    catalog.close()
    return found


@pytest.mark.parametrize(
    ("values", "is_widening"),
    [
        (list(range(1, 10_000, 7)), False),  # seeds: as many in each thousand
        ([10 ** (-1 - at / 100) for at in range(400)], True),  # a learning rate: as many in each decade
        ([10 ** (-1 - at / 100) for at in range(250)], False),  # but too few decades
    ],
)
def test_bins_widen_by_a_factor_only_where_that_fills_them_more_evenly(
    store: Path, values: list[float], is_widening: bool
) -> None:
    for value in values[:: len(values) // 100]:
        with setpoint.init(dir=store, config={"v": value}):
            pass
    bins = whole_facet(store, "v").bins or []
    widths = [one.high - one.low for one in bins]
    assert (widths[-1] > 3 * widths[0]) == is_widening


def test_a_facet_shows_whole_numbers_among_floats_as_they_were_recorded(store: Path) -> None:
    for config in ({"drop": 0, "lr": 1.0}, {"drop": 0.5, "lr": 0.5}):
        with setpoint.init(dir=store, config=config):
            pass

    def shown(name: str) -> list[str]:
        return [repr(one.value) for one in whole_facet(store, name).values or []]

    assert (shown("drop"), shown("lr")) == (["0", "0.5"], ["0.5", "1.0"])


@pytest.mark.parametrize("name", ["MANY_RUNS", "MOST_READ", "_COMMON"])
def test_keys_have_the_same_kinds_by_every_way_of_looking(
    catalog: ReadingCatalog, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> dict[str, tuple[str, ...]]:
        _, facts = catalog.ask(lambda database: kinds.key_facts(database, parse("seed >= 0"), ""))
        return {fact.name: fact.kinds for fact in facts if fact.scope != "run"}

    plain = found()
    monkeypatch.setattr(kinds, "MOST_READ", 0)
    monkeypatch.setattr(kinds, name, 0)
    monkeypatch.setattr(distinct, "MANY_RUNS", 0)
    assert found() == plain


def test_groups_of_too_many_runs_by_all_params_are_refused(
    catalog: ReadingCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "MOST_WHOLE", 3)
    numbers = Orders(catalog).numbers(question(""), STATE)
    with pytest.raises(ValueError, match="3 at most"):
        groups.groups_but(catalog, numbers, ["seed"], [], 10)


SLOW = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"


def test_a_question_that_takes_too_long_is_ended(recorded_store: Path) -> None:
    reading = ReadingCatalog(catalog_for(recorded_store), timeout_s=0.1)
    with pytest.raises(TookTooLongError, match=r"more than 0\.1 s"):
        reading.ask(lambda database: database.rows(SLOW))
    assert reading.ask(lambda database: database.rows("SELECT count(*) FROM run")) == [(RUNS,)]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM run",
        "UPDATE run SET name = 'x'",
        "CREATE TABLE x(y)",
        "ATTACH ':memory:' AS x",
        "PRAGMA user_version = 9",
    ],
)
def test_a_reading_catalog_can_not_write(catalog: ReadingCatalog, sql: str) -> None:
    def attempt(database: Database) -> None:
        database.run(sql)

    with pytest.raises(RuntimeError, match="can't be used"):
        catalog.ask(attempt)


def test_many_threads_ask_at_once(catalog: ReadingCatalog) -> None:
    found: list[int] = []

    def work() -> None:
        for _ in range(20):
            found.append(catalog.ask(lambda database: database.rows("SELECT count(*) FROM run"))[0][0])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [RUNS] * 160


def test_a_watch_tells_which_runs_changed(store: Path) -> None:
    import setpoint

    catalog, watch = catalog_for(store), Watch()
    catalog.catch_up()
    assert catalog.ask(watch.look) is None
    with setpoint.init(dir=store) as run:
        catalog.catch_up()
        changed = catalog.ask(watch.look)
        assert changed is not None
        assert (changed.new, changed.ids, changed.more) == (1, (run.id,), False)
        assert catalog.ask(watch.look) is None
    catalog.catch_up()
    changed = catalog.ask(watch.look)
    assert changed is not None
    assert (changed.new, changed.ids, changed.is_membership) == (0, (run.id,), False)


@given(st.lists(st.floats() | st.just(math.nan), min_size=1, max_size=400), st.integers(3, 50))
def test_a_thinned_curve_keeps_ends_and_extremes(values: list[float], points: int) -> None:
    kept = thin(values, points)
    assert kept == sorted(set(kept))
    assert len(kept) <= max(points, min(len(values), points))
    assert kept[0] == 0
    assert kept[-1] == len(values) - 1
    numbers = [value for value in values if not math.isnan(value)]
    if numbers and points > 3:
        chosen = [values[at] for at in kept]
        assert min(numbers) in chosen
        assert max(numbers) in chosen


NAMES = st.text(min_size=1, max_size=8)


@given(
    NAMES,
    st.lists(NAMES | st.integers(0, 9), max_size=3),
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
)
def test_a_clause_reads_back_as_the_key_and_value_it_was_written_for(
    first: str, rest: list[str | int], value: Any
) -> None:
    from setpoint._catalog.leaf import Scope

    for scope in (Scope.PARAM, Scope.SUMMARY):
        clause = equals(Key(scope, (first, *rest)), value)
        term = parse(clause)
        assert isinstance(term, Term)
        assert isinstance(term.target, Key)
        assert (term.target.scope, term.target.path) == (scope, (first, *rest))
        assert isinstance(term.test, Compare)
        assert (term.test.op, term.test.value) == (Op.EQ, value)


@given(NAMES)
def test_a_missing_key_and_a_tag_have_clauses_too(name: str) -> None:
    from setpoint._catalog.leaf import Scope

    parse(equals(Key(Scope.PARAM, (name,)), MISSING))
    parse(name_in_filter(Key(Scope.TAG, (name,))))
    assert parse(equals(Column("project"), name)) == Term(Column("project", 1), Compare(Op.EQ, name))
    assert quoted(name)[0] in "\"'"


def test_what_no_filter_can_say_has_an_empty_clause() -> None:
    assert equals(target_of("lr"), math.nan) == ""
    assert equals(target_of("lr"), []) == ""
    assert equals(target_of("run.created"), 5) == ""


def test_numbers_of_runs_take_four_bytes_each(catalog: ReadingCatalog) -> None:
    assert Orders(catalog).numbers(question("", ("-lr",)), STATE).dtype == np.int32
