"""A run in a pack is found among many, and goes on in a folder of its own."""

import os
from pathlib import Path

import pytest
from made_runs import DAY_NS, START_NS, LiveRun, age, state_of, write_pack

from setpoint._journal import layout, pack
from setpoint._journal.reader import read_run
from setpoint._journal.unpacking import Found, find_packed_run, later_runs

DAY = "2023-11-14"


def found(store: Path, run_id: str) -> Found:
    run = find_packed_run(store, run_id)
    assert run is not None
    return run


def add(path: Path, *lines: bytes) -> None:
    path.write_bytes(path.read_bytes() + b"".join(lines))


def test_of_a_run_in_two_packs_the_one_written_last_counts(store: Path) -> None:
    for lr, seconds in ((0.1, 60), (0.2, 30), (0.3, 90)):
        age(write_pack(store, [state_of("run-a", {"lr": lr})]), seconds)
    assert found(store, "run-a").state.config == {"lr": 0.2}


def test_packs_that_hold_nothing_of_a_run_are_passed_over(store: Path) -> None:
    age(write_pack(store, [state_of("run-b", {}), state_of("run-a", {"lr": 0.1})]))
    age(write_pack(store, [state_of("run-c", {"parent": {"id": "run-a"}})]), 30)
    damaged = write_pack(store, [state_of("run-d", {})])
    add(damaged, b'00000000 {"id":"run-a"}\n', b'00000000 {"id":"run-a"')
    (damaged.parent / "0123.pack").touch()

    assert found(store, "run-a").state.config == {"lr": 0.1}
    assert find_packed_run(store, "run-z") is None
    assert find_packed_run(store / "nowhere", "run-a") is None


def test_a_run_that_two_processes_unpack_at_once_is_in_one_folder(store: Path) -> None:
    path = write_pack(store, [state_of("run-a", {"lr": 0.1})])
    run = found(store, "run-a")
    folders = {run.unpack(), run.unpack()}
    assert folders == {path.parent / "run-a"}
    assert sorted(os.listdir(path.parent)) == sorted([path.name, "run-a"])
    assert (path.parent / "run-a" / layout.PACKED).read_bytes() == run.line


def test_a_run_whose_place_is_taken_is_not_unpacked(store: Path) -> None:
    path = write_pack(store, [state_of("run-a", {"lr": 0.1})])
    (path.parent / "run-a").write_text("in the way")
    with pytest.raises(OSError):
        found(store, "run-a").unpack()
    assert (path.parent / "run-a").read_text() == "in the way"


@pytest.mark.parametrize(("said", "then"), [(0.1, 0.1), (0.5, 2.0)], ids=["chosen", "the last point"])
def test_a_result_that_was_chosen_stays_when_the_run_goes_on(store: Path, said: float, then: float) -> None:
    write_pack(store, [state_of("run-a", {}, {"loss": said})])
    folder = found(store, "run-a").unpack()
    run = LiveRun(store, "run-a", session=2)
    run.log(2, loss=2.0)
    run.finish()
    state = read_run(folder)
    assert list(state.metrics["loss"].values) == [1.0, 0.5, 2.0]
    assert state.summary == {"loss": then}


def test_later_runs_are_those_of_the_day_and_after_it_that_began_later(store: Path) -> None:
    def run(name: str, after_ns: int) -> pack.RunState:
        return state_of(name, {}, created_ns=START_NS + after_ns)

    write_pack(store, [run("run-a", 5)], day="2023-11-13")
    path = write_pack(store, [run("run-b", -5), run("run-c", 0), run("run-d", 5)], day=DAY)
    write_pack(store, [run("run-e", DAY_NS)], day="2023-11-15")
    short = pack.framed({"id": "run-f", "created_ns": START_NS + 5})  # type: ignore[arg-type]  # as another version has it
    add(path, short, b"damaged\n")

    assert [state.id for state in later_runs(store, DAY, START_NS)] == ["run-e", "run-d"]
    assert [state.id for state in later_runs(store, "2023-11-15", START_NS)] == ["run-e"]
