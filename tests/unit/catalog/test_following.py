"""A live run's row says what its whole journal says, though only what is new in it is read."""

import math
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_runs import LiveRun, age

from setpoint._catalog.catalog import catalog_of
from setpoint._catalog.entry import entry_of
from setpoint._core.values import is_same
from setpoint._journal import record
from setpoint._journal.reader import find_segments, read_run
from setpoint._query.runs import runs

NAMES = st.sampled_from(["loss", "acc", "val.loss", "val", 'a."b.c"'])
NUMBERS = st.one_of(st.integers(-3, 3), st.floats(allow_nan=False, allow_infinity=False, width=16))
STEPS = st.one_of(
    st.tuples(st.just("log"), st.dictionaries(NAMES, NUMBERS, max_size=3)),
    st.tuples(st.just("set"), st.dictionaries(st.sampled_from(["lr", "wd"]), NUMBERS, min_size=1, max_size=1)),
    st.tuples(st.just("choose"), st.dictionaries(NAMES, NUMBERS, min_size=1, max_size=1)),
    st.tuples(st.just("drop"), st.dictionaries(NAMES, NUMBERS, min_size=1, max_size=1)),
    st.tuples(st.just("note"), st.just({})),
    st.tuples(st.just("ask"), st.just({})),
)


def row_of(store: Path) -> dict[str, Any]:
    (run,) = runs(store=store)
    return {"config": run.config, "summary": run.summary, "notes": run.notes, "status": run.status, "tags": run.tags}


def told_by_journal(folder: Path) -> dict[str, Any]:
    entry = entry_of(read_run(folder))
    state = read_run(folder)
    return {
        "config": state.config,
        "summary": state.summary,
        "notes": entry.notes,
        "status": entry.status,
        "tags": entry.tags,
    }


def do(run: LiveRun, what: str, values: dict[str, Any], at: int) -> None:
    for name, value in values.items():
        if what == "set":
            run.set(name, value)
        elif what == "choose":
            run.summarise(name, value)
        elif what == "drop":
            run.add(record.Summary(name, deleted=True))
    if what == "log":
        run.add(record.Log(at, values))
    elif what == "note":
        run.add(record.Meta(notes=f"note {at}", tags=[f"t{at}"]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14), number=st.integers(0, 2**40))
def test_the_row_of_a_live_run_follows_its_journal(tmp_path: Path, steps: list[Any], number: int) -> None:
    store = tmp_path / str(number)
    run = LiveRun(store, "run-a")
    run.set("lr", 0.5)
    for at, (what, values) in enumerate(steps):
        do(run, what, values, at)
        if what == "ask":
            assert is_same(row_of(store), told_by_journal(run.folder))
    assert is_same(row_of(store), told_by_journal(run.folder))
    run.finish()
    assert is_same(row_of(store), told_by_journal(run.folder))
    catalog_of(str(store)).close()


def test_of_a_live_run_only_what_is_new_is_read(store: Path) -> None:
    run = LiveRun(store, "run-a")
    run.set("lr", 0.5)
    for at in range(1000):
        run.log(at, loss=float(at))
    age(run.folder)
    age(run.folder.parent)
    assert row_of(store)["summary"] == {"loss": 999.0}
    (segment,) = find_segments(run.folder)
    with segment.open("r+b") as file:  # were the start read again, the run would have no param and be damaged
        file.write(b"x" * 2000)
    run.log(1000, loss=math.pi)
    found = row_of(store)
    assert (found["config"], found["summary"]) == ({"lr": 0.5}, {"loss": math.pi})
    run.finish()
    (whole,) = runs(store=store)
    assert whole.fact("damage") > 0


def test_a_live_run_whose_process_died_is_crashed_at_the_next_question(store: Path) -> None:
    run = LiveRun(store, "run-a", pid=2**22 + 5, process_started="1")
    run.set("lr", 0.5)
    run.log(0, loss=1.0)
    assert row_of(store)["status"] == "crashed"
