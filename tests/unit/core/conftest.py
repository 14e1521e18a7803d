"""A config, and what it tells of its changes."""

import pytest

from setpoint._core.change import Change
from setpoint._core.config import Config


@pytest.fixture
def told() -> list[Change]:
    """Give the list that ``config`` tells its changes to."""
    return []


@pytest.fixture
def config(told: list[Change]) -> Config:
    """Give an empty config."""
    return Config(callback=told.extend)
