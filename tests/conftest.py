"""Every test starts from the same place: no run, no setpoint variables, a cache and a store of its own."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The machines of CI are shared and stall at times: a deadline would make good tests fail.
settings.register_profile("setpoint", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("setpoint")

# A shell ignores Ctrl-C for what it starts in the background, and programs hand that down to those they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

_LAUNCHERS = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "TORCHELASTIC_", "SLURM_", "OMPI_", "PMI_", "PMIX_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, while coverage measures, the tests of imports and times that it would change."""
    if "coverage" in sys.modules:
        skip = pytest.mark.skip(reason="coverage measures")
        for item in items:
            if item.get_closest_marker("unmeasured"):
                item.add_marker(skip)


@pytest.fixture(autouse=True)
def _own_place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("SETPOINT_", *_LAUNCHERS)):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SETPOINT_STORE", str(tmp_path_factory.getbasetemp() / "unused-store"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("SETPOINT_SILENT", "1")
    yield
    if "setpoint._run.current" in sys.modules:
        _finish_live_runs()


def _finish_live_runs() -> None:
    from setpoint._run import current

    while current.run() is not None:
        current.finish()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give this process, and those it starts, an empty store."""
    folder = tmp_path / "store"
    monkeypatch.setenv("SETPOINT_STORE", str(folder))
    return folder
