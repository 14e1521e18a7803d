"""Stores for the tests of commands: one made once and only read, and copies to change."""

import shutil
from pathlib import Path

import pytest
from cli_store import CommandLine, make_store


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a store of four runs that no test changes."""
    return make_store(tmp_path_factory.mktemp("cli"))


@pytest.fixture
def cli(made_store: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Give the command line on the store that is only read."""
    return CommandLine(made_store, capsys)


@pytest.fixture
def own_cli(made_store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Give the command line on a copy of the store."""
    shutil.copytree(made_store, tmp_path / "copy")
    return CommandLine(tmp_path / "copy", capsys)
