"""The catalog follows the journals: what is new, changed or gone, and only that."""

import os
import shutil
from pathlib import Path

import pytest
from made_runs import START_NS, LiveRun, age, record_run, state_of, write_pack

from setpoint._catalog import ingest
from setpoint._catalog.catalog import catalog_of
from setpoint._core.change import Level, Origin
from setpoint._journal import layout, record
from setpoint._journal.packing import pack_store
from setpoint._query.load import load
from setpoint._query.runs import runs
from setpoint.errors import AmbiguousRunError, RunNotFoundError


def ids(store: Path, where: str | None = None) -> list[str]:
    return sorted(run.id for run in runs(where, store=store))


def settle(store: Path) -> None:
    """Let time pass, so that the stamps of day folders can be trusted."""
    for day in layout.runs_folder(store).iterdir():
        for run in day.iterdir():
            age(run)
        age(day)


def test_a_store_that_is_not_there_has_no_runs(store: Path) -> None:
    assert len(runs(store=store)) == 0
    assert not runs(store=store)
    assert list(runs("lr < 1", store=store)) == []
    assert not store.exists()


def test_a_new_run_is_found_at_the_next_question(store: Path) -> None:
    record_run(store, "run-a", {"lr": 0.1})
    assert ids(store) == ["run-a"]
    record_run(store, "run-b", {"lr": 0.2}, created_ns=START_NS + 1)
    assert ids(store) == ["run-a", "run-b"]
    record_run(store, "run-c", {"lr": 0.2}, created_ns=START_NS - 5 * 86_400_000_000_000)
    assert ids(store, "lr == 0.2") == ["run-b", "run-c"]


def test_a_live_runs_latest_values_are_found_at_the_next_question(store: Path) -> None:
    run = LiveRun(store, "run-a")
    run.set("lr", 0.1)
    run.log(0, loss=2.0)
    settle(store)
    assert ids(store, "summary.loss == 2.0 and run.status == 'running'") == ["run-a"]
    run.log(1, loss=1.5)
    run.set("lr", 0.2)
    assert ids(store, "summary.loss == 1.5 and lr == 0.2 and changed(lr)") == ["run-a"]
    run.finish()
    assert ids(store, "run.status == 'finished'") == ["run-a"]
    assert ids(store, "run.status == 'running'") == []


def test_an_overridden_default_does_not_count_as_changed(store: Path) -> None:
    run = LiveRun(store, "run-a")
    run.set("lr", 0.1, Origin("default", "--lr"), Level.DEFAULT)
    run.set("lr", 0.2)
    run.set("optim", {"name": "adam", "eps": 1})
    run.set("optim", {"name": "sgd", "eps": 1})
    run.finish()
    assert ids(store, "changed(lr)") == []
    assert ids(store, "changed(optim.name)") == ["run-a"]
    assert ids(store, "changed(optim.eps)") == []


def test_a_run_whose_process_died_is_crashed(store: Path) -> None:
    LiveRun(store, "run-a", pid=2**22 - 1, process_started="1").set("lr", 1)
    assert [run.status for run in runs(store=store)] == ["crashed"]


def test_a_day_that_did_not_change_is_not_listed_again(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_run(store, "run-a", {"lr": 0.1})
    settle(store)
    assert ids(store) == ["run-a"]
    listed: list[str] = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (listed.append(str(path)), real(path))[1])
    assert ids(store) == ["run-a"]
    assert listed == [str(layout.runs_folder(store))]


def test_only_what_is_new_in_a_day_is_read(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_run(store, "run-a", {"lr": 0.1})
    settle(store)
    ids(store)
    record_run(store, "run-b", {"lr": 0.1})
    read: list[str] = []
    real = ingest.read_run
    monkeypatch.setattr(ingest, "read_run", lambda folder: (read.append(folder.name), real(folder))[1])
    assert ids(store) == ["run-a", "run-b"]
    assert read == ["run-b"]


def test_a_resumed_run_is_read_again(store: Path) -> None:
    record_run(store, "run-a", {"lr": 0.1})
    settle(store)
    ids(store)
    again = LiveRun(store, "run-a", session=2)
    again.set("lr", 0.5, Origin("resume"))
    again.finish()
    assert ids(store, "lr == 0.5 and changed(lr)") == ["run-a"]


def test_a_removed_run_is_no_longer_found(store: Path) -> None:
    record_run(store, "run-a", {"lr": 0.1})
    record_run(store, "run-b", {"lr": 0.1, "only_b": 1}, created_ns=START_NS + 86_400_000_000_000)
    settle(store)
    assert ids(store, "has(only_b)") == ["run-b"]
    shutil.rmtree(layout.run_folder(store, "run-b", START_NS + 86_400_000_000_000).parent)
    assert ids(store) == ["run-a"]
    assert ids(store, "has(only_b)") == []


def test_a_damaged_run_is_listed_with_its_damage(store: Path) -> None:
    folder = record_run(store, "run-a", {"lr": 0.1, "epochs": 5})
    segment = next(folder.glob("*.jsonl"))
    data = segment.read_bytes().replace(b'"epochs"', b'"epoch_"')
    segment.write_bytes(data)
    assert ids(store, "run.damage > 0") == ["run-a"]
    assert load("run-a", store).damage


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read every folder")
def test_a_run_that_cannot_be_read_is_listed_with_the_reason(store: Path) -> None:
    folder = record_run(store, "run-a", {"lr": 0.1})
    folder.chmod(0)
    try:
        assert [run.error for run in runs(store=store)] != [""]
    finally:
        folder.chmod(0o700)


def test_foreign_files_and_folders_are_passed_over(store: Path) -> None:
    folder = record_run(store, "run-a", {"lr": 0.1})
    (folder.parent / "notes.txt").write_text("mine")
    (folder.parent / "not-a-run").mkdir()
    (folder.parent.parent / "backup").mkdir()
    assert ids(store) == ["run-a"]


def test_progress_reaches_its_end(store: Path) -> None:
    for at in range(3):
        record_run(store, f"run-{at}", {"lr": at})
    told: list[tuple[int, int]] = []
    assert len(runs(store=store, progress=lambda done, total: told.append((done, total)))) == 3
    assert told[-1] == (3, 3)


def test_packed_runs_are_the_same_runs(store: Path) -> None:
    run = LiveRun(store, "run-a", name="calm-river", project="p", tags=["x"])
    run.set("lr", 0.1)
    run.set("t", (1, 2.0, float("nan"), 2**70))
    run.set("lr", 0.2)
    for step in range(50):
        run.log(step, loss=1 / (step + 1))
    run.add(record.Environment(values={"user": "ada", "git": {"commit": "abc"}}))
    folder = run.finish()
    (folder / layout.CONFIG_SNAPSHOT).write_text("lr: 0.2\n")
    before = load("run-a", store)
    facts, state = before.to_dict() if hasattr(before, "to_dict") else runs(store=store).to_dicts(), before.state

    report = pack_store(store, older_than_ns=-86_400_000_000_000)

    assert (report.packed, report.left) == (1, 0)
    assert [path.suffix for path in folder.parent.iterdir()] == [".pack"]
    after = load("calm-river", store)
    assert repr(after.state) == repr(state)
    assert repr(runs(store=store).to_dicts()) == repr(facts)
    assert list(after.metric("loss").values) == list(state.metrics["loss"].values)
    assert ids(store, "run.user == 'ada' and run.commit == 'abc' and changed(lr) and 'x' in tags") == ["run-a"]


def test_what_is_live_young_damaged_or_mixed_with_other_files_is_not_packed(store: Path) -> None:
    live = LiveRun(store, "live")
    live.set("lr", 1)
    damaged = record_run(store, "damaged", {"lr": 1})
    segment = next(damaged.glob("*.jsonl"))
    segment.write_bytes(segment.read_bytes()[:-40])
    mixed = record_run(store, "mixed", {"lr": 1})
    (mixed / "weights.bin").write_bytes(b"1")
    report = pack_store(store, older_than_ns=-86_400_000_000_000)
    assert (report.packed, report.left) == (0, 3)
    record_run(store, "young", {"lr": 1})
    assert pack_store(store).left == 4
    assert ids(store) == ["damaged", "live", "mixed", "young"]
    live.finish()


def test_a_run_in_a_folder_and_in_a_pack_is_one_run(store: Path) -> None:
    record_run(store, "run-a", {"lr": 0.1})
    write_pack(store, [state_of("run-a", {"lr": 0.1}), state_of("run-b", {"lr": 0.3})])
    assert ids(store) == ["run-a", "run-b"]
    assert load("run-a", store).row.pack_n is None


def test_a_removed_pack_takes_its_runs_along(store: Path) -> None:
    first = write_pack(store, [state_of("run-a", {"lr": 0.1})])
    write_pack(store, [state_of("run-b", {"lr": 0.3})])
    assert ids(store) == ["run-a", "run-b"]
    first.unlink()
    assert ids(store) == ["run-b"]


def test_a_damaged_line_of_a_pack_costs_that_run_alone(store: Path) -> None:
    path = write_pack(store, [state_of("run-a", {"lr": 0.1}), state_of("run-b", {"lr": 0.3})])
    path.write_bytes(path.read_bytes().replace(b'"lr":0.1', b'"lr":0.9'))
    assert ids(store) == ["run-b"]


def test_a_run_is_named_by_id_beginning_name_last_or_best(store: Path) -> None:
    record_run(store, "run-a1", {"lr": 1}, {"acc": 0.5, "loss": 3}, name="calm-river")
    record_run(store, "run-a2", {"lr": 2}, {"acc": 0.9, "loss": 5}, created_ns=START_NS + 10**9)
    names = {
        name: load(name, store).id for name in ("run-a1", "run-a2", "calm-river", "@last", "@best:acc", "@best:loss")
    }
    assert list(names.values()) == ["run-a1", "run-a2", "run-a1", "run-a2", "run-a2", "run-a1"]
    assert load("@best:loss:max", store).id == "run-a2"
    with pytest.raises(AmbiguousRunError, match="run-a1, run-a2"):
        load("run-", store)
    with pytest.raises(RunNotFoundError, match="Did you mean run-a1"):
        load("run_a1", store)


def test_catching_up_twice_changes_nothing(store: Path) -> None:
    record_run(store, "run-a", {"lr": 1}, {"acc": 0.5})
    catalog = catalog_of(str(store))
    tables = ("run", "param", "key", "whole")
    catalog.catch_up()
    once = [catalog.ask(lambda database, table=table: database.rows(f"SELECT * FROM {table}")) for table in tables]
    catalog.catch_up()
    assert once == [
        catalog.ask(lambda database, table=table: database.rows(f"SELECT * FROM {table}")) for table in tables
    ]
