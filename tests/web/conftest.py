"""Stores of recorded runs, and clients of their pages."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_client import RUNS, Client, client_of, record


@pytest.fixture(scope="session")
def recorded_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store that tests only read."""
    store = tmp_path_factory.mktemp("web") / "store"
    rng = random.Random(4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SETPOINT_SILENT", "1")
        for at in range(RUNS):
            record(store, at, rng)
    return store


@pytest.fixture(scope="module")
def client(recorded_store: Path) -> Iterator[Client]:
    """Give a client of the store that tests only read."""
    yield from client_of(recorded_store)


@pytest.fixture
def own_client(store: Path) -> Iterator[Client]:
    """Give a client of a store of the test's own, with two runs."""
    rng = random.Random(1)
    record(store, 1, rng)
    record(store, 2, rng)
    yield from client_of(store)
