"""setpoint.testing: a store of a test's own, and a clock that stands still."""

import os
from pathlib import Path

import pytest

import setpoint
from setpoint.testing import FrozenClock, temp_store


def test_runs_in_a_temp_store_are_recorded_there_and_nowhere_else(store: Path) -> None:
    with temp_store() as folder:
        with setpoint.init(config={"lr": 0.1}):
            pass
        (run,) = setpoint.runs()
        assert run.config == {"lr": 0.1}
        assert folder != store
    assert not store.exists()


def test_temp_store_starts_empty_each_time() -> None:
    with temp_store():
        setpoint.init().finish()
    with temp_store():
        assert len(setpoint.runs()) == 0


def test_temp_store_finishes_what_is_live_and_removes_the_folder() -> None:
    with temp_store() as folder:
        setpoint.init()
    assert setpoint.run is None
    assert not folder.exists()


@pytest.mark.parametrize("former", ["/somewhere/else", None])
def test_temp_store_gives_the_variable_back(former: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if former is None:
        monkeypatch.delenv("SETPOINT_STORE")
    else:
        monkeypatch.setenv("SETPOINT_STORE", former)
    with pytest.raises(ZeroDivisionError), temp_store():
        1 / 0  # noqa: B018  # an error inside must not keep the store
    assert os.environ.get("SETPOINT_STORE") == former


def test_frozen_clock_goes_on_only_when_told() -> None:
    clock = FrozenClock(5)
    assert (clock(), clock()) == (5, 5)
    clock.advance(1.5)
    assert clock() == 1_500_000_005
