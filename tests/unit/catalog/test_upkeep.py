"""Packing that nobody asked for: once a day, in the background, and nothing that is still needed."""

import os
import time
from pathlib import Path

import pytest
from made_runs import LiveRun, age, record_run

from setpoint._journal import layout, upkeep
from setpoint._journal.packing import DAY_NS, pack_store


def packs(store: Path) -> list[str]:
    return sorted(path.parent.name for path in layout.runs_folder(store).glob("*/*.pack"))


def put_back(folder: Path, days: float) -> None:
    for path in folder.iterdir():
        age(path, days * 86_400)


def wait_until_gone(folder: Path) -> None:
    end = time.monotonic() + 30
    while folder.exists():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_runs_of_days_past_are_packed_once_a_day(store: Path) -> None:
    folder = record_run(store, "run-a", {"lr": 1})
    put_back(folder, 3)
    assert upkeep.start_upkeep(store)
    assert not upkeep.start_upkeep(store)
    wait_until_gone(folder)
    assert packs(store) == ["2023-11-14"]
    assert len(list(store.glob(".upkeep-*"))) == 1


def test_the_mark_of_another_day_goes(store: Path) -> None:
    record_run(store, "run-a", {"lr": 1})
    (store / ".upkeep-2000-01-01").touch()
    assert upkeep.start_upkeep(store)
    assert [path.name for path in store.glob(".upkeep-*")] == [time.strftime(".upkeep-%Y-%m-%d", time.gmtime())]


def test_no_store_and_another_users_store_are_left_alone(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not upkeep.start_upkeep(store)
    assert not store.exists()
    record_run(store, "run-a", {"lr": 1})
    if hasattr(os, "getuid"):
        monkeypatch.setattr(upkeep.os, "getuid", lambda: 12345)
        assert not upkeep.start_upkeep(store)
        assert not list(store.glob(".upkeep-*"))


def test_runs_that_crashed_stay_where_resume_finds_them(store: Path) -> None:
    crashed = LiveRun(store, "run-a", pid=2**22 - 1, process_started="1")
    crashed.set("lr", 1)
    ended = record_run(store, "run-b", {"lr": 1})
    for folder in (crashed.folder, ended):
        put_back(folder, 3)
    upkeep.main(store)
    assert (crashed.folder.is_dir(), ended.is_dir()) == (True, False)
    assert pack_store(store, older_than_ns=DAY_NS, crashed_older_than_ns=2 * DAY_NS).packed == 1


def test_a_day_that_another_process_packs_is_left_to_it(store: Path) -> None:
    folder = record_run(store, "run-a", {"lr": 1})
    claim = folder.parent / ".packing"
    claim.touch()
    assert pack_store(store, older_than_ns=-DAY_NS).left == 1
    age(claim, 7200)  # that of one that was killed
    assert pack_store(store, older_than_ns=-DAY_NS).packed == 1
    assert not claim.exists()
