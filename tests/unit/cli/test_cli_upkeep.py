"""Listing runs packs what is old, once a day, and waits for nothing."""

import os
import time
from pathlib import Path

from setpoint import load
from setpoint._cli import run as command
from setpoint._journal.unpacking import find_packed_run
from setpoint._run.init import init


def age(folder: Path, days: int) -> Path:
    """Make a run's folder one of a day long past."""
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - days * 86_400))
    old = folder.parents[1] / day / folder.name
    old.parent.mkdir()
    folder.rename(old)
    then = time.time() - days * 86_400
    for path in (*old.iterdir(), old, old.parent):
        os.utime(path, (then, then))
    return old


def test_listing_runs_has_a_day_long_past_packed_by_itself(store: Path) -> None:
    recorded = init(config={"lr": 0.1, "pair": (1, 2)})
    recorded.finish()
    old = age(Path(recorded.dir), days=9)
    assert command(["ls"]) == 0
    deadline = time.monotonic() + 30
    while old.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not old.exists()
    assert find_packed_run(store, recorded.id) is not None
    assert load(recorded.id, store).config == {"lr": 0.1, "pair": (1, 2)}
    assert command(["ls"]) == 0
    assert len(list(store.glob(".upkeep-*"))) == 1
