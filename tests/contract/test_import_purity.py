"""What gets imported, read off ``sys.modules`` in a fresh process: a list never flakes, a stopwatch does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MSGSPEC = {"msgspec", "typing_extensions"}  # msgspec imports the second where it is installed
YAML = {"yaml", "_yaml", "cython_runtime"}
HEAVY = {"argparse", "asyncio", "importlib.metadata", "sqlite3"}
# What an interpreter of a virtual environment may have loaded by its own .pth files has no part in this.
PROBE = """
import json, sys
bare = set(sys.modules)
{code}
loaded = set(sys.modules) - bare
foreign = {{name.partition(".")[0] for name in loaded}} - sys.stdlib_module_names - {{"setpoint", "__mp_main__"}}
print(json.dumps([sorted(loaded), sorted(foreign)]))
"""
INIT = "import setpoint; run = setpoint.init(config={'lr': 0.1, 'optim': {'name': 'adam'}})"
TRAIN = f"{INIT}; setpoint.config.epochs = 4; run.log({{'loss': 0.1}}); run.summary['acc'] = 1.0; run.finish()"


def modules_after(code: str, folder: Path) -> tuple[set[str], set[str]]:
    """Return all modules that *code* loads in *folder*, and the names of the packages from third parties among them."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(code=code)], cwd=folder, capture_output=True, text=True, check=True
    )
    loaded, foreign = json.loads(done.stdout.splitlines()[-1])
    # A module that Cython compiled brings one named after Cython's version.
    return set(loaded), {name for name in foreign if not name.startswith("_cython_")}


def test_import_loads_nothing_but_the_facade(tmp_path: Path) -> None:
    loaded, _ = modules_after("import setpoint", tmp_path)
    assert loaded == {"setpoint"}


@pytest.mark.parametrize("code", [INIT, TRAIN], ids=["init", "a whole run"])
def test_training_loads_no_third_party_but_msgspec(code: str, tmp_path: Path, store: Path) -> None:
    loaded, foreign = modules_after(code, tmp_path)
    assert foreign <= MSGSPEC
    assert not loaded & HEAVY


def test_yaml_library_loads_when_there_is_a_file_to_read(tmp_path: Path, store: Path) -> None:
    (tmp_path / "config-defaults.yaml").write_text("epochs: 4\n")
    _, foreign = modules_after(INIT, tmp_path)
    assert foreign <= MSGSPEC | YAML
    assert "yaml" in foreign


def test_import_touches_no_file_handler_signal_or_exit_hook(tmp_path: Path) -> None:
    code = (
        "import atexit, logging, os, signal; "
        "state = lambda: (atexit._ncallbacks(), list(logging.root.handlers), dict(os.environ), "
        "[signal.getsignal(s) for s in signal.valid_signals() if s not in (9, 19)]); "
        "before = state(); import setpoint; assert state() == before"
    )
    modules_after(code, tmp_path)
    assert not list(tmp_path.iterdir())
