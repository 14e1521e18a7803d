"""Running a script as users do, and reading what it recorded."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from setpoint._journal.reader import find_runs, read_run
from setpoint._journal.state import RunState


def run_script(folder: Path, code: str, *args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run *code* as ``train.py`` in *folder*, with the store in ``folder/store``."""
    script = folder / "train.py"
    script.write_text(dedent(code), encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(script), *args],
        cwd=folder,
        env=environment(folder, **environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def environment(folder: Path, **environ: str) -> dict[str, str]:
    """Return the environment of a script whose store is ``folder/store``."""
    return {**os.environ, "SETPOINT_STORE": str(folder / "store"), "SETPOINT_SILENT": "", **environ}


def recorded(folder: Path) -> list[RunState]:
    """Return the runs in ``folder/store``, oldest first."""
    return [read_run(run) for run in reversed(list(find_runs(folder / "store")))]


def the_run(folder: Path) -> RunState:
    """Return the only run in ``folder/store``."""
    (state,) = recorded(folder)
    return state
